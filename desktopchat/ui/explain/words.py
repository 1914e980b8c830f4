"""How tokens and chances are said and coloured."""

import math
import re

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QColor

from desktopchat.core.certainty import Certainty
from desktopchat.core.token import Alternative
from desktopchat.ui.theme import Tokens
from desktopchat.ui.transcript.marks import visible

_EDGES = re.compile(r"^ +| +$")
_LONGEST = 40  # characters of a token; some are long rows of spaces


def certainty_word(certainty: Certainty) -> str:
    """Return the word for how sure a model was."""
    translate = QCoreApplication.translate
    return {
        Certainty.SURE: translate("Explain", "sure"),
        Certainty.LIKELY: translate("Explain", "likely"),
        Certainty.UNSURE: translate("Explain", "unsure"),
        Certainty.GUESS: translate("Explain", "guess"),
    }[certainty]


def mark_word(*, came: bool, would_come: bool) -> str:
    """Return what became of an alternative, or would become of it at another temperature; empty for nothing."""
    translate = QCoreApplication.translate
    return translate("Explain", "would come") if would_come else translate("Explain", "came") if came else ""


def chance_text(logprob: float) -> str:
    """Return a probability in percent with as many digits as say something."""
    percent = 100 * math.exp(logprob)
    if percent < 0.01:
        return QCoreApplication.translate("Explain", "below {percent} %").format(percent="0.01")
    digits = 2 if percent < 1 else 1 if percent < 99.95 else 0
    return QCoreApplication.translate("Explain", "{percent} %").format(percent=f"{percent:.{digits}f}")


def token_text(one: Alternative) -> str:
    """Return a token for a list: spaces at its edges and ends of lines can be seen, bytes of a part of a letter too."""
    if one.kind == "end":
        return QCoreApplication.translate("Explain", "end of the answer")
    try:
        text = one.piece.decode()
    except UnicodeDecodeError:
        return QCoreApplication.translate("Explain", "part of a letter, {bytes}").format(bytes=one.piece.hex(" "))
    text = text.replace("\n", "⏎").replace("\t", "⇥").replace("\r", "␍")
    text = _EDGES.sub(lambda spaces: "␣" * len(spaces[0]), text)
    return visible(text if len(text) <= _LONGEST else f"{text[:_LONGEST]}…")


def tint(tokens: Tokens, certainty: Certainty) -> QColor | None:
    """Return the ground of a token; None for that of the page."""
    colour, share = {
        Certainty.SURE: ("", 0.0),
        Certainty.LIKELY: (tokens.accent, 0.09),
        Certainty.UNSURE: (tokens.warning, 0.20),
        Certainty.GUESS: (tokens.danger, 0.27),
    }[certainty]
    return mixed(QColor(tokens.raised), QColor(colour), share) if colour else None


def line_colour(tokens: Tokens, certainty: Certainty) -> QColor | None:
    """Return the colour of the line below a token, which tells it to those who tell no colours; None for no line."""
    colour = {Certainty.UNSURE: tokens.warning, Certainty.GUESS: tokens.danger}.get(certainty)
    return QColor(colour) if colour else None


def mixed(ground: QColor, colour: QColor, share: float) -> QColor:
    """Return a colour laid over a ground."""
    parts = zip(ground.getRgb()[:3], colour.getRgb()[:3], strict=True)  # type: ignore[index]
    return QColor(*(round(below + share * (above - below)) for below, above in parts))
