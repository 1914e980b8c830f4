"""The settings file: read once at start-up, written when something is changed in the window."""

import os
import tempfile
import tomllib
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

from desktopchat.core.errors import UserError
from desktopchat.core.sentence import Sentence, joined, reason_of
from desktopchat.settings.options import OPTIONS, Value

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_DEFAULTS = Sentence("The defaults are used.")


class Settings:
    """The values of all options. What the file has besides, comments included, stays in it.

    Args:
        path: Of the file; None keeps nothing.

    Attributes:
        warnings: What was wrong in the file, as sentences; for each the default is used.
    """

    def __init__(self, path: Path | None, values: dict[str, Value], warnings: tuple[Sentence, ...] = ()) -> None:
        self._path = path
        self._options = {option.key: option for option in OPTIONS}
        self._values = values
        self._changed: set[str] = set()
        self.warnings = warnings

    @classmethod
    def load(cls, path: Path, *, mends: bool = True) -> Self:
        """Read the file; a missing one means the defaults, and a broken one is kept beside it as .bad.

        Args:
            mends: Put a broken one aside and say so; only for whoever tells the warnings, who would find none later.
        """
        try:
            tables = tomllib.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return cls(path, {})
        except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
            return cls(path, {}, (_set_aside(path, error),) if mends else ())
        except OSError as error:
            return cls(
                path,
                {},
                (joined(Sentence("{path} cannot be read: {why}.", path=path, why=reason_of(error)), _DEFAULTS),),
            )
        values: dict[str, Value] = {}
        warnings: list[Sentence] = []
        for option in OPTIONS:
            value = _looked_up(tables, option.key)
            if value is None:
                continue
            if wanted := option.problem(value):
                warnings.append(
                    Sentence(
                        "{key} in {path} is {value}, but should be {wanted}; {default} is used.",
                        key=option.key,
                        path=path,
                        value=repr(value),
                        wanted=wanted,
                        default=repr(option.default),
                    )
                )
            else:
                values[option.key] = value
        return cls(path, values, tuple(warnings))

    def __getitem__(self, key: str) -> Any:
        return self._values.get(key, self._options[key].default)

    def expect(self, key: str, value: Value) -> None:
        """See that an option can have a value.

        Raises:
            UserError: It cannot.
        """
        option = self._options[key]
        if wanted := option.problem(value):
            raise UserError(
                Sentence("{title} cannot be {value}.", title=Sentence(option.title), value=repr(value)),
                Sentence("Give {wanted}.", wanted=wanted),
            )

    def __setitem__(self, key: str, value: Value) -> None:
        self.expect(key, value)
        self._values[key] = value
        self._changed.add(key)

    def override(self, key: str, text: str) -> None:
        """Use another value in this run alone, given as text.

        Raises:
            UserError: There is no such option, or it cannot have this value.
        """
        option = self._options.get(key)
        if option is None:
            raise UserError(
                Sentence("There is no setting called {key}.", key=key),
                Sentence("Choose one of {names}.", names=", ".join(self._options)),
            )
        value: Value = text
        if option.type is int and text.removeprefix("-").isdecimal():
            value = int(text)
        if wanted := option.problem(value):
            raise UserError(
                Sentence("{key} cannot be {value}.", key=key, value=repr(text)),
                Sentence("Give {wanted}.", wanted=wanted),
            )
        self._values[key] = value

    def save(self) -> None:
        """Write what was changed into the file, all of it or nothing.

        Raises:
            UserError: The file cannot be written.
        """
        if not self._changed or self._path is None:
            return
        try:
            document = self._document(self._path)
            for key in sorted(self._changed):
                table, name = key.split(".")
                document.setdefault(table, {})[name] = self._values[key]
            write_text(self._path, document.as_string())
        except OSError as error:
            raise UserError(
                Sentence("The settings could not be saved in {path}: {why}.", path=self._path, why=reason_of(error)),
                "Make the file and its folder writable; until then they hold in this window.",
            ) from error
        self._changed.clear()

    def _document(self, path: Path) -> "TOMLDocument":
        """Return the file as it is now, for the person may have edited it since."""
        import tomlkit  # only here: start-up does without
        from tomlkit.exceptions import ParseError

        try:
            document = tomlkit.parse(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return tomlkit.document()
        except (ParseError, UnicodeDecodeError) as error:
            self.warnings += (_set_aside(path, error),)
            return tomlkit.document()
        for key in self._changed:
            table = key.partition(".")[0]
            if not isinstance(document.get(table, {}), dict):
                del document[table]  # "model = 3" where a table belongs
        return document


def _looked_up(tables: dict[str, Any], key: str) -> Any:
    table, name = key.split(".")
    values = tables.get(table, {})
    return values.get(name) if isinstance(values, dict) else None


def _set_aside(path: Path, error: Exception) -> Sentence:
    """Keep a broken file under another name and return what happened as a sentence."""
    cause = Sentence("{path} is not valid TOML ({error}).", path=path, error=error)
    number = 0
    while (bad := path.with_suffix(f".bad{number or ''}")).exists():
        number += 1
    try:
        path.rename(bad)
    except OSError:
        return joined(cause, _DEFAULTS)
    return joined(cause, Sentence("It is kept as {name}, and the defaults are used.", name=bad.name))


def write_text(path: Path, text: str) -> None:
    """Put a text in the place of a file, all of it or nothing."""
    file, part = tempfile.mkstemp(dir=path.parent, prefix=path.stem, suffix=".part")
    try:
        with os.fdopen(file, "w", encoding="utf-8", newline="\n") as stream:
            stream.write(text)
            stream.flush()
            os.fsync(file)
        Path(part).replace(path)
    except BaseException:
        Path(part).unlink(missing_ok=True)
        raise
