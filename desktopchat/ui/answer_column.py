"""One of several texts that stand beside each other: whose it is, what it says, what it took."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QFrame, QLabel, QVBoxLayout, QWidget

from desktopchat.core.chat import Message, MessageState
from desktopchat.ui.markdown_page import MarkdownPage
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.words import MessageWords


class AnswerColumn(QFrame):
    """Shows a message, or one that is being written.

    Attributes:
        link_chosen: Address.
        message: The one that is shown; None while there is none.
    """

    link_chosen = Signal(str)

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(parent)
        self.setObjectName("answer_column")
        self.message: Message | None = None
        self._words = MessageWords({}, self)
        self._title, self._about, self._footer = (self._label(name) for name in ("title", "hint", "hint"))
        self.page = MarkdownPage(theme, "", self)
        self.page.link_chosen.connect(self.link_chosen)
        column = QVBoxLayout(self)
        column.setContentsMargins(theme.px(14), theme.gap(12), theme.px(8), theme.gap(10))
        column.setSpacing(theme.gap(6))
        for widget in (self._title, self._about, self.page, self._footer):
            column.addWidget(widget, 1 if widget is self.page else 0)

    def set_title(self, title: str, about: str) -> None:
        """Say whose text it is."""
        self._title.setText(title)
        self._about.setText(about)
        self._about.setVisible(bool(about))
        self.page.setAccessibleName(", ".join(filter(None, (title, about))))

    def set_footer(self, words: str) -> None:
        """Say what stands below the text."""
        self._footer.setText(words)
        self.page.setAccessibleDescription(words)

    def title(self) -> str:
        """Return what is said above the text."""
        return self._title.text()

    def footer(self) -> str:
        """Return what is said below the text."""
        return self._footer.text()

    def set_chosen(self, chosen: bool) -> None:
        """Show whether this is the chosen one."""
        if self.property("chosen") != chosen:
            self.setProperty("chosen", chosen)
            self.style().unpolish(self)
            self.style().polish(self)

    def show_message(self, message: Message) -> None:
        """Show a message as it is now."""
        self.message = message
        is_whole = self.page.show_text(message.content or message.reasoning)
        parts = [self._words.footer(message), self._words.ending(message)]
        if message.state is MessageState.STREAMING:
            parts = [self.tr("is being written")]
        if not is_whole:
            parts.append(self.tr("this is the beginning"))
        self.set_footer(" · ".join(filter(None, parts)))

    def append(self, text: str) -> None:
        """Write on; the text is laid out as a whole once it has ended."""
        bar = self.page.verticalScrollBar()
        follows = bar.value() >= bar.maximum() - 4
        cursor = QTextCursor(self.page.document())
        cursor.movePosition(QTextCursor.MoveOperation.End)
        cursor.insertText(text)
        if follows:
            bar.setValue(bar.maximum())

    def _label(self, name: str) -> QLabel:
        label = QLabel(self)
        label.setObjectName(name)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label
