"""A locked, a damaged and a restored store in the real window, by key."""

import contextlib
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from program import run, started, texts, wait_for
from xvfb import Display

from desktopchat.storage.database import Database

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs an X server that shows nothing")

PASSPHRASE = "correct horse battery"
WARNING = "#8A5A00"  # of the light theme


@contextlib.contextmanager
def window(display: Display, data: Path) -> Iterator[subprocess.Popen[bytes]]:
    (data / "settings.toml").write_text('[look]\ntheme = "light"\n')
    changes = {"DISPLAY": display.name, "QT_QPA_PLATFORM": "xcb"}
    with started(data, engine="scripted:0", changes=changes) as process:
        focus(display, process)
        yield process


def focus(display: Display, process: subprocess.Popen[bytes], title: str = "") -> None:
    """Let the keys go to the window of a program, once it is called so."""

    def found() -> str:
        shown = display.window(process.pid)
        return shown if shown and display.title(shown).startswith(title) else ""

    display.focus(wait_for(found, f"the window {title!r}"))


def end(display: Display, process: subprocess.Popen[bytes]) -> None:
    display.press("ctrl+q")
    wait_for(lambda: process.poll() is not None, "the end of the window")
    assert process.returncode == 0


def chat(data: Path, text: str) -> None:
    assert run(data, "chat", engine="scripted:0", stdin=f"say: {text}\n").returncode == 0


def test_locked_store_is_opened_by_key(display: Display, data_dir: Path) -> None:
    chat(data_dir, "first")
    assert run(data_dir, "vault", "on", stdin=f"{PASSPHRASE}\n").returncode == 0
    with window(display, data_dir) as process:
        display.type("wrong")
        display.press("Return")
        wait_for(lambda: display.screenshot().count(WARNING) > 50, "what was wrong")
        display.press("Escape")
        wait_for(lambda: process.poll() is not None, "the end")
        assert process.returncode == 0
    with window(display, data_dir) as process:
        display.type(PASSPHRASE)
        display.press("Return")
        focus(display, process, "New conversation")
        display.type("say: second")
        display.press("Return")
        shown = display.window(process.pid)
        wait_for(lambda: not display.title(shown).startswith("New conversation"), "the conversation's title")
        end(display, process)
    for file in data_dir.rglob("*"):
        assert not file.is_file() or b"second" not in file.read_bytes(), file.name
    assert run(data_dir, "vault", "off", stdin=f"{PASSPHRASE}\n").returncode == 0
    assert "say: second" in texts(data_dir)


def test_damaged_store_is_salvaged_and_told(display: Display, data_dir: Path) -> None:
    chat(data_dir, "first")
    Database(data_dir / "desktopchat.db").close()  # writes the log back
    with (data_dir / "desktopchat.db").open("r+b") as file:
        file.write(bytes(4096))
    with window(display, data_dir) as process:
        wait_for(lambda: display.screenshot().count(WARNING) > 50, "the banner")
        wait_for(lambda: texts(data_dir) == ["say: first", "first"], "the messages")
        focus(display, process, "New conversation")  # the keys went to the window that said what was done
        end(display, process)
    (kept,) = data_dir.glob("desktopchat-*-damaged.db")
    assert kept.read_bytes()[:4096] == bytes(4096)


def test_backup_and_restore_by_key(display: Display, data_dir: Path) -> None:
    chat(data_dir, "first")
    with window(display, data_dir) as process:
        display.press("ctrl+shift+b")
        (backup,) = wait_for(lambda: list(data_dir.glob("backups/*asked.db")), "the backup")
        assert backup.exists()
        display.type("say: second")
        display.press("Return")
        wait_for(lambda: "second" in texts(data_dir), "the second answer")
        before = display.screenshot().pixels
        display.press("ctrl+shift+r")
        wait_for(lambda: display.screenshot().pixels != before, "the list of backups")
        display.type("20")  # narrows nothing: all are of this century
        display.press("Return")
        wait_for(lambda: list(data_dir.glob("*-replaced.db")), "the swap")
        end(display, process)
    assert texts(data_dir) == ["say: first", "first"]
    (aside,) = data_dir.glob("desktopchat-*-replaced.db")
    assert run(data_dir, "store", "restore", aside.name).returncode == 0
    assert "second" in texts(data_dir)
