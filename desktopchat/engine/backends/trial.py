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


class Tryout:
    """One trial: loads the libraries of a folder and asks them for their devices.

    Args:
        folder: None tries the built-in ones.
        log: Receives what they print, in the place of what it held.
    """

    def __init__(self, folder: Path | None, log: Path) -> None:
        with contextlib.suppress(OSError):  # what can be said of the folder, the engine says
            log.unlink(missing_ok=True)
        self._engine = ProcessEngine(log, chooser=Fixed(Libraries(folder)))
        self._interrupted = False

    def run(self, seconds: float = SECONDS) -> Trial | None:
        """Return what came of it; None when it was interrupted.

        Args:
            seconds: The longest that it may take.
        """
        timer = Timer(seconds, self._engine.interrupt)
        timer.start()
        try:
            return _judged(self._engine.backend_info())
        except CancelledError:
            cause = Sentence("It hangs: nothing came of it in {count} seconds.", count=round(seconds))
            return None if self._interrupted else Trial(cause=cause, cure=_ANOTHER)
        except UserError as error:
            return Trial(cause=error.cause, cure=error.cure)
        finally:
            timer.cancel()
            self._engine.close()

    def interrupt(self) -> None:
        """End it. From any thread."""
        self._interrupted = True
        self._engine.interrupt()


def _judged(info: BackendInfo) -> Trial:
    """Say so when a build for GPUs finds none."""
    meant = next((kind for kind in info.kinds if kind in _NO_DEVICE), None)
    trial = Trial(info.devices, info.kinds)
    if meant is None or any(device.kind in ("gpu", "igpu") for device in info.devices):
        return trial
    kind = "Metal" if meant == "MTL" else meant
    cause = Sentence("{kind} finds no GPU here, so that the CPU does all the work.", kind=kind)
    return Trial(info.devices, info.kinds, cause, _NO_DEVICE[meant])
