"""A backend: llama.cpp's libraries for one kind of hardware, in a folder of their own."""

import re
from dataclasses import dataclass
from enum import Enum
from pathlib import Path

from desktopchat.core.device import Device
from desktopchat.core.sentence import Sentence

AUTOMATIC = "auto"
BUILT_IN = "built-in"  # what came with the Python package
# Of a backend and of a version; also the name of a folder on every system.
NAME = re.compile(r"[a-z0-9][a-z0-9.-]{0,63}")
_NOTHING = Sentence("")
# The best first, by what ggml calls its devices; any other GPU comes after these.
_KINDS = ("CUDA", "ROCm", "MTL", "Metal", "Vulkan")
# Drivers that let the CPU play a GPU, which is slower than the CPU itself.
_SOFTWARE = ("llvmpipe", "lavapipe", "swiftshader", "microsoft basic render")


class Origin(Enum):
    """Where a backend was found."""

    PACKAGE = "built-in"
    APP = "beside the app"
    OWN = "added"
    ENVIRONMENT = "LLAMA_CPP_LIB_PATH"


@dataclass(frozen=True, slots=True)
class Backend:
    """A folder that was found.

    Attributes:
        version: Of a pack; empty for others.
        before: The version that one can go back to; empty when there is none.
        cause, cure: Why it cannot be used; empty when nothing speaks against it.
    """

    name: str
    folder: Path
    origin: Origin
    version: str = ""
    before: str = ""
    cause: Sentence = _NOTHING
    cure: Sentence = _NOTHING

    @property
    def is_sound(self) -> bool:
        """Whether it can be tried."""
        return not self.cause


@dataclass(frozen=True, slots=True)
class Trial:
    """What came of trying a backend on this machine, in a process of its own.

    Attributes:
        devices: What it computes on; none when it does not work.
        kinds: What it was built for, as ggml calls it: "CPU", "Vulkan".
        cause, cure: Why it does not work, or reaches no GPU although it was built for one; empty when it does.
    """

    devices: tuple[Device, ...] = ()
    kinds: tuple[str, ...] = ()
    cause: Sentence = _NOTHING
    cure: Sentence = _NOTHING

    @property
    def works(self) -> bool:
        """Whether a model can be computed with it at all."""
        return bool(self.devices)

    @property
    def gpus(self) -> tuple[Device, ...]:
        """The GPUs that it reaches, without those that are played by the CPU."""
        return tuple(one for one in self.devices if one.kind in ("gpu", "igpu") and not is_software(one))

    @property
    def rank(self) -> int:
        """How much it is wanted, the least number first."""
        ranks = [
            next((rank for rank, kind in enumerate(_KINDS) if gpu.name.startswith(kind)), len(_KINDS))
            for gpu in self.gpus
        ]
        return min(ranks, default=len(_KINDS) + 1)


@dataclass(frozen=True, slots=True)
class Tried:
    """A backend with what came of trying it.

    Attributes:
        trial: None when it was not tried, because something speaks against it.
        in_use: It is the one that is taken now.
    """

    backend: Backend
    trial: Trial | None
    in_use: bool = False

    @property
    def cause(self) -> Sentence:
        """Why it does not work, or not as wanted; may be empty."""
        return self.trial.cause if self.trial else self.backend.cause

    @property
    def cure(self) -> Sentence:
        """What helps; may be empty."""
        return self.trial.cure if self.trial else self.backend.cure


def is_software(device: Device) -> bool:
    """Return whether a GPU is none: the CPU does its work."""
    return any(name in device.description.lower() for name in _SOFTWARE)
