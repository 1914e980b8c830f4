"""Reads an answer to those who hear the window: sentence by sentence, while it is written."""

import re
from collections.abc import Callable

from PySide6.QtCore import QObject
from PySide6.QtGui import QAccessible, QAccessibleAnnouncementEvent
from PySide6.QtWidgets import QWidget

from desktopchat.ui.transcript.marks import visible

# A full stop ends a sentence when something follows it: the next letter may make it a number or an address.
_END = re.compile(r"[.!?…]+[\"'”’)\]]*(?=\s)|[。！？]+[”’」』）]*|\n+")
_NUMBERED = re.compile(r"\s*\d+[.!?…]+\s*")


def announce(widget: QWidget, text: str) -> None:
    """Let a screen reader say a text; without one it costs nothing."""
    if QAccessible.isActive():
        QAccessible.updateAccessibility(QAccessibleAnnouncementEvent(widget, text))


class Announcer(QObject):
    """Cuts the text of one answer into sentences.

    Args:
        say: Says one sentence.
    """

    def __init__(self, say: Callable[[str], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._say = say
        self._rest = ""
        self._message_id: int | None = None
        self._is_away = False

    def take(self, message_id: int, text: str) -> None:
        """Take new text of an answer; of several that are written at once the first one is read."""
        if self._message_id is None:
            self._message_id = message_id
        if self._is_away or message_id != self._message_id:
            return
        self._rest += text
        start = 0
        for end in _END.finditer(self._rest):
            sentence = self._rest[start : end.end()]
            if not _NUMBERED.fullmatch(sentence):  # the number of a list stands with its text
                start = end.end()
                self._say_if_any(sentence)
        self._rest = self._rest[start:]

    def leave(self) -> None:
        """Be silent about an answer that goes on out of sight."""
        self._rest = ""
        self._is_away = self._message_id is not None

    def set_answering(self, answering: bool) -> None:
        """Begin anew, or say what is left at the end."""
        if not answering:
            self._say_if_any(self._rest)
        self._rest, self._message_id, self._is_away = "", None, False

    def _say_if_any(self, text: str) -> None:
        if any(letter.isalnum() for letter in text):
            self._say(visible(text.strip()))
