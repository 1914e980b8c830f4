"""The suggestion of a model size, in words."""

from PySide6.QtCore import QCoreApplication

from desktopchat.core.model_size import Suggestion
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import joined


def size_notice(suggestion: Suggestion, key: str) -> Notice:
    """Return what the banner says.

    Args:
        key: The one that opens a model; empty when there is none.
    """
    memory = suggestion.memory
    if memory.gpu:
        words = QCoreApplication.translate(
            "SizeHint",
            "An estimate: {free} of the {total} of {gpu} are free. They hold a model file of up to {size}, some "
            "{parameters} billion parameters at 4 bits, which would write at least {speed} tokens a second.",
        )
    else:
        words = QCoreApplication.translate(
            "SizeHint",
            "An estimate: {free} of this computer's {total} of memory are free. A model file of up to {size}, some "
            "{parameters} billion parameters at 4 bits, would write about {speed} tokens a second.",
        )
    cause = words.format(
        size=_gigabytes(suggestion.size),
        parameters=_billions(suggestion.parameters),
        free=_gigabytes(memory.free),
        total=_gigabytes(memory.total),
        gpu=memory.gpu,
        speed=f"{suggestion.speed:.0f}",
    )
    if suggestion.is_slowness_the_limit:
        slow = QCoreApplication.translate("SizeHint", "Larger ones fit, but write more slowly than one reads.")
        cause = joined(cause, slow)
    cure = QCoreApplication.translate("SizeHint", "Its answers would be far better than those of this tiny one.")
    if key:
        opens = QCoreApplication.translate("SizeHint", "{key} opens a GGUF file that you have.").format(key=key)
        cure = joined(cure, opens)
    return Notice("hint", cause, cure, "model.open")


def _gigabytes(size: int) -> str:
    return f"{size / 1e9:.1f} GB"


def _billions(count: float) -> str:
    billions = count / 1e9
    return f"{billions:.1f}" if billions < 2 else f"{billions:.0f}"
