"""What llama.cpp itself must do right, with the real model: samplers, probabilities, reuse, overflow, drafts."""

import itertools
import json
import math
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Literal

import numpy as np
import pytest

from desktopchat.core.chat import ChatMessage, FinishReason, Role, Usage
from desktopchat.core.errors import UserError
from desktopchat.core.params import SAMPLER_ORDER, LoadParams, SamplingParams
from desktopchat.core.token import TokenLogprobs
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationEvent,
    GenerationFinished,
    GenerationRequest,
    Overflow,
    PromptScored,
)
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.engine.llama.logprobs import largest, norm_of
from desktopchat.engine.process import ProcessEngine
from desktopchat.engine.speculation import Speculation, _Policy
from desktopchat.library.folder import inspect

IDS = itertools.count(1)
GREEDY = SamplingParams(temperature=0, max_tokens=24)
TEXT = "The river runs past the old mill, and the miller counts his sacks of flour by the light of a lamp. "


def user(text: str) -> ChatMessage:
    return ChatMessage(Role.USER, text)


def assistant(text: str) -> ChatMessage:
    return ChatMessage(Role.ASSISTANT, text)


class Run:
    """A finished request."""

    def __init__(self, events: Sequence[GenerationEvent]) -> None:
        self.text = "".join(event.text for event in events if isinstance(event, Delta) and event.index == 0)
        self.logprobs = [entry for event in events if isinstance(event, Delta) for entry in event.logprobs]
        self.reason = next(event.reason for event in events if isinstance(event, ChoiceFinished))
        last = events[-1]
        assert isinstance(last, GenerationFinished)
        self.usage: Usage = last.usage

    @property
    def evaluated(self) -> int:
        return self.usage.prompt_tokens - self.usage.cached_tokens


def run(
    engine: LlamaEngine | ProcessEngine,
    *messages: ChatMessage,
    sampling: SamplingParams = GREEDY,
    conversation: str = "",
    prompt: str | None = None,
    overflow: Overflow = "stop",
    top_logprobs: int = 0,
) -> Run:
    request = GenerationRequest(next(IDS), messages, sampling, prompt, conversation, overflow, top_logprobs)
    return Run(list(engine.generate(request)))


@pytest.fixture(scope="module")
def shared(starter_model: Path) -> Iterator[LlamaEngine]:
    """One engine for tests that leave nothing behind but what is in the cache."""
    engine = LlamaEngine()
    list(engine.load(inspect(starter_model), LoadParams(n_ctx=2048)))
    yield engine
    engine.close()


@pytest.fixture
def engine(starter_model: Path, tmp_path: Path) -> Iterator[LlamaEngine]:
    engine = LlamaEngine(tmp_path / "states")
    list(engine.load(inspect(starter_model), LoadParams(n_ctx=2048)))
    yield engine
    engine.close()


SAMPLERS = {
    "top_k": SamplingParams(top_k=2),
    "no top_k": SamplingParams(top_k=0),
    "top_p": SamplingParams(top_k=0, top_p=0.5),
    "min_p": SamplingParams(min_p=0.3),
    "typical_p": SamplingParams(top_k=0, typical_p=0.5),
    "top_n_sigma": SamplingParams(top_n_sigma=1.0),
    "xtc": SamplingParams(xtc_probability=1.0, xtc_threshold=0.05),
    "dynamic temperature": SamplingParams(temperature=1.0, dynatemp_range=0.5),
    "penalties": SamplingParams(repeat_penalty=1.5, frequency_penalty=0.5, presence_penalty=0.5),
    "dry": SamplingParams(dry_multiplier=0.8),
    "mirostat 1": SamplingParams(mirostat=1),
    "mirostat 2": SamplingParams(mirostat=2),
    "reversed order": SamplingParams(samplers=tuple(reversed(SAMPLER_ORDER))),
    "temperature alone": SamplingParams(samplers=()),
}


@pytest.mark.parametrize("name", SAMPLERS)
def test_every_sampler_answers_and_repeats_with_its_seed(shared: LlamaEngine, name: str) -> None:
    sampling = SAMPLERS[name].changed(seed=11, max_tokens=16)
    question = user("Tell me about the sea.")
    run(shared, question)
    first, second = (run(shared, question, sampling=sampling) for _ in range(2))
    assert first.usage.completion_tokens > 3
    assert first.text == second.text


def test_narrow_samplers_are_greedy(shared: LlamaEngine) -> None:
    greedy = run(shared, user("Name a colour."))
    for narrow in (SamplingParams(top_k=1), SamplingParams(min_p=1.0), SamplingParams(temperature=0.001, top_k=0)):
        assert run(shared, user("Name a colour."), sampling=narrow.changed(max_tokens=24)).text == greedy.text


def test_penalties_end_a_repetition(shared: LlamaEngine) -> None:
    def repeats(sampling: SamplingParams) -> int:
        words = run(shared, prompt="ha ha ha ha ha ha", sampling=sampling).text.split()
        return words.count("ha")

    assert repeats(GREEDY) > repeats(GREEDY.changed(frequency_penalty=2.0, repeat_penalty=2.0))


def test_a_banned_token_never_comes_and_a_favoured_one_always(shared: LlamaEngine) -> None:
    entry = run(shared, user("Hi"), sampling=GREEDY.changed(max_tokens=1), top_logprobs=2).logprobs[0]
    best, second = entry.top
    assert entry.chosen == best
    banned = GREEDY.changed(max_tokens=1, logit_bias=((best.token, -100.0),))
    assert run(shared, user("Hi"), sampling=banned, top_logprobs=1).logprobs[0].chosen.token == second.token
    favoured = GREEDY.changed(max_tokens=3, logit_bias=((second.token, 100.0),))
    tokens = [entry.chosen.token for entry in run(shared, user("Hi"), sampling=favoured, top_logprobs=1).logprobs]
    assert tokens == [second.token] * 3
    with pytest.raises(UserError, match="no token"):
        run(shared, user("Hi"), sampling=GREEDY.changed(logit_bias=((10**6, 1.0),)))


def test_a_grammar_and_a_schema_are_followed(shared: LlamaEngine) -> None:
    grammar = SamplingParams(grammar='root ::= ("yes" | "no") "!"', max_tokens=20)
    assert run(shared, user("Is water wet?"), sampling=grammar).text in ("yes!", "no!")
    schema = {
        "type": "object",
        "properties": {"name": {"type": "string", "maxLength": 12}, "age": {"type": "integer", "maximum": 99}},
        "required": ["name", "age"],
        "additionalProperties": False,
    }
    sampling = SamplingParams(json_schema=json.dumps(schema), max_tokens=200, temperature=0)
    answer = run(shared, user("Describe a person as JSON."), sampling=sampling)
    assert answer.reason is FinishReason.STOP
    assert set(json.loads(answer.text)) == {"name", "age"}


@pytest.mark.parametrize("bad", [SamplingParams(grammar="root ::= ("), SamplingParams(json_schema='{"type": 3')])
def test_a_bad_grammar_is_a_sentence(shared: LlamaEngine, bad: SamplingParams) -> None:
    with pytest.raises(UserError) as caught:
        run(shared, user("Hi"), sampling=bad)
    assert caught.value.cure
    assert run(shared, user("Hi")).text


def probability(entry: TokenLogprobs) -> float:
    return math.exp(entry.chosen.logprob)


def test_log_probabilities_are_those_of_the_model(shared: LlamaEngine) -> None:
    answer = run(shared, user("What is the capital of France?"), top_logprobs=10)
    assert len(answer.logprobs) == answer.usage.completion_tokens
    for entry in answer.logprobs:
        assert entry.chosen == entry.top[0]  # greedy
        values = [alternative.logprob for alternative in entry.top]
        assert values == sorted(values, reverse=True)
        assert len({alternative.token for alternative in entry.top}) == 10
        assert 0 < sum(map(math.exp, values)) <= 1.000001
    assert "".join(entry.chosen.text for entry in answer.logprobs).startswith(answer.text)
    hot = run(shared, user("Tell me a story."), sampling=SamplingParams(temperature=2, max_tokens=24), top_logprobs=5)
    assert any(entry.chosen not in entry.top for entry in hot.logprobs) or len(hot.logprobs) < 5
    assert all(0 < probability(entry) <= 1 for entry in hot.logprobs)


def test_a_prompt_is_scored_with_the_probabilities_of_its_tokens(shared: LlamaEngine) -> None:
    tokens = tuple(token.id for token in shared.tokens(f"{TEXT}The capital of France is Paris."))
    request = GenerationRequest(
        next(IDS),
        sampling=SamplingParams(temperature=0, max_tokens=1),
        prompt_tokens=tokens,
        top_logprobs=3,
        scores_prompt=True,
    )
    events = list(shared.generate(request))
    parts = [event for event in events if isinstance(event, PromptScored)]
    scored = [one for part in parts for one in part.logprobs]
    assert len(parts) > 1, "the prompt is too short to be evaluated in parts"
    assert [part.first.id for part in parts if part.first] == [tokens[0]]
    assert [one.chosen.token for one in scored] == list(tokens[1:])
    for place in (3, 20, len(tokens) - 2):
        alone = shared.distribution(tokens[:place])
        # A batch rounds otherwise than single tokens do.
        assert scored[place - 1].top[0].logprob == pytest.approx(alone.top[0].logprob, abs=0.3)
    last = events[-1]
    assert isinstance(last, GenerationFinished)
    assert last.usage.cached_tokens == 0


def test_a_token_that_does_not_exist_is_refused(shared: LlamaEngine) -> None:
    with pytest.raises(UserError, match="There is no token 900000"):
        list(shared.generate(GenerationRequest(next(IDS), prompt_tokens=(1, 900_000))))


def test_looking_at_alternatives_changes_no_draw(shared: LlamaEngine) -> None:
    shared.forget("")
    for sampling in (SamplingParams(seed=4, max_tokens=24), SamplingParams(seed=5, max_tokens=24, top_k=20, min_p=0)):
        plain = run(shared, user("Tell me a story."), sampling=sampling)
        assert run(shared, user("Tell me a story."), sampling=sampling, top_logprobs=10).text == plain.text


@pytest.mark.parametrize("size", [7, 512, 5000, 49_152, 262_145])
def test_the_largest_logits_are_found_whatever_the_vocabulary(size: int) -> None:
    logits = np.random.default_rng(size).normal(size=size).astype(np.float32)
    count = min(10, size)
    assert largest(logits, count).tolist() == np.argsort(-logits, kind="stable")[:count].tolist()


@pytest.mark.parametrize("spread", [0.01, 1.0, 1.7, 2.5, 6.0, 20.0])
@pytest.mark.parametrize("size", [7, 512, 49_152, 262_145])
def test_log_probabilities_add_up_to_one(size: int, spread: float) -> None:
    logits = (20 + spread * np.random.default_rng(size).normal(size=size)).astype(np.float32)
    most = float(logits.max())
    exact = most + math.log(np.exp(logits.astype(np.float64) - most).sum())
    assert norm_of(logits, np.empty_like(logits))[0] == pytest.approx(exact, abs=5e-4)


def test_a_damaged_model_has_no_probabilities() -> None:
    logits = np.full(5000, np.nan, np.float32)
    assert math.isnan(norm_of(logits, np.empty_like(logits))[0])


def test_n_answers_share_one_evaluation(shared: LlamaEngine) -> None:
    shared.forget("")
    sampling = SamplingParams(n=4, max_tokens=8, seed=3)
    request = GenerationRequest(next(IDS), (user(TEXT * 5),), sampling)
    events = list(shared.generate(request))
    texts = {
        index: "".join(event.text for event in events if isinstance(event, Delta) and event.index == index)
        for index in range(4)
    }
    assert len(set(texts.values())) > 1
    assert all(texts.values())
    finished = events[-1]
    assert isinstance(finished, GenerationFinished)
    assert finished.usage.completion_tokens > 8
    alone = run(shared, user(TEXT * 5), sampling=SamplingParams(max_tokens=8, seed=3))
    assert alone.evaluated == 0


def test_a_follow_up_evaluates_only_what_is_new(engine: LlamaEngine) -> None:
    first = run(engine, user(TEXT * 6), sampling=GREEDY.changed(max_tokens=60))
    assert first.usage.repeatable
    follow_up = run(engine, user(TEXT * 6), assistant(first.text), user("And then?"))
    new = len("And then?") + 20  # tokens: the question and the template around it
    assert follow_up.evaluated <= new
    assert not follow_up.usage.repeatable


def test_a_draft_behind_the_end_of_an_answer_leaves_nothing_behind(
    engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Speculation, "propose", lambda _self, _tokens, newest, room: [newest, newest][:room])
    said = [user("Say hello in three words.")]
    first = run(engine, *said, sampling=SamplingParams(grammar='root ::= "Hello, hello, hello."'))
    assert first.reason is FinishReason.STOP
    follow_up = run(engine, *said, assistant(first.text), user("And?"), sampling=SamplingParams(seed=1, max_tokens=8))
    assert follow_up.usage.cached_tokens >= first.usage.prompt_tokens
    assert follow_up.text


def test_regenerate_evaluates_nothing_and_repeats_the_answer(starter_model: Path) -> None:
    engine = LlamaEngine()
    list(engine.load(inspect(starter_model), LoadParams(n_ctx=2048, lookup=False)))
    sampling = SamplingParams(seed=5, max_tokens=40, temperature=1.0)
    first = run(engine, user(TEXT * 4), sampling=sampling)
    again = run(engine, user(TEXT * 4), sampling=sampling)
    assert again.evaluated == 0
    assert again.text == first.text
    assert again.usage.repeatable
    assert run(engine, user(TEXT * 4), sampling=sampling.changed(seed=6)).text != first.text
    engine.close()


def test_what_fewer_threads_may_round_otherwise_is_told(starter_model: Path) -> None:
    engine = LlamaEngine()
    list(engine.load(inspect(starter_model), LoadParams(n_ctx=1024, n_threads=1, flash_attn="on")))
    assert engine._loaded is not None

    def is_repeatable(times: int) -> bool:
        engine.forget("")
        return run(engine, user(TEXT * times), sampling=GREEDY.changed(max_tokens=4)).usage.repeatable

    assert is_repeatable(20)
    engine._loaded._governor.most = 2
    assert not is_repeatable(20)
    assert is_repeatable(2)  # too little for two
    engine.close()


def test_an_edit_evaluates_from_the_edit_on(starter_model: Path) -> None:
    engine = LlamaEngine()
    # Flash attention rounds a long prompt otherwise than the end of it.
    list(engine.load(inspect(starter_model), LoadParams(n_ctx=2048, flash_attn="off")))
    start = [user(TEXT * 8), assistant("I see.")]
    run(engine, *start, user("What is a mill?"))
    edited = run(engine, *start, user("What is a lamp?"))
    assert edited.evaluated < 30
    engine.forget("")
    fresh = run(engine, *start, user("What is a lamp?"))
    assert fresh.usage.cached_tokens == 0
    assert fresh.text == edited.text
    engine.close()


def test_other_conversations_stay_warm(engine: LlamaEngine) -> None:
    one, two = user(TEXT * 10 + "one"), user("Quite another text. " * 60)
    run(engine, one, conversation="1")
    run(engine, two, conversation="2")
    assert run(engine, one, conversation="1").evaluated <= 1
    assert run(engine, two, conversation="2").evaluated <= 1


def test_what_is_nearly_kept_is_not_copied_again(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    assert engine._cache is not None
    copies: list[int] = []
    keep = engine._cache.keep
    monkeypatch.setattr(engine._cache, "keep", lambda *args, **named: (copies.append(1), keep(*args, **named)))
    start, length = user(TEXT * 10), SamplingParams(temperature=0, max_tokens=2)
    run(engine, start, conversation="1", sampling=length)
    engine.save()
    assert len(copies) == 1
    fork = run(engine, start, assistant("The mill"), conversation="1", sampling=length)
    assert fork.evaluated < 10
    assert run(engine, user(TEXT), conversation="1", sampling=length).evaluated < 10  # most of it is cut off
    assert run(engine, user("Quite another text. " * 60), conversation="2", sampling=length).evaluated > 100
    assert len(copies) == 1
    assert run(engine, start, conversation="1", sampling=length).evaluated < 10
    assert len(copies) == 2  # of the second conversation


def test_keeping_gives_way(engine: LlamaEngine) -> None:
    run(engine, user(TEXT * 10), conversation="1")
    assert engine._cache is not None
    engine.save(lambda: True)
    assert not list(engine._states.candidates("1"))
    engine.save()
    assert list(engine._states.candidates("1"))


def test_states_survive_the_process_and_go_with_their_conversation(starter_model: Path, tmp_path: Path) -> None:
    def start() -> ProcessEngine:
        engine = ProcessEngine(tmp_path / "log", "llama", tmp_path / "states")
        list(engine.load(inspect(starter_model), LoadParams(n_ctx=2048)))
        return engine

    question = user(TEXT * 6)
    engine = start()
    first = run(engine, question, conversation="7")
    engine.close()
    assert len(list((tmp_path / "states").iterdir())) == 1
    engine = start()
    again = run(engine, question, conversation="7")
    assert again.evaluated <= 1
    assert again.text == first.text
    assert run(engine, user("Quite another text. " * 60), conversation="8").evaluated > 100
    engine.forget("7")
    assert run(engine, question, conversation="7").evaluated > 100
    engine.close()
    engine = start()
    assert run(engine, question, conversation="9").evaluated > 100
    engine.close()


def test_a_full_context_ends_the_answer_or_shifts(starter_model: Path) -> None:
    engine = LlamaEngine()
    list(engine.load(inspect(starter_model), LoadParams(n_ctx=256)))
    sampling = SamplingParams(temperature=0, max_tokens=400, logit_bias=((2, -100.0), (0, -100.0)))
    stopped = run(engine, user("Count for ever."), sampling=sampling)
    assert stopped.reason is FinishReason.LENGTH
    assert stopped.usage.prompt_tokens + stopped.usage.completion_tokens in (256, 257)
    shifted = run(engine, user("Count for ever."), sampling=sampling, overflow="shift")
    assert shifted.usage.completion_tokens == 400
    assert shifted.usage.shifted_tokens > 0
    assert shifted.text.startswith(stopped.text[:200])
    engine.close()


def test_the_oldest_turns_are_left_out_and_counted(starter_model: Path) -> None:
    engine = LlamaEngine()
    list(engine.load(inspect(starter_model), LoadParams(n_ctx=512)))
    system = ChatMessage(Role.SYSTEM, "You are a miller.")
    history = [message for number in range(24) for message in (user(f"{number} {TEXT}"), assistant("Yes."))]
    with pytest.raises(UserError, match="context window"):
        run(engine, system, *history, user("Well?"))
    answer = run(engine, system, *history, user("Well?"), overflow="drop_oldest")
    assert answer.usage.left_out_messages > 0
    assert answer.usage.left_out_messages % 2 == 0
    assert answer.usage.prompt_tokens + 24 <= 512
    kept = history[answer.usage.left_out_messages :]
    assert engine.count_tokens([system, *kept, user("Well?")]) == answer.usage.prompt_tokens
    with pytest.raises(UserError, match="context window"):  # the last turn alone is too long
        run(engine, user(TEXT * 40), overflow="drop_oldest")
    engine.close()


@pytest.mark.parametrize("kv_type", ["f16", "q8_0"])
def test_prompt_lookup_changes_no_letter_at_temperature_0(starter_model: Path, kv_type: Literal["f16", "q8_0"]) -> None:
    question = user("Repeat this text: " + TEXT * 3)
    answers = []
    for lookup in (True, False):
        engine = LlamaEngine()
        params = LoadParams(n_ctx=2048, n_threads=1, kv_type=kv_type, lookup=lookup)  # their number may decide too
        list(engine.load(inspect(starter_model), params))
        answers.append(run(engine, question, sampling=GREEDY.changed(max_tokens=120), top_logprobs=10))
        engine.close()
    with_lookup, without = answers
    assert with_lookup.text == without.text
    assert with_lookup.logprobs == without.logprobs  # to the last bit
    assert with_lookup.usage.repeatable
    if kv_type == "q8_0":  # where a batch gives the bits of single tokens
        assert with_lookup.usage.accepted_tokens > 0


def test_prompt_lookup_guesses_what_it_can(engine: LlamaEngine, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(_Policy, "report", lambda *_: None)  # whatever it costs here
    question = user("Repeat this text: " + TEXT * 3)
    answer = run(engine, question, sampling=SamplingParams(temperature=0.1, seed=1, max_tokens=90))
    assert 0 < answer.usage.accepted_tokens <= answer.usage.drafted_tokens
    assert not answer.usage.repeatable  # what is drafted depends on the time that steps take


def test_changes_while_it_answers_keep_seed_and_number(engine: LlamaEngine) -> None:
    request = GenerationRequest(next(IDS), (user("Tell me a story."),), SamplingParams(max_tokens=300, n=2, seed=4))
    events: list[GenerationEvent] = []
    for event in engine.generate(request):
        events.append(event)
        if len(events) == 8:
            engine.update_sampling(request.id, SamplingParams(max_tokens=12, temperature=0, repeat_penalty=1.3))
    finished = [event for event in events if isinstance(event, ChoiceFinished)]
    assert [choice.seed for choice in sorted(finished, key=lambda choice: choice.index)] == [4, 5]
    assert all(choice.reason in (FinishReason.LENGTH, FinishReason.STOP) for choice in finished)


def test_a_draft_model_changes_no_letter(starter_model: Path, engine: LlamaEngine) -> None:
    model = inspect(starter_model)
    drafting = LlamaEngine()
    list(drafting.load(model, LoadParams(n_ctx=2048, lookup=False, draft=model)))
    for sampling in (GREEDY, SamplingParams(temperature=0.8, seed=3, max_tokens=40)):
        drafted = run(drafting, user("What is a mill?"), sampling=sampling, top_logprobs=10)
        if sampling is GREEDY:
            plain = run(engine, user("What is a mill?"), sampling=sampling, top_logprobs=10)
            assert drafted.logprobs == plain.logprobs  # to the last bit
        else:
            assert 0 < drafted.usage.accepted_tokens <= drafted.usage.drafted_tokens
    drafting.close()
