"""The distribution of the next token is llama.cpp's, and so is what the parameters make of it."""

import ctypes
import itertools
import math
from collections.abc import Iterator
from pathlib import Path

import llama_cpp
import numpy as np
import pytest

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.distribution import Bending, Distribution, bend
from desktopchat.core.errors import ContextOverflowError
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, GenerationFinished, GenerationRequest
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.engine.llama.sampler import Sampler
from desktopchat.library.folder import inspect

TEXTS = ("The capital of France is", "Once upon a time", "法国的首都是", "x")
BENDINGS = [
    Bending(1.0, 0, 1.0, 0.0),
    Bending(0.7, 40, 0.95, 0.05),
    Bending(1.5, 0, 0.9, 0.0),
    Bending(0.3, 0, 1.0, 0.02),
    Bending(2.0, 7, 0.5, 0.3),
    Bending(5.0, 1000, 0.999, 0.0),
    Bending(3.0, 0, 1.0, 0.0),
    Bending(0.0, 40, 0.95, 0.05),
]


@pytest.fixture(scope="module")
def engine(starter_model: Path) -> Iterator[LlamaEngine]:
    made = LlamaEngine()
    list(made.load(inspect(starter_model), LoadParams(n_ctx=512, lookup=False)))
    yield made
    made.close()


def expected(engine: LlamaEngine, text: str) -> Distribution:
    return engine.distribution([token.id for token in engine.tokens(text)])


def logits_after(engine: LlamaEngine, text: str) -> np.ndarray:
    """Return the logits of llama.cpp for the last token of a text that is evaluated by itself."""
    loaded, cache = engine._model()
    tokens = [token.id for token in engine.tokens(text)]
    cache.clear()
    array = (llama_cpp.llama_token * len(tokens))(*tokens)
    assert llama_cpp.llama_decode(loaded.context, llama_cpp.llama_batch_get_one(array, len(tokens))) == 0
    logits = np.ctypeslib.as_array(llama_cpp.llama_get_logits_ith(loaded.context, -1), (loaded.n_vocab,)).copy()
    cache.clear()
    return logits


def drawn_from(engine: LlamaEngine, logits: np.ndarray, by: Bending) -> dict[int, float]:
    """Return what llama.cpp's own chain of samplers leaves of logits, as probabilities by token."""
    loaded, _ = engine._model()
    params = SamplingParams(temperature=by.temperature, top_k=by.top_k, top_p=by.top_p, min_p=by.min_p)
    sampler = Sampler(params, 1, loaded)
    data = np.zeros(len(logits), dtype=[("id", np.int32), ("logit", np.float32), ("p", np.float32)])
    data["id"], data["logit"] = np.arange(len(logits)), logits
    array = llama_cpp.llama_token_data_array(
        data=data.ctypes.data_as(ctypes.POINTER(llama_cpp.llama_token_data)), size=len(data), selected=-1, sorted=False
    )
    llama_cpp.llama_sampler_apply(sampler._chain, ctypes.byref(array))
    if by.temperature <= 0:
        return {array.data[array.selected].id: 1.0}
    left = {array.data[place].id: array.data[place].logit for place in range(array.size)}
    sampler.close()
    most = max(left.values())
    weights = {token: math.exp(logit - most) for token, logit in left.items()}
    whole = math.fsum(weights.values())
    return {token: weight / whole for token, weight in weights.items()}


@pytest.mark.parametrize("text", TEXTS)
def test_probabilities_are_the_softmax_of_all_logits(engine: LlamaEngine, text: str) -> None:
    found = expected(engine, text)
    logits = logits_after(engine, text).astype(np.float64)
    logprobs = logits - logits.max() - math.log(np.exp(logits - logits.max()).sum())
    assert len(found.top) == 1000
    assert found.size == len(logits)
    assert [chance.token for chance in found.top[:50]] == list(np.argsort(-logits, kind="stable")[:50])
    for chance in found.top:
        assert chance.logprob == pytest.approx(logprobs[chance.token], abs=1e-5)
    whole = sum(math.exp(chance.logprob) for chance in found.top)
    whole += sum(count * math.exp(logprob) for logprob, count in found.tail)
    assert whole == pytest.approx(1.0, abs=1e-4)


@pytest.mark.parametrize(("text", "by"), list(itertools.product(TEXTS, BENDINGS)))
def test_it_bends_as_llama_cpp_bends_it(engine: LlamaEngine, text: str, by: Bending) -> None:
    found = expected(engine, text)
    bent = bend(found, by)
    right = drawn_from(engine, logits_after(engine, text), by)
    if by.temperature > 0:
        assert bent.after_min_p == len(right)
    for chance, share in zip(found.top, bent.shares, strict=False):
        assert share == pytest.approx(right[chance.token], rel=2e-3)
    assert sum(bent.shares) + bent.rest == pytest.approx(1.0)


def test_a_conversation_goes_on_as_before(engine: LlamaEngine) -> None:
    """Looking on leaves the KV states of what was said alone."""
    asked = (ChatMessage(Role.USER, "Tell me about the sea. " * 12),)
    greedy = SamplingParams(temperature=0, max_tokens=12)

    def answer(number: int) -> tuple[str, int]:
        events = list(engine.generate(GenerationRequest(number, asked, greedy, conversation="sea")))
        last = events[-1]
        assert isinstance(last, GenerationFinished)
        return "".join(event.text for event in events if isinstance(event, Delta)), last.usage.cached_tokens

    first, _ = answer(1)
    expected(engine, "Once upon a time")
    again, cached = answer(2)
    assert again == first
    assert cached >= 64


def test_next_step_costs_one_token(engine: LlamaEngine) -> None:
    tokens = [token.id for token in engine.tokens("The capital of France is the city of")]
    found = engine.distribution(tokens)
    _, cache = engine._model()
    engine.distribution([*tokens, found.top[0].token])
    assert cache.tokens[: len(tokens)] == tokens
    assert engine.distribution(tokens).top[0].token == found.top[0].token


def test_too_long_a_text_is_refused(engine: LlamaEngine) -> None:
    with pytest.raises(ContextOverflowError):
        engine.distribution([1] * 512)
