"""Personas that are kept as Markdown files."""

import re
from collections.abc import Iterable
from pathlib import Path

from desktopchat.core.attached import decode
from desktopchat.core.errors import PersonaError, UserError
from desktopchat.core.persona import Persona, persona_source, read_persona
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.core.tavern import MAX_SIZE, Card, read_card
from desktopchat.library.text_files import LARGEST, SUFFIX, write_beside

_NOT_IN_NAMES = re.compile(r'[\x00-\x1f<>:"/\\|?*.]+')
_LONGEST_NAME = 50  # characters; a file system counts bytes


def list_personas(folders: Iterable[Path]) -> tuple[list[Persona], list[Sentence]]:
    """Return the personas of some folders by name, and what is wrong with files that hold none.

    A later folder's persona takes the place of an earlier one's of the same name.
    """
    found: dict[str, Persona] = {}
    faults: list[Sentence] = []
    for folder in folders:
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            try:
                persona = _read(path)
            except UserError as error:
                faults.append(Sentence("The persona {name} cannot be used. {why}", name=path.name, why=error.sentence))
            else:
                found[persona.name.casefold()] = persona
    return [found[name] for name in sorted(found)], faults


def take_card(folder: Path, path: Path) -> Card:
    """Keep the character of a card as a persona, beside those that are there.

    Raises:
        PersonaError: It cannot be read, is none, or cannot be written.
    """
    try:
        if path.stat().st_size > MAX_SIZE:
            raise PersonaError("The card is too large.", "Choose one of at most 32 MB.")
        data = path.read_bytes()
    except OSError as error:
        raise PersonaError(
            Sentence("The card cannot be read: {why}.", why=reason_of(error)), "Choose another file.", str(error)
        ) from error
    card = read_card(data)
    save_persona(folder, card.persona)
    return card


def save_persona(folder: Path, persona: Persona) -> Path:
    """Keep a persona in a file of its own.

    Raises:
        PersonaError: It cannot be written.
    """
    name = " ".join(_NOT_IN_NAMES.sub(" ", persona.name).split())[:_LONGEST_NAME] or "persona"
    try:
        return write_beside(folder, name, persona_source(persona))
    except OSError as error:
        raise PersonaError(
            Sentence("The persona cannot be written: {why}.", why=reason_of(error)),
            Sentence("Check the folder {folder}.", folder=folder),
            str(error),
        ) from error


def _read(path: Path) -> Persona:
    try:
        if path.stat().st_size > LARGEST:
            raise PersonaError("It is too large.", "Keep below 100,000 characters.")
        text = decode(path.read_bytes())
    except OSError as error:
        raise PersonaError(Sentence("It cannot be read: {why}.", why=reason_of(error)), "", str(error)) from error
    if text is None:
        raise PersonaError("It is no text.", "Save it as plain text.")
    return read_persona(path.stem, text)
