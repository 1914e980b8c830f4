"""The commands that look into an answer."""

from desktopchat.commands.command import Command, Condition, Menu

EXPLAINING: tuple[Command, ...] = (
    Command(
        "answer.explain",
        "How sure the model was…",
        "See the tokens of the answer with what could have come instead, go on from any of them, or try a temperature.",
        Menu.MESSAGE,
        ("Shift+F5",),
        Condition.IDLE_ANSWER,
    ),
    Command(
        "answer.prompt",
        "The prompt as sent…",
        "See the exact text that the model was sent before the answer, and its tokens.",
        Menu.MESSAGE,
        ("Ctrl+Shift+F5",),
        Condition.IDLE_ANSWER,
    ),
)
