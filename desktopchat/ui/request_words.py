"""A request that was made, in words."""

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale, Qt

from desktopchat.core.memory_words import size_text
from desktopchat.core.request import MadeRequest
from desktopchat.ui.transcript.marks import visible


def purpose_words(made: MadeRequest) -> str:
    """Return what it was for."""
    translate = QCoreApplication.translate
    known = {
        "list models": translate("RequestWords", "Models of the server"),
        "answer": translate("RequestWords", "Answer"),
        "count tokens": translate("RequestWords", "Count of tokens"),
        "make vectors": translate("RequestWords", "Vectors"),
        "share a model": translate("RequestWords", "Share of a model"),
        "look for updates": translate("RequestWords", "Look for updates"),
    }
    return known.get(made.purpose, visible(made.purpose))


def when_words(made: MadeRequest) -> str:
    """Return when it was made, in the time of this place."""
    at = QDateTime.fromString(made.at, Qt.DateFormat.ISODateWithMs).toLocalTime()
    return QLocale().toString(at, QLocale.FormatType.ShortFormat) if at.isValid() else visible(made.at)


def end_words(made: MadeRequest) -> str:
    """Return how it ended and what went over, in few words."""
    translate = QCoreApplication.translate
    outcome = visible(made.outcome) or translate("RequestWords", "cut off")
    sizes = translate("RequestWords", "{sent} out, {received} in")
    return f"{outcome} · {sizes.format(sent=_size(made.sent), received=_size(made.received))}"


def request_text(made: MadeRequest) -> str:
    """Return all that is known of it, a line each."""
    translate = QCoreApplication.translate
    lines = [
        (translate("RequestWords", "When: {what}"), when_words(made)),
        (translate("RequestWords", "To: {what}"), made.to),
        (translate("RequestWords", "Asked: {what}"), made.call),
        (translate("RequestWords", "Through the proxy: {what}"), made.via),
        (translate("RequestWords", "Ended: {what}"), end_words(made)),
    ]
    return "\n".join(words.format(what=visible(what)) for words, what in lines if what)


def _size(size: int) -> str:
    if size >= 1_000_000:
        return size_text(size)
    return f"{size / 1000:,.1f} kB" if size >= 1000 else f"{size:,} B"
