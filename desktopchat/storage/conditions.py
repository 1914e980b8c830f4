"""From the filters of a query to the conditions of a statement."""

from collections.abc import Callable
from datetime import date, datetime, time
from typing import Any

from desktopchat.core.query import Filter, FilterKind, Query
from desktopchat.core.words import fold, pattern, words
from desktopchat.storage.migrations import ID_LIMIT

_DAY = 86_400  # seconds
_EVER = 1e11  # seconds since the epoch; later than all that is written

_DELETED_MESSAGES = (
    "SELECT id FROM message WHERE trash_id IS NOT NULL UNION ALL"
    " SELECT message.id FROM conversation JOIN message ON conversation_id = conversation.id"
    " WHERE conversation.trash_id IS NOT NULL"
)

Names = Callable[[str], list[tuple[int, str]]]


class Conditions:
    """Conditions on conversations `c` and messages `m`, with their values.

    Args:
        place: The column by which rows come newest first: time_id, or the row of the index.
        before: Only rows that come after this one.
        names: Returns ids and names of a table: model, tag or folder.
        messages: There is a message `m`, else there are only conversations.
    """

    def __init__(self, query: Query, place: str, before: int | None, names: Names, *, messages: bool) -> None:
        self._place = place
        self._names = names
        self._written = "m.created_at" if messages else "c.created_at"
        self._parts: list[str] = []
        self.values: dict[str, Any] = {}
        if not query.has(FilterKind.TRASH):
            self.add("c.trash_id IS NULL AND m.trash_id IS NULL" if messages else "c.trash_id IS NULL")
        else:
            self.add(f"m.id IN ({_DELETED_MESSAGES})" if messages else "c.trash_id IS NOT NULL")
        if before is not None:
            self.add(f"{place} < {self.bind(before)}")
        for one in query.filters:
            self._add_filter(one)

    def __str__(self) -> str:
        return " AND ".join(self._parts)

    def add(self, sql: str) -> None:
        """Ask for one thing more."""
        self._parts.append(sql)

    def bind(self, value: Any) -> str:
        """Return what stands for a value in SQL."""
        name = f"v{len(self.values)}"
        self.values[name] = value
        return f":{name}"

    def _add_filter(self, one: Filter) -> None:
        match one.kind:
            case FilterKind.BEFORE | FilterKind.AFTER if isinstance(one.value, date):
                self._add_days(one.value, before=(one.kind is FilterKind.BEFORE) != one.negated)
                return
            case FilterKind.ROLE:
                holds = f"m.role = {self.bind(one.value)}"
            case FilterKind.MODEL:
                holds = f"m.model_id IN ({self._ids('model', one)})"
            case FilterKind.FOLDER:
                holds = f"c.folder_id IN ({self._ids('folder', one)})"
            case FilterKind.TAG:
                tags = self._ids("tag", one)
                holds = f"c.id IN (SELECT conversation_id FROM conversation_tag WHERE tag_id IN ({tags}))"
            case FilterKind.ARCHIVE:
                holds = "c.archived_at IS NOT NULL"
            case _:
                return  # TITLE and TRASH say what is looked through
        self.add(f"NOT ifnull({holds}, 0)" if one.negated else holds)

    def _add_days(self, day: date, *, before: bool) -> None:
        """Ask for a range of days of the calendar here; the index knows those of Greenwich."""
        seconds = _seconds(day)
        number = int(max(seconds, 0) // _DAY)
        if before:
            self.add(f"{self._written} < {self.bind(seconds)} AND {self._place} < {(number + 1) * ID_LIMIT}")
        else:
            self.add(f"{self._written} >= {self.bind(seconds)} AND {self._place} >= {number * ID_LIMIT}")

    def _ids(self, table: str, one: Filter) -> str:
        return ", ".join(str(row_id) for row_id, name in self._names(table) if _is_named(name, one))


def _is_named(name: str, one: Filter) -> bool:
    """Return whether a name is the one of a filter, or has it at the beginning of a word."""
    wanted = str(one.value)
    if one.exact or not (begins := words(wanted)):
        return fold(name) == fold(wanted)
    return pattern(begins, prefix=True).search(fold(name)) is not None


def _seconds(day: date) -> float:
    """Return when a day begins here, in seconds since the epoch."""
    try:
        return datetime.combine(day, time.min).timestamp()
    except (ValueError, OverflowError):
        return -_EVER if day.year < 1970 else _EVER
