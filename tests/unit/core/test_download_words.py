"""How far a download is, in words."""

import pytest

from desktopchat.core.download import Download, DownloadState
from desktopchat.core.download_words import facts, rate_text, time_left
from desktopchat.core.hub_file import HubFile
from desktopchat.core.sentence import Sentence

FILE = HubFile("acme/x", "c", "x.gguf", 3_000_000_000, "")


@pytest.mark.parametrize(
    ("how", "words"),
    [
        ({"state": DownloadState.QUEUED}, "queued · 3.0 GB"),
        ({"state": DownloadState.RUNNING}, "41 % · 1.2 GB of 3.0 GB"),
        (
            {"state": DownloadState.RUNNING, "speed": 12.34e6, "left": 150.0},
            "41 % · 1.2 GB of 3.0 GB · 12 MB/s · 2 min left",
        ),
        (
            {"state": DownloadState.WAITING, "reason": Sentence("It is busy."), "until": 39.6},
            "41 % · It is busy. · again in 40 s",
        ),
        ({"state": DownloadState.WAITING, "reason": Sentence("Offline.")}, "41 % · Offline."),
        ({"state": DownloadState.PAUSED}, "paused · 41 % · 1.2 GB of 3.0 GB"),
        ({"state": DownloadState.VERIFYING}, "verifying · 3.0 GB"),
        ({"state": DownloadState.DONE}, "done · 3.0 GB"),
        ({"state": DownloadState.FAILED, "reason": Sentence("It is gone.")}, "failed · It is gone."),
    ],
)
def test_each_state_says_what_it_is(how: dict[str, object], words: str) -> None:
    done = 0 if how["state"] is DownloadState.QUEUED else 1_250_000_000
    assert " · ".join(facts(Download(1, "x", (FILE,), done=done, **how))) == words  # type: ignore[arg-type]


def test_all_but_a_byte_is_not_a_hundred_percent() -> None:
    download = Download(1, "x", (FILE,), DownloadState.PAUSED, FILE.size - 1)
    assert "99 %" in facts(download)


@pytest.mark.parametrize(
    ("speed", "words"), [(0.4, "0 kB/s"), (999_400, "999 kB/s"), (999_600, "1.0 MB/s"), (9.87e6, "9.9 MB/s"),
                         (123.4e6, "123 MB/s"), (1.25e9, "1.2 GB/s")]
)  # fmt: skip
def test_speed_has_no_more_digits_than_one_reads(speed: float, words: str) -> None:
    assert rate_text(speed) == words


@pytest.mark.parametrize(
    ("seconds", "words"),
    [(0.1, "1 s left"), (59.4, "59 s left"), (60, "1 min left"), (3599, "60 min left"), (3700, "1 h 1 min left"),
     (90_000, "1.0 days left")],
)  # fmt: skip
def test_time_is_no_more_exact_than_it_is_known(seconds: float, words: str) -> None:
    assert time_left(seconds) == words
