"""The commands for the model hub."""

from desktopchat.commands.command import Command, Menu

FINDING: tuple[Command, ...] = (
    Command(
        "model.find",
        "Find a model…",
        "Look for models on the model hub, or among those that we suggest; nothing is asked before you type.",
        Menu.MODEL,
        ("F11",),
        mac_keys=("Ctrl+Alt+O",),
    ),
    Command(
        "model.hub",
        "Model hub…",
        "Choose which model hub is asked: Hugging Face, a mirror of it, or one of your own.",
        Menu.MODEL,
    ),
    Command(
        "model.hub_token",
        "Token of the model hub…",
        "Give the token of your account at the model hub, which models with terms want; the keyring keeps it.",
        Menu.MODEL,
    ),
    Command(
        "model.hub_test",
        "Test the model hub",
        "See whether the model hub answers, and whether it knows your token.",
        Menu.MODEL,
    ),
)
