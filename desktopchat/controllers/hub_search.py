"""Models of the hub as one types, page after page as one scrolls; the catalogue while nothing is typed."""

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt, QTimer, Signal

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.catalog import CatalogEntry
from desktopchat.core.errors import UserError
from desktopchat.core.hub import HubModel
from desktopchat.core.hub_query import parse_hub_query

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.library.hub.inquiry import Inquiry

FOUND_ROLE = Qt.ItemDataRole.UserRole + 1
DELAY = 350  # ms after the last letter, so that not every letter is asked for

Found = HubModel | CatalogEntry
Index = QModelIndex | QPersistentModelIndex


class HubSearch(QAbstractListModel):
    """What is found. Nothing is asked of the hub before something has been typed.

    Args:
        make_inquiry: Makes what asks the hub; called on the runner's thread.
        read_catalog: Returns the models that we suggest; called on the runner's thread.

    Attributes:
        changed: There are other rows, or it is being searched, or no more, or that failed.
        error: Why the last search failed, whose rows are then those of the catalogue, or what was found before.
    """

    changed = Signal()

    def __init__(
        self,
        make_inquiry: "Callable[[], Inquiry]",
        read_catalog: Callable[[], Sequence[CatalogEntry]],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._make_inquiry = make_inquiry
        self._read_catalog = read_catalog
        self._runner = TaskRunner("hub search", parent=self)
        self._inquiry: Inquiry | None = None
        self._pages: Iterator[tuple[HubModel, ...]] = iter(())
        self._catalog: tuple[CatalogEntry, ...] = ()
        self.error: UserError | None = None
        self._text = ""
        self._number = 1  # of the newest search; the results of older ones come too late
        self._rows: list[Found] = []
        self._more = False
        self._reading = False
        self._begins = False  # what is being read is the first page
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(DELAY)
        self._wait.timeout.connect(self.search_now)

    @property
    def text(self) -> str:
        """What is looked for."""
        return self._text

    @property
    def searching(self) -> bool:
        """Whether the rows are not those of the text yet."""
        return self._wait.isActive() or (self._reading and self._begins)

    @property
    def shows_catalog(self) -> bool:
        """Whether the rows are what we suggest."""
        return bool(self._rows) and isinstance(self._rows[0], CatalogEntry)

    @property
    def has_more(self) -> bool:
        """Whether there may be more than has been read."""
        return self._more or self._reading

    def start(self) -> None:
        """Read the catalogue, once."""
        if not self._catalog:
            self._runner.run(self._read_catalog, self._on_catalog_read)

    def set_text(self, text: str) -> None:
        """Look for something else a moment after the last letter; a search that is under way ends."""
        if text.strip() == self._text.strip():
            return
        self._stop()
        self._text = text
        if text.strip():
            self._wait.start()
            self.changed.emit()
        else:
            self._show(self._catalog, more=False)

    def search_now(self) -> None:
        """Look for the text at once, and again when that failed."""
        self._stop()
        if self._text.strip():
            self._read(first=True)
            self.changed.emit()

    def forget_inquiry(self) -> None:
        """Ask anew who and where the hub is."""
        self._stop()
        self._runner.run(self._end_inquiry)

    def close(self) -> None:
        """End what is under way and the thread."""
        self._stop()
        self._runner.run(self._end_inquiry)
        self._runner.close()

    # --- what a view asks for -------------------------------------------------------------------------------

    def rowCount(self, parent: Index | None = None) -> int:
        """Return the number of rows that have been read."""
        return 0 if parent is not None and parent.isValid() else len(self._rows)

    def canFetchMore(self, parent: Index) -> bool:
        """Return whether there may be more rows."""
        return not parent.isValid() and self._more and not self._reading

    def fetchMore(self, _parent: Index) -> None:
        """Ask for the next page."""
        self._read(first=False)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return a row's name, or the row itself."""
        row = self._rows[index.row()]
        if role == FOUND_ROLE:
            return row
        if role == Qt.ItemDataRole.DisplayRole:
            return row.name if isinstance(row, CatalogEntry) else row.repo
        return None

    # --- reading --------------------------------------------------------------------------------------------

    def _stop(self) -> None:
        self._wait.stop()
        if self._inquiry is not None:
            self._inquiry.stop(self._number)
        self._number += 1
        self._reading = self._more = False
        self.error = None

    def _read(self, *, first: bool) -> None:
        number, query = self._number, parse_hub_query(self._text)

        def work() -> tuple[HubModel, ...] | None:
            if number != self._number:
                return None
            if self._inquiry is None:
                self._inquiry = self._make_inquiry()
            if first:
                self._pages = self._inquiry.pages(query, number)
            return next(self._pages, ())

        def done(page: tuple[HubModel, ...] | None) -> None:
            if page is None or number != self._number:
                return
            self._reading = False
            if first:
                self._show(page, more=bool(page))
            else:
                self._append(page)

        def failed(error: UserError) -> None:
            if number != self._number:
                return
            self._reading = self._more = False
            self.error = error
            if first:
                self._show(self._suggested(), more=False)
            else:
                self.changed.emit()

        self._reading, self._begins = True, first
        self._runner.run(work, done, failed)

    def _show(self, rows: Sequence[Found], *, more: bool) -> None:
        self.beginResetModel()
        self._rows, self._more = list(rows), more
        self.endResetModel()
        self.changed.emit()

    def _append(self, page: tuple[HubModel, ...]) -> None:
        self._more = bool(page)
        if page:
            self.beginInsertRows(QModelIndex(), len(self._rows), len(self._rows) + len(page) - 1)
            self._rows += page
            self.endInsertRows()
        self.changed.emit()

    def _suggested(self) -> Sequence[CatalogEntry]:
        """Return what we suggest that has the typed words; all of it when none has."""
        words = parse_hub_query(self._text).text.lower().split()
        found = [one for one in self._catalog if all(word in f"{one.name} {one.repo}".lower() for word in words)]
        return found or self._catalog

    def _on_catalog_read(self, entries: Sequence[CatalogEntry]) -> None:
        self._catalog = tuple(entries)
        if not self._text.strip():
            self._show(self._catalog, more=False)

    def _end_inquiry(self) -> None:
        inquiry, self._inquiry = self._inquiry, None
        if inquiry is not None:
            inquiry.close()
