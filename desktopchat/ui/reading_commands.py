"""What the commands for reading a conversation do."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtGui import QGuiApplication

from desktopchat.core.notice import Notice
from desktopchat.ui.transcript.message_block import MessageBlock

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow


class ReadingCommands(QObject):
    """Handlers of the commands that need the text of the conversation alone."""

    def __init__(self, window: "MainWindow", parent: QObject) -> None:
        super().__init__(parent)
        self._window = window
        self._view = window.page.transcript

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        page, view = self._window.page, self._view
        return {
            "message.copy_markdown": self._copy_markdown,
            "message.copy_plain": self._copy_plain,
            "message.copy_rich": self._copy_rich,
            "message.fold": self._fold,
            "view.focus_text": view.reading.begin,
            "view.wrap_code": self._wrap_code,
            "find.open": page.find_bar.open_bar,
            "find.next": partial(view.finder.step, 1),
            "find.previous": partial(view.finder.step, -1),
            "text.next_message": partial(view.move_to_message, 1),
            "text.previous_message": partial(view.move_to_message, -1),
            "text.next_block": partial(view.reading.step_block, 1),
            "text.previous_block": partial(view.reading.step_block, -1),
            "text.top": view.reading.go_to_top,
            "text.bottom": view.reading.go_to_bottom,
        }

    def _copy_markdown(self) -> None:
        QGuiApplication.clipboard().setText(self._view.reading.markdown(self._block()))
        self._say(self.tr("Copied as Markdown."))

    def _copy_plain(self) -> None:
        QGuiApplication.clipboard().setText(self._view.reading.plain(self._block()))
        self._say(self.tr("Copied as plain text."))

    def _copy_rich(self) -> None:
        QGuiApplication.clipboard().setMimeData(self._view.reading.rich(self._block()))
        self._say(self.tr("Copied as rich text."))

    def _fold(self) -> None:
        block = self._block()
        if block is None or not self._view.reading.toggle_fold(block):
            self._say(self.tr("Nothing is long enough to be folded here."))

    def _wrap_code(self) -> None:
        wraps = self._view.reading.toggle_wrap()
        self._say(self.tr("Long lines of code are broken.") if wraps else self.tr("Long lines of code run on."))

    def _block(self) -> MessageBlock | None:
        return self._view.block_for_commands()

    def _say(self, words: str) -> None:
        self._window.show_notice(Notice("info", words))
