"""AnswerFile: a file that grows by whole rows, and of which a kill takes at most the row that was being written."""

import os
from pathlib import Path
from typing import Any

from desktopchat.core.errors import TableError
from desktopchat.core.file_lock import lock
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.core.table import Table, cell, read_written, record, whole_records

_OTHER = Sentence("Give the same rows again, or write another file.")


class AnswerFile:
    """Rows that are written one after the other. Nobody else writes them until it is closed.

    Args:
        path: Where; the file need not be there.
        columns: Of CSV.
        delimiter: Of CSV; empty for JSON lines.

    Attributes:
        is_new: Nothing was in it.

    Raises:
        TableError: It cannot be written, or another program writes it.
    """

    def __init__(self, path: Path, columns: tuple[str, ...], delimiter: str) -> None:
        self._path = path
        self._columns = columns
        self._delimiter = delimiter
        try:
            self._file = os.open(path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError as error:
            raise self._refused(error) from error
        try:
            lock(self._file)
        except OSError as error:
            os.close(self._file)
            raise TableError(
                Sentence("Another program writes {path}.", path=path), "Wait until it has ended, or write another file."
            ) from error
        self.is_new = not os.fstat(self._file).st_size

    def resume(self, wanted: Table, name: str) -> tuple[dict[str, Any], ...]:
        """Drop a row that was not written to its end, and return those that are there.

        Args:
            wanted: The rows that have to be there, of which the file holds the first ones with more columns.
            name: Where they come from.

        Raises:
            TableError: Others are there.
        """
        try:
            with open(self._file, "rb", closefd=False) as stream:
                data = stream.read()
            size = whole_records(data, self._delimiter)
            os.ftruncate(self._file, size)
            os.lseek(self._file, size, os.SEEK_SET)
        except OSError as error:
            raise self._refused(error) from error
        if not size:
            self._write(record({}, self._columns, self._delimiter))
            return ()
        found = read_written(data[:size], self._path.name, self._delimiter)
        if self._delimiter and found.columns != self._columns:
            raise TableError(
                Sentence("{path} has other columns than {name} asks for.", path=self._path, name=name), _OTHER
            )
        for number, row in enumerate(found.rows, 1):
            given = wanted.rows[number - 1] if number <= len(wanted.rows) else None
            if given is None or any(cell(row.get(one)) != cell(given.get(one)) for one in wanted.columns):
                raise TableError(
                    Sentence(
                        "Row {number} of {path} does not come from row {same} of {name}.",
                        number=number,
                        path=self._path,
                        same=number,
                        name=name,
                    ),
                    _OTHER,
                )
        return found.rows

    def append(self, row: dict[str, Any]) -> None:
        """Write a row, and wait until it is on the disk.

        Raises:
            TableError: The disk refused.
        """
        self._write(record(row, self._columns, self._delimiter))

    def close(self) -> None:
        """Let others write it."""
        os.close(self._file)

    def _write(self, data: bytes) -> None:
        try:
            while data:
                data = data[os.write(self._file, data) :]
            os.fsync(self._file)
        except OSError as error:
            raise self._refused(error) from error

    def _refused(self, error: OSError) -> TableError:
        return TableError(
            Sentence("{path} cannot be written: {why}.", path=self._path, why=reason_of(error)),
            "Choose another place, or free some space; the same command goes on then.",
        )
