"""The GPUs of this machine, as the system knows them: also those that no backend can use."""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

_PCI = Path("/sys/bus/pci/devices")
_NVIDIA = Path("/proc/driver/nvidia")
_DEVICES = Path("/dev")
_DISPLAY = "0x03"  # class of PCI devices, with or without an outlet for a screen
# Who makes GPUs that are worth computing on, with the best backends for theirs. Of the others most are virtual.
_VENDORS = {
    "0x10de": ("NVIDIA", ("cuda", "vulkan")),
    "0x1002": ("AMD", ("rocm", "vulkan")),
    "0x8086": ("Intel", ("vulkan",)),
}
_DRIVER_FILES = (Path("/usr/share/vulkan/icd.d"), Path("/etc/vulkan/icd.d"))
_CHOICES = ("GGML_VK_VISIBLE_DEVICES", "CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "VK_ICD_FILENAMES")
_PATIENCE = 10  # seconds for nvidia-smi, which hangs with a broken driver


@dataclass(frozen=True, slots=True)
class Gpu:
    """A GPU.

    Attributes:
        name: As far as the system knows it.
        driver: The kernel's driver; empty when there is none.
        backends: Names of those that are for it, the best first.
    """

    vendor: str
    name: str
    driver: str
    backends: tuple[str, ...]


def gpus() -> tuple[Gpu, ...]:
    """Return the GPUs of this machine. Empty also where we do not know how to look."""
    if sys.platform == "darwin" and platform.machine() == "arm64":
        return (Gpu("Apple", "Apple GPU", "Metal", ("metal",)),)
    found = _on_the_bus()
    if not any(gpu.vendor == "NVIDIA" for gpu in found):
        # In a container or under WSL the bus may be hidden, and the driver is there all the same.
        found += [Gpu("NVIDIA", name, "nvidia", _VENDORS["0x10de"][1]) for name in _told_by_nvidia()]
    return tuple(found)


def driver_version() -> str:
    """Return the version of NVIDIA's driver, whose libraries must match it; empty when there is none."""
    text = _read(_NVIDIA / "version")
    return next((word for word in text.split() if word[:1].isdigit() and "." in word), "")


def key() -> str:
    """Return what changes with the hardware, its drivers, and the choices that the environment makes of them.

    Takes no time: it is asked for at each start of an engine.
    """
    files = [path.name for folder in _DRIVER_FILES for path in _entries(folder)]
    files += [path.name for path in _entries(_DEVICES) if path.name.startswith("nvidia")]
    choices = [os.environ.get(name, "") for name in _CHOICES]
    devices = [(gpu.name, gpu.driver) for gpu in _on_the_bus()]
    return hashlib.sha256(repr((devices, driver_version(), files, choices)).encode()).hexdigest()


def _on_the_bus() -> list[Gpu]:
    return [gpu for device in _entries(_PCI) if (gpu := _at(device)) is not None]


def _at(device: Path) -> Gpu | None:
    vendor, backends = _VENDORS.get(_read(device / "vendor"), ("", ()))
    if not vendor or not _read(device / "class").startswith(_DISPLAY):
        return None
    driver = device / "driver"
    name = _model(device) or f"{vendor} GPU {_read(device / 'device').removeprefix('0x')}"
    return Gpu(vendor, name, driver.resolve().name if driver.exists() else "", backends)


def _model(device: Path) -> str:
    """Return what NVIDIA's driver calls it."""
    for line in _read(_NVIDIA / "gpus" / device.name / "information").splitlines():
        if line.startswith("Model:"):
            return line.partition(":")[2].strip()
    return ""


def _told_by_nvidia() -> list[str]:
    program = shutil.which("nvidia-smi")
    if program is None:
        return []
    command = [program, "--query-gpu=name", "--format=csv,noheader"]
    try:
        told = subprocess.run(command, capture_output=True, text=True, timeout=_PATIENCE, check=True).stdout
    except (OSError, subprocess.SubprocessError):
        return []
    return [line.strip() for line in told.splitlines() if line.strip()]


def _entries(folder: Path) -> list[Path]:
    try:
        return sorted(folder.iterdir())
    except OSError:
        return []


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""
