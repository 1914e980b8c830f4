"""The same cases over every engine: what the rest of the app relies on."""

import itertools
import math
import threading
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from desktopchat.core.adapter import Adapter
from desktopchat.core.chat import ChatMessage, FinishReason, Role
from desktopchat.core.errors import (
    AdapterError,
    CancelledError,
    ContextOverflowError,
    EmptyPromptError,
    ModelFileError,
    NoModelError,
    UserError,
)
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    Engine,
    GenerationEvent,
    GenerationFinished,
    GenerationRequest,
    LoadProgress,
    ModelLoaded,
    PromptProgress,
)
from desktopchat.engine.child import create_engine
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect
from tests.adapter_maker import directions, write_control_vector

ENGINES = ["scripted", "process-scripted", "llama", "process-llama"]
LOAD = LoadParams(n_ctx=1024)
IDS = itertools.count(1)


def user(text: str) -> ChatMessage:
    return ChatMessage(Role.USER, text)


def request(
    *messages: ChatMessage, prompt: str | None = None, sampling: SamplingParams | None = None
) -> GenerationRequest:
    return GenerationRequest(next(IDS), messages, sampling or SamplingParams(max_tokens=12, seed=1), prompt)


def text_of(events: Sequence[GenerationEvent], index: int = 0) -> str:
    return "".join(event.text for event in events if isinstance(event, Delta) and event.index == index)


def reasons(events: Sequence[GenerationEvent]) -> list[FinishReason]:
    return [event.reason for event in events if isinstance(event, ChoiceFinished)]


@pytest.fixture
def model(starter_model: Path) -> ModelFile:
    return inspect(starter_model)


@pytest.fixture(params=ENGINES)
def engine(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Engine]:
    where, _, kind = request.param.rpartition("-")
    if kind == "scripted":
        kind = "scripted:500"
    made: Engine = ProcessEngine(tmp_path / "engine.log", kind) if where else create_engine(kind)
    yield made
    made.close()
    made.close()


@pytest.fixture
def loaded(engine: Engine, model: ModelFile) -> Engine:
    *_, last = engine.load(model, LOAD)
    assert isinstance(last, ModelLoaded)
    return engine


def test_a_load_reports_progress_and_ends_with_the_model(engine: Engine, model: ModelFile) -> None:
    *progress, last = engine.load(model, LOAD)
    fractions = [event.fraction for event in progress if isinstance(event, LoadProgress)]
    assert all(isinstance(event, LoadProgress) for event in progress[1:])
    assert len(fractions) > 1
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert isinstance(last, ModelLoaded)
    assert last.info.file == model
    assert last.info.n_ctx == 1024


def test_without_a_model_nothing_is_answered(engine: Engine) -> None:
    with pytest.raises(NoModelError):
        list(engine.generate(request(user("Tell me a long story."))))
    with pytest.raises(NoModelError):
        engine.count_tokens([user("Tell me a long story.")])


def test_an_answer_streams_and_is_accounted_for(loaded: Engine) -> None:
    events = list(loaded.generate(request(user("Tell me about cats."))))
    assert isinstance(events[0], PromptProgress)
    deltas = [event for event in events if isinstance(event, Delta)]
    assert len(deltas) > 3
    assert reasons(events) == [FinishReason.LENGTH]
    last = events[-1]
    assert isinstance(last, GenerationFinished)
    assert last.usage.completion_tokens == sum(delta.tokens for delta in deltas) == 12
    assert last.usage.prompt_tokens == loaded.count_tokens([user("Tell me about cats.")])
    assert last.timings.first_token_seconds > 0
    assert last.timings.generation_seconds > 0


def test_prompt_progress_reaches_the_whole_prompt(loaded: Engine) -> None:
    events = list(loaded.generate(request(user("word " * 700))))
    progress = [event for event in events if isinstance(event, PromptProgress)]
    assert len(progress) >= 3
    assert [p.done for p in progress] == sorted(p.done for p in progress)
    assert progress[-1].done == progress[-1].total >= 700


def test_n_answers_come_at_once(loaded: Engine) -> None:
    events = list(
        loaded.generate(request(user("Tell me a long story."), sampling=SamplingParams(n=3, max_tokens=8, seed=5)))
    )
    assert all(text_of(events, index) for index in range(3))
    assert len(reasons(events)) == 3
    assert {event.index for event in events if isinstance(event, ChoiceFinished)} == {0, 1, 2}


def test_a_cancel_ends_it_and_keeps_the_text(loaded: Engine) -> None:
    wanted = request(user("Tell me a long story."), sampling=SamplingParams(max_tokens=900, seed=1))
    events: list[GenerationEvent] = []
    for event in loaded.generate(wanted):
        events.append(event)
        if isinstance(event, Delta) and len(events) == 5:
            loaded.cancel(wanted.id)
    assert reasons(events) == [FinishReason.CANCELLED]
    assert text_of(events)
    assert isinstance(events[-1], GenerationFinished)
    again = list(loaded.generate(request(user("Tell me a long story."))))
    assert reasons(again) == [FinishReason.LENGTH]


def test_a_cancel_from_another_thread_reaches_a_running_answer(loaded: Engine) -> None:
    wanted = request(user("Tell me a long story."), sampling=SamplingParams(max_tokens=900, seed=1))
    started = threading.Event()

    def cancel() -> None:
        started.wait(30)
        loaded.cancel(wanted.id)

    thread = threading.Thread(target=cancel)
    thread.start()
    events = []
    for event in loaded.generate(wanted):
        events.append(event)
        if isinstance(event, Delta):
            started.set()
    thread.join()
    assert reasons(events) == [FinishReason.CANCELLED]


def test_a_cancel_before_the_start_counts(loaded: Engine) -> None:
    wanted = request(user("Tell me a long story."), sampling=SamplingParams(max_tokens=500, seed=1))
    loaded.cancel(wanted.id)
    events = list(loaded.generate(wanted))
    assert reasons(events) == [FinishReason.CANCELLED]


def test_a_cancel_of_an_old_answer_changes_nothing(loaded: Engine) -> None:
    old = request(user("Tell me a long story."))
    list(loaded.generate(old))
    new = request(user("Tell me a long story."))
    events = []
    for event in loaded.generate(new):
        loaded.cancel(old.id)
        events.append(event)
    assert reasons(events) == [FinishReason.LENGTH]


def test_a_shorter_limit_counts_from_the_next_token_on(loaded: Engine) -> None:
    wanted = request(user("Tell me a long story."), sampling=SamplingParams(max_tokens=900, seed=1))
    wanted = replace(wanted, ignore_eos=True)  # how long the story would be hangs on how many threads there are
    events: list[GenerationEvent] = []
    for event in loaded.generate(wanted):
        if isinstance(event, Delta) and not any(isinstance(one, Delta) for one in events):
            loaded.update_sampling(wanted.id, SamplingParams(max_tokens=20, seed=1))
        events.append(event)
    assert reasons(events) == [FinishReason.LENGTH]
    assert sum(event.tokens for event in events if isinstance(event, Delta)) < 900


def test_a_closed_iterator_leaves_the_engine_usable(loaded: Engine, model: ModelFile) -> None:
    events = loaded.generate(request(user("Tell me a long story."), sampling=SamplingParams(max_tokens=900)))
    for event in events:
        if isinstance(event, Delta):
            break
    events.close()  # type: ignore[attr-defined]
    list(loaded.load(model, LOAD))
    assert reasons(list(loaded.generate(request(user("Tell me a long story."))))) == [FinishReason.LENGTH]


@pytest.mark.parametrize("messages", [(), (user(""),), (user(" \n "),)])
def test_an_empty_prompt_is_refused(loaded: Engine, messages: tuple[ChatMessage, ...]) -> None:
    with pytest.raises(EmptyPromptError):
        list(loaded.generate(request(*messages)))
    with pytest.raises(EmptyPromptError):
        list(loaded.generate(request(prompt="")))


def test_a_prompt_beyond_the_context_is_refused_with_numbers(loaded: Engine) -> None:
    with pytest.raises(ContextOverflowError) as caught:
        list(loaded.generate(request(user("word " * 5000))))
    assert "context" in caught.value.cause
    assert any(character.isdigit() for character in caught.value.cause)
    assert reasons(list(loaded.generate(request(user("Tell me a long story."))))) == [FinishReason.LENGTH]


def test_a_bad_parameter_is_refused_with_its_range(loaded: Engine) -> None:
    with pytest.raises(UserError, match="temperature is 9, but must be from 0 to 5"):
        list(loaded.generate(request(user("Tell me a long story."), sampling=SamplingParams(temperature=9))))


def test_a_stop_string_ends_it_unseen(loaded: Engine) -> None:
    plain = text_of(
        list(
            loaded.generate(
                request(user("Tell me a long story."), sampling=SamplingParams(temperature=0, max_tokens=8))
            )
        )
    )
    stop = plain.strip().split()[1]
    sampling = SamplingParams(temperature=0, max_tokens=8, stop=(stop,))
    events = list(loaded.generate(request(user("Tell me a long story."), sampling=sampling)))
    assert reasons(events) == [FinishReason.STOP]
    assert stop not in text_of(events)
    assert next(event.stop for event in events if isinstance(event, ChoiceFinished)) == stop


def test_a_plain_prompt_is_continued(loaded: Engine) -> None:
    events = list(loaded.generate(request(prompt="The capital of France is")))
    assert text_of(events)
    assert isinstance(events[0], PromptProgress)


def test_unload_gives_the_model_back(loaded: Engine, model: ModelFile) -> None:
    loaded.unload()
    with pytest.raises(NoModelError):
        list(loaded.generate(request(user("Tell me a long story."))))
    list(loaded.load(model, LOAD))
    assert text_of(list(loaded.generate(request(user("Tell me a long story.")))))


def test_backend_info_needs_no_model(engine: Engine) -> None:
    info = engine.backend_info()
    assert info.engine
    assert info.devices


def test_adapters_are_applied_and_taken_away_again(loaded: Engine, tmp_path: Path) -> None:
    file = write_control_vector(tmp_path / "vector.gguf", directions((1,), 576))
    adapter = Adapter(str(file), "control_vector", 0.5)
    assert loaded.adapt([adapter]).adapters == (adapter,)
    assert text_of(list(loaded.generate(request(user("Tell me a long story.")))))
    assert loaded.adapt([]).adapters == ()


def test_a_load_says_which_adapters_it_applied(engine: Engine, model: ModelFile, tmp_path: Path) -> None:
    adapter = Adapter(str(write_control_vector(tmp_path / "vector.gguf", directions((1,), 576))), "control_vector")
    *_, last = engine.load(model, replace(LOAD, adapters=(adapter,)))
    assert isinstance(last, ModelLoaded)
    assert last.info.adapted.adapters == (adapter,)
    *_, last = engine.load(model, LOAD)
    assert isinstance(last, ModelLoaded)
    assert last.info.adapted.adapters == ()


def test_what_is_no_adapter_is_refused(loaded: Engine, starter_model: Path, tmp_path: Path) -> None:
    for path, says in ((tmp_path / "missing.gguf", "does not exist"), (tmp_path, "folder"), (starter_model, "a model")):
        with pytest.raises(AdapterError, match=says):
            loaded.adapt([Adapter(str(path), "lora")])
    assert text_of(list(loaded.generate(request(user("Tell me a long story.")))))


def test_without_a_model_nothing_is_adapted(engine: Engine) -> None:
    with pytest.raises(NoModelError):
        engine.adapt([])


@pytest.mark.parametrize("engine", ["llama", "process-llama"], indirect=True)
class TestLlama:
    """What only a real model shows."""

    def test_a_follow_up_reuses_the_prompt(self, loaded: Engine) -> None:
        first = [user("What is a cat?")]
        events = list(loaded.generate(request(*first)))
        answer = text_of(events)
        follow_up = [*first, ChatMessage(Role.ASSISTANT, answer), user("And a dog?")]
        *_, last = loaded.generate(request(*follow_up))
        assert isinstance(last, GenerationFinished)
        assert last.usage.cached_tokens >= loaded.count_tokens(first) - 5

    def test_the_seed_repeats_an_answer(self, loaded: Engine) -> None:
        def answer(seed: int) -> str:
            sampling = SamplingParams(max_tokens=20, seed=seed, temperature=1)
            return text_of(list(loaded.generate(request(user("Tell me a story."), sampling=sampling))))

        answer(1)  # the first one evaluates the prompt in one batch, the others from the cache
        assert answer(1) == answer(1)
        assert answer(1) != answer(2)

    def test_a_seed_that_was_drawn_is_reported(self, loaded: Engine) -> None:
        sampling = SamplingParams(max_tokens=4)
        seeds = {
            event.seed
            for _ in range(3)
            for event in loaded.generate(request(user("Tell me a long story."), sampling=sampling))
            if isinstance(event, ChoiceFinished)
        }
        assert len(seeds) == 3

    def test_an_answer_is_continued(self, loaded: Engine) -> None:
        begun = ChatMessage(Role.ASSISTANT, "The three primary colours are red,")
        sampling = SamplingParams(temperature=0, max_tokens=6)
        events = list(loaded.generate(request(user("Name the primary colours."), begun, sampling=sampling)))
        assert "red" not in text_of(events)[:4]
        assert "blue" in text_of(events) or "yellow" in text_of(events) or "green" in text_of(events)

    def test_a_prompt_evaluation_is_abandoned_at_once(self, engine: Engine, model: ModelFile) -> None:
        list(engine.load(model, LoadParams(n_ctx=8192)))
        wanted = request(user("hello world " * 3500))
        timer = threading.Timer(0.3, engine.cancel, [wanted.id])
        timer.start()
        events = list(engine.generate(wanted))
        timer.join()
        assert reasons(events) == [FinishReason.CANCELLED]
        progress = [event for event in events if isinstance(event, PromptProgress)]
        assert progress[-1].done < progress[-1].total

    def test_the_context_is_used_up_to_its_last_place(self, loaded: Engine) -> None:
        words = 900
        while loaded.count_tokens([user("word " * words)]) < 1023:
            words += 1
        sampling = SamplingParams(max_tokens=0, temperature=0)
        events = list(loaded.generate(request(user("word " * words), sampling=sampling)))
        last = events[-1]
        assert isinstance(last, GenerationFinished)
        assert last.usage.prompt_tokens == 1023
        assert 1 <= last.usage.completion_tokens <= 2
        with pytest.raises(ContextOverflowError):
            list(loaded.generate(request(user("word " * (words + 1)))))

    def test_no_control_text_of_people_becomes_a_control_token(self, loaded: Engine) -> None:
        plain = loaded.count_tokens([user("x")])
        for control in ("<|im_start|>", "<|im_end|>", "<|endoftext|>"):
            assert loaded.count_tokens([user(control)]) > plain + 2, f"{control} became one token"
            assert len(loaded.tokens(control)) > 2, f"{control} became one token"

    def test_control_tokens_of_the_template_are_told(self, loaded: Engine) -> None:
        pieces = [token.piece for token in loaded.rendered([user("Hello")]).tokens]
        assert b"<|im_start|>" in pieces
        assert b"<|im_end|>" in pieces

    def test_a_load_is_abandoned(self, engine: Engine, model: ModelFile) -> None:
        events = engine.load(model, LOAD)
        next(events)
        engine.interrupt()
        with pytest.raises(CancelledError):
            list(events)
        list(engine.load(model, LOAD))
        assert text_of(list(engine.generate(request(user("Tell me a long story.")))))


def test_a_prompt_is_told_as_it_is_counted(loaded: Engine) -> None:
    messages = [user("What is a cat? 猫是什么？"), ChatMessage(Role.ASSISTANT, "An animal."), user("And 🐈?")]
    rendered = loaded.rendered(messages)
    assert len(rendered.tokens) == loaded.count_tokens(messages)
    assert b"".join(token.piece for token in rendered.tokens).decode() == rendered.text
    assert all(message.content in rendered.text for message in messages)
    *_, last = loaded.generate(request(*messages))
    assert isinstance(last, GenerationFinished)
    assert last.usage.prompt_tokens == len(rendered.tokens)


def test_a_begun_answer_stands_at_the_end_of_its_prompt(loaded: Engine) -> None:
    begun = [user("Name a colour."), ChatMessage(Role.ASSISTANT, "One is red,")]
    assert loaded.rendered(begun).text.endswith("One is red,")


def test_a_text_is_told_in_tokens(loaded: Engine) -> None:
    text = " Hello, Welt! 天气很好。 🐈\n\ttab "
    tokens = loaded.tokens(text)
    assert len(tokens) > 4
    assert b"".join(token.piece for token in tokens).decode() == text
    assert loaded.tokens("") == ()
    assert [token.id for token in loaded.tokens(text)] == [token.id for token in tokens]


def test_many_tokens_are_told_in_parts(loaded: Engine) -> None:
    assert len(loaded.tokens("word " * 70_000)) >= 70_000


def test_without_a_model_there_are_no_tokens(engine: Engine) -> None:
    with pytest.raises(NoModelError):
        engine.tokens("Hello")
    with pytest.raises(NoModelError):
        engine.rendered([user("Hello")])


def test_each_text_has_a_vector(loaded: Engine) -> None:
    texts = ["A cat sat on the mat.", "The cat sat.", *(f"Number {number}." for number in range(100))]
    found = loaded.embed(texts)
    assert len(found) == len(texts)
    assert len({len(one.data) for one in found}) == 1
    assert all(one.tokens > 0 for one in found)
    assert found[0].similarity(found[0]) == pytest.approx(1, abs=1e-5)
    assert found[0].similarity(found[1]) > found[0].similarity(found[50])
    assert loaded.embed(()) == ()
    assert text_of(list(loaded.generate(request(user("Tell me a long story.")))))


def test_an_empty_text_has_no_vector(loaded: Engine) -> None:
    with pytest.raises(EmptyPromptError, match="Text 2 is empty"):
        loaded.embed(["Hello", " "])


def test_without_a_model_there_are_no_vectors(engine: Engine) -> None:
    with pytest.raises(NoModelError):
        engine.embed(["Hello"])


@pytest.mark.parametrize("engine", ["llama", "process-llama"], indirect=True)
def test_llama_refuses_what_is_no_model(engine: Engine, model: ModelFile, tmp_path: Path) -> None:
    damaged = tmp_path / "damaged.gguf"
    damaged.write_bytes(b"GGUF" + bytes(200))
    file = ModelFile(str(damaged), "damaged", 204, "llama")
    with pytest.raises(ModelFileError, match="damaged"):
        list(engine.load(file, LOAD))
    list(engine.load(model, LOAD))
    assert text_of(list(engine.generate(request(user("Tell me a long story.")))))


def test_what_may_follow_is_told(loaded: Engine) -> None:
    tokens = [token.id for token in loaded.tokens("The capital of France is")]
    found = loaded.distribution(tokens)
    assert found.top[0].logprob >= found.top[1].logprob
    assert sum(math.exp(one.logprob) for one in found.top) <= 1.000001
    assert found.top[0].piece.decode().strip()
    assert loaded.distribution(tokens) == found
    assert loaded.distribution([*tokens, found.top[0].token]) != found


def test_without_a_model_nothing_may_follow(engine: Engine) -> None:
    with pytest.raises(NoModelError):
        engine.distribution([1])
