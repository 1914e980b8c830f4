"""Why an engine process ended, in words that help."""

import re
import signal
import sys
from pathlib import Path

from desktopchat.core.errors import (
    EndlessTemplateError,
    EngineCrashedError,
    EngineCrashedForMemoryError,
    EngineLibraryError,
)
from desktopchat.core.sentence import Sentence

_TAIL = 16_384  # bytes of the log that are searched
_MEMORY = ("out of memory", "cudamalloc failed", "failed to allocate", "unable to allocate", "erroroutofdevicememory")
_DRIVER = ("cuda error", "vk::", "hip error", "device lost", "ggml_cuda", "no cuda-capable device")
_HELPER = ("rpc server crashed", "failed to connect to", "rpc handshake failed")
# An instruction that the processor does not know; on Windows STATUS_ILLEGAL_INSTRUCTION.
_ILLEGAL = (-signal.SIGILL, 0xC000001D)
_GPU = ("gpu", "cuda", "vulkan", "rocm", "hip", "metal", "sycl")
# What the last trace of a child shows that ended itself because of a chat template (guard.Bounds).
_TRACE, _TEMPLATE = "Timeout (", ('File "<template>"', "/jinja2/", "\\jinja2\\")
# What Python says when llama.cpp's libraries cannot be loaded, and the system of one that they need.
_NO_LIBRARY = re.compile(
    r"^(?:RuntimeError|FileNotFoundError|AttributeError): (.*(?:hared library|symbol).*)", re.MULTILINE
)
_NEEDED = re.compile(r"([\w.+-]+\.so[\w.]*): cannot open shared object|Library not loaded: \S*?([\w.+-]+\.dylib)")
# Who provides what they need, by the beginning of its name.
_PROVIDERS = (
    (("libcuda.",), Sentence("Install NVIDIA's driver.")),
    (("libcudart", "libcublas", "libnccl"), Sentence("Install NVIDIA's CUDA runtime.")),
    (("libvulkan",), Sentence("Install the Vulkan loader; on Debian: sudo apt install libvulkan1.")),
    (("libamdhip", "libhipblas", "librocblas", "libhsa"), Sentence("Install AMD's ROCm.")),
)
_OTHER_BACKEND = Sentence("Choose another backend: desktopchat backend list.")


def names_gpu(text: str) -> bool:
    """Return whether a device or a log speaks of a GPU."""
    return any(word in text.lower() for word in _GPU)


def explain(exit_code: int | None, log: Path, log_start: int = 0) -> EngineCrashedError:
    """Return an error that names the cause as far as exit code and log tell.

    Args:
        exit_code: As in `subprocess`: negative is a signal; None when the process was still running.
        log_start: Where in the log this process began; what stands before is of others.
    """
    _, marked, trace = _end_of(log, log_start).rpartition(_TRACE)
    if exit_code == 1 and marked and any(mark in trace for mark in _TEMPLATE):
        return EndlessTemplateError(
            "The chat template of this model came to no end, so the engine was ended.",
            "Choose another template for this model.",
            trace,
        )
    tail = _tail(log, log_start)
    if exit_code == 1 and (found := _NO_LIBRARY.search(tail)):
        return _library_error(found[1], tail)
    lowered = tail.lower()
    details = f"{_exit_in_words(exit_code)}\n{tail}".strip()
    if any(mark in lowered for mark in _MEMORY):
        return EngineCrashedForMemoryError(
            "The engine ran out of memory.",
            "Load the model with a smaller context or fewer GPU layers, or choose a smaller model.",
            details,
        )
    if any(mark in lowered for mark in _HELPER):
        return EngineCrashedError(
            "A machine that shares the model broke off.",
            "See whether its RPC server runs, and load the model again, or without it.",
            details,
        )
    if any(mark in lowered for mark in _DRIVER):
        return EngineCrashedError(
            "The graphics driver failed under the engine.", "Load the model again, with fewer GPU layers.", details
        )
    if exit_code == -getattr(signal, "SIGKILL", 9):
        return EngineCrashedForMemoryError(
            "The engine was killed by the system, most likely because memory ran out.",
            "Close other programs, or load the model with a smaller context.",
            details,
        )
    if exit_code in _ILLEGAL:
        return EngineCrashedError(
            "llama.cpp was built for another processor than the one of this machine.",
            "Choose another backend, or set the program up again on this machine.",
            details,
        )
    if "ggml_assert" in lowered or exit_code == -signal.SIGABRT:
        return EngineCrashedError(
            "llama.cpp gave up on this model file or these settings.",
            "Load the model again; if it happens again, download the file again or choose another model.",
            details,
        )
    return EngineCrashedError(
        Sentence("The engine stopped unexpectedly ({exit}).", exit=_exit_in_words(exit_code)),
        "Load the model again; if it happens again, choose another model.",
        details,
    )


def _library_error(reason: str, tail: str) -> EngineLibraryError:
    """Return what keeps llama.cpp's libraries from being loaded."""
    if "symbol" in reason and "cannot open" not in reason:
        cause = Sentence("llama.cpp's libraries are not of the version that this program needs.")
        return EngineLibraryError(cause, _OTHER_BACKEND, tail)
    found = _NEEDED.search(reason)
    if found is None:
        return EngineLibraryError("llama.cpp's libraries are missing or damaged.", _OTHER_BACKEND, tail)
    needed = found[1] or found[2]
    cures = (cure for names, cure in _PROVIDERS if needed.startswith(names))
    cause = Sentence("llama.cpp's libraries need {library}, which is not on this machine.", library=needed)
    return EngineLibraryError(cause, next(cures, _OTHER_BACKEND), tail)


def _exit_in_words(exit_code: int | None) -> Sentence:
    if exit_code is None:
        return Sentence("no exit code")
    if exit_code < 0 and sys.platform != "win32":
        try:
            return Sentence(signal.Signals(-exit_code).name)
        except ValueError:
            return Sentence("signal {number}", number=str(-exit_code))
    return Sentence("exit code {number}", number=str(exit_code))


def _tail(log: Path, start: int) -> str:
    # The metadata of the model file, which llama.cpp prints, is foreign text and no evidence.
    lines = [line for line in _end_of(log, start).splitlines() if ": - kv " not in line]
    return "\n".join(lines[-20:])


def _end_of(log: Path, start: int) -> str:
    try:
        with log.open("rb") as file:
            file.seek(0, 2)
            file.seek(max(start, file.tell() - _TAIL))
            return file.read().decode("utf-8", "replace")
    except OSError:
        return ""
