"""The commands for the tree of a conversation."""

from desktopchat.commands.command import Command, Condition, Menu

BRANCHING: tuple[Command, ...] = (
    Command(
        "branch.outline",
        "Branches…",
        "Show the conversation as a tree: open, name and compare its branches, take messages over into another one.",
        Menu.MESSAGE,
        ("Shift+F6",),
        Condition.MESSAGES,
    ),
    Command(
        "branch.side_by_side",
        "Versions side by side",
        "Show the versions of the message under the caret, or of the last that has several, beside each other.",
        Menu.MESSAGE,
        ("Ctrl+F6",),
        Condition.SIBLINGS,
    ),
    Command(
        "branch.compare",
        "Compare models…",
        "Let two to four models, or one with several parameters, answer what you wrote, else the last question.",
        Menu.MESSAGE,
        ("Shift+F7",),
    ),
    Command(
        "branch.go_on",
        "Go on from here",
        "Show the branch down to the message under the caret; what you send next begins another branch there.",
        Menu.MESSAGE,
        ("Ctrl+F7",),
        Condition.MESSAGES,
    ),
    Command(
        "branch.edit_answer",
        "Edit answer",
        "Write the last answer, or the one under the caret, as you want it; it stands beside the old one.",
        Menu.MESSAGE,
        ("Ctrl+Shift+Up",),
        Condition.IDLE_ANSWER,
    ),
)
