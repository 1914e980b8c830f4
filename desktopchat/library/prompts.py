"""Prompts that are kept as Markdown files: the name of the file is the name of the prompt."""

import re
from collections.abc import Iterable
from pathlib import Path

from desktopchat.core.attached import decode
from desktopchat.core.errors import PromptFileError
from desktopchat.core.prompt_text import Prompt
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.library.text_files import LARGEST, SUFFIX, write_beside

_FORBIDDEN = re.compile(r'[\x00-\x1f<>:"/\\|?*]')


def list_prompts(folders: Iterable[Path]) -> list[Prompt]:
    """Return the prompts of some folders by name; a later folder's takes the place of an earlier one's."""
    found: dict[str, Prompt] = {}
    for folder in folders:
        for path in sorted(folder.glob(f"*{SUFFIX}")):
            if (text := _read(path)) is not None:
                found[path.stem.casefold()] = Prompt(path.stem, text)
    return [found[name] for name in sorted(found)]


def save_prompt(folder: Path, name: str, text: str) -> Path:
    """Keep a prompt under a name; one that has the name already is kept beside it.

    Raises:
        PromptFileError: No file can have this name, or it cannot be written.
    """
    name = " ".join(name.split())
    if not name or _FORBIDDEN.search(name) or name.startswith("."):
        raise PromptFileError("A prompt cannot have this name.", "Use letters, digits, spaces and dashes.")
    try:
        return write_beside(folder, name, text)
    except OSError as error:
        raise PromptFileError(
            Sentence("The prompt cannot be written: {why}.", why=reason_of(error)),
            Sentence("Check the folder {folder}.", folder=folder),
            str(error),
        ) from error


def _read(path: Path) -> str | None:
    try:
        if path.stat().st_size > LARGEST:
            return None
        text = decode(path.read_bytes())
    except OSError:
        return None
    return text.strip("\n") if text else None
