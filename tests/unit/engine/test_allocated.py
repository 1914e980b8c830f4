"""What was allocated is read from llama.cpp's log, and from nothing else that stands there."""

import pytest

pytest.importorskip("llama_cpp")

from desktopchat.core.memory import DeviceMemory
from desktopchat.engine.llama.allocated import Allocated

MIB = 2**20
PLANNED = (DeviceMemory("CPU", 300 * MIB), DeviceMemory("CUDA0", 4000 * MIB), DeviceMemory("CUDA1", 1000 * MIB))
LINES = """
load_tensors:   CPU_Mapped model buffer size =   281.81 MiB
load_tensors:        CUDA0 model buffer size =  4013.50 MiB
load_tensors:        CUDA1 model buffer size =  1000.00 MiB
llama_kv_cache:      CUDA0 KV buffer size =   256.00 MiB
llama_kv_cache:        CPU KV buffer size =    64.00 MiB
llama_memory_recurrent:      CUDA0 RS buffer size =     8.00 MiB
llama_context:  CUDA_Host  output buffer size =     7.81 MiB
sched_reserve:      CUDA0 compute buffer size =   300.00 MiB
sched_reserve:  CUDA_Host compute buffer size =    20.00 MiB
"""


def fed(text: str) -> Allocated:
    allocated = Allocated()
    for line in text.splitlines():
        allocated.feed(line)
    return allocated


def test_buffers_are_added_up_by_device_and_part() -> None:
    cpu, first, second = fed(LINES).on(PLANNED)
    assert first == DeviceMemory("CUDA0", round(4013.5 * MIB), 264 * MIB, 300 * MIB)
    assert second == DeviceMemory("CUDA1", 1000 * MIB, 0, 0)
    assert cpu == DeviceMemory("CPU", round(281.81 * MIB), 64 * MIB, round(7.81 * MIB) + 20 * MIB)


def test_of_a_mapped_file_only_what_is_not_copied_elsewhere_counts() -> None:
    spanning = "load_tensors:   CPU_Mapped model buffer size =  4000.00 MiB\n"
    alone = fed(spanning).on(PLANNED[:1])
    assert alone[0].weights == 4000 * MIB
    copied = fed(f"{spanning}load_tensors:   CPU_REPACK model buffer size =   200.00 MiB").on(PLANNED[:1])
    assert copied[0].weights == 300 * MIB
    offloaded = fed(f"{spanning}load_tensors:        CUDA0 model buffer size =  4000.00 MiB").on(PLANNED)
    assert offloaded[0].weights == 300 * MIB


def test_what_other_machines_took_is_told_without_a_plan() -> None:
    cpu, there = fed(
        """
load_tensors:   CPU_Mapped model buffer size =   500.00 MiB
load_tensors: RPC0[127.0.0.1:50052] model buffer size =   300.00 MiB
llama_kv_cache: RPC0[127.0.0.1:50052] KV buffer size =   16.00 MiB
sched_reserve: RPC0[127.0.0.1:50052] compute buffer size =   20.00 MiB
sched_reserve:        CPU compute buffer size =    10.00 MiB
"""
    ).among(("CPU", "RPC0"), 510 * MIB)
    assert cpu == DeviceMemory("CPU", 210 * MIB, 0, 10 * MIB)
    assert there == DeviceMemory("RPC0", 300 * MIB, 16 * MIB, 20 * MIB)


def test_what_a_model_file_says_is_no_evidence() -> None:
    forged = "llama_model_loader: - kv   3: general.name str = load_tensors: CPU model buffer size = 9.00 MiB"
    assert fed(forged).on(PLANNED[:1])[0].total == 0


def test_another_load_starts_from_nothing() -> None:
    allocated = fed(LINES)
    allocated.clear()
    assert [part.total for part in allocated.on(PLANNED)] == [0, 0, 0]
