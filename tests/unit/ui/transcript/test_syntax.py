"""Code is read line by line, and comes out as if it had been read as a whole."""

import pytest

from desktopchat.ui.transcript.syntax import LONGEST_LINE, LineLexer, find_lexer

PYTHON = '''import os

class Cat:
    """Two
    lines."""

    def name(self) -> str:
        return f"{self!r}"  # why
'''
C = """int x; /* one
two */ int y;
char *s = "a";"""


def kinds(language: str, code: str) -> list[list[tuple[str, str]]]:
    """Return (text, kind) of what has a colour, for each line."""
    lexer = find_lexer(language)
    assert lexer is not None
    reader = LineLexer(lexer)
    lines = code.split("\n")
    found: dict[int, list[tuple[str, str]]] = {}
    for number, line in enumerate(lines):
        for back, spans in reader.feed(line):
            at = number - back
            found[at] = [(lines[at][start : start + length], kind) for start, length, kind in spans]
    for back, spans in reader.finish():
        at = len(lines) - 1 - back
        found[at] = [(lines[at][start : start + length], kind) for start, length, kind in spans]
    return [found.get(number, []) for number in range(len(lines))]


def test_python_is_read() -> None:
    lines = kinds("python", PYTHON)
    assert lines[0][0] == ("import", "keyword")
    assert ("Cat", "type") in lines[2]
    assert lines[3] == [('"""Two', "string")]
    assert lines[4] == [('lines."""', "string")] or lines[4][0][1] == "string"
    assert ("name", "function") in lines[6]
    assert ("# why", "comment") in lines[7]


def test_comment_over_several_lines_is_one() -> None:
    lines = kinds("c", C)
    assert ("/* one", "comment") in lines[0]
    assert lines[1][0] == ("two */", "comment")
    assert ("int", "type") in lines[1]
    assert ('"a"', "string") in lines[2]


def test_comment_that_never_ends_keeps_its_colour() -> None:
    lines = kinds("c", "int x;\n/* a\nb")
    assert lines[1] == [("/* a", "comment")]
    assert lines[2] == [("b", "comment")]


def test_text_that_stands_in_a_script_is_text() -> None:
    lines = kinds("bash", "cat <<END\nif then\nEND\necho $HOME")
    assert lines[1] == [("if then", "string")]
    assert ("$HOME", "type") in lines[3]


@pytest.mark.parametrize("language", ["json", "yaml", "html", "javascript", "rust", "sql", "go", "ruby", "php", "lua"])
def test_languages_of_every_kind_have_colours(language: str) -> None:
    code = {"json": '{"a": [1, true]}', "yaml": "a: 1", "html": '<p class="x">t</p>', "php": "<?php echo 'a';"}
    assert any(kinds(language, code.get(language, 'select "a" from b where 1')))


def test_language_is_never_guessed() -> None:
    assert find_lexer("nosuchlanguage") is None
    assert find_lexer("text") is None
    assert find_lexer("") is None


def test_very_long_line_stays_plain() -> None:
    lines = kinds("python", "x = 1\n" + "y = 1; " * LONGEST_LINE + "\nz = 2")
    assert lines[1] == []
    assert lines[2] == [("2", "number")]
