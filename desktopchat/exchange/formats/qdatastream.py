"""What Qt's QDataStream writes, read without Qt: big endian, lengths before contents (doc.qt.io, "Serializing Qt
Data Types"). Every length is checked against what is left of the file, so that none can ask for memory that the
file does not have.
"""

import struct
from typing import Any, BinaryIO

from desktopchat.core.sentence import Sentence
from desktopchat.exchange.records import CUT_OFF, MAX_RECORD, TOO_LONG, BadRecordError

_NULL = 0xFFFFFFFF  # length of a text or byte array that is null
_EXTENDED = 0xFFFFFFFE  # a length of eight bytes follows (from Qt 6.7 on)


class DataStream:
    """Reads a file from its beginning.

    Args:
        file: Can seek.
        size: Its length in bytes.
    """

    def __init__(self, file: BinaryIO, size: int) -> None:
        self._file = file
        self._left = size
        self._taken = 0

    @property
    def left(self) -> int:
        """Bytes that have not been read."""
        return self._left

    def skip(self, count: int) -> None:
        """Pass over bytes.

        Raises:
            BadRecordError: There are not so many, as with every method here.
        """
        if not 0 <= count <= self._left:
            raise BadRecordError(CUT_OFF)
        self._file.seek(count, 1)
        self._left -= count

    def boolean(self) -> bool:
        """Read a bool."""
        return bool(self._number("?"))

    def int32(self) -> int:
        """Read an int, or an enum."""
        return int(self._number(">i"))

    def uint32(self) -> int:
        """Read a quint32."""
        return int(self._number(">I"))

    def int64(self) -> int:
        """Read a qint64, or a qsizetype."""
        return int(self._number(">q"))

    def count(self) -> int:
        """Read a qsizetype that counts what follows: each takes a byte at least."""
        count = self.int64()
        if not 0 <= count <= self._left:
            raise BadRecordError(CUT_OFF)
        return count

    def byte_array(self) -> bytes:
        """Read a QByteArray, or a QUrl, which is written as one."""
        return self._take(self._length())

    def skip_byte_array(self) -> None:
        """Pass over a QByteArray."""
        self.skip(self._length())

    def text(self) -> str:
        """Read a QString."""
        return self._take(self._length()).decode("utf-16-be", "replace")

    def texts(self) -> list[str]:
        """Read a QList<QString>."""
        count = self.uint32()
        if count > self._left:
            raise BadRecordError(CUT_OFF)
        return [self.text() for _ in range(count)]

    def variant(self) -> Any:
        """Read a QVariant of one of the types that JSON has values of."""
        kind, _is_null = self.uint32(), self.boolean()
        match kind:  # QMetaType::Type
            case 0:
                return None
            case 1:
                return self.boolean()
            case 2:
                return self.int32()
            case 3:
                return self.uint32()
            case 4 | 5:
                return self.int64()
            case 6:
                return self._number(">d")
            case 10:
                return self.text()
        raise BadRecordError(Sentence("It holds a value of a type that is not known here ({kind}).", kind=str(kind)))

    def _length(self) -> int:
        length = self.uint32()
        if length == _NULL:
            return 0
        return self.count() if length == _EXTENDED else length

    def _number(self, layout: str) -> Any:
        return struct.unpack(layout, self._take(struct.calcsize(layout)))[0]

    def _take(self, count: int) -> bytes:
        if not 0 <= count <= self._left:
            raise BadRecordError(CUT_OFF)
        self._taken += count
        if self._taken > MAX_RECORD:
            raise BadRecordError(TOO_LONG)
        data = self._file.read(count)
        if len(data) < count:
            raise BadRecordError(CUT_OFF)
        self._left -= count
        return data
