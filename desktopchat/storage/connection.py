"""How every connection to a database is opened, and how its failures are told."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import apsw

from desktopchat.core.errors import DamagedDatabaseError, DiskError, PassphraseError, StorageError
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.core.words import words

BUSY_TIMEOUT_MS = 5_000

MAGIC = b"SQLite format 3\0"
# What the cipher leaves readable of an encrypted file after the 16 bytes of its salt: the page size, the file format
# and the 32 bytes that it reserves in every page, and three constants of SQLite.
_ENCRYPTED_TAIL = bytes((32, 64, 32, 32))

_Tokenizer = Callable[[bytes, int, str | None], list[str]]


def is_encrypted(path: Path) -> bool:
    """Return whether a file is one of our databases under a passphrase. A missing or damaged one is not.

    Raises:
        OSError: It cannot be read.
    """
    try:
        with path.open("rb") as file:
            header = file.read(24)
    except (FileNotFoundError, NotADirectoryError):
        return False
    page_size = int.from_bytes(header[16:18], "big")
    return (
        len(header) == 24
        and not header.startswith(MAGIC)
        and (page_size == 1 or (page_size >= 512 and page_size & (page_size - 1) == 0))
        and header[18] in (1, 2)
        and header[19] in (1, 2)
        and header[20:24] == _ENCRYPTED_TAIL
    )


def open_connection(path: Path, *, read_only: bool = False, key: Passphrase | None = None) -> apsw.Connection:
    """Return a connection with this project's settings.

    Args:
        path: The file.
        read_only: It can neither write nor checkpoint, so that the writing connection alone does.
        key: Opens an encrypted file, and encrypts a new one. A file that is not encrypted needs none. The cipher is
            SQLite3MultipleCiphers' default: ChaCha20-Poly1305 for every page, log and journal, with a key made by
            64,007 rounds of PBKDF2-HMAC-SHA256 from the passphrase and a random salt
            (utelle.github.io/SQLite3MultipleCiphers, "sqleet: ChaCha20").

    Raises:
        PassphraseError: The file is encrypted and the key does not open it.
        apsw.Error: See `errors_told`.
    """
    # Names of files are always taken for what they are; the flag is for VACUUM INTO, which gives a key by such a name.
    flags = (apsw.SQLITE_OPEN_READONLY if read_only else apsw.SQLITE_OPEN_READWRITE) | apsw.SQLITE_OPEN_URI
    if not read_only:
        # Made here because SQLite would take 0644; its -wal and -shm files follow the mode of this one.
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    encrypted = is_encrypted(path)
    if encrypted and key is None:
        raise PassphraseError("The conversations are locked with a passphrase.", "Give the passphrase.")
    connection = apsw.Connection(str(path.absolute()), flags=flags)
    try:
        if key is not None and (encrypted or path.stat().st_size == 0):
            connection.execute(f"PRAGMA hexkey = '{key.hex()}'")
        _read_something(connection, path, encrypted)
        configure(connection)
    except BaseException:
        connection.close()
        raise
    return connection


def _read_something(connection: apsw.Connection, path: Path, encrypted: bool) -> None:
    """Find out whether this is a database at all, before anything else stumbles over it."""
    connection.set_busy_timeout(BUSY_TIMEOUT_MS)
    try:
        connection.execute("SELECT 1 FROM sqlite_schema LIMIT 1").fetchall()
    except apsw.NotADBError as error:
        if not encrypted:
            raise
        # A wrong key and a first page that is damaged cannot be told apart.
        raise PassphraseError(
            "This passphrase does not open the conversations.",
            "Try again; if it is surely right, the file is damaged and a backup can be restored.",
            str(path),
        ) from error


def configure(connection: apsw.Connection) -> None:
    """Give a connection our tokenizers and what keeps a file from doing harm."""
    connection.register_fts5_tokenizer("words", _make_tokenizer)
    connection.config(apsw.SQLITE_DBCONFIG_DEFENSIVE, 1)
    connection.config(apsw.SQLITE_DBCONFIG_TRUSTED_SCHEMA, 0)
    # Nothing of a large sort or of a rolled back statement reaches the disk unencrypted.
    connection.execute("PRAGMA temp_store = MEMORY")


def _make_tokenizer(
    _connection: apsw.Connection, _arguments: list[str]
) -> Callable[[bytes, int, str | None], list[str]]:
    """Return what tells FTS5 the words of a text. Without offsets: excerpts are made without FTS5."""

    def tokenize(utf8: bytes, reason: int, _locale: str | None) -> list[str]:
        text = utf8.decode("utf-8", "replace")
        if reason & apsw.FTS5_TOKENIZE_QUERY:
            # A phrase comes as words with spaces between them, where "++" has lost the letter that made it a word.
            return [word for part in text.split(" ") for word in words(part) or [part]]
        return words(text)

    return tokenize


@contextmanager
def errors_told(path: Path) -> Iterator[None]:
    """Turn what goes wrong inside into a StorageError; bugs are raised as they are."""
    try:
        yield
    except (apsw.Error, OSError) as error:
        told = _sentences(path, error)
        if told is None:
            raise
        raise _kind(error)(*told, f"{type(error).__name__}: {error}") from error


def _kind(error: Exception) -> type[StorageError]:
    match error:
        case apsw.CorruptError() | apsw.NotADBError():
            return DamagedDatabaseError
        case apsw.InterruptError() | apsw.ConnectionClosedError():
            return StorageError
        case _:
            return DiskError


def _sentences(path: Path, error: Exception) -> tuple[str, str] | None:
    """Return cause and cure of what went wrong; None when it is a bug."""
    match error:
        case apsw.FullError():
            return (
                Sentence("The disk is full: {path} could not be written.", path=path),
                Sentence("Free some space on that disk and try again."),
            )
        case apsw.ReadOnlyError() | apsw.PermissionsError():
            return (
                Sentence("{path} cannot be written.", path=path),
                Sentence("Make the file and its folder writable, or use another --data-dir."),
            )
        case apsw.BusyError() | apsw.LockedError():
            return (
                Sentence("Another program is using {path}.", path=path),
                Sentence("Close that program and try again."),
            )
        case apsw.CorruptError() | apsw.NotADBError():
            return (
                Sentence("{path} is damaged or is not a desktopchat database.", path=path),
                Sentence("Start the window, which saves what can be read, or use desktopchat store restore."),
            )
        case apsw.CantOpenError():
            return (
                Sentence("{path} cannot be opened.", path=path),
                Sentence("Make the file and its folder readable and writable."),
            )
        case apsw.IOError():
            return (
                Sentence("The disk failed while {path} was read or written.", path=path),
                Sentence("See whether the disk is full, disconnected or broken, and try again."),
            )
        case apsw.InterruptError():
            return Sentence("The work on {path} was stopped.", path=path), ""
        case apsw.ConnectionClosedError():
            return Sentence("{path} is closed.", path=path), Sentence("Start desktopchat anew.")
        case OSError():
            return (
                Sentence("{path} cannot be used: {why}.", path=path, why=reason_of(error)),
                Sentence("Make the file and its folder writable."),
            )
        case _:
            return None
