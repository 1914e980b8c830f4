"""Finding conversations and messages again."""

import heapq
import json
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

import apsw

from desktopchat.core.chat import Role
from desktopchat.core.excerpt import Excerpt, Highlighter
from desktopchat.core.hit import Hit, HitKind
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.query import FilterKind, Query, Term
from desktopchat.storage.conditions import Conditions
from desktopchat.storage.connection import errors_told, open_connection
from desktopchat.storage.migrations import ID_LIMIT

PAGE = 50
TITLES = 10  # titles and notes that stand before the messages, unless only those are asked for

_FEW = 10_000
_FORK_IS_NEAR = 1_000  # messages above a hit among which its fork is looked for

# FTS5 gives its rows newest first and stops at the limit; CROSS JOIN keeps it that way.
_MESSAGES = """
    SELECT m.time_id, m.id, m.conversation_id, c.title, m.role, m.created_at, {text},
        c.archived_at IS NOT NULL, m.trash_id IS NOT NULL OR c.trash_id IS NOT NULL
    FROM {source} CROSS JOIN conversation c ON c.id = m.conversation_id
    WHERE {conditions} ORDER BY {place} DESC LIMIT :limit"""
_CONVERSATIONS = """
    SELECT c.time_id, c.id, c.title, c.note, c.created_at, c.archived_at IS NOT NULL, c.trash_id IS NOT NULL
    FROM {source} WHERE {conditions} ORDER BY {place} DESC LIMIT :limit"""

_ID = ID_LIMIT - 1  # what is left of a time_id under this mask is the id

_Row = tuple[Any, ...]
_MessageRows = list[tuple[HitKind, _Row]]


class Search:
    """Finds on a connection of its own, which only reads. `find` belongs to one thread, the rest to any.

    Args:
        path: The database; it is opened by the first search, and again by the first one after `close`.
        key: Returns the passphrase when there is one.
    """

    def __init__(self, path: Path, key: Callable[[], Passphrase | None]) -> None:
        self._path = path
        self._key = key
        self._in_use = threading.Lock()
        self._connection: apsw.Connection | None = None
        self._cancelled = threading.Event()

    def find(self, query: Query, limit: int = PAGE, after: Hit | None = None) -> list[Hit] | None:
        """Return what a query finds: titles and notes, then messages and attachments, each newest first.

        All branches are searched. What was deleted is found only by `in:trash`. A query of filters alone finds
        conversations, or messages when it says who wrote them or what they do not contain.

        Args:
            query: What is searched for; an empty one finds nothing.
            limit: Most hits to return.
            after: The last hit of the page before.

        Returns:
            None when it was cancelled.

        Raises:
            StorageError: The database could not be read.
        """
        self._cancelled.clear()
        if not query:
            return []
        with self._in_use, errors_told(self._path), suppress(apsw.InterruptError):
            if self._connection is None:
                self._connection = open_connection(self._path, read_only=True, key=self._key())
            return _Finder(self._connection, query, self._cancelled).find(limit, after)
        return None

    def titles(self) -> list[tuple[int, str]]:
        """Return id and title of every conversation outside of the trash, the one last written in first.

        Raises:
            StorageError: The database could not be read.
        """
        with self._in_use, errors_told(self._path):
            # On a connection of its own: the next search interrupts the other one.
            connection = open_connection(self._path, read_only=True, key=self._key())
            try:
                sql = "SELECT id, title FROM conversation WHERE trash_id IS NULL ORDER BY updated_at DESC, id DESC"
                return [(int(number), str(title)) for number, title in connection.execute(sql)]
            finally:
                connection.close()

    def cancel(self) -> None:
        """End the search that is running."""
        self._cancelled.set()
        if (connection := self._connection) is not None:
            with suppress(apsw.ConnectionClosedError):
                connection.interrupt()

    @contextmanager
    def paused(self) -> Iterator[None]:
        """End the search that is running, let go of the file, and hold searches back while it is swapped."""
        self.cancel()
        with self._in_use:
            if self._connection is not None:
                self._connection.close()
                self._connection = None
            yield

    def close(self) -> None:
        """End the search that is running and close the connection."""
        with self.paused():
            pass


class _Finder:
    """One search."""

    def __init__(self, connection: apsw.Connection, query: Query, cancelled: threading.Event) -> None:
        self._connection = connection
        self._query = query
        self._cancelled = cancelled
        self._highlighter = Highlighter(query.wanted)

    def find(self, limit: int, after: Hit | None) -> list[Hit]:
        """Return a page of hits."""
        hits: list[Hit] = []
        among_messages = after is not None and after.kind in (HitKind.MESSAGE, HitKind.ATTACHMENT)
        if not among_messages and self._wants_conversations:
            hits += self._conversations(limit, after)
            after = None
        if len(hits) < limit and self._wants_messages:
            hits += self._messages(limit - len(hits), after)
        return hits

    def _conditions(self, place: str, after: Hit | None, *, messages: bool) -> Conditions:
        return Conditions(self._query, place, after.time_id if after else None, self._names, messages=messages)

    @property
    def _wants_conversations(self) -> bool:
        query = self._query
        return bool(query.wanted or not query.unwanted) and not _looks_at_messages(query)

    @property
    def _wants_messages(self) -> bool:
        query = self._query
        if query.has(FilterKind.TITLE):
            return False
        return bool(query.wanted or query.unwanted or query.has(FilterKind.TRASH)) or _looks_at_messages(query)

    # --- conversations --------------------------------------------------------------------------------------

    def _conversations(self, limit: int, after: Hit | None) -> list[Hit]:
        if self._query.wanted and not self._query.has(FilterKind.TITLE):
            # Few, so that one need not scroll past hundreds of titles to come to the messages.
            few = self._titles(min(TITLES, max(1, limit // 2)), None)
            return [hit for hit in few if after is None or hit.time_id < after.time_id]
        return self._titles(limit, after)

    def _titles(self, limit: int, after: Hit | None) -> list[Hit]:
        source, place = "conversation c", "c.time_id"
        if self._query.wanted:
            source, place = f"conversation_index f CROSS JOIN conversation c ON c.id = f.rowid & {_ID}", "f.rowid"
        conditions = self._conditions(place, after, messages=False)
        if self._query.wanted:
            conditions.add(f"conversation_index MATCH {conditions.bind(match_of(self._query))}")
        sql = _CONVERSATIONS.format(source=source, conditions=conditions, place=place)
        return [self._title_hit(row) for row in self._rows(sql, {**conditions.values, "limit": limit})]

    def _title_hit(self, row: _Row) -> Hit:
        time_id, conversation_id, title, note, created_at, archived, deleted = row
        shown = self._highlighter.mark(title)
        text = Excerpt("") if shown.marks or not self._query.wanted else self._highlighter.excerpt(note)
        kind = HitKind.NOTE if text.marks else HitKind.TITLE
        return Hit(
            kind,
            conversation_id,
            shown,
            text if kind is HitKind.NOTE else Excerpt(""),
            created_at,
            time_id,
            archived=bool(archived),
            deleted=bool(deleted),
        )

    # --- messages -------------------------------------------------------------------------------------------

    def _messages(self, limit: int, after: Hit | None) -> list[Hit]:
        few = self._few(after)
        if self._query.wanted:
            pages = [self._found(limit, after, few), self._attached(limit, after)]
        else:
            pages = [self._listed(limit, after, few)]
        chosen: dict[int, tuple[HitKind, _Row]] = {}
        for kind, row in heapq.merge(*pages, key=lambda one: -one[1][0]):
            chosen.setdefault(row[0], (kind, row))  # found by its text, and perhaps by its attachment too
        found = list(chosen.values())[:limit]
        forks = self._forks({row[2] for _kind, row in found})
        return [self._message_hit(kind, row, forks) for kind, row in found]

    def _found(self, limit: int, after: Hit | None, few: str | None) -> _MessageRows:
        """Return messages with the wanted words."""
        conditions = self._conditions("f.rowid", after, messages=True)
        conditions.add(f"message_index MATCH {conditions.bind(match_of(self._query))}")
        source = f"message_index f CROSS JOIN message m ON m.id = f.rowid & {_ID}"
        if few is not None:
            # The plus keeps FTS5 from looking each of them up, which takes longer than going through its rows.
            conditions.add(f"+f.rowid IN (SELECT value FROM json_each({conditions.bind(few)}))")
        return self._read_messages(HitKind.MESSAGE, source, "m.content", "f.rowid", conditions, limit)

    def _attached(self, limit: int, after: Hit | None) -> _MessageRows:
        """Return messages with an attachment whose name has the wanted words."""
        conditions = self._conditions("m.time_id", after, messages=True)
        conditions.add(f"attachment_index MATCH {conditions.bind(match_of(self._query))}")
        source = (
            "attachment_index f CROSS JOIN attachment a ON a.id = f.rowid CROSS JOIN message m ON m.id = a.message_id"
        )
        return self._read_messages(HitKind.ATTACHMENT, source, "a.name", "m.time_id", conditions, limit)

    def _listed(self, limit: int, after: Hit | None, few: str | None) -> _MessageRows:
        """Return messages for which the filters hold and that do not have the unwanted words."""
        conditions = self._conditions("m.time_id", after, messages=True)
        conditions.add("m.role <> 'root' AND m.state <> 'streaming' AND m.content <> ''")
        if self._query.unwanted:
            unwanted = conditions.bind(_any(self._query.unwanted))
            conditions.add(
                f"NOT EXISTS (SELECT 1 FROM message_index WHERE message_index MATCH {unwanted} AND rowid = m.time_id)"
            )
        source = "message m INDEXED BY message_by_time"
        if few is not None:
            source = f"json_each({conditions.bind(few)}) j CROSS JOIN message m ON m.id = j.value & {_ID}"
        return self._read_messages(HitKind.MESSAGE, source, "m.content", "m.time_id", conditions, limit)

    def _few(self, after: Hit | None) -> str | None:
        """Return the messages that the filters leave, as JSON, when they are few: a common word has more hits."""
        query = self._query
        if query.has(FilterKind.FOLDER, FilterKind.TAG, FilterKind.ARCHIVE):
            source = "conversation c CROSS JOIN message m ON m.conversation_id = c.id"
        elif query.has(FilterKind.MODEL, FilterKind.TRASH):
            source = "message m CROSS JOIN conversation c ON c.id = m.conversation_id"
        else:
            return None
        conditions = self._conditions("m.time_id", after, messages=True)
        rows = self._rows(f"SELECT m.time_id FROM {source} WHERE {conditions} LIMIT {_FEW + 1}", conditions.values)
        return None if len(rows) > _FEW else json.dumps([time_id for (time_id,) in rows])

    def _read_messages(
        self, kind: HitKind, source: str, text: str, place: str, conditions: Conditions, limit: int
    ) -> _MessageRows:
        sql = _MESSAGES.format(source=source, text=text, conditions=conditions, place=place)
        return [(kind, row) for row in self._rows(sql, {**conditions.values, "limit": limit})]

    def _message_hit(self, kind: HitKind, row: _Row, forks: dict[int, list[int]]) -> Hit:
        time_id, message_id, conversation_id, title, role, created_at, text, archived, deleted = row
        return Hit(
            kind,
            conversation_id,
            self._highlighter.mark(title),
            self._highlighter.excerpt(text),
            created_at,
            time_id,
            message_id,
            Role(role),
            self._version(conversation_id, message_id, forks.get(conversation_id, [])),
            bool(archived),
            bool(deleted),
        )

    def _forks(self, conversation_ids: set[int]) -> dict[int, list[int]]:
        """Return the messages of conversations that have several ones below them."""
        rows = self._rows(
            "SELECT conversation_id, parent_id FROM message"
            " WHERE conversation_id IN (SELECT value FROM json_each(?)) AND trash_id IS NULL"
            " GROUP BY conversation_id, parent_id HAVING count(*) > 1",
            (json.dumps(list(conversation_ids)),),
        )
        forks: dict[int, list[int]] = {}
        for conversation_id, parent_id in rows:
            forks.setdefault(conversation_id, []).append(parent_id)
        return forks

    def _version(self, conversation_id: int, message_id: int, forks: list[int]) -> tuple[int, int] | None:
        """Return where the branch of a message stands at its nearest fork."""
        if not forks:
            return None
        found = self._rows(
            """
            WITH RECURSIVE up (id, parent_id, step) AS (
                SELECT id, parent_id, 1 FROM message WHERE id = :id
                UNION ALL
                SELECT m.id, m.parent_id, step + 1 FROM up CROSS JOIN message m ON m.id = up.parent_id
                WHERE step < :near AND up.parent_id NOT IN (SELECT value FROM json_each(:forks))
            )
            SELECT count(*) FILTER (WHERE m.id <= up.id), count(*) FROM up
            CROSS JOIN message m ON m.conversation_id = :conversation AND m.parent_id = up.parent_id
                AND m.trash_id IS NULL
            WHERE up.parent_id IN (SELECT value FROM json_each(:forks))
            """,
            {
                "id": message_id,
                "conversation": conversation_id,
                "near": _FORK_IS_NEAR,
                "forks": json.dumps(forks),
            },
        )
        place, count = found[0]
        return (place, count) if count else None

    # --- reading --------------------------------------------------------------------------------------------

    def _names(self, table: str) -> list[tuple[int, str]]:
        return [(row_id, name) for row_id, name in self._rows(f"SELECT id, name FROM {table}")]

    def _rows(self, sql: str, values: Any = ()) -> list[_Row]:
        """Run a statement, unless the search was cancelled."""
        if self._cancelled.is_set():
            raise apsw.InterruptError
        try:
            return list(self._connection.execute(sql, values))
        except apsw.SQLError:
            # While the index is being opened, an interrupt is told as an error of its statement.
            if self._cancelled.is_set():
                raise apsw.InterruptError from None
            raise


def _looks_at_messages(query: Query) -> bool:
    return any(one.kind in (FilterKind.ROLE, FilterKind.MODEL) for one in query.filters)


def match_of(query: Query) -> str:
    """Return what FTS5 is asked for; `query` has wanted terms."""
    wanted = " AND ".join(map(_phrase, query.wanted))
    return f"({wanted}) NOT ({_any(query.unwanted)})" if query.unwanted else wanted


def _any(terms: Iterable[Term]) -> str:
    return " OR ".join(map(_phrase, terms))


def _phrase(term: Term) -> str:
    # Words hold no quotation marks; the tokenizer takes them apart at the spaces.
    return f'"{" ".join(term.words)}"{" *" if term.prefix else ""}'
