"""Table: rows with named values, from CSV or from JSON lines. What is not sound is refused, and never guessed at."""

import csv
import io
import json
from dataclasses import dataclass
from pathlib import PurePath
from typing import Any

from desktopchat.core.errors import TableError
from desktopchat.core.sentence import Sentence

LONGEST_VALUE = 1 << 20  # characters of a field of CSV, or of a line of JSON
_JSON_LINES = (".jsonl", ".ndjson")
_CSV = (".csv", ".tsv")
_DELIMITERS = ",;\t"
_CURE = Sentence("Mend that line.")


@dataclass(frozen=True, slots=True)
class Table:
    """Rows in their order.

    Attributes:
        columns: Names, each of them once.
        rows: Values by the name of their column, not all of which a row of JSON must have.
        delimiter: What stands between the fields of CSV; empty for JSON lines.
    """

    columns: tuple[str, ...]
    rows: tuple[dict[str, Any], ...]
    delimiter: str


def delimiter_of(name: str, otherwise: str) -> str:
    """Return what stands between the fields of a file of this name, as of `Table`.

    Args:
        otherwise: Is returned when that is as good, or when the name does not tell.
    """
    ending = PurePath(name).suffix.lower()
    if ending in _JSON_LINES:
        return ""
    if ending in _CSV:
        return "\t" if ending == ".tsv" else otherwise or ","
    return otherwise


def read_table(data: bytes, name: str) -> Table:
    """Read a file.

    Args:
        name: Its name, for what is said of it; the ending says what it is, or else what is in it does.

    Raises:
        TableError: It is not sound.
    """
    text = _decoded(data, name)
    ending = PurePath(name).suffix.lower()
    if ending in _JSON_LINES or (ending not in _CSV and text.lstrip()[:1] in ("{", "[")):
        return _json_lines(text, name, LONGEST_VALUE)
    header = text.partition("\n")[0]
    return _csv(text, name, max(_DELIMITERS, key=header.count), LONGEST_VALUE)


def read_written(data: bytes, name: str, delimiter: str) -> Table:
    """Read whole records that `record` has made.

    Raises:
        TableError: Somebody else made them.
    """
    text = _decoded(data, name, allows_nul=True)
    longest = max(1, len(text))
    return _csv(text, name, delimiter, longest) if delimiter else _json_lines(text, name, longest)


def record(values: dict[str, Any], columns: tuple[str, ...], delimiter: str) -> bytes:
    """Return a row as it stands in a file, with the end of its line. Without values it is the header of CSV."""
    if not delimiter:
        return json.dumps(values, ensure_ascii=False, allow_nan=False).encode() + b"\n" if values else b""
    text = io.StringIO(newline="")
    # The default end of a line makes it put quotes around a lone \r too.
    csv.writer(text, delimiter=delimiter).writerow([cell(values.get(name)) for name in columns] if values else columns)
    return text.getvalue().encode()


def whole_records(data: bytes, delimiter: str) -> int:
    """Return how many bytes at the beginning of a file are whole records, the header among them."""
    if not delimiter:
        return data.rfind(b"\n") + 1
    quotes = place = end = 0
    for line in io.BytesIO(data):
        quotes += line.count(b'"')
        place += len(line)
        if line.endswith(b"\n") and quotes % 2 == 0:
            end = place
    return end


def cell(value: Any) -> str:
    """Return a value as text: a string as it is, nothing as nothing, all else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _decoded(data: bytes, name: str, *, allows_nul: bool = False) -> str:
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise TableError(
            Sentence("Line {line} of {name} is not in UTF-8.", line=line, name=name), "Save the file as UTF-8."
        ) from error
    if "\0" in text and not allows_nul:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TableError(
            Sentence("Line {line} of {name} has a NUL character in it.", line=line, name=name),
            "Save the file as text in UTF-8.",
        )
    return text


def _csv(text: str, name: str, delimiter: str, longest: int) -> Table:
    records = _records(text, name, delimiter, longest)
    columns = records[0][1] if records else []
    if not columns:
        raise TableError(Sentence("{name} is empty.", name=name), "Its first line must name the columns.")
    if len(set(columns)) < len(columns):
        twice = next(one for one in columns if columns.count(one) > 1)
        raise TableError(
            Sentence("{name} has two columns called “{column}”.", name=name, column=twice), "Rename one of them."
        )
    rows = []
    for line, fields in records[1:]:
        if len(fields) != len(columns):
            raise TableError(
                Sentence(
                    "The row in line {line} of {name} has {count} fields, where the header has {wanted}.",
                    line=line,
                    name=name,
                    count=len(fields),
                    wanted=len(columns),
                ),
                "Put fields with commas or line breaks in them into double quotes.",
            )
        rows.append(dict(zip(columns, fields, strict=True)))
    return Table(tuple(columns), tuple(rows), delimiter)


def _records(text: str, name: str, delimiter: str, longest: int) -> list[tuple[int, list[str]]]:
    """Return the fields of each record that is not empty, with the line where it begins."""
    limit_before = csv.field_size_limit(longest)
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    found, line = [], 1
    try:
        for fields in reader:
            if fields:
                found.append((line, fields))
            line = reader.line_num + 1
        return found
    except csv.Error as error:
        raise TableError(
            Sentence("The row in line {line} of {name} is no sound CSV.", line=line, name=name), _CURE, str(error)
        ) from error
    finally:
        csv.field_size_limit(limit_before)


class _TwiceError(ValueError):
    """An object has two values of one name."""


def _json_lines(text: str, name: str, longest: int) -> Table:
    columns: dict[str, None] = {}
    rows = []
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        if len(line) > longest:
            raise TableError(
                Sentence("Line {line} of {name} has over {most} characters.", line=number, name=name, most=longest),
                "Shorten it.",
            )
        try:
            row = json.loads(line, object_pairs_hook=_once, parse_constant=_refused)
            json.dumps(row, ensure_ascii=False, allow_nan=False).encode()  # no number or letter that nobody can write
        except _TwiceError as error:
            raise TableError(
                Sentence("Line {line} of {name} has “{column}” twice.", line=number, name=name, column=error), _CURE
            ) from error
        except (ValueError, RecursionError) as error:
            raise _no_object(number, name, str(error)) from error
        if not isinstance(row, dict):
            raise _no_object(number, name, "")
        columns |= dict.fromkeys(row)
        rows.append(row)
    return Table(tuple(columns), tuple(rows), "")


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, value in pairs:
        if name in found:
            raise _TwiceError(name)
        found[name] = value
    return found


def _refused(word: str) -> Any:
    raise ValueError(word)


def _no_object(line: int, name: str, details: str) -> TableError:
    return TableError(
        Sentence("Line {line} of {name} is no sound JSON object.", line=line, name=name),
        "Write one object a line.",
        details,
    )
