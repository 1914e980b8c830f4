"""LoRA adapters and control vectors on real models: they do what they say, and nothing of one is left in another."""

import itertools
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from desktopchat.core.adapter import Adapter
from desktopchat.core.errors import AdapterError
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, Engine, GenerationFinished, GenerationRequest, ModelInfo, ModelLoaded
from desktopchat.engine.child import create_engine
from desktopchat.library.folder import inspect
from tests.adapter_maker import directions, merged, pairs, write_control_vector, write_lora
from tests.tiny_models import EMBEDDING, VOCABULARY, write_tiny

# Flash attention rounds more, and a batch otherwise than its tokens one by one.
LOAD = LoadParams(n_ctx=256, n_gpu_layers=0, flash_attn="off", lookup=False)
PROMPT = "The cat sat on the mat and looked at the dog, which did not look back at all. " * 2
Answer = list[tuple[int, float]]  # tokens with their probabilities
IDS = itertools.count(1)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = create_engine("llama", tmp_path / "states")
    yield made
    made.close()


def load(engine: Engine, path: Path, *adapters: Adapter) -> ModelInfo:
    *_, last = engine.load(inspect(path), replace(LOAD, adapters=adapters))
    assert isinstance(last, ModelLoaded)
    return last.info


def ask(engine: Engine, conversation: str = "", prompt: str = PROMPT) -> tuple[Answer, GenerationFinished]:
    sampling = SamplingParams(temperature=0, max_tokens=16)
    request = GenerationRequest(next(IDS), (), sampling, prompt, conversation, top_logprobs=1, ignore_eos=True)
    events = list(engine.generate(request))
    chosen = [one.chosen for event in events if isinstance(event, Delta) for one in event.logprobs]
    assert isinstance(events[-1], GenerationFinished)
    return [(one.token, one.logprob) for one in chosen], events[-1]


def answer(engine: Engine) -> Answer:
    """Return an answer of an empty cache, so that every bit counts."""
    engine.forget("")
    return ask(engine)[0]


def assert_close(one: Answer, other: Answer) -> None:
    assert [token for token, _ in one] == [token for token, _ in other]
    assert np.allclose([logprob for _, logprob in one], [logprob for _, logprob in other], atol=2e-3)


def lora(path: Path, scale: float = 1.0) -> Adapter:
    return Adapter(str(path), "lora", scale)


def vector(path: Path, scale: float = 1.0, first: int = 0, last: int = 0) -> Adapter:
    return Adapter(str(path), "control_vector", scale, first, last)


def test_a_lora_adapter_answers_as_the_model_with_the_weights_merged(engine: Engine, tmp_path: Path) -> None:
    parts = pairs()
    file = write_lora(tmp_path / "lora.gguf", parts)
    load(engine, write_tiny(tmp_path / "base.gguf"))
    plain = answer(engine)
    engine.adapt([lora(file, 0.7)])
    adapted = answer(engine)
    assert adapted != plain
    load(engine, write_tiny(tmp_path / "merged.gguf", added=merged(parts, 0.7)))
    assert_close(adapted, answer(engine))


def test_a_scale_of_0_changes_no_bit(engine: Engine, tmp_path: Path) -> None:
    load(engine, write_tiny(tmp_path / "base.gguf"))
    plain = answer(engine)
    engine.adapt(
        [
            lora(write_lora(tmp_path / "lora.gguf", pairs()), 0),
            vector(write_control_vector(tmp_path / "vector.gguf", directions()), 0),
        ]
    )
    assert answer(engine) == plain


def test_without_adapters_again_the_first_answer_comes_back(engine: Engine, tmp_path: Path) -> None:
    file, steering = write_lora(tmp_path / "lora.gguf", pairs()), tmp_path / "vector.gguf"
    write_control_vector(steering, directions())
    load(engine, write_tiny(tmp_path / "base.gguf"))
    plain = answer(engine)
    answers = [plain]
    for adapters in ([lora(file)], [vector(steering)], [lora(file), vector(steering)], [vector(steering, -1)]):
        engine.adapt(adapters)
        answers.append(answer(engine))
        assert all(answers[-1] != other for other in answers[:-1])
        engine.adapt([])
        assert answer(engine) == plain


def test_a_change_of_scale_counts_at_once(engine: Engine, tmp_path: Path) -> None:
    parts = pairs()
    file = write_lora(tmp_path / "lora.gguf", parts)
    load(engine, write_tiny(tmp_path / "base.gguf"))
    engine.adapt([lora(file, 1)])
    answer(engine)
    engine.adapt([lora(file, -0.5)])
    adapted = answer(engine)
    load(engine, write_tiny(tmp_path / "merged.gguf", added=merged(parts, -0.5)))
    assert_close(adapted, answer(engine))


def test_two_lora_adapters_add_up_in_any_order(engine: Engine, tmp_path: Path) -> None:
    first, second = pairs(seed=1), pairs(seed=2, rank=3)
    one, two = write_lora(tmp_path / "1.gguf", first), write_lora(tmp_path / "2.gguf", second, 2.0)
    load(engine, write_tiny(tmp_path / "base.gguf"))
    engine.adapt([lora(one, 0.5), lora(two, 1.5)])
    adapted = answer(engine)
    engine.adapt([lora(two, 1.5), lora(one, 0.5)])
    assert_close(answer(engine), adapted)
    both = merged(second, 1.5, 2.0)
    both = {name: array + both[name] for name, array in merged(first, 0.5).items()}
    load(engine, write_tiny(tmp_path / "merged.gguf", added=both))
    assert_close(adapted, answer(engine))


def test_the_table_of_the_tokens_can_be_adapted_too(engine: Engine, tmp_path: Path) -> None:
    random = np.random.default_rng(3)
    a, b = random.normal(0, 0.3, (VOCABULARY, 4)), random.normal(0, 0.3, (EMBEDDING, 4))
    name = "token_embd.weight"
    file = write_lora(tmp_path / "lora.gguf", {f"{name}.lora_a": a, f"{name}.lora_b": b}, 4.0)
    load(engine, write_tiny(tmp_path / "base.gguf"))
    plain = answer(engine)
    engine.adapt([lora(file)])
    adapted = answer(engine)
    assert adapted != plain
    load(engine, write_tiny(tmp_path / "merged.gguf", added={name: a @ b.T}))
    assert_close(adapted, answer(engine))


def test_the_shared_table_of_the_tokens_cannot(engine: Engine, tmp_path: Path) -> None:
    parts = {"token_embd.weight.lora_a": np.ones((VOCABULARY, 4)), "token_embd.weight.lora_b": np.ones((EMBEDDING, 4))}
    file = write_lora(tmp_path / "lora.gguf", parts)
    load(engine, write_tiny(tmp_path / "tied.gguf", without="output.weight"))
    with pytest.raises(AdapterError, match="cannot do"):
        engine.adapt([lora(file)])
    assert answer(engine)


def test_a_control_vector_is_added_behind_its_layer(engine: Engine, tmp_path: Path) -> None:
    one, two = directions(seed=1), directions(seed=2)
    first = write_control_vector(tmp_path / "1.gguf", one)
    second = write_control_vector(tmp_path / "2.gguf", two)
    load(engine, write_tiny(tmp_path / "base.gguf"))
    plain = answer(engine)
    engine.adapt([vector(first, 0.8), vector(second, -0.4)])
    steered = answer(engine)
    assert steered != plain
    # The last thing that a block adds to what goes on is the bias of its feed-forward part.
    bias = {"blk.1.ffn_down.bias": 0.8 * one["direction.1"] - 0.4 * two["direction.1"]}
    load(engine, write_tiny(tmp_path / "biased.gguf", added=bias))
    assert_close(steered, answer(engine))


def test_a_control_vector_works_only_between_its_layers(engine: Engine, starter_model: Path, tmp_path: Path) -> None:
    width = 576
    whole = directions(tuple(range(1, 30)), width)
    part = {name: array for name, array in whole.items() if name in ("direction.5", "direction.6")}
    one = write_control_vector(tmp_path / "whole.gguf", whole)
    other = write_control_vector(tmp_path / "part.gguf", part)
    load(engine, starter_model)
    plain = answer(engine)
    engine.adapt([vector(one, 1, 5, 6)])
    ranged = answer(engine)
    assert ranged != plain
    engine.adapt([vector(other)])  # the layers of the one before are forgotten
    assert answer(engine) == ranged
    with pytest.raises(AdapterError, match="layer 5 to layer 30"):
        engine.adapt([vector(one, 1, 5, 30)])


def test_no_cache_serves_another_set_of_adapters(engine: Engine, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "lora.gguf", pairs())
    steering = write_control_vector(tmp_path / "vector.gguf", directions())
    base = write_tiny(tmp_path / "base.gguf")
    sets = [(), (lora(file),), (lora(file, 0.5),), (vector(steering),), (vector(steering, 0.5),)]
    expected = []
    for adapters in sets:
        load(engine, base, *adapters)
        expected.append(answer(engine))
    engine.unload()
    load(engine, base)
    for adapters, wanted in zip(sets, expected, strict=True):
        engine.adapt(adapters)
        got, last = ask(engine, "7")
        assert last.usage.cached_tokens == 0
        assert got == wanted
    for adapters, wanted in zip(sets, expected, strict=True):
        engine.adapt(adapters)
        got, last = ask(engine, "7")
        assert last.usage.cached_tokens > 64, "its own state was not found again"
        assert_close(got, wanted)
    engine.unload()
    for adapters, wanted in zip(sets, expected, strict=True):
        load(engine, base, *adapters)
        got, last = ask(engine, "7")
        assert last.usage.cached_tokens > 64, "its own state was not found on disk"
        assert_close(got, wanted)


def test_a_file_that_was_written_anew_is_read_anew(engine: Engine, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "lora.gguf", pairs(seed=1))
    load(engine, write_tiny(tmp_path / "base.gguf"))
    engine.adapt([lora(file)])
    first = answer(engine)
    write_lora(file, pairs(seed=2))
    engine.adapt([lora(file)])
    assert answer(engine) != first


def test_what_is_refused_leaves_the_adapters_before_in_place(engine: Engine, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "lora.gguf", pairs())
    bad = write_lora(tmp_path / "bad.gguf", {"blk.0.attn_q.weight.lora_a": np.ones((4, EMBEDDING))})
    load(engine, write_tiny(tmp_path / "base.gguf"))
    engine.adapt([lora(file)])
    adapted = answer(engine)
    for wrong in ([lora(bad)], [lora(file), lora(bad)], [lora(file), lora(file)], [vector(file)]):
        with pytest.raises(AdapterError):
            engine.adapt(wrong)
        assert answer(engine) == adapted


def test_a_load_applies_adapters_and_tells_which_it_could_not(engine: Engine, tmp_path: Path) -> None:
    file = write_lora(tmp_path / "lora.gguf", pairs())
    base = write_tiny(tmp_path / "base.gguf")
    load(engine, base)
    engine.adapt([lora(file)])
    adapted = answer(engine)
    info = load(engine, base, lora(file), lora(tmp_path / "missing.gguf"))
    assert info.adapted.adapters == (lora(file),)
    assert any("missing.gguf does not exist." in warning for warning in info.warnings)
    assert answer(engine) == adapted


def test_the_memory_of_an_adapter_is_told(engine: Engine, starter_model: Path, tmp_path: Path) -> None:
    parts = pairs({f"blk.{block}.attn_q.weight": (576, 576) for block in range(30)}, rank=16)
    file = write_lora(tmp_path / "lora.gguf", parts)
    info = load(engine, starter_model)
    assert info.took
    adapted = engine.adapt([lora(file)])
    assert adapted.took[0].device == "CPU"
    assert adapted.took[0].weights == pytest.approx(30 * 2 * 576 * 16 * 4, rel=0.02)
    assert engine.adapt([]).took == ()
