"""A download, as the window and the command line show it."""

from dataclasses import dataclass, field
from enum import StrEnum

from desktopchat.core.hub_file import HubFile
from desktopchat.core.sentence import Sentence


class DownloadState(StrEnum):
    """What becomes of a download."""

    QUEUED = "queued"
    RUNNING = "running"
    WAITING = "waiting"
    VERIFYING = "verifying"
    PAUSED = "paused"
    DONE = "done"
    FAILED = "failed"
    ASIDE = "aside"  # what was found wrong or is of another version; nobody deletes it unasked


@dataclass(frozen=True, slots=True)
class Download:
    """One model that is fetched: all parts of it, and what it sees through.

    Attributes:
        id: Its number.
        name: For people.
        files: Of one repository; the first one is what is opened.
        state: Of all of it.
        done: Bytes that are here.
        speed: Bytes a second, smoothed; 0 when none come.
        left: Seconds that it will take; None when nobody knows.
        reason: Why it waits or has failed.
        until: Seconds of waiting that are left; 0 when it waits for something else.
        place: Of the first file, once all are here.
    """

    id: int
    name: str
    files: tuple[HubFile, ...]
    state: DownloadState
    done: int = 0
    speed: float = 0.0
    left: float | None = None
    reason: Sentence = field(default_factory=lambda: Sentence(""))
    until: float = 0.0
    place: str = ""

    @property
    def size(self) -> int:
        """Bytes of all files."""
        return sum(file.size for file in self.files)

    @property
    def repo(self) -> str:
        """Where it comes from."""
        return self.files[0].repo

    @property
    def is_active(self) -> bool:
        """Whether it goes on by itself."""
        return self.state in (
            DownloadState.QUEUED,
            DownloadState.RUNNING,
            DownloadState.WAITING,
            DownloadState.VERIFYING,
        )
