"""Every command that opens a locked store gets the passphrase in the same way."""

import io
from pathlib import Path

import pytest

from desktopchat.core.errors import PassphraseError
from desktopchat.core.passphrase import Passphrase
from desktopchat.paths import Paths
from desktopchat.storage import remembered
from desktopchat.storage.database import Database
from desktopchat.unlock import passphrase

KEY = Passphrase("correct horse")


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return Paths.resolve(tmp_path)


@pytest.fixture
def locked(paths: Paths) -> Paths:
    Database(paths.database, key=KEY).close()
    return paths


def type_in(monkeypatch: pytest.MonkeyPatch, text: str) -> None:
    monkeypatch.setattr("sys.stdin", io.StringIO(text))


def test_open_store_needs_none(paths: Paths) -> None:
    assert passphrase(paths) is None
    Database(paths.database).close()
    assert passphrase(paths) is None


def test_keyring_is_asked_first(locked: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "recall", lambda _database: KEY)
    assert passphrase(locked) == KEY


def test_wrong_one_in_the_keyring_is_told(
    locked: Paths, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(remembered, "recall", lambda _database: Passphrase("of yesterday"))
    type_in(monkeypatch, f"{KEY.text}\n")
    assert passphrase(locked, piped=True) == KEY
    assert "in the keyring does not open" in capsys.readouterr().err


@pytest.mark.parametrize(("text", "piped"), [("", True), ("\n", True), (f"{KEY.text}\n", False)])
def test_without_a_terminal_one_sentence_says_what_helps(
    locked: Paths, monkeypatch: pytest.MonkeyPatch, text: str, piped: bool
) -> None:
    monkeypatch.setattr(remembered, "recall", lambda _database: None)
    type_in(monkeypatch, text)
    with pytest.raises(PassphraseError, match="locked with a passphrase") as caught:
        passphrase(locked, piped=piped)
    assert "vault remember" in caught.value.cure


def test_wrong_line_is_not_tried_again(locked: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(remembered, "recall", lambda _database: None)
    type_in(monkeypatch, f"wrong\n{KEY.text}\n")
    with pytest.raises(PassphraseError, match="does not open"):
        passphrase(locked, piped=True)
