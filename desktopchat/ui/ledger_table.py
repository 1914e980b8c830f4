"""The rows of the ledger as a table: the first one is all of them together."""

from collections.abc import Sequence
from typing import Any

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtGui import QFont
from PySide6.QtWidgets import QWidget

from desktopchat.controllers.words import said
from desktopchat.core.cost import LedgerBy, LedgerRow, Prices, energy_source, energy_text, money_text, total
from desktopchat.ui.transcript.marks import visible

Index = QModelIndex | QPersistentModelIndex
_ROOT = QModelIndex()
_MINUTE, _HOUR = 60, 3600


class LedgerTable(QAbstractTableModel):
    """A column for what the rows are of, then one for each figure."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._by = LedgerBy.DAY
        self._rows: tuple[LedgerRow, ...] = ()
        self._prices = Prices(None, None, "")

    def show_rows(self, by: LedgerBy, rows: Sequence[LedgerRow], prices: Prices) -> None:
        """Show these in place of those before."""
        self.beginResetModel()
        self._by, self._prices = by, prices
        self._rows = (total(rows), *rows) if rows else ()
        self.endResetModel()

    @property
    def whole(self) -> LedgerRow | None:
        """All of them together."""
        return self._rows[0] if self._rows else None

    def rowCount(self, parent: Index = _ROOT) -> int:
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._rows)

    def columnCount(self, parent: Index = _ROOT) -> int:
        """Return how many there are."""
        return 0 if parent.isValid() else len(self._heads())

    def headerData(self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what stands over a column."""
        if orientation is not Qt.Orientation.Horizontal:
            return None
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(section)
        return self._heads()[section] if role == Qt.ItemDataRole.DisplayRole else None

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return what stands in a cell."""
        row, column = self._rows[index.row()], index.column()
        if role == Qt.ItemDataRole.DisplayRole:
            return self._cells(row, is_whole=index.row() == 0)[column]
        if role in (Qt.ItemDataRole.ToolTipRole, Qt.ItemDataRole.AccessibleDescriptionRole) and row.joules:
            return said(energy_source(row.watts))
        if role == Qt.ItemDataRole.TextAlignmentRole:
            return _side(column)
        if role == Qt.ItemDataRole.FontRole and index.row() == 0:
            font = QFont()
            font.setWeight(QFont.Weight.DemiBold)
            return font
        return None

    def _heads(self) -> tuple[str, ...]:
        first = {
            LedgerBy.DAY: self.tr("Day"),
            LedgerBy.MODEL: self.tr("Model"),
            LedgerBy.CONVERSATION: self.tr("Conversation"),
        }
        money = self.tr("Cloud, {currency}").format(currency=visible(self._prices.currency))
        return (
            first[self._by],
            self.tr("Answers"),
            self.tr("Prompt tokens"),
            self.tr("Generated"),
            self.tr("Time"),
            self.tr("Energy"),
            money,
        )

    def _cells(self, row: LedgerRow, *, is_whole: bool) -> tuple[str, ...]:
        names = {LedgerBy.MODEL: self.tr("Without a name"), LedgerBy.CONVERSATION: self.tr("Untitled")}
        name = self.tr("Together") if is_whole else visible(row.name) or names.get(self._by, "")
        cost = self._prices.of(row)
        counts = (row.answers, row.prompt_tokens, row.completion_tokens)
        return (
            name.replace("\n", " "),
            *(f"{count:,}" for count in counts),
            self._time(row.seconds),
            said(energy_text(row.joules)) if row.joules else "–",
            "–" if cost is None else money_text(cost),
        )

    def _time(self, seconds: float) -> str:
        if seconds < _MINUTE:
            return self.tr("{seconds} s").format(seconds=f"{seconds:.2g}" if seconds < 10 else f"{seconds:.0f}")
        if seconds < _HOUR:
            return self.tr("{minutes} min").format(minutes=f"{seconds / _MINUTE:.0f}")
        hours, rest = divmod(seconds, _HOUR)
        return self.tr("{hours} h {minutes} min").format(hours=f"{hours:,.0f}", minutes=int(rest // _MINUTE))


def _side(column: int) -> Qt.AlignmentFlag:
    side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
    return side | Qt.AlignmentFlag.AlignVCenter
