from pathlib import Path

import pytest

from desktopchat.core.backend import Backend, Origin, Trial, Tried
from desktopchat.core.device import Device
from desktopchat.core.sentence import Sentence
from desktopchat.engine.backends import hardware
from desktopchat.engine.backends.findings import findings
from desktopchat.engine.backends.hardware import Gpu

HERE = Path("here")
CPU = Device("CPU", "a CPU", "cpu", 1, 1)
H100 = Gpu("NVIDIA", "NVIDIA H100", "nvidia", ("cuda", "vulkan"))
BUILT_IN = Tried(Backend("built-in", HERE, Origin.PACKAGE), Trial((CPU,), ("CPU",)), in_use=True)


def own(name: str, trial: Trial | None, *, in_use: bool = False, cause: str = "") -> Tried:
    return Tried(Backend(name, HERE, Origin.OWN, cause=Sentence(cause), cure=Sentence("")), trial, in_use)


def test_a_machine_without_a_gpu_lacks_nothing() -> None:
    assert findings((), [BUILT_IN]) == []


def test_a_gpu_without_a_backend_is_told_what_to_build() -> None:
    (found,) = findings([H100], [BUILT_IN])
    assert "NVIDIA H100" in found.cause
    assert found.cure.endswith("packaging/backend.py cuda --add")


@pytest.mark.parametrize("driver", ["", "nouveau"])
def test_a_gpu_without_a_driver_needs_that_first(driver: str) -> None:
    (found,) = findings([Gpu("NVIDIA", "GTX", driver, ("cuda",))], [BUILT_IN])
    assert found.cure == "Install the driver of NVIDIA for it."


def test_a_backend_that_does_not_work_says_why() -> None:
    broken = own("cuda", Trial(cause=Sentence("It needs libcudart.so.13."), cure=Sentence("Install the runtime.")))
    (found,) = findings([H100], [BUILT_IN, broken])
    assert "libcudart.so.13" in found.cure
    assert "Install the runtime." in found.cure


def test_a_backend_that_was_not_chosen_is_offered() -> None:
    able = own("vulkan", Trial((Device("Vulkan0", "H100", "gpu", 1, 1),), ("Vulkan",)))
    (found,) = findings([H100], [BUILT_IN, able])
    assert found.cure.endswith("desktopchat backend use vulkan")


def test_a_gpu_that_is_used_is_no_finding() -> None:
    used = own("cuda", Trial((Device("CUDA0", "H100", "gpu", 1, 1),), ("CUDA",)), in_use=True)
    assert findings([H100], [used]) == []


def test_a_broken_backend_is_one_without_a_gpu_too() -> None:
    (found,) = findings((), [BUILT_IN, own("vulkan", None, cause="The backend vulkan is damaged: x.")])
    assert "damaged" in found.cause


def pci(folder: Path, vendor: str, kind: str, driver: str = "") -> None:
    folder.mkdir(parents=True)
    (folder / "vendor").write_text(f"{vendor}\n")
    (folder / "class").write_text(f"{kind}\n")
    (folder / "device").write_text("0x2330\n")
    if driver:
        (folder.parents[1] / "drivers" / driver).mkdir(parents=True)
        (folder / "driver").symlink_to(folder.parents[1] / "drivers" / driver)


def test_gpus_are_found_on_the_bus(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hardware.sys, "platform", "linux")
    monkeypatch.setattr(hardware, "_PCI", tmp_path / "pci")
    monkeypatch.setattr(hardware, "_NVIDIA", tmp_path / "nvidia")
    pci(tmp_path / "pci" / "0000:01:00.0", "0x10de", "0x030200", "nvidia")
    pci(tmp_path / "pci" / "0000:02:00.0", "0x1002", "0x030000")
    pci(tmp_path / "pci" / "0000:03:00.0", "0x8086", "0x020000")  # a network card
    pci(tmp_path / "pci" / "0000:04:00.0", "0x1af4", "0x030000")  # a virtual screen
    about = tmp_path / "nvidia" / "gpus" / "0000:01:00.0"
    about.mkdir(parents=True)
    (about / "information").write_text("Model: \t\t NVIDIA H100 80GB HBM3\nIRQ: 1\n")
    (tmp_path / "nvidia" / "version").write_text("NVRM version: NVIDIA UNIX x86_64 Kernel Module  580.82.07  Tue\n")
    assert hardware.gpus() == (
        Gpu("NVIDIA", "NVIDIA H100 80GB HBM3", "nvidia", ("cuda", "vulkan")),
        Gpu("AMD", "AMD GPU 2330", "", ("rocm", "vulkan")),
    )
    assert hardware.driver_version() == "580.82.07"


def test_the_key_follows_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    first = hardware.key()
    assert hardware.key() == first
    monkeypatch.setenv("GGML_VK_VISIBLE_DEVICES", "7")
    assert hardware.key() != first
