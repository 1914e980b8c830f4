"""ggml as llama.cpp itself has loaded it.

`llama_cpp._ggml` loads the library of the Python package a second time, with devices and backends of its own, whatever
folder llama.cpp itself came from. So it is found through libllama, except on Windows, where a library has no names of
those that it needs; there the same file is opened once more, which gives the one that is loaded.
"""

import contextlib
import ctypes
import re
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llama_cpp
from llama_cpp import _ctypes_extensions

_WINDOWS_NAMES = ("ggml", "ggml-base", "ggml-cpu")


def folder() -> Path:
    """Return the folder that llama.cpp's libraries came from."""
    return Path(llama_cpp.llama_cpp._base_path)


def function(name: str, result: Any, *arguments: Any) -> Any:
    """Return a function of ggml.

    Args:
        result, arguments: Its types, as ctypes has them; None is no result.

    Raises:
        AttributeError: It has none of that name.
    """
    library = next(one for one in _libraries() if hasattr(one, name))
    # A new object each time, so that its types are nobody else's.
    return ctypes.CFUNCTYPE(result, *arguments)((name, library))


def load_backends() -> None:
    """Load those that lie in the folder, in a build that links none: the CPU's for this very processor, and GPUs."""
    if not function("ggml_backend_reg_count", ctypes.c_size_t)():
        function("ggml_backend_load_all_from_path", None, ctypes.c_char_p)(str(folder()).encode())


def cpu_library() -> str:
    """Return the name of the library that computes on the processor, where the system tells what is loaded."""
    with contextlib.suppress(OSError):
        found = re.search(r"/(?:lib)?(ggml-cpu[\w-]*)\.so", Path("/proc/self/maps").read_text("utf-8", "replace"))
        return found[1] if found else ""
    return ""


def _libraries() -> Sequence[Any]:
    libllama = llama_cpp.llama_cpp._lib
    if sys.platform != "win32":
        return (libllama,)
    names = [name for name in _WINDOWS_NAMES if (folder() / f"{name}.dll").exists()]
    return [_ctypes_extensions.load_shared_library(name, folder()) for name in names]
