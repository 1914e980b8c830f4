"""Files go with the message to the model and stay with it, whatever is done to the conversation."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from desktopchat.controllers.attaching import Attaching
from desktopchat.controllers.history import History
from desktopchat.core.attached import AttachedFile, Written, attach_text
from desktopchat.core.chat import ContextParts
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.engine.api import GenerationEvent, GenerationRequest
from desktopchat.engine.scripted import ScriptedEngine
from tests.pictures import png

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages
NOTES = attach_text("notes.txt", "A boat is made of wood.")
FENCED = "notes.txt:\n```\nA boat is made of wood.\n```\n\n"


class Listening(ScriptedEngine):
    """Remembers what it was asked."""

    def __init__(self) -> None:
        super().__init__(rate=0)
        self.asked: list[list[str]] = []

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        self.asked.append([turn.content for turn in request.messages])
        return super().generate(request)


@pytest.fixture
def rig(make_rig: Callable[..., Rig]) -> Rig:
    rig = make_rig(Listening())
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    return rig


def names(rig: Rig) -> list[str]:
    return [file.name for message in rig.shown for file in message.files]


def test_the_model_reads_the_file_before_the_words(rig: Rig) -> None:
    rig.answer(lambda: rig.chat.send("What is it of?", (NOTES,)))
    rig.say("Sure?")
    assert rig.engine.asked == [
        [FENCED + "What is it of?"],
        [FENCED + "What is it of?", "word1", "Sure?"],
    ]
    assert rig.texts()[0] == "What is it of?"
    assert names(rig) == ["notes.txt"]


def test_a_file_alone_can_be_sent(rig: Rig) -> None:
    rig.answer(lambda: rig.chat.send("", (NOTES,)))
    assert rig.engine.asked == [[FENCED.strip()]]
    assert rig.conversations.index(0).data() == "notes.txt"


def test_it_stays_through_another_answer_an_edit_and_a_restart(rig: Rig, make_rig: Callable[..., Rig]) -> None:
    rig.answer(lambda: rig.chat.send("Look", (NOTES,)))
    rig.answer(rig.chat.regenerate)
    assert names(rig) == ["notes.txt"]
    rig.answer(lambda: rig.chat.edit(rig.shown[0].id, "Look again", rig.shown[0].files))
    assert rig.engine.asked[-1] == [FENCED + "Look again"]
    rig.answer(lambda: rig.chat.edit(rig.shown[0].id, "Without"))
    assert rig.engine.asked[-1] == ["Without"]
    rig.chat.show_sibling(rig.shown[0].id, -1)
    rig.wait(lambda: rig.texts()[0] == "Look again")
    again = make_rig(Listening())
    again.wait(lambda: again.texts()[:1] == ["Look again"])
    assert names(again) == ["notes.txt"]
    again.load()
    again.answer(again.chat.regenerate)
    assert again.engine.asked == [[FENCED + "Look again"]]


def test_files_of_a_draft_survive_a_restart_and_go_with_the_message(rig: Rig, make_rig: Callable[..., Rig]) -> None:
    rig.say("hello")
    rig.chat.save_draft("Look")
    rig.chat.save_files((NOTES,))
    rig.drain()
    rig = make_rig()
    opened: list[Any] = []
    rig.chat.conversation_opened.connect(opened.append)
    rig.chat.open_last()
    rig.wait(lambda: bool(opened))
    assert (opened[0].draft, opened[0].files) == ("Look", (NOTES,))
    rig.load()
    rig.answer(lambda: rig.chat.send("Look", opened[0].files))
    rig.chat.open_last()
    rig.wait(lambda: len(opened) == 2)
    assert (opened[1].draft, opened[1].files) == ("", ())


def test_files_and_queue_are_counted_with_the_prompt(rig: Rig) -> None:
    counted: list[ContextParts] = []
    files: list[tuple[AttachedFile, int]] = []
    rig.chat.parts_counted.connect(counted.append)
    rig.chat.file_counted.connect(lambda file, tokens: files.append((file, tokens)))
    rig.chat.save_draft("two words")
    rig.chat.save_files((NOTES,))
    rig.wait(lambda: bool(counted) and not counted[-1].counting and len(files) > 0)
    words = len(FENCED.split())
    assert files == [(NOTES, words)]
    assert counted[-1].draft == 2 + words
    rig.chat.count_queue((Written("three more words"),))
    rig.wait(lambda: counted[-1].queued == 3)
    assert counted[-1].room == counted[-1].n_ctx - 2 - words - 3
    rig.models.unload()
    rig.wait(lambda: files[-1] == (NOTES, -1))


@pytest.fixture
def attaching(rig: Rig) -> Attaching:
    return Attaching(rig.io)


def test_files_are_read_in_any_encoding_and_refused_with_a_cure(rig: Rig, attaching: Attaching, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Müller", "latin-1")
    (tmp_path / "b.bin").write_bytes(b"\0\1")
    (tmp_path / "large.txt").write_bytes(b"x" * (20 << 20))
    got: list[AttachedFile] = []
    notices: list[Notice] = []
    reading: list[int] = []
    attaching.attached.connect(got.append)
    attaching.noticed.connect(notices.append)
    attaching.reading_changed.connect(reading.append)
    attaching.read([str(tmp_path / name) for name in ("a.txt", "b.bin", "large.txt", "missing.txt", "")])
    assert reading == [1, 2, 3, 4, 5]
    rig.wait(lambda: reading[-1] == 0)
    assert got == [AttachedFile("a.txt", "text/plain", 6, "Müller")]
    assert sorted(notice.cause.split(" ")[0] for notice in notices) == sorted(
        ["b.bin", "large.txt", "missing.txt", tmp_path.name]
    )
    assert all(notice.cure for notice in notices)


def test_what_is_made_is_attached(rig: Rig, attaching: Attaching) -> None:
    got: list[AttachedFile] = []
    attaching.attached.connect(got.append)
    attaching.make("a.png", png)
    rig.wait(lambda: bool(got))
    assert got[0].is_picture


def test_pasted_text_is_attached_or_its_size_told(rig: Rig, attaching: Attaching) -> None:
    got: list[AttachedFile] = []
    notices: list[Notice] = []
    attaching.attached.connect(got.append)
    attaching.noticed.connect(notices.append)
    attaching.paste("Pasted text", "a\0船\r\n".encode())
    attaching.paste("Pasted text 2", b"x" * 17_000_000)
    rig.wait(lambda: bool(got and notices))
    assert [file.text for file in got] == ["a\0船\n"]
    assert "too large" in notices[0].cause


def test_history_walks_over_this_conversation_and_then_the_others(rig: Rig) -> None:
    rig.say("elsewhere")
    with rig.qtbot.waitSignal(rig.chat.conversation_opened):
        rig.chat.new_conversation()
    rig.say("one")
    rig.say("two")
    history = History(rig.chat, rig.storage, rig.store)
    shown: list[str | None] = []
    history.shown.connect(shown.append)
    history.step(-1)
    for _ in range(4):
        history.step(1)
        rig.drain()
    assert shown == ["two", "one", "elsewhere"]
    history.step(-1)
    history.restart()
    history.step(1)
    rig.drain()
    history.step(-1)
    history.step(-1)
    assert shown[3:] == ["one", "two", None]
