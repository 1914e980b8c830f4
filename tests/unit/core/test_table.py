"""Rows from CSV and JSON lines: what is sound is read as it is, all else is one sentence."""

import csv

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.errors import TableError
from desktopchat.core.table import LONGEST_VALUE, cell, delimiter_of, read_table, read_written, record, whole_records

# As they may come out of a model or a file: quotes, line ends and delimiters in all places.
VALUES = st.text(st.one_of(st.sampled_from('",;\t\r\n\0 '), st.characters(codec="utf-8")), max_size=12)


@pytest.mark.parametrize(
    ("data", "columns", "rows"),
    [
        (b"a,b\n1,2\n", ("a", "b"), [("1", "2")]),
        (b"\xef\xbb\xbfa,b\r\n1,2\r\n\r\n3,4", ("a", "b"), [("1", "2"), ("3", "4")]),
        (b"a;b\n1,5;2\n", ("a", "b"), [("1,5", "2")]),
        (b"a\tb\n1\t2\n", ("a", "b"), [("1", "2")]),
        (b'a,b\n"x\ny","say ""hi"""\n', ("a", "b"), [("x\ny", 'say "hi"')]),
        ("名,b\n天气,\n".encode(), ("名", "b"), [("天气", "")]),
        (b"a\n", ("a",), []),
    ],
)
def test_csv(data: bytes, columns: tuple[str, ...], rows: list[tuple[str, ...]]) -> None:
    table = read_table(data, "x.csv")
    assert table.columns == columns
    assert [tuple(row.values()) for row in table.rows] == rows


def test_json_lines() -> None:
    table = read_table(b'{"a": "1", "n": [1, null]}\n\n{"b": true, "a": 2}\n', "x.jsonl")
    assert (table.columns, table.delimiter) == (("a", "n", "b"), "")
    assert table.rows == ({"a": "1", "n": [1, None]}, {"b": True, "a": 2})


def test_the_content_tells_where_the_name_does_not() -> None:
    assert read_table(b'{"a": 1}\n', "standard input").delimiter == ""
    assert read_table(b"a,b\n", "standard input").delimiter == ","
    assert read_table(b'{"a";b\n', "x.csv").columns == ('{"a"', "b")


@pytest.mark.parametrize(
    ("name", "data", "said"),
    [
        ("x.csv", b"", "x.csv is empty."),
        ("x.csv", b"a,a\n1,2\n", "x.csv has two columns called “a”."),
        ("x.csv", b"a,b\n1,2\n1,2,3\n", "line 3 of x.csv has 3 fields, where the header has 2."),
        ("x.csv", b"a,b\n1\n", "line 2 of x.csv has 1 fields"),
        ("x.csv", b'a,b\n1,"2\n3,4\n', "line 2 of x.csv is no sound CSV."),
        ("x.csv", b'a,b\n1,"2"3\n', "line 2 of x.csv is no sound CSV."),
        ("x.csv", b"a\n" + b"x" * (10 << 20), "line 2 of x.csv is no sound CSV."),
        ("x.csv", b"a\nx\0y\n", "Line 2 of x.csv has a NUL character in it."),
        ("x.csv", "a,b\nä,ö\n".encode("latin-1"), "Line 2 of x.csv is not in UTF-8."),
        ("x.csv", "a,b\n".encode("utf-16"), "Line 1 of x.csv is not in UTF-8."),
        ("x.csv", "a,b\n".encode("utf-16-le"), "Line 1 of x.csv has a NUL character in it."),
        ("x.jsonl", b'{"a": 1}\n[1]\n', "Line 2 of x.jsonl is no sound JSON object."),
        ("x", b'[\n{"a": 1}]', "Line 1 of x is no sound JSON object."),
        ("x.jsonl", b'{"a": 1, "a": 2}', "Line 1 of x.jsonl has “a” twice."),
        ("x.jsonl", b'{"a": NaN}', "Line 1 of x.jsonl is no sound JSON object."),
        ("x.jsonl", b'{"a": 1e999}', "Line 1 of x.jsonl is no sound JSON object."),
        ("x.jsonl", b'{"a": "\\ud800"}', "Line 1 of x.jsonl is no sound JSON object."),
        ("x.jsonl", b'{"a": ' + b"[" * 100_000, "Line 1 of x.jsonl is no sound JSON object."),
        ("x.jsonl", b'{"a": "' + b"x" * (10 << 20) + b'"}', "Line 1 of x.jsonl has over 1,048,576 characters."),
    ],
    ids=range(19),
)
def test_what_is_not_sound_is_one_sentence(name: str, data: bytes, said: str) -> None:
    limit = csv.field_size_limit()
    with pytest.raises(TableError) as caught:
        read_table(data, name)
    assert said in str(caught.value)
    assert caught.value.cure.endswith(".")
    assert csv.field_size_limit() == limit


def test_the_name_says_how_a_file_is_written() -> None:
    given = [("a.csv", ";"), ("a.csv", ""), ("a.tsv", ","), ("a.JSONL", ","), ("a.txt", "\t"), ("a", "")]
    assert [delimiter_of(*one) for one in given] == [";", ",", "\t", "", "\t", ""]


def test_cells() -> None:
    assert [cell(one) for one in (None, " a ", 1, True, {"ä": [None]})] == ["", " a ", "1", "true", '{"ä": [null]}']


@given(st.lists(st.tuples(VALUES, VALUES), max_size=4), st.sampled_from(",;\t"))
def test_what_is_cut_anywhere_keeps_its_whole_rows(rows: list[tuple[str, str]], delimiter: str) -> None:
    columns = ("a", "b\n")
    parts = [record(dict(zip(columns, row, strict=True)), columns, delimiter) for row in rows]
    whole = b"".join([record({}, columns, delimiter), *parts])
    assert whole_records(whole, delimiter) == len(whole)
    found = read_written(whole, "x.csv", delimiter)
    assert [tuple(row.values()) for row in found.rows] == rows
    ends = {0, len(whole)} | {len(whole) - sum(map(len, parts[place:])) for place in range(len(parts))}
    for cut in range(len(whole)):
        assert whole_records(whole[:cut], delimiter) == max(end for end in ends if end <= cut)


@given(st.lists(st.dictionaries(VALUES, VALUES | st.integers() | st.none(), min_size=1), max_size=4))
def test_json_that_is_cut_anywhere_keeps_its_whole_rows(rows: list[dict[str, object]]) -> None:
    parts = [record(row, (), "") for row in rows]
    whole = b"".join(parts)
    assert list(read_written(whole, "x", "").rows) == rows
    for cut in range(len(whole) + 1):
        assert len(read_written(whole[: whole_records(whole[:cut], "")], "x", "").rows) == whole[:cut].count(b"\n")


def test_an_answer_may_be_longer_than_what_is_read() -> None:
    text = "x" * (LONGEST_VALUE + 1)
    for delimiter in (",", ""):
        columns = ("a",) if delimiter else ()
        data = record({}, columns, delimiter) + record({"a": text}, columns, delimiter)
        assert read_written(data, "x", delimiter).rows == ({"a": text},)
