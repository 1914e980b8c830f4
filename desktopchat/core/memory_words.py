"""What a model takes and took, in words and as a table."""

from collections.abc import Sequence
from typing import Any

from desktopchat.core.beside import Beside
from desktopchat.core.errors import EngineMemoryError
from desktopchat.core.load_plan import LoadPlan
from desktopchat.core.memory import DeviceMemory
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.sentence import Sentence

_COLUMNS = ("weights", "KV cache", "compute", "together", "free")


def size_text(size: int) -> str:
    """Return a number of bytes for people."""
    return f"{size / 1e9:,.1f} GB" if size >= 1e9 else f"{size / 1e6:,.0f} MB"


def refusal(file: ModelFile, plan: LoadPlan) -> EngineMemoryError:
    """Return why a model is not loaded that would not fit."""
    assert plan.lacking is not None
    device, part = plan.lacking
    needed, free = size_text(part.total), size_text(device.free)
    if device.kind == "cpu":
        cause = Sentence(
            "{name} would take {needed} of memory, but only {free} are free.", name=file.name, needed=needed, free=free
        )
    else:
        cause = Sentence(
            "{name} would take {needed} of {device}, but only {free} are free there.",
            name=file.name,
            needed=needed,
            device=device.description or device.name,
            free=free,
        )
    return EngineMemoryError(cause, "Load it smaller, choose a smaller model, or close other programs.", table(plan))


def table(plan: LoadPlan, took: Sequence[DeviceMemory] = ()) -> str:
    """Return what was planned for each device and part, and below it what was really allocated, for technicians.

    Adapters are counted with the model, a projector is not: it is loaded when the first picture comes.
    """
    rows: list[tuple[str, ...]] = [("", *_COLUMNS)]
    for device, part in zip(plan.devices, plan.loaded, strict=True):
        rows.append((device.name, *_cells(part), size_text(device.free) if device.free else "unknown"))
        rows += [(f"  {one.name}", *_cells(more), "") for one, more in beside_on(plan, device.name)]
        rows += [("  took", *_cells(real), "") for real in took if real.device == part.device]
    width = max(len(row[0]) for row in rows)
    lines = [f"{row[0]:{width}}" + "".join(f"{cell:>11}" for cell in row[1:]) for row in rows]
    return "\n".join(line.rstrip() for line in [*lines, *_layout(plan)])


def report(plan: LoadPlan, took: Sequence[DeviceMemory]) -> dict[str, Any]:
    """Return plan and outcome as JSON can hold them, sizes in bytes."""
    real = {part.device: part for part in took}
    return {
        "context": plan.n_ctx,
        "kv_type": plan.kv_type,
        "flash_attention": plan.flash_attn,
        "gpu_layers": plan.n_gpu_layers,
        "cpu_experts": plan.n_cpu_experts,
        "devices": [
            {
                "name": device.name,
                "description": device.description,
                "free": device.free,
                "planned": _sizes(part),
                "took": _sizes(real[part.device]) if part.device in real else None,
                "beside": [
                    {"name": one.name, "kind": one.kind, "planned": _sizes(more)}
                    for one, more in beside_on(plan, device.name)
                ],
            }
            for device, part in zip(plan.devices, plan.loaded, strict=True)
        ],
        "reasons": [str(reason) for reason in (*plan.reasons, *plan.warnings)],
    }


def shared_report(n_ctx: int, device: str, took: Sequence[DeviceMemory]) -> dict[str, Any]:
    """Return what became of a load that was not planned, as other machines took a share of it.

    Args:
        device: Where the model is, in words.
    """
    devices = [
        {"name": part.device, "description": "", "free": 0, "planned": None, "took": _sizes(part)} for part in took
    ]
    return {"context": n_ctx, "on": device, "devices": devices, "reasons": []}


def beside_on(plan: LoadPlan, device: str) -> list[tuple[Beside, DeviceMemory]]:
    """Return what lies beside the model on a device."""
    return [(one, part) for one in plan.beside for part in one.memory if part.device == device and part.total]


def _sizes(part: DeviceMemory) -> dict[str, int]:
    return {"weights": part.weights, "kv": part.kv, "compute": part.compute}


def _cells(part: DeviceMemory) -> tuple[str, ...]:
    return tuple(size_text(size) for size in (part.weights, part.kv, part.compute, part.total))


def _layout(plan: LoadPlan) -> list[str]:
    attention = "on" if plan.flash_attn else "off"
    words = [f"context {plan.n_ctx:,} tokens", f"KV cache {plan.kv_type}", f"flash attention {attention}"]
    if len(plan.devices) > 1:
        words.append(f"{plan.n_gpu_layers} layers on the GPU")
    if plan.n_cpu_experts:
        words.append(f"experts of {plan.n_cpu_experts} layers on the CPU")
    return [", ".join(words), *plan.reasons, *plan.warnings]
