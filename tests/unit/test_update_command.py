"""`desktopchat update`."""

import json
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from update_server import UpdateServer, told

from desktopchat.cli import main
from desktopchat.core import release


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Iterator[UpdateServer]:
    with UpdateServer() as made:
        monkeypatch.setattr(release, "PUBLIC_KEYS", (made.maker,))
        monkeypatch.setattr("desktopchat.build.system", lambda: "linux-x86_64")
        yield made


@pytest.fixture
def run(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["--data-dir", str(tmp_path), "update", *arguments])
        return (code, *capsys.readouterr())

    mask = os.umask(0o077)
    yield call
    os.umask(mask)  # which the program has changed


def test_a_newer_version(run, server: UpdateServer) -> None:
    server.body = server.signed(told("99.0"))
    code, out, err = run("--set", f"updates.address={server.address}")
    assert code == 0
    assert f"Asking {server.origin.partition('://')[2]}." in err
    assert out.splitlines()[0].startswith("desktopchat 99.0 of 2026-11-27 is there; this is ")
    assert "- It looks for updates." in out
    assert "https://example.com/desktopchat_99.0_amd64.deb\n  56,123,456 bytes, SHA-256 0123" in out


def test_json(run, server: UpdateServer) -> None:
    server.body = server.signed(told("0.0.1"))
    code, out, err = run("--json", "--set", f"updates.address={server.address}")
    data = json.loads(out)
    assert (code, err) == (0, "")
    assert (data["version"], data["newer"], data["files"]) == ("0.0.1", False, [])


def test_each_failure_is_one_line(run, server: UpdateServer) -> None:
    server.body = b"nothing"
    for settings, words in (
        ((), "does not know where new versions are announced"),
        (("--set", f"updates.address={server.address}"), "is not signed"),
        (("--set", f"updates.address={server.address}", "--set", "network.offline=on"), "set to be offline"),
        (("--set", "updates.address=http://example.com/x"), "everyone could read"),
    ):
        code, out, err = run(*settings)
        assert (code, out) == (1, "")
        assert words in err
        assert err.count("\n") <= 2
    assert len(server.asked) == 1
