"""Every format that can be read, told by what is in the file and not by its name.

Memory does not grow with the number of conversations; one of them is in memory as a whole.
"""

import re
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

from desktopchat.core.errors import ImportFileError
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.core.transfer import Item, Skipped
from desktopchat.exchange.draft import Origin
from desktopchat.exchange.formats import (
    chatgpt,
    claude,
    gpt4all,
    jan,
    lm_studio,
    markdown,
    open_webui,
    openai,
    own,
    sharegpt,
    silly_tavern,
)
from desktopchat.exchange.records import (
    MAX_RECORD,
    NO_OBJECT,
    TOO_LARGE,
    TOO_LONG,
    BadRecordError,
    Record,
    as_text,
    decode,
    records,
)
from desktopchat.exchange.sources import ARCHIVE_ERRORS, Source, sources

_JSON = re.compile(rb'\s*(?:\{\s*["}]|\[\s*(?:[\[{"\]\d-]|null|true|false)|[\[{]\s*\Z)')
# The first ones that match win: each looks for what the ones after it do not have.
_RECORDS: tuple[Any, ...] = (own, chatgpt, claude, open_webui, lm_studio, openai, sharegpt)
# A file without a conversation in so many records is something else.
_PATIENCE = 1_000


def read(path: Path) -> Iterator[Item]:
    """Return what stands in a file, a folder or a zip archive.

    Raises:
        ImportFileError: It cannot be opened, or there is nothing in it that is known here.
    """
    found = False
    for source in sources(path):
        for item in (source,) if isinstance(source, Skipped) else _guarded(source):
            found = True
            yield item
    if not found:
        raise ImportFileError(
            Sentence("{name} holds no conversation in a format that is known here.", name=path.name),
            "Give an export of ChatGPT, Claude, Open WebUI, LM Studio, Jan, GPT4All, SillyTavern or desktopchat.",
        )


def _guarded(source: Source) -> Iterator[Item]:
    try:
        yield from _read(source)
    except OSError as error:
        yield Skipped(Sentence.of(source.name), Sentence("It cannot be read any further: {why}.", why=reason_of(error)))
    except ARCHIVE_ERRORS as error:
        yield Skipped(Sentence.of(source.name), Sentence("It is damaged: {error}.", error=error))


def _read(source: Source) -> Iterator[Item]:
    origin = Origin(Sentence.of(source.name), source.modified)
    if source.head().startswith(gpt4all.MAGIC):
        with source.open() as file:
            yield from _tried(Sentence.of(source.name), lambda: gpt4all.read(file, source.size, origin))
        return
    with source.text() as stream:
        head = stream.peek()
        if _JSON.match(head):
            yield from _read_json(source, records(stream))
        elif b"\0" not in head:
            content = stream.read(MAX_RECORD + 1)
            if len(content) > MAX_RECORD:
                yield from (Skipped(Sentence.of(source.name), TOO_LONG),) if source.is_alone else ()
            else:
                yield from _tried(Sentence.of(source.name), lambda: markdown.read(as_text(content), origin))


def _read_json(source: Source, found: Iterator[Record]) -> Iterator[Item]:
    held: list[Item] | None = []  # until one conversation shows what file it is
    strangers = False
    lines = _Lines(source)
    for record in found:
        place = Sentence("{first}, {second}", first=source.name, second=record.place)
        kind = next((one for one in _RECORDS if one.matches(record.value)), None) if _is_object(record) else None
        if kind is not None:
            yield from held or ()
            held = None
            yield from _tried(place, partial(kind.read, record.value, Origin(place, source.modified)))
        elif not (_is_object(record) and lines.take(record)):
            strangers = strangers or record.problem in ("", NO_OBJECT)
            item = Skipped(place, record.problem or Sentence("It is no conversation that is known here."))
            if held is None:
                yield item
            elif len(held) < _PATIENCE:
                held.append(item)
            elif not lines.taken:
                return
    if lines.taken:
        yield from held or ()
        held = None
        yield from _tried(Sentence.of(source.name), lines.read)
    if held and not strangers:
        yield from held


def _is_object(record: Record) -> bool:
    return isinstance(record.value, dict)


class _Lines:
    """The records of a file that is one conversation."""

    def __init__(self, source: Source) -> None:
        self.taken: list[dict[str, Any]] = []
        self._source = source
        self._origin = Origin(Sentence.of(source.name), source.modified)
        self._matches: Callable[[dict[str, Any]], bool] | None = None
        self._read: Callable[[], Iterator[Item]] = lambda: iter(())
        self._size = 0

    def take(self, record: Record) -> bool:
        """Take a record if it belongs to a conversation of that kind."""
        value = record.value
        if self._matches is None:
            self._recognise(value)
        if self._matches is None or not self._matches(value):
            return False
        self._size += record.size
        if self._size <= MAX_RECORD:
            self.taken.append(value)
        return True

    def read(self) -> Iterator[Item]:
        """Return the conversation."""
        if self._size > MAX_RECORD:
            raise BadRecordError(TOO_LONG)
        return self._read()

    def _recognise(self, value: dict[str, Any]) -> None:
        if silly_tavern.matches(value):
            self._matches = silly_tavern.matches
            self._read = lambda: silly_tavern.read_lines(self.taken, self._origin)
        elif jan.matches(value):
            self._matches = jan.matches
            self._read = lambda: jan.read_lines(self.taken, self._origin, self._thread())
        elif jan.is_thread(value):
            self._matches = jan.is_thread
            self._read = self._messages_beside
        elif openai.is_message(value):
            self._matches = openai.is_message
            self._read = lambda: openai.read_lines(self.taken, self._origin)

    def _thread(self) -> dict[str, Any]:
        """Return what Jan keeps of a thread beside its messages."""
        source = self._source.beside("thread.json")
        if source is None:
            return {}
        with source.text() as stream:
            value = decode(stream.read(MAX_RECORD))
        return value if isinstance(value, dict) else {}

    def _messages_beside(self) -> Iterator[Item]:
        """Return Jan's messages for a thread that was named itself; in a folder they are a file like any other."""
        messages = self._source.beside("messages.jsonl")
        if messages is None:
            raise BadRecordError("It is a thread of Jan; its messages.jsonl does not lie beside it.")
        return _read(messages) if self._source.is_alone else iter(())


def _tried(place: Sentence, reading: Callable[[], Iterator[Item]]) -> Iterator[Item]:
    """Return what reading gives, or why it gave nothing. It has given nothing when it fails."""
    try:
        yield from list(reading())
    except BadRecordError as error:
        yield Skipped(place, error.reason)
    except MemoryError:
        yield Skipped(place, TOO_LARGE)
    except Exception as error:
        # A form that nobody thought of; the other records are none the worse for it.
        what = f"{type(error).__name__}: {error}"
        yield Skipped(place, Sentence("It is not as it should be ({what}).", what=what))
