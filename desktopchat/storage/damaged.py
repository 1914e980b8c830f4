"""The rows that a damaged database still gives: from its pages, or through SQLite where those are encrypted."""

from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import apsw

from desktopchat.core.passphrase import Passphrase
from desktopchat.storage.connection import MAGIC, configure, errors_told, open_connection
from desktopchat.storage.migrations import MIGRATIONS
from desktopchat.storage.pages import PageFile, Row

_TYPES: dict[str, tuple[type, ...]] = {"INTEGER": (int,), "REAL": (float, int), "TEXT": (str,), "BLOB": (bytes,)}
_SCHEMA_ROW = (str, str, str, int, str)
_VERSION_OFFSET = 60  # of user_version in the header of the file
_MESSAGES_BY_ID = "sqlite_autoindex_message_1"  # of UNIQUE (conversation_id, id), the first one in every schema
_SAMPLE = 400  # pages that are looked at to find out what schema a file without a header had


class Source(Protocol):
    """A damaged database.

    Attributes:
        version: Of its schema.
        whole_file: It is read page by page.
    """

    version: int
    whole_file: bool

    def rows(self) -> Iterator[tuple[str, Row]]:
        """Return (table, row) of all that can be read; what is read twice comes first in its better version."""

    def message_ids(self) -> set[int]:
        """Return the ids of the messages that there once were, as far as that is known."""

    def close(self) -> None:
        """Let go of the file."""


@dataclass(frozen=True, slots=True)
class Table:
    """What the rows of a table look like in the file.

    Attributes:
        columns: Their names, in the order in which they are stored.
        types: What each may hold.
        id_place: Where the column stands that is the rowid and is stored as None; -1 when there is none.
        without_rowid: It is stored like an index.
    """

    name: str
    columns: tuple[str, ...]
    types: tuple[tuple[type, ...], ...]
    id_place: int
    without_rowid: bool

    def fits(self, row: Row) -> bool:
        """Return whether a row can be one of this table."""
        return len(row) == len(self.types) and all(map(isinstance, row, self.types))

    def full(self, rowid: int, row: Row) -> Row:
        """Return a row with its id."""
        return row if self.id_place < 0 else (*row[: self.id_place], rowid, *row[self.id_place + 1 :])


def tables_of(version: int) -> dict[str, Table]:
    """Return our tables as a version of the schema has them."""
    found = {}
    with closing(apsw.Connection(":memory:")) as connection:
        configure(connection)
        for migrate in MIGRATIONS[:version]:
            migrate(connection)
        sql = "SELECT name, wr FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND name NOT LIKE ?"
        for name, without_rowid in connection.execute(sql, ("sqlite%",)).fetchall():
            columns: list[str] = []
            types: list[tuple[type, ...]] = []
            id_place = -1
            sql = 'SELECT cid, name, type, "notnull", pk FROM pragma_table_xinfo(?) WHERE hidden <> 2'
            for place, column, kind, not_null, key in connection.execute(sql, (name,)):
                columns.append(str(column))
                if key and kind == "INTEGER" and not without_rowid:
                    id_place = place
                    types.append((type(None),))
                else:
                    types.append(_TYPES[str(kind)] if not_null or key else (*_TYPES[str(kind)], type(None)))
            found[str(name)] = Table(str(name), tuple(columns), tuple(types), id_place, bool(without_rowid))
    return found


class PageSource:
    """Reads every page of a file that is not encrypted, with SQLite's help or without."""

    whole_file = True

    def __init__(self, path: Path, log: Path | None) -> None:
        self._pages = PageFile(path, log)
        self._roots = self._pages.roots() or self._roots_by_shape()
        self.version = self._version()
        self._tables = tables_of(self.version)

    def rows(self) -> Iterator[tuple[str, Row]]:
        """See Source: first what the trees still lead to, then pages that nothing leads to any more."""
        seen = self._pages.free_pages()
        for name, table in self._tables.items():
            for page in self._pages.pages_of(self._roots.get(name, 0)):
                seen.add(page)
                for rowid, row in self._pages.rows(page):
                    if table.fits(row):
                        yield name, table.full(rowid, row)
        others = [table for table in self._tables.values() if not table.without_rowid]
        for page in range(1, self._pages.count + 1):
            if page in seen or not self._pages.is_table_leaf(page):
                continue
            for rowid, row in self._pages.rows(page):
                yield from ((table.name, table.full(rowid, row)) for table in others if table.fits(row))

    def message_ids(self) -> set[int]:
        """See Source: what stands in an index, which lies elsewhere in the file."""
        found = set()
        for page in self._pages.pages_of(self._roots.get(_MESSAGES_BY_ID, 0)):
            for _rowid, row in self._pages.rows(page):
                if len(row) > 1 and isinstance(row[1], int):
                    found.add(row[1])
        return found

    def close(self) -> None:
        """See Source."""
        self._pages.close()

    def _roots_by_shape(self) -> dict[str, int]:
        """Return the first pages of tables from rows of the schema that stand apart from a ruined first page."""
        found = {}
        for page in range(2, self._pages.count + 1):
            if self._pages.is_table_leaf(page):
                for _rowid, row in self._pages.rows(page):
                    if len(row) == 5 and all(map(isinstance, row, _SCHEMA_ROW)) and row[0] in ("table", "index"):
                        found[str(row[1])] = int(row[3])  # type: ignore[arg-type]
        return found

    def _version(self) -> int:
        first = self._pages.page(1)
        version = int.from_bytes(first[_VERSION_OFFSET : _VERSION_OFFSET + 4], "big")
        if first.startswith(MAGIC) and 1 <= version <= len(MIGRATIONS):
            return version
        leaves = (page for page in range(1, self._pages.count + 1) if self._pages.is_table_leaf(page))
        rows = [row for page, _ in zip(leaves, range(_SAMPLE), strict=False) for _rowid, row in self._pages.rows(page)]
        fitting = {}
        for version in range(1, len(MIGRATIONS) + 1):
            tables = tables_of(version)
            fitting[version] = sum(tables[name].fits(row) for row in rows for name in ("message", "conversation"))
        return max(fitting, key=lambda version: (fitting[version], version))


class SqlSource:
    """Asks SQLite for the rows, around those that it cannot reach: the pages of an encrypted file say nothing else."""

    whole_file = False

    def __init__(self, path: Path, key: Passphrase | None) -> None:
        with errors_told(path):
            self._connection = open_connection(path, read_only=True, key=key)
        self.version = len(MIGRATIONS)
        with suppress(apsw.Error):
            self.version = min(max(self._connection.pragma("user_version"), 1), len(MIGRATIONS))
        self._tables = tables_of(self.version)

    def rows(self) -> Iterator[tuple[str, Row]]:
        """See Source."""
        for name, table in self._tables.items():
            columns = ", ".join(table.columns)
            if table.without_rowid:
                found = self._read_on(f"SELECT {columns} FROM {name}")
                yield from ((name, row) for row in found)
            else:
                yield from ((name, row) for row in self._around(name, columns))

    def message_ids(self) -> set[int]:
        """See Source."""
        return {int(row[0]) for row in self._read_on(f"SELECT id FROM message INDEXED BY {_MESSAGES_BY_ID}")}  # type: ignore[arg-type]

    def close(self) -> None:
        """See Source."""
        self._connection.close()

    def _around(self, name: str, columns: str) -> Iterator[Row]:
        """Return the rows of a table; after one that cannot be read go on behind it, in steps that double."""
        last = self._last(name)
        position = self._first(name)
        while position <= last:
            sql = f"SELECT rowid, {columns} FROM {name} WHERE rowid >= ? ORDER BY rowid"
            try:
                for rowid, *row in self._connection.execute(sql, (position,)):
                    yield tuple(row)
                    position = rowid + 1
                return
            except apsw.Error:
                position = self._next_readable(name, position, last)

    def _next_readable(self, name: str, bad: int, last: int) -> int:
        """Return the first id after a bad one from which on one can read; beyond the last when there is none."""
        step, low = 1, bad
        while not self._can_read(name, low + step):
            low += step
            step *= 2
            if low > last:
                return low
        high = low + step
        while high - low > 1:
            middle = (low + high) // 2
            low, high = (low, middle) if self._can_read(name, middle) else (middle, high)
        return high

    def _can_read(self, name: str, rowid: int) -> bool:
        try:
            self._connection.execute(
                f"SELECT * FROM {name} WHERE rowid >= ? ORDER BY rowid LIMIT 1", (rowid,)
            ).fetchall()
        except apsw.Error:
            return False
        return True

    def _first(self, name: str) -> int:
        return self._edge(name, "ASC", -(1 << 31))

    def _last(self, name: str) -> int:
        return self._edge(name, "DESC", 1 << 31)

    def _edge(self, name: str, order: str, otherwise: int) -> int:
        rows = list(self._read_on(f"SELECT rowid FROM {name} ORDER BY rowid {order} LIMIT 1"))
        return int(rows[0][0]) if rows else otherwise  # type: ignore[arg-type]

    def _read_on(self, sql: str) -> Iterator[Row]:
        """Return rows up to the first that cannot be read."""
        try:
            yield from self._connection.execute(sql)
        except apsw.Error:
            return
