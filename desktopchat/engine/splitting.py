"""From the text that a model writes to what it says, what it thinks and the tools that it calls.

A splitter holds back what may yet become a mark, so that every cut of a text into pieces gives the same parts.
"""

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Literal

from desktopchat.core.chat import ToolCall
from desktopchat.engine.calls import Call

_PART = "\n\n"  # between two parts of the same kind that something else stood between


@dataclass(frozen=True, slots=True)
class Parts:
    """New parts of an answer.

    Attributes:
        calls: Tool calls that are whole.
    """

    content: str = ""
    reasoning: str = ""
    calls: tuple[ToolCall, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.content or self.reasoning or self.calls)

    def __add__(self, other: "Parts") -> "Parts":
        return Parts(self.content + other.content, self.reasoning + other.reasoning, self.calls + other.calls)


class Splitter(ABC):
    """What all kinds of splitters have in common.

    Attributes:
        thinking: Whether what comes now is reasoning.
    """

    def __init__(self) -> None:
        self.thinking = False
        self._held = ""
        self._last: Literal["", "content", "reasoning", "mark"] = ""
        self._content: list[str] = []
        self._reasoning: list[str] = []
        self._calls: list[ToolCall] = []
        self._had: set[str] = set()
        self._numbers = itertools.count(1)

    def begin(self, text: str) -> None:
        """Take what stands before the first new letter already: the end of the prompt, or an answer to go on with."""
        self.feed(text)
        self._held = ""

    def feed(self, text: str) -> Parts:
        """Take more text and return the parts that became certain."""
        self._held += text
        self._advance(final=False)
        return self._taken()

    def finish(self) -> Parts:
        """Return what was held back: what only began like a mark is text after all."""
        self._advance(final=True)
        return self._taken()

    @abstractmethod
    def _advance(self, *, final: bool) -> None:
        """Move what is certain from `_held` to the parts; with `final` all of it."""

    def _say(self, text: str) -> None:
        self._put("content", self._content, text)

    def _think(self, text: str) -> None:
        self._put("reasoning", self._reasoning, text)

    def _put(self, kind: Literal["content", "reasoning"], parts: list[str], text: str) -> None:
        if not text:
            return
        if self._last not in ("", kind) and kind in self._had:
            parts.append(_PART)
        parts.append(text)
        self._last = kind
        self._had.add(kind)

    def _call(self, calls: Iterable[Call]) -> None:
        for call in calls:
            self._calls.append(ToolCall(call.id or f"call_{next(self._numbers)}", call.name, call.arguments))
        self._last = "mark"

    def _taken(self) -> Parts:
        parts = Parts("".join(self._content), "".join(self._reasoning), tuple(self._calls))
        self._content.clear()
        self._reasoning.clear()
        self._calls.clear()
        return parts


@dataclass(frozen=True, slots=True)
class Block:
    """A part of an answer between two marks.

    Attributes:
        opens: The mark before it.
        closes: The mark behind it; empty when only the end of the answer or the next such block ends it.
        first: Only before any content does the mark open a block.
        parse: Finds the tool calls in the text of the block, None when it has none; None for reasoning.
        keeps: The mark is a part of the text.
    """

    opens: str
    closes: str
    first: bool = False
    parse: Callable[[str], list[Call] | None] | None = None
    keeps: bool = False


class BlockSplitter(Splitter):
    """Splits an answer that has blocks between marks; without blocks all is content.

    White space around blocks is dropped. A block of calls that cannot be read is content, with its marks.
    """

    def __init__(self, blocks: tuple[Block, ...]) -> None:
        super().__init__()
        self._blocks = blocks
        self._block: Block | None = None
        self._begun = not blocks  # content has come since the start or the last block
        self._has_thought = False  # the open block has text
        self._body: list[str] = []  # of a block of calls
        self._space = ""  # the end of the reasoning so far
        self._beginnings = {block.opens[0] for block in blocks if not block.first}

    def feed(self, text: str) -> Parts:
        """Take more text and return the parts that became certain."""
        # Most text has nothing of a mark in it, and this is done for every token.
        if self._last == "content" and self._begun and not self._held and self._beginnings.isdisjoint(text):
            return Parts(text)
        return super().feed(text)

    def begin(self, text: str) -> None:
        """Take what stands before the first new letter already."""
        super().begin(text)
        self._space = ""

    def _advance(self, *, final: bool) -> None:
        while self._step(final):
            pass
        if final and self._block is not None:
            self._close(found=False)

    def _step(self, final: bool) -> bool:
        """Take the held text up to the next mark; return whether there was one."""
        if self._block is None and not self._begun:
            return self._open_first(final)
        marks = self._marks()
        found = earliest(self._held, marks)
        if found is None:
            keep = 0 if final else overlap(self._held, marks)
            self._pass(self._held[: len(self._held) - keep])
            self._held = self._held[len(self._held) - keep :]
            return False
        at, mark = found
        self._pass(self._held[:at])
        self._held = self._held[at + len(mark) :]
        if self._block is not None:
            self._close(found=mark == self._block.closes)
        opened = next((block for block in self._blocks if block.opens == mark), None)
        if opened is not None:
            self._open(opened)
        return True

    def _open_first(self, final: bool) -> bool:
        """Decide what comes first; return whether that could be done and text is left."""
        text = self._held.lstrip()
        space = self._held[: len(self._held) - len(text)]
        block = next((block for block in self._blocks if text.startswith(block.opens)), None)
        if block is not None:
            self._held = text[len(block.opens) :]
            self._open(block)
            return True
        undecided = any(block.opens.startswith(text) for block in self._blocks)
        if undecided and not final:
            return False
        if not self._last:
            self._say(space)  # it stands before an answer without blocks
        self._held = text
        self._begun = bool(text)
        return self._begun

    def _marks(self) -> list[str]:
        if self._block is None:
            return [block.opens for block in self._blocks if not block.first]
        return [self._block.closes or self._block.opens]

    def _pass(self, text: str) -> None:
        if self._block is None:
            self._say(text)
        elif self._block.parse is not None:
            self._body.append(text)
        else:
            text = self._space + text if self._has_thought else text.lstrip()
            thought = text.rstrip()
            self._space = text[len(thought) :]
            self._has_thought |= bool(thought)
            self._think(thought)

    def _open(self, block: Block) -> None:
        self._block = block
        self._has_thought = False
        self._last = "mark"
        self.thinking = block.parse is None

    def _close(self, *, found: bool) -> None:
        """End the block; `found` says whether by its mark."""
        block, self._block = self._block, None
        assert block is not None
        self.thinking = self._begun = False
        if block.parse is None:
            if not found:
                self._think(self._space)
            self._space = ""
            self._last = "mark"
            return
        text = "".join(self._body)
        self._body.clear()
        calls = block.parse(block.opens + text if block.keeps else text)
        if calls:
            self._call(calls)
        else:
            self._say(block.opens + text + (block.closes if found else ""))
            self._begun = True


def earliest(text: str, marks: Iterable[str]) -> tuple[int, str] | None:
    """Return the place of the first of these marks in a text, and which one it is."""
    places = ((at, mark) for mark in marks if (at := text.find(mark)) >= 0)
    return min(places, default=None)


def overlap(text: str, marks: Iterable[str]) -> int:
    """Return the length of the longest end of a text that begins one of these marks."""
    return max((length for mark in marks for length in _overlaps(text, mark)), default=0)


def _overlaps(text: str, mark: str) -> Iterator[int]:
    """Yield the length of the longest end of a text that begins this mark."""
    for length in range(min(len(mark) - 1, len(text)), 0, -1):
        if text.endswith(mark[:length]):
            yield length
            return
