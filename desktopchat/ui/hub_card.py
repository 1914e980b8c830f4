"""The card in which one finds a model: a field, what was found, and what the chosen one is."""

from PySide6.QtCore import QEvent, QModelIndex, QObject, QRect, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QFrame, QLabel, QLineEdit, QListView, QVBoxLayout, QWidget

from desktopchat.controllers.hub import HubController
from desktopchat.controllers.hub_search import FOUND_ROLE, Found
from desktopchat.controllers.words import said
from desktopchat.core.catalog import CatalogEntry
from desktopchat.core.errors import GatedError, UserError
from desktopchat.core.hub import HubRepo
from desktopchat.core.hub_file import HubFile
from desktopchat.ui.hub_pane import HubPane
from desktopchat.ui.hub_row import HubRow
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme

_LIST_KEYS = (Qt.Key.Key_Up, Qt.Key.Key_Down, Qt.Key.Key_PageUp, Qt.Key.Key_PageDown)
_AHEAD = 25  # rows below the lowest that is seen
_SIZE = (1160, 860)  # pixels at most
_SHARES, _NARROW_SHARES = (5, 7), (1, 3)  # of the list and of the chosen one
_NARROW = 760  # pixels; the chosen one then stands below the list


class HubCard(Overlay):
    """Letters search, Up and Down choose, Enter goes to the files and then downloads, Left goes back, Esc closes.

    Attributes:
        download_wanted: A tuple of HubFile.
        link_chosen: Address that a card or the terms lead to.
        token_wanted: A token is to be given.
    """

    download_wanted = Signal(object)
    link_chosen = Signal(str)
    token_wanted = Signal()

    def __init__(self, hub: HubController, theme: Theme, parent: QWidget) -> None:
        self._theme = theme
        super().__init__(self.tr("Find a model"), parent)
        self._hub = hub
        self._search = hub.search
        self._goes_to_files = False
        self.field = QLineEdit(self.card)
        self.field.setAccessibleName(self.tr("Find a model"))
        self.field.setAccessibleDescription(self.tr("Up and Down choose a model, Enter goes to its files"))
        self.field.setPlaceholderText(self.tr("A part of a name, like qwen3 4b"))
        self.field.setText(self._search.text)
        self.field.selectAll()
        self.list = QListView(self.card)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the field keeps it
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._rows = HubRow(theme, self.list)
        self.list.setItemDelegate(self._rows)
        self.list.setModel(self._search)
        self.list.setAccessibleName(self.tr("Models"))
        self.list.setMinimumWidth(220)
        self._heading = _hint(self.card)
        self._hint = _hint(self.card)
        self.pane = HubPane(theme, self.card)
        self.pane.setMinimumWidth(220)
        left = QVBoxLayout()
        left.setSpacing(theme.gap(6))
        left.addWidget(self._heading)
        left.addWidget(self.list, 1)
        self._parts = QBoxLayout(QBoxLayout.Direction.LeftToRight)
        self._parts.setSpacing(theme.px(20))
        self._parts.addLayout(left)
        self._parts.addWidget(self.pane)
        self.column.addWidget(self.field)
        self.column.addLayout(self._parts, 1)
        self.column.addWidget(self._hint)
        self.setFocusProxy(self.field)
        self._connect()
        self._search.start()
        self._on_search_changed()
        self._on_search_model_reset()
        self._cover()

    def current(self) -> Found | None:
        """Return the chosen model."""
        index = self.list.currentIndex()
        return index.data(FOUND_ROLE) if index.isValid() else None

    def close_overlay(self) -> None:
        """Take the card away; what is being asked for is not wanted any more."""
        self._hub.details.leave()
        super().close_overlay()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys that move in the list, and Enter, from the field."""
        if event.type() in (QEvent.Type.FocusIn, QEvent.Type.FocusOut):
            self._rows.is_active = self.field.hasFocus()
            self.list.viewport().update()
            self._say_keys()
        elif event.type() == QEvent.Type.KeyPress and isinstance(event, QKeyEvent) and watched is self.field:
            if event.key() in _LIST_KEYS:
                self.list.keyPressEvent(event)
                return True
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._enter()
                return True
        return super().eventFilter(watched, event)

    def _connect(self) -> None:
        search, details, pane = self._search, self._hub.details, self.pane
        self.field.textChanged.connect(search.set_text)
        for widget in (self.field, pane.variants, pane.page):
            widget.installEventFilter(self)
        self.list.selectionModel().currentChanged.connect(self._on_list_current_changed)
        self.list.clicked.connect(self._on_list_clicked)
        self.list.verticalScrollBar().valueChanged.connect(self._fetch_ahead)
        search.changed.connect(self._on_search_changed)
        search.modelReset.connect(self._on_search_model_reset)
        details.repo_read.connect(self._on_details_repo_read)
        details.card_read.connect(self._on_details_card_read)
        details.failed.connect(self._on_details_failed)
        details.card_failed.connect(self._on_details_card_failed)
        pane.download_wanted.connect(self._on_pane_download_wanted)
        pane.terms_wanted.connect(self._on_pane_terms_wanted)
        pane.token_wanted.connect(self.token_wanted)
        pane.left.connect(self._on_pane_left)
        pane.page.link_chosen.connect(self.link_chosen)

    def _cover(self) -> None:
        area = self._under.rect()
        self.setGeometry(area)
        width = min(self._theme.px(_SIZE[0]), area.width() - 48)
        height = min(self._theme.px(_SIZE[1]), area.height() - 40)
        self.card.setGeometry(QRect((area.width() - width) // 2, (area.height() - height) // 2, width, height))
        if hasattr(self, "_parts"):
            directions = QBoxLayout.Direction
            is_narrow = width < self._theme.px(_NARROW)
            self._parts.setDirection(directions.TopToBottom if is_narrow else directions.LeftToRight)
            for part, share in enumerate(_NARROW_SHARES if is_narrow else _SHARES):
                self._parts.setStretch(part, share)

    def _enter(self) -> None:
        """Go to the files of the chosen model, once they are there."""
        current = self.current()
        failed = self._search.error is not None and self._search.shows_catalog
        if self._search.searching or failed:
            self._search.search_now()
        elif current is not None:
            self._goes_to_files = True
            if isinstance(current, CatalogEntry):
                self.pane.show_asking(current)
                self._hub.details.look_at(current.repo)
            elif self.pane.variants.count():
                self.pane.focus_variants()

    def _say_keys(self) -> None:
        if self.pane.variants.hasFocus():
            words = self.tr("Enter downloads it · Left goes back · Tab goes to what is said about it · Esc closes")
        elif self.pane.page.hasFocus():
            words = self.tr("Up and Down scroll · Tab goes on · Esc closes")
        else:
            filters = self.tr("Also: author:qwen  lang:zh  licence:mit  size:1B-8B  sort:downloads")
            sent = self.tr("What you type is sent to {host}.").format(host=self._hub.host)
            words = f"{filters}  ·  {sent}"
        self._hint.setText(words)

    def _fetch_ahead(self) -> None:
        """Ask for the next page before the end of this one is reached."""
        seen = self.list.viewport().height() // self._rows.height
        lowest = self.list.verticalScrollBar().value() + seen
        if lowest + _AHEAD > self._search.rowCount() and self._search.canFetchMore(QModelIndex()):
            self._search.fetchMore(QModelIndex())

    def _on_search_changed(self) -> None:
        search = self._search
        if search.searching:
            words = self.tr("Asking {host}…").format(host=self._hub.host)
        elif search.error is not None:
            words = said(search.error.sentence)
        elif not search.text.strip():
            words = self.tr("What we suggest; nothing has been asked of the network")
        elif search.rowCount() == 0:
            words = self.tr("Nothing like that. Try a shorter name, or fewer filters.")
        else:
            more = "+" if search.has_more else ""
            words = self.tr("{count} found").format(count=f"{search.rowCount():,}{more}")
        self._heading.setText(words)
        self._fetch_ahead()

    def _on_search_model_reset(self) -> None:
        self.list.scrollToTop()
        self.list.setCurrentIndex(self._search.index(0, 0))
        if self._search.rowCount() == 0:
            self.pane.clear()

    def _on_list_current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._goes_to_files = False
        current = self.current()
        if current is None:
            return
        if isinstance(current, CatalogEntry):
            self._hub.details.leave()
            self.pane.show_suggestion(current, self._hub.host)
        else:
            self.pane.show_found(current)
            self._hub.details.look_at(current.repo, soon=True)

    def _on_list_clicked(self, _index: QModelIndex) -> None:
        if isinstance(self.current(), CatalogEntry):
            self._enter()

    def _on_details_repo_read(self, repo: HubRepo) -> None:
        self.pane.show_repo(repo)
        if self._goes_to_files:
            self.pane.focus_variants()

    def _on_details_card_read(self, _repo: HubRepo, card: str) -> None:
        self.pane.show_card(card)

    def _on_details_failed(self, _repo: str, error: UserError) -> None:
        self.pane.show_error(error)

    def _on_details_card_failed(self, _repo: HubRepo, error: UserError) -> None:
        if not isinstance(error, GatedError):  # of that the pane tells anyway
            self.pane.show_error(error)

    def _on_pane_download_wanted(self, files: tuple[HubFile, ...]) -> None:
        self.download_wanted.emit(files)

    def _on_pane_terms_wanted(self, repo: str) -> None:
        self.link_chosen.emit(self._hub.page_of(repo))

    def _on_pane_left(self) -> None:
        self.field.setFocus(Qt.FocusReason.OtherFocusReason)


def _hint(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setObjectName("hint")
    label.setWordWrap(True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    return label
