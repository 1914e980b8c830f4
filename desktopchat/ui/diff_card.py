"""The card on which two branches are compared."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktopchat.controllers.branches import Differences
from desktopchat.core.outline import Node
from desktopchat.ui.announcer import announce
from desktopchat.ui.diff_page import DiffPage
from desktopchat.ui.outline_words import OutlineWords
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.wide_card import WideCard

_SIZE = (1240, 820)
_NARROW = 760  # pixels; the texts then stand one below the other
_LONGEST = 70  # characters of a change that are said in words
Key = Qt.Key


class DiffCard(WideCard):
    """N and P go from change to change, U puts the texts beside or below each other.

    Attributes:
        back_wanted: One wants to go back to where one came from.
    """

    back_wanted = Signal()

    def __init__(self, found: Differences, marked: Node, chosen: Node, theme: Theme, parent: QWidget) -> None:
        super().__init__(self.tr("What differs"), theme, _SIZE, parent)
        self._found = found
        self._place = -1
        words = OutlineWords(self)
        heading = QHBoxLayout()
        heading.setSpacing(theme.px(8))
        for sign, node in (("−", marked), ("+", chosen)):
            heading.addWidget(self.label(f"{sign} {_title(words, node)}", "title"), 1)
        self.page = DiffPage(theme, self.tr("What differs"), self.card)
        self._change = self.label(name="change")
        self._change.setAccessibleName(self.tr("The change"))
        self._keys = self.label(
            " · ".join(
                (
                    self.tr("N and P go to the next and previous change"),
                    self.tr("U puts the texts beside or below each other"),
                    self.tr("Esc goes back"),
                )
            )
        )
        self.column.addLayout(heading)
        for widget in (self.page, self._change, self._keys):
            self.column.addWidget(widget, 1 if widget is self.page else 0)
        self.watch(self.page)
        self.setFocusProxy(self.page)
        self._cover()
        self._is_unified = self.card.width() < theme.px(_NARROW)
        self._show()

    def change(self) -> str:
        """Return what is said of the present change."""
        return self._change.text()

    def take_key(self, event: QKeyEvent, *, try_only: bool = False) -> bool:
        """Take the keys of the card."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        key = event.key()
        if key not in (Key.Key_N, Key.Key_P, Key.Key_U, Key.Key_Escape):
            return False
        if not try_only:
            if key == Key.Key_Escape:
                self.back_wanted.emit()
            elif key == Key.Key_U:
                self._is_unified = not self._is_unified
                self._show()
            else:
                self._step(1 if key == Key.Key_N else -1)
        return True

    def _show(self) -> None:
        self.page.show_differences(self._found, unified=self._is_unified)
        self._place = -1
        if not self.page.changes:
            self._change.setText(self.tr("The texts are the same."))
            return
        count = len(self.page.changes)
        words = self.tr("{count} changes", "", count).format(count=f"{count:,}")
        if self.page.is_cut:
            words += " · " + self.tr("the rest is too long to be shown here")
        self._change.setText(words)

    def _step(self, step: int) -> None:
        count = len(self.page.changes)
        if not count:
            return
        self._place = max(0, min(count - 1, self._place + step))
        self.page.show_change(self._place)
        change = self.page.changes[self._place]
        parts = [self.tr("Change {number} of {count}").format(number=self._place + 1, count=f"{count:,}")]
        if change.removed:
            parts.append(self.tr("− “{text}”").format(text=_short(change.removed)))
        if change.added:
            parts.append(self.tr("+ “{text}”").format(text=_short(change.added)))
        self._change.setText("  ".join(parts))
        announce(self, self._change.text())


def _title(words: OutlineWords, node: Node) -> str:
    return visible(node.name) or f"{words.who(node)}: {_short(words.text(node))}"


def _short(text: str) -> str:
    text = visible(" ".join(text.split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1].rstrip() + "…"
