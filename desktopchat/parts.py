"""The controllers of the window. Those that few starts need are imported and made when they are first asked for.

What stands at the top of this module is read before the window is filled, and so before the first letter can be
typed: it belongs there only when that letter needs it. `tests/unit/test_start_imports.py` holds how much that is.
"""

from __future__ import annotations

import sys
from functools import cached_property
from typing import TYPE_CHECKING, Any

from desktopchat.controllers.branching import Branching
from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.conversation_list import ConversationListModel
from desktopchat.controllers.drawing import Drawing
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.insight import Insight
from desktopchat.controllers.keys import KeyController
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.parameters import ParameterController
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.receipts import Receipts
from desktopchat.controllers.search import SearchModel
from desktopchat.controllers.shelf import ShelfController
from desktopchat.controllers.store_care import StoreCare
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.controllers.writing import Writing
from desktopchat.core.adapter_choices import unpack
from desktopchat.core.receipts import receipts_file
from desktopchat.resources import resource
from desktopchat.settings.key_file import KeyFile
from desktopchat.storage.search import Search
from desktopchat.storage.state import MODEL_ADAPTERS, MODEL_PROJECTORS, MODEL_TEMPLATES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from desktopchat.controllers.adapters import AdapterController
    from desktopchat.controllers.backends import BackendController
    from desktopchat.controllers.bandwidth_log import BandwidthLog
    from desktopchat.controllers.downloads import DownloadController
    from desktopchat.controllers.endpoint import EndpointController
    from desktopchat.controllers.fits import FitController
    from desktopchat.controllers.hub import HubController
    from desktopchat.controllers.library import LibraryController
    from desktopchat.controllers.model_work import ModelWork
    from desktopchat.controllers.palette import PaletteModel
    from desktopchat.controllers.quick_ask import QuickAsk
    from desktopchat.controllers.renames import Renames
    from desktopchat.controllers.servers import ServerController
    from desktopchat.controllers.size_hint import SizeHint
    from desktopchat.controllers.transfer import TransferController
    from desktopchat.controllers.updates import UpdateController
    from desktopchat.library.shelf import Library
    from desktopchat.session import Session
    from desktopchat.settings.file import Settings
    from desktopchat.storage.stores import Stores


class Parts:
    """Makes each controller once, and takes down those that were made.

    Args:
        language: Of the texts that come with the app, such as "en".
        use_models_in: Makes another folder that of the models, for good; called off the window's thread.
    """

    def __init__(
        self,
        session: Callable[[], Session],
        settings: Settings,
        stores: Stores,
        language: str,
        use_models_in: Callable[[Path], None],
    ) -> None:
        self._session = session
        self._settings = settings
        self._stores = stores
        self._use_models_in = use_models_in
        self._database = stores.database
        self._store = store = stores.conversations
        paths = session().paths

        self.storage = TaskRunner("storage")
        self.io = TaskRunner("io", workers=2)
        self.searching = TaskRunner("search")
        self.worker = EngineWorker(lambda: session().create_engine(settings))
        self.models = ModelController(self.worker, self.io, self.storage, store, session().load_params(settings, None))
        self.models.templates = store.get_state(MODEL_TEMPLATES, {})
        adapters = store.get_state(MODEL_ADAPTERS, {})
        self.models.adapters = {name: unpack(packed) for name, packed in adapters.items()}
        self.models.projectors = store.get_state(MODEL_PROJECTORS, {})
        receipts = Receipts(self.storage, receipts_file())
        self.chat = ChatController(self.worker, self.models, self.storage, store, settings["chat.overflow"], receipts)
        self.shelving = ShelfController(self.chat, self.worker, self.storage, stores)
        self.conversations = ConversationListModel(self.chat, self.shelving, self.storage, stores)
        self.drawing = Drawing(lambda number: self.storage.call(lambda: store.attachment(number)))
        search, found = self._new_search(), self._new_search()
        self.search = self._searching_with(search)
        # The palette finds messages too; it must not end what the search field looks for.
        self._found = found
        self.care = StoreCare(
            self.chat,
            self.worker,
            self.models,
            self.storage,
            self.io,
            stores,
            paths.states,
            [search.paused, found.paused],
        )
        if settings["chat.titles"] == "model":
            from desktopchat.controllers.titles import TitleController

            self._titles = TitleController(self.chat, self.models, self.worker, self.storage, store)
        self.writing = Writing(
            self.chat,
            self.storage,
            self.io,
            store,
            (resource("prompts"), paths.prompts),
            lambda: self._models_here,
            (resource("personas", language), paths.personas),
        )
        self.preferences = Preferences(settings, self.io)
        self.parameters = ParameterController(self.chat, self.models, self.storage, store)
        self.keys = KeyController(
            self.preferences, KeyFile.load(paths.keys_file), self.io, mac=sys.platform == "darwin"
        )
        self.insight = Insight(self.chat, self.models, self.worker, self.storage, self.io, stores, self.preferences)
        self.branching = Branching(self.chat, self.models, self.storage, stores)

    # Made when they are asked for

    @cached_property
    def _models_here(self) -> Library:
        return self._session().library()

    @cached_property
    def _shelf(self) -> TaskRunner:
        return TaskRunner("library")

    @cached_property
    def library(self) -> LibraryController:
        """The models of this machine."""
        from desktopchat.controllers.library import LibraryController
        from desktopchat.controllers.renames import Renames

        made = LibraryController(self._models_here, self.models, self._shelf)
        self._renames: Renames = Renames(made, self.models, self.parameters, self.storage, self._store)
        return made

    @cached_property
    def transfer(self) -> TransferController:
        """Import and export."""
        from desktopchat.controllers.transfer import TransferController

        return TransferController(self.chat, self.io, self.storage, self._stores)

    @cached_property
    def servers(self) -> ServerController:
        """Models of servers."""
        from desktopchat.controllers.servers import ServerController
        from desktopchat.network.reading import made_requests

        return ServerController(
            self.models,
            self.preferences,
            self.io,
            self._session().server_keys,
            lambda address: self._session().look_at(self._settings, address),
            lambda: made_requests(self._session().paths.connections_file),
        )

    @cached_property
    def backends(self) -> BackendController:
        """What llama.cpp computes on."""
        from desktopchat.controllers.backends import BackendController

        return BackendController(
            self.models, self.preferences, self.io, lambda: self._session().backends(self._settings)
        )

    @cached_property
    def adapters(self) -> AdapterController:
        """What is laid over a model."""
        from desktopchat.controllers.adapters import AdapterController

        return AdapterController(
            self.worker, self.models, self.io, self.storage, self._store, self._session().paths.models
        )

    @cached_property
    def hub(self) -> HubController:
        """Models of the hub."""
        from desktopchat.controllers.hub import HubController
        from desktopchat.library.catalog import read_catalog

        return HubController(
            self.preferences,
            self.io,
            self._session().server_keys,
            lambda: self._session().hubs(self._settings),
            lambda: self._session().inquiry(self._settings),
            lambda: read_catalog(resource("catalog.json")),
        )

    @cached_property
    def downloads(self) -> DownloadController:
        """Models on their way here."""
        from desktopchat.controllers.downloads import DownloadController

        return DownloadController(
            self.models,
            self.preferences,
            lambda heard: self._session().download_queue(self._settings, heard=heard, is_kept=True),
            self._session().paths.downloads_file,
        )

    @cached_property
    def model_work(self) -> ModelWork:
        """What takes long with models."""
        from desktopchat.controllers.model_work import ModelWork

        made = ModelWork(
            self._models_here,
            self.models,
            TaskRunner("model work"),
            self._session().paths.logs,
            self._use_models_in,
            lambda heard: self._session().newer_versions(self._settings, self._models_here, heard),
            lambda one, heard: self._session().renew(self._settings, self._models_here, one, heard),
        )
        made.moved.connect(self.adapters.use_folder)
        made.moved.connect(self.downloads.begin_anew)
        return made

    @cached_property
    def bandwidths(self) -> BandwidthLog:
        """How fast the memory of this machine was seen to be."""
        from desktopchat.controllers.bandwidth_log import BandwidthLog

        return BandwidthLog(self.chat, self.models, self.storage, self._store)

    @cached_property
    def fits(self) -> FitController:
        """Whether models of the hub fit."""
        from desktopchat.controllers.fits import FitController

        return FitController(
            self.worker, self.models, self.bandwidths, lambda: self._session().fit_inquiry(self._settings)
        )

    @cached_property
    def endpoint(self) -> EndpointController:
        """What programs ask."""
        from desktopchat.controllers.endpoint import EndpointController

        return EndpointController(
            self.chat,
            self.models,
            self.worker,
            self.preferences,
            self.storage,
            self._stores,
            lambda queue, model, calls: self._session().open_endpoint(self._settings, queue, model, calls),
        )

    @cached_property
    def size_hint(self) -> SizeHint:
        """Which size of model this machine holds."""
        from desktopchat.controllers.size_hint import SizeHint

        return SizeHint(self.chat, self.models, self.worker, self.storage, self._store)

    @cached_property
    def updates(self) -> UpdateController:
        """Whether there is a newer version."""
        from desktopchat.controllers.updates import UpdateController

        return UpdateController(self.preferences, self.io, lambda: self._session().update_check(self._settings))

    @cached_property
    def finder(self) -> PaletteModel:
        """The rows of the palette."""
        from desktopchat.controllers.palette import PaletteModel

        return PaletteModel(
            self.chat,
            self.preferences,
            self.storage,
            self._store,
            self.searching,
            self._found,
            self._finding,
            self.writing.prompts,
            self.io,
            self._models_here,
        )

    @cached_property
    def _finding(self) -> SearchModel:
        return self._searching_with(self._found)

    @cached_property
    def quick_ask(self) -> QuickAsk:
        """One question at a time, in a small window."""
        from desktopchat.controllers.quick_ask import QuickAsk

        return QuickAsk(self.chat, self.storage, self._store, self.chat)

    def _new_search(self) -> Search:
        return Search(self._database.path, lambda: self._database.key)

    def _searching_with(self, search: Search) -> SearchModel:
        return SearchModel(self.searching, search, self.storage, self._stores.shelf, self.chat)

    def close(self, before_the_search_ends: Callable[[], None]) -> None:
        """End the engine and the threads, after what is under way was stored.

        Args:
            before_the_search_ends: Stores what is not asked for before the answers have ended.
        """
        self.care.close()
        self.chat.shutdown()
        self.models.cancel_load()
        for name in ("servers", "backends", "transfer", "updates"):
            if (made := self._made(name)) is not None:
                made.stop()
        self.insight.close()
        for name in ("hub", "fits", "downloads", "endpoint"):
            if (made := self._made(name)) is not None:
                made.close()
        before_the_search_ends()
        for name in ("search", "_finding", "searching", "drawing", "worker", "library", "model_work", "_shelf"):
            if (made := self._made(name)) is not None:
                made.close()
        self.io.close()
        self.storage.close()

    def _made(self, name: str) -> Any:
        return self.__dict__.get(name)
