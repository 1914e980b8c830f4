"""Says in the person's language what is written without Qt: commands, settings, parameters, errors, notices."""

import re

from PySide6.QtCore import QCoreApplication

from desktopchat.commands.command import Menu
from desktopchat.core.sentence import Sentence

_ALT_MARK = re.compile(r"\(&.\)|&")  # "&View", or "视图(&V)" where the word has no such letter


def told(context: str, text: str) -> str:
    """Return declared text in the person's language; `packaging/translations.py` names the contexts."""
    return QCoreApplication.translate(context, text)


def said(sentence: str) -> str:
    """Return what an error or a notice says in the person's language."""
    return Sentence.of(sentence).said(lambda template: told("Sentence", template)) if sentence else ""


def menu_name(menu: Menu) -> str:
    """Return what a menu is called, without the mark of its Alt key."""
    return _ALT_MARK.sub("", told("Menu", menu))
