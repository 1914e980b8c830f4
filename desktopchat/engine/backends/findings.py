"""What the GPUs of this machine lack, and the one line that cures it."""

from collections.abc import Sequence

from desktopchat.core.backend import Origin, Tried
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence
from desktopchat.engine.backends.hardware import Gpu

_OLD_DRIVERS = ("nouveau", "vfio-pci")  # of the kernel, with which a GPU of NVIDIA computes nothing


def findings(gpus: Sequence[Gpu], tried: Sequence[Tried]) -> list[Notice]:
    """Return what is to be said: of each GPU that is not used, and of each backend that is broken."""
    found = [
        Notice("warning", one.backend.cause, one.backend.cure)
        for one in tried
        if one.backend.origin is not Origin.PACKAGE and not one.backend.is_sound
    ]
    used = next((one for one in tried if one.in_use), None)
    if used is not None and used.trial is not None and used.trial.gpus:
        return found
    able = [one for one in tried if one.trial is not None and one.trial.gpus]
    for gpu in gpus:
        cause = Sentence("The GPU {name} is not used.", name=gpu.name)
        found.append(Notice("warning", cause, _cure(gpu, tried, able)))
    return found


def _cure(gpu: Gpu, tried: Sequence[Tried], able: Sequence[Tried]) -> Sentence:
    if able:
        best = min(able, key=lambda one: one.trial.rank if one.trial else 0).backend.name
        return Sentence("The backend {name} reaches one: desktopchat backend use {again}", name=best, again=best)
    if not gpu.driver or gpu.driver in _OLD_DRIVERS:
        return Sentence("Install the driver of {vendor} for it.", vendor=gpu.vendor)
    for name in gpu.backends:
        for one in tried:
            if one.backend.name == name and one.cause:
                return Sentence(
                    "The backend {name} does not work: {cause} {cure}", name=name, cause=one.cause, cure=one.cure
                )
    return Sentence(
        "Build the backend for it: python3 packaging/backend.py {name} --add",
        name=gpu.backends[0],
    )
