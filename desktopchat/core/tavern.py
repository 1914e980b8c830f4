"""Character cards of SillyTavern and its relatives, versions 1 to 3: JSON, or a picture (PNG) that holds it.

They come from anybody, so all that is read of them is bounded, and becomes plain text.
"""

import base64
import binascii
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from desktopchat.core.errors import PersonaError
from desktopchat.core.lore import LoreEntry, entries_of
from desktopchat.core.persona import MAX_NAME, MAX_TEXT, Persona
from desktopchat.core.sentence import Sentence

MAX_SIZE = 32 << 20  # bytes of a card; the picture is most of it
_MAX_JSON = 4 << 20
_MAX_CHUNKS = 10_000
_PNG = b"\x89PNG\r\n\x1a\n"
_KEYWORDS = (b"ccv3", b"chara")  # the newer one first
_CURE = Sentence("Choose a character card: a PNG or JSON file as SillyTavern saves it.")

_CHARACTER = re.compile(r"\{\{\s*char\s*\}\}|<(?:char|bot)>", re.IGNORECASE)
_USER = re.compile(r"\{\{\s*user\s*\}\}|<user>", re.IGNORECASE)
_REMARK = re.compile(r"\{\{\s*(?://|comment:)[^{}]*\}\}|\{\{\s*original\s*\}\}", re.IGNORECASE)
_START = re.compile(r"^[ \t]*<start>[ \t]*$", re.IGNORECASE | re.MULTILINE)
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff]")
_LIKE_A_FIELD = re.compile(r"\{(?=[^\W\d_])")
_USER_FIELD, _USER_AT_FIRST = "{user}", "{user=User}"
# What a model is told of a character, in this order, and how the parts are headed.
_PARTS = {
    "description": "",
    "personality": "Personality of {name}:",
    "scenario": "Scenario:",
    "mes_example": "How {name} speaks:",
    "first_mes": "{name} has begun the conversation with:",
    "post_history_instructions": "",
}


@dataclass(frozen=True, slots=True)
class Card:
    """What was read of a card.

    Attributes:
        entries: How many of its lore book the persona has.
        left_out: How many could not be kept.
    """

    persona: Persona
    entries: int = 0
    left_out: int = 0


def read_card(data: bytes) -> Card:
    """Return the character of a card as a persona, with its lore book.

    Raises:
        PersonaError: It is none, is damaged, or is too large.
    """
    if len(data) > MAX_SIZE:
        raise PersonaError("The card is too large.", "Choose one of at most 32 MB.")
    card = _parsed(_decoded(_text_of(data)) if data.startswith(_PNG) else data)
    name = _one_line(card.get("nickname")) or _one_line(card.get("name"))
    if not name:
        raise PersonaError("The card has no character with a name.", _CURE)
    parts = [
        _cleaned(card.get("system_prompt"), name) or f"You are {name}.\nAnswer as {name} would, and stay in this role."
    ]
    for key, heading in _PARTS.items():
        if text := _cleaned(card.get(key), name):
            parts.append(f"{heading.format(name=name)}\n{text}" if heading else text)
    if len(parts) == 1 and not card.get("system_prompt"):
        raise PersonaError("The card says nothing of its character.", _CURE)
    room = MAX_TEXT - sum(len(part) + 2 for part in parts) - len(_USER_AT_FIRST)
    if room < 0:
        raise PersonaError(
            "The card says more than 100,000 characters of its character.", "Shorten it and save it again."
        )
    entries = list(entries_of(card.get("character_book")))
    kept = _fitting([entry for entry in entries if entry is not None], name, room)
    first = [text for entry, text in kept if entry.is_first]
    parts = [parts[0], *first, *parts[1:], *(text for entry, text in kept if not entry.is_first)]
    text = "\n\n".join(parts).replace(_USER_FIELD, _USER_AT_FIRST, 1)
    return Card(Persona(name, text, _one_line(card.get("creator_notes"))), len(kept), len(entries) - len(kept))


def _fitting(entries: list[LoreEntry], name: str, room: int) -> list[tuple[LoreEntry, str]]:
    """Return the entries that there is room for, the most important ones, with their texts, in their order."""
    written = [(entry, entry.paragraph(text)) for entry in entries if (text := _cleaned(entry.text, name))]
    kept = set()
    for place in sorted(range(len(written)), key=lambda place: -written[place][0].priority):
        length = len(written[place][1]) + 2
        if length <= room:
            room -= length
            kept.add(place)
    return [written[place] for place in sorted(kept)]


def _text_of(data: bytes) -> bytes:
    """Return the text with a character in a picture."""
    found = {keyword: text for keyword, text in _texts(data) if keyword in _KEYWORDS}
    for keyword in _KEYWORDS:
        if keyword in found:
            return found[keyword]
    raise PersonaError("The picture holds no character.", _CURE)


def _texts(data: bytes) -> Iterator[tuple[bytes, bytes]]:
    """Go through the texts of a picture; one that is cut ends where it is cut."""
    place = len(_PNG)
    for _ in range(_MAX_CHUNKS):
        length, kind = int.from_bytes(data[place : place + 4]), data[place + 4 : place + 8]
        begin = place + 8
        place = begin + length + 4  # behind the checksum
        if place > len(data) or kind == b"IEND":
            return
        if kind == b"tEXt":
            keyword, _, text = data[begin : begin + length].partition(b"\0")
            yield keyword.lower(), text


def _decoded(text: bytes) -> bytes:
    try:
        return base64.b64decode(text)
    except binascii.Error:
        raise PersonaError("The character in the picture is damaged.", _CURE) from None


def _parsed(data: bytes) -> dict[str, Any]:
    """Return what a card says of its character, whichever version it is of."""
    if len(data) > _MAX_JSON:
        raise PersonaError("The character on the card is too large.", "Choose a card with less text.")
    try:
        card = json.loads(data)
    except (ValueError, RecursionError):
        raise PersonaError("The file is no character card, or is damaged.", _CURE) from None
    inner = card.get("data") if isinstance(card, dict) else None
    if isinstance(inner, dict):
        card = inner
    if not isinstance(card, dict):
        raise PersonaError("The file holds no character.", _CURE)
    return card


def _one_line(value: object) -> str:
    """Return a name, or another short text, without what would be a field in it."""
    text = _UNSEEN.sub(" ", value[: 10 * MAX_NAME]) if isinstance(value, str) else ""
    return " ".join(re.sub(r"[{}]", "", text).split())[:MAX_NAME].rstrip()


def _cleaned(value: object, name: str) -> str:
    """Return a text with the names in it, in which nothing is a field but the name of the person."""
    if not isinstance(value, str):
        return ""
    text = _UNSEEN.sub("", value.replace("\r\n", "\n").replace("\r", "\n"))
    text = _START.sub("---", _REMARK.sub("", text))
    text = _CHARACTER.sub(lambda _: name, text)
    parts = (_LIKE_A_FIELD.sub("{ ", part) for part in _USER.split(text))
    return re.sub(r"\n{3,}", "\n\n", _USER_FIELD.join(parts)).strip()
