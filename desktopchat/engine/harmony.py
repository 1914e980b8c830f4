"""Splits what gpt-oss writes: messages with a channel and perhaps a recipient, between control tokens."""

import re
from typing import Literal

from desktopchat.engine.calls import Call, arguments_of
from desktopchat.engine.splitting import Splitter, earliest, overlap

START, CHANNEL, CONSTRAIN, MESSAGE = "<|start|>", "<|channel|>", "<|constrain|>", "<|message|>"
_ENDS = ("<|end|>", "<|call|>", "<|return|>")
MARKS = (START, CHANNEL, CONSTRAIN, MESSAGE, *_ENDS)
# How the head of a message begins: with a role, a recipient or the channel; the text comes behind `<|message|>`.
_HEADS = (CHANNEL, MESSAGE, START, " to=", "to=")
_LONGEST_HEAD = 200  # characters
_RECIPIENT = re.compile(r"\bto=([^\s<]+)")
_NAMED_CHANNEL = re.compile(r"<\|channel\|>\s*(\w+)")
_CUT_HEAD = re.compile(
    r"(<\|start\|>\w*)? ?(to=[^ <]*)? ?(<\|channel\|>\w*)? ?(to=[^ <]*)? ?(<\|constrain\|>)?\w*(<[|a-z]*)?"
)


class HarmonySplitter(Splitter):
    """Splits by channel: analysis is reasoning, what goes to a function is a call, all else is content.

    Args:
        with_calls: Tools were offered; else what goes to a function is content too.
    """

    def __init__(self, *, with_calls: bool) -> None:
        super().__init__()
        self._with_calls = with_calls
        self._state: Literal["start", "head", "body"] = "start"
        self._kind: Literal["content", "reasoning", "call"] = "content"
        self._tool = ""
        self._body: list[str] = []

    def begin(self, text: str) -> None:
        """Take what stands before the first new letter already."""
        self.feed(text)
        if self._state == "body":
            self._held = ""

    def _advance(self, *, final: bool) -> None:
        steps = {"start": self._at_start, "head": self._in_head, "body": self._in_body}
        while steps[self._state](final):
            pass
        if final and self._state == "body":
            self._end()

    def _at_start(self, final: bool) -> bool:
        """Look whether a message begins."""
        text = self._held if not self._last else self._held.lstrip()
        if any(text.startswith(head) for head in _HEADS):
            self._state, self._held = "head", text
            return True
        if not final and (not text or any(head.startswith(text) for head in _HEADS)):
            return False
        if text:
            self._state, self._kind, self._held = "body", "content", text
        return bool(text)

    def _in_head(self, final: bool) -> bool:
        """Read up to where the text of a message begins."""
        found = earliest(self._held, (MESSAGE,))
        if found is None and not final and len(self._held) <= _LONGEST_HEAD + len(MESSAGE):
            return False
        if found is None or found[0] > _LONGEST_HEAD:
            # No message after all; but of an answer that was cut in a head, the head is not worth a word.
            is_cut = found is None and _CUT_HEAD.fullmatch(" ".join(self._held.split()))
            begins = "" if is_cut else next(head for head in _HEADS if self._held.startswith(head))
            self._say(begins)
            self._held = "" if is_cut else self._held[len(begins) :]
            self._state, self._kind = "body", "content"
            return bool(self._held)
        at, _ = found
        head, self._held = self._held[:at], self._held[at + len(MESSAGE) :]
        recipient, channel = _RECIPIENT.search(head), _NAMED_CHANNEL.search(head)
        self._state = "body"
        self._last = "mark"
        self._tool = recipient[1] if recipient else ""
        if self._with_calls and self._tool.startswith("functions."):
            self._kind = "call"
        else:
            self._kind = "reasoning" if channel and channel[1] == "analysis" else "content"
        self.thinking = self._kind == "reasoning"
        return True

    def _in_body(self, final: bool) -> bool:
        """Read up to the mark that ends the text of a message."""
        marks = (*_ENDS, START, CHANNEL)
        found = earliest(self._held, marks)
        if found is None:
            keep = 0 if final else overlap(self._held, marks)
            self._pass(self._held[: len(self._held) - keep])
            self._held = self._held[len(self._held) - keep :]
            return False
        at, mark = found
        self._pass(self._held[:at])
        # A message that begins before the one before it was ended is read as one.
        self._held = self._held[at + (len(mark) if mark in _ENDS else 0) :]
        self._end()
        return True

    def _pass(self, text: str) -> None:
        if self._kind == "call":
            self._body.append(text)
        elif self._kind == "reasoning":
            self._think(text)
        else:
            self._say(text)

    def _end(self) -> None:
        self.thinking = False
        self._state = "start"
        if self._kind != "call":
            self._last = "mark"
            return
        text = "".join(self._body)
        self._body.clear()
        arguments = arguments_of(text)
        if arguments is None:
            self._say(text)
        else:
            self._call([Call(self._tool.removeprefix("functions."), arguments)])
