"""Stand-ins for what holds conversations."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktopchat.controllers.conversation_list import ID_ROLE, ROW_ROLE, SECTION_ROLE, Place, Row, RowKind
from desktopchat.controllers.reading import OpenConversation
from desktopchat.controllers.search import ENTRY_ROLE, SavedSearch
from desktopchat.controllers.search import SECTION_ROLE as SEARCH_SECTION_ROLE
from desktopchat.core.attached import AttachedFile
from desktopchat.core.care import StoreCopy
from desktopchat.core.chat import Conversation, Message
from desktopchat.core.hit import Hit
from desktopchat.core.parameter_layers import BUILT_IN, Origin, ParameterLayers, Preset
from desktopchat.core.params import SamplingParams
from desktopchat.core.passphrase import Passphrase


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
