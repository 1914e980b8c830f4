"""Shapes of models and devices as large as real ones."""

from dataclasses import replace

from desktopchat.core.device import Device
from desktopchat.core.model_shape import Block, ModelShape

GB = 10**9
MB = 10**6
# As large as a model of 8 billion parameters at 4 bits: 32 blocks of 140 MB, heads of 128.
DENSE = ModelShape(
    blocks=(Block(140 * MB, heads=32, query=4096, key=1024, value=1024, feed=3 * 14_336),) * 32,
    input_size=300 * MB,
    output_size=430 * MB,
    is_tied=False,
    embedding=4096,
    vocabulary=128_256,
    head=128,
    n_ctx_train=131_072,
)
# Nearly all of it are experts.
MIXED = replace(
    DENSE,
    blocks=(Block(400 * MB, 380 * MB, heads=32, query=4096, key=512, value=512, feed=3 * 768 * 8),) * 32,
)


def cpu(free: int = 64 * GB) -> Device:
    """A processor with some memory."""
    return Device("CPU", "A processor", "cpu", free, 64 * GB)


def gpu(free: int, name: str = "CUDA0", kind: str = "gpu") -> Device:
    """A graphics card."""
    return Device(name, "A card", kind, free, 24 * GB)
