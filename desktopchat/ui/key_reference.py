"""All commands with their keys and what they do, as a page to read. It is made from the commands each time."""

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QFont, QPalette, QTextBlockFormat, QTextCharFormat, QTextCursor, QTextLength, QTextTableFormat
from PySide6.QtWidgets import QTextBrowser, QWidget

from desktopchat.commands.command import Menu
from desktopchat.commands.keymap import Keymap
from desktopchat.controllers.words import menu_name
from desktopchat.ui.key_help import key_rows
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme

_COLUMNS = (28, 24, 48)  # percent


class KeyReference(Overlay):
    """A card with a table for each menu. The keys that move a page scroll it; its text can be selected and copied."""

    def __init__(self, keymap: Keymap, theme: Theme, parent: QWidget) -> None:
        heading = QCoreApplication.translate("KeyReference", "Commands and keys")
        super().__init__(heading, parent)
        self.page = QTextBrowser(self.card)
        self.page.setObjectName("card_text")
        self.page.setAccessibleName(heading)
        self.page.setTabChangesFocus(True)
        self.page.setMinimumSize(min(theme.px(860), parent.width() - 110), max(160, parent.height() - 160))
        self.column.addWidget(self.page)
        self.setFocusProxy(self.page)
        cursor = QTextCursor(self.page.document())
        for menu in Menu:
            self._write(cursor, menu_name(menu), key_rows(keymap, menu, keyless=True), theme)
        cursor.movePosition(QTextCursor.MoveOperation.Start)
        self.page.setTextCursor(cursor)

    def _write(self, cursor: QTextCursor, heading: str, rows: list[tuple[str, str, str]], theme: Theme) -> None:
        title, plain, strong = QTextCharFormat(), QTextCharFormat(), QTextCharFormat()
        title.setForeground(self.palette().brush(QPalette.ColorRole.PlaceholderText))
        for bold in (title, strong):
            bold.setFontWeight(QFont.Weight.DemiBold)
        line = QTextBlockFormat()
        line.setHeadingLevel(2)
        line.setTopMargin(0 if cursor.atStart() else theme.gap(20))
        line.setBottomMargin(theme.gap(4))
        shape = QTextTableFormat()
        shape.setBorder(0)
        shape.setCellSpacing(0)
        shape.setCellPadding(theme.gap(3))
        shape.setWidth(QTextLength(QTextLength.Type.PercentageLength, 100))
        shape.setColumnWidthConstraints([QTextLength(QTextLength.Type.PercentageLength, part) for part in _COLUMNS])
        if cursor.atStart():
            cursor.setBlockFormat(line)
        else:
            cursor.insertBlock(line)
        cursor.insertText(heading, title)
        table = cursor.insertTable(len(rows), len(_COLUMNS), shape)
        for number, row in enumerate(rows):
            for place, (text, look) in enumerate(zip(row, (plain, strong, plain), strict=True)):
                table.cellAt(number, place).firstCursorPosition().insertText(text, look)
        cursor.movePosition(QTextCursor.MoveOperation.End)
