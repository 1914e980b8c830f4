"""The records of a JSON file, whole or damaged."""

import io
import json
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.exchange import records
from desktopchat.exchange.records import CUT_OFF, MAX_DEPTH, TOO_DEEP, TOO_LONG


class Dribble(io.RawIOBase):
    """Gives a few bytes at a time."""

    def __init__(self, data: bytes, piece: int) -> None:
        self._source = io.BytesIO(data)
        self._piece = piece

    def readable(self) -> bool:
        return True

    def readinto(self, target: memoryview) -> int:
        data = self._source.read(min(self._piece, len(target)))
        target[: len(data)] = data
        return len(data)


def read(data: bytes | str, piece: int = 1 << 16) -> list[tuple[str, object]]:
    """Return place and value of each record, or what is wrong with it."""
    stream = io.BufferedReader(Dribble(data.encode() if isinstance(data, str) else data, piece))
    return [(record.place, record.problem or record.value) for record in records.records(stream)]


def values(data: bytes | str) -> list[object]:
    return [value for _place, value in read(data)]


def test_an_array_an_object_and_lines_are_read() -> None:
    assert read('[{"a": 1}, {"a": 2}]') == [("conversation 1", {"a": 1}), ("conversation 2", {"a": 2})]
    assert read('{\n "a": 1,\n "b": {"c": []}\n}\n') == [("conversation 1", {"a": 1, "b": {"c": []}})]
    assert read('{"a": 1}\n\n{"a": 2}') == [("line 1", {"a": 1}), ("line 3", {"a": 2})]
    assert values('{"a": 1}{"a": 2}') == [{"a": 1}, {"a": 2}]
    assert values("") == values("[]") == values(" \n") == values("[") == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ('[{"a":1},{"a":2', [{"a": 1}, CUT_OFF]),
        ('[{"a":1},{"a" 2},{"a":3}]', [{"a": 1}, "It is no JSON: expecting ':' delimiter.", {"a": 3}]),
        ('[{"a":1},{"a":"2},{"a":3},{"a":4}]', [{"a": 1}, CUT_OFF, {"a": 3}, {"a": 4}]),
        ('[{"a":1},{"a":[2},{"a":3}]', [{"a": 1}, CUT_OFF, {"a": 3}]),
        ('[{"a":1},7,{"a":3},null]', [{"a": 1}, "It is no object.", {"a": 3}, "It is no object."]),
        ('{"a":1}\n{"a"\n{"a":3}\n', [{"a": 1}, "It is no JSON: expecting ':' delimiter.", {"a": 3}]),
        ('{"a"\n{"a":3}\n', ["It is no JSON: expecting ':' delimiter.", {"a": 3}]),
    ],
)
def test_damage_costs_one_record(text: str, expected: list[object]) -> None:
    assert values(text) == expected


def test_nesting_is_bounded() -> None:
    deep = "[" * 200_000 + "]" * 200_000
    assert values(f'[{{"a":1}},{{"a":{deep}}},{{"a":3}}]') == [{"a": 1}, TOO_DEEP, {"a": 3}]
    assert values('{"a":' + deep + '}\n{"a":3}\n') == [TOO_DEEP, {"a": 3}]
    assert values('[{"a":' + "[" * 200_000) == [TOO_DEEP]
    fits = "[" * (MAX_DEPTH - 1) + "]" * (MAX_DEPTH - 1)
    assert values(f'[{{"a":{fits}}}]') == [{"a": json.loads(fits)}]


@pytest.mark.parametrize("filling", ["x", '\\"', "[],", "{"])
def test_length_is_bounded(monkeypatch: pytest.MonkeyPatch, filling: str) -> None:
    monkeypatch.setattr(records, "MAX_RECORD", 5_000)
    monkeypatch.setattr(records, "_CHUNK", 700)
    for quote in ('"', "") if filling in ("[],", "{") else ('"',):
        long = f'{{"a":{quote}{filling * 9_000}{quote}}}'
        found = values(f'[{{"a":1}},{long},{{"a":3}}]')
        assert found[:2] == [{"a": 1}, TOO_DEEP if filling == "{" and not quote else TOO_LONG]
        if quote or filling != "{":
            assert found[2:] == [{"a": 3}]
    assert values(f'{{"a":1}}\n{{"a":"{filling * 9_000}"}}\n{{"a":3}}\n')[1:] == [TOO_LONG, {"a": 3}]


def test_memory_stays_flat_while_a_record_is_dropped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(records, "MAX_RECORD", 5_000)
    splitter = records._Splitter()
    list(splitter.feed(b'[{"a": "'))
    for _ in range(100):
        list(splitter.feed(b"\\" * 999))
        assert splitter.waiting < 7_000


@pytest.mark.parametrize(
    ("data", "value"),
    [
        ('{"a":"\xe9\u20ac"}'.encode("cp1252"), "é€"),
        ('{"a":"é'.encode() + b'\xe9"}', "éé"),
        (b'{"a":"\\ud800"}', "\N{REPLACEMENT CHARACTER}"),
        (b'{"a":"\\ud83d\\ude00 \\ud83d"}', "😀 \N{REPLACEMENT CHARACTER}"),
        (b'{"a":"x\ty"}', "x\ty"),
        (b'{"a":"x\\u0000y"}', "x\0y"),
    ],
)
def test_broken_text_is_read_as_well_as_it_can_be(data: bytes, value: str) -> None:
    assert records.decode(data) == {"a": value}


def test_a_number_without_end_is_no_number() -> None:
    assert values('[{"a":' + "9" * 100_000 + '},{"a":3}]') == ["It is no JSON: a number has too many digits.", {"a": 3}]


JSON = st.recursive(
    st.none() | st.booleans() | st.integers(-99, 99) | st.text(st.characters(exclude_categories=["Cs"]), max_size=9),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('ab\\"[{', max_size=3), inner, max_size=3),
    max_leaves=12,
)
OBJECTS = st.lists(st.dictionaries(st.sampled_from(["id", "b"]), JSON, min_size=1, max_size=2), min_size=1, max_size=4)


@given(OBJECTS, st.integers(1, 50), st.sampled_from([None, 1]), st.booleans())
def test_whatever_json_can_say_is_read(objects: list[object], piece: int, indent: int | None, ascii_: bool) -> None:
    expected = [(f"conversation {number}", value) for number, value in enumerate(objects, 1)]
    assert read(json.dumps(objects, indent=indent, ensure_ascii=ascii_), piece) == expected
    lines = "\n".join(json.dumps(value, ensure_ascii=ascii_) for value in objects)
    assert [value for _place, value in read(lines, piece)] == objects


@given(OBJECTS, st.integers(0, 200), st.binary(max_size=3), st.integers(0, 3))
def test_damage_never_raises_and_spares_what_came_before(
    objects: list[object], place: int, put: bytes, removed: int
) -> None:
    data = json.dumps(objects).encode()
    place = min(place, len(data))
    whole = whole_before(objects, place)
    found = values(data[:place] + put + data[place + removed :])
    assert found[: len(whole)] == whole


def whole_before(objects: list[object], place: int) -> list[object]:
    """Return the objects of the array that end before a place in its text."""

    def ends() -> Iterator[tuple[int, object]]:
        end = 1
        for value in objects:
            end += len(json.dumps(value))
            yield end, value
            end += 2

    return [value for end, value in ends() if end <= place and place > 1]
