"""Models are found in the real window by keys, on a hub of ten thousand, and the window never waits for it."""

import json
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from hub_server import TOKEN, Handler, HubServer, Repo, refusing, silent
from key_rings import MemoryKeyring
from PySide6.QtCore import QModelIndex, Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QPushButton
from pytestqt.qtbot import QtBot
from running_app import RunningApp, running_app

from desktopchat.controllers import hub_details, hub_search
from desktopchat.core.catalog import CatalogEntry
from desktopchat.core.hub import HubModel
from desktopchat.core.hub_file import HubFile
from desktopchat.ui.hub_card import HubCard
from desktopchat.ui.link_question import LinkQuestion
from desktopchat.ui.secret_entry import SecretEntry

Key = Qt.Key
CARD = (
    b"# Tiny\n\n![x](http://example.com/x.png)\n\nSee [this](http://example.com/page) or [that](file:///etc/passwd).\n"
)
FILES: dict[str, int | bytes] = {
    "README.md": CARD,
    "tiny-Q2_K.gguf": 500_000_000,
    "tiny-Q4_K_M.gguf": 700_000_000,
    "tiny-Q8_0-00001-of-00002.gguf": 600_000_000,
    "tiny-Q8_0-00002-of-00002.gguf": 600_000_000,
    "tiny-F16-00001-of-00002.gguf": 900_000_000,
    "mmproj-F16.gguf": 150_000_000,
    "../../up.gguf": 5,
}
TINY = Repo("acme/tiny-GGUF", FILES, downloads=3_000_000)
GATED = Repo("acme/gated-GGUF", FILES, gated="manual", downloads=2_000_000)
STALL = 0.25  # seconds for which the window may be held


@pytest.fixture
def hub() -> Iterator[HubServer]:
    with HubServer(TINY, GATED) as made:
        yield made


class Person:
    """Somebody who looks for a model."""

    def __init__(self, qtbot: QtBot, app: RunningApp, folder: Path) -> None:
        self.app, self._qtbot, self._folder = app, qtbot, folder
        app.window.activateWindow()
        qtbot.waitUntil(app.window.isActiveWindow)
        self.wanted: list[tuple[HubFile, ...]] = []
        self.card = self.open()

    def open(self) -> HubCard:
        self.press(Key.Key_F11)
        card = self.app.window.commands.overlay
        assert isinstance(card, HubCard)
        card.download_wanted.connect(self.wanted.append)
        self.card = card
        return card

    def press(self, *keys: Qt.Key) -> None:
        for key in keys:
            self._qtbot.keyClick(QApplication.focusWidget(), key)

    def type(self, text: str) -> None:
        field = QApplication.focusWidget()
        assert isinstance(field, QLineEdit)
        field.clear()
        self._qtbot.keyClicks(field, text)

    def find(self, text: str) -> None:
        self.type(text)
        self.press(Key.Key_Return)
        self.app.wait(lambda: not self.app.hub.search.searching)

    def sees(self, words: str) -> bool:
        return any(words in label.text() for label in self.card.findChildren(QLabel) if label.isVisible())

    def variants(self) -> list[str]:
        rows = self.card.pane.variants
        return [rows.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(rows.count())]

    def asked(self) -> list[dict[str, object]]:
        file = self._folder / "connections.jsonl"
        lines = file.read_text("utf-8").splitlines() if file.exists() else []
        return [entry for entry in map(json.loads, lines) if "request" in entry]


@pytest.fixture
def person(qtbot: QtBot, hub: HubServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Person]:
    monkeypatch.setattr(hub_search, "DELAY", 60_000)  # so that Enter alone searches
    monkeypatch.setattr(hub_details, "DELAY", 0)
    before = keyring.get_keyring()
    keyring.set_keyring(MemoryKeyring())
    with running_app(qtbot, tmp_path) as app:
        app.hub_address = hub.address
        yield Person(qtbot, app, tmp_path)
    keyring.set_keyring(before)


def test_what_we_suggest_needs_no_network(person: Person, hub: HubServer) -> None:
    person.app.wait(lambda: person.app.hub.search.rowCount() > 20)
    current = person.card.current()
    assert isinstance(current, CatalogEntry)
    assert current.family == "gpt-oss"
    person.press(Key.Key_Down, Key.Key_PageDown, Key.Key_Up)
    assert person.sees("nothing has been asked of the network")
    assert person.sees("What you type is sent to 127.0.0.1")
    assert hub.asked == []
    assert person.asked() == []


def test_a_suggestion_is_asked_about_on_enter(person: Person, hub: HubServer) -> None:
    person.app.wait(lambda: person.app.hub.search.rowCount() > 20)
    hub.repos["ggml-org/gpt-oss-20b-GGUF"] = Repo(
        "ggml-org/gpt-oss-20b-GGUF", {"gpt-oss-20b-Q4_K_M.gguf": 1, "gpt-oss-20b-mxfp4.gguf": 2}
    )
    person.press(Key.Key_Return)
    person.app.wait(person.variants)
    assert person.card.pane.variants.hasFocus()
    person.press(Key.Key_Return)
    assert [file.path for file in person.wanted[0]] == ["gpt-oss-20b-mxfp4.gguf"]


def test_from_the_letters_to_the_files(person: Person, hub: HubServer) -> None:
    person.find("tiny")
    person.app.wait(lambda: person.sees("1 found") and person.variants())
    assert person.variants() == [
        "Q2_K, 500 MB",
        "Q4_K_M, the usual choice · 700 MB",
        "F16, parts missing: 1 · 900 MB",
        "Q8_0, 2 parts · 1.2 GB",
    ]
    assert person.sees("mmproj-F16.gguf (150 MB) comes along")
    assert person.sees("may be called so: 1")
    person.press(Key.Key_Return, Key.Key_Down, Key.Key_Return)
    assert person.wanted == []  # it lacks a part
    assert person.sees("lacks 1 of its parts")
    person.press(Key.Key_Down, Key.Key_Return)
    (files,) = person.wanted
    assert [file.path for file in files] == [
        "tiny-Q8_0-00001-of-00002.gguf",
        "tiny-Q8_0-00002-of-00002.gguf",
        "mmproj-F16.gguf",
    ]
    assert {one["to"] for one in person.asked()} == {hub.address}
    person.app.wait(lambda: [one.name for one in person.app.downloads.downloads] == ["tiny · Q8_0"])


def test_letters_alone_search_a_moment_later(person: Person, hub: HubServer) -> None:
    person.app.hub.search._wait.setInterval(1)
    person.type("tiny")
    person.app.wait(lambda: isinstance(person.card.current(), HubModel))
    assert person.app.hub.search.rowCount() == 1


def test_left_goes_back_and_what_was_found_is_there_again(person: Person, hub: HubServer) -> None:
    person.find("tiny")
    person.app.wait(lambda: person.variants() and person.card.pane.page.toPlainText())
    person.press(Key.Key_Return, Key.Key_Left)
    assert person.card.field.hasFocus()
    person.press(Key.Key_Escape)
    assert person.app.window.commands.overlay is None
    count = len(hub.asked)
    person.open()
    assert person.card.field.text() == "tiny"
    assert person.app.hub.search.rowCount() == 1
    person.app.wait(person.variants)
    assert len(hub.asked) == count  # it is known


def test_card_is_read_without_loading_anything(person: Person, hub: HubServer) -> None:
    person.find("tiny")
    person.app.wait(lambda: "Tiny" in person.card.pane.page.toPlainText())
    person.press(Key.Key_Return, Key.Key_Tab)
    page = person.card.pane.page
    assert page.hasFocus()
    assert page.toPlainText() == "Tiny\nx\nSee this or [that](file:///etc/passwd)."
    links = []
    page.link_chosen.connect(links.append)
    for link in ("http://example.com/page", "file:///etc/passwd"):
        page.anchorClicked.emit(link)
    assert links == ["http://example.com/page"]
    assert isinstance(person.app.window.commands.overlay, LinkQuestion)


def test_terms_are_told_and_a_token_is_taken(person: Person, hub: HubServer) -> None:
    person.find("gated")
    person.app.wait(person.variants)
    assert person.sees("accept its terms on its page; then somebody decides")
    assert not person.card.pane.page.toPlainText()
    read, give = (button for button in person.card.findChildren(QPushButton) if button.isVisible())
    give.setFocus()
    person.press(Key.Key_Space)
    card = person.app.window.commands.overlay
    assert isinstance(card, SecretEntry)
    person.type("no token")
    person.press(Key.Key_Return)
    assert isinstance(person.app.window.commands.overlay, SecretEntry)
    person.type(TOKEN)
    person.press(Key.Key_Return)
    person.app.wait(lambda: person.app.window.toast.isVisible())
    person.open()
    person.find("gated-")
    person.app.wait(lambda: "Tiny" in person.card.pane.page.toPlainText())
    read = next(button for button in person.card.findChildren(QPushButton) if button.isVisible())
    read.setFocus()
    person.press(Key.Key_Space)
    question = person.app.window.commands.overlay
    assert isinstance(question, LinkQuestion)
    assert any(f"{hub.address}/acme/gated-GGUF" in one.text() for one in question.findChildren(QLabel))
    assert TOKEN not in (person._folder / "connections.jsonl").read_text("utf-8")


def test_offline_there_is_what_we_suggest(person: Person, hub: HubServer) -> None:
    person.app.hub_offline = True
    person.find("qwen3")
    assert person.sees("set to be offline")
    found = person.app.hub.search
    names = [found.index(row).data() for row in range(found.rowCount())]
    assert names == ["Qwen3 0.6B", "Qwen3 4B", "Qwen3 8B", "Qwen3 30B A3B"]
    assert hub.asked == []


def test_a_failure_is_told_and_enter_tries_again(person: Person, hub: HubServer) -> None:
    hub.on("/api/models", refusing(403))
    person.find("tiny")
    assert person.sees("refuses this (status 403)")
    assert person.app.hub.search.shows_catalog
    person.press(Key.Key_Return)
    person.app.wait(lambda: isinstance(person.card.current(), HubModel) and person.variants())
    hub.on("/api/models/", refusing(451))
    person.find("gated")
    person.app.wait(lambda: person.sees("taken acme/gated-GGUF down"))


def test_a_page_that_fails_leaves_what_was_found(person: Person, hub: HubServer) -> None:
    hub.generated = 200
    person.find("gguf")
    hub.on("/api/models", *[refusing(403)] * 3)
    person.press(*[Key.Key_PageDown] * 4)
    person.app.wait(lambda: person.app.hub.search.error)
    assert person.sees("refuses this (status 403)")
    assert person.app.hub.search.rowCount() == 50
    assert not person.app.hub.search.has_more


def test_new_letters_end_what_is_asked(person: Person, hub: HubServer) -> None:
    hub.on("/api/models", silent)
    person.type("gat")
    person.press(Key.Key_Return)
    person.app.wait(lambda: hub.asked)
    person.find("tiny")
    found = person.card.current()
    assert isinstance(found, HubModel)
    assert found.repo == "acme/tiny-GGUF"
    person.type("")
    person.app.wait(lambda: person.app.hub.search.shows_catalog)


def test_ten_thousand_are_paged_as_one_scrolls(person: Person, hub: HubServer) -> None:
    hub.generated = 10_000
    search, view = person.app.hub.search, person.card.list
    person.find("gguf")
    assert search.rowCount() == 50
    assert sum(asked.path == "/api/models" for asked in hub.asked) == 1
    while search.rowCount() < 3_000:
        person.press(Key.Key_PageDown)
        last = search.rowCount() - 1
        if view.currentIndex().row() == last:
            person.app.wait(lambda last=last: search.rowCount() > last + 1)
    person.app.wait(lambda: search.canFetchMore(QModelIndex()))
    pages = search.rowCount() // 50
    assert search.rowCount() == 50 * pages
    assert sum(asked.path == "/api/models" for asked in hub.asked) == pages
    assert person.app.meter.longest < STALL, person.app.meter.culprit


def test_a_slow_hub_holds_nothing_up(person: Person, hub: HubServer) -> None:
    def slow(handler: Handler) -> None:
        handler.server.hub.closing.wait(0.4)
        handler.reply([{"id": f"a/m{number}", "tags": ["gguf"]} for number in range(50)])

    hub.on("/api/models", *[slow] * 3)
    person.find("x")
    for _ in range(20):
        person.press(Key.Key_PageDown)
        QApplication.processEvents()
    assert person.app.meter.longest < STALL, person.app.meter.culprit


def test_closing_ends_what_is_asked(person: Person, hub: HubServer) -> None:
    hub.on("/api/models", silent)
    person.type("tiny")
    person.press(Key.Key_Return)
    person.app.wait(lambda: hub.asked)  # the fixture then closes all, and nothing may be left running


def test_hub_is_tested_by_a_command(person: Person, hub: HubServer, qtbot: QtBot) -> None:
    with qtbot.waitSignal(person.app.hub.noticed) as told:
        person.app.commands["model.hub_test"]()
    assert told.args[0].cause.startswith(f"{hub.address.removeprefix('http://')} answers in ")
    hub.on("/api/models", refusing(404))
    with qtbot.waitSignal(person.app.hub.noticed) as told:
        person.app.commands["model.hub_test"]()
    assert "is no model hub" in told.args[0].cause


def test_a_token_that_is_replaced_is_used_at_once(person: Person, hub: HubServer, qtbot: QtBot) -> None:
    person.find("tiny")
    with qtbot.waitSignal(person.app.hub.noticed):
        person.app.hub.give_token(TOKEN)
    person.find("gated")
    assert hub.asked[-1].token == TOKEN
