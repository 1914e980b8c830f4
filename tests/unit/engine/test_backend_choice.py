"""What is chosen, with trials whose outcome is given; tests/integration/test_backends.py tries real libraries."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path
from threading import Event, Lock

import pytest
from backend_maker import small_folder

from desktopchat.core.backend import BUILT_IN, Trial
from desktopchat.core.device import Device
from desktopchat.core.errors import EngineLibraryError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.backends import choice, hardware, manifest
from desktopchat.engine.backends.choice import Backends
from desktopchat.engine.backends.folders import Folders
from desktopchat.engine.backends.packs import Packs

CPU = Trial((Device("CPU", "a CPU", "cpu", 1, 2),), ("CPU",))
BROKEN = Trial(cause=Sentence("It hangs."), cure=Sentence("Update the driver."))
INTERRUPTED = Trial()


def gpu(name: str, description: str = "a GPU", kind: str = "gpu") -> Trial:
    return Trial((Device(name, description, kind, 1, 2), *CPU.devices), ("CPU", name))


class FakeTryout:
    def __init__(self, outcome: Trial) -> None:
        self._outcome = outcome

    def run(self, _seconds: float) -> Trial | None:
        return None if self._outcome is INTERRUPTED else self._outcome


class Bench:
    """Backends beside the app whose trials end as they are told to."""

    def __init__(self, folder: Path, outcomes: dict[str, Trial]) -> None:
        self.folder = folder
        self.outcomes = {BUILT_IN: CPU, **outcomes}
        self.tries: list[str] = []
        self.wanted = "auto"
        for name in outcomes:
            small_folder(folder / "beside" / name, name)

    def backends(self) -> Backends:
        folders = Folders(self.folder / "own", self.folder / "beside")
        return Backends(folders, self.folder, lambda: self.wanted)

    def tryout(self, folder: Path | None, _log: Path) -> "FakeTryout":
        name = folder.name if folder else BUILT_IN
        self.tries.append(name)
        return FakeTryout(self.outcomes[name])

    def chosen(self) -> str:
        folder = self.backends().choose().folder
        return folder.name if folder else BUILT_IN


@pytest.fixture
def bench(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[..., Bench]:
    def make(**outcomes: Trial) -> Bench:
        made = Bench(tmp_path, outcomes)
        monkeypatch.setattr(choice, "Tryout", made.tryout)
        return made

    return make


def test_the_built_in_one_alone_is_not_tried(bench: Callable[..., Bench]) -> None:
    rig = bench()
    assert rig.chosen() == BUILT_IN
    assert rig.tries == []


@pytest.mark.parametrize(
    ("outcomes", "best"),
    [
        ({"vulkan": gpu("Vulkan0"), "cuda": gpu("CUDA0"), "rocm": gpu("ROCm0")}, "cuda"),
        ({"vulkan": gpu("Vulkan0"), "rocm": gpu("ROCm0")}, "rocm"),
        ({"vulkan": gpu("Vulkan0"), "cuda": BROKEN}, "vulkan"),
        ({"vulkan": gpu("Vulkan0", kind="igpu")}, "vulkan"),
        ({"vulkan": CPU, "cuda": BROKEN}, BUILT_IN),
        ({"vulkan": gpu("Vulkan0", "llvmpipe (LLVM 15)")}, BUILT_IN),
        ({"new": gpu("Photon0"), "vulkan": gpu("Vulkan0")}, "vulkan"),
    ],
)
def test_the_best_gpu_is_taken(bench: Callable[..., Bench], outcomes: dict[str, Trial], best: str) -> None:
    assert bench(**outcomes).chosen() == best


def test_a_trial_is_remembered_until_the_folder_changes(bench: Callable[..., Bench]) -> None:
    rig = bench(vulkan=gpu("Vulkan0"))
    assert [rig.chosen(), rig.chosen()] == ["vulkan", "vulkan"]
    assert sorted(rig.tries) == [BUILT_IN, "vulkan"]
    file = rig.folder / "beside" / "vulkan" / "libllama.so"
    data = file.read_bytes()
    file.unlink()
    assert rig.chosen() == BUILT_IN
    file.write_bytes(data)
    assert rig.chosen() == "vulkan"
    assert rig.tries.count("vulkan") == 2
    assert rig.tries.count(BUILT_IN) == 1


def test_two_that_look_at_once_try_each_backend_once(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    rig = bench(vulkan=gpu("Vulkan0"))
    lock, runs = Lock(), FakeTryout.run
    started, may_end = Event(), Event()

    def slowly(self: FakeTryout, seconds: float) -> Trial | None:
        started.set()
        may_end.wait(10)
        return runs(self, seconds)

    monkeypatch.setattr(FakeTryout, "run", slowly)
    folders = Folders(rig.folder / "own", rig.folder / "beside")
    both = [Backends(folders, rig.folder, lambda: "auto", trials=lock) for _ in range(2)]
    with ThreadPoolExecutor(2) as executor:
        first = executor.submit(both[0].choose)
        assert started.wait(10)
        second = executor.submit(both[1].all)
        assert lock.locked()
        may_end.set()
        assert first.result().folder == rig.folder / "beside" / "vulkan"
        assert [one.trial is not None for one in second.result()] == [True, True]
    assert sorted(rig.tries) == [BUILT_IN, "vulkan"]


def test_other_hardware_is_tried_anew(bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch) -> None:
    rig = bench(vulkan=gpu("Vulkan0"))
    rig.chosen()
    monkeypatch.setattr(hardware, "key", lambda: "other")
    rig.outcomes["vulkan"] = BROKEN
    assert rig.chosen() == BUILT_IN


def test_a_failure_is_forgotten_after_a_day(bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch) -> None:
    rig = bench(vulkan=BROKEN)
    assert [rig.chosen(), rig.chosen()] == [BUILT_IN, BUILT_IN]
    assert rig.tries.count("vulkan") == 1
    now = choice.time.time()
    monkeypatch.setattr(choice.time, "time", lambda: now + 25 * 3600)
    rig.outcomes["vulkan"] = gpu("Vulkan0")
    assert rig.chosen() == "vulkan"


def test_a_trial_that_was_interrupted_is_made_again(bench: Callable[..., Bench]) -> None:
    rig = bench(vulkan=INTERRUPTED)
    assert rig.chosen() == BUILT_IN
    rig.outcomes["vulkan"] = gpu("Vulkan0")
    assert rig.chosen() == "vulkan"


def test_damaged_content_is_seen_by_its_hash(bench: Callable[..., Bench]) -> None:
    rig = bench(vulkan=gpu("Vulkan0"))
    file = rig.folder / "beside" / "vulkan" / "libllama.so"
    file.write_bytes(b"x" * file.stat().st_size)
    rig.wanted = "vulkan"
    libraries = rig.backends().choose()
    assert libraries.folder is None
    assert "damaged: libllama.so" in libraries.warnings[0]
    assert rig.tries == []


def test_what_was_asked_for_is_taken_with_what_there_is_to_say(bench: Callable[..., Bench]) -> None:
    said = Trial(CPU.devices, ("CPU", "Vulkan"), Sentence("Vulkan finds no GPU here."), Sentence("Install a driver."))
    rig = bench(vulkan=said, cuda=BROKEN)
    rig.wanted = "vulkan"
    libraries = rig.backends().choose()
    assert libraries.folder is not None
    assert libraries.warnings == ("Vulkan finds no GPU here. Install a driver.",)
    rig.wanted = "cuda"
    libraries = rig.backends().choose()
    assert libraries.folder is None
    assert libraries.warnings == (
        "The backend cuda does not work here: It hangs. The built-in one is used. Update the driver.",
    )
    rig.wanted = "none"
    libraries = rig.backends().choose()
    assert libraries.folder is None
    assert libraries.warnings[0].startswith("There is no backend called none. The built-in one is used.")


def test_the_environment_goes_before_every_choice(
    bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    rig = bench(cuda=gpu("CUDA0"))
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(tmp_path))
    assert rig.backends().choose().folder is None  # so that the variable reaches the child as it is
    assert rig.tries == []


def test_libraries_that_could_not_be_loaded_are_given_up(bench: Callable[..., Bench]) -> None:
    rig = bench(cuda=gpu("CUDA0"), vulkan=gpu("Vulkan0"))
    backends = rig.backends()
    libraries = backends.choose()
    assert libraries.folder is not None
    assert libraries.folder.name == "cuda"
    assert backends.give_up(libraries, EngineLibraryError("It needs libcuda.so.1.", "Install the driver."))
    assert rig.chosen() == "vulkan"
    rig.wanted = "cuda"
    assert "libcuda.so.1" in rig.backends().choose().warnings[0]
    assert not backends.give_up(choice.Libraries(), EngineLibraryError("No llama.cpp."))


def test_an_own_one_that_no_longer_fits_is_missed(bench: Callable[..., Bench], tmp_path: Path) -> None:
    rig = bench()
    Packs(tmp_path / "own").add(small_folder(tmp_path / "cuda", "cuda"))
    (folder,) = (one for one in (tmp_path / "own" / "cuda").iterdir() if one.is_dir())
    manifest.write(folder, replace(manifest.read(folder), built_for="0.1.2"))  # as after an update of the program
    libraries = rig.backends().choose()
    assert libraries.folder is None
    (warning,) = libraries.warnings
    assert "built for llama-cpp-python 0.1.2" in warning


def test_a_broken_memory_costs_a_trial_and_no_more(bench: Callable[..., Bench]) -> None:
    rig = bench(vulkan=gpu("Vulkan0"))
    rig.chosen()
    (rig.folder / "own" / "trials.json").write_text("{broken")
    assert rig.chosen() == "vulkan"
    assert rig.tries.count("vulkan") == 2


def test_all_are_listed_with_the_one_in_use(bench: Callable[..., Bench]) -> None:
    rig = bench(cuda=BROKEN, vulkan=gpu("Vulkan0"))
    found = {one.backend.name: one for one in rig.backends().all()}
    assert [name for name, one in found.items() if one.in_use] == ["vulkan"]
    assert found["cuda"].cause == "It hangs."
    assert found[BUILT_IN].trial == CPU
