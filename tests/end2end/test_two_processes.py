"""Several processes use one store: one window, and commands that work while it writes."""

import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from exchange_files import many_conversations
from killing import Tally, compare, driven, events, kill
from program import command, environment, query, run, wait_for

pytestmark = [
    pytest.mark.skipif(sys.platform == "win32", reason="kills by signals"),
    pytest.mark.timeout(1800),
]


def test_commands_work_while_the_window_streams(tmp_path: Path, soak: bool) -> None:
    data, tally = tmp_path / "data", Tally()
    file = many_conversations(tmp_path / "conversations.jsonl", 20, 4)
    exported = tmp_path / "all.json"
    with driven(data, 77, "scripted:200") as process:
        wait_for(lambda: process.poll() is not None or any(e["did"] == "sent" for e in events(data)), "a message")
        for _ in range(20 if soak else 1):
            for arguments in (
                ("search", "sea"),
                ("store", "check"),
                ("export", "--all", "--output", str(exported)),
                ("store", "backup"),
                ("store", "list"),
            ):
                exported.unlink(missing_ok=True)
                result = run(data, *arguments)
                assert result.returncode == 0, (arguments, result.stderr)
                assert "Traceback" not in result.stderr
                assert "using" not in result.stderr, "two processes wait for each other, and nobody has to know"
            refused = run(data, "import", str(file))
            # One process writes at a time: who would be the second one says so.
            assert (refused.returncode, "already running" in refused.stderr) == (1, True)
        assert process.poll() is None
        seen = [event for event in events(data) if event["did"] == "notice"]
        assert not [event for event in seen if event["level"] == "error" or "Another program" in event["cause"]]
        killed_at = time.monotonic()
        kill(process)
    compare(data, killed_at, tally)
    assert query(data, "SELECT count(*) FROM message WHERE content LIKE 'conversation % turn %'") == [(0,)]
    print(tally)


def test_many_starts_at_once_open_one_window(tmp_path: Path, soak: bool) -> None:
    data = tmp_path / "data"
    outcomes: Counter[int | None] = Counter()
    for number in range(100 if soak else 2):
        programs = [
            subprocess.Popen(
                command(data, engine="scripted:50"),
                env=environment(QT_QPA_PLATFORM="offscreen"),
                stderr=subprocess.PIPE,
                start_new_session=True,
            )
            for _ in range(5)
        ]
        try:
            wait_for(lambda programs=programs: sum(p.poll() is not None for p in programs) >= 4, "four that gave way")
            # The fifth one lives on: it has opened the window.
            alive = [program for program in programs if program.poll() is None]
            assert len(alive) == 1, f"round {number}: {[program.poll() for program in programs]}"
            outcomes.update(program.poll() for program in programs)
        finally:
            for program in programs:
                kill(program)
        for program in programs:
            assert program.stderr is not None
            said = program.stderr.read().decode()
            program.stderr.close()
            assert program in alive or "Its window comes to the front" in said, said
    print(outcomes)
