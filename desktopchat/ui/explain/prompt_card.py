"""The card with the prompt as the model was sent it: the text, and its tokens."""

from collections.abc import Iterable

from PySide6.QtCore import QMimeData, QSize, Qt
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPlainTextEdit, QVBoxLayout, QWidget

from desktopchat.controllers.explain import SentPrompt
from desktopchat.core.token import PICTURE, Token
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import SOFT_BREAK, soft_broken


class PromptCard(Overlay):
    """Two fields to read and to copy from: Tab goes from one to the other, Ctrl+A and Ctrl+C work as everywhere."""

    def __init__(self, prompt: SentPrompt, theme: Theme, parent: QWidget) -> None:
        super().__init__(self.tr("The prompt as sent"), parent)
        rendered = prompt.rendered
        counts = {"tokens": f"{len(rendered.tokens):,}", "letters": f"{len(rendered.text):,}", "model": prompt.model}
        facts = [
            self.tr("{tokens} tokens, {letters} characters, for {model}", "", len(rendered.tokens)).format(**counts)
        ]
        if not prompt.is_same:
            facts.append(self._difference(prompt))
        if left_out := prompt.message.usage.left_out_messages:
            words = self.tr("{count} of the oldest messages were left out of it for lack of room.", "", left_out)
            facts.append(words.format(count=f"{left_out:,}"))
        about = QLabel("\n".join(facts), self.card)
        about.setTextFormat(Qt.TextFormat.PlainText)
        about.setWordWrap(True)
        about.setObjectName("hint")
        self.column.addWidget(about)
        fields = QHBoxLayout()
        fields.setSpacing(theme.px(16))
        self._text = _Field(theme, self.tr("Text"), soft_broken(rendered.text), QSize(560, 420), self.card)
        listed = "\n".join(_lines(rendered.tokens))
        self._tokens = _Field(theme, self.tr("Tokens: place, number, text"), listed, QSize(300, 420), self.card)
        for field, share in ((self._text, 3), (self._tokens, 2)):
            part = QVBoxLayout()
            part.setSpacing(theme.px(4))
            name = QLabel(field.accessibleName(), self.card)
            name.setObjectName("heading")
            name.setBuddy(field)
            part.addWidget(name)
            part.addWidget(field, 1)
            fields.addLayout(part, share)
        self.column.addLayout(fields, 1)
        keys = QLabel(self.tr("Tab: the other field · Ctrl+A, Ctrl+C: copy · Esc closes"), self.card)
        keys.setObjectName("hint")
        self.column.addWidget(keys)
        self.setFocusProxy(self._text)

    def _difference(self, prompt: SentPrompt) -> str:
        answered = prompt.message.usage.prompt_tokens
        if not answered:
            return self.tr("It is made anew: how long the one was that was answered is not known.")
        words = self.tr(
            "It is made anew, and what goes into it has changed since: {model} answered one of {count} tokens."
        )
        return words.format(model=prompt.message.model or "?", count=f"{answered:,}")


class _Field(QPlainTextEdit):
    def __init__(self, theme: Theme, name: str, text: str, size: QSize, parent: QWidget) -> None:
        super().__init__(parent)
        self._size = QSize(theme.px(size.width()), theme.px(size.height()))
        self.setAccessibleName(name)
        self.setReadOnly(True)
        self.setTabChangesFocus(True)
        self.setTextInteractionFlags(
            Qt.TextInteractionFlag.TextSelectableByMouse | Qt.TextInteractionFlag.TextSelectableByKeyboard
        )
        self.setFont(theme.code_font())
        self.document().setDefaultFont(theme.code_font())
        self.setPlainText(text)

    def sizeHint(self) -> QSize:
        return self._size

    def createMimeDataFromSelection(self) -> QMimeData:
        """Copy what was shown without what only lets it break."""
        data = super().createMimeDataFromSelection()
        data.setText(data.text().replace(SOFT_BREAK, ""))
        return data


def _lines(tokens: Iterable[Token]) -> Iterable[str]:
    for place, token in enumerate(tokens, 1):
        if token.id == PICTURE:
            yield f"{place:>6}       –  [picture]"
        else:
            yield f"{place:>6}  {token.id:>6}  {_piece(token.piece)}"


def _piece(piece: bytes) -> str:
    """Return bytes as they are written in programs, so that each can be told from all others."""
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return " ".join(f"{byte:02X}" for byte in piece)
    return "".join(one if one.isprintable() else one.encode("unicode_escape").decode() for one in text).replace(
        " ", "␣"
    )
