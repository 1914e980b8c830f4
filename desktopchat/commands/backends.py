"""The commands for what llama.cpp computes on."""

from desktopchat.commands.command import Command, Menu

BACKENDS: tuple[Command, ...] = (
    Command(
        "model.backend",
        "Backend",
        "See what llama.cpp can compute on here, and which builds of it do not work and why, and choose one.",
        Menu.MODEL,
    ),
    Command(
        "model.add_backend",
        "Add a backend…",
        "Add a pack with another build of llama.cpp, for a GPU or of a newer make.",
        Menu.MODEL,
    ),
)
