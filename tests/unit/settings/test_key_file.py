"""The file of the chosen keys: what is right in it is used, nothing in it is lost."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.errors import UserError
from desktopchat.settings.key_file import KeyFile, _without_bad_lines


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "keys.toml"


def test_missing_file_chooses_nothing(file: Path) -> None:
    loaded = KeyFile.load(file)
    assert (loaded.keys, loaded.warnings) == ({}, ())


def test_keys_are_read(file: Path) -> None:
    file.write_text('[conversation]\nnew = "Ctrl+Shift+N"\npin = ["Ctrl+P", "F8"]\nnote = []\n')
    assert KeyFile.load(file).keys == {
        "conversation.new": ("Ctrl+Shift+N",),
        "conversation.pin": ("Ctrl+P", "F8"),
        "conversation.note": (),
    }


def test_bad_lines_are_told_and_the_rest_is_used(file: Path) -> None:
    file.write_text('[conversation]\nnew = Ctrl+N\npin = "F8"\n[view\ntheme = 3\n[message]\ncontinue = "F9"\n')
    loaded = KeyFile.load(file)
    assert loaded.keys == {"conversation.pin": ("F8",), "message.continue": ("F9",)}
    assert [cause for cause, _cure in loaded.warnings] == [
        "Line 2 of keys.toml is not valid: new = Ctrl+N.",
        "Line 4 of keys.toml is not valid: [view.",
        "conversation.theme in keys.toml is 3, which is no key.",
    ]
    assert all(cure for _cause, cure in loaded.warnings)


def test_what_stands_in_no_table_is_told(file: Path) -> None:
    file.write_text('pin = "F8"\n')
    loaded = KeyFile.load(file)
    assert loaded.keys == {}
    assert loaded.warnings == (("“pin” in keys.toml stands in no table.", "Put it below one, like [pin]."),)


def test_saving_keeps_comments_unknown_commands_and_bad_lines(file: Path) -> None:
    file.write_text('# mine\n[conversation]\nnew = "F4" # four\nfly = "F5"\nbad = what\n')
    loaded = KeyFile.load(file)
    loaded.save({"conversation.new": ("F6",), "conversation.fly": ("F5",), "view.theme": ()})
    text = file.read_text()
    assert "# mine" in text
    assert "# bad = what" in text
    again = KeyFile.load(file)
    assert again.keys == {"conversation.new": ("F6",), "conversation.fly": ("F5",), "view.theme": ()}
    again.save({"conversation.fly": ("F5",)})
    assert KeyFile.load(file).keys == {"conversation.fly": ("F5",)}


def test_new_file_says_how_it_is_written(file: Path) -> None:
    KeyFile.load(file).save({"view.theme": ("F9", "F10")})
    assert file.read_text().startswith("# Keys of desktopchat")
    assert KeyFile.load(file).keys == {"view.theme": ("F9", "F10")}


def test_file_that_cannot_be_written_is_told(tmp_path: Path) -> None:
    with pytest.raises(UserError, match="could not be saved"):
        KeyFile.load(tmp_path / "nowhere" / "keys.toml").save({"view.theme": ("F9",)})


@given(st.text(alphabet=st.sampled_from('ab.=[]"\'#{} \n\t\\,1"""'), max_size=60))
def test_any_text_is_read_without_an_error(text: str) -> None:
    _without_bad_lines(text)
