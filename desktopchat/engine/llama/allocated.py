"""What llama.cpp really allocated, from what it writes to its log: its C API does not tell."""

import re
from collections.abc import Sequence

from desktopchat.core.memory import CPU, DeviceMemory

# The functions that say so (src/llama-model.cpp, llama-kv-cache.cpp, llama-memory-recurrent.cpp, llama-context.cpp,
# llama-adapter.cpp).
# Other lines may repeat texts of the model file, so that only these count.
_LINE = re.compile(
    r"(?:load_tensors|llama_(?:kv_cache|dsv4|adapter_lora)\w*|llama_memory_recurrent|llama_context|sched_reserve): +"
    r"(\S+)(?: \S+ \S+)? +(model|LoRA|KV|RS|state|output|compute) buffer size = +(\d+\.\d+) MiB"
)
_PARTS = {
    "model": "weights",
    "LoRA": "weights",
    "KV": "kv",
    "RS": "kv",
    "state": "kv",
    "output": "compute",
    "compute": "compute",
}
_NAMES = ("weights", "kv", "compute")
_MAPPED = "_Mapped"


class Allocated:
    """Collects the sizes of buffers, which llama.cpp gives to a hundredth of a MiB."""

    def __init__(self) -> None:
        self._sizes: list[tuple[str, str, int]] = []

    def clear(self) -> None:
        """Forget what was collected, before another load."""
        self._sizes.clear()

    def feed(self, line: str) -> None:
        """Look at a line of the log."""
        if match := _LINE.match(line):
            buffer, what, size = match.groups()
            self._sizes.append((buffer, _PARTS[what], round(float(size) * 2**20)))

    def on(self, planned: Sequence[DeviceMemory]) -> tuple[DeviceMemory, ...]:
        """Return what was allocated on each device.

        Of a file that is mapped into memory only what is in use counts. Its mapped part also spans weights that were
        then copied elsewhere (to a GPU, or into another order); the system takes those pages when it needs them.

        Args:
            planned: What was to be on them, the CPU first.
        """
        devices = [part.device for part in planned]
        sizes = {(device, part): 0 for device in devices for part in _NAMES}
        mapped = 0
        for buffer, part, size in self._sizes:
            device = _device_of(buffer, devices)
            if device == CPU and part == "weights" and buffer.endswith(_MAPPED):
                mapped += size
            else:
                sizes[device, part] += size
        cpu = devices[0], "weights"
        if any(sizes[device, "weights"] for device in devices):
            mapped = min(mapped, max(0, planned[0].weights - sizes[cpu]))
        sizes[cpu] += mapped
        return tuple(DeviceMemory(device, *(sizes[device, part] for part in _NAMES)) for device in devices)

    def among(self, devices: Sequence[str], size: int) -> tuple[DeviceMemory, ...]:
        """Return what was allocated on each device of a model that was not planned.

        Args:
            devices: The CPU first.
            size: Bytes of all its weights.
        """
        others = tuple(DeviceMemory(device) for device in devices[1:])
        elsewhere = sum(part.weights for part in self.on((DeviceMemory(CPU), *others))[1:])
        return self.on((DeviceMemory(CPU, max(0, size - elsewhere)), *others))


def _device_of(buffer: str, devices: Sequence[str]) -> str:
    """Return the device of a buffer: "CUDA0" is one of CUDA0, "CUDA_Host" and "CPU_REPACK" are of the CPU.

    Behind the name of an RPC device stands its address in brackets.
    """
    found = [device for device in devices[1:] if buffer == device or buffer.startswith((f"{device}_", f"{device}["))]
    return max(found, key=len, default=devices[0])
