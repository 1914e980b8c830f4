from dataclasses import replace

from shapes import DENSE, GB, cpu, gpu

from desktopchat.core.bandwidth import bandwidths, learned, passes_of
from desktopchat.core.chat import Message, MessageState, Role, Timings, Usage
from desktopchat.core.load_plan import plan_load
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.params import LoadParams, SamplingParams

ANSWER = Message(
    1, 1, None, Role.ASSISTANT, "text", MessageState.COMPLETE, 0.0,
    usage=Usage(prompt_tokens=10, completion_tokens=101), timings=Timings(generation_seconds=10.0),
)  # fmt: skip


def halved(shape: ModelShape) -> ModelShape:
    return replace(shape, blocks=shape.blocks[:16])


def test_passes_are_counted_in_whole_answers_that_were_alone() -> None:
    assert passes_of(ANSWER) == 10
    assert passes_of(replace(ANSWER, state=MessageState.INTERRUPTED)) == 0
    assert passes_of(replace(ANSWER, role=Role.USER)) == 0
    assert passes_of(replace(ANSWER, sampling=SamplingParams(n=2))) == 0


def test_the_largest_model_teaches_most() -> None:
    whole, half = (plan_load(shape, LoadParams(), [cpu()]) for shape in (DENSE, halved(DENSE)))
    first = learned({}, half, 10)
    assert first == {"A processor": [half.reads[0], half.reads[0] * 10]}
    second = learned(first, whole, 4)
    assert second is not None
    assert bandwidths(second) == {"A processor": whole.reads[0] * 4}
    assert learned(second, half, 50) is None, "a small one spends its time on other things"
    assert bandwidths(learned(second, whole, 5)) == {"A processor": whole.reads[0] * 5}, "as of now"


def test_nothing_is_learned_from_two_devices_or_too_little() -> None:
    partly = plan_load(DENSE, LoadParams(), [cpu(), gpu(4 * GB)])
    assert learned({}, partly, 10) is None
    assert learned({}, plan_load(DENSE, LoadParams(), [cpu()]), 0) is None


def test_what_was_stored_is_not_trusted() -> None:
    stored = {"a": [1.0, 2e9], "b": [0.0, 1.0], "c": "x", "d": [1.0], "e": [1.0, 1e300], "f": [1.0, float("nan")]}
    assert bandwidths(stored) == {"a": 2e9}
    assert bandwidths([1]) == {}
