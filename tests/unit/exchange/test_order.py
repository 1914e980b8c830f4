"""Trees of any shape, brought into order."""

from dataclasses import replace

import pytest
from exchange_trees import conversations
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.transfer import Attachment, TransferMessage
from desktopchat.exchange import order
from desktopchat.exchange.order import NO_ANSWER, is_orderly, put_in_order
from desktopchat.exchange.records import BadRecordError

USER, ASSISTANT, SYSTEM = Role.USER, Role.ASSISTANT, Role.SYSTEM


def message(uid: str, parent: str | None, role: Role, content: str | None = None, **values: object) -> TransferMessage:
    return TransferMessage(uid, parent, role, uid if content is None else content, 5.0, **values)  # type: ignore[arg-type]


def shape(messages: list[TransferMessage], tip: str | None = None) -> list[tuple[str, str | None, str]]:
    """Return uid, parent and text of what comes of a tree."""
    found = put_in_order(messages, tip, 1.0)
    assert is_orderly(found.messages, found.tip_uid)
    return [(one.uid, one.parent_uid, one.content) for one in found.messages]


def test_questions_in_a_row_get_an_answer_that_says_there_was_none() -> None:
    found = put_in_order([message("a", None, USER), message("b", "a", USER), message("c", "a", USER)], None, 1.0)
    assert [(one.uid, one.parent_uid) for one in found.messages] == [
        ("a", None), ("a/no-answer", "a"), ("b", "a/no-answer"), ("c", "a/no-answer"),
    ]  # fmt: skip
    between = found.messages[1]
    assert (between.role, between.state, between.error) == (ASSISTANT, MessageState.FAILED, NO_ANSWER)
    assert between.created_at == 5.0


def test_answers_in_a_row_become_one_in_every_branch() -> None:
    file = Attachment("f")
    tree = [
        message("q", None, USER),
        message("a", "q", ASSISTANT, attachments=(file,)),
        message("b", "a", ASSISTANT),
        message("c", "a", ASSISTANT, reasoning="hm"),
        message("d", "b", USER),
        message("e", "a", USER),
    ]
    assert shape(tree) == [
        ("q", None, "q"), ("b", "q", "a\n\nb"), ("d", "b", "d"), ("c", "q", "a\n\nc"), ("a", "q", "a"), ("e", "a", "e"),
    ]  # fmt: skip
    found = put_in_order(tree, "b", 1.0)
    assert found.tip_uid == "d"
    assert all(one.attachments == (file,) for one in found.messages if one.uid in "abc")


def test_what_a_tool_gave_back_is_a_part_of_the_answer() -> None:
    tree = [
        message("q", None, USER),
        message("a", "q", ASSISTANT),
        message("t", "a", Role.TOOL),
        message("b", "t", ASSISTANT),
    ]
    assert not is_orderly(tuple(tree), "b")
    assert shape(tree) == [("q", None, "q"), ("b", "q", "a\n\nt\n\nb")]
    assert shape(tree[:3]) == [("q", None, "q"), ("t", "q", "a\n\nt")]
    assert {one.role for one in put_in_order(tree[:3], None, 1.0).messages} == {USER, ASSISTANT}


def test_what_the_system_says_is_taken_out() -> None:
    tree = [
        message("root", None, SYSTEM, ""),
        message("s", "root", SYSTEM, "Be brief."),
        message("q", "s", USER),
        message("t", "q", SYSTEM, "Be brief."),
        message("u", "t", SYSTEM, "Be kind."),
        message("a", "u", ASSISTANT),
        message("end", "a", SYSTEM, ""),
    ]
    found = put_in_order(tree, "end", 1.0)
    assert [(one.uid, one.parent_uid) for one in found.messages] == [("q", None), ("a", "q")]
    assert (found.tip_uid, found.system_texts, found.mended) == ("a", ("Be brief.", "Be kind."), ())


def test_a_greeting_begins_a_conversation() -> None:
    assert shape([message("a", None, ASSISTANT), message("b", None, ASSISTANT), message("q", "b", USER)]) == [
        ("a", None, "a"), ("b", None, "b"), ("q", "b", "q"),
    ]  # fmt: skip


def test_damaged_links_are_mended_and_told() -> None:
    missing = put_in_order([message("a", "gone", USER)], None, 1.0)
    assert [one.uid for one in missing.messages] == ["a"]
    assert missing.mended == ("The message before another one was missing; that one begins the conversation.",)
    circle = put_in_order(
        [message("a", "c", USER), message("b", "a", ASSISTANT), message("c", "b", USER), message("d", "d", USER)],
        "c",
        1.0,
    )
    assert [one.uid for one in circle.messages] == ["a", "b", "c", "d"]
    assert circle.tip_uid == "c"
    assert circle.mended == ("Messages stood in a circle; it is cut at one of them.",)
    twice = put_in_order([message("a", None, USER), message("a", None, USER, "other")], None, 1.0)
    assert [(one.uid, one.content) for one in twice.messages] == [("a", "a"), ("a~2", "other")]
    assert twice.mended == ("Messages had the same id, or none; all are kept.",)
    none = put_in_order([message("", None, USER, "x"), message("", None, USER, "y")], None, 1.0)
    assert [(one.uid, one.content) for one in none.messages] == [("~2", "x"), ("~3", "y")]
    same = message("a", None, USER)
    assert put_in_order([same, same], None, 1.0).mended == ()


def test_times_that_are_missing_come_from_above() -> None:
    tree = [replace(message(uid, parent, role), created_at=time) for uid, parent, role, time in (
        ("q", None, USER, 0.0), ("a", "q", ASSISTANT, 7.0), ("r", "a", USER, 0.0),
    )]  # fmt: skip
    assert [one.created_at for one in put_in_order(tree, None, 3.0).messages] == [3.0, 7.0, 7.0]


def test_an_answer_that_was_being_written_is_interrupted() -> None:
    found = put_in_order([message("a", None, ASSISTANT, state=MessageState.STREAMING)], None, 1.0)
    assert found.messages[0].state is MessageState.INTERRUPTED


def test_a_tree_that_would_grow_without_end_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(order, "MAX_RECORD", 10_000)
    tree = [message(f"a{number}", f"a{number - 1}" if number else None, ASSISTANT, "x" * 100) for number in range(50)]
    forks = [message(f"q{number}", f"a{number}", USER) for number in range(50)]
    with pytest.raises(BadRecordError):
        put_in_order(tree + forks, None, 1.0)


@settings(max_examples=40)
@given(conversations())
def test_what_is_in_order_stays_as_it_is(conversation) -> None:  # type: ignore[no-untyped-def]
    found = put_in_order(list(conversation.messages), conversation.tip_uid, 1.0)
    assert (found.messages, found.tip_uid) == (conversation.messages, conversation.tip_uid)


UIDS = st.sampled_from(["a", "b", "c", "d", "e", "f"])
ANY_TREE = st.lists(st.builds(message, UIDS, st.none() | UIDS, st.sampled_from([USER, ASSISTANT, SYSTEM]),
                              st.text("xyz", min_size=1, max_size=2)), max_size=8)  # fmt: skip


@given(ANY_TREE, st.none() | UIDS)
def test_any_tree_comes_into_order_and_nothing_is_lost(tree: list[TransferMessage], tip: str | None) -> None:
    found = put_in_order(tree, tip, 1.0)
    assert is_orderly(found.messages, found.tip_uid)
    said = "\n\n".join([*(one.content for one in found.messages), *found.system_texts])
    assert all(one.content in said.split("\n\n") for one in tree)
    # What has been brought into order is in order.
    again = put_in_order(list(found.messages), found.tip_uid, 1.0)
    assert (again.messages, again.tip_uid) == (found.messages, found.tip_uid)
