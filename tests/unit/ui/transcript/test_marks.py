"""What cannot be seen is shown, and endless runs are broken."""

from hypothesis import given
from hypothesis import strategies as st

from desktopchat.ui.transcript.marks import LONGEST_RUN, SOFT_BREAK, soft_broken, split_hidden, visible


@given(st.text())
def test_nothing_is_lost(text: str) -> None:
    assert "".join(original for _, original in split_hidden(text)) == text


def test_override_becomes_a_mark() -> None:
    assert visible("a\u202eb") == "a[U+202E]b"


def test_control_and_zero_width_characters_become_marks() -> None:
    assert visible("\x07\u200b\ufeff\x9b") == "[U+0007][U+200B][U+FEFF][U+009B]"


def test_hidden_tag_characters_become_marks() -> None:
    assert visible("\U000e0041") == "[U+E0041]"


def test_joined_emoji_and_flags_stay() -> None:
    text = "👩‍💻 🏴\U000e0067\U000e0062\U000e0073\U000e0063\U000e0074\U000e007f 🇫🇷"
    assert visible(text) == text


def test_newline_and_tab_stay() -> None:
    assert visible("a\n\tb") == "a\n\tb"


def test_endless_run_is_broken() -> None:
    broken = soft_broken("x" * 2500)
    assert max(len(part) for part in broken.split(SOFT_BREAK)) == LONGEST_RUN
    assert broken.replace(SOFT_BREAK, "") == "x" * 2500


def test_run_is_not_broken_before_an_accent() -> None:
    text = "x" * (LONGEST_RUN - 1) + "e\u0301" + "y" * 10
    assert "e\u0301" in soft_broken(text)


def test_words_stay_whole() -> None:
    text = "word " * 1000
    assert soft_broken(text) == text
