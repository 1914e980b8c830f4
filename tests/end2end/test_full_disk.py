"""The disk of the window fills up or fails for a while: it says so once, loses nothing, and goes on by itself."""

import random
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from disks import Disk
from killing import LATEST_DRAFT, Tally, compare, driven, events, kill
from program import wait_for

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="needs a disk that can be filled"),
    pytest.mark.timeout(600),
]

RETRIED = 2 * LATEST_DRAFT + 1.0  # seconds after which all is on the disk that has room again


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "disk", megabytes=48)
    yield disk
    disk.close()


def said(notes: Path, word: str) -> bool:
    """Return whether the window has said something; fail when it tells of the same trouble again and again."""
    notices = [event for event in events(notes) if event["did"] == "notice"]
    banners = [event for event in notices if "saving goes on by itself" in event["cure"]]
    ends = [event for event in notices if event["cause"].startswith("Saving works again")]
    assert len(banners) <= len(ends) + 1, f"told {len(banners)} times"
    return any(word in event["cause"] for event in notices)


def weather(
    notes: Path, process: subprocess.Popen[bytes], fill: Callable[[], None], free: Callable[[], None], pause: float
) -> float:
    """Let the disk fail for a while and the window go on after it; kill it, and return when."""
    wait_for(lambda: process.poll() is not None or any(event["did"] == "sent" for event in events(notes)), "a message")
    fill()
    wait_for(lambda: process.poll() is not None or said(notes, "disk is full"), "the banner")
    time.sleep(pause)  # what is done meanwhile is random
    free()
    wait_for(lambda: process.poll() is not None or said(notes, "Saving works again"), "saving that goes on")
    time.sleep(RETRIED)
    assert process.poll() is None, "the window has ended by itself"
    killed_at = time.monotonic()
    kill(process)
    said(notes, "")
    return killed_at


def test_a_full_disk(disk: Disk, tmp_path: Path, soak: bool) -> None:
    if not disk.is_real:
        pytest.skip("this user may not mount a small disk")
    chance = random.Random("full")
    data, notes, tally = disk.folder / "data", tmp_path / "notes", Tally()
    for seed in range(10 if soak else 1):
        with driven(data, seed, "scripted:120", notes=notes) as process:
            killed_at = weather(
                notes, process, lambda: disk.fill(process), lambda: disk.free(process), chance.uniform(1, 4)
            )
        compare(data, killed_at, tally, notes)
    print(tally)


def test_a_disk_that_fails_for_a_while(tmp_path: Path, soak: bool) -> None:
    chance = random.Random("fails")
    data, flag, tally = tmp_path / "data", tmp_path / "flag", Tally()
    for seed in range(20 if soak else 1):
        with driven(data, 1000 + seed, "scripted:120", "--failing-disk", str(flag)) as process:
            killed_at = weather(data, process, flag.touch, flag.unlink, chance.uniform(1, 4))
        compare(data, killed_at, tally)
    print(tally)
