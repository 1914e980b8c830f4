"""What the person decided about models: which folders are looked into, how models are called, what was done to them."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from pathlib import Path
from threading import Lock
from typing import Any

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import PROGRAMS, Origin
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.library.json_file import write_json

_MOST = 16 << 20  # bytes
_VERSION = 1


@dataclass
class Decisions:
    """All of it, as it is written down.

    Attributes:
        programs: Values of `Origin` whose folders are looked into.
        added: Folders and files that were named.
        titles: What models are called instead, by path.
        tags: By path.
        used: When they were loaded last, by path, in seconds since the epoch.
        marks: By what their files are known again elsewhere (`library.identity.sample`), by path.
        renames: Old and new names of files that were known again, until somebody has taken note of them.
        trash: What was thrown away: when, with the places that its files had and have.
        links: Files that became links to others of the same content, with those.
    """

    programs: list[str] = field(default_factory=list)
    added: list[str] = field(default_factory=list)
    titles: dict[str, str] = field(default_factory=dict)
    tags: dict[str, list[str]] = field(default_factory=dict)
    used: dict[str, float] = field(default_factory=dict)
    marks: dict[str, str] = field(default_factory=dict)
    renames: list[list[str]] = field(default_factory=list)
    trash: list[dict[str, Any]] = field(default_factory=list)
    links: list[dict[str, str]] = field(default_factory=list)

    @property
    def origins(self) -> list[Origin]:
        """The programs whose folders are looked into."""
        return [origin for origin in PROGRAMS if origin in self.programs]


class Kept:
    """Reads and changes the decisions. Each change is made to what the file holds by then. From any thread."""

    def __init__(self, file: Path) -> None:
        self._file = file
        self._lock = Lock()

    def read(self) -> Decisions:
        """Return the decisions; what is damaged counts as none and is kept under another name."""
        try:
            with self._file.open("rb") as file:
                values = json.loads(file.read(_MOST))
            sound = {name: value for name, value in values.items() if _is_like(name, value)}
            return Decisions(**sound)
        except FileNotFoundError:
            return Decisions()
        except (ValueError, TypeError, AttributeError, RecursionError):
            with contextlib.suppress(OSError):
                self._file.replace(self._file.with_suffix(".bad"))
            return Decisions()
        except OSError:
            return Decisions()

    @contextlib.contextmanager
    def changed(self) -> Iterator[Decisions]:
        """Give the decisions to be changed, and write them down.

        Raises:
            ModelFileError: They cannot be written.
        """
        with self._lock:
            decisions = self.read()
            yield decisions
            try:
                self._file.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
                write_json(self._file, {"version": _VERSION, **asdict(decisions)})
            except OSError as error:
                raise ModelFileError(
                    Sentence("{path} cannot be written: {why}.", path=self._file, why=reason_of(error)),
                    "Make room or make the folder writable, and try again.",
                ) from error


_EMPTY = asdict(Decisions())


def _is_like(name: str, value: object) -> bool:
    """Return whether a value of the file is of the kind that belongs there; the person may have edited it."""
    if name not in _EMPTY or type(value) is not type(_EMPTY[name]):
        return False
    match name, value:
        case ("programs" | "added", list(items)):
            return all(isinstance(item, str) for item in items)
        case ("renames", list(items)):
            pairs = [item for item in items if isinstance(item, list) and len(item) == 2]
            return len(pairs) == len(items) and all(isinstance(name, str) for pair in pairs for name in pair)
        case ("trash" | "links", list(items)):
            return all(isinstance(item, dict) for item in items)
        case ("titles" | "marks", dict(items)):
            return all(isinstance(item, str) for item in items.values())
        case ("used", dict(items)):
            return all(isinstance(item, int | float) for item in items.values())
        case ("tags", dict(items)):
            return all(isinstance(item, list) and all(isinstance(tag, str) for tag in item) for item in items.values())
    return False
