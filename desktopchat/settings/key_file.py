"""The file with the keys that the person chose: tables by the noun of a command, lines by its verb."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING

from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.settings.file import write_text

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

Chosen = Mapping[str, tuple[str, ...]]

_HEADER = """\
# Keys of desktopchat, in place of those of the preset. The window writes them too (Help, Change keys).
# [conversation]
# new = "Ctrl+Shift+N"
# pin = ["Ctrl+P", "F8"]
# note = []
"""
_LINE = re.compile(r"at line (\d+)")


class KeyFile:
    """Keys by the id of a command. What the file has besides, comments included, stays in it.

    Attributes:
        keys: What the file says now.
        warnings: What was wrong in it, as pairs of a sentence and what helps; all other lines are used.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self.keys: dict[str, tuple[str, ...]] = {}
        self.warnings: tuple[tuple[Sentence, Sentence], ...] = ()

    @classmethod
    def load(cls, path: Path) -> "KeyFile":
        """Read the file; a missing one means that no keys were chosen."""
        self = cls(path)
        warnings: list[tuple[Sentence, Sentence]] = []
        try:
            text = path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            return self
        except OSError as error:
            warnings.append(
                (
                    Sentence("{path} cannot be read: {why}.", path=path, why=reason_of(error)),
                    Sentence("Make it readable; the preset is used."),
                )
            )
            text = ""
        text, bad = _without_bad_lines(text)
        for number, line in bad:
            warnings.append(
                (
                    Sentence(
                        "Line {number} of {name} is not valid: {line}.",
                        number=str(number),
                        name=path.name,
                        line=line.strip()[:80],
                    ),
                    Sentence('Write it like pin = "Ctrl+P"; the other lines of {path} are used.', path=path),
                )
            )
        for noun, table in tomllib.loads(text).items():
            if not isinstance(table, dict):
                cause = Sentence("“{noun}” in {name} stands in no table.", noun=noun, name=path.name)
                warnings.append((cause, Sentence("Put it below one, like [{noun}].", noun=noun)))
                continue
            for verb, value in table.items():
                keys = [value] if isinstance(value, str) else value
                if isinstance(keys, list) and all(isinstance(key, str) for key in keys):
                    self.keys[f"{noun}.{verb}"] = tuple(keys)
                else:
                    cause = Sentence(
                        "{key} in {name} is {value}, which is no key.",
                        key=f"{noun}.{verb}",
                        name=path.name,
                        value=repr(value),
                    )
                    warnings.append((cause, Sentence('Write it like "Ctrl+P", or ["Ctrl+P", "F8"] for two.')))
        self.warnings = tuple(warnings)
        return self

    def save(self, keys: Chosen) -> None:
        """Write what was changed into the file, all of it or nothing.

        Raises:
            UserError: The file cannot be written.
        """
        before, self.keys = self.keys, dict(keys)
        try:
            document = self._document()
            for command_id in before.keys() - keys.keys():
                noun, verb = command_id.split(".")
                if isinstance(table := document.get(noun), dict):
                    table.pop(verb, None)
            for command_id in sorted(keys):
                if keys[command_id] != before.get(command_id):
                    noun, verb = command_id.split(".")
                    if not isinstance(document.get(noun, {}), dict):
                        del document[noun]
                    own = keys[command_id]
                    document.setdefault(noun, {})[verb] = own[0] if len(own) == 1 else list(own)
            write_text(self._path, document.as_string())
        except OSError as error:
            self.keys = before
            raise UserError(
                Sentence("The keys could not be saved in {path}: {why}.", path=self._path, why=reason_of(error)),
                "Make the file and its folder writable; until then they hold in this window.",
            ) from error

    def _document(self) -> "TOMLDocument":
        """Return the file as it is now, for the person may have edited it since; bad lines become comments."""
        import tomlkit  # only here: start-up does without

        try:
            text = self._path.read_text(encoding="utf-8", errors="replace")
        except FileNotFoundError:
            text = _HEADER
        return tomlkit.parse(_without_bad_lines(text)[0])


def _without_bad_lines(text: str) -> tuple[str, list[tuple[int, str]]]:
    """Make comments of the lines that are not TOML, and return those with their numbers."""
    lines, bad = text.splitlines(), []
    while True:
        whole = "\n".join([*lines, ""])
        try:
            tomllib.loads(whole)
        except tomllib.TOMLDecodeError as error:
            found = _LINE.search(str(error))
            number = min(int(found[1]) if found else len(lines), len(lines))
            # An error at the end of the file, or behind a line that opens something, is that of a line above.
            while number > 1 and _is_void(lines[number - 1]):
                number -= 1
            if _is_void(lines[number - 1]):
                number = next(place for place, line in enumerate(lines, 1) if not _is_void(line))
            bad.append((number, lines[number - 1]))
            lines[number - 1] = f"# {lines[number - 1]}"
        else:
            return whole, sorted(bad)


def _is_void(line: str) -> bool:
    return not line.strip() or line.lstrip().startswith("#")
