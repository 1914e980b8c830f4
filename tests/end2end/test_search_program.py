"""Searching with the real program: in a terminal, and in the window by key."""

import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from program import command, environment, query, run, started, wait_for
from xvfb import Display

from desktopchat.core.chat import FinishReason, MessageState, Timings, Usage
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database


@pytest.fixture
def filled(data_dir: Path) -> Path:
    """A data folder with two conversations; the second one has two answers, and shows the later one."""
    data_dir.mkdir(parents=True, exist_ok=True)
    database = Database(data_dir / "desktopchat.db")
    store, sampling, model = ConversationStore(database), SamplingParams(), ModelIdentity("tiny-1b")

    def finish(message_id: int, text: str) -> None:
        store.finish(
            message_id, content=text, state=MessageState.COMPLETE, finish_reason=FinishReason.STOP, seed=1,
            usage=Usage(), timings=Timings(),
        )  # fmt: skip

    for title, question, answers in (
        ("Boats", "A name for a boat?", ("Fair Wind",)),
        ("Sky", "今天天气怎么样？", ("Sunny, \x1b[31m red evening\u202e", "It will rain")),
    ):
        conversation = store.create(title)
        user, first = store.add_turn(conversation.id, None, question, model=model, sampling=sampling)
        finish(first.id, answers[0])
        for text in answers[1:]:
            finish(store.add_reply(conversation.id, user.id, model=model, sampling=sampling).id, text)
    database.close()
    return data_dir


def test_hits_are_printed(filled: Path) -> None:
    result = run(filled, "search", "天气")
    assert (result.returncode, result.stderr) == (0, "")
    assert re.fullmatch(r"Sky · \d{4}-\d\d-\d\d, you\n    今天天气怎么样？\n", result.stdout)
    result = run(filled, "search", "SUNNY -rain")
    assert "answer, version 1 of 2" in result.stdout


def test_hits_as_json(filled: Path) -> None:
    result = run(filled, "search", "--json", "sunny")
    assert (result.returncode, result.stderr) == (0, "")
    [hit] = json.loads(result.stdout)
    assert hit["conversation"]["title"] == "Sky"
    assert hit["message"]["role"] == "assistant"
    assert hit["branch"] == {"version": 1, "versions": 2}
    [[start, end]] = hit["snippet"]["marks"]
    assert hit["snippet"]["text"][start:end] == "Sunny"
    assert json.loads(run(filled, "search", "--json", "--limit", "1", "role:answer").stdout)[0]["kind"] == "message"


@pytest.mark.parametrize(("text", "words"), [("absent", "Nothing was found"), ("!?", "no word")])
def test_nothing_found_is_no_failure(filled: Path, text: str, words: str) -> None:
    result = run(filled, "search", text)
    assert (result.returncode, result.stdout) == (0, "")
    assert words in result.stderr
    assert run(filled, "search", "--json", text).stdout.strip() == "[]"


def test_empty_folder_is_no_failure(data_dir: Path) -> None:
    result = run(data_dir, "search", "anything")
    assert (result.returncode, result.stdout) == (0, "")
    assert not (data_dir / "desktopchat.db").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX terminals")
def test_terminal_gets_bold_and_no_escape_of_the_text(filled: Path) -> None:
    reading, writing = pty.openpty()
    process = subprocess.Popen(command(filled, "search", "red*"), stdout=writing, env=environment())
    os.close(writing)
    shown = b""
    try:
        while piece := os.read(reading, 4096):
            shown += piece
    except OSError:
        pass  # the other end was closed
    os.close(reading)
    assert process.wait() == 0
    assert b"\x1b[1mred\x1b[0m evening" in shown
    assert set(re.findall(rb"\x1b[^a-zA-Z]*[a-zA-Z]", shown)) == {b"\x1b[1m", b"\x1b[0m"}
    assert "\u202e".encode() not in shown


@pytest.mark.skipif(sys.platform != "linux", reason="needs an X server that shows nothing")
def test_hit_opens_in_the_window_on_its_branch(display: Display, filled: Path) -> None:
    changes = {"DISPLAY": display.name, "QT_QPA_PLATFORM": "xcb"}
    with started(filled, engine="scripted", changes=changes) as process:
        window = wait_for(lambda: display.window(process.pid), "the window")
        display.focus(window)
        for words, title in (("fair", "Boats"), ("sunn", "Sky")):
            display.press("ctrl+shift+f")
            display.type(words)
            # Enter opens nothing while there is no hit, so it may be pressed until there is one.
            wait_for(
                lambda title=title: display.press("Return") or display.title(window).startswith(title),
                f"the conversation {title}",
            )
        sql_tip = "SELECT content FROM message JOIN conversation ON tip_id = message.id WHERE title = 'Sky'"
        wait_for(lambda: query(filled, sql_tip)[0][0].startswith("Sunny"), "the branch of the hit")
        display.press("ctrl+q")
        wait_for(lambda: process.poll() == 0, "the end")
