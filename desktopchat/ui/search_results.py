"""What a search found, in place of the list of conversations."""

from collections.abc import Sequence

from PySide6.QtCore import QDateTime, QLocale, QModelIndex, QPersistentModelIndex, QPointF, QRect, QSize, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontMetrics, QKeyEvent, QPainter, QTextCharFormat, QTextLayout, QTextOption
from PySide6.QtWidgets import (
    QAbstractItemView,
    QFrame,
    QLabel,
    QListView,
    QStyle,
    QStyledItemDelegate,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktopchat.controllers.search import ENTRY_ROLE, SECTION_ROLE, SavedSearch, SearchModel
from desktopchat.core.chat import Role
from desktopchat.core.excerpt import Excerpt, Span
from desktopchat.core.hit import Hit, HitKind
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

Index = QModelIndex | QPersistentModelIndex

_LINES = 2  # of a snippet
_ONE_LINE = 48  # characters that may fit into one line; longer ones are not measured
_BEFORE_HIT = 24  # characters of it before the hit


class _Type:
    """A font with what is measured of it, which takes Qt longer than painting a row does."""

    def __init__(self, font: QFont) -> None:
        self.font = font
        self.metrics = QFontMetrics(font)
        self.line = round(self.metrics.lineSpacing() * 1.12)


class _HitDelegate(QStyledItemDelegate):
    """Paints a title with its date, and below it who wrote what, with the found words marked."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self._theme = theme
        self.restyle()

    def restyle(self) -> None:
        """Take the sizes of the theme."""
        self._title, self._text, self._small = (_Type(self._theme.font(size)) for size in (14, 12.5, 11.5))

    def sizeHint(self, option: QStyleOptionViewItem, index: Index) -> QSize:
        height = self._row_height(index.data(ENTRY_ROLE), option.rect.width() - self._theme.px(18))
        return QSize(100, height + (self._heading_height() if _starts_section(index) else 0))

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        tokens, px = self._theme.tokens, self._theme.px
        entry: Hit | SavedSearch = index.data(ENTRY_ROLE)
        painter.save()
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        row = QRect(option.rect)
        if _starts_section(index):
            heading = QRect(row.left() + px(10), row.top(), row.width(), self._heading_height() - px(4))
            painter.setFont(self._small.font)
            painter.setPen(QColor(tokens.muted))
            painter.drawText(heading, Qt.AlignmentFlag.AlignBottom, index.data(SECTION_ROLE))
            row.setTop(row.top() + self._heading_height())
        if option.state & QStyle.StateFlag.State_Selected:
            painter.setPen(QColor(tokens.accent))
            painter.setBrush(QColor(tokens.user_block))
            painter.drawRoundedRect(row.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        inside = row.adjusted(px(10), self._theme.gap(6), -px(8), -self._theme.gap(6))
        if isinstance(entry, SavedSearch):
            self._paint_line(painter, inside, Excerpt(visible(entry.name)), visible(entry.query))
        else:
            self._paint_hit(painter, inside, entry, str(index.data()))
        painter.restore()

    def _paint_hit(self, painter: QPainter, inside: QRect, hit: Hit, title: str) -> None:
        shown = hit.title if hit.title.text else Excerpt(title)
        self._paint_line(painter, inside, shown, _day(hit.created_at))
        if (snippet := self._snippet(hit)).text:
            painter.setPen(QColor(self._theme.tokens.muted))
            text, marks = snippet.text, snippet.marks
            layout, count = self._lines(text, marks, inside.width())
            while 0 < count < len(text):
                text = text[: count - 1].rstrip() + "…"
                layout, count = self._lines(text, [mark for mark in marks if mark[1] < len(text)], inside.width())
            layout.draw(painter, QPointF(inside.left(), inside.top() + self._title.line))

    def _snippet(self, hit: Hit) -> Excerpt:
        """Return what stands below the title: who wrote it, where, and what."""
        facts, found = " · ".join(self._facts(hit)), hit.text.from_hit(_BEFORE_HIT)
        if not facts or not found.text:
            return found if found.text else Excerpt(facts)
        length = len(facts) + 2
        return Excerpt(f"{facts}: {found.text}", tuple((start + length, end + length) for start, end in found.marks))

    def _lines(self, text: str, marks: Sequence[Span], width: int) -> tuple[QTextLayout, int]:
        """Return text in as many lines as there is room for, and how many characters those hold."""
        layout = self._layout(text, marks, self._text, bold=True)
        layout.beginLayout()
        shown_units = 0
        for number in range(_LINES):
            line = layout.createLine()
            if not line.isValid():
                break
            line.setLineWidth(width)
            line.setPosition(QPointF(0, number * self._text.line))
            shown_units = line.textStart() + line.textLength()
        layout.endLayout()
        return layout, len(text.encode("utf-16-le")[: 2 * shown_units].decode("utf-16-le", "ignore"))

    def _paint_line(self, painter: QPainter, inside: QRect, left: Excerpt, right: str) -> None:
        """Paint a title at the left, and something muted at the right that takes no more than a half."""
        right = self._small.metrics.elidedText(right, Qt.TextElideMode.ElideRight, inside.width() // 2)
        painter.setFont(self._small.font)
        painter.setPen(QColor(self._theme.tokens.muted))
        line = QRect(inside.left(), inside.top(), inside.width(), self._title.line)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, right)
        width = inside.width() - self._small.metrics.horizontalAdvance(right) - self._theme.px(8)
        # A mark behind the cut is only seen by the dots that stand for it.
        title = self._title.metrics.elidedText(left.text, Qt.TextElideMode.ElideRight, width)
        marks = [(start, min(end, len(title))) for start, end in left.marks if start < len(title)]
        layout = self._layout(title, marks, self._title, bold=False)
        layout.beginLayout()
        text_line = layout.createLine()
        if text_line.isValid():
            text_line.setNumColumns(_units(title))
        layout.endLayout()
        painter.setPen(QColor(self._theme.tokens.text))
        layout.draw(
            painter, QPointF(inside.left(), inside.top() + (line.height() - layout.boundingRect().height()) / 2)
        )

    def _layout(self, text: str, marks: Sequence[Span], kind: _Type, *, bold: bool) -> QTextLayout:
        """Return a layout in which the found words stand out."""
        layout = QTextLayout(text, kind.font)
        option = QTextOption()
        option.setWrapMode(QTextOption.WrapMode.WrapAtWordBoundaryOrAnywhere)
        layout.setTextOption(option)
        form = QTextCharFormat()
        if bold:
            form.setFontWeight(QFont.Weight.DemiBold)
        form.setForeground(QColor(self._theme.tokens.text))
        form.setBackground(QColor(self._theme.tokens.selection))
        ranges = []
        for start, end in marks:
            one = QTextLayout.FormatRange()
            # Qt counts in UTF-16 units, Python in characters.
            one.start, one.length, one.format = _units(text[:start]), _units(text[start:end]), form
            ranges.append(one)
        layout.setFormats(ranges)
        return layout

    def _facts(self, hit: Hit) -> list[str]:
        facts = []
        if hit.kind is HitKind.NOTE:
            facts.append(self.tr("Note"))
        elif hit.kind is HitKind.ATTACHMENT:
            facts.append(self.tr("Attachment"))
        elif hit.role is not None:
            facts.append(self.tr("You") if hit.role is Role.USER else self.tr("Answer"))
        if hit.version is not None:
            facts.append(self.tr("version {place} of {count}").format(place=hit.version[0], count=hit.version[1]))
        if hit.archived:
            facts.append(self.tr("archived"))
        if hit.deleted:
            facts.append(self.tr("in the trash"))
        return facts

    def _row_height(self, entry: Hit | SavedSearch, width: int) -> int:
        height = self._title.line + 2 * self._theme.gap(6)
        if isinstance(entry, Hit) and (text := self._snippet(entry).text):
            # A little wider than it is, for bold words are.
            fits = len(text) < _ONE_LINE and self._text.metrics.horizontalAdvance(text) * 1.1 < width
            height += (1 if fits else _LINES) * self._text.line
        return height

    def _heading_height(self) -> int:
        return self._theme.px(30)


class SearchResults(QWidget):
    """The hits of the search field, or the saved searches while it is empty."""

    hit_chosen = Signal(object)
    saved_chosen = Signal(str)
    current_changed = Signal()

    def __init__(self, model: SearchModel, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = model
        self._opens_first = False
        self.view = QListView(self)
        self._delegate = _HitDelegate(theme, self.view)
        self.view.setItemDelegate(self._delegate)
        self.view.setModel(model)
        self.view.setFrameShape(QFrame.Shape.NoFrame)
        self.view.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field keeps it
        self.view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.view.setResizeMode(QListView.ResizeMode.Adjust)
        self.view.setAccessibleName(self.tr("Search results"))
        self._empty = _hint(self)
        self._hint = _hint(self)
        self._hint.setText(
            self.tr('Also: "two words"  -word  role:me  model:  tag:  in:folder  in:archive  before:2026-05  after:7d')
        )
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addWidget(self._empty)
        column.addWidget(self.view, 1)
        column.addWidget(self._hint)
        self.view.clicked.connect(self._on_view_clicked)
        model.searched.connect(self._on_model_searched)
        self._on_model_searched()

    def current(self) -> Hit | SavedSearch | None:
        """Return what is chosen."""
        index = self.view.currentIndex()
        return index.data(ENTRY_ROLE) if index.isValid() else None

    def words(self) -> str:
        """Return what stands in place of hits when there are none."""
        return self._empty.text() if self._empty.isVisible() else ""

    def open_current(self) -> None:
        """Open the chosen hit, or search for the chosen saved search; the first hit when it is still looked for."""
        self._opens_first = not self._model.is_current
        if self._opens_first:
            return
        entry = self.current()
        if isinstance(entry, SavedSearch):
            self.saved_chosen.emit(entry.query)
        elif entry is not None:
            self.hit_chosen.emit(entry)

    def step(self, step: int) -> None:
        """Open the hit below (+1) or above (-1) the chosen one."""
        row = min(max(self.view.currentIndex().row() + step, 0), self._model.rowCount() - 1)
        self.view.setCurrentIndex(self._model.index(row, 0))
        self.open_current()

    def move_by_key(self, event: QKeyEvent) -> None:
        """Choose another row, as a list does at this key."""
        self.view.keyPressEvent(event)
        self.current_changed.emit()

    def relayout(self) -> None:
        """Measure the rows again, after the zoom has changed."""
        self._delegate.restyle()
        self.view.doItemsLayout()

    def _on_view_clicked(self, _index: QModelIndex) -> None:
        self.open_current()

    def _on_model_searched(self) -> None:
        self.view.setCurrentIndex(self._model.index(0, 0))
        self.view.scrollToTop()
        searching, found = bool(self._model.text.strip()), self._model.rowCount() > 0
        self._empty.setVisible(not found)
        self._empty.setText(
            self.tr(
                "Nothing found. Try fewer words, or only how they begin; take quotes and filters away. "
                "What was deleted is found with in:trash."
            )
            if searching
            else self.tr("Type what you look for: words of titles, messages, notes and files. Ctrl+S keeps a search.")
        )
        self.current_changed.emit()
        if self._opens_first and searching:
            self.open_current()


def _hint(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName("hint")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label


def _starts_section(index: Index) -> bool:
    if index.row() == 0:
        return True
    return bool(index.data(SECTION_ROLE) != index.sibling(index.row() - 1, 0).data(SECTION_ROLE))


def _units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _day(seconds: float) -> str:
    """Return the time of what is of today, the day of what is of this year, else the day with its year."""
    then, now, locale = QDateTime.fromSecsSinceEpoch(round(seconds)), QDateTime.currentDateTime(), QLocale()
    if then.date() == now.date():
        return locale.toString(then.time(), QLocale.FormatType.ShortFormat)
    return locale.toString(then.date(), "d MMM" if then.date().year() == now.date().year() else "d MMM yyyy")
