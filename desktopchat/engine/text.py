"""From token pieces to text: whole characters only, and nothing of a stop string."""

import codecs


class TextStream:
    """Turns the bytes of one answer's tokens into text that may be shown.

    Bytes that do not yet make a character and text that may yet become a stop string are held back.

    Attributes:
        stopped_by: The stop string that was met; empty until then.
    """

    def __init__(self, stops: tuple[str, ...] = ()) -> None:
        self.stops = stops
        self.stopped_by = ""
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")
        self._held = ""

    def feed(self, piece: bytes) -> str:
        """Take the bytes of one token and return the text that became certain."""
        return self._take(self._decoder.decode(piece))

    def finish(self) -> str:
        """Return what was held back. A cut character becomes U+FFFD."""
        text = self._take(self._decoder.decode(b"", final=True))
        text, self._held = text + self._held, ""
        return text

    def _take(self, text: str) -> str:
        if self.stopped_by:
            return ""
        if not self.stops:
            text, self._held = self._held + text, ""
            return text
        text = self._held + text
        found = min(((at, stop) for stop in self.stops if (at := text.find(stop)) >= 0), default=None)
        if found:
            at, self.stopped_by = found
            self._held = ""
            return text[:at]
        keep = max(_overlap(text, stop) for stop in self.stops)
        self._held = text[len(text) - keep :]
        return text[: len(text) - keep]


def _overlap(text: str, stop: str) -> int:
    """Return the length of the longest end of `text` that begins `stop`."""
    for length in range(min(len(stop) - 1, len(text)), 0, -1):
        if text.endswith(stop[:length]):
            return length
    return 0
