"""How far a download is, in words."""

from desktopchat.core.download import Download, DownloadState
from desktopchat.core.memory_words import size_text
from desktopchat.core.sentence import Sentence

_MINUTE, _HOUR, _DAY = 60, 3600, 86_400


def facts(download: Download) -> tuple[Sentence, ...]:
    """Return what there is to say of a download, the most important first."""
    size, done = size_text(download.size), size_text(download.done)
    percent = percent_text(download.done, download.size)
    amount = Sentence("{done} of {size}", done=done, size=size)
    match download.state:
        case DownloadState.QUEUED:
            return (Sentence("queued"), amount if download.done else Sentence(size))
        case DownloadState.RUNNING:
            pace = (rate_text(download.speed),) if download.speed else ()
            rest = (time_left(download.left),) if download.left is not None else ()
            return (percent, amount, *pace, *rest)
        case DownloadState.WAITING:
            again = Sentence("again in {seconds} s", seconds=round(download.until))
            return (percent, download.reason, *((again,) if download.until else ()))
        case DownloadState.VERIFYING:
            return (Sentence("verifying"), Sentence(size))
        case DownloadState.PAUSED:
            return (Sentence("paused"), percent, amount)
        case DownloadState.DONE:
            return (Sentence("done"), Sentence(size))
        case DownloadState.ASIDE:
            return (Sentence("set aside"), Sentence(size), download.reason)
    return (Sentence("failed"), download.reason)


def rate_text(per_second: float) -> Sentence:
    """Return a speed for people."""
    if per_second >= 999_500_000:
        return Sentence("{speed} GB/s", speed=f"{per_second / 1e9:.1f}")
    if per_second >= 999_500:
        return Sentence("{speed} MB/s", speed=f"{per_second / 1e6:.{0 if per_second >= 1e7 else 1}f}")
    return Sentence("{speed} kB/s", speed=f"{per_second / 1e3:.0f}")


def time_left(seconds: float) -> Sentence:
    """Return a remaining time for people, no more exact than it is known."""
    if seconds < _MINUTE:
        return Sentence("{seconds} s left", seconds=max(1, round(seconds)))
    if seconds < _HOUR:
        return Sentence("{minutes} min left", minutes=round(seconds / _MINUTE))
    if seconds < _DAY:
        return Sentence("{hours} h {minutes} min left", hours=int(seconds // _HOUR),
                        minutes=int(seconds % _HOUR // _MINUTE))  # fmt: skip
    return Sentence("{days} days left", days=round(seconds / _DAY, 1))


def percent_text(done: int, size: int) -> Sentence:
    """Return how much is here, which is 100 only when all is."""
    return Sentence("{percent} %", percent=str(100 * done // size if size else 0))
