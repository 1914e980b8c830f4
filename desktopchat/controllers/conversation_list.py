"""The list of conversations as an item model: pinned ones, folders, the others by day; the archive; the trash."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.shelf import ShelfController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Conversation, Folder, TrashItem, TrashKind
from desktopchat.storage.shelf import PAGE
from desktopchat.storage.stores import Stores

ID_ROLE = Qt.ItemDataRole.UserRole + 1
SECTION_ROLE = Qt.ItemDataRole.UserRole + 2
ROW_ROLE = Qt.ItemDataRole.UserRole + 3

_OPEN_FOLDERS = "list.open_folders"  # key of `get_state`: ids


class Place(StrEnum):
    """What the list shows."""

    CONVERSATIONS = "conversations"
    ARCHIVE = "archive"
    TRASH = "trash"


class RowKind(StrEnum):
    """What stands in a row."""

    CONVERSATION = "conversation"
    FOLDER = "folder"
    TRASH = "trash"


@dataclass(frozen=True, slots=True)
class Row:
    """One row.

    Attributes:
        id: Of the conversation, the folder or the entry in the trash.
        title: Empty for a conversation without one.
        section: Heading that the row stands under.
        detail: Muted words after the title.
        inside: It stands in the folder above it.
        unfolded: A folder that shows its conversations.
    """

    kind: RowKind
    id: int
    title: str
    section: str
    detail: str = ""
    inside: bool = False
    unfolded: bool = False


@dataclass(frozen=True, slots=True)
class _Contents:
    """What was read for the list; `recent` grows by pages."""

    pinned: list[Conversation]
    folders: list[tuple[Folder, list[Conversation]]]
    recent: list[Conversation]
    trash: list[TrashItem]
    unfolded: frozenset[int]
    more: bool


class ConversationListModel(QAbstractListModel):
    """Rows of one place; more are read when one scrolls.

    Attributes:
        place_changed: Place.
    """

    place_changed = Signal(object)

    def __init__(
        self,
        chat: ChatController,
        shelving: ShelfController,
        storage: TaskRunner,
        stores: Stores,
    ) -> None:
        super().__init__(chat)
        self._chat = chat
        self._shelving = shelving
        self._storage = storage
        self._store = stores.conversations
        self._shelf = stores.shelf
        self._trash = stores.trash
        self._place = Place.CONVERSATIONS
        self._contents = _Contents([], [], [], [], frozenset(), more=False)
        self._rows: list[Row] = []
        self._reading = False
        self._asked_again = False
        self._held = False
        self._missed = False  # what was read while it was held
        chat.conversations_changed.connect(self.refresh)
        shelving.filled.connect(self._on_shelving_filled)

    @property
    def place(self) -> Place:
        """What the list shows."""
        return self._place

    def show_place(self, place: Place) -> None:
        """Show the conversations, the archive or the trash."""
        if place != self._place:
            self._place = place
            self.place_changed.emit(place)
            self.refresh()

    def refresh(self) -> None:
        """Read the list again, as far as it was read before."""
        if self._reading:
            self._asked_again = True
            return
        place, count = self._place, max(PAGE, len(self._contents.recent))
        self._read(lambda: self._read_place(place, count))

    def hold(self, held: bool) -> None:
        """Leave the rows as they are while a title is edited: what is typed would go with its row."""
        self._held = held
        if not held and self._missed:
            self._missed = False
            self.refresh()

    def set_unfolded(self, folder_id: int, unfolded: bool) -> None:
        """Show the conversations of a folder in the list, or only their number."""

        def work() -> None:
            ids = set(self._store.get_state(_OPEN_FOLDERS, []))
            self._store.set_state(_OPEN_FOLDERS, sorted(ids | {folder_id} if unfolded else ids - {folder_id}))

        self._storage.run(work, lambda _: self.refresh(), lambda _: self.refresh())

    def row_of(self, conversation_id: int) -> int:
        """Return the row of a conversation, or -1."""
        return next(
            (
                number
                for number, row in enumerate(self._rows)
                if row.id == conversation_id and row.kind is RowKind.CONVERSATION
            ),
            -1,
        )

    def conversation_rows(self) -> list[int]:
        """Return the rows that hold conversations."""
        return [number for number, row in enumerate(self._rows) if row.kind is RowKind.CONVERSATION]

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows that have been read."""
        return 0 if parent.isValid() else len(self._rows)

    def canFetchMore(self, _parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Return whether there are older conversations."""
        return self._contents.more and not self._reading

    def fetchMore(self, _parent: QModelIndex | QPersistentModelIndex) -> None:
        """Read the next page."""
        before = self._contents

        def work() -> _Contents:
            page = self._shelf.recent(before.recent[-1])
            return _Contents(
                before.pinned,
                before.folders,
                before.recent + page,
                before.trash,
                before.unfolded,
                more=len(page) == PAGE,
            )

        self._read(work)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return title, conversation id, section, or the whole row."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.title or self.tr("New conversation")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        if role == Qt.ItemDataRole.EditRole:
            return row.title
        if role == ID_ROLE:
            return row.id if row.kind is RowKind.CONVERSATION else None
        if role == SECTION_ROLE:
            return row.section
        if role == ROW_ROLE:
            return row
        return None

    def setData(
        self, index: QModelIndex | QPersistentModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Rename a conversation or a folder."""
        row = self._rows[index.row()]
        if role != Qt.ItemDataRole.EditRole or str(value) == row.title:
            return False
        if row.kind is RowKind.FOLDER:
            self._shelving.rename_folder(row.id, str(value))
        else:
            self._chat.rename(row.id, str(value))
        return True

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Return that titles can be edited, but not in the trash."""
        flags = super().flags(index)
        return flags if self._rows[index.row()].kind is RowKind.TRASH else flags | Qt.ItemFlag.ItemIsEditable

    def _on_shelving_filled(self, folder_id: int) -> None:
        self.set_unfolded(folder_id, True)

    # --- reading --------------------------------------------------------------------------------------------

    def _read_place(self, place: Place, count: int) -> _Contents:
        if place is Place.ARCHIVE:
            return _Contents([], [], self._shelf.archived(), [], frozenset(), more=False)
        if place is Place.TRASH:
            return _Contents([], [], [], self._trash.items(), frozenset(), more=False)
        unfolded = frozenset(self._store.get_state(_OPEN_FOLDERS, []))
        recent = self._shelf.recent(limit=count)
        folders = [
            (folder, self._shelf.in_folder(folder.id) if folder.id in unfolded else [])
            for folder in self._shelf.folders()
        ]
        return _Contents(self._shelf.pinned(), folders, recent, [], unfolded, more=len(recent) == count)

    def _read(self, work: Callable[[], _Contents]) -> None:
        place = self._place

        def done(contents: _Contents) -> None:
            self._reading = False
            again, self._asked_again = self._asked_again, False
            if self._held:
                self._missed = True
                return
            if place == self._place:
                self._show(contents)
            if again or place != self._place:
                self.refresh()

        def failed(error: Any) -> None:
            self._reading = False
            self._shelving.report(error)

        self._reading = True
        self._storage.run(work, done, failed)

    def _show(self, contents: _Contents) -> None:
        self._contents = contents
        rows = self._rows_of(contents)
        before, self_rows = [(row.kind, row.id) for row in self._rows], [(row.kind, row.id) for row in rows]
        if before == self_rows:
            self._rows = rows
            if rows:
                self.dataChanged.emit(self.index(0), self.index(len(rows) - 1))
        elif before == self_rows[: len(before)]:
            self.beginInsertRows(QModelIndex(), len(before), len(rows) - 1)
            self._rows = rows
            self.endInsertRows()
            if before:
                self.dataChanged.emit(self.index(0), self.index(len(before) - 1))
        else:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def _rows_of(self, contents: _Contents) -> list[Row]:
        rows = [self._row(one, self.tr("Pinned")) for one in contents.pinned]
        for folder, inside in contents.folders:
            unfolded = folder.id in contents.unfolded
            section = self.tr("Folders")
            rows.append(Row(RowKind.FOLDER, folder.id, folder.name, section, f"{folder.count:,}", unfolded=unfolded))
            rows += [self._row(one, section, inside=True) for one in inside]
        archive = self._place is Place.ARCHIVE
        rows += [
            self._row(one, self.tr("Archive") if archive else self._day(one.updated_at)) for one in contents.recent
        ]
        kinds = {TrashKind.MESSAGE: self.tr("message"), TrashKind.FOLDER: self.tr("folder")}
        rows += [
            Row(
                RowKind.TRASH,
                one.id,
                one.title,
                self.tr("Deleted {day}").format(day=self._day(one.deleted_at).lower()),
                kinds.get(one.kind, ""),
            )
            for one in contents.trash
        ]
        return rows

    @staticmethod
    def _row(conversation: Conversation, section: str, *, inside: bool = False) -> Row:
        tags = " ".join(f"#{tag}" for tag in conversation.tags)
        return Row(RowKind.CONVERSATION, conversation.id, conversation.title, section, tags, inside)

    def _day(self, seconds: float) -> str:
        days = (date.today() - datetime.fromtimestamp(seconds).astimezone().date()).days  # noqa: DTZ011, the person's own calendar
        if days <= 0:
            return self.tr("Today")
        if days == 1:
            return self.tr("Yesterday")
        return self.tr("Last 7 days") if days <= 7 else self.tr("Older")

    def _spoken(self, row: Row) -> str:
        title = row.title or self.tr("New conversation")
        if row.kind is RowKind.FOLDER:
            state = self.tr("open") if row.unfolded else self.tr("closed")
            return self.tr("Folder {title}, {count} conversations, {state}").format(
                title=title, count=row.detail, state=state
            )
        return f"{title}, {row.detail}" if row.detail else title
