"""The hash of a file that grows."""

import os
import random
import threading
from hashlib import sha256
from pathlib import Path

import pytest

from desktopchat.core.errors import AbandonedError
from desktopchat.library.hashing import GrowingHash

CONTENT = random.Random(3).randbytes(20_000_000)


def test_growing_file_is_hashed_to_its_end(tmp_path: Path) -> None:
    draw, path = random.Random(4), tmp_path / "file"
    path.write_bytes(CONTENT[:1000])
    with GrowingHash(path) as hashed, path.open("ab", buffering=0) as file:
        hashed.reach(size := 1000)
        while size < len(CONTENT):
            size += file.write(CONTENT[size : size + draw.randrange(1, 3_000_000)])
            hashed.reach(size)
        assert hashed.hexdigest() == sha256(CONTENT).hexdigest()
        assert hashed.done == len(CONTENT)


def test_empty_file_has_a_hash(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with GrowingHash(tmp_path / "file") as hashed:
        assert hashed.hexdigest() == sha256().hexdigest()


def test_stop_ends_whoever_waits(tmp_path: Path) -> None:
    path = tmp_path / "fifo"
    os.mkfifo(path)
    with path.open("r+b", buffering=0) as pipe, GrowingHash(path) as hashed:
        hashed.reach(10)
        assert not hashed.wait(0.01)
        threading.Timer(0.05, hashed.stop).start()
        with pytest.raises(AbandonedError):
            hashed.hexdigest()
        pipe.write(b"x" * 10)  # lets the thread go


def test_file_that_is_shorter_than_was_said_is_told(tmp_path: Path) -> None:
    (tmp_path / "file").write_bytes(b"x")
    with GrowingHash(tmp_path / "file") as hashed:
        hashed.reach(2)
        with pytest.raises(OSError, match="shorter"):
            hashed.hexdigest()
