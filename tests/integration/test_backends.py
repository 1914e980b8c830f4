"""Real backends: copies of the installed libraries, sound, damaged, crashing and hanging, in real children."""

import os
import shutil
import struct
import sys
import time
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from threading import Timer

import pytest
from backend_maker import real_folder

from desktopchat.core.backend import BUILT_IN
from desktopchat.core.errors import CancelledError, EngineLibraryError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.engine.api import ModelInfo, ModelLoaded
from desktopchat.engine.backends import manifest, packs
from desktopchat.engine.backends.choice import Backends
from desktopchat.engine.backends.folders import Folders, package_folder
from desktopchat.engine.backends.packs import Packs
from desktopchat.engine.backends.trial import Tryout
from desktopchat.engine.libraries import Fixed, Libraries
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect

LINUX = pytest.mark.skipif(sys.platform != "linux", reason="it goes by how Linux loads libraries")
EXECUTABLE = 1  # of a segment


@pytest.fixture(scope="module")
def real(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return real_folder(tmp_path_factory.mktemp("real") / "copy")


@pytest.fixture
def copy(real: Path, tmp_path: Path) -> Path:
    """One to damage."""
    folder = tmp_path / "beside" / "copy"
    shutil.copytree(real, folder)
    return folder


@pytest.fixture
def tiny(tmp_path: Path) -> ModelFile:
    from tiny_models import write_tiny

    return inspect(write_tiny(tmp_path / "tiny.gguf"))


def backends(tmp_path: Path, wanted: str) -> Backends:
    return Backends(Folders(tmp_path / "own", tmp_path / "beside"), tmp_path / "logs", lambda: wanted, 10)


@pytest.fixture
def engine(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[ProcessEngine]:
    """An engine that is to take the backend of a name."""
    made = ProcessEngine(tmp_path / "engine.log", chooser=backends(tmp_path, request.param))
    yield made
    made.close()


def load(engine: ProcessEngine, model: ModelFile) -> ModelInfo:
    *_, last = engine.load(model, LoadParams(n_ctx=256))
    assert isinstance(last, ModelLoaded)
    return last.info


def make_crash(library: Path) -> None:
    """Wipe the code of a library, so that its first initialiser crashes."""
    data = bytearray(library.read_bytes())
    (table,) = struct.unpack_from("<Q", data, 32)
    size, count = struct.unpack_from("<HH", data, 54)
    for place in range(table, table + size * count, size):
        kind, flags, offset, _, _, length = struct.unpack_from("<IIQQQQ", data, place)
        if kind == 1 and flags & EXECUTABLE:
            data[offset : offset + length] = bytes(length)
    library.write_bytes(data)


def test_a_trial_tells_the_devices(real: Path, tmp_path: Path) -> None:
    trial = Tryout(real, tmp_path / "log").run()
    assert trial is not None
    assert trial.works
    assert trial.cause == ""
    assert "CPU" in trial.kinds
    assert any(device.kind == "cpu" for device in trial.devices)


@pytest.mark.parametrize("engine", ["copy"], indirect=True)
def test_a_model_is_computed_by_the_chosen_libraries(engine: ProcessEngine, copy: Path, tiny: ModelFile) -> None:
    assert load(engine, tiny).warnings == ()
    info = engine.backend_info()
    assert info.folder == str(copy)
    assert "CPU" in [device.name for device in info.devices]


@LINUX
@pytest.mark.parametrize("engine", ["copy"], indirect=True)
def test_no_second_ggml_is_loaded(engine: ProcessEngine, copy: Path, tiny: ModelFile) -> None:
    load(engine, tiny)
    engine.backend_info()
    assert engine._child is not None
    maps = Path(f"/proc/{engine._child.process.pid}/maps").read_text()
    loaded = {line.split()[-1] for line in maps.splitlines() if "/libggml" in line or "/libllama" in line}
    assert {str(Path(path).parent) for path in loaded} == {str(copy)}
    assert len({Path(path).name.split(".")[0] for path in loaded}) == len(loaded)


@pytest.mark.parametrize("engine", ["copy"], indirect=True)
def test_a_missing_library_is_said_and_the_built_in_ones_answer(
    engine: ProcessEngine, copy: Path, tiny: ModelFile
) -> None:
    (copy / next(name for name in manifest.read(copy).files if "ggml-cpu" in name)).unlink()
    (warning,) = load(engine, tiny).warnings
    assert "The backend copy does not work here" in warning
    assert "damaged" in warning
    assert engine.backend_info().folder == str(package_folder())


@LINUX
@pytest.mark.parametrize("engine", ["copy"], indirect=True)
def test_libraries_that_cannot_be_loaded_are_given_up_in_the_middle_of_a_load(
    engine: ProcessEngine, copy: Path, tiny: ModelFile, tmp_path: Path
) -> None:
    library = copy / "libggml.so.0"
    chooser = backends(tmp_path, "copy")
    assert chooser.choose().folder == copy  # which is remembered
    stat = library.stat()
    library.write_bytes(bytes(stat.st_size))
    os.utime(library, ns=(stat.st_atime_ns, stat.st_mtime_ns))  # the disk has gone bad: nothing tells by the dates
    (warning,) = load(engine, tiny).warnings
    assert "does not work here" in warning
    assert engine.backend_info().folder == str(package_folder())


@LINUX
@pytest.mark.parametrize("engine", ["copy"], indirect=True)
def test_a_crash_loses_the_trial_alone(engine: ProcessEngine, copy: Path, tiny: ModelFile) -> None:
    make_crash(copy / "libggml-base.so.0")
    manifest.write(copy, manifest.describe(copy, "copy", "1", manifest.read(copy).built_for))
    (warning,) = load(engine, tiny).warnings
    assert "SIGSEGV" in warning or "SIGILL" in warning or "SIGBUS" in warning
    assert engine.backend_info().folder == str(package_folder())


@LINUX
def test_a_hang_ends_in_time(real: Path, tmp_path: Path) -> None:
    folder = tmp_path / "hanging"
    shutil.copytree(real, folder)
    (folder / "libllama.so").unlink()
    os.mkfifo(folder / "libllama.so")  # which nobody writes, so that opening it never ends
    trial = Tryout(folder, tmp_path / "log").run(1.5)
    assert trial is not None
    assert not trial.works
    assert "It hangs" in trial.cause
    assert trial.cure


@LINUX
def test_a_hang_does_not_keep_a_load_from_being_stopped(real: Path, tmp_path: Path, tiny: ModelFile) -> None:
    folder = tmp_path / "beside" / "copy"
    shutil.copytree(real, folder)
    (folder / "libllama.so").unlink()
    os.mkfifo(folder / "libllama.so")
    described = manifest.read(folder)
    whole = {name: file for name, file in described.files.items() if name != "libllama.so"}
    manifest.write(folder, replace(described, files=whole))
    chooser = Backends(Folders(tmp_path / "own", tmp_path / "beside"), tmp_path / "logs", lambda: "copy", 60)
    engine = ProcessEngine(tmp_path / "engine.log", chooser=chooser)
    stop = Timer(1.0, engine.interrupt)
    stop.start()
    started = time.monotonic()
    with pytest.raises(CancelledError):
        load(engine, tiny)
    engine.close()
    assert time.monotonic() - started < 10


@LINUX
def test_a_library_that_is_not_on_this_machine_is_named(real: Path, tmp_path: Path) -> None:
    folder = tmp_path / "needy"
    shutil.copytree(real, folder)
    for library in folder.glob("lib*"):
        # As if it had been built for CUDA: it asks for a driver that is not there.
        library.write_bytes(library.read_bytes().replace(b"libggml-cpu.so.0\0", b"libcuda.so.1\0\0\0\0\0"))
    trial = Tryout(folder, tmp_path / "log").run()
    assert trial is not None
    assert "libcuda.so.1" in trial.cause
    assert trial.cure == "Install NVIDIA's driver."


def test_an_engine_without_another_choice_says_why(tmp_path: Path, tiny: ModelFile) -> None:
    engine = ProcessEngine(tmp_path / "engine.log", chooser=Fixed(Libraries(tmp_path)))
    with pytest.raises(EngineLibraryError, match="missing or damaged") as caught:
        load(engine, tiny)
    engine.close()
    assert caught.value.cure


def test_a_pack_is_added_tried_and_chosen(real: Path, tmp_path: Path) -> None:
    packs.pack(real, tmp_path / "copy.zip")
    Packs(tmp_path / "own").add(tmp_path / "copy.zip")
    listed = {one.backend.name: one for one in backends(tmp_path, "copy").all()}
    assert listed["copy"].in_use
    assert listed["copy"].trial is not None
    assert listed["copy"].trial.works
    # It reaches no GPU that the built-in one does not reach, so nobody would take it by himself.
    automatic = {one.backend.name: one.in_use for one in backends(tmp_path, "auto").all()}
    assert automatic[BUILT_IN] or listed["copy"].trial.gpus
