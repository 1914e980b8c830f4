"""A row of the calls: what was asked, when, and how it went."""

from datetime import datetime

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QWidget

from desktopchat.core.endpoint_call import GONE, EndpointCall
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.transcript.words import seconds_text
from desktopchat.ui.two_line_row import Lines, TwoLineRow

CALL_ROLE = Qt.ItemDataRole.UserRole + 1
_LONGEST = 200  # characters of a question


def headline(call: EndpointCall) -> str:
    """Return what a call is about."""
    return visible(call.question[:_LONGEST]) or f"{visible(call.method)} {visible(call.path)}"


def facts(call: EndpointCall) -> str:
    """Return all else that there is to say of a call."""
    translate = QCoreApplication.translate
    if call.pauses:
        state = translate("EndpointRow", "pauses while the window is answered")
    elif call.runs:
        state = (
            translate("EndpointRow", "is being answered")
            if call.tokens
            else translate("EndpointRow", "waits for its turn")
        )
    elif call.status == GONE:
        state = translate("EndpointRow", "the program has left")
    elif call.status < 400:
        state = translate("EndpointRow", "answered")
    else:
        state = translate("EndpointRow", "refused ({status})").format(status=call.status)
    parts = [state, visible(call.path)]
    if call.tokens:
        parts.append(translate("EndpointRow", "{count} tokens").format(count=f"{call.tokens:,}"))
    if not call.runs:
        parts.append(translate("EndpointRow", "{seconds} s").format(seconds=seconds_text(call.seconds)))
    return " · ".join(parts)


def when(call: EndpointCall) -> str:
    """Return the time of day."""
    return datetime.fromtimestamp(call.at).astimezone().strftime("%H:%M:%S")


class EndpointRow(TwoLineRow):
    """Paints an EndpointCall."""

    def __init__(self, theme: Theme, parent: QWidget) -> None:
        super().__init__(theme, CALL_ROLE, parent)

    def lines(self, item: EndpointCall) -> Lines:
        """Return what to paint for a call."""
        tokens = self.theme.tokens
        is_refused = item.status >= 400 and item.status != GONE
        words_colour = tokens.danger if is_refused else tokens.muted
        return Lines(headline(item), when(item), facts(item), tokens.text, words_colour)
