"""Why an engine process ended, in words that help."""

import signal
import sys
from pathlib import Path

from desktopchat.core.errors import EngineCrashedError

_TAIL = 16_384  # bytes of the log that are searched
_MEMORY = ("out of memory", "cudamalloc failed", "failed to allocate", "unable to allocate", "erroroutofdevicememory")
_DRIVER = ("cuda error", "vk::", "hip error", "device lost", "ggml_cuda", "no cuda-capable device")


def explain(exit_code: int | None, log: Path) -> EngineCrashedError:
    """Return an error that names the cause as far as exit code and log tell.

    Args:
        exit_code: As in `subprocess`: negative is a signal; None when the process was still running.
    """
    tail = _tail(log)
    lowered = tail.lower()
    details = f"{_exit_in_words(exit_code)}\n{tail}".strip()
    if any(mark in lowered for mark in _MEMORY):
        return EngineCrashedError(
            "The engine ran out of memory.",
            "Load the model with a smaller context or fewer GPU layers, or choose a smaller model.",
            details,
        )
    if any(mark in lowered for mark in _DRIVER):
        return EngineCrashedError(
            "The graphics driver failed under the engine.", "Load the model again, with fewer GPU layers.", details
        )
    if exit_code == -getattr(signal, "SIGKILL", 9):
        return EngineCrashedError(
            "The engine was killed by the system, most likely because memory ran out.",
            "Close other programs, or load the model with a smaller context.",
            details,
        )
    if "ggml_assert" in lowered or exit_code == -signal.SIGABRT:
        return EngineCrashedError(
            "llama.cpp gave up on this model file or these settings.",
            "Load the model again; if it happens again, download the file again or choose another model.",
            details,
        )
    return EngineCrashedError(
        f"The engine stopped unexpectedly ({_exit_in_words(exit_code)}).",
        "Load the model again; if it happens again, choose another model.",
        details,
    )


def _exit_in_words(exit_code: int | None) -> str:
    if exit_code is None:
        return "no exit code"
    if exit_code < 0 and sys.platform != "win32":
        try:
            return signal.Signals(-exit_code).name
        except ValueError:
            return f"signal {-exit_code}"
    return f"exit code {exit_code}"


def _tail(log: Path) -> str:
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(0, file.tell() - _TAIL))
            lines = file.read().decode("utf-8", "replace").splitlines()
    except OSError:
        return ""
    return "\n".join(lines[-20:])
