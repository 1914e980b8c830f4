"""The commands for reading a conversation. They stand in the registry like all others."""

from desktopchat.commands.command import Command, Condition, Menu, Scope


def _moves() -> tuple[Command, ...]:
    def move(name: str, title: str, help_text: str, key: str) -> Command:
        return Command(name, title, help_text, Menu.VIEW, (key,), Condition.READING, Scope.TRANSCRIPT, listed=False)

    return (
        move("text.next_message", "Message below", "Go to the next message, once the text was gone to by key.", "J"),
        move("text.previous_message", "Message above", "Go to the message before, once the text was gone to.", "K"),
        move("text.next_block", "Block below", "Go to the next paragraph, list item, table or code.", "]"),
        move("text.previous_block", "Block above", "Go to the paragraph, list item, table or code before.", "["),
        move("text.top", "First text", "Go to the top of the conversation.", "G"),
        move("text.bottom", "Last text", "Go to the end of the conversation.", "Shift+G"),
    )


READING: tuple[Command, ...] = (
    Command(
        "message.copy_markdown",
        "Copy as Markdown",
        "Copy what is selected, or else the message under the caret, as Markdown.",
        Menu.MESSAGE,
        ("Ctrl+Shift+Y",),
        Condition.MESSAGES,
    ),
    Command(
        "message.copy_plain",
        "Copy as plain text",
        "Copy what is selected, or else the message under the caret, as text alone.",
        Menu.MESSAGE,
        ("Ctrl+Shift+X",),
        Condition.MESSAGES,
    ),
    Command(
        "message.copy_rich",
        "Copy as rich text",
        "Copy what is selected, or else the message under the caret, with its headings, lists and tables.",
        Menu.MESSAGE,
        ("Ctrl+Shift+I",),
        Condition.MESSAGES,
    ),
    Command(
        "message.fold",
        "Fold or unfold",
        "Fold the code or the reasoning under the caret, else all that is long in the message, or unfold it.",
        Menu.MESSAGE,
        ("Ctrl+J",),
        Condition.MESSAGES,
    ),
    Command(
        "view.focus_text",
        "Read",
        "Go to the text of the conversation; letters are keys there until you leave it.",
        Menu.VIEW,
        ("F8",),
        Condition.MESSAGES,
    ),
    Command(
        "view.wrap_code",
        "Wrap code",
        "Break long lines of code at the edge of the page, or let them run on.",
        Menu.VIEW,
        ("Ctrl+Shift+J",),
    ),
    Command(
        "find.open",
        "Find here",
        "Find words in this conversation.",
        Menu.VIEW,
        ("Ctrl+F",),
        Condition.MESSAGES,
    ),
    Command(
        "find.next",
        "Next find",
        "Go to the next place where the words stand.",
        Menu.VIEW,
        ("Return",),
        Condition.MESSAGES,
        Scope.FIND,
        listed=False,
    ),
    Command(
        "find.previous",
        "Previous find",
        "Go to the place before.",
        Menu.VIEW,
        ("Shift+Return",),
        Condition.MESSAGES,
        Scope.FIND,
        listed=False,
    ),
    *_moves(),
)
