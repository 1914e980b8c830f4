"""What every way of starting the app shares: where things lie, which engine, which model."""

import contextlib
import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING, Any

from desktopchat.core.adapter import Adapter
from desktopchat.core.adapter_choices import applied, unpack
from desktopchat.core.address import ServerAddress, helper, is_address
from desktopchat.core.endpoint import VARIABLE, endpoints
from desktopchat.core.errors import ModelFileError, NoModelError, StorageError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import BUILT_IN_TEMPLATES, NO_PROJECTOR, PLAIN_TEMPLATE, LoadParams
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.secret import Secret
from desktopchat.core.sentence import Sentence
from desktopchat.library import folder, starter, templates
from desktopchat.library.projector import inspect_projector
from desktopchat.paths import Paths
from desktopchat.resources import resource
from desktopchat.settings.file import Settings
from desktopchat.settings.options import Value
from desktopchat.storage.database import Database
from desktopchat.storage.server_keys import ServerKeys
from desktopchat.storage.state import LAST_MODEL, MODEL_ADAPTERS, MODEL_PROJECTORS, MODEL_TEMPLATES, read_state
from desktopchat.storage.vault import lock_of

if TYPE_CHECKING:
    from desktopchat.core.local_model import LocalModel
    from desktopchat.endpoint import OpenEndpoint
    from desktopchat.engine.api import Engine, ModelInfo
    from desktopchat.engine.backends.choice import Backends
    from desktopchat.engine.remote.looking import Look
    from desktopchat.library.download_queue import DownloadQueue
    from desktopchat.library.fitting import FitInquiry
    from desktopchat.library.hub.inquiry import Inquiry
    from desktopchat.library.newer import Newer
    from desktopchat.library.shelf import Library
    from desktopchat.network.connection import Connection
    from desktopchat.network.fetching import Fetcher
    from desktopchat.network.updates import UpdateCheck
    from desktopchat.server.calls import Calls
    from desktopchat.server.desk import EndpointOptions
    from desktopchat.server.queue import EngineQueue

_SAFE: dict[str, Value] = {"engine.backend": "built-in", "model.n_gpu_layers": 0}
_SCRIPTED_MODEL = ModelFile("", "scripted", 0, "none")


@dataclass(frozen=True, slots=True)
class Session:
    """One run of the program.

    Attributes:
        engine: "process", "inprocess" or "scripted[:WORDS_PER_SECOND]".
        debug: Log to the terminal too.
        key: Opens the store when it is locked.
        overrides: Names of settings with the values of this run, as text.
        server: Address of the server whose model is to answer; empty for a model here.
        rpc: RPC servers that share the models; empty for those of the settings.
        safe: With the settings as they come, and on the CPU alone.
        server_keys: What servers know the person by.
        backend_trials: Held by whoever tries backends.
    """

    paths: Paths
    engine: str
    debug: bool
    key: Passphrase | None = None
    overrides: tuple[tuple[str, str], ...] = ()
    server: str = ""
    rpc: tuple[str, ...] = ()
    safe: bool = False
    server_keys: ServerKeys = field(default_factory=ServerKeys)
    backend_trials: Lock = field(default_factory=Lock, compare=False)

    def placed(self) -> "Session":
        """Return this run with the folder of models that the settings name.

        Raises:
            UserError: As of `settings`.
        """
        folder = self.settings(mends=False)["models.folder"]
        # It is not made here: its disk may be away for now.
        return replace(self, paths=replace(self.paths, models=Path(folder).expanduser())) if folder else self

    def settings(self, *, mends: bool = True) -> Settings:
        """Read the settings, with what this run overrides.

        Args:
            mends: As of `Settings.load`.

        Raises:
            UserError: There is no such setting, or it cannot have that value.
        """
        settings = Settings(None, dict(_SAFE)) if self.safe else Settings.load(self.paths.settings_file, mends=mends)
        for key, value in self.overrides:
            settings.override(key, value)
        return settings

    def open_database(self) -> Database:
        """Open the store for writing.

        Raises:
            StorageError: It cannot be opened.
        """
        return Database(self.paths.database, key=self.key)

    def create_engine(self, settings: Settings) -> "Engine":
        """Make the engine; llama.cpp is loaded only when it is first used, and by default in a child.

        Models of servers are asked from this process, and what that takes is loaded when the first one is.
        """
        from desktopchat.engine.energy import EnergyMeter
        from desktopchat.engine.routed import RoutedEngine

        def before_sharing(helpers: tuple[str, ...]) -> None:
            from desktopchat.network.ledger import Ledger, Purpose
            from desktopchat.network.probe import probe

            for one in helpers:
                ledger = Ledger(self.paths.connections_file)
                probe(helper(one), ledger, Purpose.SHARE, offline=settings["network.offline"] == "on")

        local = self._create_local_engine(settings)
        meter = EnergyMeter(lambda: float(settings["cost.watts"]))
        return RoutedEngine(local, lambda: self._create_remote_engine(settings), before_sharing, meter)

    def connect(self, settings: Settings, address: ServerAddress, key: Secret | None) -> "Connection":
        """Make a connection to a server, which is opened when something is asked of it."""
        from desktopchat.network.connection import Connection
        from desktopchat.network.ledger import Ledger

        ledger = Ledger(self.paths.connections_file)
        return Connection(address, ledger, key, is_offline=lambda: settings["network.offline"] == "on")

    def look_at(self, settings: Settings, address: ServerAddress) -> "Look":
        """Make what asks a server for its models."""
        from desktopchat.engine.remote.looking import Look

        return Look(address, lambda to, key: self.connect(settings, to, key), self.server_keys.key_of)

    def inquiry(self, settings: Settings, hub: ServerAddress | None = None) -> "Inquiry":
        """Make what asks the model hub, the chosen one or another; it does so when it is used.

        Raises:
            UserError: The setting or the variable for it holds no address.
        """
        from desktopchat.library.hub.inquiry import Inquiry

        hub = hub or self.hubs(settings)[0]
        return Inquiry(hub, lambda to, key: self.connect(settings, to, key), self.server_keys.key_of)

    def download_queue(
        self,
        settings: Settings,
        hub: ServerAddress | None = None,
        *,
        heard: Callable[[], None] = lambda: None,
        is_kept: bool = False,
    ) -> "DownloadQueue":
        """Make what fetches models.

        Args:
            hub: None is the chosen one, and its mirrors where it cannot be reached.
            is_kept: It goes on after a restart, and does not give up while the line is down.

        Raises:
            UserError: The setting or the variable for the hub holds no address.
        """
        from desktopchat.library.download_queue import DownloadQueue
        from desktopchat.library.speed_limit import SpeedLimit

        def make_fetcher() -> "Fetcher":
            return self.fetcher(settings, hub)

        def make_mirrors() -> "Iterator[Fetcher]":
            for mirror in self.hubs(settings)[1:] if hub is None else ():
                yield self.fetcher(settings, mirror)

        how: dict[str, Any] = {} if is_kept else {"retry_after": None}
        return DownloadQueue(
            self.paths.models,
            self.paths.downloads_file if is_kept else None,
            make_fetcher,
            SpeedLimit(lambda: 1000 * settings["downloads.speed_limit"]),
            is_offline=lambda: settings["network.offline"] == "on",
            heard=heard,
            make_mirrors=make_mirrors,
            **how,
        )

    def fetcher(self, settings: Settings, hub: ServerAddress | None = None) -> "Fetcher":
        """Make what asks a model hub, the chosen one or another, for files.

        Raises:
            UserError: The setting or the variable for the hub holds no address.
        """
        from desktopchat.network.fetching import Fetcher

        where = hub or self.hubs(settings)[0]
        return Fetcher(where, lambda to, key: self.connect(settings, to, key), self.server_keys.key_of(where))

    def fit_inquiry(self, settings: Settings) -> "FitInquiry":
        """Make what asks the model hub whether its models fit; it does so when it is used."""
        from desktopchat.library.fitting import FitInquiry

        return FitInquiry(lambda: self.fetcher(settings))

    def newer_versions(
        self, settings: Settings, library: "Library", heard: Callable[[str, float], None]
    ) -> "list[Newer]":
        """Ask the hub of which models it has a newer version, as `library.newer.newer` does.

        Raises:
            UserError: The hub cannot be asked.
        """
        from desktopchat.library.newer import newer

        inquiry = self.inquiry(settings)
        try:
            return newer(library.models(), inquiry.repository, heard)
        finally:
            inquiry.close()

    def renew(self, settings: Settings, library: "Library", one: "Newer", heard: Callable[[float], None]) -> None:
        """Put the newer version of a model in its place, as `library.newer.renew` does.

        Raises:
            UserError: It cannot be had.
        """
        from desktopchat.library.newer import renew
        from desktopchat.library.speed_limit import SpeedLimit

        limit = SpeedLimit(lambda: 1000 * settings["downloads.speed_limit"])
        renew(library, one, lambda: self.fetcher(settings), limit, heard)

    def update_check(self, settings: Settings) -> "UpdateCheck":
        """Make what asks for the newest version of desktopchat; it does so when it is used.

        Raises:
            UserError: Nobody knows whom to ask.
        """
        from desktopchat import __version__
        from desktopchat.build import system
        from desktopchat.core.release import ADDRESS, PUBLIC_KEYS
        from desktopchat.network.updates import UpdateCheck

        address = settings["updates.address"] or ADDRESS
        return UpdateCheck(address, lambda to, key: self.connect(settings, to, key), __version__, system(), PUBLIC_KEYS)

    def endpoint_options(self, settings: Settings, *, logs_requests: bool = False) -> "EndpointOptions":
        """Return how the local endpoint takes requests."""
        from desktopchat.server.desk import EndpointOptions

        aliases = tuple(str(settings["endpoint.aliases"]).split())
        return EndpointOptions(aliases, settings["endpoint.bare_prompts"] == "turn", logs_requests)

    def open_endpoint(
        self,
        settings: Settings,
        queue: "EngineQueue",
        model: "Callable[[], ModelInfo | None]",
        calls: "Calls",
    ) -> "OpenEndpoint":
        """Let programs ask.

        Raises:
            NetworkError: The port is taken.
            StorageError: The key cannot be kept.
        """
        from desktopchat.endpoint import OpenEndpoint

        return OpenEndpoint(
            self.paths.data,
            settings["endpoint.port"],
            settings["endpoint.lan"] == "on",
            lambda: self.endpoint_options(settings),
            queue,
            model,
            calls,
        )

    def hubs(self, settings: Settings) -> tuple[ServerAddress, ...]:
        """Return the model hub that is asked, and its mirrors.

        Raises:
            UserError: The setting or the variable for it holds no address.
        """
        return endpoints(settings["hub.endpoint"], os.environ.get(VARIABLE, ""))

    def _create_remote_engine(self, settings: Settings) -> "Engine":
        from desktopchat.engine.remote.engine import RemoteEngine

        return RemoteEngine(lambda address, key: self.connect(settings, address, key), self.server_keys.key_of)

    def _create_local_engine(self, settings: Settings) -> "Engine":
        # Not at the start: the window is to be there first.
        from desktopchat.engine.child import create_engine
        from desktopchat.engine.process import ProcessEngine

        # Of a locked store no conversation's tokens may lie about.
        keep_states = settings["model.keep_states"] == "on" and lock_of(self.paths.database) is None
        states = self.paths.states if keep_states else None
        if self.engine == "inprocess":
            return create_engine("llama", states)
        if self.engine != "process":
            return ProcessEngine(self.paths.logs / "engine.log", self.engine, states)
        return ProcessEngine(self.paths.logs / "engine.log", "llama", states, self.backends(settings))

    @property
    def backends_beside(self) -> Path:
        """Folder of the backends that came with the app."""
        return resource("backends")

    @property
    def models_beside(self) -> Path:
        """Folder of the models that came with the app."""
        return resource("models")

    def backends(self, settings: Settings) -> "Backends":
        """Make what finds, tries and chooses backends."""
        from desktopchat.engine.backends.choice import Backends
        from desktopchat.engine.backends.folders import Folders

        folders = Folders(self.paths.backends, self.backends_beside)
        return Backends(folders, self.paths.logs, lambda: str(settings["engine.backend"]), trials=self.backend_trials)

    def library(self) -> "Library":
        """Make what finds the models of this machine."""
        from desktopchat.library.shelf import Library

        return Library(self.paths.models, self.paths.library_file, self.paths.headers_file, beside=self.models_beside)

    def draft_model(self, settings: Settings) -> ModelFile | None:
        """Return the model that drafts for the others, if the settings name one.

        Raises:
            ModelFileError: It is not there or is damaged.
        """
        name = settings["model.draft"]
        return self.library().find(name) if name else None

    def load_params(self, settings: Settings, draft: ModelFile | None) -> LoadParams:
        """Return how models are to be loaded."""
        return LoadParams(
            n_ctx=settings["model.n_ctx"],
            n_gpu_layers=settings["model.n_gpu_layers"],
            n_threads=settings["model.n_threads"],
            flash_attn=settings["model.flash_attn"],
            kv_type=settings["model.kv_type"],
            n_cpu_experts=settings["model.n_cpu_experts"],
            tensor_split=tuple(float(share) for share in settings["model.tensor_split"].split(",") if share),
            lookup=settings["model.lookup"] == "on",
            draft=draft,
            rpc=self.rpc or tuple(settings["model.rpc"].split()),
        )

    def template(self, model: ModelFile, wanted: str) -> str:
        """Return what takes the place of a model's chat template, as of `LoadParams`.

        Args:
            wanted: A file, or the name of a built-in template; empty takes what was chosen in the window.

        Raises:
            TemplateError: There is no such file or name.
        """
        if wanted in (PLAIN_TEMPLATE, *BUILT_IN_TEMPLATES):
            return wanted
        if wanted:
            return templates.read(wanted)
        return str(self._chosen(MODEL_TEMPLATES).get(model.name, ""))

    def projector(self, model: ModelFile, wanted: str) -> str:
        """Return what a model is to see through, as of `LoadParams`.

        Args:
            wanted: A file or `NO_PROJECTOR`; empty takes what was chosen in the window.

        Raises:
            ModelFileError: The file is no sound projector.
        """
        if wanted:
            return wanted if wanted == NO_PROJECTOR else inspect_projector(wanted).path
        return str(self._chosen(MODEL_PROJECTORS).get(model.name, ""))

    def _chosen(self, key: str) -> dict[str, Any]:
        """Return what was chosen in the window, by the names of the models."""
        with contextlib.suppress(StorageError):
            if self.paths.database.exists():
                return read_state(self.paths.database, self.key, key) or {}
        return {}

    def adapters(self, model: ModelFile) -> tuple[Adapter, ...]:
        """Return the adapters that were chosen for a model in the window."""
        return applied(unpack(self._chosen(MODEL_ADAPTERS).get(model.name)))

    def choose_model(self, wanted: str | None = None) -> ModelFile:
        """Return the model that is named, else that of the server, else the one used last, else the starter, else any.

        Raises:
            ModelFileError: The named one is not there or is damaged, or there are only damaged ones.
            NoModelError: There is none at all.
        """
        wanted = wanted or self.server
        if is_address(wanted):
            return ModelFile.at(ServerAddress.parse(wanted))
        if self.engine.startswith("scripted"):
            return _SCRIPTED_MODEL
        if wanted:
            return self.library().find(wanted)
        with contextlib.suppress(StorageError, ModelFileError):
            if (last := self._last_model()) is not None:
                return last
        for place in (self.paths.models, self.models_beside):
            if (path := starter.find(place)) is not None:
                return folder.inspect(path)
        models = self.library().models()
        # One that is not sound last: opening it says what is wrong with it.
        for model in sorted((one for one in models if one.answers or one.facts.trouble), key=_is_damaged):
            return self.library().inspect(model.path)
        raise NoModelError(
            "There is no model yet.",
            Sentence("Name a GGUF file with --model, or put one into {folder}.", folder=self.paths.models),
        )

    def _last_model(self) -> ModelFile | None:
        if not self.paths.database.exists():
            return None
        path = read_state(self.paths.database, self.key, LAST_MODEL)
        if not path:
            return None
        library = self.library()
        if not Path(path).exists():  # its folder was moved
            path = next((one.path for one in library.models() if Path(one.path).name == Path(path).name), path)
        return library.inspect(path)


def _is_damaged(model: "LocalModel") -> bool:
    return model.facts.trouble is not None
