import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopchat.engine.formats import Format
from desktopchat.engine.splitting import Parts
from desktopchat.engine.text import TextStream


def run(stream: TextStream, pieces: list[bytes]) -> list[str]:
    return [parts.content for parts in (*(stream.feed(piece) for piece in pieces), stream.finish())]


def test_characters_that_straddle_tokens_appear_whole() -> None:
    pieces = [bytes([byte]) for byte in "天气👩‍💻".encode()]
    shown = run(TextStream(), pieces)
    assert "".join(shown) == "天气👩‍💻"
    assert not any("\N{REPLACEMENT CHARACTER}" in text for text in shown)


def test_a_cut_character_at_the_end_is_marked() -> None:
    assert run(TextStream(), ["天".encode()[:2]]) == ["", "\N{REPLACEMENT CHARACTER}"]


@pytest.mark.parametrize("size", [1, 2, 3, 5, 50])
def test_a_stop_string_across_tokens_is_never_shown(size: int) -> None:
    text = b"one two STOP three"
    stream = TextStream(("STOP", "never"))
    shown = run(stream, [text[at : at + size] for at in range(0, len(text), size)])
    assert "".join(shown) == "one two "
    assert stream.stopped_by == "STOP"


def test_the_earliest_stop_string_wins() -> None:
    stream = TextStream(("cd", "b"))
    assert run(stream, [b"abcd"]) == ["a", ""]
    assert stream.stopped_by == "b"


def test_what_only_began_like_a_stop_string_is_shown_in_the_end() -> None:
    stream = TextStream(("STOP",))
    assert run(stream, [b"a S", b"T", b"O"]) == ["a ", "", "", "STO"]
    assert stream.stopped_by == ""


@settings(derandomize=True, max_examples=200)
@given(st.text(), st.lists(st.text(min_size=1, max_size=3), max_size=3), st.integers(1, 5))
def test_any_cut_shows_the_text_before_the_first_stop_string(text: str, stops: list[str], size: int) -> None:
    data = text.encode("utf-8", "surrogatepass") if text.isprintable() else text.encode("utf-8", "replace")
    whole = data.decode("utf-8", "replace")
    expected = whole[: min((whole.find(stop) for stop in stops if stop in whole), default=len(whole))]
    stream = TextStream(tuple(stops))
    shown = "".join(run(stream, [data[at : at + size] for at in range(0, len(data), size)]))
    # A longer stop string that begins earlier may lose against a shorter one that is complete earlier.
    assert shown == expected or (stream.stopped_by and expected.startswith(shown[: len(expected)]))


def test_stop_strings_end_the_content_alone() -> None:
    stream = TextStream(("STOP",), Format.of("</think>").splitter(with_calls=False))
    parts = [stream.feed(piece) for piece in (b"<think>no STOP", b" yet</think>", b"Yes ST", b"OP more</think>")]
    assert "".join(part.reasoning for part in parts) == "no STOP yet"
    assert "".join(part.content for part in parts) == "Yes "
    assert (stream.stopped_by, stream.finish()) == ("STOP", Parts())


def test_it_tells_when_the_model_thinks() -> None:
    stream = TextStream((), Format.of("</think>").splitter(with_calls=False))
    thinking = []
    for piece in (b"<think>", b"a", b"</think>", b"b"):
        stream.feed(piece)
        thinking.append(stream.thinking)
    assert thinking == [True, True, False, False]
