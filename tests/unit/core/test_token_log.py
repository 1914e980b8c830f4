"""What an answer's tokens could have been, packed and brought back."""

import math
import random
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.token import Alternative, Kind, TokenLogprobs
from desktopchat.core.token_log import TokenLog

EXACT = 1 / 2048  # half a step of what a log-probability is rounded to
LEAST = -0xFFFF / 1024

logprobs = st.floats(-60, 0)
alternatives = st.builds(
    Alternative, st.integers(0, 2**31 - 1), st.binary(max_size=12), logprobs, st.sampled_from(["text", "sign", "end"])
)
steps = st.builds(TokenLogprobs, alternatives, st.lists(alternatives, max_size=10).map(tuple))
logs = st.lists(steps, max_size=30)


def word(text: str | bytes, logprob: float = -0.5, *others: Alternative, kind: Kind = "text") -> TokenLogprobs:
    piece = text.encode() if isinstance(text, str) else text
    chosen = Alternative(sum(piece), piece, logprob, kind)
    return TokenLogprobs(chosen, tuple(sorted((chosen, *others), key=lambda one: -one.logprob)))


def log_of(*texts: str | bytes) -> TokenLog:
    return TokenLog(map(word, texts))


END = word("<|im_end|>", -0.1, kind="end")


def assert_alike(found: TokenLogprobs, expected: TokenLogprobs) -> None:
    for one, other in zip((found.chosen, *found.top), (expected.chosen, *expected.top), strict=True):
        assert (one.token, one.piece, one.kind) == (other.token, other.piece, other.kind)
        assert one.logprob == pytest.approx(max(other.logprob, LEAST), abs=EXACT)


@given(logs)
def test_what_is_packed_comes_back(expected: list[TokenLogprobs]) -> None:
    log = TokenLog(expected)
    again = TokenLog.unpack(log.pack())
    assert len(again) == len(expected)
    for found, one in zip(again, expected, strict=True):
        assert_alike(found, one)
    assert again.pack() == log.pack()


@given(logs, logs, st.data())
def test_logs_are_cut_and_joined(first: list[TokenLogprobs], second: list[TokenLogprobs], data: st.DataObject) -> None:
    count = data.draw(st.integers(0, len(first)))
    log = TokenLog.unpack(TokenLog(first).pack()).head(count)
    log.join(TokenLog(second))
    log.add(first[count:])
    wanted = TokenLog([*first[:count], *second, *first[count:]])
    assert list(TokenLog.unpack(log.pack())) == list(wanted)


@given(logs)
def test_columns_say_what_steps_say(expected: list[TokenLogprobs]) -> None:
    log = TokenLog(expected)
    for place, step in enumerate(log):
        assert (log.piece(place), log.kind(place)) == (step.chosen.piece, step.chosen.kind)
        assert log.logprob(place) == step.chosen.logprob
        found, chosen = log.candidates(place)
        known = [(one.token, one.piece, one.kind) for one in step.top]
        this = (step.chosen.token, step.chosen.piece, step.chosen.kind)
        assert chosen == (known.index(this) if this in known else len(known))
        assert found[: len(known)] == [one.logprob for one in step.top]
        assert len(found) == max(len(known), chosen + 1)


@given(st.binary(max_size=300))
def test_what_is_no_log_is_told(data: bytes) -> None:
    for attempt in (data, b"\1" + data, b"\1" + zlib.compress(data)):
        with pytest.raises(ValueError):  # noqa: PT011  (whatever it says)
            TokenLog.unpack(attempt)


@given(logs.filter(bool), st.data())
def test_damage_is_told_or_harmless(expected: list[TokenLogprobs], data: st.DataObject) -> None:
    whole = bytearray(zlib.decompress(TokenLog(expected).pack()[1:]))
    whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    try:
        log = TokenLog.unpack(b"\1" + zlib.compress(bytes(whole)))
    except ValueError:
        return
    assert len(list(log)) == len(log)


def test_odd_log_probabilities_are_kept_within_bounds() -> None:
    odd = [math.nan, -math.inf, -1e9, 0.5, -0.0]
    log = TokenLog(TokenLogprobs(Alternative(1, b"a", one), ()) for one in odd)
    assert [log.logprob(place) for place in range(5)] == [0, LEAST, LEAST, 0, 0]


def test_many_different_tokens_get_wider_columns() -> None:
    log = TokenLog(TokenLogprobs(Alternative(number, b"", 0.0), ()) for number in range(70_000))
    again = TokenLog.unpack(log.pack())
    assert [again[place].chosen.token for place in (0, 65_535, 65_536, 69_999)] == [0, 65_535, 65_536, 69_999]


def test_an_answer_of_4000_tokens_is_small() -> None:
    """The bar is 1 MB; the numbers are drawn as wildly as no text would be."""
    draw = random.Random(7)

    def one(logprob: float) -> Alternative:
        number = draw.randrange(150_000)
        return Alternative(number, draw.randbytes(draw.randrange(1, 9)), logprob)

    wild = []
    for _ in range(4000):
        top = tuple(one(value) for value in sorted((-20 * draw.random() for _ in range(10)), reverse=True))
        wild.append(TokenLogprobs(draw.choice(top), top))
    assert len(TokenLog(wild).pack()) < 600_000  # bytes


def test_given_text_is_told_from_what_was_chosen() -> None:
    log = TokenLog()
    log.give(b"Once ")
    log.add([word("upon")])
    assert [log.is_given(place) for place in range(2)] == [True, False]
    assert log.texts() == b"Once upon"
    again = TokenLog.unpack(log.pack())
    assert [again.is_given(place) for place in range(2)] == [True, False]


def test_a_long_given_text_is_kept_whole() -> None:
    text = "天气" * 20_000
    log = TokenLog()
    log.give(text.encode())
    assert TokenLog.unpack(log.pack()).texts().decode() == text


@pytest.mark.parametrize(
    ("known", "text", "kept", "rest"),
    [
        (log_of("A", " small", " cat"), "A small cat", 3, ""),
        (TokenLog([*log_of("A", " cat"), END]), "A cat", 2, ""),
        (log_of("A", " small"), "A small cat", 2, " cat"),  # the end was lost in a crash
        (log_of("A", " cat", "\n\n", "You"), "A cat", 2, ""),  # a stop string ended it
        (log_of("A", " cat.\n"), "A cat.", 1, " cat."),
        (log_of("<think>", "Hm", "</think>", "\n\n", "A", " cat"), "A cat", 6, ""),
        (log_of("<think>", "Hm"), "Hm", 2, ""),
        (log_of("Something", " else"), "A cat", 0, "A cat"),
        (log_of("A", " small", "<unk>", " cat"), "A small cat", 2, " cat"),
        (TokenLog(), "A cat", 0, "A cat"),
        (log_of("A", " cat", "\n", b"\xe5\xa4"), "A cat\n\N{REPLACEMENT CHARACTER}", 3, "\N{REPLACEMENT CHARACTER}"),
        (log_of("A", b"\xff", " cat"), "A\N{REPLACEMENT CHARACTER} cat", 3, ""),
        (log_of(b"\xe5\xa4", b"\xa9", "气"), "天", 2, ""),
    ],
)
def test_an_answer_that_is_gone_on_with_keeps_what_is_known(known: TokenLog, text: str, kept: int, rest: str) -> None:
    begun = known.begun(text)
    assert list(begun)[:kept] == list(known)[:kept]
    assert [begun.is_given(place) for place in range(kept, len(begun))] == [True] * bool(rest)
    assert begun.texts()[len(begun.texts(kept)) :].decode() == rest
    assert begun.texts().decode("utf-8", "replace").endswith(text)
