"""Checks, backups, damage and the passphrase, as one uses them on the command line."""

import os
import stat
import sys
from pathlib import Path

import pytest
from program import run, started, texts, wait_for
from terminals import in_terminal

from desktopchat.storage.database import Database

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX terminals and modes")

ENGINE = "scripted:0"
PASSPHRASE = "correct horse battery"


def store(data: Path, *arguments: str, stdin: str = "") -> tuple[int, str, str]:
    result = run(data, *arguments, engine=ENGINE, stdin=stdin)
    assert "Traceback" not in result.stderr
    return result.returncode, result.stdout, result.stderr


def chat(data: Path, text: str) -> None:
    assert store(data, "chat", stdin=f"say: {text}\n")[0] == 0


def test_backup_and_restore_and_back_again(data_dir: Path) -> None:
    assert store(data_dir, "store", "check") == (
        1,
        "",
        f"desktopchat: There are no conversations in {data_dir} yet. Start desktopchat once.\n",
    )
    chat(data_dir, "first")
    assert store(data_dir, "store", "check") == (0, "The conversations are sound.\n", "")
    code, made, _ = store(data_dir, "store", "backup")
    assert code == 0
    name = Path(made.strip()).name
    chat(data_dir, "second")
    listing = store(data_dir, "store", "list")[1]
    assert listing.startswith(name)
    assert "conversations: 1, messages: 2" in listing
    assert store(data_dir, "store", "restore")[1] == listing
    code, told, _ = store(data_dir, "store", "restore", name)
    assert code == 0
    assert texts(data_dir) == ["say: first", "first"]
    aside = told.split()[-1]
    assert store(data_dir, "store", "restore", aside)[0] == 0
    assert "second" in texts(data_dir)
    assert store(data_dir, "store", "restore", "nothing")[0] == 1


def test_restore_waits_for_the_window(data_dir: Path) -> None:
    chat(data_dir, "first")
    name = Path(store(data_dir, "store", "backup")[1].strip()).name
    with in_terminal(data_dir, "chat", engine=ENGINE) as terminal:
        terminal.wait_for("> ")
        code, _, said = store(data_dir, "store", "restore", name)
        assert code == 1
        assert "already running" in said
        assert store(data_dir, "store", "check")[0] == 0
        assert store(data_dir, "store", "backup")[0] == 0
        terminal.type("\x04")
        assert terminal.wait() == 0


def test_damage_is_told(data_dir: Path) -> None:
    chat(data_dir, "first " * 500)
    database = data_dir / "desktopchat.db"
    Database(database).close()  # writes the log back
    content = bytearray(database.read_bytes())
    content[40_000:90_000] = os.urandom(50_000)
    database.write_bytes(content)
    code, out, said = store(data_dir, "store", "check")
    assert (code, out) == (1, "")
    assert said.startswith(f"desktopchat: {database} is damaged. Start the window")
    code, _, said = store(data_dir, "store", "backup")
    assert code == 1
    assert "is damaged" in said
    assert database.read_bytes() == content


def test_vault_from_on_to_off(data_dir: Path) -> None:
    chat(data_dir, "first")
    store(data_dir, "store", "backup")
    assert "shorter than 8" in store(data_dir, "vault", "on", stdin="short\n")[2]
    code, told, _ = store(data_dir, "vault", "on", stdin=f"{PASSPHRASE}\n")
    assert code == 0
    assert "Nothing opens the conversations without it" in told
    assert "Backups that are locked now: 1" in told
    assert not [path for path in data_dir.rglob("*.db") if path.read_bytes().startswith(b"SQLite")]
    assert store(data_dir, "vault", "status")[1] == "The conversations are locked with a passphrase.\n"
    for command in (["chat"], ["ask", "say: x"], ["store", "check"], ["store", "list"]):
        code, out, said = store(data_dir, *command, stdin="say: more\n")
        assert (code, out) == (1, "")
        assert said.count("\n") == 1
        assert "locked with a passphrase" in said
    assert store(data_dir, "vault", "change", stdin=f"{PASSPHRASE}\nanother one altogether\n")[0] == 0
    assert "does not open" in store(data_dir, "vault", "off", stdin=f"{PASSPHRASE}\n")[2]
    assert store(data_dir, "vault", "off", stdin="another one altogether\n")[0] == 0
    assert texts(data_dir) == ["say: first", "first"]
    assert "messages: 2" in store(data_dir, "store", "list")[1]


def test_passphrase_is_asked_for_in_a_terminal(data_dir: Path) -> None:
    chat(data_dir, "first")
    assert store(data_dir, "vault", "on", stdin=f"{PASSPHRASE}\n")[0] == 0
    with in_terminal(data_dir, "chat", engine=ENGINE) as terminal:
        after = terminal.wait_for("Passphrase: ")
        terminal.type("wrong\n")
        after = terminal.wait_for("does not open", after)
        terminal.wait_for("Passphrase: ", after)
        terminal.type(f"{PASSPHRASE}\n")
        terminal.wait_for("\n> ")
        terminal.type("say: locked away\n")
        terminal.wait_for("locked away", terminal.wait_for("say: locked away"))
        terminal.type("\x04")
        assert terminal.wait() == 0
        assert PASSPHRASE.encode() not in terminal.shown
    for file in data_dir.rglob("*"):
        assert not file.is_file() or b"locked away" not in file.read_bytes()


def test_without_a_keyring_nothing_is_remembered(data_dir: Path) -> None:
    chat(data_dir, "first")
    assert store(data_dir, "vault", "on", stdin=f"{PASSPHRASE}\n")[0] == 0
    result = run(
        data_dir,
        "vault",
        "remember",
        engine=ENGINE,
        stdin=f"{PASSPHRASE}\n",
        PYTHON_KEYRING_BACKEND="keyring.backends.null.Keyring",
    )
    assert result.returncode == 1
    assert "no keyring that keeps secrets encrypted" in result.stderr


def test_all_files_are_private_whatever_the_umask(data_dir: Path) -> None:
    def session(*arguments: str, text: bytes = b"") -> None:
        with started(
            data_dir, *arguments, engine=ENGINE, stdin=-1, stdout=-3, stderr=-3, preexec_fn=lambda: os.umask(0)
        ) as process:
            assert process.stdin is not None
            process.stdin.write(text)
            process.stdin.close()
            wait_for(lambda: process.poll() is not None, "its end")
            assert process.returncode == 0

    session("chat", text=b"say: mine\n")
    session("store", "backup")
    session("store", "restore", "desktopchat-")
    session("store", "check")
    session("vault", "on", text=f"{PASSPHRASE}\n".encode())
    modes = {path: stat.S_IMODE(path.stat().st_mode) for path in (data_dir, *data_dir.rglob("*"))}
    assert len(modes) > 8
    assert {path: oct(mode) for path, mode in modes.items() if mode != (0o700 if path.is_dir() else 0o600)} == {}
