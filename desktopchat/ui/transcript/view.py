"""The page on which a conversation is read: one read-only text browser."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from PySide6.QtCore import QMimeData, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QColor, QFocusEvent, QKeyEvent, QPainter, QPaintEvent, QResizeEvent, QShowEvent, QTextCursor
from PySide6.QtWidgets import QFrame, QTextBrowser, QWidget

from desktopchat.core.chat import Message, Role
from desktopchat.ui.theme import COLUMN_WIDTH, Theme
from desktopchat.ui.transcript.document import TranscriptDocument, grown
from desktopchat.ui.transcript.finding import Finder
from desktopchat.ui.transcript.grounds import Marks, paint_grounds
from desktopchat.ui.transcript.message_block import MessageBlock
from desktopchat.ui.transcript.reading import Reading, cursor_in_sight
from desktopchat.ui.transcript.renderer import safe_link
from desktopchat.ui.transcript.repainting import Repainting
from desktopchat.ui.transcript.runner import AtOnce, Runner
from desktopchat.ui.transcript.words import MessageWords

# Newest messages that are laid out at first, and how many more at the top of the page.
WINDOW = 200
STEP = 30
MARK_MS = 1800  # how long a message that was gone to stays marked
_PLACE_DELAY = 500  # ms after the last scroll
_NEAR = 40  # pixels from an end of the page; its margin is never scrolled away by the keys


class TranscriptView(QTextBrowser):
    """Shows messages, follows the answer while it stands at the bottom, and never moves the reader."""

    link_chosen = Signal(str)
    caret_message_changed = Signal()
    new_text_hidden = Signal(bool)
    place_changed = Signal(object)

    def __init__(
        self, theme: Theme, keys: dict[str, str], parent: QWidget | None = None, runner: Runner | None = None
    ) -> None:
        super().__init__(parent)
        self._theme = theme
        self._older: list[Message] = []  # above those that are laid out
        self._newer: list[Message] = []  # below them, while one reads far above the end
        self._waiting: dict[int, tuple[str, str]] = {}
        self._follows = True
        self._changing = False
        self._marked_id: int | None = None
        self._mark_timer = QTimer(self)
        self._mark_timer.setSingleShot(True)
        self._mark_timer.setInterval(MARK_MS)
        self._mark_timer.timeout.connect(self._on_mark_timer_timeout)
        self._wanted_place: tuple[int, float] | None = None
        self._told_place: tuple[int, float] | None = None
        self._place_timer = QTimer(self)
        self._place_timer.setSingleShot(True)
        self._place_timer.setInterval(_PLACE_DELAY)
        self._place_timer.timeout.connect(self.report_place)
        runner = runner or AtOnce()
        self._page = TranscriptDocument(theme, MessageWords(keys, self), runner, self)
        for pictures in (self._page.formulas, self._page.images):
            pictures.drawn.connect(self._on_pictures_drawn)
        self.setDocument(self._page)
        self._repainting = Repainting(self)
        self.reading = Reading(self, self._page)
        self.finder = Finder(self, self._page, theme, runner)
        self.setObjectName("transcript")
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
        self.setAccessibleDescription(
            self.tr("Messages of the open conversation; Alt+Up and Alt+Down move between them")
        )
        self.anchorClicked.connect(self._on_self_anchor_clicked)
        self.verticalScrollBar().valueChanged.connect(self._on_scroll_bar_value_changed)
        self.verticalScrollBar().rangeChanged.connect(self._on_scroll_bar_range_changed)
        self._place_column()

    # What the window calls

    def show_messages(self, messages: Sequence[Message]) -> None:
        """Show these messages. What is on the page already and stays the same is left alone."""
        self.flush()
        wanted = list(messages)
        shown = [] if self._newer else self._page.current_messages()
        self._newer = []
        first = next((index for index, message in enumerate(wanted) if shown and message.id == shown[0].id), None)
        with self.changing():
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

    def prepend_older(self, messages: Sequence[Message]) -> None:
        """Take messages that stand above those that are shown; they are laid out when one scrolls up to them."""
        self._older = [*messages, *self._older]
        if self._wanted_place is not None:
            self.go_to_place(self._wanted_place)
        self.caret_message_changed.emit()

    def place(self) -> tuple[int, float] | None:
        """Return the message at the top and the part of it, 0 to 1, that is above; None at the end of the page."""
        if self._follows or not self._page.blocks:
            return None
        top = self.verticalScrollBar().value()
        layout = self.document().documentLayout()
        for block in self._page.blocks:
            rect = layout.frameBoundingRect(block.frame())
            if rect.bottom() > top:
                return block.message.id, round(min(1.0, max(0.0, (top - rect.top()) / max(1.0, rect.height()))), 4)
        return None

    def go_to_place(self, place: tuple[int, float] | None) -> None:
        """Show what `place` returned; a message that has not been read yet is shown when it comes."""
        self._wanted_place, self._told_place = None, place
        self._place_timer.stop()
        if place is None:
            self.scroll_to_end()
            return
        message_id, part = place
        block = self.lay_out(message_id)
        if block is None:
            self._wanted_place = place
            return
        self._follows = False
        rect = self.document().documentLayout().frameBoundingRect(block.frame())
        self.verticalScrollBar().setValue(round(rect.top() + part * rect.height()))

    def report_place(self) -> None:
        """Tell where the reader is, when that has changed since it was told last."""
        self._place_timer.stop()
        place = self.place()
        if place != self._told_place:
            self._told_place = place
            self.place_changed.emit(place)

    def append_message(self, message: Message) -> None:
        """Show a new message at the end; one's own takes the reader there."""
        if self._newer:
            if message.role != Role.USER:
                self._newer.append(message)
                return
            self.show_messages(self.messages())
        self._follows = self._follows or message.role == Role.USER
        with self.changing():
            self._page.append_message(message)
        self.caret_message_changed.emit()

    def append_text(self, message_id: int, text: str, reasoning: str = "") -> None:
        """Add text to a streaming message. While nobody can see the page, it is only kept."""
        if not self.isVisible() or self.window().isMinimized():
            before = self._waiting.get(message_id, ("", ""))
            self._waiting[message_id] = before[0] + text, before[1] + reasoning
            return
        self.flush()
        self._append(message_id, text, reasoning)

    def replace(self, message: Message) -> None:
        """Show a message in its new state."""
        self._waiting.pop(message.id, None)
        block = self._page.message_block(message.id)
        if block is None:
            self._older = [message if one.id == message.id else one for one in self._older]
            self._newer = [message if one.id == message.id else one for one in self._newer]
            return
        with self.changing():
            block.change(message)
        self.caret_message_changed.emit()

    def retheme(self) -> None:
        """Show everything again in other colours or sizes, at the same place."""
        self.flush()
        messages, place = [*self._older, *self._page.current_messages(), *self._newer], self.place()
        self._page.set_theme(self._theme)
        self._older, self._newer = [], []
        self._place_column()
        self.show_messages(messages)
        self.go_to_place(place)

    def message_at_caret(self) -> Message | None:
        """Return the message that the caret stands in; None while the page has not the focus."""
        block = self._block_at_caret() if self.hasFocus() else None
        return block.message if block else None

    def text_of(self, message_id: int) -> str:
        """Return the text of a message as far as it has come; nothing of one that is not on the page."""
        block = self._page.message_block(message_id)
        return block.text + self._waiting.get(message_id, ("", ""))[0] if block else ""

    def messages(self) -> list[Message]:
        """Return all messages of the conversation, also those above and below the page."""
        return [*self._older, *(block.message for block in self._page.blocks), *self._newer]

    def move_to_message(self, step: int) -> None:
        """Put the caret into the message above (-1) or below (+1) and take the focus."""
        blocks = self._page.blocks
        if not blocks:
            return
        current = self._block_at_caret() if self.hasFocus() else None
        if current is None:
            self._go_to(blocks[-1])
        else:
            self._go_to(self.neighbour(current, step) or current)

    def neighbour(self, block: MessageBlock, step: int) -> MessageBlock | None:
        """Return the message above (-1) or below (+1), which is laid out first when it is not; None at the end."""
        index = next(place for place, one in enumerate(self._page.blocks) if one is block) + step
        if index < 0 and self._older:
            index += self._load_older()
        elif index == len(self._page.blocks) and self._newer:
            self._load_newer()
        return self._page.blocks[index] if 0 <= index < len(self._page.blocks) else None

    def block_for_commands(self) -> MessageBlock | None:
        """Return the message under the caret while the page has the focus, else the last one."""
        if self.hasFocus():
            return self._block_at_caret()
        return self._page.blocks[-1] if self._page.blocks else None

    def stay(self) -> None:
        """Follow the end no longer, unless it is seen."""
        self._follows = self._at_end()

    def not_laid_out(self) -> tuple[Sequence[Message], Sequence[Message]]:
        """Return the messages above and below the page."""
        return self._older, self._newer

    def show_found(self, message_id: int) -> None:
        """Go to a message and mark it for a moment; one that has not been read yet is gone to when it comes."""
        block = self.lay_out(message_id)
        self._wanted_place = (message_id, 0.0) if block is None else None
        if block is not None:
            self._follows = False
            self._marked_id = message_id
            self._mark_timer.start()
            self._go_to(block)

    def _go_to(self, block: MessageBlock) -> None:
        self.go_to_position(block.start)

    def go_to_position(self, position: int) -> None:
        """Put the caret there, near the top of what is seen, and take the focus."""
        cursor = self.textCursor()
        cursor.setPosition(position)
        self.setTextCursor(cursor)
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        top = self.document().documentLayout().blockBoundingRect(cursor.block()).top()
        self.verticalScrollBar().setValue(round(top) - 24)
        self.viewport().update()
        self.caret_message_changed.emit()

    def scroll_to_end(self) -> None:
        """Go to the newest text; from then on the page follows it."""
        if self._newer:
            self.show_messages(self.messages())
            return
        self._follows = True
        self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())
        self.new_text_hidden.emit(False)

    # Growing

    def _append(self, message_id: int, text: str, reasoning: str) -> None:
        block = self._page.message_block(message_id)
        if block is None:
            self._newer = [grown(one, text, reasoning) if one.id == message_id else one for one in self._newer]
            return
        with self.changing():
            self._repainting.begin_at(block.open_block())
            block.append(text, reasoning)

    def flush(self) -> None:
        """Bring the page up to date after it was hidden."""
        waiting, self._waiting = self._waiting, {}
        for message_id, texts in waiting.items():
            self._append(message_id, *texts)

    @contextmanager
    def changing(self, *, joined: bool = True) -> Iterator[None]:
        """Change the document: it is laid out once, and the reader's caret and place stay where they are.

        Args:
            joined: Whether what happens is one change.
        """
        bar = self.verticalScrollBar()
        value, (anchor, position) = bar.value(), self._selection()
        edit = QTextCursor(self._page)
        self._changing = True
        if joined:
            edit.beginEditBlock()
        try:
            yield
        finally:
            if joined:
                edit.endEditBlock()
            if self._selection() != (anchor, position):
                # Writing the open tail again has moved the caret to the start of the tail.
                last = self._page.characterCount() - 1
                cursor = self.textCursor()
                cursor.setPosition(min(anchor, last))
                cursor.setPosition(min(position, last), QTextCursor.MoveMode.KeepAnchor)
                self.setTextCursor(cursor)
            bar.setValue(bar.maximum() if self._follows else value)
            self._changing = False
        self.new_text_hidden.emit(not self._follows and not self._at_end())

    @contextmanager
    def _following(self) -> Iterator[None]:
        """Let Qt scroll for reasons of its own, and stay at the end if the page stood there."""
        # A change of the text may show the bar, and so resize the page in the midst of it.
        inside, self._changing = self._changing, True
        yield
        self._changing = inside
        if self._follows and not inside:
            self.verticalScrollBar().setValue(self.verticalScrollBar().maximum())

    def _selection(self) -> tuple[int, int]:
        cursor = self.textCursor()
        return cursor.anchor(), cursor.position()

    def _at_end(self) -> bool:
        bar = self.verticalScrollBar()
        return not self._newer and bar.value() >= bar.maximum() - 4

    def _load_older(self) -> int:
        """Lay out older messages above the page and return how many; what is seen does not move."""
        loaded, self._older = self._older[-STEP:], self._older[:-STEP]
        bar = self.verticalScrollBar()
        below = bar.maximum() - bar.value()
        with self.changing():
            self._page.prepend_messages(loaded)
        bar.setValue(bar.maximum() - below)
        if not self.textCursor().hasSelection():
            with self.changing():
                self._newer = [*self._page.trim_end(), *self._newer]
        return len(loaded)

    def _load_newer(self) -> None:
        """Lay out messages below the page; what is seen does not move."""
        loaded, self._newer = self._newer[:STEP], self._newer[STEP:]
        with self.changing():
            for message in loaded:
                self._page.append_message(message)
        if not self.textCursor().hasSelection():
            bar = self.verticalScrollBar()
            below = bar.maximum() - bar.value()
            with self.changing():
                self._older += self._page.trim_start()
            bar.setValue(bar.maximum() - below)

    def lay_out(self, message_id: int) -> MessageBlock | None:
        """Return a message of the conversation, which is laid out first when it is not; None when there is none."""
        if message_id in {message.id for message in self._older[-WINDOW:]}:
            while self._page.message_block(message_id) is None:
                self._load_older()
        elif any(message.id == message_id for message in (*self._older, *self._newer)):
            # All that lies between would take too long, so the page is made anew around it.
            messages = [*self._older, *self._page.current_messages(), *self._newer]
            place = next(index for index, message in enumerate(messages) if message.id == message_id)
            start = max(0, place - WINDOW // 2)
            self._follows = False
            with self.changing():
                self._page.clear_messages()
                self._older, self._newer = messages[:start], messages[start + WINDOW :]
                for message in messages[start : start + WINDOW]:
                    self._page.append_message(message)
        return self._page.message_block(message_id)

    def _block_at_caret(self) -> MessageBlock | None:
        return self._page.block_at(self.textCursor().position())

    # Slots

    def _on_mark_timer_timeout(self) -> None:
        self._marked_id = None
        self.viewport().update()

    def _on_pictures_drawn(self) -> None:
        if self._changing:
            return
        cursor = cursor_in_sight(self)
        top = self.cursorRect(cursor).top()
        # One by one: joined to one change, Qt would lay out all that lies between the first and the last.
        with self.changing(joined=False):
            self._page.place_pictures()
        if not self._follows:
            bar = self.verticalScrollBar()
            bar.setValue(bar.value() + self.cursorRect(cursor).top() - top)

    def _on_self_anchor_clicked(self, url: QUrl) -> None:
        address = url.toString(QUrl.ComponentFormattingOption.FullyEncoded)
        if safe_link(address):
            self.link_chosen.emit(address)

    def _on_scroll_bar_value_changed(self, value: int) -> None:
        if self._changing:
            return
        self._wanted_place = None
        self._place_timer.start()
        self._follows = self._at_end()
        if self._follows:
            self.new_text_hidden.emit(False)
        elif value <= _NEAR and self._older:
            self._load_older()
        elif value >= self.verticalScrollBar().maximum() - _NEAR and self._newer:
            self._load_newer()

    def _on_scroll_bar_range_changed(self, _minimum: int, maximum: int) -> None:
        # Another width, or text that was laid out late.
        if self._follows and not self._changing:
            self.verticalScrollBar().setValue(maximum)

    # Qt's overrides

    def createMimeDataFromSelection(self) -> QMimeData:
        """Return the selected text as it was written, and as HTML."""
        return self.reading.rich(None)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Handle keys of its own."""
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

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """Let letters go to the composer again."""
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self.reading.leave()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the parts in place."""
        # Qt moves the bar while it lays the text out for another width; the reader did not.
        with self._following():
            self._place_column()
            super().resizeEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        """Bring the page up to date."""
        # Qt scrolls to its caret when a text is shown first.
        self._page.ratio = self.devicePixelRatioF()
        with self._following():
            super().showEvent(event)
        self.flush()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the grounds below."""
        bar = self.verticalScrollBar()
        rows = event.rect().translated(0, bar.value())
        marks = Marks(
            self._block_at_caret() if self.hasFocus() else None,
            self.reading.unit() if self.reading.is_active else None,
            self._marked_id,
            0.0 if self._page.wraps_code else self._page.size().width(),
        )
        with QPainter(self.viewport()) as painter:  # one that an error left behind would let Qt die
            painter.fillRect(event.rect(), QColor(self._theme.tokens.page))
            painter.setRenderHint(QPainter.RenderHint.Antialiasing)
            painter.translate(-self.horizontalScrollBar().value(), -bar.value())
            paint_grounds(painter, self._theme, self._page, marks, (rows.top(), rows.bottom()))
        super().paintEvent(event)

    def _place_column(self) -> None:
        # The text begins a document margin inside of the page; the bar must not move the column.
        bar = self.verticalScrollBar()
        side = max(self._theme.px(16), (self.width() - self._theme.px(COLUMN_WIDTH)) // 2)
        left = side - round(self.document().documentMargin())
        right = max(0, left - (bar.width() if bar.isVisibleTo(self) else 0))
        if (self.viewportMargins().left(), self.viewportMargins().right()) != (left, right):
            self.setViewportMargins(left, 0, right, 0)
