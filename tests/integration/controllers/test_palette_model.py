"""The palette on the real database: titles, messages, uses."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from desktopchat.controllers.palette import ENTRY_ROLE, PaletteModel
from desktopchat.controllers.palette_entries import Entry, EntryKind
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.prompts import PromptLibrary
from desktopchat.controllers.search import SearchModel
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.library.shelf import Library
from desktopchat.settings.file import Settings
from desktopchat.storage.search import Search

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


@pytest.fixture
def palette(rig: Rig, tmp_path: Path) -> Iterator[PaletteModel]:
    runner = TaskRunner("search")
    search = Search(tmp_path / "desktopchat.db", lambda: None)
    messages = SearchModel(runner, search, rig.storage, rig.stores.shelf)
    preferences = Preferences(Settings.load(tmp_path / "settings.toml"), rig.io)
    prompts = PromptLibrary(rig.io, (tmp_path / "prompts",))
    models = Library(tmp_path / "models", tmp_path / "library.json", tmp_path / "headers.json", tmp_path / "home")
    yield PaletteModel(rig.chat, preferences, rig.storage, rig.store, runner, search, messages, prompts, rig.io, models)
    messages.close()
    runner.close()


def entries(palette: PaletteModel, kind: EntryKind) -> list[Entry]:
    rows = (palette.index(row).data(ENTRY_ROLE) for row in range(palette.rowCount()))
    return [entry for entry in rows if entry.kind is kind]


def named(palette: PaletteModel, kind: EntryKind) -> list[str]:
    return [entry.name for entry in entries(palette, kind)]


def test_conversation_that_was_just_made_is_found(rig: Rig, palette: PaletteModel) -> None:
    rig.say("whales in the sea")
    palette.open([])
    palette.set_text("whal")
    rig.wait(lambda: named(palette, EntryKind.CONVERSATION) == ["whales in the sea"])
    rig.chat.rename(rig.chat.conversation_id, "Blue ones")
    rig.wait(lambda: any(one.title == "Blue ones" for one in [rig.chat._conversation]))
    palette.open([])
    palette.set_text("blue")
    rig.wait(lambda: named(palette, EntryKind.CONVERSATION) == ["Blue ones"])


def test_prompts_of_the_folder_are_found(rig: Rig, palette: PaletteModel, tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    folder.mkdir()
    (folder / "whale song.md").write_text("\n\nSing of {what}.\nLoudly.", encoding="utf-8")
    palette.open([])
    palette.set_text("whsong")
    rig.wait(lambda: named(palette, EntryKind.PROMPT) == ["whale song"])
    [entry] = entries(palette, EntryKind.PROMPT)
    assert (entry.about, entry.target) == ("Sing of {what}.", "Sing of {what}.\nLoudly.")


def test_messages_come_after_the_names(rig: Rig, palette: PaletteModel) -> None:
    rig.say("whales in the sea")
    palette.open([])
    palette.set_text("whales")
    rig.wait(lambda: bool(entries(palette, EntryKind.MESSAGE)))
    hits = entries(palette, EntryKind.MESSAGE)
    assert all("whales" in hit.name for hit in hits)
    assert palette.index(palette.rowCount() - 1).data(ENTRY_ROLE) == hits[-1]
    palette.set_text("wh")
    palette.set_text("nothing of that kind")
    rig.wait(lambda: not entries(palette, EntryKind.MESSAGE))


def test_uses_outlast_the_window(rig: Rig, palette: PaletteModel) -> None:
    rig.say("whales in the sea")
    palette.open([])
    palette.set_text("whales")
    rig.wait(lambda: bool(entries(palette, EntryKind.CONVERSATION)))
    palette.use(entries(palette, EntryKind.CONVERSATION)[0])
    rig.wait_idle()
    assert list(rig.storage.call(lambda: rig.store.get_state("palette.uses"))) == [
        f"conversation:{rig.chat.conversation_id}"
    ]
