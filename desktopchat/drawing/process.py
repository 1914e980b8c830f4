"""The app's end of the process that draws formulas."""

import contextlib
import json
import subprocess
from threading import Timer

from desktopchat.core import own_program

PATIENCE = 3.0  # seconds for one formula, the start of the process with it; nested fractions can take for ever


class FormulaProcess:
    """Starts with the first formula. Used by one thread; only `close` may come from another one."""

    def __init__(self, patience: float = PATIENCE) -> None:
        self._patience = patience
        self._process: subprocess.Popen[bytes] | None = None
        self._closed = False

    def draw(self, source: str, size: int, colour: str, is_display: bool) -> str:
        """Return a formula as SVG; empty when it cannot be drawn, takes too long, or the process died of it."""
        if self._closed:
            return ""
        try:
            if self._process is None:
                self._process = self._started()
            return self._answer(self._process, json.dumps([source, size, colour, is_display]))
        except (OSError, ValueError):
            self._end()
            return ""

    def close(self) -> None:
        """End the process; a formula that is being drawn is given up."""
        self._closed = True
        if (process := self._process) is not None:
            process.kill()

    def wait(self) -> None:
        """Wait for its end, after `close`."""
        self._end()

    def _answer(self, process: subprocess.Popen[bytes], request: str) -> str:
        assert process.stdin is not None
        assert process.stdout is not None
        alarm = Timer(self._patience, process.kill)
        alarm.start()
        try:
            process.stdin.write(request.encode() + b"\n")
            process.stdin.flush()
            return str(json.loads(process.stdout.readline()))
        finally:
            alarm.cancel()
            alarm.join()

    def _end(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        process.wait()
        for pipe in (process.stdin, process.stdout):
            assert pipe is not None
            with contextlib.suppress(OSError):
                pipe.close()

    @staticmethod
    def _started() -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            own_program.command("--formula-child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=own_program.environment(),
            creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
        )
