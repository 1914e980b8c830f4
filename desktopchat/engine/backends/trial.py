"""Trying a backend in a short-lived process: a driver that crashes or hangs loses nothing but this trial."""

import contextlib
from pathlib import Path
from threading import Timer

from desktopchat.core.backend import Trial
from desktopchat.core.errors import CancelledError, UserError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.api import BackendInfo
from desktopchat.engine.libraries import Fixed, Libraries
from desktopchat.engine.process import ProcessEngine

SECONDS = 20.0  # that a driver may take to start; CUDA was seen to need two
_ANOTHER = Sentence("Choose another backend, or update the driver.")
_NO_DEVICE = {
    "Vulkan": Sentence(
        "See whether the GPU has a Vulkan driver. Mesa's software driver, which is slower than the CPU, is taken only"
        " with GGML_VK_VISIBLE_DEVICES=0 in the environment."
    ),
    "CUDA": Sentence("See whether nvidia-smi shows the GPU; if not, install NVIDIA's driver."),
    "ROCm": Sentence("See whether rocminfo shows the GPU; if not, install AMD's driver."),
    "MTL": Sentence("Choose another backend."),
}


def try_backend(folder: Path | None, log: Path, seconds: float = SECONDS) -> Trial:
    """Load the libraries of a folder and ask them for their devices.

    Args:
        folder: None tries the built-in ones.
        log: Receives what they print, in the place of what it held.
        seconds: The longest that it may take.
    """
    with contextlib.suppress(OSError):  # what can be said of the folder, the engine says
        log.unlink(missing_ok=True)
    engine = ProcessEngine(log, chooser=Fixed(Libraries(folder)))
    timer = Timer(seconds, engine.interrupt)
    timer.start()
    try:
        return _judged(engine.backend_info())
    except CancelledError:
        cause = Sentence("It hangs: nothing came of it in {count} seconds.", count=round(seconds))
        return Trial(cause=cause, cure=_ANOTHER)
    except UserError as error:
        return Trial(cause=error.cause, cure=error.cure)
    finally:
        timer.cancel()
        engine.close()


def _judged(info: BackendInfo) -> Trial:
    """Say so when a build for GPUs finds none."""
    meant = next((kind for kind in info.kinds if kind in _NO_DEVICE), None)
    trial = Trial(info.devices, info.kinds)
    if meant is None or any(device.kind in ("gpu", "igpu") for device in info.devices):
        return trial
    kind = "Metal" if meant == "MTL" else meant
    cause = Sentence("{kind} finds no GPU here, so that the CPU does all the work.", kind=kind)
    return Trial(info.devices, info.kinds, cause, _NO_DEVICE[meant])
