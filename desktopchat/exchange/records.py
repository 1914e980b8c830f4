"""The records of a JSON file of any length, one after the other.

A file is an array of objects, one object, or objects in lines. A damaged record is told and left out, and what
follows it is read; incremental parsers such as ijson end at the first one, and nest as deep as the file likes.
"""

import io
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import msgspec

from desktopchat.core.sentence import Sentence

MAX_RECORD = 64 << 20  # bytes
MAX_DEPTH = 128  # of arrays and objects in one another; ChatGPT's exports need about 12
_CHUNK = 1 << 18
_MAX_OPEN = 100_000  # brackets that are counted in a record that is nested too deep

TOO_LONG = Sentence("It is longer than {count} MB.", count=MAX_RECORD >> 20)
TOO_DEEP = Sentence("It is nested more than {count} deep.", count=MAX_DEPTH)
CUT_OFF = Sentence("It ends in the middle.")
NO_OBJECT = Sentence("It is no object.")
TOO_LARGE = Sentence("It is too large for the memory.")
NO_SPEAKER = Sentence("It does not say who speaks.")
_WELL = Sentence("")

# All up to the next bracket, with whole strings; and, inside of a record, with whole arrays and objects that hold no
# others. Possessive, so that no text can make it try again.
_TEXT = rb'(?:[^"\[\]{}]++|"(?:[^"\\]++|\\.)*+")'
_OUTSIDE = re.compile(_TEXT + rb"*+", re.DOTALL)
_INSIDE = re.compile(rb"(?:" + _TEXT + rb"|\[" + _TEXT + rb"*+\]|\{" + _TEXT + rb"*+\})*+", re.DOTALL)
_FIRST_KEY = re.compile(rb'\{\s*"(?:[^"\\]++|\\.)*+"')


class BadRecordError(Exception):
    """Why a record cannot be read.

    Attributes:
        reason: One sentence.
    """

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = Sentence.of(reason)


@dataclass(frozen=True, slots=True)
class Record:
    """One value of a file.

    Attributes:
        place: Such as "conversation 3" or "line 7".
        value: What JSON says; None when there is a problem.
        size: Bytes.
        problem: Why it could not be read, as one sentence; empty when it could.
    """

    place: Sentence
    value: Any
    size: int = 0
    problem: Sentence = _WELL


def records(stream: io.BufferedReader) -> Iterator[Record]:
    """Read a file of JSON in UTF-8 without a byte order mark. No more than a record is in memory."""
    start = b""
    if not stream.peek().lstrip().startswith(b"["):
        start = stream.readline(MAX_RECORD)
        while start and not start.strip():
            start = stream.readline(MAX_RECORD)
        second = b"" if len(start) == MAX_RECORD or start.strip() == b"{" else stream.readline(MAX_RECORD)
        # A first line that is damaged makes no other file of it.
        if _is_object(start) or _is_object(second):
            yield from _lines([start, second], stream)
            return
        start += second
    for number, (data, problem) in enumerate(_objects(start, stream), 1):
        yield _record(Sentence("conversation {number}", number=str(number)), data, problem)


def decode(data: bytes) -> Any:
    """Return what a JSON text says; every string in the result is well-formed.

    Raises:
        BadRecordError: It is no JSON.
    """
    try:
        return msgspec.json.decode(data)
    except (msgspec.DecodeError, UnicodeDecodeError):
        pass  # it may be readable all the same: other encodings, half surrogates, bare line breaks
    except RecursionError:
        raise BadRecordError(TOO_DEEP) from None
    try:
        value = json.loads(as_text(data), strict=False)
        # Escapes can make half surrogates, which no UTF-8 can hold: joined where they are pairs, else U+FFFD.
        whole = json.dumps(value, ensure_ascii=False).encode("utf-16", "surrogatepass").decode("utf-16", "replace")
        return json.loads(whole, strict=False)
    except RecursionError:
        raise BadRecordError(TOO_DEEP) from None
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError):
            what = f"{error.msg[:1].lower()}{error.msg[1:]}"
        else:
            what = Sentence("a number has too many digits")
        raise BadRecordError(Sentence("It is no JSON: {what}.", what=what)) from None


def as_text(data: bytes) -> str:
    """Decode UTF-8; bytes that are none are taken for Windows-1252, as old Western programs wrote."""
    try:
        return data.decode()
    except UnicodeDecodeError:
        text = data.decode("utf-8", "surrogateescape")
    return re.sub(
        "[\udc80-\udcff]+",
        lambda match: match.group().encode("utf-8", "surrogateescape").decode("cp1252", "replace"),
        text,
    )


def _is_object(line: bytes) -> bool:
    if not line.lstrip().startswith(b"{"):
        return False
    try:
        return isinstance(decode(line), dict)
    except BadRecordError:
        return False


def _record(place: Sentence, data: bytes, problem: Sentence) -> Record:
    if problem:
        return Record(place, None, len(data), problem)
    try:
        return Record(place, decode(data), len(data))
    except BadRecordError as error:
        return Record(place, None, len(data), error.reason)
    except MemoryError:
        return Record(place, None, len(data), TOO_LARGE)


def _lines(pending: list[bytes], stream: io.BufferedReader) -> Iterator[Record]:
    number = 0
    while line := pending.pop(0) if pending else stream.readline(MAX_RECORD):
        number += 1
        place, size = Sentence("line {number}", number=str(number)), len(line)
        while len(line) == MAX_RECORD and not line.endswith(b"\n"):
            line = stream.readline(MAX_RECORD)
            size += len(line)
        if size > MAX_RECORD:
            yield Record(place, None, size, TOO_LONG)
        elif line.strip():
            yield _record(place, line, _too_deep(line))


def _too_deep(line: bytes) -> Sentence:
    """Return a problem if a line is nested too deep; a rough look first, because it seldom is."""
    if line.count(b"{") + line.count(b"[") <= MAX_DEPTH:
        return _WELL
    return next((problem for _data, problem in _objects(line) if problem == TOO_DEEP), _WELL)


def _objects(start: bytes, stream: io.BufferedReader | None = None) -> Iterator[tuple[bytes, Sentence]]:
    """Cut a text into the objects of its array, or its objects, each with what is wrong with it."""
    splitter = _Splitter()
    yield from splitter.feed(start)
    # An open string is looked through again with each piece: larger pieces keep that in proportion.
    while stream is not None and (chunk := stream.read(max(_CHUNK, splitter.waiting // 4))):
        yield from splitter.feed(chunk)
    yield from splitter.end()


class _Splitter:
    """Follows the brackets of a text that comes in pieces."""

    def __init__(self) -> None:
        self._buffer = bytearray()  # begins with what stands between two records, or in one
        self._at = 0  # how far it was looked through
        self._open = bytearray()  # the brackets that are open, without the one around all records
        self._in_array = False
        self._problem = _WELL
        self._first_key = b""  # how a record begins
        self._lost = False  # looking for the next beginning
        self._looked_through = 0  # bytes that were given up, and may have to be looked through again

    @property
    def waiting(self) -> int:
        """Bytes of what is not complete."""
        return len(self._buffer)

    def feed(self, data: bytes) -> Iterator[tuple[bytes, Sentence]]:
        self._buffer += data
        yield from self._scan()
        if len(self._buffer) > MAX_RECORD:
            self._problem = self._problem or TOO_LONG
            rest = self._buffer[self._at :]
            if len(rest) > MAX_RECORD:
                # One endless string: its beginning is kept, and a backslash at the end if that is half an escape.
                escapes = len(rest) - len(rest.rstrip(b"\\"))
                rest = rest[:1] + b"\\" * (escapes % 2)
            self._buffer, self._at = rest, 0

    def end(self) -> Iterator[tuple[bytes, Sentence]]:
        while self._open or self._buffer[self._at :].startswith(b'"'):
            yield from self._restart()
            yield from self._scan()
        if not self._lost:
            yield from self._between(len(self._buffer))

    def _scan(self) -> Iterator[tuple[bytes, Sentence]]:
        while not self._lost or self._found():
            match = (_INSIDE if self._open else _OUTSIDE).match(self._buffer, self._at)
            assert match is not None  # it fits an empty text too
            self._at = match.end()
            mark = bytes(self._buffer[self._at : self._at + 1])
            if mark in (b"", b'"'):  # a string that is not complete
                return
            if not self._open:
                yield from self._between(self._at)
            self._at += 1
            if mark in b"[{":
                self._begin(mark)
                if len(self._open) > _MAX_OPEN:
                    yield from self._restart()
            elif not self._open:
                self._drop(self._at)  # the end of the array
            elif self._open[-1] + 2 != mark[0]:  # in ASCII a bracket stands two before the one that closes it
                yield from self._restart()
            else:
                self._open.pop()
                if not self._open:
                    data = self._complete()
                    yield data, self._problem

    def _begin(self, mark: bytes) -> None:
        if not self._open:
            if mark == b"[" and not self._in_array:
                self._in_array = True
                self._drop(self._at)
                return
            self._problem = _WELL
        self._open += mark
        if len(self._open) > MAX_DEPTH:
            self._problem = self._problem or TOO_DEEP

    def _complete(self) -> bytes:
        with memoryview(self._buffer) as view:
            data = bytes(view[: self._at])
        self._drop(self._at)
        if len(data) > MAX_RECORD:
            self._problem = self._problem or TOO_LONG
        if not self._first_key and not self._problem and (match := _FIRST_KEY.match(data)):
            self._first_key = match.group()
        return data

    def _between(self, end: int) -> Iterator[tuple[bytes, Sentence]]:
        """Tell of what stands before the next record, and drop it."""
        if self._buffer[:end].strip(b" \t\r\n,"):
            yield b"", NO_OBJECT
        self._drop(end)

    def _restart(self) -> Iterator[tuple[bytes, Sentence]]:
        """Give up a record whose brackets or quotes do not fit, and look for the beginning of the next one."""
        yield b"", self._problem or CUT_OFF
        if not self._first_key and (match := _FIRST_KEY.match(self._buffer)):
            self._first_key = match.group()
        self._open.clear()
        self._looked_through += self._at
        self._drop(1)
        self._lost = True

    def _found(self) -> bool:
        """Go on at the next beginning, if there is one."""
        hopeful = self._first_key and self._looked_through < MAX_RECORD // 4
        at = self._buffer.find(self._first_key) if hopeful else -1
        self._lost = at < 0
        self._drop(max(0, len(self._buffer) - len(self._first_key)) if self._lost else at)
        return not self._lost

    def _drop(self, count: int) -> None:
        del self._buffer[:count]
        self._at = 0
