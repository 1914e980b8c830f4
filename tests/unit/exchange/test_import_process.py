"""Reading in a child: what comes through, and what happens when the child does not do its work."""

import io
import json
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from exchange_makers import dump_lines, simple_chatgpt
from exchange_trees import conversations
from hypothesis import given, settings
from hypothesis import strategies as st

from desktopchat.core import own_program
from desktopchat.core.errors import ImportFileError
from desktopchat.core.transfer import Skipped, TransferConversation
from desktopchat.exchange import wire
from desktopchat.exchange.process import Reading
from desktopchat.exchange.reading import read


def pretend(monkeypatch: pytest.MonkeyPatch, code: str) -> None:
    """Let the child run other code, with one good frame first."""
    start = (
        "import os, sys, time\nfrom desktopchat.exchange import wire\nfrom desktopchat.core.transfer import Skipped\n"
    )
    start += "out = sys.stdout.buffer\nout.write(wire.encode(Skipped('first', 'came')))\nout.flush()\n"
    monkeypatch.setattr(own_program, "command", lambda *_: [sys.executable, "-c", start + code])


def test_the_child_reads_what_we_would(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_text(f"[{json.dumps(simple_chatgpt('c1'))}, 7, {json.dumps(simple_chatgpt('c2'))}]")
    found = list(Reading(path))
    assert found == list(read(path))
    assert len(found) == 3


def test_what_cannot_be_read_is_told_with_its_cure(tmp_path: Path) -> None:
    (tmp_path / "x").write_text("words")
    with pytest.raises(ImportFileError, match=r"x holds no conversation.* Give an export") as caught:
        list(Reading(tmp_path / "x"))
    assert caught.value.cure


def test_what_it_says_can_still_be_said_in_another_language(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(f"[7, {json.dumps(simple_chatgpt('c1'))}]")
    skipped = next(item for item in Reading(tmp_path / "x") if isinstance(item, Skipped))
    german = {"{first}, {second}": "{second} in {first}", "conversation {number}": "Gespräch {number}"}
    assert skipped.place.said(lambda text: german.get(text, text)) == "Gespräch 1 in x"
    assert skipped.reason.template == "It is no object."


@pytest.mark.parametrize(
    ("code", "message"),
    [
        ("os._exit(3)", "ended in the middle"),
        ("os.abort()", "ended in the middle"),
        ("os.close(1)\ntime.sleep(600)", "ended in the middle"),
        ("out.write(b'\\xff' * 1000)\nout.flush()", "sent something that nobody understands"),
        ("out.write(wire.encode(Skipped('a', 'b'))[:-3])\nout.flush()", "sent something that nobody understands"),
        ("out.write(b'\\x04\\0\\0\\0abcd')\nout.flush()", "sent something that nobody understands"),
        ("time.sleep(600)", "came to no end within 0.3 seconds"),
    ],
)
def test_a_child_that_fails_is_one_error_and_what_came_before_is_good(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, code: str, message: str
) -> None:
    pretend(monkeypatch, code)
    items = iter(Reading(tmp_path / "x", patience=0.3 if code.startswith("time") else 60))
    if not code.startswith("time"):
        assert next(items) == Skipped("first", "came")
    with pytest.raises(ImportFileError, match=message):
        list(items)


def test_a_slow_reader_is_not_the_childs_fault(tmp_path: Path) -> None:
    path = dump_lines(tmp_path / "x", *(simple_chatgpt(f"c{number}") for number in range(20)))
    reading = Reading(path, patience=2)
    items = iter(reading)
    next(items)
    with reading._changed:
        assert reading._deadline == float("inf")
    assert len(list(items)) == 19


def test_reading_can_be_cancelled_from_another_thread(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "time.sleep(600)")
    reading = Reading(tmp_path / "x")
    items = iter(reading)
    assert next(items) == Skipped("first", "came")
    other = threading.Thread(target=reading.cancel)
    other.start()
    assert list(items) == []
    other.join()
    assert list(Reading_cancelled(tmp_path)) == []


def Reading_cancelled(folder: Path) -> Reading:
    reading = Reading(folder / "x")
    reading.cancel()
    return reading


def test_an_abandoned_reading_leaves_no_child(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    pretend(monkeypatch, "time.sleep(600)")
    items = iter(Reading(tmp_path / "x"))
    next(items)
    items.close()  # the fixture for leaks sees what is left


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds a process to its address space")
def test_memory_is_bounded_and_what_came_before_is_kept(tmp_path: Path) -> None:
    path = tmp_path / "x"
    with path.open("wb") as file:
        file.write(b"[" + json.dumps(simple_chatgpt()).encode() + b',{"mapping":{"x":[' + b"[]," * (10 << 20))
        file.write(b"1]}}," + json.dumps(simple_chatgpt("c2")).encode() + b"]")
    first, second, third = Reading(path)
    assert isinstance(first, TransferConversation)
    assert second == Skipped("x, conversation 2", "It is too large for the memory.")
    assert isinstance(third, TransferConversation)


@pytest.mark.parametrize(
    "code",
    [
        "import socket; socket.create_connection(('127.0.0.1', 9))",
        "import socket; socket.getaddrinfo('localhost', 80)",
        "import subprocess; subprocess.run(['true'])",
        "import os; os.system('true')",
        "import os; os.fork()",
        "import ctypes; ctypes.CDLL(None)",
    ],
)
def test_the_child_can_reach_nothing(code: str) -> None:
    check = f"from desktopchat.exchange.child import _confine\n_confine()\n{code}"
    done = subprocess.run([sys.executable, "-c", check], capture_output=True, text=True, check=False)
    assert "PermissionError" in done.stderr
    assert "is not for this process" in done.stderr


def test_the_child_ends_with_the_app(tmp_path: Path) -> None:
    # More than the pipe takes, and nobody reads it: only the end of the input can end this process.
    path = dump_lines(tmp_path / "x", *(simple_chatgpt(f"c{number}", answer="x" * 10_000) for number in range(50)))
    child = subprocess.Popen(
        [sys.executable, "-m", "desktopchat", "--import-child", str(path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )
    assert child.stdin is not None
    assert child.stdout is not None
    child.stdout.read(1)
    child.stdin.close()
    assert child.wait(30) == 0
    child.stdout.close()


@settings(max_examples=20)
@given(st.lists(conversations(), max_size=2))
def test_frames_bring_what_was_sent(sent: list[TransferConversation]) -> None:
    reader = wire.FrameReader(io.BytesIO(b"".join(map(wire.encode, sent))))
    assert [reader.read() for _ in sent] == sent
    assert reader.read() is None
