"""How text looks on the page: block and character formats made from the theme."""

from dataclasses import asdict
from enum import IntEnum

from PySide6.QtCore import Qt
from PySide6.QtGui import (
    QColor,
    QFont,
    QTextBlockFormat,
    QTextCharFormat,
    QTextFormat,
    QTextFrameFormat,
    QTextLength,
    QTextTableCellFormat,
    QTextTableFormat,
)

from desktopchat.ui.theme import Theme

_FIRST = QTextFormat.Property.UserProperty.value


class Property(IntEnum):
    """Our own properties on Qt's formats."""

    MESSAGE_ID = _FIRST + 1
    BOX = _FIRST + 2
    ORIGINAL = _FIRST + 3
    CARET = _FIRST + 4
    OURS = _FIRST + 5  # a line of ours, which is not copied
    AWAITED = _FIRST + 6  # words in the place of a picture that is not there yet
    DEPTH = _FIRST + 7  # how many lists a line stands in


class Formats:
    """Every format the page uses. Made anew when theme or zoom change."""

    def __init__(self, theme: Theme, *, wraps_code: bool = True) -> None:
        self.tokens = tokens = theme.tokens
        self.theme = theme
        self.wraps_code = wraps_code
        self.text_font = theme.font(15)
        self.code_font = theme.code_font(13)
        self.line_height = theme.line_height(self.text_font)
        self.code_line_height = theme.line_height(self.code_font, 1.5)
        self.small_line_height = theme.line_height(theme.font(12.5), 1.5)

        self.text = self._char(self.text_font, tokens.text)
        self.code = self._char(self.code_font, tokens.text)
        self.muted = self._char(theme.font(12.5), tokens.muted)
        self.language = self._char(theme.code_font(11.5), tokens.muted)
        self.who = self._char(theme.font(12.5), tokens.text)
        self.who.setFontWeight(QFont.Weight.DemiBold)
        self.word = self._char(theme.font(12.5), tokens.warning)
        self.failure = self._char(theme.font(12.5), tokens.danger)
        self.caret = self._char(self.text_font, tokens.accent)
        self.caret.setProperty(Property.CARET, True)
        self.kinds = {}
        for kind, colour in asdict(tokens.syntax).items():
            self.kinds[kind] = QTextCharFormat()
            self.kinds[kind].setForeground(QColor(colour))
        self.spacer_char = QTextCharFormat()
        self.spacer_char.setFontPointSize(1)
        self._headings = {level: self._heading(level) for level in range(1, 7)}
        self.cell = self._cell()
        self._blocks: dict[tuple[int, float, float, float], QTextBlockFormat] = {}

    def _char(self, font: QFont, colour: str) -> QTextCharFormat:
        form = QTextCharFormat()
        form.setFont(font)
        form.setForeground(QColor(colour))
        return form

    def inline_code(self, base: QTextCharFormat) -> QTextCharFormat:
        """Return the format of code inside a line."""
        form = QTextCharFormat(base)
        form.setFontFamilies(self.code_font.families())
        form.setFontFixedPitch(True)
        form.setProperty(QTextFormat.Property.FontPixelSize, max(1, round(base.font().pixelSize() * 0.9)))
        form.setBackground(QColor(self.tokens.user_block))
        return form

    def hidden(self, base: QTextCharFormat, original: str) -> QTextCharFormat:
        """Return the format of a mark that stands for an invisible character."""
        form = self.inline_code(base)
        form.setForeground(QColor(self.tokens.warning))
        form.setProperty(Property.ORIGINAL, original)
        return form

    def linked(self, base: QTextCharFormat, address: str) -> QTextCharFormat:
        """Return the format of a link."""
        form = QTextCharFormat(base)
        form.setAnchor(True)
        form.setAnchorHref(address)
        form.setForeground(QColor(self.tokens.accent))
        form.setFontUnderline(True)
        return form

    def note(self, base: QTextCharFormat) -> QTextCharFormat:
        """Return the format of the mark of a footnote."""
        form = QTextCharFormat(base)
        form.setVerticalAlignment(QTextCharFormat.VerticalAlignment.AlignSuperScript)
        form.setForeground(QColor(self.tokens.accent))
        return form

    def heading(self, level: int) -> QTextCharFormat:
        """Return the format of a heading's text."""
        return self._headings[level]

    def _heading(self, level: int) -> QTextCharFormat:
        size = {1: 22, 2: 19, 3: 17}.get(level, 15)
        form = self._char(self.theme.font(size), self.tokens.text)
        form.setFontWeight(QFont.Weight.DemiBold)
        return form

    def block(self, above: float = 0, below: float = 0, left: float = 0) -> QTextBlockFormat:
        """Return the format of a paragraph; sizes in pixels at zoom 1."""
        return self._spaced(self.line_height, above, below, left)

    def code_block(self, language: str = "") -> QTextBlockFormat:
        """Return the format of one line of a code block."""
        form = self._spaced(self.code_line_height)
        form.setProperty(QTextFormat.Property.BlockCodeLanguage, language or "text")
        form.setNonBreakableLines(not self.wraps_code)
        return form

    def ours(self) -> QTextBlockFormat:
        """Return the format of a line that we put into a box, such as the name of the language."""
        form = self._spaced(self.code_line_height)
        form.setProperty(Property.OURS, True)
        return form

    def pictures(self) -> QTextBlockFormat:
        """Return the format of a line with the pictures that came with a message."""
        form = self._spaced(100, 4, 6)
        form.setProperty(Property.OURS, True)
        return form

    def formula_block(self) -> QTextBlockFormat:
        """Return the format of a formula on a line of its own."""
        form = self._spaced(100, 4, 12)
        form.setAlignment(Qt.AlignmentFlag.AlignHCenter)
        return form

    def small_block(self, above: float = 0, below: float = 0) -> QTextBlockFormat:
        """Return the format of a header or footer line."""
        return self._spaced(self.small_line_height, above, below)

    def _spaced(self, height: int, above: float = 0, below: float = 0, left: float = 0) -> QTextBlockFormat:
        key = height, above, below, left
        form = self._blocks.get(key)
        if form is None:
            form = self._blocks[key] = QTextBlockFormat()
            form.setLineHeight(height, QTextBlockFormat.LineHeightTypes.ProportionalHeight.value)
            form.setTopMargin(self.theme.gap(above) if above else 0)
            form.setBottomMargin(self.theme.gap(below) if below else 0)
            form.setLeftMargin(self.theme.px(left) if left else 0)
        return QTextBlockFormat(form)

    def spacer(self, height: float = 1) -> QTextBlockFormat:
        """Return the format of the empty block that Qt needs between two frames."""
        form = QTextBlockFormat()
        form.setLineHeight(self.theme.px(height), QTextBlockFormat.LineHeightTypes.FixedHeight.value)
        return form

    def message_frame(self, message_id: int) -> QTextFrameFormat:
        """Return the format of the frame around one message."""
        form = QTextFrameFormat()
        form.setProperty(Property.MESSAGE_ID, message_id)
        return form

    def box(self, kind: str, padding: float, left: float = 0) -> QTextFrameFormat:
        """Return the format of a box; the view paints its ground with round corners."""
        form = QTextFrameFormat()
        form.setProperty(Property.BOX, kind)
        form.setPadding(self.theme.px(padding) if padding else 0)
        form.setLeftMargin(self.theme.px(left) if left else 0)
        return form

    def table(self) -> QTextTableFormat:
        """Return the format of a table."""
        form = QTextTableFormat()
        form.setCellSpacing(0)
        form.setBorder(1)
        form.setBorderCollapse(True)
        form.setBorderStyle(QTextFrameFormat.BorderStyle.BorderStyle_Solid)
        form.setBorderBrush(QColor(self.tokens.border))
        form.setHeaderRowCount(1)
        form.setTopMargin(self.theme.gap(4))
        form.setBottomMargin(self.theme.gap(10))
        form.setWidth(QTextLength())
        return form

    def _cell(self) -> QTextTableCellFormat:
        """Return the format of a cell; Qt puts the leading of a line below it."""
        form = QTextTableCellFormat()
        form.setLeftPadding(self.theme.px(10))
        form.setRightPadding(self.theme.px(10))
        form.setTopPadding(self.theme.gap(6))
        form.setBottomPadding(self.theme.px(1))
        return form
