"""The real program as a process of its own."""

import contextlib
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

import apsw
import psutil

ROOT = Path(__file__).resolve().parents[2]
T = TypeVar("T")
PATIENCE = 60.0  # seconds; nothing here takes more than a tenth of it on an idle machine


def command(data_dir: Path, *arguments: str, engine: str = "process") -> list[str]:
    return [sys.executable, "-m", "desktopchat", "--data-dir", str(data_dir), "--engine", engine, *arguments]


def environment(**changes: str) -> dict[str, str]:
    """Return what a person's shell would give along, whatever window system the tests have."""
    hidden = ("DISPLAY", "WAYLAND_DISPLAY", "QT_QPA_PLATFORM")
    kept = {name: value for name, value in os.environ.items() if name not in hidden}
    return {**kept, "PYTHONPATH": str(ROOT), **changes}


def run(
    data_dir: Path, *arguments: str, engine: str = "process", stdin: str | bytes = "", **changes: str
) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    given = stdin.encode() if isinstance(stdin, str) else stdin
    result = subprocess.run(
        command(data_dir, *arguments, engine=engine),
        input=given,
        capture_output=True,
        timeout=PATIENCE,
        check=False,
        env=environment(**changes),
    )
    out, err = result.stdout.decode("utf-8"), result.stderr.decode("utf-8")
    return subprocess.CompletedProcess(result.args, result.returncode, out, err)


@contextlib.contextmanager
def started(
    data_dir: Path, *arguments: str, engine: str = "process", **popen: Any
) -> Iterator[subprocess.Popen[bytes]]:
    """Start a command and leave nothing of it behind."""
    changes = popen.pop("changes", {})
    process = subprocess.Popen(command(data_dir, *arguments, engine=engine), env=environment(**changes), **popen)
    family = [process_of(process)]
    try:
        yield process
    finally:
        with contextlib.suppress(psutil.NoSuchProcess):
            family += family[0].children(recursive=True)
        for one in family:
            with contextlib.suppress(psutil.NoSuchProcess):
                one.kill()
        for stream in (process.stdin, process.stdout, process.stderr):
            if stream is not None:
                with contextlib.suppress(OSError):
                    stream.close()
        process.wait()


def process_of(process: subprocess.Popen[bytes]) -> psutil.Process:
    return psutil.Process(process.pid)


# The text of a message, also of one that streams.
WRITTEN = """content || ifnull(
    (SELECT group_concat(s.content, '' ORDER BY position) FROM streamed s WHERE message_id = message.id), '')"""


def query(data_dir: Path, sql: str) -> list[tuple[Any, ...]]:
    """Ask the database of a data folder, also while the program writes into it."""
    connection = apsw.Connection(str(data_dir / "desktopchat.db"), flags=apsw.SQLITE_OPEN_READONLY)
    try:
        return list(connection.execute(sql))
    finally:
        connection.close()


def texts(data_dir: Path) -> list[str]:
    """Return all messages, in the order of their making."""
    return [text for (text,) in query(data_dir, f"SELECT {WRITTEN} FROM message WHERE role <> 'root' ORDER BY id")]


def engine_child(process: subprocess.Popen[bytes]) -> psutil.Process | None:
    """Return the process that computes for another one."""
    with contextlib.suppress(psutil.NoSuchProcess):
        for child in process_of(process).children():
            if "--engine-child" in child.cmdline():
                return child
    return None


def wait_for(condition: Callable[[], T], what: str, seconds: float = PATIENCE) -> T:
    """Return the first true value of a condition; fail when there is none in time."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"{what}: not within {seconds:g} s"
        time.sleep(0.02)
    return value
