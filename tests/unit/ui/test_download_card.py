"""The card of the downloads, by key."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from fake_chats import FakeChat
from fake_models import FakeDownloads
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QListWidget
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.core.download import Download, DownloadState
from desktopchat.core.hub_file import HubFile
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence
from desktopchat.ui.download_card import DownloadCard
from desktopchat.ui.main_window import MainWindow

Key, Modifier = Qt.Key, Qt.KeyboardModifier


def download(number: int, state: DownloadState = DownloadState.RUNNING, **more: object) -> Download:
    file = HubFile("acme/tiny-GGUF", "c" * 40, f"tiny{number}.Q4_K_M.gguf", 3_000_000_000, "")
    values = {"done": 1_230_000_000, **more}
    return Download(number, f"tiny{number} · Q4_K_M", (file,), state, **values)  # type: ignore[arg-type]


MANY = (
    download(1, speed=12.3e6, left=150.0),
    download(2, DownloadState.WAITING, reason=Sentence("hub.example has trouble."), until=30.0),
    download(3, DownloadState.FAILED, reason=Sentence("Its SHA-256 is not that of the hub.")),
    download(4, DownloadState.DONE, done=3_000_000_000, place="/models/x.gguf"),
    download(5, DownloadState.QUEUED, done=0),
)


class Rig:
    """A window with the card open."""

    def __init__(self, qtbot: QtBot, *downloads: Download) -> None:
        self.qtbot = qtbot
        self.fake = FakeDownloads(*downloads)
        self.window: MainWindow = open_window(qtbot, FakeChat(), downloads=self.fake)
        self.window.actions_by_id["download.list"].trigger()

    @property
    def card(self) -> DownloadCard:
        (card,) = self.window.findChildren(DownloadCard)
        return card

    @property
    def rows(self) -> QListWidget:
        return self.card.findChild(QListWidget)

    def press(self, key: Key, modifiers: Modifier = Modifier.NoModifier) -> None:
        self.qtbot.keyClick(self.rows, key, modifiers)

    def asked(self) -> list[tuple[str, int]]:
        return [(call[0], call[1].id) for call in self.fake.calls if len(call) > 1]

    def labels(self) -> str:
        return "\n".join(one.text() for one in self.card.findChildren(QLabel) if one.isVisible())

    def spoken(self) -> list[str]:
        return [self.rows.item(row).data(Qt.ItemDataRole.AccessibleTextRole) for row in range(self.rows.count())]


@pytest.fixture
def make(qtbot: QtBot) -> Callable[..., Rig]:
    return lambda *downloads: Rig(qtbot, *downloads)


def test_each_row_is_spoken_with_its_state(make: Callable[..., Rig]) -> None:
    assert make(*MANY).spoken() == [
        "tiny1 · Q4_K_M, 41 % · 1.2 GB of 3.0 GB · 12 MB/s · 2 min left",
        "tiny2 · Q4_K_M, 41 % · hub.example has trouble. · again in 30 s",
        "tiny3 · Q4_K_M, failed · Its SHA-256 is not that of the hub.",
        "tiny4 · Q4_K_M, done · 3.0 GB",
        "tiny5 · Q4_K_M, queued · 3.0 GB",
    ]


def test_empty_card_has_the_focus_and_closes(make: Callable[..., Rig], qtbot: QtBot) -> None:
    rig = make()
    assert "Nothing is being downloaded." in rig.labels()
    assert QApplication.focusWidget() is rig.card
    rig.fake.changed.emit((download(1),))
    assert QApplication.focusWidget() is rig.rows
    rig.fake.changed.emit(())
    assert QApplication.focusWidget() is rig.card
    qtbot.keyClick(rig.card, Key.Key_Escape)
    assert rig.window.page.composer.field.hasFocus()


def test_keys_do_what_they_say(make: Callable[..., Rig]) -> None:
    rig = make(*MANY)
    assert rig.rows.hasFocus()
    rig.press(Key.Key_Space)
    rig.press(Key.Key_Down)
    rig.press(Key.Key_Return)
    rig.press(Key.Key_Up, Modifier.AltModifier)
    for _ in range(3):
        rig.press(Key.Key_Down)
    rig.press(Key.Key_Delete)
    assert rig.asked() == [("toggle", 1), ("toggle", 2), ("move_up", 2), ("remove", 5)]


def test_enter_opens_what_is_done_and_closes_the_card(make: Callable[..., Rig], qtbot: QtBot) -> None:
    rig = make(MANY[3])
    rig.press(Key.Key_Return)
    assert rig.asked() == [("open", 4)]
    qtbot.waitUntil(lambda: not rig.window.findChildren(DownloadCard))


def test_what_came_is_deleted_only_by_a_second_key(make: Callable[..., Rig]) -> None:
    rig = make(*MANY)
    rig.press(Key.Key_Delete)
    assert "with the 1.2 GB that came" in rig.labels()
    assert not rig.asked()
    rig.press(Key.Key_Down)
    rig.press(Key.Key_Up)
    rig.press(Key.Key_Delete)
    assert not rig.asked()
    rig.press(Key.Key_Delete)
    assert rig.asked() == [("remove", 1)]


def test_numbers_change_under_the_chosen_row(make: Callable[..., Rig]) -> None:
    rig = make(*MANY)
    rig.press(Key.Key_Down)
    rig.fake.tell(MANY[1], replace(MANY[0], done=2_000_000_000), *MANY[2:])
    assert rig.rows.currentRow() == 0
    assert "66 %" in rig.spoken()[1]
    rig.fake.tell(MANY[0])
    assert rig.rows.currentRow() == 0
    rig.fake.tell()
    assert "Nothing is being downloaded. F11 finds a model." in rig.labels()


def test_failure_is_read_in_full(make: Callable[..., Rig]) -> None:
    rig = make(*MANY)
    rig.press(Key.Key_Down)
    rig.press(Key.Key_Down)
    assert "Its SHA-256 is not that of the hub." in rig.labels()


def test_what_waits_counts_down_and_says_its_key(make: Callable[..., Rig]) -> None:
    rig = make(*MANY)
    assert "Space tries again now." not in rig.labels()
    rig.press(Key.Key_Down)
    assert "Space tries again now." in rig.labels()
    assert "again in 30 s" in rig.spoken()[1]
    rig.card.show_downloads((MANY[0], replace(MANY[1], until=12.0), *MANY[2:]))
    assert "again in 12 s" in rig.spoken()[1]
    rig.press(Key.Key_Space)
    assert rig.asked() == [("toggle", 2)]
    rig.card.show_downloads((MANY[0], replace(MANY[1], state=DownloadState.RUNNING, until=0.0), *MANY[2:]))
    assert "Space tries again now." not in rig.labels()


def test_what_was_set_aside_is_deleted_by_a_second_key(make: Callable[..., Rig]) -> None:
    reason = Sentence("it was not what the hub said it would be")
    rig = make(download(1, DownloadState.ASIDE, done=3_000_000_000, reason=reason))
    assert rig.spoken() == ["tiny1 · Q4_K_M, set aside · 3.0 GB · it was not what the hub said it would be"]
    rig.press(Key.Key_Delete)
    assert "Delete once more removes it" in rig.labels()
    assert rig.asked() == []
    rig.press(Key.Key_Delete)
    assert rig.asked() == [("remove", 1)]


def test_line_at_the_bottom_says_how_far_it_is(make: Callable[..., Rig]) -> None:
    rig = make()
    rig.fake.tell(MANY[0], MANY[3])
    assert rig.window.status.text().endswith("tiny1 · Q4_K_M · 41 % · 12 MB/s · 2 min left")
    rig.fake.tell(MANY[0], MANY[1])
    assert rig.window.status.text().endswith("2 downloads · 41 % · 12 MB/s · 5 min left")
    rig.fake.tell(MANY[1])
    assert rig.window.status.text().endswith("41 % · waiting")
    rig.fake.tell(MANY[2], MANY[3])
    assert "tiny" not in rig.window.status.text()


def test_model_that_has_come_is_offered(make: Callable[..., Rig]) -> None:
    rig = make()
    rig.fake.newest = "/models/x.gguf"
    rig.fake.tell(MANY[3])
    rig.fake.noticed.emit(Notice("hint", "It is here.", "", "download.open"))
    assert rig.window.page.banner.text() == "It is here."
    rig.window.page.banner._cure.click()
    assert ("open_newest",) in rig.fake.calls


def test_files_that_are_chosen_are_fetched(make: Callable[..., Rig], tmp_path: Path) -> None:
    rig = make()
    files = MANY[0].files
    rig.window.commands.downloads.fetch(files)
    assert ("add", "tiny · Q4_K_M", files) in rig.fake.calls
