"""What is loaded beside a model: its adapters, and the projector that it sees through.

Where they go follows src/llama-adapter.cpp and tools/mtmd/clip.cpp of llama.cpp. Measured against what is allocated in
tests/integration/test_memory_beside.py.
"""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

from desktopchat.core.adapter import Adapter, AdapterFile, read_adapter
from desktopchat.core.errors import UserError
from desktopchat.core.gguf import GGUFHeader, read_header
from desktopchat.core.memory import CPU, DeviceMemory, Placing
from desktopchat.core.model_shape import ModelShape

_F32 = 4  # bytes of a number
_GREATEST = 2**24  # of a number in the header; what is above comes from a damaged file
_MOST = 2**60  # bytes
_LONGEST_SIDE = 8192  # of a picture; clip.cpp refuses projectors for longer ones, and nothing is taken
_INPUT, _BLOCK = "token_embd.", "blk."
# Tokens of the largest picture that projectors look at which take pictures of any size (`set_limit_image_tokens`); a
# header may tell the pixels instead. All others cut a picture into squares of one size.
_LARGEST = {
    "gemma4v": 1120,
    "glm4v": 4096,
    "kimivl": 1024,
    "lfm2": 256,
    "pixtral": 1024,
    "qwen2vl_merger": 4096,
    "qwen2.5vl_merger": 4096,
    "qwen3vl_merger": 4096,
}
_USUAL_MERGE = {"gemma4v": 3, "pixtral": 1, "kimivl": 1}  # patches to a side that become one token; else 2


@dataclass(frozen=True, slots=True)
class Beside:
    """Something that is loaded beside a model, in bytes.

    Attributes:
        kind: "adapter", or "projector", which is loaded when the first picture comes.
        name: What a person calls it.
        inputs: What lies where tokens are looked up, on the CPU.
        layers: What lies where each layer is, the output last.
        weights: What lies on the first GPU, or on the CPU when no layer is on a GPU.
        compute: What it needs there while it computes.
        memory: What it takes of each device, the CPU first; empty before it was placed.
    """

    kind: Literal["adapter", "projector"]
    name: str
    inputs: int = 0
    layers: tuple[int, ...] = ()
    weights: int = 0
    compute: int = 0
    memory: tuple[DeviceMemory, ...] = ()


def placed(beside: Beside, placing: Placing) -> tuple[DeviceMemory, ...]:
    """Return what something takes of each device beside a model that is laid out so."""
    sizes = dict.fromkeys((CPU, *placing.gpus), 0)
    sizes[CPU] += beside.inputs
    for layer, size in enumerate(beside.layers):
        sizes[placing.device_of(layer, len(beside.layers))] += size
    home = placing.gpus[0] if placing.gpus and placing.n_gpu_layers else CPU
    sizes[home] += beside.weights
    return tuple(
        DeviceMemory(device, min(size, _MOST), 0, beside.compute if device == home else 0)
        for device, size in sizes.items()
    )


def read_beside(shape: ModelShape, adapters: Sequence[Adapter], projector: str) -> tuple[Beside, ...]:
    """Return what is loaded beside a model. A file that cannot be read is left out: its own load says why.

    Args:
        projector: Path of the file; empty when there is none.
    """
    found: list[Beside] = []
    # llama.cpp adds all control vectors up into one.
    vectors = [one for one in adapters if one.kind == "control_vector"]
    for adapter in (*(one for one in adapters if one.kind == "lora"), *vectors[:1]):
        with suppress(UserError):
            found.append(adapter_beside(read_adapter(Path(adapter.path)), shape))
    if projector:
        with suppress(UserError):
            found.append(projector_beside(Path(projector)))
    return tuple(found)


def adapter_beside(file: AdapterFile, shape: ModelShape) -> Beside:
    """Return an adapter beside a model: each part of a LoRA adapter lies where the tensor is that it changes.

    A control vector has a direction for each layer but the first, whichever of them its file has.
    """
    count = len(shape.blocks)
    if file.kind == "control_vector":
        return Beside("adapter", file.name, layers=(0, *[shape.embedding * _F32] * (count - 1), 0)[: count + 1])
    inputs, layers = 0, [0] * (count + 1)
    for name, tensor in file.tensors.items():
        if name.startswith(_INPUT):
            inputs += tensor.size
        else:
            block = name.split(".")[1] if name.startswith(_BLOCK) else ""
            layers[min(int(block), count) if block.isdecimal() and len(block) < 4 else count] += tensor.size
    return Beside("adapter", file.name, inputs, tuple(layers))


def projector_beside(path: Path) -> Beside:
    """Return a projector beside a model, with what the largest picture takes that it looks at.

    Raises:
        ModelFileError: The file is missing or damaged.
    """
    header = read_header(path)
    weights = sum(tensor.size for tensor in header.tensors)
    return Beside("projector", path.stem, weights=weights, compute=min(compute(header, largest(header)), _MOST))


def largest(header: GGUFHeader) -> int:
    """Return the patches of the largest picture that a projector looks at as a whole."""
    kind, patch = header.text("clip.projector_type"), max(1, _number(header, "patch_size"))
    if pixels := _number(header, "image_max_pixels"):
        return pixels // patch**2
    if kind in _LARGEST:
        merge = _number(header, "spatial_merge_size") or _USUAL_MERGE.get(kind, 2)
        return _LARGEST[kind] * merge**2
    side = _number(header, "image_size")
    return (side // patch) ** 2 if side <= _LONGEST_SIDE else 0


def compute(header: GGUFHeader, patches: int) -> int:
    """Return the bytes of the buffer that a picture is computed in; attention is flash attention wherever it can be.

    Two moments count: when the pixels lie beside the patches that are made of them, and when a block has its widest
    layer beside the residual, its norm and what is given on.
    """
    width, feed = _number(header, "embedding_length"), _number(header, "feed_forward_length")
    names = {tensor.name for tensor in header.tensors}
    pixels = 3 * _number(header, "patch_size") ** 2
    cut = pixels + pixels // 2 + (width if "v.patch_embd.weight.1" in names else 0)
    gates = 2 if "v.blk.0.ffn_gate.weight" in names else 1
    return max(cut, gates * feed + 3 * width) * patches * _F32


def _number(header: GGUFHeader, key: str) -> int:
    return min(max(0, header.number(f"clip.vision.{key}")), _GREATEST)
