"""Whatever an adapter's file holds: it is refused or applied, and the process that computes lives on."""

import random
import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from desktopchat.core.adapter import Adapter, Kind
from desktopchat.core.errors import AdapterError
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import GenerationFinished, GenerationRequest
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect
from tests.adapter_maker import directions, pairs, write_control_vector, write_lora
from tests.tiny_models import write_tiny


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[ProcessEngine]:
    made = ProcessEngine(tmp_path / "engine.log")
    list(made.load(inspect(write_tiny(tmp_path / "base.gguf")), LoadParams(n_ctx=64, n_gpu_layers=0)))
    yield made
    made.close()


def assert_lives(engine: ProcessEngine) -> None:
    request = GenerationRequest(1, (), SamplingParams(temperature=0, max_tokens=2), "Hello", ignore_eos=True)
    *_, last = engine.generate(request)
    assert isinstance(last, GenerationFinished)


def is_applied(engine: ProcessEngine, path: Path, kind: Kind) -> bool:
    try:
        engine.adapt([Adapter(str(path), kind)])
    except AdapterError:
        return False
    assert_lives(engine)
    return True


@pytest.mark.parametrize("kind", ["lora", "control_vector"])
def test_damaged_files_end_no_process(engine: ProcessEngine, kind: Kind, tmp_path: Path, soak: bool) -> None:
    sound = tmp_path / "sound.gguf"
    if kind == "lora":
        write_lora(sound, pairs())
    else:
        write_control_vector(sound, directions())
    data = sound.read_bytes()
    chance = random.Random(7)
    damaged = tmp_path / "damaged.gguf"
    head = len(data) - sum(array.nbytes for array in (pairs() if kind == "lora" else directions()).values())
    applied = 0
    for _ in range(3000 if soak else 250):
        changed = bytearray(data)
        for _ in range(chance.choice([1, 1, 2, 4])):
            place = chance.randrange(head)
            match chance.randrange(4):
                case 0:
                    changed[place] ^= 1 << chance.randrange(8)
                case 1:
                    changed[place] = chance.choice([0, 1, 127, 128, 255])
                case 2:
                    number = chance.choice([0, 1, 2**31, 2**32, 2**63, 2**64 - 1, 2**40])
                    changed[place : place + 8] = struct.pack("<Q", number)
                case 3:
                    del changed[chance.randrange(len(changed)) :]
                    changed = changed or bytearray(b"G")
                    break
        damaged.write_bytes(changed)
        applied += is_applied(engine, damaged, kind)
    assert applied  # not all of a name or of a value counts
    assert_lives(engine)


def test_what_is_no_adapter_ends_no_process(engine: ProcessEngine, starter_model: Path, tmp_path: Path) -> None:
    (tmp_path / "empty.gguf").touch()
    (tmp_path / "noise.gguf").write_bytes(random.Random(1).randbytes(5000))
    wrong = ["base.gguf", "missing.gguf", ".", "empty.gguf", "noise.gguf"]
    for path in (*(tmp_path / name for name in wrong), starter_model, Path("/dev/zero"), Path("/dev/null")):
        for kind in ("lora", "control_vector"):
            assert not is_applied(engine, path, kind)
    assert_lives(engine)


@pytest.mark.parametrize("bad", [np.nan, np.inf, -np.inf])
@pytest.mark.parametrize("type_", ["<f4", np.float16])
def test_numbers_that_are_none_are_refused(engine: ProcessEngine, bad: float, type_: str, tmp_path: Path) -> None:
    parts = {name: array.astype(type_) for name, array in pairs().items()}
    path = write_lora(tmp_path / "lora.gguf", parts)
    assert is_applied(engine, path, "lora")
    next(iter(parts.values()))[1, 5] = bad
    assert not is_applied(engine, write_lora(path, parts), "lora")
    direction = directions()
    direction["direction.1"][3] = bad
    assert not is_applied(engine, write_control_vector(tmp_path / "vector.gguf", direction), "control_vector")


def test_control_vectors_that_would_overflow_are_refused(engine: ProcessEngine, tmp_path: Path) -> None:
    strong = {name: array * np.float32(1e38) for name, array in directions().items()}
    path = write_control_vector(tmp_path / "strong.gguf", strong)
    with pytest.raises(AdapterError, match="too strong together"):
        engine.adapt([Adapter(str(path), "control_vector", 90)])
    assert_lives(engine)
