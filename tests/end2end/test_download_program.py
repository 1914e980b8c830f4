"""`desktopchat models download` as a person uses it: over a bad line, stopped, killed, and asked again."""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path

import pytest
from program import environment, run, started, wait_for

from tests.file_server import FileServer

REPO = "acme/tiny-GGUF"
NAME = "tiny.Q4_K_M.gguf"
SIZE = 24_000_000


@pytest.fixture
def server() -> Iterator[FileServer]:
    with FileServer() as running:
        yield running


@pytest.fixture
def content() -> bytes:
    return random.Random(7).randbytes(SIZE)


def test_download_is_verified_and_listed(server: FileServer, content: bytes, tmp_path: Path) -> None:
    file = server.add(NAME, content)
    server.add("tiny.Q8_0.gguf", content[:5000])
    done = run(tmp_path, "models", "download", REPO, "--endpoint", server.url, "--json")
    assert done.returncode == 0, done.stderr
    (told,) = json.loads(done.stdout)["files"]
    place = tmp_path / "models" / REPO / NAME
    assert (told["sha256"], told["place"]) == (file.sha256, str(place))
    assert place.read_bytes() == content
    assert "tiny.Q4_K_M · " in done.stderr

    checked = run(tmp_path, "models", "verify")
    assert (checked.returncode, checked.stdout.split()) == (0, ["sound", f"{REPO}/{NAME}"])
    asked = len(server.asked["hub"])
    with place.open("r+b") as model:
        model.seek(SIZE // 2)
        model.write(b"?")
    checked = run(tmp_path, "models", "verify", "q4_k", "--json")
    assert checked.returncode == 1
    assert json.loads(checked.stdout)[0]["verdict"] == "damaged"
    assert len(server.asked["hub"]) == asked


def test_quantization_and_file_are_chosen_by_name(server: FileServer, tmp_path: Path) -> None:
    contents = {name: name.encode() * 99 for name in ("a.Q4_K_M.gguf", "a.Q8_0.gguf", "mmproj-F16.gguf")}
    for name, content in contents.items():
        server.add(name, content)
    folder = tmp_path / "models" / REPO
    assert run(tmp_path, "models", "download", f"{REPO}@v1.0:q8_0", "--endpoint", server.url).returncode == 0
    assert "/revision/v1.0?" in server.asked["hub"][0].path
    assert {path.name for path in folder.glob("*.gguf")} == {"a.Q8_0.gguf", "mmproj-F16.gguf"}
    refused = run(tmp_path, "models", "download", REPO, "Q5_K_M", "--endpoint", server.url)
    assert refused.returncode == 1
    assert "nothing called Q5_K_M" in refused.stderr
    assert "Q4_K_M" in refused.stderr


def test_ctrl_c_keeps_what_came(server: FileServer, content: bytes, tmp_path: Path) -> None:
    server.add(NAME, content)
    server.fail("cdn", stall_after=9_000_000)
    part = tmp_path / "models" / REPO / f"{NAME}.part"
    arguments = ("models", "download", REPO, "--endpoint", server.url)
    with started(tmp_path, *arguments, stderr=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        wait_for(lambda: part.exists() and part.stat().st_size == 9_000_000, "the first bytes")
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=10)
        assert process.returncode == 130
        assert "What came is kept" in said.decode()
    assert run(tmp_path, *arguments).returncode == 0
    assert server.asked["cdn"][-1].headers["range"] == "bytes=9000000-"
    assert part.with_suffix("").read_bytes() == content


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed so there")
def test_kills_and_drops_cost_next_to_nothing(server: FileServer, content: bytes, tmp_path: Path) -> None:
    server.add(NAME, content)
    server.fail("cdn", times=1000, drop_after=2_000_000, pace=20_000_000)
    part = tmp_path / "models" / REPO / f"{NAME}.part"
    arguments = ("models", "download", REPO, "--endpoint", server.url)
    for share in (0.2, 0.4, 0.6):
        with started(tmp_path, *arguments, stderr=subprocess.DEVNULL) as process:
            wait_for(lambda: part.exists() and part.stat().st_size > share * SIZE, "a share of it")  # noqa: B023
            process.send_signal(signal.SIGKILL)
            process.wait()
    done = run(tmp_path, *arguments)
    assert done.returncode == 0, done.stderr
    assert part.with_suffix("").read_bytes() == content
    assert server.sent <= 1.05 * SIZE


@pytest.mark.skipif(sys.platform == "win32", reason="nothing is killed so there")
def test_window_that_is_killed_goes_on_by_itself(server: FileServer, content: bytes, tmp_path: Path) -> None:
    file = server.add(NAME, content)
    server.fail("cdn", times=1000, drop_after=2_000_000, pace=10_000_000)
    entry = {"name": "tiny", "files": [asdict(file)], "state": "queued", "reason": ["", {}]}
    (tmp_path / "downloads.json").write_text(json.dumps({"downloads": [entry]}))
    place = tmp_path / "models" / REPO / NAME
    part = place.with_name(f"{NAME}.part")
    changes = {"QT_QPA_PLATFORM": "offscreen", "HF_ENDPOINT": server.url}
    for share in (0.3, 0.6, 1.0):
        with started(tmp_path, engine="scripted:0", changes=changes) as process:
            if share < 1:
                wait_for(lambda: part.exists() and part.stat().st_size > share * SIZE, "a share of it")  # noqa: B023
            else:
                wait_for(place.exists, "the model")
            process.send_signal(signal.SIGKILL)
            process.wait()
    assert place.read_bytes() == content
    assert server.sent <= 1.05 * SIZE


def test_gated_repository_says_where_to_accept(server: FileServer, tmp_path: Path) -> None:
    server.gated.add(REPO)
    server.add(NAME, b"gated")
    refused = run(tmp_path, "models", "download", REPO, "--endpoint", server.url)
    assert refused.returncode == 1
    assert f"{server.url}/{REPO}" in refused.stderr


def test_offline_asks_nobody(server: FileServer, tmp_path: Path) -> None:
    server.add(NAME, b"x")
    refused = run(tmp_path, "--set", "network.offline=on", "models", "download", REPO, "--endpoint", server.url)
    assert refused.returncode == 1
    assert "offline" in refused.stderr
    assert not server.asked["hub"]


_WATCHED = """
import sys
def watch(event, arguments):
    if event == "socket.getaddrinfo" or event == "socket.connect" and isinstance(arguments[1], tuple):
        print("the network was used:", event, arguments[1:], file=sys.stderr, flush=True)
sys.addaudithook(watch)
from desktopchat.__main__ import main
sys.exit(main())
"""


def test_nothing_is_asked_before_somebody_wants_it(server: FileServer, content: bytes, tmp_path: Path) -> None:
    file = server.add(NAME, content)
    place = tmp_path / "models" / REPO / NAME
    place.parent.mkdir(parents=True)
    place.with_name(f"{NAME}.part").write_bytes(content[:1000])
    place.with_name(f"{NAME}.json").write_text(json.dumps({**asdict(file), "etag": ""}))
    paused = {"name": "tiny", "files": [asdict(file)], "state": "paused", "reason": ["", {}]}
    (tmp_path / "downloads.json").write_text(json.dumps({"downloads": [paused]}))
    arguments = ["--data-dir", str(tmp_path), "--engine", "scripted:0"]
    changed = environment(QT_QPA_PLATFORM="offscreen", HF_ENDPOINT=server.url)

    def call(*more: str) -> list[str]:
        return [sys.executable, "-c", _WATCHED, *arguments, *more]

    with subprocess.Popen(call(), env=changed, stderr=subprocess.PIPE, text=True) as window:
        # The queue is written down anew once it has been taken up.
        wait_for(lambda: "version" in (tmp_path / "downloads.json").read_text(), "the queue")
        window.send_signal(signal.SIGTERM)
        _, said = window.communicate(timeout=30)
    assert window.returncode == 0, said
    verified = subprocess.run(call("models", "verify"), env=changed, capture_output=True, text=True, check=False)
    assert "no model" in verified.stderr
    assert "the network was used" not in said + verified.stderr
    assert not server.asked["hub"]
    # The watcher does see it.
    wanted = subprocess.run(call("models", "download", REPO), env=changed, capture_output=True, text=True, check=False)
    assert wanted.returncode == 0, wanted.stderr
    assert "the network was used" in wanted.stderr


def test_two_programs_do_not_disturb_each_other(server: FileServer, content: bytes, tmp_path: Path) -> None:
    server.add(NAME, content)
    server.fail("cdn", pace=10_000_000)
    part = tmp_path / "models" / REPO / f"{NAME}.part"
    arguments = ("models", "download", REPO, "--endpoint", server.url)
    with started(tmp_path, *arguments, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL) as process:
        wait_for(lambda: part.exists() and part.stat().st_size > 1_000_000, "the first bytes")
        second = run(tmp_path, *arguments)
        assert second.returncode == 1
        assert "Another desktopchat is downloading" in second.stderr
        assert process.wait(30) == 0
    assert part.with_suffix("").read_bytes() == content
