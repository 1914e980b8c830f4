"""Programs ask the model of the window: a real window, a real server, a real model in a child of its own."""

import json
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psutil
import pytest
from pytestqt.qtbot import QtBot
from running_app import RunningApp, running_app

from desktopchat.controllers.endpoint import EndpointState
from desktopchat.core.chat import Role
from desktopchat.core.client_programs import PROGRAM_OF_2022, PROGRAM_OF_TODAY
from desktopchat.core.notice import Notice
from desktopchat.core.params import LoadParams
from desktopchat.ui.program_help import ProgramHelp

LIMIT = 30_000  # ms


class Program(threading.Thread):
    """Asks once, on a thread of its own."""

    def __init__(self, app: RunningApp, path: str = "/chat/completions", key: str | None = None, **body: Any) -> None:
        super().__init__()
        state = app.endpoint.state
        assert state.key is not None
        headers = {"Authorization": f"Bearer {key or state.key.text}", "Content-Type": "application/json"}
        data = json.dumps(body).encode() if body else None
        self._request = urllib.request.Request(state.address + path, data, headers)
        self.status = 0
        self.answer: Any = None
        self.start()

    def run(self) -> None:
        try:
            with urllib.request.urlopen(self._request, timeout=LIMIT / 1000) as reply:
                self.status, body = reply.status, reply.read()
        except urllib.error.HTTPError as error:
            with error:
                self.status, body = error.code, error.read()
        except urllib.error.URLError:
            self.status, body = -1, b"null"
        self.answer = json.loads(body)


def said(text: str, **more: Any) -> dict[str, Any]:
    return {"model": "gpt-3.5-turbo", "messages": [{"role": "user", "content": text}], **more}


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, starter_model: Path) -> Iterator[RunningApp]:
    with running_app(qtbot, tmp_path, LoadParams(n_ctx=2048)) as app:
        app.models.open_file(str(starter_model))
        qtbot.waitUntil(lambda: app.models.loaded is not None, timeout=LIMIT)
        app.commands["endpoint.toggle"]()
        qtbot.waitUntil(lambda: bool(app.endpoint.state.address), timeout=LIMIT)
        yield app


def ended(app: RunningApp, *programs: Program) -> None:
    app.qtbot.waitUntil(lambda: not any(one.is_alive() for one in programs), timeout=LIMIT)
    app.qtbot.waitUntil(lambda: not any(call.runs for call in app.endpoint.calls), timeout=LIMIT)


def test_a_call_is_answered_and_becomes_a_conversation(app: RunningApp) -> None:
    program = Program(app, **said("Say hello.", max_tokens=8, temperature=0))
    ended(app, program)
    assert program.status == 200
    answer = program.answer["choices"][0]["message"]["content"]
    (call,) = app.endpoint.calls
    assert (call.status, call.question, call.answer, call.tokens) == (200, "Say hello.", answer, 8)
    app.endpoint.keep(call, "From a program")
    app.qtbot.waitUntil(lambda: [one.role for one in app.shown] == [Role.USER, Role.ASSISTANT], timeout=LIMIT)
    assert [one.content for one in app.shown] == ["Say hello.", answer]


def test_what_is_being_written_stays_with_its_conversation(app: RunningApp) -> None:
    ended(app, Program(app, **said("Say hello.", max_tokens=4)))
    composer = app.window.page.composer
    composer.field.setPlainText("half a thought")
    app.endpoint.keep(app.endpoint.calls[0], "From a program")
    app.qtbot.waitUntil(lambda: len(app.shown) == 2, timeout=LIMIT)
    app.qtbot.waitUntil(lambda: composer.field.toPlainText() == "", timeout=LIMIT)
    app.commands["conversation.new"]()
    app.qtbot.waitUntil(lambda: composer.field.toPlainText() == "half a thought", timeout=LIMIT)


def test_it_can_be_switched_faster_than_it_opens(app: RunningApp) -> None:
    ended(app, Program(app, "/models"))
    for _ in range(5):
        app.commands["endpoint.toggle"]()
    assert not app.endpoint.state.address
    app.commands["endpoint.toggle"]()
    app.qtbot.waitUntil(lambda: bool(app.endpoint.state.address), timeout=LIMIT)
    program = Program(app, "/models")
    ended(app, program)
    assert program.status == 200
    assert [call.number for call in app.endpoint.calls] == [2, 1]  # those of before are still there


def test_the_help_tells_where_to_ask_and_how(app: RunningApp) -> None:
    app.commands["endpoint.help"]()
    (card,) = app.window.findChildren(ProgramHelp)
    text = card.page.toPlainText()
    assert f"OPENAI_API_BASE={app.endpoint.state.address}" in text
    assert PROGRAM_OF_2022.rstrip() in text
    assert PROGRAM_OF_TODAY.rstrip() in text
    assert "Programs can ask now." in text
    card.close_overlay()
    app.commands["endpoint.toggle"]()
    app.qtbot.waitUntil(lambda: not app.endpoint.state.address, timeout=LIMIT)
    app.commands["endpoint.help"]()
    assert "cannot ask yet" in app.window.findChildren(ProgramHelp)[-1].page.toPlainText()


def test_a_port_that_is_taken_is_told(app: RunningApp) -> None:
    app.commands["endpoint.toggle"]()
    app.qtbot.waitUntil(lambda: not app.endpoint.state.address, timeout=LIMIT)
    told: list[Notice] = []
    app.endpoint.noticed.connect(told.append)
    with socket.create_server(("127.0.0.1", 0)) as taken:
        app.endpoint_port = taken.getsockname()[1]
        app.commands["endpoint.toggle"]()
        app.qtbot.waitUntil(lambda: bool(told), timeout=LIMIT)
    assert "in use" in str(told[0].sentence)
    assert app.preferences["endpoint.window"] == "off"
    assert app.endpoint.state == EndpointState()


def test_a_wrong_key_is_refused_and_a_new_one_counts_at_once(app: RunningApp) -> None:
    before = app.endpoint.state.key
    app.endpoint.renew_key()
    app.qtbot.waitUntil(lambda: app.endpoint.state.key != before, timeout=LIMIT)
    assert before is not None
    old, new = Program(app, "/models", before.text), Program(app, "/models")
    ended(app, old, new)
    assert (old.status, new.status) == (401, 200)
    assert sorted(call.status for call in app.endpoint.calls) == [200, 401]


def test_the_window_goes_before_answers_that_are_being_written(app: RunningApp) -> None:
    story = "Write a very long story about a fox, with many chapters."
    programs = [Program(app, **said(story, max_tokens=250, seed=number, ignore_eos=True)) for number in range(3)]
    app.qtbot.waitUntil(lambda: any(call.tokens for call in app.endpoint.calls), timeout=LIMIT)
    finished: list[str] = []
    app.chat.message_changed.connect(lambda _message: finished.append("window"))
    paused: set[int] = set()
    app.endpoint.called.connect(lambda call: None if call.runs else finished.append("program"))
    app.endpoint.called.connect(lambda call: paused.add(call.number) if call.pauses else None)
    app.chat.send("Hello")
    app.qtbot.waitUntil(lambda: "window" in finished, timeout=LIMIT)
    assert "program" not in finished
    assert paused == {1, 2, 3}
    app.qtbot.waitUntil(lambda: not any(call.pauses for call in app.endpoint.calls), timeout=LIMIT)
    ended(app, *programs)
    assert [one.status for one in programs] == [200] * 3
    assert [one.answer["usage"]["completion_tokens"] for one in programs] == [250] * 3


def test_a_call_is_stopped_from_the_window(app: RunningApp) -> None:
    program = Program(app, **said("Tell me a long story.", max_tokens=1500))
    app.qtbot.waitUntil(lambda: any(call.tokens for call in app.endpoint.calls), timeout=LIMIT)
    app.endpoint.stop(app.endpoint.calls[0])
    ended(app, program)
    assert app.endpoint.calls[0].tokens < 1500


def test_a_child_that_dies_costs_one_call(app: RunningApp) -> None:
    program = Program(app, **said("Tell me a long story.", max_tokens=1500))
    app.qtbot.waitUntil(lambda: any(call.tokens for call in app.endpoint.calls), timeout=LIMIT)
    (child,) = psutil.Process().children()
    child.kill()
    ended(app, program)
    assert program.status == 500
    assert program.answer["error"]["message"]
    follower = Program(app, **said("Say hello.", max_tokens=4))
    ended(app, follower)
    assert follower.status == 200


def test_it_is_switched_off(app: RunningApp) -> None:
    address = app.endpoint.state.address
    app.commands["endpoint.toggle"]()
    app.qtbot.waitUntil(lambda: not app.endpoint.state.address, timeout=LIMIT)

    def is_refused() -> bool:
        try:
            urllib.request.urlopen(f"{address}/models", timeout=5).close()
        except urllib.error.HTTPError as error:
            error.close()
            return False
        except urllib.error.URLError:
            return True
        except ConnectionError:  # it was let in at the last moment
            return False
        return False

    app.qtbot.waitUntil(is_refused, timeout=LIMIT)
