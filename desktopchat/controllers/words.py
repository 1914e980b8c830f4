"""Says what is declared as data without Qt in the person's language: commands, settings, parameters."""

import re

from PySide6.QtCore import QCoreApplication

from desktopchat.commands.command import Menu

_ALT_MARK = re.compile(r"\(&.\)|&")  # "&View", or "视图(&V)" where the word has no such letter


def told(context: str, text: str) -> str:
    """Return declared text in the person's language; `packaging/translations.py` names the contexts."""
    return QCoreApplication.translate(context, text)


def menu_name(menu: Menu) -> str:
    """Return what a menu is called, without the mark of its Alt key."""
    return _ALT_MARK.sub("", told("Menu", menu))
