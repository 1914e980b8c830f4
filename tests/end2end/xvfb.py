"""A display that nobody sees, with real key events and real pixels."""

import os
import shutil
import struct
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Self

_PROGRAMS = ("Xvfb", "xdotool")
_KEY_DELAY = "8"  # ms between two keys of a text


@dataclass(frozen=True)
class Screenshot:
    """What the display shows: four bytes a pixel, blue first."""

    width: int
    height: int
    pixels: bytes

    def count(self, colour: str) -> int:
        """Return how many pixels have exactly this colour, given like "#B42318"."""
        wanted = bytes.fromhex(colour[5:7] + colour[3:5] + colour[1:3])
        return sum(self.pixels[at : at + 3] == wanted for at in range(0, len(self.pixels), 4))

    def at(self, x: int, y: int) -> str:
        """Return the colour of a pixel."""
        blue, green, red = self.pixels[4 * (y * self.width + x) :][:3]
        return f"#{red:02X}{green:02X}{blue:02X}"

    def part(self, left: int, top: int, right: int, bottom: int) -> "Screenshot":
        """Return a rectangle of it; right and bottom are not in it."""
        rows = [self.pixels[4 * (y * self.width + left) : 4 * (y * self.width + right)] for y in range(top, bottom)]
        return Screenshot(right - left, bottom - top, b"".join(rows))


class Display:
    """A running Xvfb.

    Attributes:
        name: What DISPLAY has to be, such as ":3".
    """

    def __init__(self, width: int = 1280, height: int = 800) -> None:
        missing = [program for program in _PROGRAMS if not shutil.which(program)]
        if missing:
            raise RuntimeError(f"{' and '.join(missing)} is not installed: run packaging/dev.py test, which gets it")
        self._folder = tempfile.TemporaryDirectory()
        reading, writing = os.pipe()
        # Without -noreset it starts anew whenever its last client leaves, and refuses the next one meanwhile.
        where = ["-fbdir", self._folder.name, "-nolisten", "tcp", "-noreset"]
        screen = ["-screen", "0", f"{width}x{height}x24", *where]
        # Xvfb takes a free number by itself and says which.
        self._process = subprocess.Popen(
            ["Xvfb", "-displayfd", str(writing), *screen], pass_fds=(writing,), stderr=subprocess.DEVNULL
        )
        os.close(writing)
        with os.fdopen(reading) as answer:
            number = answer.readline().strip()
        if not number:
            self.close()
            raise RuntimeError(f"Xvfb ended at once with exit code {self._process.returncode}")
        self.name = f":{number}"

    def close(self) -> None:
        self._process.terminate()
        self._process.wait()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def xdotool(self, *arguments: str) -> str:
        """Run xdotool and return what it prints; nothing when it fails, such as for a window that is gone."""
        environment = {**os.environ, "DISPLAY": self.name}
        result = subprocess.run(
            ["xdotool", *arguments], env=environment, capture_output=True, text=True, check=False, timeout=30
        )
        return result.stdout.strip() if result.returncode == 0 else ""

    def window(self, pid: int, *, empty: bool = False) -> str:
        """Return the visible window of a process; empty when there is none, or without `empty` none that is filled."""
        window = self.xdotool("search", "--onlyvisible", "--pid", str(pid)).partition("\n")[0]
        return window if empty or not window or not self.title(window).startswith("Starting") else ""

    def title(self, window: str) -> str:
        return self.xdotool("getwindowname", window)

    def focus(self, window: str) -> None:
        """Let the keys go to a window. There is no window manager that would do it."""
        self.xdotool("windowfocus", "--sync", window)

    def type(self, text: str) -> None:
        self.xdotool("type", "--delay", _KEY_DELAY, "--", text)

    def press(self, *keys: str) -> None:
        """Press keys in xdotool's spelling, such as "ctrl+q"."""
        self.xdotool("key", *keys)

    def screenshot(self) -> Screenshot:
        """Return what is shown now. Xvfb keeps it in a file in the format of xwd."""
        data = (Path(self._folder.name) / "Xvfb_screen0").read_bytes()
        fields = struct.unpack_from(">25I", data)
        size, width, height, line, colours = fields[0], fields[4], fields[5], fields[12], fields[19]
        start = size + 12 * colours
        assert line == 4 * width, "the screen is not packed as 32 bits a pixel"
        return Screenshot(width, height, data[start : start + line * height])
