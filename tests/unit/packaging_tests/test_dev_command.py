import os
import signal
import sys
import threading
from pathlib import Path

import psutil
import pytest
from devtools import command
from devtools.console import SetupError

# Real lines of pip.
OFFLINE = [
    "WARNING: Retrying (Retry(total=0, connect=None)) after connection broken by 'NameResolutionError(\"host='x'\")'",
    "ERROR: Could not find a version that satisfies the requirement cmake==4.4.4 (from versions: none)",
    "ERROR: No matching distribution found for cmake==4.4.4",
]
COMPILER = ["[3/193] Building", "ggml.c:12:10: fatal error: x.h: No such file or directory", "ninja: build stopped"]


def script(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_output_goes_to_the_log_and_to_the_listener(tmp_path: Path) -> None:
    lines: list[str] = []
    log = tmp_path / "log" / "step.log"
    code = "import sys; print('one'); print('two', file=sys.stderr)"
    command.run([*script(code)], log, env={"PYTHONUNBUFFERED": "1"}, on_line=lines.append)
    assert lines == ["one", "two"]
    assert log.read_text() == "one\ntwo\n"


def test_the_environment_is_added_to_and_standard_input_left_alone(tmp_path: Path) -> None:
    lines: list[str] = []
    code = "import os, sys; print(os.environ['A'], 'PATH' in os.environ, repr(sys.stdin.read()))"
    command.run(script(code), tmp_path / "log", env={"A": "1"}, on_line=lines.append)
    assert lines == ["1 True ''"]


def test_a_failure_shows_the_telling_lines_and_the_log(tmp_path: Path) -> None:
    log = tmp_path / "step.log"
    code = "print('fine'); print('x.c: error: no'); print('bye'); raise SystemExit(3)"
    with pytest.raises(SetupError) as caught:
        command.run(script(code), log)
    text = str(caught.value)
    assert "x.c: error: no" in text
    assert "fine" not in text
    assert str(log) in text


def test_a_program_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(SetupError, match="no-such-program"):
        command.run([tmp_path / "no-such-program"], tmp_path / "log")


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups")
def test_an_interrupt_stops_the_program_and_its_children(tmp_path: Path) -> None:
    child = (
        "import signal, time; signal.signal(signal.SIGINT, signal.SIG_IGN); print('up', flush=True); time.sleep(100)"
    )
    parent = f"import subprocess, sys; subprocess.call([sys.executable, '-c', {child!r}])"
    running: list[psutil.Process] = []

    def interrupt(line: str) -> None:
        assert line == "up"
        running.extend(psutil.Process().children(recursive=True))
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        command.run(script(parent), tmp_path / "log", on_line=interrupt, patience=0.2)
    assert len(running) >= 2
    psutil.wait_procs(running, timeout=10)
    assert not any(process.is_running() for process in running)


@pytest.mark.skipif(os.name == "nt", reason="Windows has no process groups")
def test_without_a_limit_the_program_may_end_in_its_own_way(tmp_path: Path) -> None:
    done = tmp_path / "done"
    code = (
        "import pathlib, signal, sys\n"
        f"signal.signal(signal.SIGINT, lambda *_: (pathlib.Path({str(done)!r}).write_text('tidy'), sys.exit(1)))\n"
        "print('up', flush=True)\n"
        "signal.pause()"
    )

    def interrupt(_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        command.run(script(code), tmp_path / "log", on_line=interrupt, patience=None)
    assert done.read_text() == "tidy"


@pytest.mark.skipif(not hasattr(signal, "pthread_kill"), reason="needs signals between threads")
def test_ctrl_c_is_noticed_while_the_program_is_silent(tmp_path: Path) -> None:
    def press() -> None:
        signal.pthread_kill(threading.main_thread().ident or 0, signal.SIGINT)

    pressed: list[bool] = []

    def beat() -> None:
        if not pressed:
            pressed.append(True)
            press()

    with pytest.raises(KeyboardInterrupt):
        command.run(script("import time; time.sleep(100)"), tmp_path / "log", on_beat=beat)


@pytest.mark.parametrize(
    ("lines", "words"),
    [
        (OFFLINE, command.NO_NETWORK),
        (["ERROR: Could not install packages: [Errno 28] No space left on device"], command.DISK_FULL),
        (["ERROR: THESE PACKAGES DO NOT MATCH THE HASHES FROM THE REQUIREMENTS FILE."], command.WRONG_HASH),
        ([*OFFLINE[:1], "ld: final link failed: No space left on device", *["x"] * 50], command.DISK_FULL),
    ],
)
def test_common_failures_are_one_line(lines: list[str], words: str) -> None:
    assert command.explain(lines, Path("x.log")) == words
    assert "\n" not in words


def test_a_mended_connection_does_not_explain_a_compiler_error() -> None:
    text = command.explain([*OFFLINE[:1], *["[1/193] Building"] * 20, *COMPILER], Path("x.log"))
    assert "fatal error: x.h" in text
    assert "network" not in text
