"""Paragraphs of a system prompt that a model is told once the talk is of them, and the lore books they come from.

A paragraph is one of these when its first line says of what: {when: lighthouse, lamp}, or {when: lamp; with: night},
which wants a word of each list. It belongs to the prompt from the first message on that has such a word, and stays:
one that came and went again with the newest messages would have the whole conversation evaluated anew each time.
"""

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

_MARK = re.compile(r"\{when: ([^{}\n;]+)(?:; with: ([^{}\n;]+))?\}[ \t]*\n")
_PARAGRAPHS = re.compile(r"\n{2,}")
_COMMA = re.compile("[,\uff0c]")
_NOT_IN_KEYS = re.compile("[\x00-\x1f\x7f-\x9f{},;\uff0c\u2028\u2029\ud800-\udfff]+")
_MOST_ENTRIES = 10_000
_MOST_KEYS = 100  # of an entry
_LONGEST_KEY = 80  # characters


@dataclass(frozen=True, slots=True)
class LoreEntry:
    """What a lore book tells of something.

    Attributes:
        keys: Lists of words, of each of which one has to be said; none where it is told always.
        text: As the card has it.
        is_first: It stands before what is told of the character.
        priority: Those with the lowest are left out first where there is no room for all.
    """

    keys: tuple[tuple[str, ...], ...]
    text: str
    is_first: bool
    priority: float

    def paragraph(self, text: str) -> str:
        """Return a paragraph of a system prompt with this text."""
        text = re.sub(r"\s*\n\s*", "\n", text.strip())
        if not self.keys:
            return text
        lists = "; with: ".join(", ".join(words) for words in self.keys)
        return f"{{when: {lists}}}\n{text}"


def called(system_prompt: str, texts: Iterable[str]) -> str:
    """Return a system prompt with those of its paragraphs that the talk is of, without their marks.

    Args:
        texts: What was said so far.
    """
    if "{when: " not in system_prompt:
        return system_prompt
    said = "\n".join(texts).casefold()
    kept = []
    for paragraph in _PARAGRAPHS.split(system_prompt):
        mark = _MARK.match(paragraph)
        if mark is None:
            kept.append(paragraph)
        elif all(_is_said(keys, said) for keys in mark.groups() if keys):
            kept.append(paragraph[mark.end() :])
    return "\n\n".join(kept)


def entries_of(book: object) -> Iterator[LoreEntry | None]:
    """Go through what is switched on in the `character_book` of a card, in the order of insertion.

    Follows the Character Card V2 specification, but for its depth of search, its budget of tokens, and entries that
    call others.

    Yields:
        An entry; None for one that nothing calls, or only a regular expression (V3).
    """
    listed = book.get("entries") if isinstance(book, dict) else None
    listed = list(listed.values()) if isinstance(listed, dict) else listed
    if not isinstance(listed, list):
        return
    entries = [entry for entry in listed if isinstance(entry, dict) and entry.get("enabled") is not False]
    for entry in sorted(entries[:_MOST_ENTRIES], key=lambda entry: _number(entry.get("insertion_order"))):
        text = entry.get("content")
        if not isinstance(text, str) or not text.strip():
            continue
        keys = () if entry.get("constant") is True else _keys_of(entry)
        if keys is None:
            yield None
        else:
            yield LoreEntry(keys, text, entry.get("position") != "after_char", _number(entry.get("priority")))
    yield from [None] * len(entries[_MOST_ENTRIES:])


def _keys_of(entry: dict[str, Any]) -> tuple[tuple[str, ...], ...] | None:
    if entry.get("use_regex") is True:
        return None
    lists = [entry.get("keys")]
    if entry.get("selective") is True and entry.get("secondary_keys"):
        lists.append(entry.get("secondary_keys"))
    keys = tuple(
        tuple(filter(None, (_words(key) for key in found[:_MOST_KEYS] if isinstance(key, str))))
        for found in lists
        if isinstance(found, list)
    )
    return keys if keys and all(keys) else None


def _is_said(keys: str, said: str) -> bool:
    return any((words := _words(key)) and words in said for key in _COMMA.split(keys))


def _words(key: str) -> str:
    """Return a key without what a mark is made of."""
    return " ".join(_NOT_IN_KEYS.sub(" ", key[: 2 * _LONGEST_KEY]).split())[:_LONGEST_KEY].strip().casefold()


def _number(value: object) -> float:
    return float(value) if isinstance(value, int | float) and abs(value) < 1e9 else 0.0
