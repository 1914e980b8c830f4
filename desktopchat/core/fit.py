"""Whether a model fits on this machine, how large a context it may have, and how fast it will write."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from desktopchat.core.device import Device
from desktopchat.core.hub import HubVariant
from desktopchat.core.load_plan import LEAST_N_CTX, LoadPlan, plan_load
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.model_size import READING_SPEED
from desktopchat.core.params import LoadParams

_STEP = 256  # tokens; llama.cpp pads a context to this
_UNKNOWN_N_CTX = 4096  # of a model that does not say what it was trained for
# Numbers of 16 bits and more: twice as slow as 8 bits, and nobody can tell the answers apart.
_UNQUANTIZED = frozenset({"F32", "F16", "BF16"})


class FitPlace(StrEnum):
    """Where a model would be, best first."""

    GPU = "gpu"
    PARTLY = "partly"
    CPU = "cpu"
    NOWHERE = "nowhere"


@dataclass(frozen=True, slots=True)
class Fit:
    """How a model fits.

    Attributes:
        plan: How it would be loaded, and what that takes.
        most_n_ctx: The largest context in tokens with which it is still in this place; 0 when it fits nowhere.
        speed: Tokens/s to be expected at the beginning of a conversation; 0 when nothing was measured here yet.
    """

    place: FitPlace
    plan: LoadPlan
    most_n_ctx: int
    speed: float


@dataclass(frozen=True, slots=True)
class FittedVariant:
    """A variant of a model, and how it fits; None when nobody looked: parts are missing, or there are too many."""

    variant: HubVariant
    fit: Fit | None


def fit_of(shape: ModelShape, params: LoadParams, devices: Sequence[Device], bandwidths: Mapping[str, float]) -> Fit:
    """Work out how a model would fit.

    Args:
        params: What is wished; what is left open is chosen as for a load.
        devices: All that the engine can compute on.
        bandwidths: Bytes/s that models reached here (`core.bandwidth`), by the descriptions of devices.
    """
    plan = plan_load(shape, params, devices)
    place = _place(shape, plan)

    def stays(steps: int) -> bool:
        longer = plan_load(shape, replace(params, n_ctx=steps * _STEP, kv_type=plan.kv_type), devices)
        return longer.lacking is None and _place(shape, longer) == place

    most = 0
    if place is not FitPlace.NOWHERE:
        low, high = LEAST_N_CTX // _STEP, max(plan.n_ctx, shape.n_ctx_train or _UNKNOWN_N_CTX) // _STEP
        while low < high:
            middle = (low + high + 1) // 2
            low, high = (middle, high) if stays(middle) else (low, middle - 1)
        most = low * _STEP
    return Fit(place, plan, most, speed_of(plan, bandwidths))


def speed_of(plan: LoadPlan, bandwidths: Mapping[str, float]) -> float:
    """Return tokens/s: each token reads every weight once, and that takes nearly all of the time; 0 when unknown."""
    seconds = 0.0
    for device, read in zip(plan.devices, plan.reads, strict=False):
        if read:
            bandwidth = bandwidths.get(device.description or device.name, 0.0)
            if bandwidth <= 0:
                return 0.0
            seconds += read / bandwidth
    return 1 / seconds if seconds else 0.0


def scaled(shape: ModelShape, size: int) -> ModelShape:
    """Return the shape of the same model in another quantization.

    Args:
        size: Bytes of all its weights. Which tensors get more bits than others differs little.
    """
    factor = size / shape.size if shape.size else 1.0
    blocks = tuple(
        replace(
            block,
            size=int(block.size * factor),
            expert_size=int(block.expert_size * factor),
            idle_size=int(block.idle_size * factor),
        )
        for block in shape.blocks
    )
    inputs, outputs = int(shape.input_size * factor), int(shape.output_size * factor)
    return replace(shape, blocks=blocks, input_size=inputs, output_size=outputs)


def recommended(fits: Iterable[tuple[str, Fit]]) -> int:
    """Return the place of the quantization to take among these, from the smallest to the largest; -1 when none fits.

    That is the largest that is in the best place to be had and writes as fast as one reads, if its speed is known.
    """
    best, chosen = (len(FitPlace), True), -1
    order = list(FitPlace)
    for number, (quant, fit) in enumerate(fits):
        if fit.place is FitPlace.NOWHERE or (quant.upper() in _UNQUANTIZED and chosen >= 0):
            continue
        rank = (order.index(fit.place), 0 < fit.speed < READING_SPEED)
        if rank <= best:
            best, chosen = rank, number
    return chosen


def _place(shape: ModelShape, plan: LoadPlan) -> FitPlace:
    if plan.lacking is not None:
        return FitPlace.NOWHERE
    if not plan.n_gpu_layers:
        return FitPlace.CPU
    whole = plan.n_gpu_layers > len(shape.blocks) and not plan.n_cpu_experts
    return FitPlace.GPU if whole else FitPlace.PARTLY
