"""The store is checked, backed up, restored and locked while the program runs."""

import os
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from desktopchat.controllers.opening import OpenStore, StoreOpening, missing_notice
from desktopchat.controllers.parameters import ParameterController
from desktopchat.controllers.store_care import StoreCare
from desktopchat.core.care import CopyKind, StoreCopy
from desktopchat.core.hit import HitKind
from desktopchat.core.params import SamplingParams
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.query import parse
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.backups import Backups
from desktopchat.storage.connection import is_encrypted
from desktopchat.storage.pages import PageFile
from desktopchat.storage.search import Search
from desktopchat.storage.vault import recrypt

KEY, OTHER = Passphrase("correct horse"), Passphrase("another one")


class Desk:
    """The controllers with the one that looks after the store."""

    def __init__(self, rig: Any, folder: Path) -> None:
        self.rig = rig
        self.search = Search(rig.database.path, lambda: rig.database.key)
        self.care = StoreCare(
            rig.chat,
            rig.worker,
            rig.models,
            rig.storage,
            rig.io,
            rig.stores,
            folder / "states",
            readers=[self.search.paused],
        )
        self.path = rig.database.path
        self.backups = Backups(self.path)
        self.refused: list[str] = []
        self.readable: list[int] = []
        self.care.noticed.connect(rig.notices.append)
        self.care.passphrase_refused.connect(self.refused.append)
        self.care.copies_readable.connect(self.readable.append)

    def told(self, words: str) -> None:
        self.rig.wait(lambda: any(words in f"{notice.cause} {notice.cure}" for notice in self.rig.notices))

    def hits(self, text: str) -> int:
        found = self.search.find(parse(text, date(2026, 1, 1)))
        assert found is not None
        return sum(hit.kind is HitKind.MESSAGE for hit in found)

    def copies(self) -> list[StoreCopy]:
        found: list[list[StoreCopy]] = []
        self.care.list_copies(found.append)
        self.rig.wait(lambda: bool(found))
        return found[0]


@pytest.fixture
def desk(make_rig: Callable[..., Any], tmp_path: Path) -> Iterator[Desk]:
    rig = make_rig()
    rig.load()
    rig.say("say: first")
    made = Desk(rig, tmp_path)
    yield made
    made.care.close()
    made.search.close()


def test_start_checks_trusts_and_backs_up(desk: Desk) -> None:
    desk.care.start()
    desk.rig.wait(lambda: len(desk.backups.files()) == 1)
    assert desk.backups.files()[0].kind is CopyKind.DAILY
    assert desk.rig.notices == []
    (copy,) = desk.copies()
    assert (copy.conversations, copy.messages) == (1, 2)
    desk.care.start()
    desk.rig.drain()
    desk.care.back_up()
    desk.told("Backed up as")
    assert {copy.kind for copy in desk.backups.files()} == {CopyKind.ASKED, CopyKind.DAILY}
    assert len(desk.backups.files()) == 2


def test_restore_shows_what_was_and_can_be_undone(desk: Desk) -> None:
    desk.care.back_up()
    desk.told("Backed up as")
    desk.rig.say("say: second")
    assert desk.hits("second") == 2
    desk.care.restore(desk.copies()[0])
    desk.told("undoes it")
    desk.rig.wait(lambda: desk.rig.texts() == ["say: first", "first"])
    assert desk.hits("second") == 0
    replaced = next(copy for copy in desk.copies() if copy.kind is CopyKind.REPLACED)
    desk.care.restore(replaced)
    desk.rig.wait(lambda: desk.rig.texts()[-1:] == ["second"])
    desk.rig.say("say: third")
    assert desk.rig.stored()[-1] == "third"


def test_restore_brings_the_defaults_and_presets_of_then(desk: Desk) -> None:
    parameters = ParameterController(desk.rig.chat, desk.rig.models, desk.rig.storage, desk.rig.store, desk.rig.chat)
    parameters.start()
    desk.rig.chat.set_sampling(SamplingParams(temperature=0.3))
    parameters.make_default(for_model=False)
    desk.rig.drain()
    desk.care.back_up()
    desk.told("Backed up as")
    desk.rig.chat.set_sampling(SamplingParams(temperature=1.3))
    parameters.make_default(for_model=False)
    parameters.save_preset("Wild")
    desk.rig.drain()
    desk.care.restore(desk.copies()[0])
    desk.told("undoes it")
    desk.rig.wait(lambda: desk.rig.chat.default_sampling.temperature == 0.3)
    assert not any(preset.own for preset in parameters.presets)
    desk.rig.wait(lambda: desk.rig.chat.sampling.temperature == 0.3)


def test_nothing_is_swapped_while_an_answer_is_written(make_rig: Callable[..., Any], tmp_path: Path) -> None:
    desk = Desk(make_rig(ScriptedEngine(rate=20)), tmp_path)
    desk.rig.load()
    desk.care.back_up()
    desk.told("Backed up as")
    (copy,) = desk.copies()
    desk.rig.chat.send("go on")
    desk.rig.wait(lambda: len(desk.rig.texts()) == 2 and "word2" in desk.rig.texts()[-1])
    desk.care.restore(copy)
    desk.told("An answer is being written")
    desk.rig.chat.stop()
    desk.rig.wait_idle()
    assert desk.rig.texts()[0] == "go on"
    desk.care.close()


def damage(path: Path) -> None:
    """Overwrite a page of the search index, which nothing needs until somebody searches."""
    pages = PageFile(path)
    root = pages.roots()["message_index_data"]
    pages.close()
    with path.open("r+b") as file:
        file.seek((root - 1) * 4096)
        file.write(os.urandom(4096))


def test_damage_is_told_and_repaired(make_rig: Callable[..., Any], desk: Desk, tmp_path: Path) -> None:
    desk.rig.database.close()
    damage(desk.path)
    again = Desk(make_rig(), tmp_path)
    again.care.start()
    again.told("is damaged")
    assert again.rig.notices[-1].command == "store.repair"
    assert again.backups.files() == []
    again.care.repair()
    again.told("messages: 2")
    kept = again.backups.files()[0]
    assert kept.kind is CopyKind.DAMAGED
    again.care.check()
    again.told("are sound")
    again.rig.wait(lambda: again.rig.texts() == ["say: first", "first"])
    again.care.close()


def test_lock_change_and_unlock_while_it_runs(desk: Desk) -> None:
    states = desk.path.parent / "states"
    states.mkdir()
    (states / "1").write_text("say: first")
    desk.care.back_up()
    desk.told("Backed up as")
    desk.care.lock(Passphrase("short"), remember=False)
    desk.rig.wait(lambda: bool(desk.refused))
    assert "shorter than 8" in desk.refused[-1]
    assert not desk.care.locked
    assert desk.hits("first") == 2  # its connection must not be in the way
    desk.care.lock(KEY, remember=False)
    desk.rig.wait(lambda: desk.readable == [1])
    assert desk.care.locked
    assert is_encrypted(desk.path)
    desk.care.see_to_copies("encrypt")
    desk.told("No backup can be read")
    desk.rig.wait(lambda: not states.exists())
    desk.care.change_passphrase(OTHER, KEY)
    desk.rig.wait(lambda: len(desk.refused) == 2)
    desk.care.change_passphrase(KEY, OTHER)
    desk.told("was changed")
    assert desk.copies()[0].messages == 2
    desk.rig.say("say: locked")
    assert desk.hits("locked") == 2
    assert not [file for file in desk.path.parent.rglob("*") if file.is_file() and b"say: " in file.read_bytes()]
    desk.care.unlock(OTHER)
    desk.told("no longer locked")
    assert not is_encrypted(desk.path)
    assert desk.rig.stored()[-1] == "locked"
    assert desk.copies()[0].messages == 2


def test_readable_backups_can_be_removed(desk: Desk) -> None:
    desk.care.back_up()
    desk.told("Backed up as")
    desk.care.lock(KEY, remember=False)
    desk.rig.wait(lambda: desk.readable == [1])
    desk.care.see_to_copies("remove")
    desk.told("No backup can be read")
    assert desk.backups.files() == []


def test_missing_keyring_is_told(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    from keyring.backends.null import Keyring

    monkeypatch.setattr("keyring.get_keyring", Keyring)
    desk.care.lock(KEY, remember=True)
    desk.told("no keyring that keeps secrets")
    desk.care.forget_passphrase()
    desk.told("keeps no passphrase")


# --- before the window ------------------------------------------------------------------------------


class Start:
    def __init__(self, path: Path) -> None:
        self.opening = StoreOpening(path)
        self.wanted: list[str] = []
        self.opened: list[OpenStore] = []
        self.salvaged: list[bool] = []
        self.opening.passphrase_wanted.connect(self.wanted.append)
        self.opening.salvage_started.connect(lambda: self.salvaged.append(True))
        self.opening.opened.connect(self.opened.append)
        self.opening.start()


@pytest.fixture
def start(desk: Desk) -> Iterator[Callable[[], Start]]:
    desk.rig.database.close()
    started: list[Start] = []

    def begin() -> Start:
        started.append(Start(desk.path))
        return started[-1]

    yield begin
    for one in started:
        one.opening.close()
        for opened in one.opened:
            opened.database.close()


def test_passphrase_is_asked_for_until_it_is_right(desk: Desk, start: Callable[[], Start]) -> None:
    recrypt(desk.path, None, KEY)
    begun = start()
    desk.rig.wait(lambda: begun.wanted == [""])
    begun.opening.try_passphrase(OTHER, False)
    desk.rig.wait(lambda: len(begun.wanted) == 2)
    assert "does not open" in begun.wanted[1]
    begun.opening.try_passphrase(KEY, False)
    desk.rig.wait(lambda: bool(begun.opened))
    assert begun.opened[0].database.key == KEY
    assert begun.opened[0].notices == ()


@pytest.mark.parametrize("key", [None, KEY], ids=["plain", "locked"])
def test_damage_at_the_start_is_salvaged(desk: Desk, start: Callable[[], Start], key: Passphrase | None) -> None:
    backup = desk.backups.make(CopyKind.DAILY)
    if key:
        recrypt(desk.path, None, key)
        recrypt(backup, None, key)
    with desk.path.open("r+b") as file:
        file.write(bytes(100))
    begun = start()
    if key:
        desk.rig.wait(lambda: begun.wanted == [""])
        begun.opening.try_passphrase(key, False)
    desk.rig.wait(lambda: bool(begun.opened))
    assert begun.salvaged == [True]
    (notice,) = begun.opened[0].notices
    assert ("messages: 2" in notice.cause) == (key is None)
    assert "The last backup is of 20" in notice.cure
    assert notice.command == "store.restore"
    assert is_encrypted(desk.path) == (key is not None)


def test_missing_store_with_a_backup_is_told(desk: Desk, start: Callable[[], Start]) -> None:
    desk.backups.make(CopyKind.DAILY)
    assert missing_notice(desk.path) == ()
    desk.path.unlink()
    (notice,) = missing_notice(desk.path)
    assert "is gone; there is a backup of 20" in notice.cause
    assert notice.command == "store.restore"
    desk.backups.files()[0].path.unlink()
    assert missing_notice(desk.path) == ()
