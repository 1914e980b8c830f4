"""Sets of keys that people know from elsewhere, as declared data."""

from collections.abc import Mapping
from dataclasses import dataclass, field

DEFAULT = "default"
Keys = Mapping[str, tuple[str, ...]]


@dataclass(frozen=True, slots=True)
class Preset:
    """How a set differs from the default keys. Single characters work wherever nothing is written.

    Attributes:
        added: Keys that commands have besides their default ones, by the command's id.
        instead: Keys in place of the default ones.
        control: Its Ctrl is the Control key on macOS too, where it is Cmd elsewhere.
    """

    added: Keys = field(default_factory=dict)
    instead: Keys = field(default_factory=dict)
    control: bool = False


_VIM = Preset(
    added={
        "palette.open": (":",),
        "conversation.search": ("/",),
        "search.next": ("N",),
        "search.previous": ("Shift+N",),
        "conversation.next": ("Shift+L",),
        "conversation.previous": ("Shift+H",),
        "conversation.undo_delete": ("U",),
        "message.next_sibling": ("L",),
        "message.previous_sibling": ("H",),
        "message.copy_answer": ("Y",),
        "message.edit_last": ("C",),
        "message.regenerate": ("R",),
        "view.focus_composer": ("I",),
    },
)

# Alt+X, Alt+N and Alt+P open no menu. Ctrl+E and Ctrl+K move to the end of a line and delete up to it, as in Emacs.
_EMACS = Preset(
    added={
        "conversation.next": ("Alt+N",),
        "conversation.previous": ("Alt+P",),
        "message.next": ("Ctrl+N",),
        "message.previous": ("Ctrl+P",),
        "message.stop": ("Ctrl+G",),
        "view.latest": ("Alt+>",),
    },
    instead={
        "palette.open": ("Alt+X",),
        "conversation.new": ("Ctrl+Shift+N",),
        "conversation.pin": ("Ctrl+Shift+P",),
        "conversation.search": ("Ctrl+S",),
        "search.save": ("Ctrl+Shift+U",),
        "message.continue": ("Ctrl+Shift+G",),
        "model.unload": ("Ctrl+Shift+Q",),
        "parameter.preset": ("Alt+Shift+P",),
    },
    control=True,
)

PRESETS: dict[str, Preset] = {DEFAULT: Preset(), "vim": _VIM, "emacs": _EMACS}
