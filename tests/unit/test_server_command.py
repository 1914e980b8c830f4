"""`desktopchat server`: keys into the keyring, and the list of connections for people."""

import io
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from key_rings import MemoryKeyring
from keyring.backends import fail

from desktopchat import server_command
from desktopchat.cli import main
from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import ServerKeyError, UserError
from desktopchat.network.ledger import Ledger, Purpose
from desktopchat.network.reading import made_requests
from desktopchat.paths import Paths
from desktopchat.session import Session
from desktopchat.storage.server_keys import ServerKeys

SERVER = ServerAddress.parse("https://api.example.com/v1#one")


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def session(tmp_path: Path) -> Session:
    paths = Paths.resolve(tmp_path)
    paths.create()
    return Session(paths, "process", False)


def test_a_key_is_read_kept_and_forgotten(
    session: Session, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(sys, "stdin", io.StringIO("sk-1\n"))
    assert server_command.run(session, "key", str(SERVER)) == 0
    assert ring.kept == {("desktopchat server", "https://api.example.com"): "sk-1"}
    assert "sk-1" not in "".join(capsys.readouterr())
    server_command.run(session, "forget", str(SERVER))
    assert ring.kept == {}
    server_command.run(session, "forget", str(SERVER))
    assert "keeps no key" in capsys.readouterr().out


def test_no_key_is_no_key(session: Session, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    for typed, kind in (("\n", ServerKeyError), ("two words\n", UserError)):
        monkeypatch.setattr(sys, "stdin", io.StringIO(typed))
        with pytest.raises(kind, match="no key"):
            server_command.take_key(session, SERVER)
    assert ring.kept == {}


def test_without_a_keyring_a_key_holds_until_the_end(
    session: Session, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    keyring.set_keyring(fail.Keyring())
    monkeypatch.setattr(sys, "stdin", io.StringIO("sk-1\n"))
    server_command.take_key(session, SERVER)
    assert "holds until the program ends" in capsys.readouterr().err
    assert session.server_keys.key_of(SERVER) is not None
    assert ServerKeys().key_of(SERVER) is None


def test_the_servers_are_listed_with_their_keys(
    session: Session, ring: MemoryKeyring, capsys: pytest.CaptureFixture[str]
) -> None:
    session.paths.settings_file.write_text(f'[network]\nservers = "{SERVER} http://localhost:8080/v1"\n', "utf-8")
    ring.set_password("desktopchat server", "https://api.example.com", "sk-1")
    server_command.run(session, "list", None)
    assert capsys.readouterr().out == f"{SERVER}  (key in the keyring)\nhttp://localhost:8080/v1\n"


def test_every_connection_is_told(session: Session, capsys: pytest.CaptureFixture[str]) -> None:
    ledger = Ledger(session.paths.connections_file)
    first = ledger.opened(Purpose.MODELS, "http://localhost:8080", "GET /v1/models")
    ledger.opened(Purpose.ANSWER, "https://api.example.com", "POST /v1/chat/completions", "proxy:3128")
    ledger.closed(first, "200", 0, 1234)
    server_command.run(session, "log", None)
    done, cut = capsys.readouterr().out.splitlines()
    assert "list models: http://localhost:8080 GET /v1/models · 200 · 0 bytes sent, 1,234 received" in done
    assert "answer: https://api.example.com via proxy:3128 POST /v1/chat/completions · cut off" in cut


def test_a_damaged_list_tells_what_it_can(session: Session) -> None:
    file = session.paths.connections_file
    file.write_bytes(b'{"ended": "gone"}\n[1]\n{"requ\n\xff\xfe\n' + b"[" * 100_000 + b"\n")
    ledger = Ledger(file)
    name = ledger.opened(Purpose.COUNT, "http://localhost:8080", "POST /tokenize")
    ledger.closed(name, "200", 7, 9)
    (made,) = made_requests(file)
    assert (made.purpose, made.outcome, made.sent, made.received) == ("count tokens", "200", 7, 9)


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["ask", "--server", "http://api.example.com", "Hi"], "everyone could read"),
        (["ask", "--server", "http://me:key@localhost", "Hi"], "holds no name, no key"),
        (["ask", "--rpc", "8.8.8.8:50052", "Hi"], "everyone could read"),
        (["ask", "--rpc", "localhost", "Hi"], "not the address of an RPC server"),
        (["server", "key"], "wants an address"),
    ],
)
def test_a_bad_address_is_wrong_usage(
    arguments: list[str], words: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(SystemExit) as ended:
        main([*arguments, "--data-dir", str(tmp_path)])
    assert ended.value.code == 2
    assert words in capsys.readouterr().err
