"""Reads the rows of a SQLite file that SQLite itself refuses to read, page by page (sqlite.org/fileformat2.html).

Everything in the file may be wrong: every length, offset and link is checked, and no link is followed twice.
"""

import mmap
import struct
from collections.abc import Callable, Iterator
from pathlib import Path

MAGIC_SIZE = 100  # the header of the file, on its first page
PAGE_SIZES = tuple(1 << power for power in range(9, 17))
_INTERIOR_INDEX, _INTERIOR_TABLE, _LEAF_INDEX, _LEAF_TABLE = 2, 5, 10, 13
_MAX_PAYLOAD = 1 << 30

Value = int | float | str | bytes | None
Row = tuple[Value, ...]


class PageFile:
    """The pages of a file, with those of its log in place of older ones.

    Args:
        path: The file.
        log: Its write-ahead log; None leaves it out of account.

    Attributes:
        page_size: Bytes.
        usable: Bytes of a page that hold anything; the rest is reserved, as by a cipher that was once in use.
        count: Number of pages.
    """

    def __init__(self, path: Path, log: Path | None = None) -> None:
        self._data = path.read_bytes() if path.stat().st_size < 1 << 16 else _mapped(path)
        log_data = log.read_bytes() if log is not None and log.exists() else b""
        self.page_size = _page_size(self._data, log_data)
        self._from_log = _log_pages(log_data, self.page_size)
        size_in_file = -(-len(self._data) // self.page_size)
        self.count = max([size_in_file, *self._from_log])
        reserved = self.page(1)[20] if self.page(1)[:16] == b"SQLite format 3\0" else 0
        self.usable = self.page_size - reserved

    def page(self, number: int) -> bytes:
        """Return a page, numbered from 1; cut or empty where the file ends."""
        if (data := self._from_log.get(number)) is not None:
            return data
        start = (number - 1) * self.page_size
        return bytes(self._data[start : start + self.page_size])

    def close(self) -> None:
        """Let go of the file."""
        if isinstance(self._data, mmap.mmap):
            self._data.close()

    def rows(self, number: int) -> Iterator[tuple[int, Row]]:
        """Return the rows (rowid, values) on a page of a table or an index; the rowid of an index is 0.

        A row that is damaged is left out; one that hangs over into other pages needs all of them.
        """
        page = self.page(number)
        start = MAGIC_SIZE if number == 1 else 0
        kind = page[start] if len(page) > start + 12 else 0
        if kind not in (_LEAF_TABLE, _LEAF_INDEX, _INTERIOR_INDEX):
            return
        inner = kind == _INTERIOR_INDEX
        for offset in _cells(page, start, 12 if inner else 8):
            try:
                length, offset = _varint(page, offset + 4 if inner else offset)
                rowid = 0
                if kind == _LEAF_TABLE:
                    rowid, offset = _varint(page, offset)
                payload = self._payload(page, offset, length, kind)
                yield rowid, _record(payload)
            except (IndexError, ValueError, struct.error):
                continue

    def pages_of(self, root: int) -> Iterator[int]:
        """Return the pages of a tree that hold rows, as far as the way to them is whole."""
        seen: set[int] = set()
        pending = [root]
        while pending:
            number = pending.pop()
            if number in seen or not 1 <= number <= self.count:
                continue
            seen.add(number)
            page = self.page(number)
            start = MAGIC_SIZE if number == 1 else 0
            kind = page[start] if len(page) > start + 12 else 0
            if kind in (_LEAF_TABLE, _LEAF_INDEX, _INTERIOR_INDEX):
                yield number
            if kind in (_INTERIOR_TABLE, _INTERIOR_INDEX):
                children = [_number(page, offset) for offset in _cells(page, start, 12) if offset + 4 <= len(page)]
                pending += [_number(page, start + 8), *reversed(children)]

    def is_table_leaf(self, number: int) -> bool:
        """Return whether a page looks like one that holds rows of a table."""
        start = (number - 1) * self.page_size + (MAGIC_SIZE if number == 1 else 0)
        page = self._from_log.get(number)
        kind = page[MAGIC_SIZE if number == 1 else 0] if page else self._data[start] if start < len(self._data) else 0
        return kind == _LEAF_TABLE

    def roots(self) -> dict[str, int]:
        """Return the first page of every table and index that the schema still names."""
        found: dict[str, int] = {}
        for page in self.pages_of(1):
            for _rowid, row in self.rows(page):
                if len(row) == 5 and isinstance(row[1], str) and isinstance(row[3], int) and row[3] > 0:
                    found[row[1]] = row[3]
        return found

    def free_pages(self) -> set[int]:
        """Return the pages that hold nothing that is in use, as far as their list is whole."""
        free: set[int] = set()
        first = self.page(1)
        trunk = _number(first, 32) if first[:16] == b"SQLite format 3\0" else 0
        while 1 < trunk <= self.count and trunk not in free:
            free.add(trunk)
            page = self.page(trunk)
            if len(page) < self.page_size:
                break
            leaves = min(_number(page, 4), self.usable // 4 - 2)
            free.update(struct.unpack_from(f">{leaves}I", page, 8))
            trunk = _number(page, 0)
        return free

    def _payload(self, page: bytes, offset: int, length: int, kind: int) -> bytes:
        """Return what a cell holds, with what hangs over into other pages."""
        if length > min(_MAX_PAYLOAD, self.count * self.page_size):
            raise ValueError("longer than the file")
        usable = self.usable
        largest = usable - 35 if kind == _LEAF_TABLE else (usable - 12) * 64 // 255 - 23
        if length <= largest:
            return _part(page, offset, length)
        least = (usable - 12) * 32 // 255 - 23
        local = least + (length - least) % (usable - 4)
        if local > largest:
            local = least
        pieces = [_part(page, offset, local)]
        left, following = length - local, _number(page, offset + local)
        while left > 0:
            over = self.page(following) if 1 <= following <= self.count else b""
            piece = _part(over, 4, min(left, usable - 4))
            pieces.append(piece)
            left -= len(piece)
            following = _number(over, 0)
        return b"".join(pieces)


def _mapped(path: Path) -> mmap.mmap:
    with path.open("rb") as file:
        return mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)


def _page_size(data: bytes | mmap.mmap, log: bytes) -> int:
    """Return the page size of the header or of the log; the usual one where neither can be right."""
    claims = [int.from_bytes(data[16:18], "big"), int.from_bytes(log[8:12], "big")]
    return next((65_536 if claim == 1 else claim for claim in claims if claim == 1 or claim in PAGE_SIZES), 4_096)


def _log_pages(log: bytes, page_size: int) -> dict[int, bytes]:
    """Return the newest committed version of every page in a write-ahead log (sqlite.org/walformat.html)."""
    if len(log) < 32 or log[:4] not in (b"\x37\x7f\x06\x82", b"\x37\x7f\x06\x83"):
        return {}
    if int.from_bytes(log[8:12], "big") != page_size:
        return {}
    order = ">" if log[3] & 1 else "<"
    sums = _checksum(log[:24], order, (0, 0))
    if struct.unpack_from(">II", log, 24) != sums:
        return {}
    committed: dict[int, bytes] = {}
    open_pages: dict[int, bytes] = {}
    for start in range(32, len(log) - page_size - 23, page_size + 24):
        number, size_after, *salts_and_sums = struct.unpack_from(">6I", log, start)
        data = log[start + 24 : start + 24 + page_size]
        sums = _checksum(data, order, _checksum(log[start : start + 8], order, sums))
        if tuple(salts_and_sums) != (*struct.unpack_from(">II", log, 16), *sums):
            break  # the rest is left over from before the last checkpoint
        open_pages[number] = data
        if size_after:
            committed |= open_pages
            open_pages = {}
    return committed


def _checksum(data: bytes, order: str, sums: tuple[int, int]) -> tuple[int, int]:
    first, second = sums
    words = struct.unpack(f"{order}{len(data) // 4}I", data)
    for one, other in zip(words[::2], words[1::2], strict=True):
        first = (first + one + second) & 0xFFFFFFFF
        second = (second + other + first) & 0xFFFFFFFF
    return first, second


def _cells(page: bytes, start: int, header: int) -> Iterator[int]:
    """Return where the cells of a page begin."""
    count = int.from_bytes(page[start + 3 : start + 5], "big")
    count = min(count, (len(page) - start - header) // 2)
    for offset in struct.unpack_from(f">{count}H", page, start + header):
        if start + header < offset < len(page):
            yield offset


def _varint(data: bytes, offset: int) -> tuple[int, int]:
    """Return a variable-length integer and where the next thing begins."""
    value = 0
    for place in range(9):
        byte = data[offset + place]
        if place == 8:
            value = value << 8 | byte
            return value - (1 << 64) if value >= 1 << 63 else value, offset + 9
        value = value << 7 | byte & 0x7F
        if byte < 0x80:
            return value, offset + place + 1
    raise ValueError("no integer")


_INTEGERS: tuple[int, ...] = (0, 1, 2, 3, 4, 6, 8)  # bytes of the serial types 0 to 6
_FIXED: dict[int, Callable[[bytes], Value]] = {
    0: lambda _: None,
    7: lambda data: struct.unpack(">d", data)[0],
    8: lambda _: 0,
    9: lambda _: 1,
}


def _record(payload: bytes) -> Row:
    """Return the values of a record.

    Raises:
        ValueError, IndexError, struct.error: It is none.
    """
    header_size, offset = _varint(payload, 0)
    if not 0 < header_size <= len(payload):
        raise ValueError("no record")
    values: list[Value] = []
    place = header_size
    while offset < header_size:
        kind, offset = _varint(payload, offset)
        if 1 <= kind <= 6:
            size = _INTEGERS[kind]
            values.append(int.from_bytes(_part(payload, place, size), "big", signed=True))
        elif kind in _FIXED:
            size = 8 if kind == 7 else 0
            values.append(_FIXED[kind](_part(payload, place, size)))
        elif kind >= 12:
            size = (kind - 12) // 2
            data = _part(payload, place, size)
            values.append(data.decode("utf-8") if kind % 2 else data)
        else:
            raise ValueError("no such type")
        place += size
    return tuple(values)


def _part(data: bytes, start: int, size: int) -> bytes:
    part = data[start : start + size]
    if len(part) != size:
        raise ValueError("cut off")
    return part


def _number(data: bytes, offset: int) -> int:
    return int.from_bytes(_part(data, offset, 4), "big")
