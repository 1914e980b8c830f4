"""Controllers with the signals of the real ones, that only write down what is asked of them."""

import itertools
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, NoReturn

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal
from pytestqt.qtbot import QtBot

from desktopchat.controllers.branches import BranchController
from desktopchat.controllers.comparison import Comparison
from desktopchat.controllers.conversation_list import ID_ROLE, ROW_ROLE, SECTION_ROLE, Place, Row, RowKind
from desktopchat.controllers.endpoint import EndpointState
from desktopchat.controllers.glass import GlassController
from desktopchat.controllers.hub_search import FOUND_ROLE
from desktopchat.controllers.keys import KeyController
from desktopchat.controllers.ledger import LedgerController
from desktopchat.controllers.library import LibraryController
from desktopchat.controllers.model_work import ModelWork
from desktopchat.controllers.models import LoadedModel
from desktopchat.controllers.palette import PaletteModel
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.reading import OpenConversation
from desktopchat.controllers.search import ENTRY_ROLE, SavedSearch
from desktopchat.controllers.search import SECTION_ROLE as SEARCH_SECTION_ROLE
from desktopchat.controllers.updates import UpdateController
from desktopchat.core.adapter_choices import AdapterChoice
from desktopchat.core.address import ServerAddress
from desktopchat.core.attached import AttachedFile, attach_text
from desktopchat.core.backend import Tried
from desktopchat.core.care import StoreCopy
from desktopchat.core.chat import Conversation, Message, MessageState, Role
from desktopchat.core.cost import LedgerBy, LedgerRow
from desktopchat.core.download import Download
from desktopchat.core.endpoint_call import EndpointCall
from desktopchat.core.errors import UserError
from desktopchat.core.hit import Hit
from desktopchat.core.hub import Gate, HubModel, HubRepo, HubVariant
from desktopchat.core.hub_file import HubFile
from desktopchat.core.load_plan import LoadPlan
from desktopchat.core.local_model import Facts, Kind, LocalModel
from desktopchat.core.local_model import Origin as Whose
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.outline import Node
from desktopchat.core.parameter_layers import BUILT_IN, Origin, ParameterLayers, Preset
from desktopchat.core.params import SamplingParams
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.persona import Persona
from desktopchat.core.prompt_text import Prompt
from desktopchat.core.release import no_address
from desktopchat.core.request import MadeRequest
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.library.shelf import Library
from desktopchat.settings.file import Settings
from desktopchat.settings.key_file import KeyFile
from desktopchat.ui.controllers import Controllers
from desktopchat.ui.main_window import MainWindow
from desktopchat.ui.theme import Theme

NOWHERE = Path("nowhere")  # a folder that is not there: nothing was chosen


class InlineRunner:
    """Does at once what another thread would."""

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        try:
            result = work()
        except UserError as error:
            if failed is None:
                raise
            failed(error)
        else:
            if done is not None:
                done(result)


def keys_in(folder: Path, *, mac: bool = False) -> KeyController:
    """Return the keys as the files of a folder say."""
    runner = InlineRunner()
    preferences = Preferences(Settings.load(folder / "settings.toml"), runner)
    return KeyController(preferences, KeyFile.load(folder / "keys.toml"), runner, mac=mac)


class FakeSaving:
    def keep(self, _key: object, work: Callable[[], object]) -> None:
        work()


class FakeStore:
    """Keeps states, and has titles."""

    def __init__(self, *titles: tuple[int, str]) -> None:
        self._titles = list(titles)
        self.states: dict[str, Any] = {}

    def titles(self) -> list[tuple[int, str]]:
        return self._titles

    def get_state(self, key: str, default: Any) -> Any:
        return self.states.get(key, default)

    def set_state(self, key: str, value: Any) -> None:
        self.states[key] = value


def library_in(folder: Path) -> Library:
    """Return the models below a folder; headers are kept there too."""
    return Library(folder / "models", folder / "library.json", folder / "headers.json", folder / "home")


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


class FakeChat(QObject):
    leaving = Signal()
    conversation_opened = Signal(object)
    path_changed = Signal(object)
    conversation_changed = Signal(object)
    sent = Signal()
    send_refused = Signal(object)
    older_read = Signal(object)
    message_added = Signal(object)
    text_received = Signal(int, str)
    message_changed = Signal(object)
    prompt_progressed = Signal(int, int)
    answering_changed = Signal(bool)
    ended = Signal(int, bool)
    sampling_changed = Signal(object)
    system_prompt_changed = Signal(str)
    context_changed = Signal(int, int)
    parts_counted = Signal(object)
    file_counted = Signal(object, int)
    noticed = Signal(object)
    conversations_changed = Signal()

    conversation_id: int | None = 1

    def __init__(self) -> None:
        super().__init__()
        self.answering = False
        self.saving = FakeSaving()
        self.sampling = SamplingParams()
        self.calls: list[tuple[Any, ...]] = []

    def show(self, *messages: Message, draft: str = "", title: str = "A chat", found_id: int | None = None) -> None:
        self.conversation_opened.emit(OpenConversation(Conversation(1, title, 0.0, 0.0), messages, draft, found_id))

    @property
    def busy(self) -> bool:
        return self.answering

    def set_answering(self, answering: bool) -> None:
        self.answering = answering
        self.answering_changed.emit(answering)

    def new_conversation(self) -> None:
        self.calls.append(("new",))

    def open_conversation(self, conversation_id: int) -> None:
        self.calls.append(("open", conversation_id))

    def open_message(self, conversation_id: int, message_id: int) -> None:
        self.calls.append(("open_message", conversation_id, message_id))

    def send(self, text: str, files: tuple[AttachedFile, ...] = ()) -> None:
        self.calls.append(("send", text, *files))

    def edit(self, message_id: int, text: str, files: tuple[AttachedFile, ...] = ()) -> None:
        self.calls.append(("edit", message_id, text, *files))

    def save_files(self, files: tuple[AttachedFile, ...]) -> None:
        self.calls.append(("files", *files))

    def count_files(self, files: tuple[AttachedFile, ...]) -> None:
        """The real one counts tokens."""

    def regenerate(self, *, sampling: SamplingParams | None = None) -> None:
        self.calls.append(("regenerate", *filter(None, (sampling,))))

    def reload(self) -> None:
        self.calls.append(("reload",))

    def continue_answer(self) -> None:
        self.calls.append(("continue",))

    def stop(self) -> None:
        self.calls.append(("stop",))

    def show_sibling(self, message_id: int, step: int) -> None:
        self.calls.append(("sibling", message_id, step))

    def set_sampling(self, sampling: SamplingParams) -> None:
        self.calls.append(("sampling", sampling))

    def set_system_prompt(self, text: str) -> None:
        self.calls.append(("system", text))

    def save_draft(self, text: str) -> None:
        self.calls.append(("draft", text))

    def rename(self, conversation_id: int, title: str) -> None:
        self.calls.append(("rename", conversation_id, title))

    def save_scroll(self, scroll: tuple[int, float] | None) -> None:
        self.calls.append(("scroll", scroll))


class FakeShelving(QObject):
    noticed = Signal(object)
    undo_changed = Signal(bool)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values))


class FakeCare(QObject):
    noticed = Signal(object)
    locked_changed = Signal(bool)
    passphrase_refused = Signal(str)
    passphrase_accepted = Signal()
    copies_readable = Signal(int)

    def __init__(self) -> None:
        super().__init__()
        self.locked = False
        self.copies: list[StoreCopy] = []
        self.calls: list[tuple[Any, ...]] = []

    def list_copies(self, done: Callable[[list[StoreCopy]], None]) -> None:
        done(self.copies)

    def lock(self, key: Passphrase, *, remember: bool) -> None:
        self.calls.append(("lock", key.text, remember))

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values))


class FakeTransfer(QObject):
    noticed = Signal(object)
    importing_changed = Signal(bool)
    importing = False


class FakeParameters(QObject):
    origins_changed = Signal(object)
    noticed = Signal(object)
    model = "tiny-1b"

    def __init__(self) -> None:
        super().__init__()
        self.presets = (*BUILT_IN, Preset("Letters", {"temperature": 1.4}, own=True))
        self.calls: list[tuple[Any, ...]] = []

    def origins(self) -> dict[str, Origin]:
        return ParameterLayers().origins(SamplingParams(), self.model)

    def make_default(self, *, for_model: bool) -> None:
        self.calls.append(("make_default", for_model))

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values))


class FakeAttaching(QObject):
    attached = Signal(object)
    reading_changed = Signal(int)
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []
        self.made: list[tuple[str, bytes]] = []

    def read(self, paths: Sequence[str]) -> None:
        self.paths += paths

    def paste(self, name: str, text: bytes) -> None:
        self.attached.emit(attach_text(name, text.decode()))

    def make(self, name: str, make: Callable[[], bytes]) -> None:
        self.made.append((name, make()))


class FakeQueue(QObject):
    changed = Signal(object, bool)
    added = Signal()
    refused = Signal(object)
    taken = Signal(object)
    removed = Signal()
    noticed = Signal(object)
    is_running = False

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values))


class FakeHistory(QObject):
    shown = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[int] = []

    def step(self, step: int) -> None:
        self.steps.append(step)

    def restart(self) -> None:
        """The real one begins at the draft again."""


class FakePrompts(QObject):
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.prompts = [Prompt("explain", "Explain {what}."), Prompt("translate", "To {language=French}: {text}")]
        self.saved: list[tuple[str, str]] = []

    def list(self, done: Callable[[list[Prompt]], None]) -> None:
        done(self.prompts)

    def save(self, name: str, text: str) -> None:
        self.saved.append((name, text))


class FakePersonas(QObject):
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.personas = [
            Persona("Pirate", "Arr.", "Speaks like one", {"temperature": 1.2}),
            Persona("Tutor", "Teach {subject=maths} to {who}.\n\nNotes:\n{notes=}", "", {"temperature": 0.4}),
        ]
        self.cards: list[str] = []

    def list(self, done: Callable[[Sequence[Persona]], None]) -> None:
        done(self.personas)

    def take_card(self, path: str) -> None:
        self.cards.append(path)


class FakeWriting:
    def __init__(self) -> None:
        self.personas = FakePersonas()
        self.attaching, self.queue = FakeAttaching(), FakeQueue()
        self.history, self.prompts = FakeHistory(), FakePrompts()
        facts = Facts(Kind.MODEL, "qwen2", quant="Q4_0")
        path = "/models/qwen.gguf"
        self.models = [LocalModel("qwen", path, Whose.OWN, (path,), 400_000_000, facts)]

    def list_models(self, done: Callable[[list[LocalModel]], None]) -> None:
        done(self.models)


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


class FakeExplain(QObject):
    explained = Signal(object)
    scrubbed = Signal(object, float, object)
    forked = Signal()
    prompt_told = Signal(object)
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.asked: list[tuple[Any, ...]] = []

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


class FakeBranchStore:
    """One question with two answers."""

    def nodes(self, _conversation_id: int) -> tuple[Node, ...]:
        user, answer, done = Role.USER, Role.ASSISTANT, MessageState.COMPLETE
        kinds = [(1, -1, user, "Hello?"), (2, 1, answer, "Hi."), (3, 1, answer, "Good morning.")]
        return tuple(Node(number, above, role, words, done, 0.0) for number, above, role, words in kinds)

    def tip(self, _conversation_id: int) -> int:
        return 3

    def siblings(self, _message_id: int) -> tuple[int, ...]:
        return (2, 3)

    def messages(self, ids: Sequence[int]) -> tuple[Message, ...]:
        nodes = [node for node in self.nodes(1) if node.id in ids]
        return tuple(Message(one.id, 1, one.parent_id, one.role, one.words, one.state, 0.0) for one in nodes)

    def continue_at(self, message_id: int) -> Message:
        return self.messages((message_id,))[0]


class FakeBranching:
    """The real controller, on a store that is given or made up."""

    def __init__(self, chat: "FakeChat", store: Any = None, models: "FakeModels | None" = None) -> None:
        self.branches = BranchController(chat, InlineRunner(), store or FakeBranchStore())
        self.comparison = Comparison(chat, models or FakeModels())


class FakeSearch(QAbstractListModel):
    """Finds the hits whose title or text contains what stands in the field."""

    searched = Signal()
    noticed = Signal(object)
    is_current = True

    def __init__(self, *hits: Hit) -> None:
        super().__init__()
        self.text = ""
        self.calls: list[tuple[Any, ...]] = []
        self.saved = [SavedSearch("Weather", "weather role:me")]
        self._hits = hits
        self._rows: list[Hit | SavedSearch] = []

    def set_text(self, text: str) -> None:
        self.text = text
        found = [hit for hit in self._hits if text in f"{hit.title.text} {hit.text.text}".lower()]
        self._show(found if text else self.saved)

    def refresh_saved(self) -> None:
        if not self.text:
            self._show(self.saved)

    def save(self, name: str, query: str) -> None:
        self.calls.append(("save", name, query))

    def forget(self, name: str) -> None:
        self.calls.append(("forget", name))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        return {
            Qt.ItemDataRole.DisplayRole: "row",
            SEARCH_SECTION_ROLE: "Section",
            ENTRY_ROLE: self._rows[index.row()],
        }.get(role)

    def _show(self, rows: Sequence[Hit | SavedSearch]) -> None:
        self.beginResetModel()
        self._rows = list(rows)
        self.endResetModel()
        self.searched.emit()


class FakeConversations(QAbstractListModel):
    place_changed = Signal(object)

    def __init__(self, *rows: tuple[int, str, str]) -> None:
        super().__init__()
        self.place = Place.CONVERSATIONS
        self._rows = list(rows)
        self.renamed: list[tuple[int, str]] = []
        self.held = False

    def hold(self, held: bool) -> None:
        self.held = held

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex | None = None) -> int:
        return len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        number, title, section = self._rows[index.row()]
        roles = {Qt.ItemDataRole.DisplayRole: title, Qt.ItemDataRole.EditRole: title, ID_ROLE: number}
        row = Row(RowKind.CONVERSATION, number, title, section)
        return {**roles, SECTION_ROLE: section, ROW_ROLE: row}.get(role)

    def setData(self, index: QModelIndex | QPersistentModelIndex, value: Any, role: int = 2) -> bool:
        self.renamed.append((self._rows[index.row()][0], value))
        return True

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def conversation_rows(self) -> list[int]:
        return list(range(len(self._rows)))

    def show_place(self, place: Place) -> None:
        self.place = place
        self.place_changed.emit(place)

    def row_of(self, conversation_id: int) -> int:
        return next((place for place, row in enumerate(self._rows) if row[0] == conversation_id), -1)


class FakeLedger(LedgerController):
    """The real one, but for where the rows come from."""

    def __init__(self, *rows: LedgerRow, folder: Path = NOWHERE) -> None:
        runner = InlineRunner()
        super().__init__(runner, FakeStore(), Preferences(Settings.load(folder / "settings.toml"), runner))
        self.rows = rows
        self.asked: list[LedgerBy] = []

    def read(self, by: LedgerBy, done: Callable[[tuple[LedgerRow, ...]], None]) -> None:
        self.asked.append(by)
        done(self.rows)


class FakeWorker(QObject):
    """Asks a scripted engine at once."""

    told = Signal(int, object)
    told_nothing = Signal(int, object)

    def __init__(self) -> None:
        super().__init__()
        self.engine = ScriptedEngine(rate=0)
        self.waiting: list[tuple[int, Callable[[Any], object]]] = []
        self._questions = itertools.count(1)

    def ask(self, question: Callable[[Any], object]) -> int:
        number = next(self._questions)
        self.waiting.append((number, question))
        QTimer.singleShot(0, self._answer)
        return number

    def _answer(self) -> None:
        number, question = self.waiting.pop(0)
        try:
            self.told.emit(number, question(self.engine))
        except UserError as error:
            self.told_nothing.emit(number, error)


class FakeDoubt(QObject):
    progressed = Signal(int, int)
    ended = Signal(object)
    failed = Signal(object)
    kept = Signal(int)
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values))


class FakeInsight:
    def __init__(self, *rows: LedgerRow, folder: Path = NOWHERE) -> None:
        self.ledger = FakeLedger(*rows, folder=folder)
        self.chat, self.models, self.worker = FakeChat(), FakeModels(), FakeWorker()
        self.glass = GlassController(self.chat, self.models, self.worker)
        self.doubt = FakeDoubt()
        self.explain = FakeExplain()


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
        Controllers(
            chat,
            models or FakeModels(),
            shelving or FakeShelving(),
            conversations or FakeConversations(),
            search or FakeSearch(),
            care or FakeCare(),
            transfer or FakeTransfer(),
            writing or FakeWriting(),
            keys or keys_in(NOWHERE),
            finder or finder_of(chat),
            parameters or FakeParameters(),
            servers or FakeServers(),
            backends or FakeBackends(),
            adapters or FakeAdapters(),
            hub or FakeHub(),
            downloads or FakeDownloads(),
            FakeFits(),
            library or LibraryController(library_in(NOWHERE), models or FakeModels(), InlineRunner()),
            endpoint or FakeEndpoint(),
            model_work
            or ModelWork(library_in(NOWHERE), models or FakeModels(), InlineRunner(), NOWHERE, print, _no_newer, print),
            insight or FakeInsight(),
            branching or FakeBranching(chat),
            UpdateController(
                Preferences(Settings.load(NOWHERE / "settings.toml"), InlineRunner()), InlineRunner(), _no_updates
            ),
        ),
        theme or Theme("light"),
        version="1",
    )
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
