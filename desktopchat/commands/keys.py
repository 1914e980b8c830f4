"""How keys are spelled, and which ones are taken by something else than our commands."""

import re
from enum import StrEnum, auto

from desktopchat.commands.command import Command, Menu, Scope

_MODIFIERS = ("Meta", "Ctrl", "Alt", "Shift")  # in Qt's order
_OTHER_NAMES = {"control": "Ctrl", "option": "Alt", "opt": "Alt", "cmd": "Ctrl", "command": "Ctrl", "win": "Meta"}
_NAMED = {
    name.casefold(): name
    for name in (
        *("Esc", "Tab", "Backspace", "Return", "Enter", "Ins", "Del", "Pause", "Print", "Home", "End", "Left", "Up"),
        *("Right", "Down", "PgUp", "PgDown", "Space", "Menu", "Help", "Back", "Forward"),
        *(f"F{number}" for number in range(1, 36)),
    )
} | {"escape": "Esc", "delete": "Del", "insert": "Ins", "pageup": "PgUp", "pagedown": "PgDown"}
_NAVIGATION = {"Tab", "Return", "Enter", "Space", "Backspace", "Del", "Home", "End", "PgUp", "PgDown"}
_NAVIGATION |= {"Left", "Up", "Right", "Down"}
_TEXT_KEYS = {"Ctrl+C", "Ctrl+V", "Ctrl+X", "Ctrl+A"}
_INPUT_METHOD = {"Ctrl+Space", "Shift+Space"}
# Of macOS (support.apple.com/102650), as Qt spells them: Ctrl is Cmd there.
_SYSTEM_MAC = {"Ctrl+H", "Ctrl+Alt+H", "Ctrl+M", "Ctrl+Alt+M", "Ctrl+Tab", "Ctrl+Shift+Tab", "Ctrl+`", "Ctrl+Alt+Esc"}
_SYSTEM_MAC |= {"Ctrl+Space", "Meta+Space", "Ctrl+Shift+3", "Ctrl+Shift+4", "Ctrl+Shift+5", "Meta+Up", "Meta+Down"}
_SYSTEM = {"Alt+F4", "Alt+Tab", "Alt+Shift+Tab", "Alt+Esc", "Alt+Space", "Ctrl+Alt+Del"}


class Refusal(StrEnum):
    """Why a command cannot have a key."""

    UNKNOWN = auto()  # it is none
    INPUT_METHOD = auto()
    SYSTEM = auto()
    MENU = auto()  # it opens one
    TEXT = auto()  # it copies, cuts, pastes or selects text
    NAVIGATION = auto()  # it moves about in the window
    FIXED = auto()  # a setting decides


def normal_key(text: str) -> str:
    """Return a key in Qt's portable spelling, such as "Ctrl+Shift+K"; empty when it is none.

    Case and order of the modifiers do not matter, and the names on other keyboards are known.
    """
    text = text.strip()
    body, plus = (text[:-1].rstrip("+"), "+") if text.endswith("+") else (text, "")
    parts = [part.strip() for part in body.split("+")] if body else []
    key = plus or (parts.pop() if parts else "")
    modifiers = set()
    for part in parts:
        name = _OTHER_NAMES.get(part.casefold(), part.capitalize())
        if name not in _MODIFIERS:
            return ""
        modifiers.add(name)
    key = _NAMED.get(key.casefold()) or (key.upper() if len(key) == 1 and key.isprintable() and key != " " else "")
    return "+".join([*(name for name in _MODIFIERS if name in modifiers), key]) if key else ""


def refusal(key: str, command: Command, *, mac: bool) -> Refusal | None:
    """Return why a command cannot have a key, which is spelled as `normal_key` does; None when it can."""
    modifiers, _, name = key.rpartition("+") if not key.endswith("+") else (key[:-2], "", "+")
    if not key:
        return Refusal.UNKNOWN
    if command.scope is Scope.COMPOSER:
        return Refusal.FIXED
    if key in _INPUT_METHOD:
        return Refusal.INPUT_METHOD
    if key in (_SYSTEM_MAC if mac else _SYSTEM) or (mac and key == "Ctrl+Q" and command.id != "app.quit"):
        return Refusal.SYSTEM
    if not mac and modifiers == "Alt" and name in menu_letters():
        return Refusal.MENU
    if key in _TEXT_KEYS:
        return Refusal.TEXT
    if name in _NAVIGATION and modifiers in ("", "Shift") and command.scope is Scope.WINDOW:
        return Refusal.NAVIGATION
    return None


def is_typed(key: str) -> bool:
    """Return whether a key writes something where there is a text field."""
    return re.fullmatch(r"(Shift\+)?.", key) is not None


def menu_letters() -> set[str]:
    """Return the letters that open menus with Alt."""
    return {menu.value[menu.value.index("&") + 1].upper() for menu in Menu}
