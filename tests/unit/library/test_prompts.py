"""Prompts are files."""

from pathlib import Path

import pytest

from desktopchat.core.errors import PromptFileError
from desktopchat.core.prompt_text import Prompt, fields_in
from desktopchat.library.prompts import list_prompts, save_prompt
from desktopchat.resources import resource


def test_own_prompts_take_the_place_of_those_that_came(tmp_path: Path) -> None:
    ours, own = tmp_path / "ours", tmp_path / "own"
    ours.mkdir()
    own.mkdir()
    (ours / "explain.md").write_text("Explain.", "utf-8")
    (ours / "translate.md").write_text("Translate.\n", "utf-8")
    (own / "Explain.md").write_text("Tell me about {it}.", "utf-16")
    (own / "broken.md").write_bytes(b"\0\1\2")
    (own / "other.txt").write_text("no prompt", "utf-8")
    found = list_prompts((ours, own, tmp_path / "missing"))
    assert found == [Prompt("Explain", "Tell me about {it}."), Prompt("translate", "Translate.")]


def test_saved_prompt_is_listed_and_never_takes_the_place_of_another(tmp_path: Path) -> None:
    folder = tmp_path / "prompts"
    assert save_prompt(folder, " my  prompt ", "First {a}").name == "my prompt.md"
    assert save_prompt(folder, "my prompt", "Second").name == "my prompt 2.md"
    assert list_prompts((folder,)) == [Prompt("my prompt", "First {a}"), Prompt("my prompt 2", "Second")]


@pytest.mark.parametrize("name", ["", "  ", "a/b", "..", "a\\b", "a\nb:"])
def test_impossible_names_are_refused(name: str, tmp_path: Path) -> None:
    with pytest.raises(PromptFileError, match="cannot have this name"):
        save_prompt(tmp_path, name, "text")
    assert not list(tmp_path.iterdir())


def test_folder_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(PromptFileError, match="cannot be written"):
        save_prompt(tmp_path / "file", "name", "text")


def test_prompts_come_along_and_have_fields() -> None:
    prompts = list_prompts((resource("prompts"),))
    assert 5 <= len(prompts) <= 8
    assert all(fields_in(prompt.text)[1] for prompt in prompts)
