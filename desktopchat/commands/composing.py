"""The commands around the message that is being written. They stand in the registry like all others."""

from desktopchat.commands.command import Command, Condition, Menu, Scope

COMPOSING: tuple[Command, ...] = (
    Command(
        "message.attach",
        "Attach files…",
        "Attach text files to your message; pasting or dropping them does it too.",
        Menu.MESSAGE,
        ("Ctrl+U",),
    ),
    Command(
        "message.inline",
        "Put the file into the field",
        "Put the text of the chosen or last attached file into your message, where it can be edited.",
        Menu.MESSAGE,
        ("Ctrl+Shift+V",),
        Condition.FILES,
    ),
    Command(
        "message.remove_file",
        "Remove file",
        "Take the chosen file out of your message; it can be undone.",
        Menu.MESSAGE,
        ("Del", "Backspace"),
        Condition.FILES,
        Scope.FILES,
        listed=False,
    ),
    Command(
        "history.older",
        "Older message of mine",
        "Show what you wrote before, here and then in other conversations; your draft comes back at the end.",
        Menu.MESSAGE,
        ("Alt+PgUp",),
    ),
    Command(
        "history.newer",
        "Newer message of mine",
        "Go back to what you wrote later, and to your draft.",
        Menu.MESSAGE,
        ("Alt+PgDown",),
    ),
    Command(
        "queue.send",
        "Send the queue",
        "Send the messages that wait, one after the other; Enter does it while your message is empty.",
        Menu.MESSAGE,
        ("Ctrl+Shift+Return",),
        Condition.QUEUED,
    ),
    Command(
        "queue.focus",
        "Go to the queue",
        "Go to the messages that are sent next; Enter takes one back into the field.",
        Menu.MESSAGE,
        ("F9",),
        Condition.QUEUED,
    ),
    Command(
        "queue.remove",
        "Remove from the queue",
        "Take the chosen message out of the queue; it can be undone.",
        Menu.MESSAGE,
        ("Del", "Backspace"),
        Condition.QUEUED,
        Scope.QUEUE,
        listed=False,
    ),
    Command(
        "prompt.open",
        "Insert a prompt…",
        "Choose a prompt to begin with; / in an empty message does it too.",
        Menu.MESSAGE,
        ("Ctrl+/",),
    ),
    Command(
        "prompt.save",
        "Keep as a prompt…",
        "Keep what you wrote under a name; {word} in it becomes a field to fill in.",
        Menu.MESSAGE,
    ),
)
