"""Other machines, or programs on this one, that take a share of a model: llama.cpp's RPC backend."""

from __future__ import annotations

import ctypes
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import llama_cpp
from llama_cpp import _ggml

from desktopchat.core.errors import EngineError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.llama.native import Native


def add_helpers(native: Native, helpers: Sequence[str]) -> None:
    """Let these servers be devices of this process, as a GPU is one. Each is added once.

    Args:
        helpers: Host and port of each.

    Raises:
        EngineError: This build of llama.cpp has no such backend, or a server has no device.
    """
    library = _library()
    backend = library.ggml_backend_reg_by_name(b"RPC") or _load_beside(library)
    if not backend:
        raise EngineError(
            "This build of llama.cpp cannot share a model with other machines.",
            "Build it with CMAKE_ARGS=-DGGML_RPC=on, or leave out the RPC servers.",
        )
    address = library.ggml_backend_reg_get_proc_address(backend, b"ggml_backend_rpc_add_server")
    add = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)(address)
    for helper in helpers:
        if helper in native.helpers:
            continue
        found = add(helper.encode())
        if not found:
            raise EngineError(
                Sentence("The RPC server at {host} has no device to share.", host=helper), "Look into its log."
            )
        library.ggml_backend_register(found)
        native.helpers.add(helper)


def _library() -> Any:
    """Return ggml as llama.cpp itself sees it.

    A wheel holds copies where a build has links, so that `_ggml.libggml` may be a second ggml with devices of its own;
    what libllama has loaded is found through it, except on Windows, where names are not copied.
    """
    library = _ggml.libggml if sys.platform == "win32" else llama_cpp.llama_cpp._lib
    library.ggml_backend_reg_by_name.restype = ctypes.c_void_p
    library.ggml_backend_reg_by_name.argtypes = [ctypes.c_char_p]
    library.ggml_backend_load.restype = ctypes.c_void_p
    library.ggml_backend_load.argtypes = [ctypes.c_char_p]
    library.ggml_backend_register.restype = None
    library.ggml_backend_register.argtypes = [ctypes.c_void_p]
    library.ggml_backend_reg_get_proc_address.restype = ctypes.c_void_p
    library.ggml_backend_reg_get_proc_address.argtypes = [ctypes.c_void_p, ctypes.c_char_p]
    return library


def _load_beside(library: Any) -> int | None:
    """Load the backend from the folder of the other libraries; return None when it is not there."""
    folder = Path(llama_cpp.llama_cpp._base_path)
    for name in ("libggml-rpc.so", "libggml-rpc.dylib", "ggml-rpc.dll"):
        if (folder / name).exists():
            loaded: int | None = library.ggml_backend_load(str(folder / name).encode())
            return loaded
    return None
