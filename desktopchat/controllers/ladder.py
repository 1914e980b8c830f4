"""What to lower when there is not enough memory for a model."""

from collections.abc import Iterator
from dataclasses import dataclass, replace

from desktopchat.core.load_plan import AUTOMATIC_N_CTX, LoadPlan, gpus_of, plan_load
from desktopchat.core.memory_words import size_text
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.core.sentence import Sentence

_LEAST_N_CTX = 512
_ROOM = 0.9  # of the free memory


@dataclass(frozen=True, slots=True)
class Rung:
    """A step down; it keeps what the steps before have lowered.

    Attributes:
        words: What it does, as a sentence.
    """

    params: LoadParams
    words: Sentence


def rungs(params: LoadParams, file: ModelFile, n_ctx: int, *, on_gpu: bool) -> tuple[Rung, ...]:
    """Return the steps from how the model was to be loaded down to the least memory.

    Args:
        n_ctx: Context window that was in use, in tokens; 0 when the model was never loaded.
        on_gpu: Whether layers of the model were on a GPU.
    """
    n_ctx = n_ctx or params.n_ctx or min(file.n_ctx_train or AUTOMATIC_N_CTX, AUTOMATIC_N_CTX)
    steps = []
    if n_ctx // 2 >= _LEAST_N_CTX:
        params = replace(params, n_ctx=n_ctx // 2)
        steps.append(Rung(params, Sentence("Load the model with half the context, {count} tokens.", count=n_ctx // 2)))
    if params.kv_type != "q8_0":
        params = replace(params, kv_type="q8_0")
        steps.append(Rung(params, Sentence("Load the model with a KV cache of half the size (q8_0).")))
    if on_gpu:
        layers = params.n_gpu_layers if params.n_gpu_layers > 0 else file.n_layer
        if layers > 1:
            params = replace(params, n_gpu_layers=layers // 2)
            steps.append(
                Rung(
                    params,
                    Sentence(
                        "Load the model with {count} of its layers on the GPU, the rest on the CPU.", count=layers // 2
                    ),
                )
            )
        params = replace(params, n_gpu_layers=0)
        steps.append(Rung(params, Sentence("Load the model on the CPU alone.")))
    return tuple(steps)


@dataclass(frozen=True, slots=True)
class Way:
    """A way of loading a model that was refused, which would fit.

    Attributes:
        command: Id of the command that takes it.
        words: What is less then, and how much memory that takes, as a part of a sentence.
    """

    command: str
    params: LoadParams
    words: Sentence


def ways(shape: ModelShape, params: LoadParams, plan: LoadPlan) -> tuple[Way, ...]:
    """Return what would fit in place of a plan that does not: one way for each thing that can be lowered."""
    return tuple(way for find in (_shorter, _quantised, _fewer_layers, _on_cpu) for way in find(shape, params, plan))


def _fits(plan: LoadPlan) -> bool:
    """Return whether there is room, also for what other programs need next."""
    pairs = zip(plan.devices, plan.whole, strict=True)
    return all(not device.free or part.total <= _ROOM * device.free for device, part in pairs)


def _shorter(shape: ModelShape, params: LoadParams, plan: LoadPlan) -> Iterator[Way]:
    """Yield the longest context that fits."""
    n_ctx = plan.n_ctx // 2
    while n_ctx >= _LEAST_N_CTX:
        less = replace(params, n_ctx=n_ctx)
        found = plan_load(shape, less, plan.devices, plan.beside)
        if _fits(found):
            yield Way(
                "model.load_shorter",
                less,
                Sentence("with a context of {count} tokens ({size})", count=n_ctx, size=size_text(found.total)),
            )
            return
        n_ctx //= 2


def _quantised(shape: ModelShape, params: LoadParams, plan: LoadPlan) -> Iterator[Way]:
    if plan.kv_type == "q8_0" or not shape.allows_q8_0:
        return
    flash_attn = "auto" if params.flash_attn == "off" else params.flash_attn  # it cannot be without
    less = replace(params, n_ctx=plan.n_ctx, kv_type="q8_0", flash_attn=flash_attn)
    found = plan_load(shape, less, plan.devices, plan.beside)
    if _fits(found):
        words = Sentence("with a KV cache in q8_0 ({size})", size=size_text(found.total))
        yield Way("model.load_quantised", less, words)


def _fewer_layers(shape: ModelShape, params: LoadParams, plan: LoadPlan) -> Iterator[Way]:
    if not gpus_of(plan.devices) or params.n_gpu_layers <= 0:
        return
    less = replace(params, n_ctx=plan.n_ctx, n_gpu_layers=-1, n_cpu_experts=-1, tensor_split=())
    found = plan_load(shape, less, plan.devices, plan.beside)
    if _fits(found) and found.n_gpu_layers > 0:
        words = Sentence(
            "with {count} layers on the GPU ({size})", count=found.n_gpu_layers, size=size_text(found.total)
        )
        yield Way("model.load_fewer_layers", less, words)


def _on_cpu(shape: ModelShape, params: LoadParams, plan: LoadPlan) -> Iterator[Way]:
    if not plan.n_gpu_layers:
        return
    less = replace(params, n_ctx=plan.n_ctx, n_gpu_layers=0, n_cpu_experts=-1)
    found = plan_load(shape, less, plan.devices, plan.beside)
    if _fits(found):
        yield Way("model.load_on_cpu", less, Sentence("on the CPU alone ({size})", size=size_text(found.total)))


def told(found: tuple[Way, ...]) -> Sentence:
    """Return the ways as one sentence."""
    words = found[-1].words
    for way in reversed(found[:-1]):
        words = Sentence("{one}, or {other}", one=way.words, other=words)
    return Sentence("It would fit {ways}.", ways=words)
