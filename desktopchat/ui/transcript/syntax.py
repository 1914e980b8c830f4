"""Which part of a line of code is what: Pygments, fed a few lines at a time."""

import re
from collections.abc import Iterator
from functools import cache
from typing import Any

from pygments.lexer import ExtendedRegexLexer, Lexer, RegexLexer
from pygments.lexers import get_lexer_by_name
from pygments.token import Comment, Error, Generic, Keyword, Literal, Name, Number, Operator, String, Token, Whitespace
from pygments.util import ClassNotFound

# What is longer stays plain: a line, and lines that wait for the end of a comment.
LONGEST_LINE = 1_000
_MOST_WAITING = 120

# The first type of a token's ancestors that is named here gives its kind.
_KINDS = {
    Comment.Preproc: "keyword",
    Comment.PreprocFile: "string",
    Comment: "comment",
    Keyword.Constant: "number",
    Keyword.Type: "type",
    Keyword: "keyword",
    Operator.Word: "keyword",
    Name.Attribute: "function",
    Name.Builtin.Pseudo: "keyword",
    Name.Builtin: "type",
    Name.Class: "type",
    Name.Constant: "number",
    Name.Decorator: "function",
    Name.Exception: "type",
    Name.Function: "function",
    Name.Tag: "keyword",
    Name.Variable: "type",
    String: "string",
    Number: "number",
    Literal: "number",
    Generic.Deleted: "deleted",
    Generic.Inserted: "inserted",
    Generic.Heading: "keyword",
    Generic.Subheading: "keyword",
    Generic.Prompt: "comment",
}

# What may go on behind the line: then the next lines are needed before one knows.
_OPENERS = (("/*", "*/"), ("<!--", "-->"), ("(*", "*)"), ("{-", "-}"), ("--[[", "]]"))
_HERE_TEXT = re.compile(r"<<[-~]?\s*(['\"]?)([A-Za-z_]\w*)\1")

Span = tuple[int, int, str]
"""Start and length in a line, in characters, and the kind: a field of `Syntax`."""


def find_lexer(language: str) -> Lexer | None:
    """Return the lexer that the name of a language asks for; None when there is none. It is never guessed."""
    try:
        lexer: Lexer = get_lexer_by_name(language.lower())
    except ClassNotFound:
        return None
    return None if type(lexer).__name__ == "TextLexer" else lexer


class LineLexer:
    """Reads code line by line, in time that grows with the lines alone.

    A lexer that is made of states goes on in the state where it stopped; any other one sees each run of
    lines by itself. Lines inside of a comment that is still open are read again until it ends.
    """

    def __init__(self, lexer: Lexer) -> None:
        self._lexer = lexer
        self._has_states = isinstance(lexer, RegexLexer) and not isinstance(lexer, ExtendedRegexLexer)
        self._stack = ["root"]
        self._waiting: list[str] = []
        self._read_again = 0

    def feed(self, line: str) -> list[tuple[int, list[Span]]]:
        """Take the next whole line.

        Returns:
            For each line whose colours are known better now: how many lines it stands before this one, and its spans.
        """
        self._waiting.append(line if len(line) <= LONGEST_LINE else "")
        count = len(self._waiting)
        is_open = count < _MOST_WAITING and self._is_open()
        if is_open and count < self._read_again:
            return []
        stack = list(self._stack)
        spans = self._spans("\n".join(self._waiting) + "\n", stack)
        if is_open:
            self._read_again = count + max(1, count // 3)
        else:
            self._stack, self._waiting, self._read_again = stack, [], 0
        return [(count - 1 - index, found) for index, found in enumerate(spans)]

    def finish(self) -> list[tuple[int, list[Span]]]:
        """Return the colours of lines that waited for an end which did not come, counted like in `feed`."""
        waiting, self._waiting = self._waiting, []
        if not waiting:
            return []
        spans = self._spans("\n".join(waiting) + "\n", list(self._stack))
        return [(len(waiting) - 1 - index, found) for index, found in enumerate(spans)]

    def _is_open(self) -> bool:
        text = "\n".join(self._waiting)
        if any(text.rfind(opener) > text.rfind(closer) for opener, closer in _OPENERS if opener in text):
            return True
        found = _HERE_TEXT.search(text)
        return bool(found and not re.search(rf"^\s*{found[2]}\s*$", text, re.MULTILINE))

    def _spans(self, text: str, stack: list[str]) -> list[list[Span]]:
        """Return the spans of each line of `text`, and leave the state at its end in `stack`."""
        tokens = _read(self._lexer, text, stack) if self._has_states else self._lexer.get_tokens_unprocessed(text)
        lines: list[list[Span]] = [[] for _ in range(text.count("\n"))]
        line = start = 0  # of the line, and where it begins
        for position, kind_of_token, value in tokens:
            kind = _kind(kind_of_token)
            if not kind and "\n" not in value:
                continue
            for piece in value.splitlines(keepends=True):
                # A nested lexer may skip text.
                while (end := text.find("\n", start)) >= 0 and end < position:
                    line, start = line + 1, end + 1
                shown = piece.rstrip("\r\n")
                if kind and shown.strip() and position >= start:
                    _add(lines[line], position - start, len(shown), kind)
                position += len(piece)
        return lines


def _add(spans: list[Span], start: int, length: int, kind: str) -> None:
    if spans and spans[-1][2] == kind and spans[-1][0] + spans[-1][1] == start:
        start, length = spans[-1][0], spans[-1][1] + length
        spans.pop()
    spans.append((start, length, kind))


@cache
def _kind(token_type: Any) -> str:
    while token_type is not None:
        if token_type in _KINDS:
            return _KINDS[token_type]
        token_type = token_type.parent
    return ""


def _read(lexer: Any, text: str, stack: list[str]) -> Iterator[tuple[int, Any, str]]:
    """Yield the tokens of `text` from a state on, like `RegexLexer` does, and leave the last state in `stack`."""
    position = 0
    while position < len(text):
        for rule in lexer._tokens[stack[-1]]:
            if found := rule[0](text, position):
                break
        else:
            if text[position] == "\n":
                stack[:] = ["root"]
                yield position, Whitespace, "\n"
            else:
                yield position, Error, text[position]
            position += 1
            continue
        _, action, following = rule
        if type(action) is type(Token):
            yield position, action, found[0]
        elif action is not None:
            yield from action(lexer, found)
        position = found.end()
        _follow(stack, following)


def _follow(stack: list[str], following: Any) -> None:
    """Go to another state as the table of a lexer says: names, "#pop" and "#push", or a number of states to leave."""
    if isinstance(following, int):
        del stack[max(1, len(stack) + following) :]
        return
    for state in (following,) if isinstance(following, str) else following or ():
        if state == "#push":
            stack.append(stack[-1])
        elif state != "#pop":
            stack.append(state)
        elif len(stack) > 1:
            stack.pop()
