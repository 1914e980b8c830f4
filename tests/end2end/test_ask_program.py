"""`desktopchat ask-window`, which a key of the desktop calls: the small window of the running program or a new one."""

import signal
import sys
from pathlib import Path

import pytest
from program import query, run, started, texts, wait_for
from xvfb import Display

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs an X server that shows nothing")


def small_window(display: Display, pid: int) -> str:
    """Return the small window of a process; empty when it is not shown."""
    shown = display.xdotool("search", "--onlyvisible", "--pid", str(pid)).split()
    return next((window for window in shown if display.title(window).startswith("Ask")), "")


def test_running_program_shows_it_and_keeps_what_is_asked(display: Display, data_dir: Path) -> None:
    with started(data_dir, engine="scripted:0", changes={"DISPLAY": display.name}) as process:
        wait_for(lambda: display.window(process.pid), "the window")
        for number in (1, 2):
            called = run(data_dir, "ask-window", DISPLAY=display.name)
            assert (called.returncode, called.stdout, called.stderr) == (0, "", "")
            display.focus(wait_for(lambda: small_window(display, process.pid), "the small window"))
            display.type("say: a cat")
            display.press("Return")
            wait_for(lambda n=number: texts(data_dir) == ["say: a cat", "a cat"] * n, "the answer")
            display.press("Escape")
            wait_for(lambda: not small_window(display, process.pid), "its end")
        assert process.poll() is None


def test_program_is_started_for_it_and_ends_with_its_large_window(display: Display, data_dir: Path) -> None:
    with started(data_dir, "ask-window", engine="scripted:0", changes={"DISPLAY": display.name}) as process:
        display.focus(wait_for(lambda: small_window(display, process.pid), "the small window"))
        display.type("half a question")
        kept = "SELECT value FROM state WHERE key = 'ask.draft'"
        wait_for(lambda: any("half a question" in value for (value,) in query(data_dir, kept)), "the draft")
        process.send_signal(signal.SIGTERM)
        wait_for(lambda: process.poll() is not None, "the end", 15)
        assert process.returncode == 0


def test_without_a_display_one_sentence_says_what_helps(data_dir: Path) -> None:
    refused = run(data_dir, "ask-window")
    assert (refused.returncode, refused.stderr.count("\n")) == (1, 1)
    assert "no display" in refused.stderr
    assert "desktopchat ask" in refused.stderr
