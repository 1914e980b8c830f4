"""Other machines, or programs on this one, that take a share of a model: llama.cpp's RPC backend."""

from __future__ import annotations

import ctypes
from collections.abc import Sequence

from desktopchat.core.errors import EngineError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.llama import ggml
from desktopchat.engine.llama.native import Native


def add_helpers(native: Native, helpers: Sequence[str]) -> None:
    """Let these servers be devices of this process, as a GPU is one. Each is added once.

    Args:
        helpers: Host and port of each.

    Raises:
        EngineError: This build of llama.cpp has no such backend, or a server has no device.
    """
    backend = ggml.function("ggml_backend_reg_by_name", ctypes.c_void_p, ctypes.c_char_p)(b"RPC") or _load_beside()
    if not backend:
        raise EngineError(
            "This build of llama.cpp cannot share a model with other machines.",
            "Build it with CMAKE_ARGS=-DGGML_RPC=on, or leave out the RPC servers.",
        )
    address_of = ggml.function("ggml_backend_reg_get_proc_address", ctypes.c_void_p, ctypes.c_void_p, ctypes.c_char_p)
    add = ctypes.CFUNCTYPE(ctypes.c_void_p, ctypes.c_char_p)(address_of(backend, b"ggml_backend_rpc_add_server"))
    for helper in helpers:
        if helper in native.helpers:
            continue
        found = add(helper.encode())
        if not found:
            raise EngineError(
                Sentence("The RPC server at {host} has no device to share.", host=helper), "Look into its log."
            )
        ggml.function("ggml_backend_register", None, ctypes.c_void_p)(found)
        native.helpers.add(helper)


def _load_beside() -> int | None:
    """Load the backend from the folder of the other libraries; return None when it is not there."""
    for name in ("libggml-rpc.so", "libggml-rpc.dylib", "ggml-rpc.dll"):
        if (path := ggml.folder() / name).exists():
            load = ggml.function("ggml_backend_load", ctypes.c_void_p, ctypes.c_char_p)
            loaded: int | None = load(str(path).encode())
            return loaded
    return None
