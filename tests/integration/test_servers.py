"""A model of a server in the running app: chosen by key, marked everywhere, and never used unasked."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from faulty_server import Exchange, FaultyServer, answer, event, models
from key_rings import MemoryKeyring
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLineEdit
from pytestqt.qtbot import QtBot
from running_app import RunningApp

from desktopchat.controllers.titles import TitleController
from desktopchat.core.address import Place, ServerAddress
from desktopchat.core.chat import MessageState
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.request import MadeRequest
from desktopchat.core.secret import Secret
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.server_keys import ServerKeys
from desktopchat.storage.state import LAST_MODEL
from desktopchat.ui.chooser import Chooser
from desktopchat.ui.secret_entry import SecretEntry
from desktopchat.ui.text_entry import TextEntry

KEY = "sk-canary-0123456789"


@pytest.fixture(autouse=True)
def ring() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as made:
        yield made


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path) -> Iterator[RunningApp]:
    made = RunningApp(qtbot, tmp_path, LoadParams(), ScriptedEngine(0))
    yield made
    made.close()


def wait(app: RunningApp, condition: Callable[[], bool]) -> None:
    app.wait(condition)


def stored(app: RunningApp, work: Callable[[], object]) -> object:
    results: list[object] = []
    app.storage.run(work, results.append)
    app.wait(lambda: results)
    return results[0]


def overlay(app: RunningApp, kind: type) -> object:
    wait(app, lambda: isinstance(app.window.commands.overlay, kind))
    return app.window.commands.overlay


def use(app: RunningApp, address: str) -> None:
    app.servers.connect_to(address)
    wait(app, lambda: app.models.is_elsewhere)


def test_an_address_is_typed_and_its_model_answers(app: RunningApp, server: FaultyServer, tmp_path: Path) -> None:
    server.chat(answer("Hello", " you"))
    app.commands["model.connect"]()
    entry = overlay(app, TextEntry)
    assert isinstance(entry, TextEntry)
    app.qtbot.keyClicks(entry.focusProxy(), f"127.0.0.1:{server.port}")
    app.qtbot.keyClick(entry.focusProxy(), Qt.Key.Key_Return)
    wait(app, lambda: app.models.is_elsewhere)
    app.chat.send("Hi")
    wait(app, lambda: bool(app.shown) and app.shown[-1].state is MessageState.COMPLETE)
    assert app.shown[-1].content == "Hello you"
    assert app.shown[-1].model == "one"
    (asked,) = server.asked()
    assert asked.fields["messages"] == [{"role": "user", "content": "Hi"}]
    assert app.servers.saved() == (ServerAddress.parse(f"{server.address}/v1#one"),)
    # The next start makes no connection by itself.
    assert stored(app, lambda: app.store.get_state(LAST_MODEL, None)) is None
    purposes = [json.loads(line).get("purpose") for line in (tmp_path / "connections.jsonl").read_text().splitlines()]
    assert set(purposes) == {"list models", "answer", None}


def test_a_server_is_marked_wherever_one_looks(app: RunningApp, server: FaultyServer) -> None:
    page = app.window.page
    badges = (page._badge, page.composer.badge)
    app.models.load(ModelFile("", "scripted", 0, "none"))
    wait(app, lambda: app.models.loaded is not None)
    assert not any(badge.isVisible() for badge in badges)
    use(app, server.address)
    assert app.engine._model is None, "the model here still takes memory"
    assert "the rest has no effect there" in app.notices[-1].cause
    wait(app, lambda: all(badge.isVisible() for badge in badges))
    assert {badge.text() for badge in badges} == {"on this machine, another program"}
    assert "another program on this machine" in app.window.status.text()
    assert "another program" in page.empty_state._about.text()
    page.show_place(Place.AWAY)
    assert {badge.text() for badge in badges} == {"leaves this machine"}
    assert all(badge.accessibleName() == "leaves this machine" for badge in badges)
    app.models.load(ModelFile("", "scripted", 0, "none"))
    wait(app, lambda: app.models.loaded is not None and not app.models.is_elsewhere)
    assert not any(badge.isVisible() for badge in badges)


def test_one_of_several_models_is_chosen_and_found_again(app: RunningApp, server: FaultyServer) -> None:
    server.on("GET /v1/models", models("one", "two"))
    app.servers.connect_to(server.address)
    chooser = overlay(app, Chooser)
    assert isinstance(chooser, Chooser)
    chooser.chosen.emit(ServerAddress.parse(f"{server.address}/v1#two"))
    wait(app, lambda: app.models.is_elsewhere)
    assert app.models.name == "two"
    chooser.close_overlay()
    app.finder.open([])
    app.finder.set_text("two")
    app.finder.finish()
    wait(app, lambda: "two" in [app.finder.data(app.finder.index(row)) for row in range(app.finder.rowCount())])
    app.finder.close()
    app.commands["model.connect"]()
    assert isinstance(app.window.commands.overlay, Chooser)


def test_a_server_that_cannot_be_used_leaves_the_present_model(app: RunningApp, server: FaultyServer) -> None:
    app.models.load(ModelFile("", "scripted", 0, "none"))
    wait(app, lambda: app.models.loaded is not None)
    server.on("GET /v1/models", lambda one: one.reply(500))
    app.servers.connect_to(server.address)
    wait(app, lambda: bool(app.notices))
    assert "failed inside" in app.notices[-1].cause
    assert app.notices[-1].command == "model.connect"
    app.servers.connect_to("http://api.example.com")
    assert "everyone could read" in app.notices[-1].cause
    assert app.models.name == "scripted"
    assert app.models.loaded is not None


def test_a_key_is_asked_for_kept_in_the_keyring_and_nowhere_else(
    app: RunningApp, server: FaultyServer, ring: MemoryKeyring, tmp_path: Path
) -> None:
    def locked(exchange: Exchange) -> None:
        if exchange.headers.get("authorization") == f"Bearer {KEY}":
            models("one")(exchange)
        else:
            exchange.reply(401, {"error": "key"})

    server.on("GET /v1/models", locked)
    server.chat(answer("Hello"))
    app.servers.connect_to(server.address)
    for typed in ("no key at all", f" {KEY}"):
        card = overlay(app, SecretEntry)
        assert isinstance(card, SecretEntry)
        assert card.field.echoMode() is QLineEdit.EchoMode.Password
        app.qtbot.keyClicks(card.field, typed)
        app.qtbot.keyClick(card.field, Qt.Key.Key_Return)
    wait(app, lambda: app.models.is_elsewhere)
    assert ring.kept == {("desktopchat server", server.address): KEY}
    app.chat.send("Hi")
    wait(app, lambda: bool(app.shown) and app.shown[-1].state is MessageState.COMPLETE)
    app.wait_stored()
    for file in tmp_path.rglob("*"):
        assert not file.is_file() or KEY.encode() not in file.read_bytes(), file
    app.servers.forget(app.servers.saved()[0])
    wait(app, lambda: ring.kept == {})
    assert app.servers.saved() == ()


def test_a_key_goes_to_the_server_that_it_is_for(ring: MemoryKeyring) -> None:
    keys, here = ServerKeys(), ServerAddress.parse("https://api.example.com/v1#one")
    keys.keep(here, Secret(KEY))
    assert ServerKeys().key_of(here.of_model("two")) == Secret(KEY)
    for other in ("https://api.example.com:8443", "https://example.com", "https://api.example.com.evil.net"):
        assert keys.key_of(ServerAddress.parse(other)) is None
    assert keys.forget(here)
    assert keys.key_of(here) is None


def test_a_refused_key_offers_to_give_another(app: RunningApp, server: FaultyServer) -> None:
    use(app, server.address)
    server.chat(lambda one: one.reply(401, {"error": "key"}))
    app.chat.send("Hi")
    wait(app, lambda: app.notices[-1].level == "error")
    assert app.notices[-1].command == "model.server_key"
    app.commands["model.server_key"]()
    assert isinstance(app.window.commands.overlay, SecretEntry)


def test_a_fault_in_the_middle_keeps_the_text_and_offers_another_answer(app: RunningApp, server: FaultyServer) -> None:
    use(app, server.address)
    server.chat(lambda one: one.stream(event("Once upon")))
    app.chat.send("Hi")
    wait(app, lambda: app.notices[-1].level == "error")
    assert "broke off" in app.notices[-1].cause
    assert app.notices[-1].command == "message.regenerate"
    assert app.shown[-1].content == "Once upon"
    assert app.shown[-1].state is MessageState.INTERRUPTED


def test_nothing_else_is_asked_of_a_server(app: RunningApp, server: FaultyServer) -> None:
    """No title is made there, and no draft is counted there."""
    titles = TitleController(app.chat, app.models, app.worker, app.storage, app.store)
    use(app, server.address)
    server.chat(answer("Hello"))
    app.window.page.composer.field.insert_text("A draft that is nobody's business")
    app.window.page.composer.flush_draft()
    app.chat.send("Hi")
    wait(app, lambda: bool(app.shown) and app.shown[-1].state is MessageState.COMPLETE)
    app.wait_stored()
    app.wait_stored()  # the titles' own question to the storage, and its answer
    assert titles._wanted is None
    assert len(server.asked()) == 1
    assert {one.call for one in server.exchanges} == {"GET /v1/models", "POST /v1/chat/completions"}


def test_a_change_in_the_middle_says_when_it_counts(app: RunningApp, server: FaultyServer) -> None:
    use(app, server.address)

    def slowly(exchange: Exchange) -> None:
        exchange.stream(event("Once"))
        exchange.wait_for_the_end()

    server.chat(slowly)
    app.chat.send("Hi")
    wait(app, lambda: bool(app.shown) and app.shown[-1].content == "Once")
    app.chat.set_sampling(SamplingParams(temperature=0.1))
    assert "count from the next one" in app.notices[-1].cause
    app.chat.stop()
    wait(app, lambda: not app.chat.answering)
    assert app.shown[-1].content == "Once"


def test_a_look_is_stopped_by_escape(app: RunningApp, server: FaultyServer) -> None:
    server.on("GET /v1/models", Exchange.wait_for_the_end)
    app.servers.connect_to(server.address)
    wait(app, lambda: bool(server.exchanges))
    assert app.window.page.progress.isVisible()
    app.commands["message.stop"]()
    wait(app, lambda: not app.servers.asking)
    assert app.notices[-1].cause == "Loading was stopped."
    assert not app.window.page.progress.isVisible()


def test_what_was_asked_is_listed_the_latest_first(app: RunningApp, server: FaultyServer) -> None:
    read: list[tuple[MadeRequest, ...]] = []
    app.servers.connections_read.connect(read.append)
    app.servers.read_connections()
    app.wait(lambda: read == [()])
    use(app, server.address)
    app.servers.read_connections()
    app.wait(lambda: len(read) == 2)
    first = read[-1][-1]
    assert (first.purpose, first.to) == ("list models", server.address)
    assert [one.at for one in read[-1]] == sorted((one.at for one in read[-1]), reverse=True)


def test_a_list_that_cannot_be_read_is_told_of(app: RunningApp, tmp_path: Path) -> None:
    (tmp_path / "connections.jsonl").mkdir()
    app.servers.read_connections()
    app.wait(lambda: app.notices != [])
    assert "The list of connections cannot be read" in app.notices[-1].cause
