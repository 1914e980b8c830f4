"""A window on stand-ins for all of its controllers."""

from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import NoReturn

from fake_chats import (
    FakeCare,
    FakeChat,
    FakeConversations,
    FakeParameters,
    FakeSearch,
    FakeShelving,
    FakeStore,
    FakeTransfer,
)
from fake_insight import FakeBranching, FakeInsight
from fake_models import (
    FakeAdapters,
    FakeBackends,
    FakeDownloads,
    FakeEndpoint,
    FakeFits,
    FakeHub,
    FakeModels,
    FakeServers,
)
from fake_running import NOWHERE, InlineRunner, keys_in, library_in
from fake_writing import FakePrompts, FakeWriting
from pytestqt.qtbot import QtBot

from desktopchat.controllers.keys import KeyController
from desktopchat.controllers.library import LibraryController
from desktopchat.controllers.model_work import ModelWork
from desktopchat.controllers.palette import PaletteModel
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.updates import UpdateController
from desktopchat.core.hit import Hit
from desktopchat.core.release import no_address
from desktopchat.settings.file import Settings
from desktopchat.ui.command_groups import MADE_AFTER_THE_START
from desktopchat.ui.main_window import MainWindow
from desktopchat.ui.theme import Theme


def finder_of(
    chat: "FakeChat",
    store: FakeStore | None = None,
    *hits: Hit,
    folder: Path = NOWHERE,
    clock: Callable[[], float] = float,
) -> PaletteModel:
    """Return what the palette finds, on no other thread."""
    runner, store = InlineRunner(), store or FakeStore()
    preferences = Preferences(Settings.load(folder / "settings.toml"), runner)
    models = library_in(folder)
    messages, prompts = FakeSearch(*hits), FakePrompts()
    return PaletteModel(chat, preferences, runner, store, runner, store, messages, prompts, runner, models, clock)


def open_window(
    qtbot: QtBot,
    chat: "FakeChat",
    *,
    models: "FakeModels | None" = None,
    shelving: "FakeShelving | None" = None,
    conversations: "FakeConversations | None" = None,
    search: "FakeSearch | None" = None,
    care: "FakeCare | None" = None,
    transfer: "FakeTransfer | None" = None,
    writing: "FakeWriting | None" = None,
    keys: KeyController | None = None,
    finder: PaletteModel | None = None,
    parameters: "FakeParameters | None" = None,
    servers: "FakeServers | None" = None,
    backends: "FakeBackends | None" = None,
    adapters: "FakeAdapters | None" = None,
    hub: "FakeHub | None" = None,
    downloads: "FakeDownloads | None" = None,
    library: LibraryController | None = None,
    endpoint: "FakeEndpoint | None" = None,
    model_work: ModelWork | None = None,
    insight: "FakeInsight | None" = None,
    branching: "FakeBranching | None" = None,
    theme: Theme | None = None,
) -> MainWindow:
    """Return the real window on these fakes, shown and active."""
    window = MainWindow(
        SimpleNamespace(
            chat=chat,
            models=models or FakeModels(),
            shelving=shelving or FakeShelving(),
            conversations=conversations or FakeConversations(),
            search=search or FakeSearch(),
            care=care or FakeCare(),
            transfer=transfer or FakeTransfer(),
            writing=writing or FakeWriting(),
            keys=keys or keys_in(NOWHERE),
            finder=finder or finder_of(chat),
            parameters=parameters or FakeParameters(),
            servers=servers or FakeServers(),
            backends=backends or FakeBackends(),
            adapters=adapters or FakeAdapters(),
            hub=hub or FakeHub(),
            downloads=downloads or FakeDownloads(),
            fits=FakeFits(),
            library=library or LibraryController(library_in(NOWHERE), models or FakeModels(), InlineRunner()),
            endpoint=endpoint or FakeEndpoint(),
            model_work=model_work
            or ModelWork(library_in(NOWHERE), models or FakeModels(), InlineRunner(), NOWHERE, print, _no_newer, print),
            insight=insight or FakeInsight(),
            branching=branching or FakeBranching(chat),
            updates=UpdateController(
                Preferences(Settings.load(NOWHERE / "settings.toml"), InlineRunner()), InlineRunner(), _no_updates
            ),
        ),
        theme or Theme("light"),
        version="1",
    )
    for group in MADE_AFTER_THE_START:
        window.commands.make(group)
    qtbot.addWidget(window)
    window.resize(1200, 800)
    window.show()
    window.activateWindow()
    qtbot.waitUntil(window.isActiveWindow)
    return window


def _no_newer(_heard: object) -> tuple[()]:
    return ()


def _no_updates() -> NoReturn:
    raise no_address()
