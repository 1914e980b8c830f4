"""Stand-ins for models, where they come from and who asks them."""

from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, Qt, Signal

from desktopchat.controllers.endpoint import EndpointState
from desktopchat.controllers.hub_search import FOUND_ROLE
from desktopchat.controllers.models import LoadedModel
from desktopchat.core.adapter_choices import AdapterChoice
from desktopchat.core.address import ServerAddress
from desktopchat.core.backend import Tried
from desktopchat.core.download import Download
from desktopchat.core.endpoint_call import EndpointCall
from desktopchat.core.hub import Gate, HubModel, HubRepo, HubVariant
from desktopchat.core.hub_file import HubFile
from desktopchat.core.load_plan import LoadPlan
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.request import MadeRequest


class FakeModels(QObject):
    load_started = Signal(str)
    load_planned = Signal(object)
    load_progressed = Signal(float)
    model_loaded = Signal(object)
    load_failed = Signal(object)
    unloaded = Signal()
    template_changed = Signal(object)
    adapted = Signal(object)
    name = "tiny"
    shape: ModelShape | None = None
    sees = False
    own_projector = ""
    is_elsewhere = False

    def __init__(self) -> None:
        super().__init__()
        self.projectors: dict[str, str] = {}
        self.calls: list[tuple[Any, ...]] = []
        self.plan: LoadPlan | None = None
        self.loaded: LoadedModel | None = None
        self.ways_are_open = False
        self.templates: dict[str, str] = {}
        self.identity = ModelIdentity("tiny")

    def set_template(self, template: str) -> None:
        self.calls.append(("template", template))

    def read_template(self, path: str) -> None:
        self.calls.append(("template_file", path))

    def set_projector(self, projector: str) -> None:
        self.calls.append(("projector", projector))

    def read_projector(self, path: str) -> None:
        self.calls.append(("projector_file", path))

    def open_file(self, path: str) -> None:
        self.calls.append(("open", path))

    def note_move(self, before: str, after: str) -> None:
        self.calls.append(("moved", before, after))

    def unload(self) -> None:
        self.calls.append(("unload",))

    def load_smaller(self) -> None:
        self.calls.append(("smaller",))

    def load_way(self, command: str) -> None:
        self.calls.append(("way", command))

    def load_anyway(self) -> None:
        self.calls.append(("anyway",))

    def cancel_load(self) -> None:
        self.calls.append(("cancel",))


class FakeBackends(QObject):
    listed = Signal(object)
    looking_changed = Signal(bool)
    noticed = Signal(object)

    def __init__(self, *found: Tried, wanted: str = "auto") -> None:
        super().__init__()
        self.wanted = wanted
        self._found = found
        self.calls: list[tuple[str, ...]] = []

    def look(self) -> None:
        self.looking_changed.emit(True)
        self.looking_changed.emit(False)
        self.listed.emit(self._found)

    def use(self, name: str) -> None:
        self.calls.append(("use", name))

    def add(self, path: str) -> None:
        self.calls.append(("add", path))

    def roll_back(self, name: str) -> None:
        self.calls.append(("roll_back", name))


class FakeServers(QObject):
    asking_changed = Signal(str)
    models_listed = Signal(object, object)
    key_wanted = Signal(object, object)
    connections_read = Signal(object)
    noticed = Signal(object)

    def __init__(self, *saved: str, present: str = "", made: tuple[MadeRequest, ...] = ()) -> None:
        super().__init__()
        self._made = made
        self.asking = False
        self.present = ServerAddress.parse(present) if present else None
        self._saved = tuple(map(ServerAddress.parse, saved))
        self.calls: list[tuple[Any, ...]] = []

    def saved(self) -> tuple[ServerAddress, ...]:
        return self._saved

    def connect_to(self, typed: str) -> None:
        self.calls.append(("connect", typed))

    def use(self, address: ServerAddress) -> None:
        self.calls.append(("use", str(address)))

    def stop(self) -> None:
        self.calls.append(("stop",))

    def read_connections(self) -> None:
        self.connections_read.emit(self._made)

    def give_key(self, address: ServerAddress, typed: str) -> None:
        self.calls.append(("key", str(address), typed))

    def forget(self, address: ServerAddress) -> None:
        self.calls.append(("forget", str(address)))


class FakeAdapters(QObject):
    listed = Signal(object)
    changed = Signal(object)
    noticed = Signal(object)

    def __init__(self, *choices: AdapterChoice) -> None:
        super().__init__()
        self.choices = choices
        self.calls: list[tuple[Any, ...]] = []

    def look(self) -> None:
        self.listed.emit(self.choices)

    def set(self, choices: tuple[AdapterChoice, ...]) -> None:
        self.calls.append(("set", *choices))

    def add(self, path: str) -> None:
        self.calls.append(("add", path))


class FakeFound(QAbstractListModel):
    """Two models of the hub, whatever is typed."""

    changed = Signal()
    searching = shows_catalog = has_more = False
    error = None
    text = "a"

    def start(self) -> None:
        self.changed.emit()

    def set_text(self, text: str) -> None:
        self.text = text

    def search_now(self) -> None:
        self.changed.emit()

    def rowCount(self, _parent: QModelIndex | None = None) -> int:
        return 2

    def data(self, index: QModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        found = HubModel(f"owner/model-{index.row()}", licence="mit", gate=Gate.MANUAL)
        return found if role == FOUND_ROLE else found.repo if role == Qt.ItemDataRole.DisplayRole else None


class FakeDetails(QObject):
    """Tells of the same files of whatever repository."""

    repo_read = Signal(object)
    card_read = Signal(object, str)
    failed = Signal(str, object)
    card_failed = Signal(object, object)

    def look_at(self, repo: str, *, soon: bool = False) -> None:
        files = (HubFile(repo, "0" * 40, "m-Q4_K_M.gguf", 5, "0" * 64),)
        model = HubModel(repo, licence="mit", gate=Gate.MANUAL)
        told = HubRepo(model, "0" * 40, (HubVariant("m-Q4_K_M", "Q4_K_M", files),))
        self.repo_read.emit(told)
        self.card_read.emit(told, "# A model\n\nIt answers.\n")

    def leave(self) -> None:
        """Nothing is under way."""


class FakeHub(QObject):
    noticed = Signal(object)
    token_wanted = Signal(object)
    host = "hub.example"

    def __init__(self) -> None:
        super().__init__()
        self.search, self.details = FakeFound(self), FakeDetails(self)
        self.calls: list[tuple[Any, ...]] = []

    def give_token(self, typed: str) -> None:
        self.calls.append(("give_token", typed))

    def test(self) -> None:
        self.calls.append(("test",))

    def choices(self) -> tuple[ServerAddress, ...]:
        return (ServerAddress.parse("https://hub.example"),)

    def use(self, typed: str) -> None:
        self.calls.append(("use", typed))


class FakeDownloads(QObject):
    changed = Signal(object)
    noticed = Signal(object)
    newest = ""

    def __init__(self, *downloads: Download) -> None:
        super().__init__()
        self.downloads = downloads
        self.calls: list[tuple[Any, ...]] = []

    def tell(self, *downloads: Download) -> None:
        self.downloads = downloads
        self.changed.emit(downloads)

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values))


class FakeBatch(QObject):
    looked = Signal(object)
    refused = Signal(object)
    progressed = Signal(object, float)
    ended = Signal(object)
    working = False


class FakeEndpoint(QObject):
    changed = Signal(object)
    called = Signal(object)
    kept = Signal(int)
    noticed = Signal(object)

    def __init__(self, *known: EndpointCall) -> None:
        super().__init__()
        self.state = EndpointState()
        self.calls = known
        self.batch = FakeBatch()
        self.asked: list[tuple[Any, ...]] = []

    def tell(self, state: EndpointState) -> None:
        self.state = state
        self.changed.emit(state)

    def add(self, call: EndpointCall) -> None:
        self.calls = (call, *(one for one in self.calls if one.number != call.number))
        self.called.emit(call)

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.asked.append((name, *values))


class FakeFits(QObject):
    fitted = Signal(object, object)
    failed = Signal(object, object)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values))
