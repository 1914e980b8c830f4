"""Requests that join are answered beside others; the same cases over every engine, then what only llama.cpp shows."""

import itertools
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from desktopchat.core.chat import ChatMessage, FinishReason, Role, Usage
from desktopchat.core.errors import ContextOverflowError, NoModelError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    Engine,
    GenerationEvent,
    GenerationFinished,
    GenerationRequest,
    PromptProgress,
)
from desktopchat.engine.child import create_engine
from desktopchat.engine.llama.batching import BatchProbe
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.engine.process import ProcessEngine
from desktopchat.engine.speculation import Speculation
from desktopchat.library.folder import inspect

LOAD = LoadParams(n_ctx=1024)
IDS = itertools.count(1)
STORY = "Tell me a long story."


class Asked:
    """A request that joins, and what it has heard."""

    def __init__(self, engine: Engine, *turns: str, **sampling: object) -> None:
        roles = (Role.USER, Role.ASSISTANT)
        messages = tuple(ChatMessage(roles[place % 2], text) for place, text in enumerate(turns))
        values = {"max_tokens": 12, "seed": 1, "temperature": 0.0, **sampling}
        self.request = GenerationRequest(next(IDS), messages, SamplingParams(**values))  # type: ignore[arg-type]
        self.events: list[GenerationEvent] = []
        self.error: UserError | None = None
        self._engine = engine

    def with_(self, **wanted: bool) -> "Asked":
        self.request = replace(self.request, **wanted)  # type: ignore[arg-type]
        return self

    def join(self) -> "Asked":
        self._engine.join(self.request, self._take)
        return self

    def _take(self, outcome: GenerationEvent | UserError) -> None:
        assert not self.ended, "something came after the end"
        if isinstance(outcome, UserError):
            self.error = outcome
        else:
            self.events.append(outcome)

    @property
    def ended(self) -> bool:
        return self.error is not None or any(isinstance(event, GenerationFinished) for event in self.events)

    @property
    def written(self) -> int:
        return sum(event.tokens for event in self.events if isinstance(event, Delta))

    @property
    def reasons(self) -> list[FinishReason]:
        return [event.reason for event in self.events if isinstance(event, ChoiceFinished)]

    @property
    def usage(self) -> Usage:
        last = self.events[-1]
        assert isinstance(last, GenerationFinished)
        return last.usage

    def text(self, index: int = 0) -> str:
        return "".join(event.text for event in self.events if isinstance(event, Delta) and event.index == index)


def step_until(engine: Engine, condition: Callable[[], object]) -> None:
    while not condition():
        assert engine.step() or condition(), "nothing is left to be done"


@pytest.fixture
def model(starter_model: Path) -> ModelFile:
    return inspect(starter_model)


@pytest.fixture(params=["scripted", "process-scripted", "llama", "process-llama"])
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    where, _, kind = request.param.rpartition("-")
    kind = "scripted:500" if kind == "scripted" else kind
    made: Engine = ProcessEngine(tmp_path / "engine.log", kind) if where else create_engine(kind)
    yield made
    made.close()


@pytest.fixture
def loaded(engine: Engine, model: ModelFile) -> Engine:
    list(engine.load(model, LOAD))
    return engine


def test_all_who_join_are_answered(loaded: Engine) -> None:
    all_asked = [Asked(loaded, STORY, max_tokens=count).join() for count in (12, 5, 8)]
    step_until(loaded, lambda: all(one.ended for one in all_asked))
    assert [one.written for one in all_asked] == [12, 5, 8]
    assert [one.usage.completion_tokens for one in all_asked] == [12, 5, 8]
    assert [one.reasons for one in all_asked] == [[FinishReason.LENGTH]] * 3
    assert not loaded.step()


def test_nothing_is_to_be_done_where_nobody_joined(engine: Engine) -> None:
    assert engine.seats == 1
    assert not engine.step()


def test_without_a_model_nobody_joins(engine: Engine) -> None:
    asked = Asked(engine, STORY)
    with pytest.raises(NoModelError):
        asked.join()
    assert not asked.ended


def test_what_is_refused_hurts_no_other(loaded: Engine) -> None:
    good, long, bad = Asked(loaded, STORY), Asked(loaded, "word " * 5000), Asked(loaded, STORY, temperature=9)
    for one in (long, good, bad):
        one.join()
    step_until(loaded, lambda: good.ended and long.ended and bad.ended)
    assert isinstance(long.error, ContextOverflowError)
    assert "temperature is 9" in str(bad.error)
    assert good.written == 12


def test_one_can_be_cancelled_and_the_others_go_on(loaded: Engine) -> None:
    stopped, other = Asked(loaded, STORY, max_tokens=900).join(), Asked(loaded, STORY, max_tokens=30).join()
    loaded.cancel(stopped.request.id)
    step_until(loaded, lambda: stopped.ended and other.ended)
    assert stopped.reasons == [FinishReason.CANCELLED]
    assert other.reasons == [FinishReason.LENGTH]
    assert other.written == 30


def test_a_cancel_before_the_start_counts(loaded: Engine) -> None:
    asked = Asked(loaded, STORY, max_tokens=900)
    loaded.cancel(asked.request.id)
    asked.join()
    step_until(loaded, lambda: asked.ended)
    assert asked.reasons == [FinishReason.CANCELLED]


def test_what_is_asked_otherwise_comes_between_two_steps(loaded: Engine) -> None:
    asked = Asked(loaded, STORY, max_tokens=40).join()
    loaded.step()
    own = Asked(loaded, "And what is a cat?")
    assert isinstance(list(loaded.generate(own.request))[-1], GenerationFinished)
    assert loaded.count_tokens(asked.request.messages) > 0
    assert len(loaded.embed(["a cat"])) == 1
    step_until(loaded, lambda: asked.ended)
    assert asked.reasons == [FinishReason.LENGTH]
    assert asked.written == asked.usage.completion_tokens == 40


def test_those_whose_model_goes_hear_of_it(loaded: Engine, model: ModelFile) -> None:
    asked = [Asked(loaded, STORY, max_tokens=900).join() for _ in range(2)]
    loaded.unload()
    assert not loaded.step()
    assert all(isinstance(one.error, NoModelError) for one in asked)
    list(loaded.load(model, LOAD))
    again = Asked(loaded, STORY).join()
    step_until(loaded, lambda: again.ended)
    assert again.written == 12


# --- what only a real model shows -------------------------------------------------------------------


@pytest.fixture(scope="module")
def shared(starter_model: Path) -> Iterator[LlamaEngine]:
    engine = LlamaEngine()
    list(engine.load(inspect(starter_model), LOAD))
    yield engine
    engine.close()


@pytest.fixture
def llama(shared: LlamaEngine) -> LlamaEngine:
    shared.forget("")
    return shared


def test_a_newcomer_is_written_beside_those_who_are_there(llama: LlamaEngine) -> None:
    first = Asked(llama, STORY, max_tokens=60).with_(ignore_eos=True).join()
    step_until(llama, lambda: first.written > 5)
    second = Asked(llama, "What is a cat?", max_tokens=20).join()
    step_until(llama, lambda: second.ended)
    assert not first.ended
    assert first.written > 20
    step_until(llama, lambda: first.ended)
    assert first.written == 60


def test_each_has_its_own_parameters(llama: LlamaEngine) -> None:
    schema = {"type": "object", "properties": {"name": {"enum": ["Ada"]}}, "required": ["name"]}
    made = Asked(llama, "Who are you?", json_schema=json.dumps(schema), max_tokens=40).join()
    three = Asked(llama, STORY, n=3, temperature=1.5, max_tokens=10).join()
    stopped = Asked(llama, "Say the alphabet.", stop=("a",)).join()
    step_until(llama, lambda: made.ended and three.ended and stopped.ended)
    assert json.loads(made.text()) == {"name": "Ada"}
    assert len({three.text(index) for index in range(3)}) == 3
    assert three.usage.completion_tokens == 30
    assert stopped.reasons == [FinishReason.STOP]
    assert "a" not in stopped.text()


def test_alone_it_is_the_same_answer_as_without_others(llama: LlamaEngine) -> None:
    asked = Asked(llama, "What is a cat?", max_tokens=30).join()
    step_until(llama, lambda: asked.ended)
    llama.forget("")
    again = list(llama.generate(Asked(llama, "What is a cat?", max_tokens=30).request))
    assert asked.text() == "".join(event.text for event in again if isinstance(event, Delta))
    assert asked.usage.repeatable


def test_a_beginning_that_all_share_is_evaluated_once(llama: LlamaEngine) -> None:
    long = "The miller counts his sacks of flour by the light of a lamp. " * 20
    asked = [Asked(llama, f"{long}What is number {number}?").join() for number in range(3)]
    step_until(llama, lambda: all(one.ended for one in asked))
    assert [one.usage.cached_tokens > 200 for one in asked] == [False, True, True]


def test_a_follow_up_evaluates_only_what_is_new(llama: LlamaEngine) -> None:
    both = [Asked(llama, question).join() for question in ("What is a cat? " * 20, "What is a dog? " * 20)]
    step_until(llama, lambda: all(one.ended for one in both))
    again = [Asked(llama, one.request.messages[0].content, one.text(), "And then?").join() for one in both]
    step_until(llama, lambda: all(one.ended for one in again))
    for before, after in zip(both, again, strict=True):
        assert after.usage.cached_tokens >= before.usage.prompt_tokens > 64


def test_where_the_cache_is_full_the_youngest_goes_on_later(llama: LlamaEngine) -> None:
    """Each would fit alone, all of them do not; what each has to write is known only as it is written."""
    asked = [Asked(llama, f"{number}. {STORY}", max_tokens=400).with_(ignore_eos=True) for number in range(4)]
    for one in asked:
        one.join()
    step_until(llama, lambda: all(one.ended for one in asked))
    assert [one.written for one in asked] == [400] * 4
    assert [one.reasons for one in asked] == [[FinishReason.LENGTH]] * 4


def test_one_alone_is_written_to_the_last_place_of_the_window(llama: LlamaEngine) -> None:
    asked = Asked(llama, STORY, max_tokens=0).with_(ignore_eos=True).join()
    step_until(llama, lambda: asked.ended)
    assert asked.reasons == [FinishReason.LENGTH]
    assert asked.usage.prompt_tokens + asked.written == 1025


def test_several_answers_go_on_after_a_pause(llama: LlamaEngine) -> None:
    asked = Asked(llama, STORY, n=3, temperature=1.0, max_tokens=30).join()
    step_until(llama, lambda: asked.written > 15)
    list(llama.generate(Asked(llama, "What is a cat?").request))
    step_until(llama, lambda: asked.ended)
    assert asked.usage.completion_tokens == asked.written == 90
    assert all(len(asked.text(index)) > 30 for index in range(3))


def test_alone_it_guesses_what_it_can(llama: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "The miller counts his sacks of flour by the light of a lamp, and the river runs past the old mill. "

    def ask() -> Asked:
        asked = Asked(llama, f"Repeat this text three times: {text * 3}", temperature=0.01, max_tokens=120)
        asked.with_(ignore_eos=True).join()
        step_until(llama, lambda: asked.ended)
        return asked

    guessed = ask()
    assert guessed.usage.drafted_tokens >= guessed.usage.accepted_tokens > 0
    assert guessed.written == guessed.usage.completion_tokens == 120
    assert not guessed.usage.repeatable
    # Whatever is guessed, what is drawn decides: wrong guesses leave nothing behind.
    monkeypatch.setattr(Speculation, "propose", lambda _self, _tokens, newest, room: [newest, newest][:room])
    wrong = ask()
    assert (wrong.written, wrong.usage.completion_tokens) == (120, 120)
    assert wrong.usage.accepted_tokens < wrong.usage.drafted_tokens / 2
    assert "miller" in wrong.text()


def test_alone_at_temperature_0_it_guesses_where_that_changes_no_bit(
    llama: LlamaEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    text = "The miller counts his sacks of flour by the light of a lamp, and the river runs past the old mill. "
    verdicts: list[bool] = []
    probed = BatchProbe.is_exact

    def is_exact(self: BatchProbe, *given: Any) -> bool:
        verdicts.append(probed(self, *given))
        return True  # this model's kernels round otherwise: what is guessed is only nearly what would have come

    monkeypatch.setattr(BatchProbe, "is_exact", is_exact)
    asked = Asked(llama, f"Repeat this text three times: {text * 3}", temperature=0.0, max_tokens=120)
    asked.with_(ignore_eos=True).join()
    step_until(llama, lambda: asked.ended)
    assert verdicts
    assert asked.usage.accepted_tokens > 0
    assert asked.usage.repeatable
    assert asked.written == asked.usage.completion_tokens == 120
    llama.forget("")
    monkeypatch.undo()
    strict = Asked(llama, f"Repeat this text three times: {text * 3}", temperature=0.0, max_tokens=120)
    strict.with_(ignore_eos=True).join()
    step_until(llama, lambda: strict.ended)
    llama.forget("")
    alone = [event for event in llama.generate(strict.request) if isinstance(event, Delta)]
    assert strict.text() == "".join(event.text for event in alone)


def test_who_asks_otherwise_waits_for_no_long_prompt(starter_model: Path, tmp_path: Path) -> None:
    engine = ProcessEngine(tmp_path / "engine.log")
    list(engine.load(inspect(starter_model), LoadParams(n_ctx=4096, n_batch=4096)))
    try:
        long, own = Asked(engine, "hello world " * 1000).join(), Asked(engine, "What is a cat?")
        engine.step()
        list(engine.generate(own.request))
        assert not any(event.done for event in long.events if isinstance(event, PromptProgress))
        step_until(engine, lambda: long.ended)
        assert long.written == 12
    finally:
        engine.close()


def test_a_step_that_was_about_to_begin_is_cut_too(llama: LlamaEngine) -> None:
    asked = Asked(llama, STORY).join()
    llama.make_way()
    llama.step()
    assert [event.done for event in asked.events if isinstance(event, PromptProgress)] == [0]
    llama.step()
    assert asked.written


def test_from_scratch_it_is_answered_alone_and_repeats(llama: LlamaEngine) -> None:
    def ask() -> Asked:
        return Asked(llama, "What is a cat?", temperature=1.0, max_tokens=20).with_(from_scratch=True).join()

    other, first = Asked(llama, STORY, max_tokens=30).join(), ask()
    step_until(llama, lambda: other.ended and first.ended)
    second = ask()
    step_until(llama, lambda: second.ended)
    assert first.text() == second.text()
    assert first.usage.cached_tokens == second.usage.cached_tokens == 0
