"""Where another answer begins that shares the first tokens of one."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.errors import UserError
from desktopchat.core.fork import fork
from desktopchat.core.token import Alternative, Kind, TokenLogprobs
from desktopchat.core.token_log import TokenLog


def answer(content: str, reasoning: str = "") -> Message:
    return Message(2, 1, 1, Role.ASSISTANT, content, MessageState.COMPLETE, 0.0, reasoning)


def one(piece: bytes | str, kind: Kind = "text") -> Alternative:
    data = piece.encode() if isinstance(piece, str) else piece
    return Alternative(len(data), data, -1.0, kind)


def log_of(*pieces: bytes | str | Alternative) -> TokenLog:
    found = [piece if isinstance(piece, Alternative) else one(piece) for piece in pieces]
    return TokenLog(TokenLogprobs(each, (each, one(" other"))) for each in found)


END = one("<|im_end|>", "end")


def test_text_up_to_the_token_stays_and_the_choice_follows() -> None:
    log = log_of("A", " small", " cat", END)
    found = fork(answer("A small cat"), log, 1, one(" big"))
    assert (found.content, found.reasoning, found.has_ended) == ("A big", "", False)
    assert [step.chosen.text for step in found.log] == ["A", " big"]
    assert found.log[1].top == log[1].top


def test_the_end_can_be_chosen_and_taken_back() -> None:
    log = log_of("A", " cat", END)
    found = fork(answer("A cat"), log, 1, END)
    assert (found.content, found.has_ended) == ("A", True)
    found = fork(answer("A cat"), log, 2, one(" sat"))
    assert (found.content, found.has_ended) == ("A cat sat", False)


@given(st.text(st.characters(codec="utf-8"), min_size=1, max_size=20), st.data())
def test_however_letters_are_cut_the_text_is_whole_or_refused(text: str, data: st.DataObject) -> None:
    whole = text.encode()
    cuts = sorted(data.draw(st.sets(st.integers(1, len(whole)), max_size=6)))
    pieces = [whole[start:end] for start, end in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    place = data.draw(st.integers(0, len(pieces) - 1))
    before, choice = b"".join(pieces[:place]), pieces[place]
    try:
        found = fork(answer(text), log_of(*pieces), place, one(choice))
    except UserError:
        with pytest.raises(UnicodeDecodeError):
            (before + choice or b"\xff").decode()
    else:
        assert found.content == (before + choice).decode()


def test_a_part_of_a_letter_is_refused_and_one_that_completes_it_taken() -> None:
    first, last = "天".encode()[:2], "天".encode()[2:]
    log = log_of("A", first, last)
    with pytest.raises(UserError, match=r"part of a letter\. Choose one"):
        fork(answer("A天"), log, 1, one(first))
    assert fork(answer("A天"), log, 2, one(last)).content == "A天"


def test_reasoning_stays_when_the_answer_takes_another_way() -> None:
    log = log_of("<think>", "\n", "Hm", ",", "\n", "</think>", "\n\n", "A", " cat", END)
    message = answer("A cat", "Hm,")
    found = fork(message, log, 8, one(" dog"))
    assert (found.reasoning, found.content) == ("Hm,", "A dog")
    found = fork(message, log, 3, one(" well"))
    assert (found.reasoning, found.content) == ("Hm well", "")
    with pytest.raises(UserError, match=r"mark between reasoning and answer"):
        fork(message, log, 6, one(" well"))


def test_an_answer_that_has_only_thought_thinks_on() -> None:
    found = fork(answer("", "Hm, yes"), log_of("Hm", ",", " yes"), 2, one(" no"))
    assert (found.reasoning, found.content) == ("Hm, no", "")


def test_an_answer_that_repeats_its_reasoning_is_told_from_it() -> None:
    log = log_of("Yes", "</think>", "Yes", ".")
    found = fork(answer("Yes.", "Yes"), log, 3, one("!"))
    assert (found.reasoning, found.content) == ("Yes", "Yes!")


@pytest.mark.parametrize(
    ("place", "choice", "says"), [(0, END, "Nothing would be left"), (1, one("<|im_start|>", "sign"), "a sign of")]
)
def test_what_is_no_beginning_is_refused(place: int, choice: Alternative, says: str) -> None:
    with pytest.raises(UserError, match=says):
        fork(answer("A cat"), log_of("A", " cat"), place, choice)
