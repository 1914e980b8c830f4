"""The commands for servers whose models answer."""

from desktopchat.commands.command import Command, Menu

_MENU = Menu.MODEL

SERVERS: tuple[Command, ...] = (
    Command(
        "model.connect",
        "Use a server…",
        "Use a model of an OpenAI-compatible server; what you write then goes there.",
        _MENU,
        ("Ctrl+Shift+W",),
    ),
    Command("model.server_key", "Key for a server…", "Give the key that a server wants.", _MENU),
    Command("model.forget_server", "Forget a server…", "Remove a server from the list, with its key.", _MENU),
    Command("model.connections", "Connections…", "Show every connection that was made, and what it was for.", _MENU),
)
