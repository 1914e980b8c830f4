"""What a command is: an action of the program with its place in the menus, its keys and its condition."""

from dataclasses import dataclass
from enum import StrEnum


class Menu(StrEnum):
    """The menu that a command stands in, in the order of the menu bar. The ampersand marks the Alt key."""

    CONVERSATION = "&Conversation"
    MESSAGE = "&Message"
    MODEL = "M&odel"
    STORE = "&Store"
    VIEW = "&View"
    HELP = "&Help"


class Scope(StrEnum):
    """Where the keys of a command work."""

    WINDOW = "window"
    COMPOSER = "composer"
    LIST = "list"
    SEARCH = "search"
    QUEUE = "queue"
    FILES = "files"
    TRANSCRIPT = "transcript"
    FIND = "find"


class Condition(StrEnum):
    """What must be true for a command to make sense. The window says which of them are."""

    ALWAYS = "always"
    CONVERSATION = "conversation"
    MESSAGES = "messages"
    OWN_MESSAGE = "own_message"
    ANSWER = "answer"
    IDLE_ANSWER = "idle_answer"
    CONTINUABLE = "continuable"
    SIBLINGS = "siblings"
    MODEL = "model"
    REFUSED = "refused"
    DELETED = "deleted"
    LISTED = "listed"
    SEARCHING = "searching"
    SAVED_SEARCH = "saved_search"
    HITS = "hits"
    LOCKED = "locked"
    UNLOCKED = "unlocked"
    QUEUED = "queued"
    FILES = "files"
    READING = "reading"
    PARAMETER = "parameter"
    OWN_PRESETS = "own_presets"
    THINKS = "thinks"
    HAS_EFFORT = "has_effort"
    DOWNLOADED = "downloaded"


@dataclass(frozen=True, slots=True)
class Command:
    """One action.

    Attributes:
        id: Stable name, noun.verb.
        title: What the menu says.
        help: One sentence for the key overlay and the tool tip.
        keys: Default keys in Qt's portable spelling; Ctrl is Cmd on macOS. The first one is shown. A single character
            works wherever nothing is written.
        when: What must be true for the command to be enabled.
        scope: Where the keys work.
        listed: Whether the menu shows it; the key overlay always does.
        mac_keys: Default keys on macOS where the usual ones belong to the system or to its text fields.
    """

    id: str
    title: str
    help: str
    menu: Menu
    keys: tuple[str, ...] = ()
    when: Condition = Condition.ALWAYS
    scope: Scope = Scope.WINDOW
    listed: bool = True
    mac_keys: tuple[str, ...] | None = None
