"""The page on which a conversation is read: one read-only text browser."""

from collections.abc import Sequence

from PySide6.QtCore import QMimeData, QRectF, Qt, QUrl, Signal
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPaintEvent, QPen, QResizeEvent, QShowEvent, QTextCursor, QTextFrame
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from desktopchat.core.chat import Message, Role
from desktopchat.ui.theme import COLUMN_WIDTH, CORNER, Theme
from desktopchat.ui.transcript.document import TranscriptDocument
from desktopchat.ui.transcript.formats import Property
from desktopchat.ui.transcript.message_block import MessageBlock
from desktopchat.ui.transcript.renderer import safe_link
from desktopchat.ui.transcript.words import MessageWords

# Newest messages that are laid out at first, and how many more at the top of the page.
WINDOW = 200
STEP = 50


class TranscriptView(QTextBrowser):
    """Shows messages, follows the answer while it stands at the bottom, and never moves the reader."""

    link_chosen = Signal(str)
    caret_message_changed = Signal()
    new_text_hidden = Signal(bool)

    def __init__(self, theme: Theme, keys: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._theme = theme
        self._older: list[Message] = []
        self._waiting: dict[int, str] = {}
        self._page = TranscriptDocument(theme, MessageWords(keys, self), self)
        self.setDocument(self._page)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setOpenLinks(False)
        self.setOpenExternalLinks(False)
        self.setAcceptDrops(False)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse
            | Qt.TextInteractionFlag.TextSelectableByKeyboard
            | Qt.TextInteractionFlag.LinksAccessibleByMouse
            | Qt.TextInteractionFlag.LinksAccessibleByKeyboard
        )
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setAccessibleName(self.tr("Conversation"))
        self.setAccessibleDescription(self.tr("Messages of the open conversation; Alt+Up and Alt+Down move between them"))
        self.anchorClicked.connect(self._on_self_anchor_clicked)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll_bar_value_changed)
        self._place_column()

    # What the window calls

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show these messages. What is on the page already and stays the same is left alone."""
        self._flush()
        wanted = list(messages)
        shown = self._page.current_messages()
        first = next((index for index, message in enumerate(wanted) if shown and message.id == shown[0].id), None)
        if first is None or wanted[:first] != self._older:
            self._page.clear_messages()
            self._older, newest = wanted[:-WINDOW], wanted[-WINDOW:]
            kept = 0
        else:
            newest = wanted[first:]
            kept = 0
            while kept < min(len(shown), len(newest)) and shown[kept] == newest[kept]:
                kept += 1
            self._page.keep_first(kept)
        for message in newest[kept:]:
            self._page.append_message(message)
        self.scroll_to_end()
        self.caret_message_changed.emit()

    def append_message(self, message: Message) -> None:
        """Show a new message at the end."""
        follows = self._at_end() or message.role == Role.USER
        self._page.append_message(message)
        self._follow(follows)
        self.caret_message_changed.emit()

    def append_text(self, message_id: int, text: str) -> None:
        """Add text to a streaming message. While nobody can see the page, it is only kept."""
        if not self.isVisible() or self.window().isMinimized():
            self._waiting[message_id] = self._waiting.get(message_id, "") + text
            return
        self._flush()
        self._append(message_id, text)

    def replace(self, message: Message) -> None:
        """Show a message in its new state."""
        self._waiting.pop(message.id, None)
        block = self._page.message_block(message.id)
        if block is None:
            self._older = [message if old.id == message.id else old for old in self._older]
            return
        follows = self._at_end()
        place = self._selection()
        block.change(message)
        self._restore_selection(place)
        self._follow(follows)
        self.caret_message_changed.emit()

    def retheme(self) -> None:
        """Show everything again in other colours or sizes, at the same place."""
        self._flush()
        messages = [*self._older, *self._page.current_messages()]
        at_end, part = self._at_end(), self.verticalScrollBar().value() / max(1, self.verticalScrollBar().maximum())
        self._page.set_theme(self._theme)
        self._older = []
        self._place_column()
        self.show_messages(messages)
        if not at_end:
            self.verticalScrollBar().setValue(round(part * self.verticalScrollBar().maximum()))

    def message_at_caret(self) -> Message | None:
        """Return the message that the caret stands in; None while the page has not the focus."""
        block = self._block_at_caret() if self.hasFocus() else None
        return block.message if block else None

    def text_of(self, message_id: int) -> str:
        """Return the text of a message as far as it has come."""
        block = self._page.message_block(message_id)
        return (block.text if block else "") + self._waiting.get(message_id, "")

    def messages(self) -> list[Message]:
        """Return all messages of the conversation, also those above the page."""
        return [*self._older, *(block.message for block in self._page.blocks)]

    def move_to_message(self, step: int) -> None:
        """Put the caret into the message above (-1) or below (+1) and take the focus."""
        blocks = self._page.blocks
        if not blocks:
            return
        current = self._block_at_caret() if self.hasFocus() else None
        if current is None:
            index = len(blocks) - 1
        else:
            index = next(place for place, block in enumerate(blocks) if block is current) + step
            if index < 0 and self._older:
                index += self._load_older()
        target = self._page.blocks[max(0, min(index, len(self._page.blocks) - 1))]
        cursor = self.textCursor()
        cursor.setPosition(target.start)
        self.setTextCursor(cursor)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        top = self.document().documentLayout().blockBoundingRect(cursor.block()).top()
        self.verticalScrollBar().setValue(round(top) - 24)
        self.viewport().update()
        self.caret_message_changed.emit()

    def scroll_to_end(self) -> None:
        """Go to the newest text; from then on the page follows it."""
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self.new_text_hidden.emit(False)

    def flush(self) -> None:
        """Bring the page up to date after it was hidden."""
        self._flush()

    # Growing

    def _append(self, message_id: int, text: str) -> None:
        block = self._page.message_block(message_id)
        if block is None:
            return
        follows = self._at_end()
        place = self._selection()
        block.append(text)
        self._restore_selection(place)
        self._follow(follows)

    def _flush(self) -> None:
        waiting, self._waiting = self._waiting, {}
        for message_id, text in waiting.items():
            self._append(message_id, text)

    def _selection(self) -> tuple[int, int]:
        cursor = self.textCursor()
        return cursor.anchor(), cursor.position()

    def _restore_selection(self, place: tuple[int, int]) -> None:
        """Put the reader's caret back: writing the open tail again has moved it to the tail's start."""
        if place == self._selection():
            return
        last = self.document().characterCount() - 1
        scroll = self.verticalScrollBar().value()
        cursor = self.textCursor()
        cursor.setPosition(min(place[0], last))
        cursor.setPosition(min(place[1], last), QTextCursor.MoveMode.KeepAnchor)
        self.setTextCursor(cursor)
        self.verticalScrollBar().setValue(scroll)

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return bar.value() >= bar.maximum() - 4

    def _follow(self, follows: bool) -> None:
        if follows:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        else:
            self.new_text_hidden.emit(not self._at_end())

    def _load_older(self) -> int:
        """Lay out older messages above the page and return how many; what is seen does not move."""
        loaded, self._older = self._older[-STEP:], self._older[:-STEP]
        bar = self.verticalScrollBar()
        below = bar.maximum() - bar.value()
        bar.blockSignals(True)
        self._page.prepend_messages(loaded)
        bar.blockSignals(False)
        bar.setValue(bar.maximum() - below)
        return len(loaded)

    def _block_at_caret(self) -> MessageBlock | None:
        return self._page.block_at(self.textCursor().position())

    # Slots

    def _on_self_anchor_clicked(self, url: QUrl) -> None:
        address = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if safe_link(address):
            self.link_chosen.emit(address)

    def _on_scroll_bar_value_changed(self, value: int) -> None:
        if value == 0 and self._older and self.verticalScrollBar().maximum() > 0:
            self._load_older()
        if self._at_end():
            self.new_text_hidden.emit(False)

    # Qt's overrides

    def createMimeDataFromSelection(self) -> QMimeData:
        data = QMimeData()
        data.setText(self._page.selected_text(self.textCursor()))
        return data

    def keyPressEvent(self, event: QKeyEvent) -> None:
        plain = event.modifiers() in (Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.KeypadModifier)
        if plain and event.key() == Qt.Key.Key_End:
            self.scroll_to_end()
            return
        if plain and event.key() == Qt.Key.Key_Home:
            self.verticalScrollBar().setValue(0)
            return
        before = self._block_at_caret()
        super().keyPressEvent(event)
        if self._block_at_caret() is not before:
            self.viewport().update()
            self.caret_message_changed.emit()

    def resizeEvent(self, event: QResizeEvent) -> None:
        at_end = self._at_end()
        self._place_column()
        super().resizeEvent(event)
        if at_end:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._flush()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self.viewport())
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        bar = self.verticalScrollBar()
        painter.translate(0, -bar.value())
        top = bar.value() + event.rect().top()
        self._paint_boxes(painter, top, bar.value() + event.rect().bottom())
        painter.end()
        super().paintEvent(event)

    def _paint_boxes(self, painter: QPainter, top: int, bottom: int) -> None:
        """Paint the grounds of what the person wrote, of code and of quotes, and a bar at the caret's message."""
        layout = self.document().documentLayout()
        current = self._block_at_caret() if self.hasFocus() else None
        for block in reversed(self._page.blocks):
            frame = block.frame()
            rect = layout.frameBoundingRect(frame)
            if rect.top() > bottom:
                continue
            if rect.bottom() < top:
                break
            if block is current:
                bar = QRectF(rect.left() - 8, rect.top() + 2, 3, rect.height() - 4)
                painter.setPen(Qt.PenStyle.NoPen)
                painter.setBrush(QColor(self._theme.tokens.accent))
                painter.drawRoundedRect(bar, 1.5, 1.5)
            self._paint_frame(painter, frame, top, bottom)

    def _paint_frame(self, painter: QPainter, frame: QTextFrame, top: int, bottom: int) -> None:
        layout = self.document().documentLayout()
        for child in frame.childFrames():
            form = child.frameFormat()
            rect = layout.frameBoundingRect(child)
            if rect.bottom() < top or rect.top() > bottom:
                continue
            rect.adjust(form.leftMargin(), form.topMargin(), 0, -form.bottomMargin())
            self._paint_ground(painter, form.stringProperty(Property.BOX), rect)
            self._paint_frame(painter, child, top, bottom)

    def _paint_ground(self, painter: QPainter, kind: str, rect: QRectF) -> None:
        tokens = self._theme.tokens
        if kind == "quote":
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(tokens.border))
            painter.drawRoundedRect(QRectF(rect.left() - self._theme.px(14), rect.top(), 3, rect.height()), 1.5, 1.5)
        elif kind:
            corner = self._theme.px(CORNER)
            painter.setBrush(QColor(tokens.user_block if kind == "user" else tokens.code))
            painter.setPen(QPen(QColor(tokens.border), 1) if kind == "code" else Qt.PenStyle.NoPen)
            painter.drawRoundedRect(rect.adjusted(0.5, 0.5, -0.5, -0.5), corner, corner)

    def _place_column(self) -> None:
        side = max(self._theme.px(16), (self.width() - self._theme.px(COLUMN_WIDTH)) // 2)
        if self.viewportMargins().left() != side:
            self.setViewportMargins(side, 0, max(0, side - self.verticalScrollBar().sizeHint().width()), 0)
