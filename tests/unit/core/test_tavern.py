"""Character cards are hostile: whatever they hold becomes a persona, or one sentence."""

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.errors import PersonaError
from desktopchat.core.lore import called
from desktopchat.core.persona import Blank, Persona, persona_source, read_persona
from desktopchat.core.tavern import MAX_SIZE, Card, read_card

SIGNATURE = b"\x89PNG\r\n\x1a\n"
MIRA = {
    "name": "Mira",
    "description": "{{char}} keeps a lighthouse. <USER> is her guest.\r\nShe wears {color=blue}.",
    "personality": "dry, kind",
    "scenario": "A storm. {{user}} knocks.",
    "first_mes": "*{{char}} opens.* Come in, {{user}}.",
    "mes_example": "<START>\n{{user}}: Alone?\n{{char}}: Never.",
    "creator_notes": "A calm character.",
    "system_prompt": "",
}


def chunk(kind: bytes, data: bytes) -> bytes:
    return len(data).to_bytes(4) + kind + data + zlib.crc32(kind + data).to_bytes(4)


def picture(**texts: bytes) -> bytes:
    inside = b"".join(chunk(b"tEXt", name.encode() + b"\0" + text) for name, text in texts.items())
    return SIGNATURE + chunk(b"IHDR", bytes(13)) + inside + chunk(b"IEND", b"")


def coded(card: Any) -> bytes:
    return base64.b64encode(json.dumps(card).encode())


def version_2(card: dict[str, Any]) -> dict[str, Any]:
    return {"spec": "chara_card_v2", "spec_version": "2.0", "data": card}


@pytest.mark.parametrize("card", [MIRA, version_2(MIRA), {"spec": "chara_card_v3", "data": MIRA}])
def test_all_versions_are_read_from_text_and_picture(card: dict[str, Any]) -> None:
    mira = read_card(json.dumps(card).encode()).persona
    assert mira == read_card(picture(chara=coded(card))).persona
    assert (mira.name, mira.description) == ("Mira", "A calm character.")
    assert mira.blanks == (Blank("user", "User"),)
    assert mira.filled({"user": "Ann"}) == (
        "You are Mira.\nAnswer as Mira would, and stay in this role.\n\n"
        "Mira keeps a lighthouse. Ann is her guest.\nShe wears { color=blue}.\n\n"
        "Personality of Mira:\ndry, kind\n\nScenario:\nA storm. Ann knocks.\n\n"
        "How Mira speaks:\n---\nAnn: Alone?\nMira: Never.\n\n"
        "Mira has begun the conversation with:\n*Mira opens.* Come in, Ann."
    )


def test_system_prompt_and_nickname_of_a_card_are_used() -> None:
    card = MIRA | {"system_prompt": "{{original}}Play {{char}}.", "nickname": "Mi"}
    assert read_card(json.dumps(version_2(card)).encode()).persona.text.startswith("Play Mi.\n\nMi keeps")


def test_newer_card_of_a_picture_goes_before_the_older_one() -> None:
    newer = {"spec": "chara_card_v3", "data": MIRA | {"name": "New"}}
    assert read_card(picture(chara=coded(MIRA), ccv3=coded(newer))).persona.name == "New"


def with_book(*entries: dict[str, Any]) -> Card:
    return read_card(json.dumps(version_2(MIRA | {"character_book": {"entries": entries}})).encode())


def test_lore_book_comes_along_and_is_told_when_a_key_is_said() -> None:
    card = with_book(
        {"keys": ["lamp", "Light, old"], "content": "{{char}}'s lamp\n\nis green.", "insertion_order": 2},
        {"keys": [], "constant": True, "content": "It is 1900.", "insertion_order": 1},
        {"keys": ["海"], "content": "The sea is cold.", "insertion_order": 3, "position": "after_char"},
        {"keys": ["lamp"], "selective": True, "secondary_keys": ["night"], "content": "It hums.", "insertion_order": 4},
        {"keys": ["lamp"], "content": "Never.", "enabled": False},
    )
    assert (card.entries, card.left_out) == (4, 0)
    prompt = card.persona.filled({"user": "Ann"})
    assert card.persona.blanks == (Blank("user", "User"),)
    beginning = "You are Mira.\nAnswer as Mira would, and stay in this role.\n\nIt is 1900.\n\n"
    assert called(prompt, ["Hello"]).startswith(f"{beginning}Mira keeps a lighthouse.")
    assert called(prompt, ["The LAMP!"]).startswith(f"{beginning}Mira's lamp\nis green.\n\nMira keeps")
    assert "It hums." in called(prompt, ["At night", "a lamp"])
    assert called(prompt, ["今天的海"]).endswith("Come in, Ann.\n\nThe sea is cold.")


def test_entries_that_cannot_be_kept_are_counted() -> None:
    card = with_book(
        {"keys": ["/l.mp/i"], "use_regex": True, "content": "One."},
        {"keys": [], "content": "Two."},
        {"keys": [","], "content": "Three."},
        {"keys": ["x"], "content": "a" * 60_000, "priority": 1},
        {"keys": ["y"], "content": "b" * 60_000, "priority": 2},
    )
    assert (card.entries, card.left_out) == (1, 4)
    assert "b" * 60_000 in card.persona.text
    assert "aaa" not in card.persona.text


def test_a_card_cannot_make_its_description_wait() -> None:
    card = read_card(json.dumps(MIRA | {"description": "{when: x}\nShe is kind."}).encode())
    assert "{ when: x}\nShe is kind." in called(card.persona.text, [])


@pytest.mark.parametrize(
    ("data", "cause"),
    [
        (b"", "no character card"),
        (b"\xff\xfe\xfd", "no character card"),
        (b"[" * 100_000, "no character card"),
        (b'{"name": ' + b"9" * 10_000 + b"}", "no character card"),
        (b"[]", "holds no character"),
        (b'{"name": 7, "description": "x"}', "no character with a name"),
        (b'{"name": "{}\\u0000", "description": "x"}', "no character with a name"),
        (b'{"name": "x", "description": 7}', "says nothing"),
        (picture(), "picture holds no character"),
        (picture(Comment=b"x"), "picture holds no character"),
        (picture(chara=b"abc"), "damaged"),
        (picture(chara=base64.b64encode(b"<html>")), "no character card"),
        (picture(chara=coded(MIRA))[:60], "picture holds no character"),
        (SIGNATURE + b"\xff\xff\xff\xfftEXt", "picture holds no character"),
        (SIGNATURE + chunk(b"tEXt", b"a\0b") * 10_000 + chunk(b"tEXt", b"chara\0" + coded(MIRA)), "holds no character"),
        (bytes(MAX_SIZE + 1), "too large"),
        (b" " * (4 << 20) + b"{}", "too large"),
        (json.dumps(MIRA | {"description": "x" * 100_001}).encode(), "more than 100,000 characters"),
    ],
    ids=range(18),
)
def test_faults_are_one_sentence(data: bytes, cause: str) -> None:
    with pytest.raises(PersonaError) as caught:
        read_card(data)
    assert cause in caught.value.cause
    assert caught.value.cure


def read(data: bytes) -> Persona | None:
    """Return what a card holds, if anything; nothing else than a sentence may be raised."""
    try:
        return read_card(data).persona
    except PersonaError:
        return None


@given(st.binary())
def test_arbitrary_bytes_are_told_of(data: bytes) -> None:
    read(data)
    read(SIGNATURE + data)
    read(picture(chara=data))
    read(picture(ccv3=base64.b64encode(data)))


@given(st.data())
def test_cut_and_damaged_pictures_are_told_of(data: st.DataObject) -> None:
    whole = bytearray(picture(chara=coded(MIRA)))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    read(bytes(whole[: data.draw(st.integers(0, len(whole)))]))


_NAMES = st.sampled_from(["data", "nickname", *MIRA])
_TEXT = st.text() | st.text("{}char user<>/=\n\r-\ud800\0\u202e\u2028")
_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | _TEXT,
    lambda inner: st.lists(inner) | st.dictionaries(_NAMES | st.text(), inner),
)


_ENTRY = st.fixed_dictionaries(
    {"content": _TEXT},
    optional={
        "keys": st.lists(_TEXT) | _JSON,
        "secondary_keys": st.lists(_TEXT) | _JSON,
        "constant": st.booleans(),
        "selective": st.booleans(),
        "insertion_order": st.integers() | _JSON,
        "priority": st.floats() | _JSON,
        "position": st.sampled_from(["before_char", "after_char"]) | _JSON,
    },
)


@given(st.lists(_ENTRY) | st.dictionaries(st.text(), _ENTRY) | _JSON)
def test_any_lore_book_can_be_kept(entries: Any) -> None:
    persona = read(json.dumps({"name": "Mira", "description": "x", "character_book": {"entries": entries}}).encode())
    assert persona is not None
    assert {blank.name for blank in persona.blanks} <= {"user"}
    assert read_persona("file", persona_source(persona).encode().decode()) == persona


@given(st.dictionaries(_NAMES, _TEXT | _JSON))
def test_what_is_read_can_be_kept_and_holds_no_other_field_than_the_person(card: dict[str, Any]) -> None:
    persona = read(json.dumps({"name": "Mira"} | card).encode())
    if persona is None:
        return
    assert {blank.name for blank in persona.blanks} <= {"user"}
    source = persona_source(persona)
    assert read_persona("file", source.encode().decode()) == persona
