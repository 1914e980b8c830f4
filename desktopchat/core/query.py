"""The language of the search field. Whatever is typed is a query; what is no filter is searched for."""

import re
from dataclasses import dataclass
from datetime import date, timedelta
from enum import StrEnum

from desktopchat.core.chat import Role
from desktopchat.core.words import is_single, words

# Beyond these nobody types, but one may paste.
LONGEST_QUERY = 1000  # characters
_MOST_TERMS = 32
# A single letter begins too many words to be a beginning.
_SHORTEST_PREFIX = 2


class FilterKind(StrEnum):
    """What a filter looks at."""

    MODEL = "model"
    BEFORE = "before"
    AFTER = "after"
    TAG = "tag"
    ROLE = "role"
    FOLDER = "folder"
    TITLE = "title"
    ARCHIVE = "archive"
    TRASH = "trash"


@dataclass(frozen=True, slots=True)
class Filter:
    """One condition.

    Attributes:
        value: The name of a model, tag or folder; the first day of a BEFORE or AFTER; the role of a ROLE.
        exact: The name is the whole name, else it may begin in any word of it.
        negated: What the condition holds for is left out.
    """

    kind: FilterKind
    value: str | date = ""
    exact: bool = False
    negated: bool = False


@dataclass(frozen=True, slots=True)
class Term:
    """Words that follow each other.

    Attributes:
        words: As `core.words` makes them; at least one.
        prefix: The last one may go on.
    """

    words: tuple[str, ...]
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class Query:
    """What is searched for.

    Attributes:
        wanted: All of them occur.
        unwanted: None of them occurs.
        filters: All of them hold.
    """

    wanted: tuple[Term, ...] = ()
    unwanted: tuple[Term, ...] = ()
    filters: tuple[Filter, ...] = ()

    def __bool__(self) -> bool:
        return bool(self.wanted or self.unwanted or self.filters)

    def has(self, *kinds: FilterKind) -> bool:
        """Return whether there is a filter of one of these kinds that is not negated."""
        return any(one.kind in kinds and not one.negated for one in self.filters)


_ITEM = re.compile(
    r"""
    (?P<minus> (?<!\S) - (?=[^\s-]) )?
    (?: (?P<name> [a-zA-Z]+ ) [:：] )?
    (?: " (?P<quoted> [^"]* ) (?P<closed> "? ) | (?P<plain> [^\s"]+ ) )
    """,
    re.VERBOSE,
)
_QUOTES = str.maketrans("“”„‟＂", '"""""')
_MONTH = re.compile(r"(\d{4})-(\d{1,2})(?:-(\d{1,2}))?")
_DAYS_AGO = re.compile(r"(\d{1,5})d")
_ROLES = {
    "user": Role.USER,
    "me": Role.USER,
    "assistant": Role.ASSISTANT,
    "answer": Role.ASSISTANT,
}
_PLACES = {
    "title": FilterKind.TITLE,
    "archive": FilterKind.ARCHIVE,
    "trash": FilterKind.TRASH,
}


def parse(text: str, today: date, *, typing: bool = False) -> Query:
    """Return what a text asks for. There is no text that it refuses.

    - Words: all must occur, in any order; case, accents and punctuation do not matter. `wea*` finds beginnings.
    - `"exact phrase"`: these words in this order.
    - `-word`, `-"a phrase"`, `-tag:x`: must not occur or hold.
    - `model:NAME`, `tag:NAME`, `in:FOLDER`: the name may be cut at its end; `tag:"to do"` is the whole name.
    - `in:title`, `in:archive`, `in:trash`: only titles and notes, only what is archived, what was deleted. A folder of
      such a name is found in quotes.
    - `role:user` or `role:me`, `role:assistant` or `role:answer`: who wrote it.
    - `before:DATE`, `after:DATE`: written before that day, month or year, or in it and later. DATE is 2026, 2026-05,
      2026-05-17, today, yesterday or 7d, seven days ago.

    What looks like a filter and is none is searched for as words.

    Args:
        today: What "today" means.
        typing: The last word may not be finished yet, so it finds words that begin with it.
    """
    text = text[:LONGEST_QUERY].encode("utf-16", "surrogatepass").decode("utf-16", "replace").translate(_QUOTES)
    wanted: list[Term] = []
    unwanted: list[Term] = []
    filters: list[Filter] = []
    for item in _ITEM.finditer(text):
        negated = item["minus"] is not None
        found = _filter(item, today, negated)
        if found is not None:
            filters.append(found)
        elif term := _term(item, unfinished=typing and not negated and item.end() == len(text)):
            (unwanted if negated else wanted).append(term)
    return Query(tuple(wanted[:_MOST_TERMS]), tuple(unwanted[:_MOST_TERMS]), tuple(filters[:_MOST_TERMS]))


def _term(item: re.Match[str], *, unfinished: bool) -> Term | None:
    content = item["plain"] if item["quoted"] is None else item["quoted"]
    found = tuple(words(f"{item['name']} {content}" if item["name"] else content))
    if not found:
        return None
    may_go_on = content.endswith("*") or (unfinished and not item["closed"] and not content[-1:].isspace())
    return Term(found, may_go_on and len(found[-1]) >= _SHORTEST_PREFIX and not is_single(found[-1]))


def _filter(item: re.Match[str], today: date, negated: bool) -> Filter | None:
    """Return the filter that an item is; None when it is none."""
    quoted = item["quoted"] is not None
    value = (item["quoted"] if quoted else item["plain"]).strip()
    if not value or not item["name"]:
        return None
    match item["name"].lower():
        case "model" | "tag" as name:
            return Filter(FilterKind(name), value, quoted, negated)
        case "before" | "after" as name:
            day = _first_day(value.lower(), today)
            return None if day is None else Filter(FilterKind(name), day, negated=negated)
        case "role":
            role = _ROLES.get(value.lower())
            return None if role is None else Filter(FilterKind.ROLE, role, negated=negated)
        case "in":
            if not quoted and (kind := _PLACES.get(value.lower())) is not None:
                return Filter(kind, negated=negated)
            return Filter(FilterKind.FOLDER, value, quoted, negated)
    return None


def _first_day(text: str, today: date) -> date | None:
    """Return the day on which a day, month or year begins; None when the text is no date."""
    try:
        if text == "today":
            return today
        if text == "yesterday":
            return today - timedelta(days=1)
        if found := _DAYS_AGO.fullmatch(text):
            return today - timedelta(days=int(found[1]))
        if re.fullmatch(r"\d{4}", text):
            return date(int(text), 1, 1)
        if found := _MONTH.fullmatch(text):
            return date(int(found[1]), int(found[2]), int(found[3] or 1))
    except (ValueError, OverflowError):
        pass  # such as the 30th of February
    return None
