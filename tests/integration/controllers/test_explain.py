"""An answer's tokens from the engine to the store, other ways from them, and its prompt."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

import pytest

from desktopchat.controllers.explain import ExplainController, Explanation, SentPrompt
from desktopchat.core.address import Place
from desktopchat.core.chat import ChatMessage, FinishReason, Message, MessageState, Role
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.core.token import ALTERNATIVES
from desktopchat.engine.api import GenerationEvent, GenerationRequest, ModelLoaded
from desktopchat.engine.scripted import ScriptedEngine

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


class Listening(ScriptedEngine):
    """Keeps what it is asked."""

    def __init__(self) -> None:
        super().__init__(rate=0)
        self.requests: list[GenerationRequest] = []

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        self.requests.append(request)
        return super().generate(request)


class Elsewhere(Listening):
    """Answers like a server."""

    def load(self, *args: Any) -> Iterator[Any]:
        for event in super().load(*args):
            yield ModelLoaded(replace(event.info, place=Place.BESIDE)) if isinstance(event, ModelLoaded) else event


class Explaining:
    """The controller, and what it told."""

    def __init__(self, rig: Rig) -> None:
        self.rig = rig
        self.controller = ExplainController(rig.chat, rig.models, rig.worker, rig.storage, rig.store)
        self.explained: list[Explanation] = []
        self.prompts: list[SentPrompt] = []
        self.notices: list[Notice] = []
        self.controller.explained.connect(self.explained.append)
        self.controller.prompt_told.connect(self.prompts.append)
        self.controller.noticed.connect(self.notices.append)

    def last(self) -> Message:
        return self.rig.shown[-1]

    def explain(self, message: Message | None = None) -> Explanation:
        with self.rig.qtbot.waitSignal(self.controller.explained):
            self.controller.explain(message or self.last())
        return self.explained[-1]

    def fork(self, place: int, number: int) -> Message:
        explanation = self.explain()
        choice = explanation.log[place].top[number]
        self.rig.answer(lambda: self.controller.fork(explanation, place, choice))
        return self.last()

    def prompt(self, message: Message | None = None) -> SentPrompt:
        with self.rig.qtbot.waitSignal(self.controller.prompt_told):
            self.controller.tell_prompt(message or self.last())
        return self.prompts[-1]


@pytest.fixture
def explaining(make_rig: Callable[..., Rig]) -> Explaining:
    rig = make_rig(Listening())
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=8))
    return Explaining(rig)


def test_each_token_is_kept_with_its_alternatives(explaining: Explaining) -> None:
    explaining.rig.say("Why?")
    log = explaining.explain().log
    assert log.texts().decode() == explaining.last().content == "word1 word2 word3 word4 word5 word6 word7 word8"
    assert len(log) == 8
    assert all(len(step.top) == ALTERNATIVES and step.chosen in step.top for step in log)


def test_all_answers_at_once_have_theirs(explaining: Explaining) -> None:
    explaining.rig.chat.set_sampling(SamplingParams(max_tokens=3, n=2))
    explaining.rig.say("Why?")
    for number in (explaining.last().id, explaining.last().id + 1):
        message = explaining.rig.storage.call(lambda number=number: explaining.rig.store.message(number))
        assert explaining.explain(message).log.texts().decode() == message.content


def test_a_server_is_not_asked_for_them(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(Elsewhere())
    rig.load()
    rig.say("say: Because.")
    assert rig.engine.requests[-1].top_logprobs == 0
    assert len(Explaining(rig).explain().log) == 0


def test_a_continued_answer_keeps_what_came_before(explaining: Explaining) -> None:
    explaining.rig.say("Why?")
    explaining.rig.answer(explaining.rig.chat.continue_answer)
    log = explaining.explain().log
    assert log.texts().decode() == explaining.last().content
    assert [log.is_given(place) for place in range(len(log))] == [False] * 16


def test_text_without_tokens_is_shown_as_given(explaining: Explaining) -> None:
    """As after a crash in which the tokens were lost, and the answer was gone on with."""
    rig = explaining.rig
    rig.say("Why?")
    rig.storage.call(lambda: rig.database.execute("DELETE FROM token_log"))
    rig.answer(rig.chat.continue_answer)
    log = explaining.explain().log
    assert log.texts().decode() == explaining.last().content
    assert [log.is_given(place) for place in range(len(log))] == [True, *[False] * 8]


def test_a_crash_loses_alternatives_and_no_text(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(ScriptedEngine(rate=50))
    rig.load()
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    rig.chat.send("Why?")
    rig.wait(lambda: bool(rig.shown) and "word20" in rig.shown[-1].content)
    rig.wait(lambda: "word10" in rig.storage.call(rig.stored)[-1])
    message_id = rig.shown[-1].id

    def crash() -> str:
        """Do what the next start does after a kill, with what is on the disk now."""
        rig.store.recover()
        return rig.store.message(message_id).content

    kept = rig.storage.call(crash)
    assert kept.startswith("word1 word2")
    assert len(rig.storage.call(lambda: rig.store.tokens.read(message_id))) == 0
    rig.chat.stop()
    rig.wait(lambda: not rig.chat.answering)
    rig.drain()
    assert rig.storage.call(lambda: rig.store.message(message_id)).content == kept


def test_another_way_begins_with_the_choice(explaining: Explaining) -> None:
    rig = explaining.rig
    rig.say("Why?")
    first = explaining.last()
    forked = explaining.fork(2, 0)
    assert forked.content.startswith("word1 word2 rival3 word4")
    assert (forked.sibling, forked.siblings, forked.parent_id) == (2, 2, first.parent_id)
    assert rig.storage.call(lambda: rig.store.message(first.id)).content == first.content
    request = rig.engine.requests[-1]
    assert request.messages[-1] == ChatMessage(Role.ASSISTANT, "word1 word2 rival3")
    assert request.sampling.n == 1
    log = explaining.explain().log
    assert log.texts().decode() == forked.content
    assert [step.chosen.text for step in log[:4]] == ["word1", " word2", " rival3", " word4"]
    assert len(log[2].top) == ALTERNATIVES


def test_the_end_can_be_chosen(explaining: Explaining) -> None:
    rig = explaining.rig
    rig.say("Why?")
    explanation = explaining.explain()
    end = explanation.log[3].top[-1]
    assert end.kind == "end"
    asked = len(rig.engine.requests)
    with rig.qtbot.waitSignal(rig.chat.path_changed):
        explaining.controller.fork(explanation, 3, end)
    rig.drain()
    ended = explaining.last()
    assert (ended.content, ended.state, ended.finish_reason) == (
        "word1 word2 word3",
        MessageState.COMPLETE,
        FinishReason.STOP,
    )
    assert len(rig.engine.requests) == asked
    assert explaining.explain().log.texts() == b"word1 word2 word3"


def test_no_way_is_begun_while_an_answer_is_written(explaining: Explaining) -> None:
    rig = explaining.rig
    rig.say("Why?")
    explanation = explaining.explain()
    rig.chat.set_sampling(SamplingParams(max_tokens=0))
    rig.chat.send("And then?")
    rig.wait(lambda: rig.chat.answering)
    explaining.controller.fork(explanation, 1, explanation.log[1].top[0])
    assert explaining.notices[-1].cause == "An answer is being written."
    rig.chat.stop()
    rig.wait_idle()


def test_another_temperature_is_reckoned(explaining: Explaining) -> None:
    explaining.rig.say("Why?")
    explanation = explaining.explain()
    for temperature in (0.0, 0.7):
        with explaining.rig.qtbot.waitSignal(explaining.controller.scrubbed) as told:
            explaining.controller.scrub(explanation, temperature)
        found, value, flips = told.args
        assert found is explanation
        assert value == temperature
        # Words 2, 3, 6 and 7 came although they had a rival.
        assert flips == (dict.fromkeys((1, 2, 5, 6), 0) if temperature == 0 else {})


def test_the_prompt_is_the_one_that_was_answered(explaining: Explaining) -> None:
    rig = explaining.rig
    rig.chat.set_system_prompt("Be brief.")
    rig.say("Why is that?")
    rig.say("And then?")
    prompt = explaining.prompt(rig.shown[1])
    assert prompt.rendered.text == "Be brief.\nWhy is that?"
    assert prompt.is_same
    last = explaining.prompt()
    assert last.rendered.text.endswith("And then?")
    assert (len(last.rendered.tokens), last.is_same) == (last.message.usage.prompt_tokens, True)
    rig.chat.set_system_prompt("Be very brief.")
    assert not explaining.prompt().is_same


def test_the_prompt_of_another_way_ends_with_its_beginning(explaining: Explaining) -> None:
    explaining.rig.say("Why?")
    explaining.fork(2, 0)
    prompt = explaining.prompt()
    assert prompt.rendered.text == "Why?\nword1 word2 rival3"
    assert prompt.is_same


def test_without_a_model_there_is_no_prompt(explaining: Explaining) -> None:
    rig = explaining.rig
    rig.say("Why?")
    with rig.qtbot.waitSignal(rig.models.unloaded):
        rig.models.unload()
    with rig.qtbot.waitSignal(explaining.controller.noticed):
        explaining.controller.tell_prompt(explaining.last())
    assert explaining.notices[-1].cause == "No model is loaded."
