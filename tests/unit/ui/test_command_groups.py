"""Each group of commands, and what is made of it when."""

import re
from pathlib import Path

import pytest
from fake_chats import FakeChat
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

import desktopchat.controllers
from desktopchat.ui.command_groups import GROUPS, MADE_AFTER_THE_START


@pytest.mark.parametrize("group", GROUPS)
def test_group_has_the_commands_that_are_named(group: str, qtbot: QtBot) -> None:
    commands = open_window(qtbot, FakeChat()).commands
    commands.make(group)
    assert commands.is_made(group)
    assert [*getattr(commands, group).handlers()] == GROUPS[group].split()


def test_who_hears_of_settings_and_models_is_made_without_a_command() -> None:
    """What listens from its making on would miss what happens before its first command."""
    listening = re.compile(r"(preferences\.changed|models\.model_loaded)\.connect")
    folder = Path(desktopchat.controllers.__file__).parent
    hears = {path.stem for path in folder.glob("*.py") if listening.search(path.read_text("utf-8"))}
    begun_by_a_command = {"batch", "hub"}  # they listen for what they do themselves
    assert hears & GROUPS.keys() - begun_by_a_command <= {*MADE_AFTER_THE_START}
