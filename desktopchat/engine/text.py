"""From token pieces to the parts of an answer: whole characters only, and nothing of a stop string."""

import codecs
from dataclasses import replace

from desktopchat.engine.splitting import BlockSplitter, Parts, Splitter, earliest, overlap


class TextStream:
    """Turns the bytes of one answer's tokens into parts that may be shown.

    Bytes that do not yet make a character and text that may yet become a stop string are held back. Stop strings
    end the content; in reasoning and calls they are text.

    Args:
        splitter: Tells content from reasoning and calls; without one all is content.

    Attributes:
        stopped_by: The stop string that was met; empty until then.
    """

    def __init__(self, stops: tuple[str, ...] = (), splitter: Splitter | None = None) -> None:
        self.stops = stops
        self.stopped_by = ""
        self._splitter = splitter or BlockSplitter(())
        self._cut = b""  # the beginning of a character
        self._held = ""

    @property
    def thinking(self) -> bool:
        """Whether what comes now is reasoning."""
        return self._splitter.thinking

    def feed(self, piece: bytes) -> Parts:
        """Take the bytes of the next tokens and return what became certain."""
        return self._take(self._splitter.feed(self._decoded(piece)))

    def finish(self) -> Parts:
        """Return what was held back. A cut character becomes U+FFFD."""
        first, last = self._splitter.feed(self._decoded(b"", final=True)), self._splitter.finish()
        content, reasoning = first.content + last.content, first.reasoning + last.reasoning
        parts = self._take(Parts(content, reasoning, (*first.calls, *last.calls)))
        held, self._held = self._held, ""
        return replace(parts, content=parts.content + held)

    def _decoded(self, piece: bytes, *, final: bool = False) -> str:
        data = self._cut + piece
        text, used = codecs.utf_8_decode(data, "replace", final)
        self._cut = data[used:]
        return text

    def _take(self, parts: Parts) -> Parts:
        if self.stopped_by:
            return Parts()
        if not self._held and not (self.stops and parts.content):
            return parts
        text = self._held + parts.content
        found = earliest(text, self.stops)
        if found:
            at, self.stopped_by = found
            self._held = ""
            return replace(parts, content=text[:at], calls=())
        keep = overlap(text, self.stops)
        self._held = text[len(text) - keep :]
        return replace(parts, content=text[: len(text) - keep])
