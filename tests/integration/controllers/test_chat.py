"""What becomes of a conversation, whatever the person, the engine or the disk does."""

import itertools
import time
from collections.abc import Callable, Iterator
from typing import Any

import apsw
import pytest

from desktopchat.controllers.generation import PAINT_INTERVAL
from desktopchat.core.chat import ContextParts, FinishReason, MessageState, Role
from desktopchat.core.errors import EngineCrashedError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.engine.api import Delta, GenerationEvent, GenerationRequest
from desktopchat.engine.scripted import ScriptedEngine

MODEL_FILE = ModelFile("/models/scripted.gguf", "scripted", 0, "none")
Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


def test_a_message_and_its_answer_are_shown_and_stored(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=3))
    rig.say("hello")
    assert rig.texts() == ["hello", "word1 word2 word3"] == rig.stored()
    answer = rig.shown[-1]
    assert answer.state is MessageState.COMPLETE
    assert answer.finish_reason is FinishReason.LENGTH
    assert answer.model == "scripted"
    assert answer.sampling == SamplingParams(max_tokens=3)
    assert answer.usage.completion_tokens == 3
    rig.say("again")
    assert rig.texts() == ["hello", "word1 word2 word3", "again", "word1 word2 word3"] == rig.stored()
    assert rig.conversations.rowCount() == 1
    assert rig.conversations.index(0).data() == "hello"


@pytest.mark.parametrize("text", ["", "  \n"])
def test_nothing_is_sent_when_there_is_nothing(rig: Rig, text: str) -> None:
    rig.chat.send(text)
    assert rig.notices[-1].cause == "There is nothing to send."
    assert rig.conversations.rowCount() == 0


def test_without_a_model_the_text_is_refused_and_a_cure_is_named(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.chat.send("hello")
    assert rig.notices[-1].command == "model.open"
    assert rig.shown == []


def test_a_message_sent_while_the_model_loads_is_answered_when_it_is_there(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.chat.set_sampling(SamplingParams(max_tokens=2))
    rig.models.load(MODEL_FILE)
    rig.say("early")
    assert rig.texts() == ["early", "word1 word2"]


def test_an_answer_arrives_in_pieces_and_stops_at_once(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(ScriptedEngine(rate=100))
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    pieces: list[str] = []
    rig.chat.text_received.connect(lambda _id, text: pieces.append(text))
    rig.chat.send("go on for ever")
    rig.wait(lambda: len(pieces) >= 5)
    rig.chat.stop()
    rig.wait_idle()
    answer = rig.shown[-1]
    assert answer.finish_reason is FinishReason.CANCELLED
    assert answer.content == "".join(pieces) == rig.stored()[-1]
    assert answer.content.split()[-1] == f"word{len(answer.content.split())}"


def test_a_window_that_is_slow_to_paint_paints_less_often(
    make_rig: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = make_rig(ScriptedEngine(rate=500))
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    clock = itertools.count(step=0.02)  # each paint takes the thread 20 ms
    monkeypatch.setattr("desktopchat.controllers.generation.time.thread_time", lambda: next(clock))
    times: list[float] = []
    rig.chat.text_received.connect(lambda _id, _text: times.append(time.monotonic()))
    rig.chat.send("go on for ever")
    rig.wait(lambda: len(times) >= 12)
    rig.chat.stop()
    rig.wait_idle()
    assert times[10] - times[9] > 3 * PAINT_INTERVAL / 1000


def test_reasoning_is_shown_and_stored_apart(rig: Rig) -> None:
    pieces: list[tuple[str, str]] = []
    rig.chat.text_received.connect(lambda _id, text, reasoning: pieces.append((text, reasoning)))
    rig.say("say: <think>I wonder a bit.</think> It is so.")
    answer = rig.shown[-1]
    assert (answer.content, answer.reasoning) == ("It is so.", "I wonder a bit.")
    assert "".join(text for text, _ in pieces) == "It is so."
    assert "".join(reasoning for _, reasoning in pieces) == "I wonder a bit."
    assert answer.usage.reasoning_tokens == 3  # the words behind the one with the mark
    (stored,) = (one for one in rig.store.path(answer.conversation_id) if one.id == answer.id)
    assert (stored.content, stored.reasoning, stored.usage) == (answer.content, answer.reasoning, answer.usage)


def test_reasoning_is_on_disk_while_it_streams_and_is_gone_on_with(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(ScriptedEngine(rate=100))
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    rig.chat.send("say: <think>" + "hm " * 3000)
    rig.wait(lambda: len(rig.shown) == 2)
    answer = rig.shown[-1]
    rig.wait(lambda: rig.store.message(answer.id).reasoning.count("hm") > 3)
    rig.chat.stop()
    rig.wait_idle()
    stopped = rig.shown[-1]
    assert (stopped.content, stopped.finish_reason) == ("", FinishReason.CANCELLED)
    rig.chat.set_sampling(SamplingParams(max_tokens=2))
    rig.answer(rig.chat.continue_answer)
    assert rig.shown[-1].reasoning == stopped.reasoning + " word1 word2"
    assert rig.shown[-1].usage.reasoning_tokens == stopped.usage.reasoning_tokens + 2


def test_text_is_on_disk_while_it_streams(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(ScriptedEngine(rate=100))
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    rig.chat.send("go on for ever")
    rig.wait(lambda: len(rig.shown) == 2)
    other = apsw.Connection(str(rig.database.path), flags=apsw.SQLITE_OPEN_READONLY)

    def on_disk() -> str:
        ((text,),) = other.execute(
            "SELECT content || ifnull((SELECT group_concat(s.content, '' ORDER BY position) FROM streamed s), '')"
            " FROM message WHERE role = 'assistant'"
        )
        return str(text)

    rig.wait(lambda: len(on_disk().split()) >= 5)
    rig.chat.stop()
    rig.wait_idle()
    assert on_disk() == rig.shown[-1].content
    other.close()


def test_what_was_under_way_at_the_end_comes_back_as_interrupted(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(ScriptedEngine(rate=100))
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    rig.chat.send("go on for ever")
    rig.wait(lambda: len(rig.shown) == 2 and len(rig.shown[-1].content) > 20)
    seen = rig.shown[-1].content
    rig = make_rig()
    assert [message.role for message in rig.shown] == [Role.USER, Role.ASSISTANT]
    assert rig.shown[-1].state is MessageState.INTERRUPTED
    assert rig.shown[-1].content.startswith(seen)
    assert rig.conversations.rowCount() == 0  # nothing asked for yet
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=2))
    words = len(rig.shown[-1].content.split())
    rig.answer(rig.chat.continue_answer)
    assert len(rig.shown) == 2
    assert rig.shown[-1].content.split()[words - 1 :] == [f"word{n}" for n in range(words, words + 3)]
    assert rig.shown[-1].state is MessageState.COMPLETE


def test_regenerate_and_edit_make_siblings_and_keep_what_was(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.say("first")
    rig.answer(rig.chat.regenerate)
    assert (rig.shown[-1].sibling, rig.shown[-1].siblings) == (2, 2)
    rig.answer(lambda: rig.chat.edit(rig.shown[0].id, "first, edited"))
    assert rig.texts() == ["first, edited", "word1"]
    assert rig.shown[0].siblings == 2
    rig.chat.show_sibling(rig.shown[0].id, -1)
    rig.wait(lambda: rig.shown[0].content == "first")
    assert (rig.shown[-1].sibling, rig.shown[-1].siblings) == (2, 2)


def test_edit_of_a_message_of_another_branch_is_refused(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.say("first")
    first = rig.shown[0].id
    rig.answer(lambda: rig.chat.edit(first, "first, edited"))
    refused: list[Notice] = []
    rig.chat.send_refused.connect(refused.append)
    rig.chat.edit(first, "of a branch that is not shown")
    assert "not in this branch" in refused[0].cause
    assert rig.texts() == ["first, edited", "word1"]


def test_n_answers_become_siblings(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=2, n=3))
    rig.say("three, please")
    assert rig.shown[-1].siblings == 3
    assert rig.shown[-1].sibling == 1
    for place in (2, 3):
        rig.chat.show_sibling(rig.shown[-1].id, 1)
        rig.wait(lambda place=place: rig.shown[-1].sibling == place)
        assert rig.shown[-1].content == "word1 word2"
        assert rig.shown[-1].state is MessageState.COMPLETE


def test_parameters_change_while_it_answers_and_are_kept(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(ScriptedEngine(rate=200))
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    rig.chat.send("go on for ever")
    rig.wait(lambda: len(rig.shown) == 2 and len(rig.shown[-1].content) > 20)
    rig.chat.set_sampling(SamplingParams(max_tokens=1, temperature=0.1))
    rig.wait_idle()
    assert rig.shown[-1].finish_reason is FinishReason.LENGTH
    rig = make_rig()
    assert rig.chat.sampling.temperature == 0.1


def test_drafts_belong_to_their_conversations(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig()
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.say("one")
    first = rig.chat.conversation_id
    rig.chat.save_draft("half a thought")
    rig.chat.new_conversation()
    rig.wait(lambda: rig.chat.conversation_id is None)
    assert rig.draft == ""
    rig.chat.save_draft("another one")
    rig.chat.open_conversation(first)
    rig.wait(lambda: rig.draft == "half a thought")
    rig.chat.new_conversation()
    rig.wait(lambda: rig.draft == "another one")
    rig = make_rig()
    assert rig.draft == "another one"
    assert rig.chat.conversation_id is None


def test_a_deleted_conversation_comes_back(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.say("keep me")
    conversation_id = rig.chat.conversation_id
    rig.shelving.delete_conversation(conversation_id)
    rig.wait(lambda: rig.chat.conversation_id is None and rig.conversations.rowCount() == 0)
    assert rig.notices[-1].command == "conversation.undo_delete"
    rig.shelving.undo_delete()
    rig.wait(lambda: rig.chat.conversation_id == conversation_id)
    rig.wait(lambda: rig.conversations.rowCount() == 1)
    assert rig.texts() == ["keep me", "word1"]


def test_an_answer_goes_on_while_another_conversation_is_read(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(ScriptedEngine(rate=100))
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    rig.chat.send("go on for ever")
    rig.wait(lambda: len(rig.shown) == 2 and len(rig.shown[-1].content) > 10)
    conversation_id = rig.chat.conversation_id
    rig.chat.new_conversation()
    rig.wait(lambda: rig.shown == [])
    rig.chat.open_conversation(conversation_id)
    rig.wait(lambda: len(rig.shown) == 2 and len(rig.shown[-1].content) > 60)
    rig.chat.stop()
    rig.wait_idle()
    words = rig.shown[-1].content.split()
    assert words == [f"word{number}" for number in range(1, len(words) + 1)]


class DyingEngine(ScriptedEngine):
    """Loses its process after some words, once."""

    def __init__(self) -> None:
        super().__init__(rate=0)
        self.deaths = 0

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        for count, event in enumerate(super().generate(request)):
            if count > 5 and isinstance(event, Delta) and not self.deaths:
                self.deaths += 1
                self.unload()
                raise EngineCrashedError("The engine stopped unexpectedly (SIGSEGV).", "Load the model again.")
            yield event


def test_a_crash_keeps_the_text_and_one_command_goes_on(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(DyingEngine())
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=9))
    rig.say("hello")
    answer = rig.shown[-1]
    assert answer.state is MessageState.INTERRUPTED
    assert answer.content.startswith("word1 word2")
    assert "SIGSEGV" in answer.error
    assert rig.notices[-1].command == "message.continue"
    assert rig.models.loaded is None
    begun = len(answer.content.split())
    rig.answer(rig.chat.continue_answer)
    words = rig.shown[-1].content.split()
    assert words == [f"word{number}" for number in range(1, begun + 10)]
    assert rig.models.loaded is not None


def test_a_prompt_beyond_the_context_fails_with_words_and_stays(rig: Rig) -> None:
    rig.say("word " * 5000)
    assert rig.shown[-1].state is MessageState.FAILED
    assert "context window" in rig.shown[-1].error
    assert rig.shown[0].content == "word " * 5000
    assert "context window" in rig.notices[-1].cause
    rig.answer(lambda: rig.chat.edit(rig.shown[0].id, "shorter"))
    assert rig.shown[0].content == "shorter"
    assert rig.shown[-1].state is MessageState.COMPLETE


def test_a_full_disk_refuses_the_message_and_nothing_is_cleared(rig: Rig) -> None:
    limit = rig.database.execute("PRAGMA page_count")[0][0]
    rig.database.execute(f"PRAGMA max_page_count = {limit}")
    sent: list[bool] = []
    rig.chat.sent.connect(lambda: sent.append(True))
    with rig.qtbot.waitSignal(rig.chat.send_refused):
        rig.chat.send("x" * 100_000)
    assert "disk is full" in rig.notices[-1].cause
    assert not sent
    rig.database.execute("PRAGMA max_page_count = 1000000")
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.say("x" * 100_000)
    assert rig.texts()[-1] == "word1"


def test_a_disk_that_fills_up_while_it_answers_loses_nothing(
    make_rig: Callable[..., Rig], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("desktopchat.controllers.saving.RETRY_INTERVAL", 10)
    rig = make_rig(ScriptedEngine(rate=2000))
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=4000))
    rig.chat.send("say a lot")
    rig.wait(lambda: len(rig.shown) == 2 and len(rig.shown[-1].content) > 10)
    limit = rig.database.execute("PRAGMA page_count")[0][0]
    rig.database.execute(f"PRAGMA max_page_count = {limit}")
    rig.wait(lambda: any("disk is full" in notice.cause for notice in rig.notices))
    rig.wait(lambda: not rig.chat.answering)
    assert len(rig.shown[-1].content.split()) == 4000
    rig.storage.run(lambda: rig.database.execute("PRAGMA max_page_count = 1000000"))
    rig.wait(lambda: "Saving works again" in rig.notices[-1].cause)
    assert len(rig.stored()[-1].split()) == 4000
    assert sum("disk is full" in notice.cause for notice in rig.notices) == 1


def test_conversation_is_renamed_in_the_list(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.say("cats")
    rig.wait(lambda: rig.conversations.rowCount() == 1)
    rig.conversations.setData(rig.conversations.index(0), "dogs")
    rig.wait(lambda: rig.conversations.index(0).data() == "dogs")


def test_the_prompt_is_counted_by_part_before_it_is_sent(rig: Rig) -> None:
    counted: list[ContextParts | None] = []
    rig.chat.parts_counted.connect(counted.append)
    rig.chat.set_sampling(SamplingParams(max_tokens=4))
    rig.chat.set_system_prompt("be kind")
    rig.chat.save_draft("one two three")
    rig.wait(lambda: counted[-1:] == [ContextParts(2, 0, 3, 4096)])
    rig.say("one two three")
    rig.wait(lambda: counted[-1] == ContextParts(2, 7, 0, 4096))
    assert counted[-1].room == 4087
    rig.chat.save_draft("one two three")
    rig.wait(lambda: counted[-1] == ContextParts(2, 7, 3, 4096))
    rig.chat.set_sampling(SamplingParams(max_tokens=4, reasoning_effort="low"))
    rig.wait(lambda: counted[-1] == ContextParts(2, 7, 4, 4096))  # it is a word of the prompt


def test_what_is_stopped_while_its_pictures_are_read_is_not_asked(rig: Rig, monkeypatch: pytest.MonkeyPatch) -> None:
    pictures, asked = rig.chat._generation.pictures, []
    read = pictures.turns
    monkeypatch.setattr(pictures, "turns", lambda *arguments: asked.append(lambda: read(*arguments)))
    rig.chat.send("hello")
    rig.wait(lambda: len(asked) == 1)
    rig.chat.stop()
    rig.wait_idle()
    assert rig.shown[-1].finish_reason is FinishReason.CANCELLED
    asked[0]()
    assert not rig.chat.answering
    assert rig.texts() == ["hello", ""] == rig.stored()


def test_a_question_whose_answer_was_deleted_does_not_stop_the_next_one(rig: Rig) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=2))
    rig.say("hello")
    with rig.qtbot.waitSignal(rig.chat.path_changed):
        rig.shelving.delete_message(rig.shown[-1].id)
    assert rig.texts() == ["hello"]
    rig.say("again")
    assert rig.texts() == ["again", "word1 word2"] == rig.stored(), "beside the other question, which stays"


def test_a_draft_stays_with_its_conversation_when_another_one_is_shown(rig: Rig) -> None:
    kept: list[tuple[int | None, str]] = []
    rig.chat.leaving.connect(lambda: kept.append((rig.chat.conversation_id, "typed")))
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.say("hello")
    first = rig.chat.conversation_id
    with rig.qtbot.waitSignal(rig.chat.conversation_opened):
        rig.chat.new_conversation()
    assert kept[-1] == (first, "typed")
