"""Makes a sound database of what can be read of a damaged one, and keeps the damaged one as it is."""

import time
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import apsw

from desktopchat.core.care import CopyKind, Salvaged
from desktopchat.core.passphrase import Passphrase
from desktopchat.core.sentence import Sentence
from desktopchat.storage import swap
from desktopchat.storage.connection import errors_told, is_encrypted, open_connection
from desktopchat.storage.copying import check_sound, require_room
from desktopchat.storage.damaged import PageSource, Source, SqlSource, tables_of
from desktopchat.storage.database import Database
from desktopchat.storage.migrations import MIGRATIONS

RECOVERED = Sentence("Recovered messages")
LOST = Sentence("This message was lost when the file was damaged.")
_BATCH = 1_000


def salvage(
    path: Path,
    key: Passphrase | None = None,
    clock: Callable[[], float] = time.time,
    say: Callable[[Sentence], str] = str,
) -> Salvaged:
    """Put a database with all that can be read in the place of a damaged one, which nobody may have open.

    The rows are first gathered as they come, then entered in order through the present schema with its constraints.
    Where a message is missing in the middle of a conversation, one that says so stands in its place, so that what came
    before and after stays together. Messages whose conversation is gone come into one that is called so.

    Args:
        path: The damaged file. It and its log are kept under another name beside it, byte for byte.
        key: Opens it when it is encrypted, and encrypts the new one.
        clock: Seconds since the epoch.
        say: Returns a sentence in the language of the one who reads what stands in for lost text.

    Raises:
        StorageError: The disk has no room or failed; the damaged file is where it was.
        PassphraseError: It is encrypted and the key does not open it.
    """
    gathered, part = path.with_name("salvage.gathered"), path.with_name("salvage.part")
    try:
        with errors_told(path):
            require_room(path.parent, 3 * path.stat().st_size)
            with closing(_source(path, key)) as source, _private(gathered, key) as rows:
                _gather(source, rows)
                expected = source.message_ids()
                with _new(part, key) as database:
                    filling = _Filling(rows, database, source.version, say)
                    filling.fill()
                    lost = max(len({number for number in expected if number > 0} - filling.messages), filling.gaps)
                counted = (len(filling.conversations), len(filling.messages))
                whole_file = source.whole_file
            _check(part, key)
            kept = swap.put_in_place(path, part, CopyKind.DAMAGED, clock())
    finally:
        for left in (gathered, part):
            for suffix in ("", "-wal", "-shm", "-journal"):
                left.with_name(left.name + suffix).unlink(missing_ok=True)
    return Salvaged(kept, *counted, lost, whole_file)


def _source(path: Path, key: Passphrase | None) -> Source:
    if is_encrypted(path):
        return SqlSource(path, key)
    log = path.with_name(f"{path.name}-wal")
    return PageSource(path, None if _is_sound_alone(path) else log)


def _is_sound_alone(path: Path) -> bool:
    """Return whether a file has no damage without its log, which then belongs to another one."""
    connection = None
    try:
        flags = apsw.SQLITE_OPEN_READONLY | apsw.SQLITE_OPEN_URI
        connection = apsw.Connection(f"{path.absolute().as_uri()}?immutable=1", flags=flags)
        return connection.execute("PRAGMA quick_check(1)").fetchall() == [("ok",)]
    except apsw.Error:
        return False
    finally:
        if connection is not None:
            connection.close()


@contextmanager
def _private(path: Path, key: Passphrase | None) -> Iterator[apsw.Connection]:
    """Open a new file that need not outlive a crash, encrypted like the one that it is for."""
    path.unlink(missing_ok=True)
    with closing(open_connection(path, key=key)) as connection:
        connection.execute("PRAGMA journal_mode = MEMORY; PRAGMA synchronous = OFF").fetchall()
        yield connection


@contextmanager
def _new(path: Path, key: Passphrase | None) -> Iterator[Database]:
    path.unlink(missing_ok=True)
    database = Database(path, key=key)
    try:
        # All or nothing is seen to by the name, which it gets at the end.
        database.execute("PRAGMA journal_mode = MEMORY")
        database.execute("PRAGMA synchronous = OFF")
        yield database
    finally:
        database.close()


def _check(path: Path, key: Passphrase | None) -> None:
    with errors_told(path), closing(open_connection(path, read_only=True, key=key)) as connection:
        check_sound(connection, path)
        if broken := connection.execute("PRAGMA foreign_key_check").fetchall():
            raise apsw.CorruptError(f"{len(broken)} links lead nowhere")


def _gather(source: Source, rows: apsw.Connection) -> None:
    """Write rows as they come into tables without constraints; the first of an id stays."""
    tables = tables_of(source.version)
    for table in tables.values():
        columns = [
            f"{name} PRIMARY KEY" if place == table.id_place else name for place, name in enumerate(table.columns)
        ]
        rows.execute(f"CREATE TABLE {table.name} ({', '.join(columns)})")
    inserts = {
        table.name: f"INSERT OR IGNORE INTO {table.name} VALUES ({', '.join('?' * len(table.columns))})"
        for table in tables.values()
    }
    batch: list[tuple[object, ...]] = []
    batch_of = ""
    with rows:
        for name, row in source.rows():
            if name != batch_of or len(batch) == _BATCH:
                if batch:
                    rows.executemany(inserts[batch_of], batch)
                batch, batch_of = [], name
            batch.append(row)
        if batch:
            rows.executemany(inserts[batch_of], batch)


class _Filling:
    """Enters gathered rows into a new database.

    Attributes:
        conversations: Ids of those that are in it, without the trash.
        messages: Ids of those that are in it.
        gaps: How many messages stand for lost ones.
    """

    def __init__(self, rows: apsw.Connection, database: Database, version: int, say: Callable[[Sentence], str]) -> None:
        self._rows = rows
        self._database = database
        self._say = say
        for migrate in MIGRATIONS[version:]:
            migrate(rows)
        self._columns = {table.name: table.columns for table in tables_of(len(MIGRATIONS)).values()}
        self.conversations: set[int] = set()
        self.messages: set[int] = set()
        self.gaps = 0
        self._ids: dict[str, set[int]] = {}

    def fill(self) -> None:
        """Enter everything in the order of its dependence, in one transaction."""
        with self._database.transaction():
            for name in ("trash", "folder", "model", "sampling"):
                self._ids[name] = self._enter(name, {"trash_id": "trash"})
            links = {"folder_id": "folder", "trash_id": "trash"}
            self._ids["conversation"] = self._enter("conversation", links, {"tip_id": None})
            self._enter_lost_conversations()
            with self._indexed_afterwards():
                self._enter_messages()
            self._ids["message"] = self.messages
            self._enter("streamed", {}, needs={"message_id": "message"})
            self._enter("attachment", {}, needs={"message_id": "message"})
            self._enter("token_log", {}, needs={"message_id": "message"})
            self._enter("branch_name", {}, needs={"message_id": "message"})
            self._enter("aside", {"model_id": "model"}, needs={"conversation_id": "conversation"})
            self._ids["tag"] = self._enter("tag", {})
            self._enter("conversation_tag", {}, needs={"conversation_id": "conversation", "tag_id": "tag"})
            self._enter("saved_search", {})
            self._enter("state", {})
            self._set_tips()
        self.conversations = {
            row[0] for row in self._database.execute("SELECT id FROM conversation WHERE trash_id IS NULL")
        }

    def _enter(
        self,
        name: str,
        links: dict[str, str],
        fixed: dict[str, None] | None = None,
        needs: dict[str, str] | None = None,
    ) -> set[int]:
        """Enter the rows of a table and return their ids.

        Args:
            links: Columns that point to another table and become NULL when that lacks what they point to.
            fixed: Columns that get another value.
            needs: Columns whose row is left out when the other table lacks what they point to.
        """
        columns = self._columns[name]
        sql = f"INSERT INTO {name} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        entered = set()
        for row in self._rows.execute(f"SELECT {', '.join(columns)} FROM {name}"):
            values = dict(zip(columns, row, strict=True)) | (fixed or {})
            if any(values[column] not in self._ids[other] for column, other in (needs or {}).items()):
                continue
            for column, other in links.items():
                if column in values and values[column] not in self._ids[other]:
                    values[column] = None
            if self._insert(sql, values.values()):
                entered.add(row[0])
        return entered

    def _insert(self, sql: str, values: Iterable[object]) -> bool:
        """Enter one row; return whether the schema takes it. A page that was torn may hold what never was."""
        try:
            self._database.execute(sql, tuple(values))
        except apsw.ConstraintError:
            return False
        return True

    def _enter_lost_conversations(self) -> None:
        lost = self._rows.execute(
            "SELECT conversation_id, min(created_at), max(created_at) FROM message"
            " WHERE role <> 'root' AND conversation_id NOT IN (SELECT id FROM conversation) GROUP BY 1"
        ).fetchall()
        for conversation_id, first, last in lost:
            sql = "INSERT INTO conversation (id, title, created_at, updated_at) VALUES (?, ?, ?, ?)"
            if self._insert(sql, (conversation_id, self._say(RECOVERED), first, last)):
                self._ids["conversation"].add(int(conversation_id))  # type: ignore[arg-type]

    def _enter_messages(self) -> None:
        columns = self._columns["message"]
        place = {name: number for number, name in enumerate(columns)}
        sql = f"INSERT INTO message ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"
        links = [(place[f"{other}_id"], self._ids[other]) for other in ("model", "sampling", "trash")]
        gaps = _Gaps(self._rows)
        for row in self._rows.execute(f"SELECT {', '.join(columns)} FROM message WHERE role <> 'root' ORDER BY id"):
            number, conversation_id, parent_id = row[0], row[place["conversation_id"]], row[place["parent_id"]]
            if conversation_id not in self._ids["conversation"]:
                continue
            values = list(row)
            for link, ids in links:
                if values[link] not in ids:
                    values[link] = None
            if parent_id != -conversation_id and parent_id not in self.messages:
                self._enter_gap(gaps.before(conversation_id, parent_id, row[place["role"]]), row, place)
            if not self._insert(sql, values):
                values[place["parent_id"]] = -conversation_id
                if not self._insert(sql, values):
                    continue
            self.messages.add(number)

    @contextmanager
    def _indexed_afterwards(self) -> Iterator[None]:
        """Let the search index learn of messages in one go, which takes a third of the time."""
        ((trigger,),) = self._database.execute("SELECT sql FROM sqlite_schema WHERE name = 'message_indexed'")
        self._database.execute("DROP TRIGGER message_indexed")
        yield
        self._database.execute(
            "INSERT INTO message_index (rowid, content) SELECT time_id, content FROM message"
            " WHERE role <> 'root' AND state <> 'streaming' ORDER BY time_id"
        )
        self._database.execute(trigger)

    def _enter_gap(self, chain: list[tuple[int, int, str]], row: tuple[object, ...], place: dict[str, int]) -> None:
        """Let messages that say that they were lost lead to one whose parent is missing."""
        for number, parent_id, role in chain:
            values = {
                "id": number,
                "conversation_id": row[place["conversation_id"]],
                "parent_id": parent_id,
                "role": role,
                "content": self._say(LOST) if role == "user" else "",
                "state": "complete" if role == "user" else "failed",
                "created_at": row[place["created_at"]],
                "error": self._say(LOST) if role == "assistant" else "",
            }
            names = ", ".join(values)
            marks = ", ".join("?" * len(values))
            if self._insert(f"INSERT INTO message ({names}) VALUES ({marks})", values.values()):
                self.gaps += 1

    def _set_tips(self) -> None:
        """Show what was shown, else the newest message."""
        wanted = dict(self._rows.execute("SELECT id, tip_id FROM conversation"))
        for conversation_id in self._ids["conversation"]:
            tip = wanted.get(conversation_id)
            sql = "SELECT max(id) FROM message WHERE conversation_id = ? AND role <> 'root' AND trash_id IS NULL"
            if tip not in self.messages:
                tip = self._database.execute(sql, (conversation_id,))[0][0]
            self._database.execute("UPDATE conversation SET tip_id = ? WHERE id = ?", (tip, conversation_id))


class _Gaps:
    """Finds places for the messages that stand for lost ones."""

    def __init__(self, rows: apsw.Connection) -> None:
        self._taken: set[int] = set()
        self._of: defaultdict[int, list[tuple[int, str]]] = defaultdict(list)
        for number, conversation_id, role in rows.execute(
            "SELECT id, conversation_id, role FROM message WHERE role <> 'root' ORDER BY id"
        ):
            self._taken.add(number)
            self._of[conversation_id].append((number, role))

    def before(self, conversation_id: int, lost: int, role_after: str) -> list[tuple[int, int, str]]:
        """Return (id, parent, role) of messages from the last one that is left up to a lost one, which takes its id.

        Roles take turns, so it may need two; where there is no id for the second, it begins a branch further above.
        """
        if lost in self._taken:
            return []  # two in a row were left out by the schema
        self._taken.add(lost)
        role = "assistant" if role_after == "user" else "user"
        earlier = self._of[conversation_id][: bisect_left(self._of[conversation_id], (lost, ""))]
        self._of[conversation_id].insert(len(earlier), (lost, role))
        if not earlier:
            return [(lost, -conversation_id, role)]
        last, last_role = earlier[-1]
        if last_role != role:
            return [(lost, last, role)]
        between = next((number for number in range(lost - 1, last, -1) if number not in self._taken), None)
        if between is not None:
            self._taken.add(between)
            self._of[conversation_id].insert(len(earlier), (between, role_after))
            return [(between, last, role_after), (lost, between, role)]
        parent = next((number for number, before in reversed(earlier) if before == role_after), -conversation_id)
        return [(lost, parent, role)]
