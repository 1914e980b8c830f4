"""The commands that look into answers: their cost, how they come about, how sure they are."""

from desktopchat.commands.command import Command, Condition, Menu

LOOKING: tuple[Command, ...] = (
    Command(
        "ledger.show",
        "What answers cost…",
        "See tokens, seconds and energy by day, model and conversation, beside the price of a cloud.",
        Menu.VIEW,
        ("Shift+F9",),
    ),
    Command(
        "glass.show",
        "Glass box…",
        "Look how a sentence of yours becomes tokens, what may come next, and how parameters bend that.",
        Menu.VIEW,
        ("Ctrl+F9",),
    ),
    Command(
        "doubt.show",
        "Doubt lens…",
        "Ask the same again, four times at once, and see how far the answers agree with each sentence.",
        Menu.MESSAGE,
        ("Ctrl+Shift+F9",),
        Condition.IDLE_ANSWER,
    ),
)
