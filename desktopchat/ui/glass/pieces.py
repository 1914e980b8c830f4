"""Pieces of tokens as they are shown."""

from desktopchat.ui.transcript.marks import visible

_SIGNS = {" ": "·", "\n": "⏎", "\t": "⇥", "\r": "␍"}


def piece_text(piece: bytes) -> str:
    """Return the text of a token with signs for blanks, or its bytes where it is a part of a letter."""
    try:
        text = piece.decode()
    except UnicodeDecodeError:
        return " ".join(f"{byte:02X}" for byte in piece)
    return visible("".join(_SIGNS.get(letter, letter) for letter in text))
