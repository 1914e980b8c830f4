"""The driven window as a process that is killed, and the comparison of its store with what it had shown."""

import hashlib
import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil
from program import environment

from desktopchat.storage.checking import check_fully
from desktopchat.storage.database import Database
from desktopchat.storage.state import LAST_CONVERSATION, NEW_DRAFT, WINDOW_LAYOUT
from desktopchat.storage.stores import Stores

DRIVER = Path(__file__).parent / "driven_app.py"
LATEST_TEXT = 0.25  # seconds of shown text that a kill may take
LATEST_DRAFT = 2.0  # seconds of typing that a kill may take
LATEST_LAYOUT = 4.0  # seconds; it is looked at every 2
SWITCHES = ("_new", "_next", "_undo", "_delete_conversation", "_send", "_edit")


@dataclass
class Tally:
    """What many kills came to.

    Attributes:
        missing: Longest time for which text had been shown that was lost, in seconds.
        latest_draft: The same of a draft.
    """

    kills: int = 0
    while_streaming: int = 0
    while_storing: int = 0
    either: int = 0
    receipts: int = 0
    sent: int = 0
    queued: int = 0
    missing: float = 0.0
    latest_draft: float = 0.0
    actions: int = 0

    def __str__(self) -> str:
        return (
            f"{self.kills} kills, {self.either} of them in a stream ({self.while_streaming}) or a write"
            f" ({self.while_storing}); {self.actions} actions, {self.sent} messages sent and {self.queued} queued,"
            f" {self.receipts} receipts;"
            f" at most {1000 * self.missing:.0f} ms of shown text and {self.latest_draft:.2f} s of a draft missing"
        )


@contextmanager
def driven(
    data: Path, seed: int, engine: str, *options: str, notes: Path | None = None
) -> Iterator[subprocess.Popen[bytes]]:
    """Start the driven window in a process group of its own and leave nothing of it behind.

    Args:
        options: Of the driver.
        notes: Where it and the receipts write, with a suffix; beside the data without it.
    """
    notes = notes or data
    program = [sys.executable, str(DRIVER), str(notes.with_suffix(".log")), str(seed), *options]
    changes = {
        "QT_QPA_PLATFORM": "offscreen",
        "PYTHONFAULTHANDLER": "1",
        "DESKTOPCHAT_TEST_ACK": str(notes.with_suffix(".receipts")),
    }
    process = subprocess.Popen(
        [*program, "--data-dir", str(data), "--engine", engine],
        env=environment(**changes),
        start_new_session=True,
        stderr=subprocess.PIPE,
    )
    assert process.stderr is not None
    try:
        yield process
    finally:
        kill(process)
        complaints = process.stderr.read().decode()
        process.stderr.close()
        assert not complaints.count("Traceback") + complaints.count("Fatal Python error"), complaints


def kill(process: subprocess.Popen[bytes]) -> None:
    """Kill the program with its children, and wait until they are gone."""
    family: list[psutil.Process] = []
    try:
        family = psutil.Process(process.pid).children(recursive=True)
        os.killpg(process.pid, signal.SIGKILL)
    except (psutil.NoSuchProcess, ProcessLookupError):
        pass
    process.wait()
    psutil.wait_procs(family, timeout=10)


def events(notes: Path) -> list[dict[str, Any]]:
    """Return what the driver noted; the last line may be cut."""
    file = notes.with_suffix(".log")
    lines = file.read_text("utf-8").splitlines() if file.exists() else []
    return [json.loads(line) for line in lines if line.endswith("}")]


def compare(data: Path, killed_at: float, tally: Tally, notes: Path | None = None) -> None:
    """Open the store as the app does, and find all that had been shown before the kill. Empties the log.

    Args:
        killed_at: Monotonic time.
    """
    notes = notes or data
    seen = events(notes)
    notes.with_suffix(".log").unlink(missing_ok=True)
    for line in log_lines(data):
        assert not {"ERROR", "CRITICAL"} & set(line.split()[2:3]), line
    tally.kills += 1
    tally.actions += sum(event["did"] == "act" for event in seen)
    path = data / "desktopchat.db"
    if not path.exists():
        assert not any(event["did"] == "sent" for event in seen)
        return
    database = Database(path)
    try:
        cut = {row[0] for row in database.execute("SELECT id FROM message WHERE state = 'streaming'")}
        Stores(database).conversations.recover()
        storing = sum(event["did"] == "begin" for event in seen) > sum(event["did"] == "end" for event in seen)
        tally.while_streaming += bool(cut)
        tally.while_storing += storing
        tally.either += bool(cut) or storing
        rows = database.execute("SELECT id, role, content, state FROM message WHERE role <> 'root'")
        messages = {number: (role, content, state) for number, role, content, state in rows}
        for number in cut:
            assert messages[number][2] == "interrupted"
        _compare_receipts(notes, messages, tally)
        _compare_sent(seen, messages, tally)
        _compare_queued(database, seen, messages, tally)
        _compare_shown(seen, messages, cut, killed_at, tally)
        _compare_drafts(database, seen, killed_at, tally)
        _compare_titles(database, seen)
        _compare_places(database, seen, killed_at)
    finally:
        database.close()
    assert check_fully(path, None) == []


def log_lines(data: Path) -> list[str]:
    """Return what the app logged, and empty that log."""
    lines: list[str] = []
    for file in (data / "logs").glob("desktopchat.log*"):
        lines += file.read_text("utf-8").splitlines()
        file.unlink()
    return lines


def _compare_receipts(notes: Path, messages: dict[int, tuple[str, str, str]], tally: Tally) -> None:
    file = notes.with_suffix(".receipts")
    lines = file.read_text().splitlines(keepends=True) if file.exists() else []
    tally.receipts = len(lines)
    wanted: dict[int, set[str]] = {}
    for line in lines:
        if line.endswith("\n"):
            number, digest = line.split()
            wanted.setdefault(int(number), set()).add(digest)
    for number, digests in wanted.items():
        assert number in messages, f"message {number} was called saved and is lost"
        role, content, _state = messages[number]
        found = {hashlib.sha256(content.encode()).hexdigest()}
        if role == "assistant":  # it may have been continued since
            hashed = hashlib.sha256()
            found.add(hashed.hexdigest())
            for letter in content:
                hashed.update(letter.encode())
                found.add(hashed.hexdigest())
        assert digests <= found, f"message {number} is not what was called saved"


def _compare_sent(seen: list[dict[str, Any]], messages: dict[int, tuple[str, str, str]], tally: Tally) -> None:
    texts = [content for role, content, _state in messages.values() if role == "user"]
    assert len(texts) == len(set(texts)), "a message is there twice"
    for event in seen:
        if event["did"] == "sent":
            tally.sent += 1
            assert event["text"] in texts, "a message left the composer and is lost"


def _compare_queued(
    database: Database, seen: list[dict[str, Any]], messages: dict[int, tuple[str, str, str]], tally: Tally
) -> None:
    texts = [content for role, content, _state in messages.values() if role == "user"]
    queues = database.execute("SELECT value FROM state WHERE key LIKE 'pending.queue.%'")
    texts += [one["text"] for row in queues for one in json.loads(row[0])]
    assert len(texts) == len(set(texts)), "a message is both sent and waiting"
    for event in seen:
        if event["did"] == "queued":
            tally.queued += 1
            assert event["text"] in texts, "a message entered the queue and is lost"


def _compare_shown(
    seen: list[dict[str, Any]],
    messages: dict[int, tuple[str, str, str]],
    cut: set[int],
    killed_at: float,
    tally: Tally,
) -> None:
    for event in seen:
        if event["did"] != "shown" or event["message"] not in messages:
            assert event["did"] != "shown", f"message {event['message']} was shown and is lost"
            continue
        lost = event["length"] - len(messages[event["message"]][1])
        if lost > 0:
            missing = killed_at - event["t"]
            tally.missing = max(tally.missing, missing)
            assert missing <= LATEST_TEXT, f"{lost} letters that had been shown for {missing:.3f} s are lost"


def _compare_drafts(database: Database, seen: list[dict[str, Any]], killed_at: float, tally: Tally) -> None:
    drafts = dict(database.execute("SELECT id, draft FROM conversation"))
    drafts[None] = Stores(database).conversations.get_state(NEW_DRAFT, "")
    sent = {event["text"] for event in seen if event["did"] == "send"}
    typed = [event for event in seen if event["did"] == "draft"]
    for conversation in {event["conversation"] for event in typed}:
        history = [event for event in typed if event["conversation"] == conversation]
        stored = drafts.get(conversation, "")
        # What was stored has stood there, or is empty because what stood there was sent.
        found = [
            place
            for place, event in enumerate(history)
            if event["text"] == stored or (not stored and event["text"] in sent)
        ]
        newer = history[found[-1] + 1 :] if found else history
        missing = killed_at - newer[0]["t"] if newer else 0.0
        tally.latest_draft = max(tally.latest_draft, missing)
        assert missing <= LATEST_DRAFT, f"the draft of {conversation} is {stored!r}; {_told(seen, killed_at)}"


def _told(seen: list[dict[str, Any]], killed_at: float) -> str:
    """Return what happened last, for a test that fails."""
    lines = [
        f"{event['t'] - killed_at:.2f} "
        + " ".join(str(value)[-40:] for name, value in event.items() if name not in ("t", "cure", "level"))
        for event in seen
        if event["did"] not in ("shown", "begin", "end", "place")
    ]
    return "\n".join(["", *lines[-60:]])


def _compare_titles(database: Database, seen: list[dict[str, Any]]) -> None:
    titles = dict(database.execute("SELECT id, title FROM conversation"))
    shown: dict[int, int] = {}
    for place, event in enumerate(seen):
        if event["did"] == "titled":
            shown[event["conversation"]] = place
    for conversation, place in shown.items():
        asked = {event["title"] for event in seen[place:] if event["did"] == "rename"}
        stored = titles[conversation]
        assert stored == seen[place]["title"] or stored in asked, f"the title {seen[place]['title']!r} is lost"


def _compare_places(database: Database, seen: list[dict[str, Any]], killed_at: float) -> None:
    """The conversation that was open, where one was reading, and the zoom."""
    store = Stores(database).conversations
    opened = [place for place, event in enumerate(seen) if event["did"] == "opened"]
    if opened:
        after = seen[opened[-1] :]
        # A switch that was asked for is stored before it is shown; so is a conversation that a message begins, which
        # may have been on its way when this one was shown.
        switching = any(event["did"] == "sent" or event.get("action") in SWITCHES for event in after)
        stored = store.get_state(LAST_CONVERSATION)
        just_shown = after[0]["t"] > killed_at - LATEST_TEXT
        assert switching or just_shown or stored == after[0]["conversation"]
    zooms = [event for event in seen if event["did"] in ("zoom", "started")]
    before = [place for place, event in enumerate(zooms) if event["t"] <= killed_at - LATEST_LAYOUT]
    if before:
        layout = store.get_state(WINDOW_LAYOUT, {})
        assert layout.get("zoom", 1.0) in {event["zoom"] for event in zooms[before[-1] :]}
    places: dict[int, list[dict[str, Any]]] = {}
    for event in seen:
        if event["did"] == "place" and event["conversation"] is not None:
            places.setdefault(event["conversation"], []).append(event)
    stored_places = dict(database.execute("SELECT id, scroll FROM conversation"))
    for conversation, history in places.items():
        old = [number for number, event in enumerate(history) if event["t"] <= killed_at - LATEST_TEXT]
        if old:
            good = [event["place"] for event in history[old[-1] :]]
            assert json.loads(stored_places[conversation]) in good, f"the place in {conversation} is lost"
