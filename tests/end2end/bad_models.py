"""Files that are no models to work with."""

import struct
from pathlib import Path

from gguf_maker import METADATA, gguf


def damaged(kind: str, starter_model: Path, folder: Path) -> Path:
    """Make such a file and return its path."""
    path = folder / f"{kind}.gguf"
    match kind:
        case "folder":
            path.mkdir()
        case "web page":
            path.write_text("<!doctype html><title>Sign in</title>")
        case "text":
            path.write_text("a model, one would think")
        case "empty":
            path.touch()
        case "cut off":
            with starter_model.open("rb") as file:
                path.write_bytes(file.read(5_000_000))
        case "unknown architecture":
            path.write_bytes(gguf({**METADATA, "general.architecture": "warpnet", "warpnet.block_count": 2}))
        case "without tensors":
            path.write_bytes(gguf(METADATA, ()))
        case "fatal":
            # llama.cpp loads a norm of whole numbers, but aborts the process when it has to multiply with it.
            data = bytearray(starter_model.read_bytes())
            name = b"output_norm.weight"
            at = data.index(struct.pack("<Q", len(name)) + name) + 8 + len(name)
            (dimensions,) = struct.unpack_from("<I", data, at)
            struct.pack_into("<I", data, at + 4 + 8 * dimensions, 26)
            path.write_bytes(data)
    return path
