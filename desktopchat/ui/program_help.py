"""How a program asks the model, as a page to read and to copy from."""

import sys

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QTextBlockFormat, QTextCharFormat, QTextCursor
from PySide6.QtWidgets import QTextBrowser, QWidget

from desktopchat.core.client_programs import PROGRAM_OF_2022, PROGRAM_OF_TODAY, environment
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme


class ProgramHelp(Overlay):
    """A card with programs that work as they stand. The keys that move a page scroll it; its text can be copied.

    Args:
        address: Where programs ask, or would.
        is_on: Whether they may now.
    """

    def __init__(self, address: str, is_on: bool, theme: Theme, parent: QWidget) -> None:
        heading = QCoreApplication.translate("ProgramHelp", "Ask the model from a program")
        super().__init__(heading, parent)
        self.page = QTextBrowser(self.card)
        self.page.setObjectName("card_text")
        self.page.setAccessibleName(heading)
        self.page.setTabChangesFocus(True)
        self.page.setMinimumSize(min(theme.px(720), parent.width() - 110), max(160, parent.height() - 160))
        self.column.addWidget(self.page)
        self.setFocusProxy(self.page)
        state = (
            self.tr("Programs can ask now.")
            if is_on
            else self.tr("Programs cannot ask yet: Shift+F8 and then Space lets those on this machine ask.")
        )
        where = self.tr("Each program of OpenAI's API reads from its environment where to ask:")
        old = self.tr("Then one of 2022 runs without a change, with the client of its days (openai 0.28):")
        new = self.tr("And so does one of today:")
        names = self.tr(
            "Names such as gpt-4o and text-davinci-003 reach the model that is loaded; “aliases” under [endpoint] in "
            "settings.toml lists them."
        )
        lines = environment(address, windows=sys.platform == "win32")
        parts = ((f"{state} {where}", lines), (old, PROGRAM_OF_2022), (new, PROGRAM_OF_TODAY), (names, ""))
        cursor = QTextCursor(self.page.document())
        for words, code in parts:
            self._write(cursor, words, code.rstrip(), theme)
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        self.page.setTextCursor(cursor)

    def _write(self, cursor: QTextCursor, words: str, code: str, theme: Theme) -> None:
        plain, mono = QTextCharFormat(), QTextCharFormat()
        mono.setFont(theme.code_font())
        paragraph, block = QTextBlockFormat(), QTextBlockFormat()
        if not cursor.atStart():
            paragraph.setTopMargin(theme.gap(14))
            cursor.insertBlock(paragraph, plain)
        cursor.insertText(words, plain)
        block.setLeftMargin(theme.gap(14))
        block.setNonBreakableLines(True)
        for number, line in enumerate(code.splitlines()):
            block.setTopMargin(0 if number else theme.gap(5))
            cursor.insertBlock(block, mono)
            cursor.insertText(line, mono)
