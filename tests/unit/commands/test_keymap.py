"""The keys that commands have: of presets, chosen by hand, on each system."""

import re

import pytest

from desktopchat.commands.command import Command, Menu, Scope
from desktopchat.commands.keymap import Keymap
from desktopchat.commands.keys import Refusal, menu_letters, normal_key, refusal
from desktopchat.commands.presets import PRESETS
from desktopchat.commands.registry import COMMANDS, command, key_conflicts
from desktopchat.settings.options import OPTIONS

EVERYWHERE = [(preset, mac) for preset in PRESETS for mac in (False, True)]


@pytest.mark.parametrize(("preset", "mac"), EVERYWHERE)
def test_presets_have_no_conflict_on_any_system(preset: str, mac: bool) -> None:
    keymap = Keymap(preset, mac=mac)
    declared = [Command(c.id, c.title, c.help, c.menu, keymap.preset_keys(c.id), scope=c.scope) for c in COMMANDS]
    assert key_conflicts(declared) == []
    assert keymap.lost == ()


@pytest.mark.parametrize(("preset", "mac"), EVERYWHERE)
def test_presets_take_no_key_that_belongs_to_something_else(preset: str, mac: bool) -> None:
    keymap = Keymap(preset, mac=mac)
    for one in keymap.commands:
        for key in one.keys:
            assert normal_key(key) == key, f"{key} of {one.id} is not in Qt's spelling"
            if one.scope is not Scope.COMPOSER:
                assert refusal(key, one, mac=mac) is None, f"{key} of {one.id}"


def test_presets_name_commands_that_there_are() -> None:
    ids = {one.id for one in COMMANDS}
    for preset in PRESETS.values():
        assert {*preset.added, *preset.instead} <= ids


def test_presets_are_those_of_the_setting() -> None:
    option = next(option for option in OPTIONS if option.key == "keys.preset")
    assert option.choices == tuple(PRESETS)


def test_mac_leaves_the_keys_of_the_system() -> None:
    assert Keymap(mac=True)["conversation.move"].keys == ("Ctrl+Shift+M",)
    assert Keymap()["conversation.move"].keys == ("Ctrl+M",)
    assert "Meta+N" in Keymap("emacs", mac=True)["message.next"].keys


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("ctrl+shift+k", "Ctrl+Shift+K"),
        ("Shift+Ctrl+K", "Ctrl+Shift+K"),
        ("Ctrl + K", "Ctrl+K"),
        ("Ctrl++", "Ctrl++"),
        ("+", "+"),
        ("cmd+pageup", "Ctrl+PgUp"),
        ("escape", "Esc"),
        ("Alt+F12", "Alt+F12"),
        ("Hyper+K", ""),
        ("Ctrl+Fish", ""),
        ("Ctrl", ""),
        ("", ""),
        ("Ctrl+K, Ctrl+S", ""),
    ],
)
def test_keys_are_read_as_people_write_them(text: str, key: str) -> None:
    assert normal_key(text) == key


@pytest.mark.parametrize(
    ("key", "why"),
    [
        ("", Refusal.UNKNOWN),
        ("Ctrl+Space", Refusal.INPUT_METHOD),
        ("Alt+F4", Refusal.SYSTEM),
        ("Alt+S", Refusal.MENU),
        ("Ctrl+V", Refusal.TEXT),
        ("Tab", Refusal.NAVIGATION),
        ("Shift+Down", Refusal.NAVIGATION),
        ("Alt+Z", None),
        ("F9", None),
        ("X", None),
    ],
)
def test_keys_that_cannot_be_had_are_refused(key: str, why: Refusal | None) -> None:
    assert refusal(key, command("conversation.pin"), mac=False) is why


def test_mac_refuses_other_keys() -> None:
    pin = command("conversation.pin")
    assert [refusal(key, pin, mac=True) for key in ("Ctrl+H", "Ctrl+Q", "Alt+S")] == [
        Refusal.SYSTEM,
        Refusal.SYSTEM,
        None,
    ]
    assert refusal("Ctrl+Q", command("app.quit"), mac=True) is None


def test_chosen_keys_take_the_place_of_the_preset() -> None:
    keymap = Keymap(chosen={"conversation.pin": ["ctrl+alt+p", "F8"], "no.such": ["F9"]})
    assert keymap["conversation.pin"].keys == ("Ctrl+Alt+P", "F8")
    assert keymap.chosen["no.such"] == ("F9",)


def test_bad_key_is_told_and_the_rest_is_used() -> None:
    keymap = Keymap(chosen={"conversation.pin": ["Ctrl+Fish", "F8"]})
    assert keymap["conversation.pin"].keys == ("F8",)
    assert [(one.key, one.why) for one in keymap.refused] == [("Ctrl+Fish", Refusal.UNKNOWN)]


def test_chosen_key_is_lost_by_the_command_of_the_preset() -> None:
    keymap = Keymap(chosen={"view.theme": ["Ctrl+N"]})
    assert keymap["conversation.new"].keys == ()
    assert keymap["view.theme"].keys == ("Ctrl+N",)
    assert [(one.command.id, one.key, one.to.id) for one in keymap.lost] == [
        ("conversation.new", "Ctrl+N", "view.theme")
    ]


def test_of_two_chosen_the_first_keeps_the_key() -> None:
    keymap = Keymap(chosen={"view.theme": ["F9"], "conversation.pin": ["F9"]})
    assert keymap["conversation.pin"].keys == ("F9",)
    assert keymap["view.theme"].keys == ()


def test_key_that_is_taken_over_is_named_before() -> None:
    keymap = Keymap()
    assert [one.id for one in keymap.others("ctrl+n", "conversation.pin")] == ["conversation.new"]
    changed = keymap.with_key("conversation.pin", "Ctrl+N")
    assert changed["conversation.pin"].keys == ("Ctrl+P", "Ctrl+N")
    assert changed["conversation.new"].keys == ()
    assert changed.lost == ()
    assert keymap["conversation.new"].keys == ("Ctrl+N",)


def test_same_key_in_another_place_is_no_conflict() -> None:
    assert Keymap().others("Del", "search.forget") == ()


def test_keys_go_and_come_back() -> None:
    without = Keymap().without_keys("conversation.pin")
    assert without["conversation.pin"].keys == ()
    again = without.with_key("view.theme", "Ctrl+P").as_preset("conversation.pin")
    assert again["conversation.pin"].keys == ("Ctrl+P",)
    assert "Ctrl+P" not in again["view.theme"].keys
    assert "conversation.pin" not in again.chosen


def test_chosen_keys_stay_with_another_preset() -> None:
    keymap = Keymap(chosen={"conversation.pin": ["F8"]}).with_preset("vim")
    assert keymap["conversation.pin"].keys == ("F8",)
    assert keymap["message.next_sibling"].keys == ("Alt+Right", "L")


def test_letters_of_menus_are_known() -> None:
    assert menu_letters() == {re.search(r"&(.)", menu.value).group(1).upper() for menu in Menu}
