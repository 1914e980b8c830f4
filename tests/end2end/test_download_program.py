"""`desktopchat models download` as a person uses it: over a bad line, stopped, killed, and asked again."""

import json
import random
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import run, started, wait_for

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
    assert f"{NAME} · 1" in done.stderr or f"{NAME} · verifying" in done.stderr

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
    assert run(tmp_path, "models", "download", f"{REPO}:q8_0", "--endpoint", server.url).returncode == 0
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
