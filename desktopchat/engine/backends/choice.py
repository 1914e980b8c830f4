"""Which backend is taken: the one that was asked for, or the best that works here."""

import contextlib
import hashlib
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from threading import Lock

import msgspec

from desktopchat.core.backend import AUTOMATIC, BUILT_IN, Backend, Origin, Trial, Tried
from desktopchat.core.errors import BackendError, UserError
from desktopchat.core.sentence import Sentence, joined, pack, unpack
from desktopchat.engine.backends import hardware, manifest
from desktopchat.engine.backends.folders import Folders, fingerprint
from desktopchat.engine.backends.packs import Packs
from desktopchat.engine.backends.trial import SECONDS, Tryout
from desktopchat.engine.libraries import Libraries

_FILE = "trials.json"
_AT_ONCE = 4  # trials
# Seconds that a failure is remembered: what was missing may have been installed.
_FAILURE_LASTS = 24 * 3600
_INSTEAD = Sentence("The built-in one is used.")


@dataclass(frozen=True, slots=True)
class _Remembered:
    trial: Trial
    at: float


class Backends:
    """Finds, tries and chooses backends. From any thread.

    Args:
        folders: Where they are.
        logs: Folder for what they print when they are tried.
        wanted: Returns the setting: "auto" or a name.
        seconds: The longest that a trial may take.
        trials: Held while backends are tried, so that of several of these one tries and the others read the outcome.

    Attributes:
        packs: Adds and removes the person's own ones.
    """

    def __init__(
        self,
        folders: Folders,
        logs: Path,
        wanted: Callable[[], str],
        seconds: float = SECONDS,
        trials: "Lock | None" = None,
    ) -> None:
        self._folders = folders
        self.packs = Packs(folders.own)
        self._logs = logs
        self._wanted = wanted
        self._seconds = seconds
        self._memory = Lock()
        self._trials = trials or Lock()
        self._running: set[Tryout] = set()
        self._interrupted = False

    def interrupt(self) -> None:
        """End the trials that run, without an outcome."""
        self._interrupted = True
        for tryout in tuple(self._running):
            tryout.interrupt()

    def choose(self) -> Libraries:
        """Return what an engine is to load, with what the person should know of it. Tries what was not tried yet."""
        backend, warnings = self._chosen(self.tried)
        builtin = backend.origin in (Origin.PACKAGE, Origin.ENVIRONMENT)
        return Libraries(None if builtin else backend.folder, warnings)

    def give_up(self, libraries: Libraries, error: UserError) -> bool:
        """Remember that these could not be loaded; return whether others will be chosen now."""
        for backend in self._folders.found():
            if backend.folder == libraries.folder and backend.origin is not Origin.PACKAGE:
                self._remember({backend: Trial(cause=error.cause, cure=error.cure)})
                return self.choose().folder != libraries.folder
        return False

    def tried(self, backends: Sequence[Backend], *, anew: bool = False) -> list[Trial | None]:
        """Return what came of trying each of them, now or before; None for those that something speaks against.

        Args:
            anew: Whatever is remembered.
        """
        marks = _marks(backends)
        self._interrupted = False
        with self._trials:
            known = {} if anew else self._remembered()
            new = [one for one in backends if one.is_sound and marks[one] not in known]
            with ThreadPoolExecutor(_AT_ONCE) as executor:
                found = dict(zip(new, executor.map(self._try, new), strict=True))
            self._remember({one: trial for one, trial in found.items() if trial is not None})
        return [
            found.get(one) or (known[marks[one]].trial if one.is_sound and marks[one] in known else None)
            for one in backends
        ]

    def all(self, *, anew: bool = False) -> list[Tried]:
        """Return every backend with what came of trying it, and which one is in use."""
        forced = self._folders.forced()
        backends = [*([forced] if forced else []), *self._folders.found()]
        trials = dict(zip(backends, self.tried(backends, anew=anew), strict=True))
        chosen, _ = self._chosen(lambda some: [trials.get(one) for one in some])
        return [Tried(one, trial, one == chosen) for one, trial in trials.items()]

    def _chosen(self, tried: Callable[[Sequence[Backend]], list[Trial | None]]) -> tuple[Backend, tuple[Sentence, ...]]:
        forced = self._folders.forced()
        if forced is not None:
            return forced, ()
        name = self._wanted() or AUTOMATIC
        if name == AUTOMATIC:
            found = self._folders.found()
            # What the person added is missed, say after an update of the program; the rest is nobody's concern.
            broken = [one for one in found if one.origin is Origin.OWN and not one.is_sound]
            return self._best(found, tried), tuple(joined(one.cause, one.cure) for one in broken)
        if name == BUILT_IN:
            return self._folders.get(BUILT_IN), ()
        builtin = self._folders.get(BUILT_IN)
        try:
            backend = self._folders.get(name)
        except BackendError as error:
            return builtin, (joined(joined(error.cause, _INSTEAD), error.cure),)
        (trial,) = tried([backend])
        one = Tried(backend, trial)
        if trial is not None and trial.works:
            return backend, ((joined(one.cause, one.cure),) if one.cause else ())
        told = Sentence("The backend {name} does not work here: {cause}", name=name, cause=one.cause)
        return builtin, (joined(joined(told, _INSTEAD), one.cure),)

    @staticmethod
    def _best(found: Sequence[Backend], tried: Callable[[Sequence[Backend]], list[Trial | None]]) -> Backend:
        """Return the one whose GPU is wanted most; without any GPU the built-in one."""
        candidates = [one for one in found if one.is_sound]
        builtin = next(one for one in candidates if one.name == BUILT_IN)
        if len(candidates) == 1:
            return builtin
        trials = dict(zip(candidates, tried(candidates), strict=True))
        able = [one for one, trial in trials.items() if trial is not None and trial.gpus]
        # Of equals what the person added is likely the newer one, and what came with the app comes before the rest.
        order = (Origin.OWN, Origin.APP, Origin.PACKAGE)

        def wish(backend: Backend) -> tuple[int, int]:
            trial = trials[backend]
            assert trial is not None
            return trial.rank, order.index(backend.origin)

        return min(able, key=wish, default=builtin)

    def _try(self, backend: Backend) -> Trial | None:
        folder = None if backend.origin in (Origin.PACKAGE, Origin.ENVIRONMENT) else backend.folder
        if folder is not None:
            try:
                manifest.require_files(folder, manifest.read(folder), whole=True)
            except BackendError as error:
                return Trial(cause=error.cause, cure=error.cure)
        tryout = Tryout(folder, self._logs / f"backend-{backend.name}.log")
        self._running.add(tryout)
        try:
            return None if self._interrupted else tryout.run(self._seconds)
        finally:
            self._running.discard(tryout)

    @property
    def _file(self) -> Path:
        return self._folders.own / _FILE

    def _remembered(self) -> dict[str, _Remembered]:
        with contextlib.suppress(OSError, msgspec.DecodeError):
            decoder = msgspec.json.Decoder(dict[str, _Remembered], dec_hook=unpack)
            found = decoder.decode(self._file.read_bytes())
            now = time.time()
            return {mark: one for mark, one in found.items() if one.trial.works or now - one.at < _FAILURE_LASTS}
        return {}

    def _remember(self, trials: dict[Backend, Trial]) -> None:
        """Keep what came of it, for the folders that there are; that it cannot be kept costs the next start a trial."""
        if not trials:
            return
        now = time.time()
        marks = _marks([*trials, *self._folders.found()])
        new = {marks[backend]: _Remembered(trial, now) for backend, trial in trials.items()}
        with self._memory, contextlib.suppress(OSError):
            kept = {mark: one for mark, one in self._remembered().items() if mark in marks.values()}
            self._file.parent.mkdir(parents=True, exist_ok=True)
            part = self._file.with_suffix(".part")
            part.write_bytes(msgspec.json.encode({**kept, **new}, enc_hook=pack))
            part.replace(self._file)


def _marks(backends: Sequence[Backend]) -> dict[Backend, str]:
    """Return by what the trial of each is remembered."""
    key = hardware.key()
    return {one: hashlib.sha256(f"{fingerprint(one)}\n{key}".encode()).hexdigest() for one in backends}
