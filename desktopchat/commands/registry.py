"""Every action of the program, declared once. Menus, shortcuts and the key overlay are made from it."""

from collections.abc import Sequence
from dataclasses import replace

from desktopchat.commands.backends import BACKENDS
from desktopchat.commands.branching import BRANCHING
from desktopchat.commands.command import Command, Condition, Menu, Scope
from desktopchat.commands.composing import COMPOSING
from desktopchat.commands.downloading import DOWNLOADING
from desktopchat.commands.endpoints import ENDPOINTS
from desktopchat.commands.explaining import EXPLAINING
from desktopchat.commands.finding import FINDING
from desktopchat.commands.keeping import KEEPING
from desktopchat.commands.looking import LOOKING
from desktopchat.commands.parameters import PARAMETERS
from desktopchat.commands.reading import READING
from desktopchat.commands.servers import SERVERS
from desktopchat.commands.storing import STORING


def _conversations() -> tuple[Command, ...]:
    menu, when = Menu.CONVERSATION, Condition.CONVERSATION
    numbered = tuple(
        Command(
            f"conversation.{number}",
            "Open by number",
            "Open one of the first nine conversations of the list.",
            menu,
            (f"Ctrl+{number}",),
            listed=False,
        )
        for number in range(1, 10)
    )
    return (
        Command("conversation.new", "New conversation", "Start a new conversation.", menu, ("Ctrl+N",)),
        Command("conversation.rename", "Rename", "Rename the conversation in place.", menu, ("F2",), when),
        Command(
            "conversation.delete",
            "Delete",
            "Delete what is chosen in the list, a folder with all that is in it; it can be undone.",
            menu,
            ("Del",),
            Condition.LISTED,
            Scope.LIST,
            mac_keys=("Backspace", "Del"),
        ),
        Command(
            "conversation.undo_delete",
            "Undo delete",
            "Bring back what was deleted last: a message, a conversation or a folder.",
            menu,
            ("Ctrl+Z",),
            Condition.DELETED,
        ),
        Command(
            "conversation.pin",
            "Pin",
            "Keep the conversation at the top of the list, or no longer.",
            menu,
            ("Ctrl+P",),
            when,
        ),
        Command(
            "conversation.move",
            "Move to folder",
            "Put the conversation into a folder, or make one.",
            menu,
            ("Ctrl+M",),
            when,
            mac_keys=("Ctrl+Shift+M",),
        ),
        Command(
            "conversation.tags",
            "Tags",
            "Give the conversation tags, with commas between them.",
            menu,
            ("Ctrl+T",),
            when,
        ),
        Command(
            "conversation.note",
            "Note",
            "Write a note about the conversation; the search finds it.",
            menu,
            ("Ctrl+Shift+O",),
            when,
        ),
        Command(
            "conversation.archive",
            "Archive",
            "Take the conversation out of the list and keep it, or put it back.",
            menu,
            ("Ctrl+Shift+A",),
            when,
        ),
        Command(
            "conversation.import",
            "Import",
            "Take in conversations of other programs, or ones that were exported here.",
            menu,
            ("Ctrl+I",),
        ),
        Command(
            "conversation.export",
            "Export",
            "Write the conversation into a file: Markdown, a web page, JSON and more.",
            menu,
            ("Ctrl+Shift+S",),
            when,
        ),
        Command(
            "conversation.next",
            "Next",
            "Open the next conversation.",
            menu,
            ("Ctrl+Tab",),
            mac_keys=("Meta+Tab",),
        ),
        Command(
            "conversation.previous",
            "Previous",
            "Open the previous conversation.",
            menu,
            ("Ctrl+Shift+Tab",),
            mac_keys=("Meta+Shift+Tab",),
        ),
        *numbered,
        *_search(),
        Command(
            "ask.open",
            "Ask in a small window",
            "Ask something in a small window that stays over other programs.",
            menu,
            ("F5",),
        ),
        Command("app.quit", "Quit", "Close the program; everything is kept.", menu, ("Ctrl+Q",)),
    )


def _search() -> tuple[Command, ...]:
    menu = Menu.CONVERSATION
    return (
        Command(
            "conversation.search",
            "Search",
            "Search titles, messages of every branch, notes and files; the field says how.",
            menu,
            ("Ctrl+Shift+F",),
        ),
        Command(
            "search.open",
            "Open hit",
            "Open the hit that Up and Down have chosen, at its message, on its branch.",
            menu,
            ("Return",),
            Condition.SEARCHING,
            Scope.SEARCH,
            listed=False,
        ),
        Command("search.next", "Next hit", "Open the next hit of the search.", menu, ("F3",), Condition.HITS),
        Command(
            "search.previous",
            "Previous hit",
            "Open the hit before this one.",
            menu,
            ("Shift+F3",),
            Condition.HITS,
        ),
        Command(
            "search.save",
            "Save search",
            "Keep what stands in the search field under a name.",
            menu,
            ("Ctrl+S",),
            Condition.SEARCHING,
            Scope.SEARCH,
        ),
        Command(
            "search.forget",
            "Remove saved search",
            "Remove the chosen one of the saved searches, which show while the search field is empty.",
            menu,
            ("Del",),
            Condition.SAVED_SEARCH,
            Scope.SEARCH,
        ),
    )


def _messages() -> tuple[Command, ...]:
    menu = Menu.MESSAGE
    return (
        Command("message.send", "Send", "Send what you wrote.", menu, ("Return",), scope=Scope.COMPOSER),
        Command(
            "message.newline",
            "New line",
            "Start a new line in your message.",
            menu,
            ("Shift+Return",),
            scope=Scope.COMPOSER,
        ),
        Command(
            "message.stop",
            "Stop",
            "Stop the answer, else close what is open, else go to your message. Text is never discarded.",
            menu,
            ("Esc",),
        ),
        Command("message.regenerate", "Answer again", "Get another answer.", menu, ("Ctrl+R",), Condition.IDLE_ANSWER),
        Command(
            "message.continue",
            "Continue the answer",
            "Go on with an answer that was stopped, interrupted or cut.",
            menu,
            ("Ctrl+G",),
            Condition.CONTINUABLE,
        ),
        Command(
            "message.edit_last",
            "Edit my message",
            "Edit your last message, or the one under the caret; Up does it while your message is empty.",
            menu,
            ("Ctrl+Up",),
            Condition.OWN_MESSAGE,
        ),
        Command(
            "message.copy_answer",
            "Copy answer",
            "Copy the last answer, or the one under the caret, as it was written.",
            menu,
            ("Ctrl+Shift+C",),
            Condition.ANSWER,
        ),
        Command(
            "message.copy_code",
            "Copy code",
            "Copy the block of code under the caret, or the last one of the answer.",
            menu,
            ("Ctrl+Shift+K",),
            Condition.ANSWER,
        ),
        Command(
            "message.delete",
            "Delete message",
            "Delete the message under the caret, or the last one, with all that follows it; it can be undone.",
            menu,
            ("Ctrl+Shift+Backspace",),
            Condition.MESSAGES,
        ),
        Command(
            "message.delete_branch",
            "Delete branch",
            "Delete this branch back to where it forked; it can be undone.",
            menu,
            when=Condition.SIBLINGS,
        ),
        Command(
            "message.previous_sibling",
            "Previous version",
            "Show the version before this one.",
            menu,
            ("Alt+Left",),
            Condition.SIBLINGS,
            mac_keys=("Ctrl+Alt+Left",),
        ),
        Command(
            "message.next_sibling",
            "Next version",
            "Show the version after this one.",
            menu,
            ("Alt+Right",),
            Condition.SIBLINGS,
            mac_keys=("Ctrl+Alt+Right",),
        ),
        Command(
            "message.previous",
            "Previous message",
            "Move the caret to the message above.",
            menu,
            ("Alt+Up",),
            Condition.MESSAGES,
            mac_keys=("Ctrl+Alt+Up",),
        ),
        Command(
            "message.next",
            "Next message",
            "Move the caret to the message below.",
            menu,
            ("Alt+Down",),
            Condition.MESSAGES,
            mac_keys=("Ctrl+Alt+Down",),
        ),
    )


def _model() -> tuple[Command, ...]:
    menu = Menu.MODEL
    return (
        Command("model.open", "Open model", "Open a model file (GGUF).", menu, ("Ctrl+O",)),
        *SERVERS,
        Command("model.unload", "Unload", "Give the memory of the model back.", menu, ("Ctrl+E",), Condition.MODEL),
        Command(
            "model.load_smaller",
            "Load smaller",
            "Load the model again with less memory: half the context, then a smaller KV cache, then less on the GPU.",
            menu,
            ("Ctrl+Shift+E",),
        ),
        *_ways(),
        Command(
            "model.memory",
            "Memory of the model",
            "Show what the model takes of each device, by part, beside what was planned, and why it was planned so.",
            menu,
            ("Shift+F12",),
        ),
        Command("parameter.temperature_down", "Less varied", "Lower the temperature by 0.1.", menu, ("Ctrl+[",)),
        Command("parameter.temperature_up", "More varied", "Raise the temperature by 0.1.", menu, ("Ctrl+]",)),
    )


def _ways() -> tuple[Command, ...]:
    """Return the ways out after a model was refused because it would not fit; the banner offers those that would do."""
    menu = Menu.MODEL
    declared = (
        Command(
            "model.load_shorter",
            "Shorter context",
            "Load the model that did not fit with the longest context that does.",
            menu,
        ),
        Command(
            "model.load_quantised", "Smaller KV cache", "Load the model that did not fit with a KV cache in q8_0.", menu
        ),
        Command(
            "model.load_fewer_layers",
            "Fewer layers on the GPU",
            "Load the model that did not fit with the layers that do.",
            menu,
        ),
        Command("model.load_on_cpu", "CPU alone", "Load the model that did not fit without the GPU.", menu),
        Command(
            "model.load_anyway",
            "Load anyway",
            "Load the model although it is predicted not to fit; the engine may die of it.",
            menu,
        ),
    )
    return tuple(
        replace(
            command,
            keys=(f"Alt+{number}",),
            mac_keys=(f"Ctrl+Alt+{number}",),
            when=Condition.REFUSED,
            listed=False,
        )
        for number, command in enumerate(declared, 1)
    )


def _view() -> tuple[Command, ...]:
    menu = Menu.VIEW
    return (
        Command("view.sidebar", "Conversations", "Show or hide the list of conversations.", menu, ("Ctrl+B",)),
        Command("view.parameters", "Parameters", "Show or hide the parameters.", menu, ("Ctrl+.",)),
        Command(
            "view.archive",
            "Archive",
            "Show the archive in the list, or the conversations again.",
            menu,
            ("Ctrl+Shift+H",),
        ),
        Command(
            "view.trash",
            "Trash",
            "Show what was deleted in the last 30 days, or the conversations again.",
            menu,
            ("Ctrl+Shift+T",),
        ),
        Command(
            "palette.open",
            "Find anything",
            "Find a command, a conversation, a message, a model, a setting or a parameter by a part of its name.",
            menu,
            ("Ctrl+K",),
        ),
        Command("view.focus_list", "Go to the list", "Go to the list of conversations.", menu, ("F7",)),
        Command("view.focus_composer", "Write", "Go to the field where you write.", menu, ("F6",)),
        Command(
            "view.latest", "Newest text", "Go to the end of the conversation.", menu, ("Ctrl+End",), Condition.MESSAGES
        ),
        Command("view.zoom_in", "Larger", "Make everything larger.", menu, ("Ctrl++", "Ctrl+=")),
        Command("view.zoom_out", "Smaller", "Make everything smaller.", menu, ("Ctrl+-",)),
        Command("view.zoom_reset", "Normal size", "Go back to normal size.", menu, ("Ctrl+0",)),
        Command(
            "view.theme", "Next theme", "Go from system to light, dark and high contrast.", menu, ("Ctrl+Shift+L",)
        ),
        Command(
            "view.density", "Dense or roomy", "Stand closer together, or further apart again.", menu, ("Ctrl+Shift+D",)
        ),
    )


COMMANDS: tuple[Command, ...] = (
    *_conversations(),
    *_messages(),
    *BRANCHING,
    *COMPOSING,
    *READING,
    *EXPLAINING,
    *_model(),
    *PARAMETERS,
    *BACKENDS,
    *FINDING,
    *DOWNLOADING,
    *ENDPOINTS,
    *KEEPING,
    *STORING,
    *_view(),
    *LOOKING,
    Command("help.keys", "Keys", "Show every key; ? does it outside of text fields.", Menu.HELP, ("F1",)),
    Command(
        "help.reference",
        "Commands and keys",
        "Read what each command does and which key it has.",
        Menu.HELP,
        ("Shift+F1",),
    ),
    Command("keys.change", "Change keys…", "Give commands other keys, or take those of Vim or Emacs.", Menu.HELP),
    Command(
        "app.update",
        "Look for updates",
        "Ask whether there is a newer version, and what is new; nothing is installed.",
        Menu.HELP,
    ),
    Command("app.about", "About", "Show version and licence.", Menu.HELP),
)


def command(command_id: str) -> Command:
    """Return a command.

    Raises:
        KeyError: There is none with this id.
    """
    for found in COMMANDS:
        if found.id == command_id:
            return found
    raise KeyError(command_id)


def shares_keys(scope: Scope, other: Scope) -> bool:
    """Return whether one key cannot mean two things in these scopes."""
    return scope == other or Scope.WINDOW in (scope, other)


def key_conflicts(commands: Sequence[Command] = COMMANDS) -> list[tuple[str, str, str]]:
    """Return (key, id, id) for every key that would reach two commands at the same place, the first of them first."""
    conflicts = []
    seen: dict[str, list[Command]] = {}
    for one in commands:
        for key in one.keys:
            others = seen.setdefault(key.casefold(), [])
            conflicts += [(key, other.id, one.id) for other in others if shares_keys(one.scope, other.scope)]
            others.append(one)
    return conflicts


def sending_with(send_key: str) -> tuple[Command, ...]:
    """Return all commands, with the keys that the option `chat.send_key` gives to sending and to a new line."""
    if send_key == "enter":
        return COMMANDS
    keys = {"message.send": ("Ctrl+Return",), "message.newline": ("Return",)}
    return tuple(replace(command, keys=keys.get(command.id, command.keys)) for command in COMMANDS)
