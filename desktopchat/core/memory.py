"""How much memory a model takes, worked out from its shape before it is loaded.

The caches are those of src/llama-kv-cache.cpp, llama-kv-cache-iswa.cpp and llama-memory-recurrent.cpp to the byte. The
compute buffer is where ggml-alloc.c lays what lives at the same time, which no formula can follow to the byte: ours
takes the widest of the moments that count. Measured against the real one in tests/integration/test_memory.py.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from desktopchat.core.model_shape import Block, ModelShape

KVType = Literal["f16", "q8_0"]

CPU = "CPU"
# Answers of one request share the prompt's KV cache, each in a sequence of its own.
SEQUENCES = 16
_F32, _I64 = 4, 8  # bytes of a number
_MOST = 2**60  # bytes; more is claimed by damaged files alone, and 64 bits must hold a sum of it
_KV_BYTES = {"f16": (1, 2), "q8_0": (32, 34)}  # elements and bytes of a block of ggml's type
_CELLS = 256  # the numbers of cells of a cache are padded to this (GGML_PAD in llama-context.cpp)


@dataclass(frozen=True, slots=True)
class DeviceMemory:
    """What a model takes of one device, in bytes.

    Attributes:
        device: ggml's name, such as "CPU" or "CUDA0".
        weights: The model itself.
        kv: KV cache and recurrent states.
        compute: What is needed while it computes.
    """

    device: str
    weights: int = 0
    kv: int = 0
    compute: int = 0

    @property
    def total(self) -> int:
        """All of it."""
        return self.weights + self.kv + self.compute

    def __add__(self, other: "DeviceMemory") -> "DeviceMemory":
        """Return both together; they are of the same device."""
        return DeviceMemory(self.device, self.weights + other.weights, self.kv + other.kv, self.compute + other.compute)


@dataclass(frozen=True, slots=True)
class Placing:
    """How a model is laid out, with nothing left open.

    Attributes:
        n_ctx: Context window in tokens.
        n_batch: Tokens of the prompt that are evaluated at a time.
        kv_type: Type of the KV cache.
        flash_attn: Whether attention is computed without the matrix of scores.
        gpus: Names of the GPUs that layers go to; empty when there are none.
        split: Share of the layers for each of them; they need not add up to 1.
        n_gpu_layers: Layers on them, where the output counts as one and goes first.
        n_cpu_experts: Blocks, from the first on, whose experts stay on the CPU all the same.
        n_sequences: Answers that can be generated at once.
        n_outputs: Tokens of one evaluation whose logits are wanted.
    """

    n_ctx: int
    n_batch: int
    kv_type: KVType = "f16"
    flash_attn: bool = False
    gpus: tuple[str, ...] = ()
    split: tuple[float, ...] = ()
    n_gpu_layers: int = 0
    n_cpu_experts: int = 0
    n_sequences: int = SEQUENCES
    n_outputs: int = 33

    def device_of(self, layer: int, layers: int) -> str:
        """Return where a layer goes, as `load_tensors` in src/llama-model.cpp does.

        Args:
            layer: From 0 on; the output is the last one.
            layers: Number of layers with the output.
        """
        on_gpu = min(self.n_gpu_layers, layers) if self.gpus else 0
        place = layer - (layers - on_gpu)
        if place < 0:
            return CPU
        parts = self.split if any(self.split) else (1.0,) * len(self.gpus)
        reached, whole = 0.0, sum(parts)
        for gpu, part in zip(self.gpus, parts, strict=False):
            reached += part / whole
            if place / on_gpu < reached:
                return gpu
        return self.gpus[-1]


def together(one: Sequence[DeviceMemory], other: Sequence[DeviceMemory]) -> tuple[DeviceMemory, ...]:
    """Return what two things take of each device of the first one."""
    more = {part.device: part for part in other}
    return tuple(part + more[part.device] if part.device in more else part for part in one)


def memory_of(shape: ModelShape, placing: Placing) -> tuple[DeviceMemory, ...]:
    """Return what a model takes of each device: the CPU first, then the GPUs."""
    layers = len(shape.blocks) + 1
    homes = [placing.device_of(layer, layers) for layer in range(layers)]
    return tuple(_on_device(shape, placing, device, homes) for device in (CPU, *placing.gpus))


def _on_device(shape: ModelShape, placing: Placing, device: str, homes: Sequence[str]) -> DeviceMemory:
    here = [block for block, home in zip(shape.blocks, homes, strict=False) if home == device]
    has_output = homes[-1] == device
    weights = sum(block.size for block in here)
    for place, block in enumerate(shape.blocks[: placing.n_cpu_experts]):
        if homes[place] != CPU:
            weights += block.expert_size * ((device == CPU) - (device == homes[place]))
    if device == CPU:
        weights += shape.input_size + (shape.output_size if has_output and not shape.is_tied else 0)
    elif has_output:
        weights += shape.output_size
    compute = _compute(shape, placing, here, device, has_output)
    sizes = (weights, _caches(shape, placing, here), compute)
    return DeviceMemory(device, *(min(size, _MOST) for size in sizes))


def _caches(shape: ModelShape, placing: Placing, blocks: Sequence[Block]) -> int:
    """Return the bytes of KV cache and recurrent states of some blocks.

    Without flash attention the values lie transposed, and all layers get the width of the widest (`v_trans`). Recurrent
    states are F32, one for each sequence.
    """
    block_elements, block_bytes = _KV_BYTES[placing.kv_type]
    widest = max((block.value for block in shape.blocks), default=0)
    total = 0
    for block in blocks:
        value = block.value if placing.flash_attn or not block.value else widest
        total += _cells(shape, placing, window=block.window) * (block.key + value) * block_bytes // block_elements
        total += placing.n_sequences * (block.conv_state + block.scan_state) * _F32
    return total


def _cells(shape: ModelShape, placing: Placing, *, window: bool) -> int:
    """Return how many tokens a cache holds: with a window only what the sequences and a batch can look back on."""
    whole = _padded(placing.n_ctx)
    if not window:
        return whole
    return _padded(min(whole, shape.window * placing.n_sequences + _batch(placing)))


def _batch(placing: Placing) -> int:
    return min(placing.n_batch, placing.n_ctx)


def _padded(count: int) -> int:
    return -(-count // _CELLS) * _CELLS


def _compute(shape: ModelShape, placing: Placing, blocks: Sequence[Block], device: str, has_output: bool) -> int:
    """Return the bytes of the compute buffer, and on the CPU of the one that the logits are handed out in.

    Inputs live all the time, the rest only for a moment: the widest moment counts. In each of them the residual, its
    norm and what is added to it live beside what is computed.
    """
    batch = _batch(placing)
    row = batch * _F32  # bytes of one element of each token
    outputs = min(batch, placing.n_outputs)
    logits = placing.n_sequences * shape.vocabulary * _F32 if device == CPU else 0
    if not blocks and not has_output:
        # What is given to the GPUs lies here first.
        return logits + (shape.embedding * row + _inputs(shape, placing) if placing.gpus else 0)
    moments = [0]
    if has_output:
        moments.append(outputs * (shape.vocabulary + 2 * shape.embedding) * _F32)
    for block in blocks:
        if block.feed:
            moments.append((block.feed + 4 * shape.embedding) * row)
        if block.scan:
            states = placing.n_sequences * (block.conv_state + block.scan_state) * _F32
            moments.append((block.scan + 2 * shape.embedding) * row + states)
        if block.heads:
            scores = 0 if placing.flash_attn else block.heads * _cells(shape, placing, window=block.window)
            moments.append((scores + 2 * block.query + 3 * shape.embedding) * row)
    return logits + _inputs(shape, placing) + max(moments)


def _inputs(shape: ModelShape, placing: Placing) -> int:
    """Return the bytes of what is given to each evaluation.

    These are token, position and place in the cache of each token; for each kind of cache a mask over its cells, F16
    for flash attention and else F32; and without flash attention the place of each single value, since they lie
    transposed (`llm_graph_input_attn_kv` in src/llama-graph.cpp).
    """
    batch = _batch(placing)
    total = batch * (2 * _F32 + _I64)
    widest = max((block.value for block in shape.blocks), default=0)
    for window in (False, True):
        if any(block.heads and block.window is window for block in shape.blocks):
            cells = _cells(shape, placing, window=window)
            total += batch * cells * (2 if placing.flash_attn else _F32)
            total += batch * _I64 * (1 if placing.flash_attn else 1 + widest)
    return total
