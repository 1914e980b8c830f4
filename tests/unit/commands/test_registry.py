"""The table of commands holds together."""

import re

import pytest

from desktopchat.commands.command import Command, Menu, Scope
from desktopchat.commands.registry import COMMANDS, command, key_conflicts


def test_ids_are_noun_and_verb_and_unique() -> None:
    ids = [one.id for one in COMMANDS]
    assert len(set(ids)) == len(ids)
    assert all(re.fullmatch(r"[a-z]+\.[a-z0-9_]+", one) for one in ids)


def test_every_command_has_help() -> None:
    assert all(one.title and one.help.endswith(".") for one in COMMANDS)


def test_no_key_reaches_two_commands() -> None:
    assert key_conflicts() == []


def test_conflict_is_found_between_window_and_list() -> None:
    first = Command("a.b", "A", "A.", Menu.VIEW, ("Ctrl+X",))
    second = Command("c.d", "C", "C.", Menu.VIEW, ("ctrl+x",), scope=Scope.LIST)
    assert key_conflicts((first, second)) == [("ctrl+x", "a.b", "c.d")]


def test_same_key_in_two_places_is_no_conflict() -> None:
    first = Command("a.b", "A", "A.", Menu.VIEW, ("Del",), scope=Scope.COMPOSER)
    second = Command("c.d", "C", "C.", Menu.VIEW, ("Del",), scope=Scope.LIST)
    assert key_conflicts((first, second)) == []


def test_keys_of_input_methods_and_menus_are_free() -> None:
    keys = {key for one in COMMANDS for key in one.keys}
    assert not keys & {"Ctrl+Space", "Shift+Space"}
    assert not [key for key in keys if re.fullmatch(r"Alt\+[A-Z]", key)]


def test_command_is_found_by_id() -> None:
    assert command("message.stop").keys == ("Esc",)


def test_unknown_command_raises() -> None:
    with pytest.raises(KeyError, match=r"no\.such"):
        command("no.such")
