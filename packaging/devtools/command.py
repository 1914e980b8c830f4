"""Run a program of the set-up: its output goes to a log, its progress to the console, its failure into words."""

import contextlib
import os
import queue
import re
import signal
import subprocess
import sys
import threading
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path

from devtools.console import SetupError

DISK_FULL = "The disk is full. Free about 3 GB and start again; what is done stays done."
NO_NETWORK = "The package index cannot be reached. Check the network and start again; what is done stays done."
WRONG_HASH = (
    "A downloaded file is not the one that was locked. Start again; if it happens again, do not trust the index."
)

_DISK = re.compile(r"No space left on device|\[Errno 28\]|not enough space on the disk", re.IGNORECASE)
_NETWORK = re.compile(
    r"NameResolutionError|NewConnectionError|name resolution|getaddrinfo failed|nodename nor servname"
    r"|Network is unreachable|ConnectTimeout|ReadTimeout|ConnectionReset|Connection refused|Connection broken"
    r"|ProxyError|RemoteDisconnected|IncompleteRead|SSLError|timed out",
    re.IGNORECASE,
)
_HASH = re.compile(r"DO NOT MATCH THE HASHES")
_TELLING = re.compile(r"\berror\b|\bfatal\b|FAILED|not found|cannot find", re.IGNORECASE)


class CommandError(SetupError):
    """A program failed."""

    def __init__(self, lines: Sequence[str], log: Path) -> None:
        super().__init__(explain(lines, log))


def run(
    arguments: Sequence[str | Path],
    log: Path,
    *,
    cwd: Path | None = None,
    env: Mapping[str, str] | None = None,
    on_line: Callable[[str], None] = lambda _: None,
    on_beat: Callable[[], None] = lambda: None,
    patience: float | None = 2,
) -> None:
    """Run a program to its end, with all that it prints in the file `log`.

    Args:
        arguments: The program and its arguments.
        log: Written anew.
        cwd: The folder it starts in.
        env: What is added to the environment.
        on_line: Called with every line that it prints.
        on_beat: Called about once a second.
        patience: Seconds that it gets to stop when this process is interrupted; None: as long as it likes.

    Raises:
        CommandError: It ended with another exit code than 0, or could not be started.
    """
    log.parent.mkdir(parents=True, exist_ok=True)
    lines: queue.SimpleQueue[str | None] = queue.SimpleQueue()
    recent: list[str] = []
    with log.open("w", encoding="utf-8", errors="replace") as sink:
        try:
            process = _start(arguments, cwd, env)
        except OSError as error:
            raise CommandError([f"{arguments[0]}: {error}"], log) from error
        reader = threading.Thread(target=_read, args=(process, lines), daemon=True)
        reader.start()
        try:
            while True:
                try:
                    line = lines.get(timeout=1)
                except queue.Empty:
                    on_beat()
                    continue
                if line is None:
                    break
                sink.write(line)
                recent = [*recent[-199:], line.rstrip()]
                on_line(line.rstrip())
            code = process.wait()
        except BaseException:
            _stop(process, patience)
            raise
        finally:
            # It ends with the output; a stranger that holds on to that must not hold us up.
            reader.join(1)
    if code != 0:
        raise CommandError(recent, log)


def explain(lines: Sequence[str], log: Path) -> str:
    """Say in words why a program failed whose last lines these are."""
    if any(_DISK.search(line) for line in lines):
        return DISK_FULL
    if any(_HASH.search(line) for line in lines):
        return WRONG_HASH
    # Further up, pip also tells of lost connections that it has mended.
    if any(_NETWORK.search(line) for line in lines[-15:]):
        return NO_NETWORK
    telling = [line for line in lines if _TELLING.search(line)] or [line for line in lines if line.strip()]
    return "\n".join(
        ["It failed. The last words were:", *(f"  {line.strip()}" for line in telling[-8:]), f"All of it is in {log}"]
    )


def _start(arguments: Sequence[str | Path], cwd: Path | None, env: Mapping[str, str] | None) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [str(argument) for argument in arguments],
        cwd=cwd,
        env={**os.environ, **(env or {})},
        # Prompts that are piped to the app must still be there when it starts.
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        encoding="utf-8",
        errors="replace",
        # A group of its own: a compiler's children are stopped with it, and it is we who tell it to stop.
        start_new_session=sys.platform != "win32",
    )


def _read(process: subprocess.Popen[str], lines: "queue.SimpleQueue[str | None]") -> None:
    assert process.stdout is not None
    with process.stdout as output:
        for line in output:
            lines.put(line)
    lines.put(None)


def _stop(process: subprocess.Popen[str], patience: float | None) -> None:
    if sys.platform == "win32":
        subprocess.run(["taskkill", "/T", "/F", "/PID", str(process.pid)], capture_output=True, check=False)
        process.wait()
        return
    _signal_group(process, signal.SIGINT)
    # Somebody who presses Ctrl+C again is served at once.
    with contextlib.suppress(subprocess.TimeoutExpired, KeyboardInterrupt):
        process.wait(patience)
    if patience is not None:
        # Also when it ended by itself: a child of it may not have listened.
        _signal_group(process, signal.SIGKILL)
    process.wait()


def _signal_group(process: subprocess.Popen[str], number: int) -> None:
    if sys.platform != "win32":
        with contextlib.suppress(ProcessLookupError, PermissionError):
            os.killpg(process.pid, number)
