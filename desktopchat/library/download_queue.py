"""All downloads, in order. They go on after a restart, two files at a time."""

import contextlib
import json
import time
from collections.abc import Callable, Iterable, Sequence
from dataclasses import asdict, dataclass, field
from itertools import count
from pathlib import Path
from threading import Condition, Lock, Thread, current_thread
from typing import Any

from desktopchat.core.download import Download, DownloadState
from desktopchat.core.errors import AbandonedError, LineError, PassingNetworkError, UserError
from desktopchat.core.hub_file import HubFile
from desktopchat.core.pace import Pace
from desktopchat.core.sentence import Sentence
from desktopchat.library.download import FileDownload
from desktopchat.library.json_file import write_json
from desktopchat.library.part import delete, forget, here, left_over, set_aside
from desktopchat.library.places import place_for
from desktopchat.library.space import require_room
from desktopchat.library.speed_limit import SpeedLimit
from desktopchat.network.fetching import Fetcher

AT_ONCE = 2  # files
_MOST_STATE = 16 << 20  # bytes
_OFFLINE = Sentence("The program is set to be offline.")
_BROKEN = Sentence("Something went wrong inside the program.")


@dataclass
class _Entry:
    """One download.

    Attributes:
        state: Of queued, paused, failed and done; what it does beyond that is seen from its files.
        here: Bytes of each file that are here.
        taken: Numbers of the files that a thread has taken.
        running: Those that are under way.
        retry_at: When it goes on after a failure that may pass, by `time.monotonic`.
    """

    id: int
    name: str
    files: tuple[HubFile, ...]
    places: tuple[Path, ...]
    state: DownloadState = DownloadState.QUEUED
    reason: Sentence = field(default_factory=lambda: Sentence(""))
    here: list[int] = field(default_factory=list)
    finished: set[int] = field(default_factory=set)
    taken: set[int] = field(default_factory=set)
    running: dict[int, FileDownload] = field(default_factory=dict)
    retry_at: float = 0.0
    pace: Pace = field(default_factory=Pace)

    @property
    def done(self) -> int:
        return sum(
            self.running[number].done if number in self.running else size for number, size in enumerate(self.here)
        )

    @property
    def rest(self) -> int:
        return sum(file.size for file in self.files) - self.done


class DownloadQueue:
    """Fetches sets of files. From any thread; only `add`, `open`, `remove` and `close` take long.

    Args:
        models: Folder of the models.
        state_file: Where the queue is kept; None keeps it nowhere.
        make_fetcher: Called for each file.
        is_offline: Nothing is fetched while it is so; `wake` when it is no longer.
        heard: Called after each change but that of the numbers, from any thread.
        make_mirrors: Makes what asks other hubs instead, called for each file and gone through when one is needed.
        retry_after: Seconds after which one that failed for a reason that may pass goes on; None never.
    """

    def __init__(
        self,
        models: Path,
        state_file: Path | None,
        make_fetcher: Callable[[], Fetcher],
        limit: SpeedLimit,
        *,
        is_offline: Callable[[], bool] = lambda: False,
        heard: Callable[[], None] = lambda: None,
        make_mirrors: Callable[[], Iterable[Fetcher]] = tuple,
        retry_after: float | None = 300.0,
    ) -> None:
        self._models = models
        self._state_file = state_file
        self._make_fetcher = make_fetcher
        self._limit = limit
        self._is_offline = is_offline
        self._heard = heard
        self._make_mirrors = make_mirrors
        self._retry_after = retry_after
        self._changed = Condition()
        self._writing = Lock()
        self._newest = 0
        self._entries: list[_Entry] = []
        self._ids = count(1)
        self._threads: list[Thread] = []
        self._closing = False

    def open(self) -> None:
        """Take up what was left: what was under way goes on, and parts that nobody knows of are there to be resumed."""
        found = self._read()
        with self._changed:
            self._entries += found
        self.look()

    def look(self) -> None:
        """Look for parts that nobody knows of, and for what was set aside."""
        parts, asides = left_over(self._models), set_aside(self._models)
        with self._changed:
            known = {place for entry in self._entries for place in entry.places}
            for place, file in parts:
                if place not in known:
                    self._entries.append(self._entry(place.name, (file,), (place,), DownloadState.PAUSED))
            for path, reason in asides:
                if path not in known:
                    self._entries.append(self._aside(path, reason))
            self._entries = [
                entry for entry in self._entries if entry.state is not DownloadState.ASIDE or entry.places[0].exists()
            ]
        self._tell()

    def add(self, name: str, files: Sequence[HubFile]) -> int:
        """Fetch files of one repository and return the number of the download; one that is there already goes on.

        Raises:
            DownloadError: They have no room, or no file here may be called so.
        """
        files = tuple(files)
        places = tuple(place_for(self._models, file) for file in files)
        with self._changed:
            same = next((one for one in self._entries if one.files == files), None)
            before = sum(one.rest for one in self._entries if one.state is not DownloadState.DONE and one is not same)
        entry = self._entry(name, files, places)
        require_room(self._models, before + entry.rest)
        with self._changed:
            if same in self._entries and same is not None:
                if same.state is not DownloadState.DONE:
                    self._set(same, DownloadState.QUEUED)
                    entry = same
                else:
                    self._entries.remove(same)
            if entry is not same:
                self._entries.append(entry)
        self._tell()
        return entry.id

    def pause(self, number: int) -> None:
        """Stop one until it is resumed."""
        with self._changed:
            if (entry := self._find(number)) and entry.state is DownloadState.QUEUED:
                self._set(entry, DownloadState.PAUSED)
                self._stop(entry)
        self._tell()

    def resume(self, number: int) -> None:
        """Let one go on that was paused, has failed or waits."""
        with self._changed:
            if (entry := self._find(number)) and entry.state not in (DownloadState.DONE, DownloadState.ASIDE):
                self._set(entry, DownloadState.QUEUED)
        self._tell()

    def move_up(self, number: int) -> None:
        """Fetch one earlier."""
        with self._changed:
            if (entry := self._find(number)) and (place := self._entries.index(entry)) > 0:
                self._entries[place - 1 : place + 1] = entry, self._entries[place - 1]
        self._tell()

    def remove(self, number: int) -> None:
        """Take one out, and delete what has come of it unless it is whole.

        Raises:
            DownloadError: It cannot be deleted.
        """
        with self._changed:
            if (entry := self._find(number)) is None:
                return
            if entry.state not in (DownloadState.DONE, DownloadState.ASIDE):
                self._set(entry, DownloadState.PAUSED)
                self._stop(entry)
                self._changed.wait_for(lambda: not entry.taken)
            if entry in self._entries:
                self._entries.remove(entry)
        try:
            if entry.state is DownloadState.ASIDE:
                delete(entry.places[0])
            elif entry.state is not DownloadState.DONE:
                for place in entry.places:
                    forget(place)
        finally:
            self._tell()

    def wake(self) -> None:
        """Look again whether the program is offline, and go on at once with what waits for a while."""
        with self._changed:
            for entry in self._entries:
                entry.retry_at = 0.0
                if self._is_offline():
                    self._stop(entry)
        self._tell()

    def downloads(self) -> tuple[Download, ...]:
        """Return all of them."""
        now, offline = time.monotonic(), self._is_offline()
        with self._changed:
            return tuple(self._shown(entry, now, offline=offline) for entry in self._entries)

    def close(self) -> None:
        """Stop all, keep what came, and end the threads."""
        with self._changed:
            self._closing = True
            for entry in self._entries:
                self._stop(entry)
            self._changed.notify_all()
            threads = tuple(self._threads)
        for thread in threads:
            thread.join()

    # What is kept

    def _read(self) -> list[_Entry]:
        if self._state_file is None:
            return []
        try:
            with self._state_file.open(encoding="utf-8") as source:
                kept: list[dict[str, Any]] = json.loads(source.read(_MOST_STATE))["downloads"]
            return [entry for one in kept if (entry := self._restored(one)) is not None]
        except FileNotFoundError:
            return []
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            # The parts lie in the models folder and are found there.
            with contextlib.suppress(OSError):
                self._state_file.replace(self._state_file.with_suffix(".bad"))
            return []

    def _restored(self, kept: dict[str, Any]) -> _Entry | None:
        files = tuple(HubFile(**file) for file in kept["files"])
        try:
            places = tuple(place_for(self._models, file) for file in files)
        except UserError:  # somebody has changed the list, or put a link in the way
            return None
        entry = self._entry(str(kept["name"]), files, places, DownloadState(kept["state"]))
        entry.reason = Sentence.unpacked(kept["reason"])
        return entry

    def _entry(
        self,
        name: str,
        files: tuple[HubFile, ...],
        places: tuple[Path, ...],
        state: DownloadState = DownloadState.QUEUED,
    ) -> _Entry:
        are_here = [here(place, file) for place, file in zip(places, files, strict=True)]
        entry = _Entry(next(self._ids), name, files, places, state, here=are_here)
        if state is DownloadState.DONE:
            entry.finished = set(range(len(files)))
        return entry

    def _aside(self, path: Path, reason: Sentence) -> _Entry:
        size = path.stat().st_size if path.exists() else 0
        where = path.parent.relative_to(self._models).as_posix()
        file = HubFile("" if where == "." else where, "", path.name, size, "")
        return _Entry(next(self._ids), path.name, (file,), (path,), DownloadState.ASIDE, reason, here=[size])

    def _tell(self) -> None:
        """Write the queue down, set the threads to work, and say that something has changed."""
        with self._changed:
            self._newest += 1
            number = self._newest
            kept = [
                {
                    "name": entry.name,
                    "files": [asdict(file) for file in entry.files],
                    "state": entry.state,
                    "reason": entry.reason.packed(),
                }
                for entry in self._entries
                if entry.state is not DownloadState.ASIDE
            ]
            if not self._closing and any(entry.state is DownloadState.QUEUED for entry in self._entries):
                while len(self._threads) < AT_ONCE:
                    self._threads.append(Thread(target=self._work, name="download"))
                    self._threads[-1].start()
            self._changed.notify_all()
        # Not under that lock: the disk may take its time, and whoever asks how far it all is must not wait for it.
        with self._writing:
            if self._state_file is not None and number == self._newest:
                with contextlib.suppress(OSError):  # the parts can be resumed without it
                    write_json(self._state_file, {"version": 1, "downloads": kept})
        self._heard()

    # Threads

    def _work(self) -> None:
        while (task := self._next()) is not None:
            self._fetch(*task)

    def _next(self) -> tuple[_Entry, int] | None:
        """Wait for a file to fetch; None when there is no more to do."""
        with self._changed:
            while not self._closing:
                now = time.monotonic()
                waiting = [entry for entry in self._entries if entry.state is DownloadState.QUEUED]
                for entry in waiting:
                    if entry.retry_at > now or self._is_offline():
                        continue
                    for number in range(len(entry.files)):
                        if number not in entry.finished and number not in entry.taken:
                            entry.taken.add(number)
                            return entry, number
                if not waiting:
                    # Under the lock, so that whoever adds one next sees that this thread is no longer there for it.
                    self._threads = [thread for thread in self._threads if thread is not current_thread()]
                    return None
                later = [entry.retry_at - now for entry in waiting if entry.retry_at > now]
                self._changed.wait(min(later, default=None))
            return None

    def _fetch(self, entry: _Entry, number: int) -> None:
        file, place = entry.files[number], entry.places[number]
        failure: UserError | None = None
        ended = False
        try:
            require_room(self._models, file.size - here(place, file))
            download = FileDownload(file, place, self._make_fetcher(), self._limit, self._heard, self._make_mirrors())
            with self._changed:
                goes_on = entry.state is DownloadState.QUEUED and not self._closing
                if goes_on:
                    entry.running[number] = download
            if goes_on:
                download.run()
                ended = True
        except AbandonedError:
            pass
        except UserError as error:
            failure = error
        except BaseException:
            failure = UserError(_BROKEN)
            raise
        finally:
            arrived = file.size if ended else here(place, file)
            with self._changed:
                entry.running.pop(number, None)
                entry.taken.discard(number)
                entry.here[number] = arrived
                if ended:
                    entry.finished.add(number)
                    if len(entry.finished) == len(entry.files):
                        self._set(entry, DownloadState.DONE)
                elif failure is not None and entry.state is DownloadState.QUEUED:
                    self._fail(entry, failure)
            self._tell()

    def _fail(self, entry: _Entry, error: UserError) -> None:
        if self._retry_after is not None and isinstance(error, LineError | PassingNetworkError):
            entry.reason, entry.retry_at = error.cause, time.monotonic() + self._retry_after
        elif not self._is_offline():
            self._set(entry, DownloadState.FAILED)
            entry.reason = error.sentence
            self._stop(entry)

    @staticmethod
    def _stop(entry: _Entry) -> None:
        for download in entry.running.values():
            download.stop()

    @staticmethod
    def _set(entry: _Entry, state: DownloadState) -> None:
        entry.state, entry.reason, entry.retry_at, entry.pace = state, Sentence(""), 0.0, Pace()

    def _find(self, number: int) -> _Entry | None:
        return next((entry for entry in self._entries if entry.id == number), None)

    def _shown(self, entry: _Entry, now: float, *, offline: bool) -> Download:
        state, reason, until = entry.state, entry.reason, 0.0
        running = list(entry.running.values())
        if state is DownloadState.QUEUED:
            states = {one.state for one in running}
            if states == {DownloadState.WAITING}:
                state, reason = DownloadState.WAITING, running[0].reason
                until = max(0.0, min(one.until for one in running) - now)
            elif running:
                state = DownloadState.VERIFYING if states <= {DownloadState.VERIFYING} else DownloadState.RUNNING
                reason = Sentence("")
            elif entry.retry_at > now:
                state, until = DownloadState.WAITING, entry.retry_at - now
            elif offline:
                state, reason = DownloadState.WAITING, _OFFLINE
        done = entry.done
        if state in (DownloadState.RUNNING, DownloadState.WAITING):
            entry.pace.note(done, now)
        moves = state is DownloadState.RUNNING
        return Download(
            entry.id,
            entry.name,
            entry.files,
            state,
            done,
            entry.pace.per_second if moves else 0.0,
            entry.pace.left(sum(file.size for file in entry.files) - done) if moves else None,
            reason,
            until,
            str(entry.places[0]) if state is DownloadState.DONE else "",
        )
