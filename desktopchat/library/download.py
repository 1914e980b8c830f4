"""Fetches one file of a model hub, through drops and restarts. It gets its name when it is what it should be."""

import random
import re
import time
from collections.abc import Callable, Iterable
from pathlib import Path

from desktopchat.core.download import DownloadState
from desktopchat.core.errors import (
    AbandonedError,
    DownloadError,
    HubError,
    LineError,
    NetworkError,
    PassingNetworkError,
)
from desktopchat.core.hub_file import HubFile
from desktopchat.core.memory_words import size_text
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.library.hashing import GrowingHash
from desktopchat.library.part import Part, here, taken
from desktopchat.library.speed_limit import SpeedLimit
from desktopchat.network import faults, hub_faults
from desktopchat.network.connection import Stream
from desktopchat.network.fetching import Fetcher
from desktopchat.network.ledger import Purpose

_TRIES = 6  # in a row that bring nothing
_TRIES_BEFORE_A_MIRROR = 2
_SOMETHING = 1 << 20  # bytes that count as progress
_FIRST_PAUSE, _LONGEST_PAUSE = 0.5, 60.0  # seconds
_AFTER_PROGRESS = 0.2
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(\d{1,18}|\*)", re.ASCII)
_LENGTH = re.compile(r"bytes \*/(\d{1,18})", re.ASCII)
# What the place that the hub sends on to answers when a signed link is too old.
_EXPIRED = (400, 401, 403, 404, 410)


class FileDownload:
    """One file on its way.

    Args:
        target: Where it is to lie.
        fetcher: Asks the hub; nobody else uses it, and `stop` ends it for good.
        mirrors: Ask others, one after the other, when a hub cannot be reached. Only for files with a known hash.
        limit: For all downloads together.
        heard: Called when the state changes, in the thread of `run`.

    Attributes:
        done: Bytes that are here.
        fetched: Bytes that came over the network.
        state: Of running, waiting, verifying and done.
        reason: Why it waits.
        until: When it goes on, by `time.monotonic`.
    """

    def __init__(
        self,
        file: HubFile,
        target: Path,
        fetcher: Fetcher,
        limit: SpeedLimit,
        heard: Callable[[], None] = lambda: None,
        mirrors: Iterable[Fetcher] = (),
    ) -> None:
        self.file = file
        self.target = target
        self.done = here(target, file)
        self.fetched = 0
        self.state = DownloadState.RUNNING
        self.reason = Sentence("")
        self.until = 0.0
        self._fetcher = fetcher
        # Whoever sends it, it must be what the first hub said; without a hash nobody would notice.
        self._mirrors = iter(mirrors if file.sha256 else ())
        self._over = False
        self._limit = limit
        self._heard = heard
        self._hash: GrowingHash | None = None
        self._takes_ranges = True

    def run(self) -> None:
        """Fetch what is missing, check all of it, and give it its name.

        Raises:
            DownloadError: It cannot be written, is not what the hub said, or another file has its name.
            NetworkError: It cannot be had. What came is kept; LineError and PassingNetworkError may pass.
            AbandonedError: It was stopped. What came is kept.
        """
        try:
            if self._is_here_already():
                self._be(DownloadState.DONE)
                return
            with Part(self.target, self.file) as part:
                # Whose file must be closed before it gets another name.
                with GrowingHash(part.path) as hashed:
                    self._hash = hashed
                    self._reach(part)
                    self._fetch(part)
                    self._be(DownloadState.VERIFYING)
                    part.sync()
                    digest = self._digest(hashed)
                if self.file.sha256 and digest != self.file.sha256:
                    raise self._damaged(part, digest)
                part.finish()
        finally:
            self._hash = None
            self._fetcher.close()
        self._be(DownloadState.DONE)

    def stop(self) -> None:
        """End it at once; what came is kept. From any thread."""
        self._over = True
        self._fetcher.abandon()
        if (hashed := self._hash) is not None:
            hashed.stop()

    def _is_here_already(self) -> bool:
        """Return whether there is nothing to do.

        Raises:
            DownloadError: Something else has its name.
        """
        if not self.target.exists():
            return False
        self._be(DownloadState.VERIFYING)
        if self.target.stat().st_size != self.file.size:
            raise taken(self.target)
        if self.file.sha256:
            with GrowingHash(self.target) as hashed:
                self._hash = hashed
                hashed.reach(self.file.size)
                if hashed.hexdigest() != self.file.sha256:
                    raise taken(self.target)
        self.done = self.file.size
        return True

    def _fetch(self, part: Part) -> None:
        tried = 0
        away: NetworkError | None = None  # why a mirror is asked
        while part.size < self.file.size:
            before = part.size
            try:
                self._receive(part)
            except (LineError, PassingNetworkError) as error:
                has_progressed = part.size - before >= _SOMETHING
                tried = 0 if has_progressed else tried + 1
                if tried >= _TRIES_BEFORE_A_MIRROR and not _wants_to_wait(error) and self._take_mirror(part):
                    away, tried = away or error, 0
                    continue
                if tried >= _TRIES:
                    raise self._given_up(error) from error
                self._wait(error, tried)
            except HubError as error:
                if away is None:
                    raise
                # What a mirror refuses the hub may have, once it can be reached again.
                if not self._take_mirror(part):
                    raise self._given_up(away) from error

    def _take_mirror(self, part: Part) -> bool:
        """Ask the next hub from now on; return whether there is one."""
        mirror = next(self._mirrors, None)
        if mirror is None:
            return False
        self._fetcher.close()
        self._fetcher = mirror
        if self._over:  # it was stopped in this moment
            mirror.abandon()
        part.note("")  # what the other one called it is nothing to this one
        self._takes_ranges = True
        return True

    def _wait(self, error: NetworkError, tried: int) -> None:
        pause = _FIRST_PAUSE * 2 ** (tried - 1) if tried else _AFTER_PROGRESS
        wanted = error.wait if isinstance(error, PassingNetworkError) else 0.0
        # Not all who were cut off at the same time shall come back at the same time.
        pause = min(max(pause * random.uniform(1, 1.3), wanted), _LONGEST_PAUSE)
        self.reason, self.until = error.cause, time.monotonic() + pause
        self._be(DownloadState.WAITING)
        self._fetcher.pause(pause)
        self._be(DownloadState.RUNNING)

    def _receive(self, part: Part) -> None:
        """Take what one answer brings."""
        path = self.file.url_path
        headers = {"Accept": "*/*"}
        if part.size and self._takes_ranges:
            headers["Range"] = f"bytes={part.size}-"
            if part.etag.startswith('"'):
                headers["If-Range"] = part.etag
        stream, is_hub = self._fetcher.open(Purpose.DOWNLOAD, path, headers)
        try:
            passed_over = self._begin(stream, path, part.size, is_hub=is_hub)
            part.note(stream.headers.get("etag", "")[:200])
            stream.read_directly()
            for data in stream:
                self.fetched += len(data)
                if passed_over:  # the server sent the beginning once more
                    seen = min(passed_over, len(data))
                    passed_over, data = passed_over - seen, data[seen:]
                if part.size + len(data) > self.file.size:
                    raise self._wrong_size(stream, part.size + len(data))
                part.write(data)
                self._reach(part)
                if pause := self._limit.wait_after(len(data)):
                    self._fetcher.pause(pause)
                elif self._fetcher.is_abandoned:
                    raise AbandonedError
        finally:
            stream.close()
        if part.size < self.file.size:
            raise faults.cut(stream.host)

    def _begin(self, stream: Stream, path: str, start: int, *, is_hub: bool) -> int:
        """Look at the head of an answer and return how many bytes of it are here already.

        Raises:
            NetworkError: What follows is not what was asked for.
            DownloadError: It is another file.
        """
        status, headers = stream.status, stream.headers
        if status == 416:
            total = _LENGTH.fullmatch(headers.get("content-range", ""))
            if total and int(total[1]) != self.file.size:
                raise self._wrong_size(stream, int(total[1]))
            self._takes_ranges = False
            raise faults.cut(stream.host, "416")
        if status not in (200, 206):
            if not is_hub and status in _EXPIRED:
                raise PassingNetworkError(
                    Sentence("The link that {host} gave out for {name} has expired.", host=self._fetcher.address.label,
                             name=self._name),
                    "Try again in a moment.",
                    f"{stream.host}: {status}",
                )  # fmt: skip
            address = self._fetcher.address
            raise hub_faults.refused(status, headers, stream.host, address.base, path, has_token=self._fetcher.has_key)
        if headers.get("content-encoding", "identity") != "identity":
            raise DownloadError(
                Sentence("{host} sends {name} compressed, which was not asked for.", host=stream.host, name=self._name),
                "Choose another hub or mirror.",
            )
        if status == 206:
            found = _RANGE.fullmatch(headers.get("content-range", ""))
            if found and found[2] not in ("*", str(self.file.size)):
                raise self._wrong_size(stream, int(found[2]))
            if not found or int(found[1]) != start:
                self._takes_ranges = False
                raise faults.cut(stream.host, f"206 {headers.get('content-range', '')}"[:100])
            return 0
        length = headers.get("content-length", "")
        if length.isdecimal() and int(length) != self.file.size:
            raise self._wrong_size(stream, int(length))
        return start

    def _digest(self, hashed: GrowingHash) -> str:
        """Return the hash of all that came.

        Raises:
            DownloadError: The disk does not give it back.
        """
        try:
            return hashed.hexdigest()
        except OSError as error:
            raise DownloadError(
                Sentence("{name} cannot be read again: {why}.", name=self._name, why=reason_of(error)),
                "Check the disk, and start it again.",
            ) from error

    def _damaged(self, part: Part, digest: str) -> DownloadError:
        aside = part.set_aside()
        self.done = 0
        return DownloadError(
            Sentence("{name} is damaged or was changed: its SHA-256 is not that of the hub.", name=self._name),
            Sentence("It is kept as {aside} and not used. Start again, and it is fetched anew.", aside=aside.name),
            f"{digest}, not {self.file.sha256}",
        )

    def _reach(self, part: Part) -> None:
        self.done = part.size
        if self._hash is not None:
            self._hash.reach(part.size)

    def _be(self, state: DownloadState) -> None:
        self.state = state
        self._heard()

    def _given_up(self, error: NetworkError) -> NetworkError:
        kept = Sentence(
            "{done} of {size} are here and are kept; start it again and it goes on from there.",
            done=size_text(self.done),
            size=size_text(self.file.size),
        )
        return type(error)(error.cause, kept, error.details)

    def _wrong_size(self, stream: Stream, size: int) -> DownloadError:
        return DownloadError(
            Sentence(
                "{name} should have {wanted} bytes, but {host} sends {size}.",
                name=self._name, wanted=self.file.size, host=stream.host, size=size,
            ),
            "It may have been changed this minute. Look at the repository anew, or use another hub.",
        )  # fmt: skip

    @property
    def _name(self) -> str:
        return self.target.name


def _wants_to_wait(error: NetworkError) -> bool:
    """Return whether the hub is there and only wants to be asked later."""
    return isinstance(error, PassingNetworkError) and error.wait > 0
