"""The real window, driven by real key events."""

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from bad_models import damaged
from program import WRITTEN, command, engine_child, environment, process_of, query, started, texts, wait_for
from xvfb import Display, Screenshot

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs an X server that shows nothing")

TEXT, DANGER = "#1F1E1C", "#B42318"  # of the light theme
LIGHT_PAGE, DARK_PAGE = "#FBFBFA", "#17181A"
TRANSCRIPT = (262, 64, 936, 600)  # where the messages are in a window of the first size at the upper left


class App:
    """A started window."""

    def __init__(self, display: Display, data: Path, process: subprocess.Popen[bytes], *, empty: bool = False) -> None:
        self.display = display
        self.data = data
        self.process = process
        self.window = wait_for(lambda: display.window(process.pid, empty=empty), "the window")
        self.focus()

    @property
    def title(self) -> str:
        return self.display.title(self.window).removesuffix(" — desktopchat")

    @property
    def child(self) -> psutil.Process:
        """The engine's process, as soon as there is one."""
        return wait_for(lambda: engine_child(self.process), "the engine")

    def focus(self) -> None:
        self.display.focus(self.window)

    def send(self, text: str) -> None:
        self.display.type(text)
        self.display.press("Return")

    def screenshot(self) -> Screenshot:
        return self.display.screenshot()

    def answer(self) -> tuple[str, str, str | None]:
        """Return text, state and finish reason of the newest message."""
        rows = query(
            self.data,
            f"SELECT {WRITTEN}, state, finish_reason FROM message WHERE role <> 'root' ORDER BY id DESC LIMIT 1",
        )
        return rows[0] if rows else ("", "", None)

    def wait_for_answer(self, number: int = 1, words: int = 1) -> str:
        """Wait until the nth answer is complete, and return it."""
        sql = "SELECT content FROM message WHERE role = 'assistant' AND state = 'complete' ORDER BY id"
        rows = wait_for(
            lambda: rows if len(rows := query(self.data, sql)) >= number else None, f"{number} complete answers"
        )
        answer = str(rows[number - 1][0])
        assert len(answer.split()) >= words
        return answer

    def wait_for_draft(self, text: str) -> None:
        sql = "SELECT draft FROM conversation UNION ALL SELECT value FROM state WHERE key LIKE '%draft%'"
        wait_for(lambda: any(text in row[0] for row in query(self.data, sql)), f"the draft {text!r}")

    def wait_for_end(self, code: int = 0) -> None:
        """Wait until the program and its engine have ended."""
        child = engine_child(self.process)
        wait_for(lambda: self.process.poll() is not None, "the end of the window", 15)
        assert self.process.returncode == code
        assert child is None or not child.is_running() or child.status() == psutil.STATUS_ZOMBIE

    def quit(self) -> None:
        self.display.press("ctrl+q")
        self.wait_for_end()


@contextlib.contextmanager
def app(display: Display, data: Path, engine: str = "process", *, empty: bool = False) -> Iterator[App]:
    changes = {"DISPLAY": display.name, "QT_QPA_PLATFORM": "xcb"}
    with started(data, engine=engine, changes=changes) as process:
        yield App(display, data, process, empty=empty)


def is_light(shown: Screenshot) -> bool:
    return shown.at(600, 640) == LIGHT_PAGE


def libraries(process: psutil.Process) -> set[str]:
    return {Path(mapped.path).name for mapped in process.memory_maps()}


def test_a_first_evening(display: Display, data_dir_with_model: Path) -> None:
    """A prompt is answered token by token, an answer is stopped; the next start shows all of it."""
    with app(display, data_dir_with_model) as window:
        child = window.child
        window.send("Tell me a long story about a ship in the ice.")
        lengths, pictures = set(), set()

        def is_complete() -> bool:
            text, state, _reason = window.answer()
            lengths.add(len(text))
            pictures.add(window.screenshot().part(*TRANSCRIPT).pixels)
            return state == "complete"

        wait_for(is_complete, "the answer")
        assert len(lengths) >= 4, f"the text on disk grew in {len(lengths)} steps"
        assert len(pictures) >= 4, f"the transcript changed {len(pictures)} times"
        first = window.wait_for_answer(words=10)
        assert window.title == "Tell me a long story about a ship in the ice."

        in_window, in_engine = libraries(process_of(window.process)), libraries(child)
        assert any(name.startswith("libllama") for name in in_engine)
        assert not [name for name in in_window if name.startswith(("libllama", "libggml"))]

        window.send("Write a very long story about the sea, with many chapters.")
        wait_for(lambda: window.answer()[1] == "streaming" and window.answer()[0], "the second answer")
        pressed = time.monotonic()
        display.press("Escape")
        second = window.wait_for_answer(2)
        assert time.monotonic() - pressed < 3
        assert window.answer()[2] == "cancelled"

        ink = window.screenshot().part(*TRANSCRIPT).count(TEXT)
        kept = query(data_dir_with_model, "SELECT * FROM message")
        window.quit()
    with app(display, data_dir_with_model) as window:
        wait_for(lambda: window.title.startswith("Tell me a long story"), "the conversation")
        assert query(data_dir_with_model, "SELECT * FROM message") == kept
        assert texts(data_dir_with_model)[1::2] == [first, second]
        # The estimate of what this computer holds, which stood there too, is not said again.
        shown = wait_for(lambda: ink * 0.6 < window.screenshot().part(*TRANSCRIPT).count(TEXT), "the messages")
        assert shown
        window.quit()


def test_nothing_is_lost_when_the_window_is_killed(display: Display, data_dir: Path) -> None:
    with app(display, data_dir, "scripted:20") as window:
        child = window.child
        window.send("write and write")
        wait_for(lambda: "word10" in window.answer()[0], "ten words on disk")
        display.type("and then I thought")
        window.wait_for_draft("and then I thought")
        seen = window.answer()[0]
        window.process.kill()
        wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the engine's end", 2)
    with app(display, data_dir, "scripted:0") as window:
        wait_for(lambda: window.title == "write and write", "the conversation")
        text, state, _reason = window.answer()
        assert state == "interrupted"
        assert text.startswith(seen)
        # What can be sent stands in the composer.
        assert window.child
        display.press("Return")
        wait_for(lambda: texts(data_dir)[2:3] == ["and then I thought"], "the draft as a message")
        assert texts(data_dir)[1] == text
        window.quit()


def test_draft_of_a_new_conversation_is_kept(display: Display, data_dir: Path) -> None:
    with app(display, data_dir, "scripted:0") as window:
        assert window.child  # a signal ends at once what is still starting
        display.type("say: not yet sent")
        window.process.send_signal(signal.SIGTERM)
        window.wait_for_end()
    with app(display, data_dir, "scripted:0") as window:
        assert window.child
        display.press("Return")
        assert window.wait_for_answer() == "not yet sent"
        window.quit()


def test_what_is_sent_into_the_empty_window_is_answered(display: Display, data_dir: Path) -> None:
    with app(display, data_dir, "scripted:0", empty=True) as window:
        window.send("say: in a hurry")
        assert window.wait_for_answer() == "in a hurry"
        window.quit()


def test_sigterm_during_an_answer_closes_cleanly(display: Display, data_dir: Path) -> None:
    with app(display, data_dir, "scripted:20") as window:
        child = window.child
        window.send("write and write")
        wait_for(lambda: "word3" in window.answer()[0], "three words on disk")
        window.process.send_signal(signal.SIGTERM)
        window.wait_for_end()
        assert not child.is_running()
        text, state, _reason = window.answer()
    words = text.split()
    assert words == [f"word{number}" for number in range(1, len(words) + 1)]
    assert state in ("complete", "interrupted")


def test_second_start_raises_the_first_window(display: Display, data_dir: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "settings.toml").write_text('[look]\ntheme = "dark"\n')
    (data_dir / "models").mkdir(parents=True)
    (data_dir / "settings.toml").write_text('[look]\ntheme = "light"\n')
    with app(display, data_dir, "scripted:0") as first, app(display, other, "scripted:0") as second:
        wait_for(lambda: display.screenshot().at(600, 640) == DARK_PAGE, "the other window in front")
        result = subprocess.run(
            command(data_dir, engine="scripted:0"),
            env=environment(DISPLAY=display.name, QT_QPA_PLATFORM="xcb"),
            capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (result.returncode, result.stdout) == (0, "")
        assert "already running" in result.stderr
        assert len(result.stderr.splitlines()) == 1
        wait_for(lambda: is_light(display.screenshot()), "the first window in front")
        for one in (first, second):
            one.focus()
            one.quit()


@pytest.mark.parametrize("kind", ["cut off", "unknown architecture"])
def test_damaged_model_is_told(display: Display, data_dir: Path, starter_model: Path, kind: str) -> None:
    models = data_dir / "models"
    models.mkdir(parents=True)
    damaged(kind, starter_model, models)
    with app(display, data_dir) as window:
        wait_for(lambda: window.screenshot().count(DANGER) > 20, "the banner")
        window.send("still there?")
        window.wait_for_draft("still there?")
        assert not texts(data_dir), "it was sent, but to whom"
        window.quit()


def test_model_that_kills_the_engine_is_told(display: Display, data_dir: Path, starter_model: Path) -> None:
    models = data_dir / "models"
    models.mkdir(parents=True)
    damaged("fatal", starter_model, models)
    with app(display, data_dir) as window:
        assert window.child
        window.send("is this my last word?")
        wait_for(lambda: window.answer()[1] == "failed", "the end of the answer")
        wait_for(lambda: window.screenshot().count(DANGER) > 20, "the banner")
        assert texts(data_dir) == ["is this my last word?", ""]
        display.type("no")
        window.wait_for_draft("no")
        window.quit()


def test_no_model_keeps_what_was_typed(display: Display, data_dir: Path) -> None:
    with app(display, data_dir) as window:
        window.send("is anybody here?")
        window.wait_for_draft("is anybody here?")
        assert not texts(data_dir)
        window.quit()


def test_engine_that_dies_is_started_again(display: Display, data_dir_with_model: Path) -> None:
    with app(display, data_dir_with_model) as window:
        child = window.child
        window.send("Write a very long story about the sea, with many chapters.")
        wait_for(lambda: len(window.answer()[0]) > 40, "some text on disk")
        os.kill(child.pid, signal.SIGSEGV)
        wait_for(lambda: window.answer()[1] == "interrupted", "the end of the answer")
        story = window.answer()[0]
        assert len(story) > 40
        wait_for(lambda: window.screenshot().count(DANGER) > 20, "the banner")
        window.send("What is a cat? Answer in one sentence.")
        window.wait_for_answer(words=3)
        assert texts(data_dir_with_model)[1] == story
        assert window.child.pid != child.pid
        window.quit()
