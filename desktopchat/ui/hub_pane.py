"""What one model of the hub is: its facts and terms, the variants to choose from, and its card."""

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter, QPalette, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QListWidget,
    QListWidgetItem,
    QPushButton,
    QSizePolicy,
    QStyle,
    QStyleOptionViewItem,
    QVBoxLayout,
    QWidget,
)

from desktopchat.controllers.words import said
from desktopchat.core.catalog import CatalogEntry
from desktopchat.core.errors import UserError
from desktopchat.core.hub import Gate, HubModel, HubRepo, HubVariant
from desktopchat.core.hub_names import usual, variant_called
from desktopchat.core.memory_words import size_text
from desktopchat.ui.chooser import DETAIL, Index, RowDelegate, row_height
from desktopchat.ui.hub_words import catalog_facts, facts, variant_words
from desktopchat.ui.markdown_page import MarkdownPage
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_ROWS = 8  # of variants that are seen at once, where there is room
_LEAST_ROWS = 3
_VARIANT = Qt.ItemDataRole.UserRole + 2


class _VariantRow(RowDelegate):
    """Paints the chosen row quietly while the keys move elsewhere."""

    def paint(self, painter: QPainter, option: QStyleOptionViewItem, index: Index) -> None:
        if option.state & QStyle.StateFlag.State_Selected and not option.widget.hasFocus():
            option.state &= ~QStyle.StateFlag.State_Selected
            painter.setPen(option.palette.color(QPalette.ColorRole.Mid))
            painter.setBrush(option.palette.color(QPalette.ColorRole.AlternateBase))
            painter.drawRoundedRect(option.rect.toRectF().adjusted(0.5, 1, -0.5, -1), 6, 6)
        super().paint(painter, option, index)


class _Variants(QListWidget):
    """As high as its rows up to a number, and lower where there is no room for them."""

    def sizeHint(self) -> QSize:
        return QSize(200, self._height_of(_ROWS))

    def minimumSizeHint(self) -> QSize:
        return QSize(100, self._height_of(_LEAST_ROWS))

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self.scrollToItem(self.currentItem())

    def _height_of(self, most: int) -> int:
        return min(most, self.count()) * row_height(self) + 4


class HubPane(QWidget):
    """Enter on a variant downloads it, Left goes back; the keys that move a page scroll the card.

    Attributes:
        download_wanted: A tuple of HubFile.
        terms_wanted: Name of the repository whose terms are to be read and accepted.
        token_wanted: A token is to be given.
        left: Back to where one searches.
    """

    download_wanted = Signal(object)
    terms_wanted = Signal(str)
    token_wanted = Signal()
    left = Signal()

    def __init__(self, theme: Theme, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._repo: HubRepo | None = None
        self._wanted_quant = ""
        self._name, self._facts, self._words = (_label(self) for _ in range(3))
        self._name.setObjectName("card_title")
        self._facts.setObjectName("hint")
        self._terms_words = _label(self)
        self._terms_words.setObjectName("note")
        self._accept = QPushButton(self.tr("Read the terms"), self)
        self._token = QPushButton(self.tr("Give a token"), self)
        self._terms = QWidget(self)
        terms = QVBoxLayout(self._terms)
        terms.setContentsMargins(0, 0, 0, 0)
        terms.addWidget(self._terms_words)
        buttons = QHBoxLayout()
        buttons.addWidget(self._accept)
        buttons.addWidget(self._token)
        buttons.addStretch(1)
        terms.addLayout(buttons)
        self.variants = _Variants(self)
        self.variants.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Maximum)
        self.variants.setFrameShape(QFrame.Shape.NoFrame)
        self.variants.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.variants.setItemDelegate(_VariantRow(self.variants))
        self.variants.setAccessibleName(self.tr("Variants"))
        self.variants.setAccessibleDescription(self.tr("Up and Down choose one, Enter downloads it, Left goes back"))
        self._along = _label(self)
        self._along.setObjectName("hint")
        self.page = MarkdownPage(theme, self.tr("About the model"), self)
        self._rest = _label(self)
        self._rest.setObjectName("hint")
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(theme.gap(8))
        for widget in (self._name, self._facts, self._terms, self._words, self.variants, self._along):
            column.addWidget(widget)
        column.addWidget(self.page, 1)
        column.addWidget(self._rest)
        self._accept.clicked.connect(self._on_accept_clicked)
        self._token.clicked.connect(self.token_wanted)
        self.variants.itemClicked.connect(self._choose)
        self.variants.installEventFilter(self)
        self.clear()

    def clear(self) -> None:
        """Show nothing."""
        self._show_head("", "")

    def show_suggestion(self, entry: CatalogEntry, host: str) -> None:
        """Show a model that we suggest, of which the hub has not been asked yet."""
        self._show_head(entry.name, catalog_facts(entry))
        self._wanted_quant = entry.quant
        asks = self.tr("{repo}\n\nEnter asks {host} for its files.").format(repo=entry.repo, host=host)
        self._say(f"{said(entry.reason)}\n\n{asks}")

    def show_found(self, model: HubModel) -> None:
        """Show what is known of a repository before the hub has been asked for its files."""
        self._show_head(model.repo, facts(model))
        self._show_terms(model)
        self._say(self.tr("Asking for its files…"))

    def show_asking(self, entry: CatalogEntry) -> None:
        """Say that the hub is asked for the files of a model that we suggest."""
        self._show_head(entry.name, catalog_facts(entry))
        self._wanted_quant = entry.quant
        self._say(self.tr("Asking for its files…"))

    def show_repo(self, repo: HubRepo) -> None:
        """Show the files of a repository, with the usual choice chosen."""
        wanted = self._wanted_quant
        self._show_head(repo.model.repo, facts(repo.model))
        self._repo = repo
        self._show_terms(repo.model)
        best = usual(repo)
        chosen = (variant_called(repo, wanted) if wanted else None) or best
        for variant in repo.variants:
            several = sum(other.quant == variant.quant for other in repo.variants) > 1
            name = variant.name if several or not variant.quant else variant.quant
            row = QListWidgetItem(visible(name), self.variants)
            detail = variant_words(variant, is_usual=variant is best)
            row.setData(DETAIL, detail)
            row.setData(_VARIANT, variant)
            row.setData(Qt.ItemDataRole.AccessibleTextRole, f"{visible(name)}, {detail}")
            if variant is chosen:
                self.variants.setCurrentItem(row)
        self.variants.updateGeometry()
        self.variants.setVisible(bool(repo.variants))
        if not repo.variants:
            self._say(self.tr("There is no model file (GGUF) in this repository."))
        self._along.setText("\n".join(self._along_words(repo)))
        self._along.setVisible(bool(self._along.text()))

    def show_card(self, card: str) -> None:
        """Show what is said about the model."""
        whole = self.page.show_text(card)
        self.page.setVisible(bool(card.strip()))
        self._rest.setText(self.tr("There is more of it on its page."))
        self._rest.setVisible(not whole)

    def show_error(self, error: UserError) -> None:
        """Say why there is nothing to show."""
        self._say(said(error.sentence))

    def focus_variants(self) -> None:
        """Go to the variants, if there are any."""
        if self.variants.count():
            self.variants.setFocus(Qt.FocusReason.OtherFocusReason)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take Enter and Left from the variants."""
        if isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress and watched is self.variants:
            if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
                self._choose(self.variants.currentItem())
                return True
            if event.key() in (Qt.Key.Key_Left, Qt.Key.Key_Backspace):
                self.left.emit()
                return True
        return super().eventFilter(watched, event)

    def _choose(self, row: QListWidgetItem | None) -> None:
        if row is None or self._repo is None:
            return
        variant: HubVariant = row.data(_VARIANT)
        if variant.missing:
            self._say(self.tr("This variant lacks {count} of its parts; choose another one.").format(
                count=variant.missing))  # fmt: skip
        else:
            self.download_wanted.emit(self._repo.to_download(variant))

    def _show_head(self, name: str, words: str) -> None:
        self._repo = None
        self._wanted_quant = ""
        self._name.setText(visible(name))
        self._facts.setText(visible(words))
        self.variants.clear()
        self.page.show_text("")
        for widget in (self._terms, self._words, self.variants, self._along, self._rest):
            widget.hide()

    def _show_terms(self, model: HubModel) -> None:
        self._terms.setVisible(model.gate is not Gate.OPEN)
        if model.gate is Gate.MANUAL:
            words = self.tr("Before it can be downloaded, accept its terms on its page; then somebody decides.")
        else:
            words = self.tr("Before it can be downloaded, accept its terms on its page.")
        self._terms_words.setText(words)

    def _say(self, words: str) -> None:
        self._words.setText(words)
        self._words.show()

    def _along_words(self, repo: HubRepo) -> list[str]:
        words = []
        if repo.projectors:
            first = repo.projectors[0]
            along = self.tr("{name} ({size}) comes along, for pictures.")
            words.append(along.format(name=visible(first.path), size=size_text(first.size)))
        if repo.others:
            names = ", ".join(visible(file.path) for file in repo.others[:3])
            words.append(self.tr("Also there, and no model: {names}").format(names=names))
        if repo.left_out:
            words.append(self.tr("Left out, because no file may be called so: {count}").format(count=repo.left_out))
        return words

    def _on_accept_clicked(self) -> None:
        if self._repo is not None:
            self.terms_wanted.emit(self._repo.model.repo)


def _label(parent: QWidget) -> QLabel:
    label = QLabel(parent)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setWordWrap(True)
    return label
