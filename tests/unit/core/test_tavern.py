"""Character cards are hostile: whatever they hold becomes a persona, or one sentence."""

import base64
import json
import zlib
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.errors import PersonaError
from desktopchat.core.persona import Blank, Persona, persona_source, read_persona
from desktopchat.core.tavern import MAX_SIZE, read_card

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
    mira = read_card(json.dumps(card).encode())
    assert mira == read_card(picture(chara=coded(card)))
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
    assert read_card(json.dumps(version_2(card)).encode()).text.startswith("Play Mi.\n\nMi keeps")


def test_newer_card_of_a_picture_goes_before_the_older_one() -> None:
    newer = {"spec": "chara_card_v3", "data": MIRA | {"name": "New"}}
    assert read_card(picture(chara=coded(MIRA), ccv3=coded(newer))).name == "New"


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
        return read_card(data)
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


@given(st.dictionaries(_NAMES, _TEXT | _JSON))
def test_what_is_read_can_be_kept_and_holds_no_other_field_than_the_person(card: dict[str, Any]) -> None:
    persona = read(json.dumps({"name": "Mira"} | card).encode())
    if persona is None:
        return
    assert {blank.name for blank in persona.blanks} <= {"user"}
    source = persona_source(persona)
    assert read_persona("file", source.encode().decode()) == persona
