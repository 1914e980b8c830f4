"""The table of keys in the README is written by hand, and says what the commands say."""

import re
from pathlib import Path

from desktopchat.commands.command import Scope
from desktopchat.commands.keys import normal_key
from desktopchat.commands.registry import COMMANDS

README = Path(__file__).resolve().parents[2] / "README.md"
# Typed into the field, where they are no keys of commands.
TYPED = {"/", "@"}
OTHER_NAMES = {"Enter": "Return", "PgDn": "PgDown"}


def rows() -> list[tuple[str, str]]:
    """Return the keys and the words of each row."""
    table = README.read_text("utf-8").partition("\n## Keys\n")[2].partition("\n## ")[0]
    found = re.findall(r"^\| (.+?) \| (.+) \|$", table, re.MULTILINE)
    return [(keys, words) for keys, words in found if keys != "Key"]


def keys_in(text: str) -> set[str]:
    """Return the words of a text that are keys, spelled as those of the commands."""
    found = set()
    for word in text.replace("`", "").split():
        bare = word.lstrip("(").rstrip(";:)")
        key = bare.removesuffix(",") if len(bare) > 1 else bare
        *modifiers, last = key.replace("++", "+plus").split("+")
        last = "+" if last == "plus" else last
        spelled = "+".join([*modifiers, OTHER_NAMES.get(last, last)])
        if spelled == normal_key(spelled) and spelled != "":
            found.add(spelled)
    return found


def own_keys() -> dict[str, str]:
    """Return the command of each key."""
    return {key: one.id for one in COMMANDS for key in one.keys}


def test_keys_of_the_readme_are_keys_of_commands() -> None:
    named = {key for keys, _ in rows() for key in keys_in(keys)}
    assert len(named) > 60, "the table was not found"
    assert sorted(named - set(own_keys()) - TYPED - {"Up"}) == []


def test_keys_of_the_window_are_in_the_readme() -> None:
    named = {key for row in rows() for key in keys_in(" ".join(row))}
    numbered = {f"Ctrl+{number}" for number in range(2, 9)}  # stand between the first and the last
    missing = {
        one.id: one.keys[0]
        for one in COMMANDS
        if one.keys and one.scope is Scope.WINDOW and not named.intersection(one.keys) and one.keys[0] not in numbered
    }
    assert missing == {}


def test_range_of_keys_is_one_of_numbers() -> None:
    assert any("Ctrl+1 to Ctrl+9" in keys for keys, _ in rows())
