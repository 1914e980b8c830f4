import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest

from desktopchat.core.errors import AlreadyRunningError, DataFolderError
from desktopchat.instance import Call, InstanceLock, call_file, calls_waiting, tell, tell_if_running

HOLDER = """
import pathlib, subprocess, sys
from desktopchat.instance import InstanceLock
InstanceLock(pathlib.Path(sys.argv[1])).acquire()
child = subprocess.Popen([sys.executable, "-c", "import sys; sys.stdin.read()"], stdin=sys.stdin, close_fds=False)
print(child.pid, flush=True)
input()
"""


def test_second_lock_is_refused_until_the_first_is_released(tmp_path: Path):
    first, second = InstanceLock(tmp_path), InstanceLock(tmp_path)
    with first:
        touched = call_file(tmp_path, Call.RAISE).stat().st_mtime_ns
        with pytest.raises(AlreadyRunningError, match="already running"):
            second.acquire()
        assert call_file(tmp_path, Call.RAISE).stat().st_mtime_ns == touched
        InstanceLock(tmp_path / "other").acquire()
    with second:
        pass
    second.release()


def test_lock_dies_with_its_process_even_when_a_child_lives_on(tmp_path: Path):
    holder = subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    assert holder.stdin is not None
    assert holder.stdout is not None
    try:
        assert holder.stdout.readline().strip().isdigit()
        with pytest.raises(AlreadyRunningError):
            InstanceLock(tmp_path).acquire()
        holder.kill()
        holder.wait()
        with InstanceLock(tmp_path):
            pass
    finally:
        holder.kill()
        holder.stdin.close()
        holder.wait()
        holder.stdout.close()


def test_asking_changes_the_content_each_time(tmp_path: Path):
    with InstanceLock(tmp_path):
        seen = {call_file(tmp_path, Call.RAISE).read_text()}
        for _time in range(3):
            tell(tmp_path, Call.RAISE)
            seen.add(call_file(tmp_path, Call.RAISE).read_text())
    assert len(seen) == 4
    assert "" in seen


def test_asking_without_a_folder_is_silent(tmp_path: Path):
    tell(tmp_path / "none", Call.RAISE)
    assert list(tmp_path.iterdir()) == []


def test_folder_that_cannot_be_used(tmp_path: Path):
    (tmp_path / "run").write_text("")
    with pytest.raises(DataFolderError, match="cannot be used"):
        InstanceLock(tmp_path).acquire()


@pytest.mark.skipif(os.name != "posix", reason="modes of POSIX")
def test_files_are_private(tmp_path: Path):
    before = os.umask(0)
    try:
        with InstanceLock(tmp_path):
            pass
    finally:
        os.umask(before)
    assert {path.name: stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "run").iterdir()} == {
        "lock": 0o600,
        "raise": 0o600,
        "ask": 0o600,
    }


def test_what_is_asked_for_reaches_only_who_runs(tmp_path: Path):
    assert not tell_if_running(tmp_path, Call.ASK)
    with InstanceLock(tmp_path):
        before = {call: call_file(tmp_path, call).read_text() for call in Call}
        assert tell_if_running(tmp_path, Call.ASK)
        changed = [call for call in Call if call_file(tmp_path, call).read_text() != before[call]]
    assert changed == [Call.ASK]


def test_a_call_before_anyone_watches_is_found(tmp_path: Path):
    with InstanceLock(tmp_path):
        assert calls_waiting(tmp_path) == []
        tell(tmp_path, Call.ASK)
        assert calls_waiting(tmp_path) == [Call.ASK]
    with InstanceLock(tmp_path):
        assert calls_waiting(tmp_path) == []
