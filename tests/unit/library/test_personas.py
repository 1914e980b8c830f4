"""Personas are files."""

import json
from pathlib import Path

import pytest

from desktopchat.core.errors import PersonaError
from desktopchat.core.persona import Persona, read_persona
from desktopchat.library.personas import list_personas, save_persona, take_card
from desktopchat.resources import resource

USES = {
    "assistant",
    "customer service",
    "news writer",
    "blog writer",
    "story writer",
    "tutor",
    "quiz",
    "translator",
    "answers with sources",
    "creative",
}


def test_own_personas_take_the_place_of_those_that_came_and_a_broken_one_is_a_sentence(tmp_path: Path) -> None:
    ours, own = tmp_path / "ours", tmp_path / "own"
    ours.mkdir()
    own.mkdir()
    (ours / "tutor.md").write_text("---\nname: Tutor\n---\nTeach.", "utf-8")
    (own / "mine.md").write_text("---\nname: tutor\n---\nTeach me.", "utf-16")
    (own / "bits.md").write_bytes(b"\0\1\2")
    (own / "hot.md").write_text("---\ntemperature: 9\n---\nText", "utf-8")
    (own / "large.md").write_text("x" * (1 << 20) + "x", "utf-8")
    (own / "folder.md").mkdir()
    found, faults = list_personas((ours, own, tmp_path / "missing"))
    assert found == [Persona("tutor", "Teach me.")]
    assert [fault.split(".md")[0] for fault in faults] == [
        f"The persona {name}" for name in ("bits", "folder", "hot", "large")
    ]
    assert "temperature is 9, but must be from 0 to 5." in faults[2]


def test_saved_persona_never_takes_the_place_of_another(tmp_path: Path) -> None:
    folder = tmp_path / "personas"
    names = [save_persona(folder, Persona("../a: b/c", "Be.")).name for _ in range(2)]
    assert names == ["a b c.md", "a b c 2.md"]
    assert save_persona(folder, Persona("...", "Be.")).name == "persona.md"
    found, faults = list_personas((folder,))
    assert [one.name for one in found] == ["...", "../a: b/c"]
    assert faults == []


def test_card_becomes_a_persona(tmp_path: Path) -> None:
    card, folder = tmp_path / "mira.json", tmp_path / "personas"
    card.write_text(json.dumps({"name": "Mira", "description": "She keeps a \ud800lighthouse."}), "utf-8")
    mira = take_card(folder, card).persona
    assert list_personas((folder,)) == ([mira], [])
    assert mira.text.endswith("She keeps a lighthouse.")


def test_card_that_cannot_be_read_or_kept_is_told(tmp_path: Path) -> None:
    with pytest.raises(PersonaError, match="cannot be read: No such file"):
        take_card(tmp_path, tmp_path / "missing.png")
    (tmp_path / "file").touch()
    with pytest.raises(PersonaError, match="cannot be written"):
        save_persona(tmp_path / "file", Persona("a", "Be."))


@pytest.mark.parametrize("language", ["en", "zh"])
def test_personas_come_along_for_each_use(language: str) -> None:
    folder = resource("personas", language)
    assert {path.stem for path in folder.glob("*.md")} == USES
    found, faults = list_personas((folder,))
    assert faults == []
    assert len(found) == len(USES)
    for persona in found:
        assert persona.description
        assert set(persona.values) == {"temperature"}
        assert persona.blanks
        assert "{" not in persona.filled({blank.name: "x" for blank in persona.blanks})


@pytest.mark.parametrize("use", sorted(USES))
def test_both_languages_say_the_same(use: str) -> None:
    english, chinese = (
        read_persona(use, resource("personas", language, f"{use}.md").read_text("utf-8")) for language in ("en", "zh")
    )
    assert english.values == chinese.values
    shapes = [[(one.first is None, one.first == "", one.has_lines) for one in it.blanks] for it in (english, chinese)]
    assert shapes[0] == shapes[1]
    assert english.text.count("\n") == chinese.text.count("\n")
