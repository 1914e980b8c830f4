"""The commands for what is being downloaded."""

from desktopchat.commands.command import Command, Condition, Menu

DOWNLOADING: tuple[Command, ...] = (
    Command(
        "download.list",
        "Downloads",
        "See what is being downloaded; Space pauses and resumes, Alt+Up moves up, Delete removes.",
        Menu.MODEL,
        ("Shift+F11",),
        mac_keys=("Ctrl+Alt+J",),
    ),
    Command(
        "download.open",
        "Open the new model",
        "Open the model that was downloaded last.",
        Menu.MODEL,
        ("Ctrl+F11",),
        Condition.DOWNLOADED,
        mac_keys=("Ctrl+Alt+N",),
    ),
)
