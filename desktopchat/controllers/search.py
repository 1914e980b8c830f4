"""Search as one types: hits and saved searches as an item model."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, Signal

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Role
from desktopchat.core.errors import UserError
from desktopchat.core.hit import Hit, HitKind
from desktopchat.core.notice import Notice
from desktopchat.core.query import parse
from desktopchat.storage.search import PAGE, Search
from desktopchat.storage.shelf import Shelf

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1
SECTION_ROLE = Qt.ItemDataRole.UserRole + 2


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A query that the person kept."""

    name: str
    query: str


class SearchModel(QAbstractListModel):
    """The hits of what stands in the search field; while it is empty, the saved searches.

    Args:
        runner: A thread for searches alone.
        search: Used on that thread.
        storage: The thread of the database.
        shelf: Used on that one.

    Attributes:
        searched: There are no newer hits to wait for; rowCount() tells whether there are any.
        noticed: Notice.
    """

    searched = Signal()
    noticed = Signal(object)

    def __init__(
        self, runner: TaskRunner, search: Search, storage: TaskRunner, shelf: Shelf, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._runner = runner
        self._search = search
        self._storage = storage
        self._shelf = shelf
        self._text = ""
        self._number = 0  # of the newest search; the results of older ones come too late
        self._shown = 0  # the search that the rows are of
        self._rows: list[Hit | SavedSearch] = []
        self._saved: list[SavedSearch] = []
        self._more = False
        self._reading = False

    @property
    def text(self) -> str:
        """What is searched for."""
        return self._text

    @property
    def is_current(self) -> bool:
        """Whether the rows are those of the newest text; else `searched` tells when they are."""
        return self._shown == self._number

    def set_text(self, text: str) -> None:
        """Search for something else; a search that is under way ends."""
        if text == self._text:
            return
        self._text = text
        self._number += 1
        self._search.cancel()
        if text.strip():
            self._read(None)
        else:
            self._reading = False
            self._show(self._saved, more=False)

    def refresh_saved(self) -> None:
        """Read the saved searches again."""

        def done(pairs: list[tuple[str, str]]) -> None:
            self._saved = [SavedSearch(name, query) for name, query in pairs]
            if not self._text.strip():
                self._show(self._saved, more=False)

        self._storage.run(self._shelf.saved_searches, done, self._report)

    def save(self, name: str, query: str) -> None:
        """Keep a query under a name."""
        words = self.tr("Saved as “{name}”. It shows while the search field is empty.").format(name=name.strip())
        self._change(lambda: self._shelf.save_search(name, query), words)

    def forget(self, name: str) -> None:
        """Remove a saved search."""
        words = self.tr("The saved search “{name}” was removed. This cannot be undone.").format(name=name)
        self._change(lambda: self._shelf.forget_search(name), words)

    def close(self) -> None:
        """End the search that is under way and close its connection; the next search opens it again."""
        self._number += 1
        self._search.cancel()
        self._runner.run(self._search.close)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows that have been read."""
        return 0 if parent.isValid() else len(self._rows)

    def canFetchMore(self, _parent: QModelIndex | QPersistentModelIndex) -> bool:
        """Return whether there are older hits."""
        return self._more and not self._reading

    def fetchMore(self, _parent: QModelIndex | QPersistentModelIndex) -> None:
        """Read the next page."""
        if self.canFetchMore(QModelIndex()):
            self._read(self._rows[-1])

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the row's words, its section, or the Hit or SavedSearch itself."""
        row = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name if isinstance(row, SavedSearch) else row.title.text or self.tr("New conversation")
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return self._spoken(row)
        if role == SECTION_ROLE:
            return self._section(row)
        if role == ENTRY_ROLE:
            return row
        return None

    def _section(self, row: Hit | SavedSearch) -> str:
        if isinstance(row, SavedSearch):
            return self.tr("Saved searches")
        return self.tr("Conversations") if row.message_id is None else self.tr("Messages")

    def _spoken(self, row: Hit | SavedSearch) -> str:
        if isinstance(row, SavedSearch):
            return self.tr("Saved search {name}").format(name=row.name)
        title = row.title.text or self.tr("New conversation")
        if row.message_id is None:
            return self.tr("Conversation {title}. {text}").format(title=title, text=row.text.text)
        who = self.tr("You") if row.role is Role.USER else self.tr("Answer")
        if row.kind is HitKind.ATTACHMENT:
            who = self.tr("Attachment")
        return self.tr("{who} in {title}: {text}").format(who=who, title=title, text=row.text.text)

    # --- reading --------------------------------------------------------------------------------------------

    def _read(self, after: Hit | SavedSearch | None) -> None:
        number, query = self._number, parse(self._text, date.today(), typing=True)  # noqa: DTZ011
        last = after if isinstance(after, Hit) else None

        def work() -> list[Hit] | None:
            return self._search.find(query, PAGE, last) if number == self._number else None

        def done(hits: list[Hit] | None) -> None:
            if hits is not None and number == self._number:
                self._reading = False
                if last is None:
                    self._show(hits, more=len(hits) == PAGE)
                else:
                    self._append(hits)

        def failed(error: UserError) -> None:
            if number == self._number:
                self._reading = False
                self._show([], more=False)
                self._report(error)

        self._reading = True
        self._runner.run(work, done, failed)

    def _show(self, rows: Sequence[Hit | SavedSearch], *, more: bool) -> None:
        self.beginResetModel()
        self._rows, self._more = list(rows), more
        self.endResetModel()
        self._shown = self._number
        self.searched.emit()

    def _append(self, hits: list[Hit]) -> None:
        self._more = len(hits) == PAGE
        if hits:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(hits) - 1)
            self._rows += hits
            self.endInsertRows()

    def _change(self, work: Callable[[], None], words: str) -> None:
        def done(_nothing: None) -> None:
            self.noticed.emit(Notice("info", words))
            self.refresh_saved()

        self._storage.run(work, done, self._report)

    def _report(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))
