"""GPT4All's binary chats, written by Qt's own QDataStream."""

from pathlib import Path

import pytest
from exchange_makers import Chat

from desktopchat.core.chat import MessageState
from desktopchat.core.transfer import Attachment, Skipped, TransferConversation
from desktopchat.exchange.reading import read


def only(path: Path) -> TransferConversation:
    (conversation,) = read(path)
    assert isinstance(conversation, TransferConversation)
    return conversation


@pytest.mark.parametrize("version", range(1, 13))
def test_every_version_is_read(tmp_path: Path, version: int) -> None:
    chat = Chat(version).head(4).message("Prompt", "天气？").message("Response", "晴", stopped=True)
    path = chat.message("Prompt", "").message("Response", "ok").save(tmp_path / "x.chat")
    conversation = only(path)
    assert (conversation.uid, conversation.title) == ("gpt4all:7d7d8", "Boats")
    assert conversation.created_at == 1_700_000_000
    assert [(one.role.value, one.content) for one in conversation.messages] == [
        ("user", "天气？"), ("assistant", "晴"), ("user", ""), ("assistant", "ok"),
    ]  # fmt: skip
    answer = conversation.messages[1]
    assert (answer.state, answer.model.name) == (MessageState.INTERRUPTED, "Llama 3")  # type: ignore[union-attr]


def test_what_newer_versions_add(tmp_path: Path) -> None:
    parts = (
        ("Think", "<think>hm</think>"), ("Text", "Let me see.\n"), ("ToolCall", "print(1)"),
        ("ToolResponse", "1", ("Text", "below")), ("Text", "One."),
    )  # fmt: skip
    chat = Chat().head(4).message("Prompt", "1?", files=(("file:///home/m%C3%A9/a%20b.txt", b"text"),))
    chat.message("Response", "", parts=parts).message("Prompt", "2?").message("Response", "No model.", failed=True)
    question, answer, _second, failed = only(chat.save(tmp_path / "x")).messages
    assert question.attachments == (Attachment("a b.txt", "", b"text"),)
    assert answer.reasoning == "hm"
    assert answer.content == (
        "Let me see.\n\n*Call of javascript_interpret*\n\n```\nprint(1)\n```"
        "\n\n*Result of a tool*\n\n```\n1\n```\n\nOne."
    )
    assert (failed.state, failed.content, failed.error) == (MessageState.FAILED, "", "No model.")


def test_damage_keeps_the_messages_before_it(tmp_path: Path) -> None:
    whole = Chat().head(2).message("Prompt", "Hi").message("Response", "Hello").data.data()
    first = len(Chat().head(2).message("Prompt", "Hi").data.data())
    for length in range(4, len(whole)):
        (tmp_path / "x").write_bytes(whole[:length])
        items = list(read(tmp_path / "x"))
        skipped = [item for item in items if isinstance(item, Skipped)]
        assert [one.reason for one in skipped] in (["It ends in the middle."], ["It has no messages."])
        assert len(items) == (2 if length >= first else 1)


@pytest.mark.parametrize("version", [0, 13, -1])
def test_other_versions_are_told(tmp_path: Path, version: int) -> None:
    path = Chat(version).save(tmp_path / "x")
    assert list(read(path)) == [
        Skipped("x", f"It is of version {version} of GPT4All's format; 1 to 12 are known here.")
    ]


@pytest.mark.parametrize("put", [b"\xff\xff\xff\xfe\x7f" + b"\xff" * 7, b"\x7f\xff\xff\xff", b"\xff\xff\xff\xfd"])
def test_absurd_lengths_are_refused(tmp_path: Path, put: bytes) -> None:
    whole = Chat().head(1).message("Prompt", "Hi", files=(("file:///a", b"x"),)).data.data()
    for place in range(16, len(whole) - 12):
        (tmp_path / "x").write_bytes(whole[:place] + put + whole[place + len(put) :])
        for item in read(tmp_path / "x"):
            assert not isinstance(item, Skipped) or "Error" not in item.reason


def test_endless_nesting_is_refused(tmp_path: Path) -> None:
    part = ("Text", "x")
    for _ in range(40):
        part = ("Text", "x", part)  # type: ignore[assignment]
    path = Chat().head(2).message("Prompt", "Hi").message("Response", "", parts=(part,)).save(tmp_path / "x")
    conversation, skipped = read(path)
    assert isinstance(conversation, TransferConversation)
    assert skipped == Skipped("x, message 2", "Its parts are nested too deep.")
