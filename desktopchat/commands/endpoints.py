"""The commands for programs and files that ask the model."""

from desktopchat.commands.command import Command, Menu

_MENU = Menu.MODEL

ENDPOINTS: tuple[Command, ...] = (
    Command(
        "endpoint.show",
        "Programs that ask…",
        "See how programs ask the model and what they asked; Space switches it on and off.",
        _MENU,
        ("Shift+F8",),
        mac_keys=("Ctrl+Alt+K",),
    ),
    Command("endpoint.toggle", "Let programs ask", "Let programs on this machine ask the model, or no longer.", _MENU),
    Command("endpoint.copy_address", "Copy the address for programs", "Copy where programs ask.", _MENU),
    Command("endpoint.copy_key", "Copy the key for programs", "Copy what programs must know to ask.", _MENU),
    Command(
        "batch.open",
        "Answer each row of a file…",
        "Ask the model once for each row of a CSV or JSONL file, and write the answers beside it.",
        _MENU,
        ("Ctrl+Shift+F8",),
        mac_keys=("Ctrl+Alt+Y",),
    ),
    Command(
        "endpoint.help",
        "Ask from a program",
        "Read how a program asks the model, with one of 2022 and one of today.",
        Menu.HELP,
    ),
)
