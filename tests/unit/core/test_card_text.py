"""Cards of models as plain Markdown."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.card_text import card_text


@pytest.mark.parametrize(
    ("card", "text"),
    [
        ("---\nlicense: mit\ntags:\n- a\n---\n\n# Hi\n", "# Hi\n"),
        ("---\r\na: b\r\n---\r\nHi\r\n", "Hi\n"),
        ("# Hi\n---\nnot front matter\n---\n", "# Hi\n---\nnot front matter\n---\n"),
        ('<div align="center">\n<img src="http://x/y.png"/>\n</div>\n\nHi <b>you</b>', "Hi you\n"),
        ("[![Badge](http://x/y.svg)](http://z)", "[Badge](http://z)\n"),
        ("[![](http://x/y.svg)](http://z) a", "a\n"),
        ("a <!-- hidden\nmore --> b", "a  b\n"),
        ("a <!-- never ended", "a\n"),
        ("```html\n<b>kept</b> ![x](y)\n```\n<i>gone</i>", "```html\n<b>kept</b> ![x](y)\n```\ngone\n"),
        ("~~~\n```\n<b>\n~~~\n<i>x", "~~~\n```\n<b>\n~~~\nx\n"),
        ("if a < b and c > d", "if a < b and c > d\n"),
        ("vector<int> x", "vector x\n"),
        ("a\n\n\n\n\n\nb", "a\n\nb\n"),
        ("", "\n"),
    ],
)
def test_card(card: str, text: str) -> None:
    assert card_text(card) == text


@given(st.text(alphabet="<>-!`~[]()\n abc/", max_size=300))
def test_any_card_becomes_text(card: str) -> None:
    assert card_text(card).endswith("\n")


@pytest.mark.parametrize("piece", ["<a ", "![", "![](", "[](", "<!--", "---\n", "```\n", "[" * 3, "\n \n"])
def test_no_card_takes_long(piece: str) -> None:
    begun = time.process_time()
    card_text(piece * (300_000 // len(piece)))
    assert time.process_time() - begun < 5
