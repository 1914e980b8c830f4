"""A whole session in a real window, with key events alone: start, model, chat, branch, search, export, quit."""

import sys
from pathlib import Path

import pytest
from program import query, texts, wait_for
from test_window import App, app
from xvfb import Display

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs an X server that shows nothing")


def answer_file_dialog(window: App, title: str, path: Path) -> None:
    """Type a path into a dialog. There is no window manager that would give it the keys."""
    dialog = wait_for(lambda: window.display.xdotool("search", "--onlyvisible", "--name", title), title)
    window.display.focus(dialog.partition("\n")[0])
    window.display.press("ctrl+a")
    window.display.type(str(path))
    window.display.press("Return")
    wait_for(lambda: not window.display.xdotool("search", "--onlyvisible", "--name", title), f"the end of {title}")
    window.focus()


def test_a_session_without_a_mouse(display: Display, data_dir: Path, starter_model: Path, tmp_path: Path) -> None:
    exported = tmp_path / "boats.md"
    with app(display, data_dir) as window:
        display.press("ctrl+o")
        answer_file_dialog(window, "Open a model", starter_model)
        assert window.child
        display.press("ctrl+period", "ctrl+period", "F6")  # the parameters are closed, opened and left again
        window.send("Name a boat that carries people over a river.")
        first = window.wait_for_answer(words=1)

        display.press("ctrl+r")
        window.wait_for_answer(2)
        display.press("ctrl+Up", "End")
        window.send(" Answer in one word.")
        window.wait_for_answer(3)
        questions = [text for (text,) in query(data_dir, "SELECT content FROM message WHERE role = 'user' ORDER BY id")]
        assert questions == [
            "Name a boat that carries people over a river.",
            "Name a boat that carries people over a river. Answer in one word.",
        ]
        assert texts(data_dir).count(first) >= 1, "the first answer is still there"

        display.press("ctrl+n")
        window.send("What is a sail?")
        window.wait_for_answer(4)
        assert window.title == "What is a sail?"
        display.press("ctrl+shift+f")
        display.type("carries people")
        display.press("Down", "Return")
        wait_for(lambda: window.title.startswith("Name a boat"), "the found conversation")

        display.press("Escape", "ctrl+shift+s")
        display.type("markdown")
        display.press("Return")
        answer_file_dialog(window, "Export", exported)
        page = wait_for(lambda: exported.exists() and exported.read_text("utf-8"), "the exported file")
        assert "carries people over a river" in page
        window.quit()
