"""A cut in streaming Markdown must not change what is shown."""

from hypothesis import example, given, settings
from hypothesis import strategies as st

from desktopchat.core.markdown import LONGEST_PARAGRAPH, has_definitions, last_code, stable_prefix
from desktopchat.ui.transcript.parser import make_parser

PARSER = make_parser()

LINES = [
    "",
    "text",
    "more **bold** text",
    "# heading",
    "- item",
    "- [x] task",
    "  - nested",
    "  continued",
    "* star",
    "+ plus",
    "1. one",
    "2. two",
    "3) three",
    "> quote",
    "> - in quote",
    ">",
    "```",
    "```python",
    "   ```",
    "~~~",
    "- ```",
    "  ```",
    "    indented code",
    "---",
    "===",
    "***",
    "| a | b |",
    "|---|---|",
    "| 1 | 2 |",
    "-",
    "你好，世界",
    "$$",
    "$$ x = 1",
    "y = 2 $$",
    "\\[",
    "\\]",
    "[^1]: note",
    "[^1]:",
]


def shown(text: str) -> list[tuple[str, str, str]]:
    """Return what a person sees of Markdown: leaves with their nesting, but not which items share a list."""
    seen = []
    path: list[str] = []
    for token in PARSER.parse(text):
        if token.nesting > 0:
            path.append(token.tag)
        elif token.nesting < 0:
            path.pop()
        elif token.type in ("inline", "fence", "code_block", "hr", "math_block"):
            seen.append(("/".join(path), token.type, token.content))
    return seen


def cuts(text: str) -> list[int]:
    """Return every cut that is found while `text` arrives, character by character."""
    found = [0]
    for length in range(1, len(text) + 1):
        cut = stable_prefix(text[:length], found[-1])
        if cut != found[-1]:
            found.append(cut)
    return found


@given(st.lists(st.sampled_from(LINES), max_size=12))
@example(["- item", "", "  - nested", "", "text"])
@example(["- ```", "text", "  ```", "- item"])
@example(["text", "    indented code", "- item"])
@example(["> quote", "text", "- item", "  ```", "text", "  ```", "text"])
@settings(max_examples=300, deadline=None)
def test_parts_show_what_the_whole_shows(lines: list[str]) -> None:
    text = "\n".join(lines)
    found = cuts(text)
    parts = [text[a:b] for a, b in zip(found, [*found[1:], len(text)], strict=True)]
    assert [line for part in parts for line in shown(part)] == shown(text)


def test_finished_paragraph_is_stable() -> None:
    assert stable_prefix("one\n\ntwo", 0) == 5


def test_open_code_is_not_stable_across_blank_lines() -> None:
    text = "```python\nx = 1\n\n# no heading\n"
    assert stable_prefix(text, 0) == 0
    assert stable_prefix(text + "```\n", 0) == len(text) + 4


def test_list_is_cut_at_its_items() -> None:
    assert stable_prefix("- one\n- two\n- th", 0) == 6


def test_list_stays_open_after_a_blank_line() -> None:
    assert stable_prefix("- one\n\n", 0) == 0


def test_formula_is_not_cut() -> None:
    text = "$$\na\n- b\n"
    assert stable_prefix(text, 0) == 0
    assert stable_prefix(text + "$$\n", 0) == len(text) + 3


def test_footnote_stays_open_for_more_of_it() -> None:
    text = "[^1]: one\n\n"
    assert stable_prefix(text, 0) == 0
    assert stable_prefix(text + "text\n", 0) == len(text)


def test_definitions_are_seen() -> None:
    assert has_definitions("text [a]\n\n[a]: https://example.com")
    assert has_definitions("> [^1]: note")
    assert not has_definitions("text [a](b): c")


def test_very_long_paragraph_is_cut_at_a_space() -> None:
    text = "word " * (LONGEST_PARAGRAPH // 5 + 10)
    cut = stable_prefix(text, 0)
    assert 0 < cut <= LONGEST_PARAGRAPH
    assert text[cut - 1] == " "


def test_last_code_is_taken_without_its_fences() -> None:
    assert last_code("```\na\n```\ntext\n~~~py\nb\n\nc\n~~~\nend") == "b\n\nc"


def test_last_code_of_an_open_block() -> None:
    assert last_code("```py\nx = 1") == "x = 1"


def test_no_code() -> None:
    assert last_code("only `inline` code") == ""
