"""Disks that fill up."""

import contextlib
import os
import resource
import subprocess
from pathlib import Path


class Disk:
    """A folder whose disk can be filled: a real small one where this process may mount, else by a size limit."""

    def __init__(self, folder: Path, megabytes: int = 2) -> None:
        self.folder = folder
        folder.mkdir()
        mount = ["mount", "-t", "tmpfs", "-o", f"size={megabytes}m", "tmpfs", str(folder)]
        self.is_real = os.geteuid() == 0 and subprocess.run(mount, check=False, capture_output=True).returncode == 0
        self._ballast = folder / "ballast"

    def fill(self, process: subprocess.Popen[bytes]) -> None:
        if not self.is_real:
            self._limit(process, 0)
            return
        with self._ballast.open("wb", buffering=0) as file, contextlib.suppress(OSError):
            while True:
                file.write(bytes(4096))

    def free(self, process: subprocess.Popen[bytes]) -> None:
        if self.is_real:
            self._ballast.unlink()
        else:
            self._limit(process, resource.RLIM_INFINITY)

    def close(self) -> None:
        if self.is_real:
            subprocess.run(["umount", str(self.folder)], check=True)

    def _limit(self, process: subprocess.Popen[bytes], size: int) -> None:
        resource.prlimit(process.pid, resource.RLIMIT_FSIZE, (size, resource.RLIM_INFINITY))
