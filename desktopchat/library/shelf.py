"""All models of this machine that the person wants to see: our own, those that were added, and other programs'."""

import os
import re
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from pathlib import Path

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import PROGRAMS, Facts, Kind, LocalModel, Origin
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.sentence import Sentence, counted
from desktopchat.library import folder, programs
from desktopchat.library.following import followed
from desktopchat.library.found import ENDING, MOST_FILES, Found
from desktopchat.library.index import Index
from desktopchat.library.kept import Decisions, Kept

_PART = re.compile(r"(.+)-(\d{5})-of-(\d{5})", re.ASCII)
_LONGEST_TITLE = 120  # characters
_MOST_TAGS = 20


@dataclass(frozen=True, slots=True)
class Offer:
    """Models of another program that are not looked at yet.

    Attributes:
        count: Of models.
        size: Bytes of all of them.
    """

    origin: Origin
    folders: tuple[Path, ...]
    count: int
    size: int


@dataclass(slots=True)
class _File:
    """One file of a model, as far as it has been looked at."""

    found: Found
    facts: Facts
    size: int


class Library:
    """Finds models and remembers what the person decided about them. From any thread; most of it reads the disk.

    Args:
        models: Our own folder.
        kept: Where decisions are kept.
        index: Where headers are kept.
        home: Of the person; None is the usual one.
        beside: Folder of those that came with the app, which may not be there.
    """

    def __init__(
        self, models: Path, kept: Path, index: Path, home: Path | None = None, beside: Path | None = None
    ) -> None:
        self.folder = models
        self.kept = Kept(kept)
        self.index = Index(index)
        self._home = home
        self._beside = beside

    # Finding

    def models(self) -> list[LocalModel]:
        """Return all models by name, the damaged ones too."""
        decisions = self.kept.read()
        files = self._looked_at(self._found(decisions))
        made = _assembled(files)
        self.index.keep(one.found.path for one in files)
        decisions = followed(self.kept, decisions, made)
        dressed = (self._dressed(model, decisions) for model in made)
        return sorted(dressed, key=lambda model: (model.called.casefold(), model.path))

    def find(self, name_or_path: Path | str) -> ModelFile:
        """Return the model at a path, or the one with this name or with a name that begins so.

        Case and the ending .gguf make no difference in a name.

        Raises:
            ModelFileError: There is none or more than one, or it is not sound.
        """
        path = Path(name_or_path)
        if path.is_file():
            return self.inspect(path)
        return self.inspect(self.named(str(name_or_path)).path)

    def named(self, name: str) -> LocalModel:
        """Return the model with this name, or with a name that begins so, or at this path.

        Raises:
            ModelFileError: There is none or more than one.
        """
        models = [model for model in self.models() if model.facts.kind in (Kind.MODEL, Kind.DAMAGED)]
        wanted = name.casefold().removesuffix(ENDING)
        path = os.path.abspath(name)  # noqa: PTH100, resolve() would follow links
        found = (
            [model for model in models if path in model.files]
            or [model for model in models if wanted in _names(model)]
            or [model for model in models if wanted and any(one.startswith(wanted) for one in _names(model))]
        )
        sound = [model for model in found if model.facts.trouble is None]
        if len(sound or found) == 1:
            return (sound or found)[0]
        if found:
            raise ModelFileError(
                Sentence("{name} fits more than one model.", name=name),
                Sentence("Choose one of {names}.", names=_listed(model.path for model in found)),
            )
        if Path(name).parent != Path() or Path(name).exists():
            folder.inspect(name)  # raises what is wrong with the path
        raise ModelFileError(
            Sentence("There is no model called {name}.", name=name),
            Sentence("Choose one of {names}.", names=_listed(model.called for model in models))
            if models
            else Sentence("Put a .gguf file into {folder}.", folder=self.folder),
        )

    def inspect(self, path: Path | str) -> ModelFile:
        """Read the header of a model file, with the name and the projector that its program gives it.

        Raises:
            ModelFileError: There is no sound model in it.
        """
        file = folder.inspect(path)
        if Path(file.path).suffix.lower() == ENDING and Path(file.path).stem != "model":
            return file
        # Only some programs call a model other than its file, and only there all of theirs need to be looked at.
        for found in self._found(self.kept.read(), without_own=True):
            if found.name and os.path.abspath(found.path) == file.path:  # noqa: PTH100
                remarks = file.remarks
                if found.adapters:
                    remarks += (Sentence("{name} comes with an adapter, which is not applied.", name=found.name),)
                projector = found.projector or file.projector
                return replace(file, name=found.name, projector=projector, remarks=remarks)
        return file

    def offers(self) -> list[Offer]:
        """Look into the usual folders of other programs that are not looked into yet, because the person asks now."""
        chosen = self.kept.read().origins
        found = []
        for origin in PROGRAMS:
            if origin in chosen:
                continue
            folders = tuple(path for path in programs.places(origin, self._home) if os.path.isdir(path))  # noqa: PTH112
            files = self._looked_at(one for place in folders for one in programs.find(origin, place))
            models = [model for model in _assembled(files) if model.facts.kind is not Kind.PROJECTOR]
            if models:
                found.append(Offer(origin, folders, len(models), sum(model.size for model in models)))
        return found

    def folders(self) -> list[Path]:
        """Return the folders that are looked into."""
        decisions = self.kept.read()
        theirs = [place for origin in decisions.origins for place in programs.places(origin, self._home)]
        return [self.folder, *map(Path, decisions.added), *theirs]

    # Decisions

    def adopt(self, origin: Origin) -> None:
        """Look into the folders of a program from now on.

        Raises:
            ModelFileError: It cannot be written down.
        """
        with self.kept.changed() as decisions:
            decisions.programs = sorted({*decisions.programs, origin.value})

    def leave(self, origin: Origin) -> None:
        """No longer look into the folders of a program.

        Raises:
            ModelFileError: It cannot be written down.
        """
        with self.kept.changed() as decisions:
            decisions.programs = [name for name in decisions.programs if name != origin]

    def add(self, path: Path) -> list[LocalModel]:
        """Show a file, or what lies in a folder, from now on, where it lies; return what that is.

        Raises:
            ModelFileError: There is no model, or it cannot be written down.
        """
        path = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100, resolve() would follow links
        if path.is_dir():
            files = self._looked_at(programs.find(Origin.ADDED, path))
        else:
            folder.inspect(path)
            files = self._looked_at([Found(path, Origin.ADDED)])
        models = [model for model in _assembled(files) if model.facts.kind is Kind.MODEL]
        if not models:
            raise ModelFileError(
                Sentence("There is no model in {folder}.", folder=path), "Choose a folder with .gguf files in it."
            )
        if not path.is_relative_to(self.folder):
            with self.kept.changed() as decisions:
                if not any(path.is_relative_to(there) for there in decisions.added):
                    below = [there for there in decisions.added if not Path(there).is_relative_to(path)]
                    decisions.added = [*below, str(path)]
        return models

    def forget(self, path: Path) -> bool:
        """No longer show what was added; return whether it was.

        Raises:
            ModelFileError: It cannot be written down.
        """
        path = Path(os.path.abspath(path.expanduser()))  # noqa: PTH100
        if str(path) not in self.kept.read().added:
            return False
        with self.kept.changed() as decisions:
            decisions.added = [there for there in decisions.added if there != str(path)]
        return True

    def rename(self, path: str, title: str) -> None:
        """Call a model something else in lists and when it is asked for; empty is its own name.

        Raises:
            ModelFileError: It cannot be written down.
        """
        title = " ".join(title.split())[:_LONGEST_TITLE]
        with self.kept.changed() as decisions:
            decisions.titles.pop(path, None)
            if title:
                decisions.titles[path] = title

    def tag(self, path: str, tags: Sequence[str]) -> None:
        """Give a model these tags and no others.

        Raises:
            ModelFileError: It cannot be written down.
        """
        cleaned = dict.fromkeys(" ".join(tag.split())[:_LONGEST_TITLE] for tag in tags)
        with self.kept.changed() as decisions:
            decisions.tags.pop(path, None)
            if kept := [tag for tag in cleaned if tag][:_MOST_TAGS]:
                decisions.tags[path] = kept

    def take_renames(self) -> list[tuple[str, str]]:
        """Return which names of files have become which, each of them once.

        Raises:
            ModelFileError: It cannot be written down.
        """
        if not self.kept.read().renames:
            return []
        with self.kept.changed() as decisions:
            taken = [(old, new) for old, new in decisions.renames]
            decisions.renames = []
        return taken

    def note_use(self, path: str) -> None:
        """Remember that a model is loaded now.

        Raises:
            ModelFileError: It cannot be written down.
        """
        with self.kept.changed() as decisions:
            decisions.used[path] = time.time()

    def moved(self, target: Path) -> None:
        """Keep what was decided about models in our own folder, which is another one now.

        Raises:
            ModelFileError: It cannot be written down.
        """
        before = self.folder

        def there(path: str) -> str:
            return str(target / Path(path).relative_to(before)) if Path(path).is_relative_to(before) else path

        with self.kept.changed() as decisions:
            decisions.titles = {there(path): title for path, title in decisions.titles.items()}
            decisions.tags = {there(path): tags for path, tags in decisions.tags.items()}
            decisions.used = {there(path): when for path, when in decisions.used.items()}
            decisions.marks = {there(path): mark for path, mark in decisions.marks.items()}
            decisions.links = [{name: there(value) for name, value in link.items()} for link in decisions.links]
            for entry in decisions.trash:
                entry["moves"] = [[there(str(path)) for path in pair] for pair in entry.get("moves", [])]
        self.folder = target

    # How

    def _found(self, decisions: Decisions, *, without_own: bool = False) -> list[Found]:
        """Return the files of all folders, each of them once."""
        places: list[tuple[Origin, Path]] = [] if without_own else [(Origin.OWN, self.folder)]
        if self._beside is not None and self._beside.is_dir():
            places.append((Origin.ADDED, self._beside))
        places += [(Origin.ADDED, Path(path)) for path in decisions.added]
        places += [(origin, place) for origin in decisions.origins for place in programs.places(origin, self._home)]
        found: dict[str, Found] = {}
        for origin, place in places:
            if origin is Origin.ADDED and not os.path.isdir(place):  # noqa: PTH112
                found.setdefault(os.path.realpath(place), Found(place, origin))
                continue
            for one in programs.find(origin, place):
                found.setdefault(os.path.realpath(one.path) + (one.name if origin is Origin.OLLAMA else ""), one)
        return list(islice(found.values(), 2 * MOST_FILES))

    def _looked_at(self, found: Iterable[Found]) -> list[_File]:
        return [_File(one, *self.index.facts(one.path)) for one in found]

    def _dressed(self, model: LocalModel, decisions: Decisions) -> LocalModel:
        tags = tuple(decisions.tags.get(model.path, ()))
        title, used = decisions.titles.get(model.path, ""), decisions.used.get(model.path, 0.0)
        return replace(model, title=title, tags=tags, used=used)


def _assembled(files: Sequence[_File]) -> list[LocalModel]:
    """Make models of files: the parts of one together, its projector with it, and what is left by itself."""
    parts: dict[tuple[Path, str, int], dict[int, _File]] = {}
    whole: list[tuple[_File, list[_File]]] = []
    projectors: dict[str, _File] = {}
    for file in files:
        match = _PART.fullmatch(file.found.path.stem)
        if file.facts.kind is Kind.PROJECTOR:
            projectors[str(file.found.path)] = file
        elif match and file.facts.kind is not Kind.ADAPTER:
            key = file.found.path.parent, match[1], int(match[3])
            parts.setdefault(key, {})[int(match[2])] = file
        else:
            if file.facts.parts:  # by its header, but not by its name, so that the others are not found either
                file = _lacking(file, file.facts.parts - 1, file.facts.parts)
            whole.append((file, [file]))
    for (_place, _stem, count), found in parts.items():
        files_of = [found[number] for number in sorted(found)]
        missing = count - len([number for number in found if 1 <= number <= count])
        first = files_of[0]
        if missing:
            first = _lacking(first, missing, count)
        whole.append((first, files_of))
    models, paired = [], set()
    seeing = {Path(path).parent for path in projectors}
    for first, all_of in whole:
        model = _made(first, all_of)
        projector = first.found.projector
        may_see = first.found.path.parent in seeing and first.facts.kind is Kind.MODEL and not first.facts.trouble
        if not projector and may_see:
            projector, _remark = folder.projector_beside(first.found.path, first.facts.embedding)
        if projector:
            paired.add(projector)
            size = projectors[projector].size if projector in projectors else _size(projector)
            model = replace(model, projector=projector, files=(*model.files, projector), size=model.size + size)
        models.append(model)
    return models + [_made(file, [file]) for path, file in projectors.items() if path not in paired]


def _lacking(file: _File, missing: int, count: int) -> _File:
    one = Sentence("1 of its {all} parts is missing.")
    trouble = counted(missing, one, Sentence("{count} of its {all} parts are missing."), all=count)
    return _File(file.found, replace(file.facts, trouble=file.facts.trouble or trouble), file.size)


def _made(first: _File, files: Sequence[_File]) -> LocalModel:
    found = first.found
    trouble = next((file.facts.trouble for file in (first, *files) if file.facts.trouble), None)
    parameters = sum(file.facts.parameters for file in files)
    return LocalModel(
        found.name or _PART.sub(r"\1", found.path.stem),
        str(found.path),
        found.origin,
        tuple(str(file.found.path) for file in files),
        sum(file.size for file in files),
        replace(first.facts, parameters=parameters, trouble=trouble),
        adapters=found.adapters,
    )


def _names(model: LocalModel) -> set[str]:
    """Return what a model may be asked for by."""
    stem = _PART.sub(r"\1", Path(model.path).stem)
    names = {model.title, model.name, model.name.removesuffix(":latest"), Path(model.path).stem, stem}
    return {name.casefold() for name in names if name}


def _size(path: str) -> int:
    try:
        return Path(path).stat().st_size
    except OSError:
        return 0


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(set(names)))
