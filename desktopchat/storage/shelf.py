"""How conversations are kept in order: lists, folders, tags, pins, the archive, saved searches."""

import time
from collections.abc import Callable, Iterable

from desktopchat.core.chat import Conversation, Folder
from desktopchat.core.errors import StorageError
from desktopchat.core.sentence import Sentence
from desktopchat.storage.database import Database
from desktopchat.storage.rows import CONVERSATION, conversation_of, storable

PAGE = 200


class Shelf:
    """Blocking calls, all on the thread of the database. Each is one transaction and durable when it returns.

    Every call raises StorageError when the disk or the file fails, and then has changed nothing.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self._database = database
        self._clock = clock

    # --- lists, each without what is in the trash -------------------------------------------------------

    def recent(self, after: Conversation | None = None, limit: int = PAGE) -> list[Conversation]:
        """Return a page of those that are in no folder, not pinned and not archived, the one last written in first.

        Args:
            after: The last one of the page before.
            limit: Length of a page.
        """
        rows = self._database.execute(
            f"{CONVERSATION} WHERE c.trash_id IS NULL AND c.archived_at IS NULL AND c.folder_id IS NULL"
            " AND c.pinned_at IS NULL AND (c.updated_at, c.id) < (?, ?) ORDER BY c.updated_at DESC, c.id DESC LIMIT ?",
            (after.updated_at if after else 9e999, after.id if after else 0, limit),
        )
        return [conversation_of(row) for row in rows]

    def pinned(self) -> list[Conversation]:
        """Return the pinned ones, the one pinned first at the top."""
        rows = self._database.execute(
            f"{CONVERSATION} WHERE c.pinned_at IS NOT NULL AND c.trash_id IS NULL AND c.archived_at IS NULL"
            " ORDER BY c.pinned_at, c.id"
        )
        return [conversation_of(row) for row in rows]

    def in_folder(self, folder_id: int) -> list[Conversation]:
        """Return those of a folder that are not pinned or archived, the one last written in first."""
        rows = self._database.execute(
            f"{CONVERSATION} WHERE c.folder_id = ? AND c.trash_id IS NULL AND c.archived_at IS NULL"
            " AND c.pinned_at IS NULL ORDER BY c.updated_at DESC, c.id DESC",
            (folder_id,),
        )
        return [conversation_of(row) for row in rows]

    def archived(self) -> list[Conversation]:
        """Return the archive, what was archived last first."""
        rows = self._database.execute(
            f"{CONVERSATION} WHERE c.archived_at IS NOT NULL AND c.trash_id IS NULL ORDER BY c.archived_at DESC"
        )
        return [conversation_of(row) for row in rows]

    # --- folders ----------------------------------------------------------------------------------------

    def folders(self) -> list[Folder]:
        """Return the folders in alphabetical order."""
        rows = self._database.execute(
            "SELECT f.id, f.name, (SELECT count(*) FROM conversation c WHERE c.folder_id = f.id"
            " AND c.trash_id IS NULL AND c.archived_at IS NULL AND c.pinned_at IS NULL)"
            " FROM folder f WHERE f.trash_id IS NULL ORDER BY f.name"
        )
        return [Folder(*row) for row in rows]

    def make_folder(self, name: str) -> int:
        """Make a folder, or find the one of that name, and return its id.

        Raises:
            StorageError: The name is empty.
        """
        name = _name(name)
        with self._database.transaction():
            rows = self._database.execute("SELECT id FROM folder WHERE name = ? AND trash_id IS NULL", (name,))
            return int(rows[0][0]) if rows else self._database.insert("INSERT INTO folder (name) VALUES (?)", (name,))

    def rename_folder(self, folder_id: int, name: str) -> None:
        """Give a folder another name.

        Raises:
            StorageError: The name is empty or another folder's.
        """
        name = _name(name)
        with self._database.transaction():
            if self._database.execute(
                "SELECT 1 FROM folder WHERE name = ? AND id <> ? AND trash_id IS NULL", (name, folder_id)
            ):
                raise StorageError(Sentence("There is a folder “{name}” already.", name=name), "Choose another name.")
            self._database.execute("UPDATE folder SET name = ? WHERE id = ?", (name, folder_id))

    def move(self, conversation_id: int, folder_id: int | None) -> None:
        """Put a conversation into a folder, or out of any."""
        self._database.execute("UPDATE conversation SET folder_id = ? WHERE id = ?", (folder_id, conversation_id))

    # --- tags, pins, archive, notes ---------------------------------------------------------------------

    def tags(self) -> list[str]:
        """Return all tags that are in use, in alphabetical order."""
        rows = self._database.execute(
            "SELECT name FROM tag WHERE id IN (SELECT tag_id FROM conversation_tag) ORDER BY name"
        )
        return [row[0] for row in rows]

    def set_tags(self, conversation_id: int, tags: Iterable[str]) -> None:
        """Give a conversation these tags and no others."""
        names = {name for tag in tags if (name := storable(tag).strip())}
        with self._database.transaction():
            self._database.execute("DELETE FROM conversation_tag WHERE conversation_id = ?", (conversation_id,))
            for name in names:
                self._database.execute("INSERT INTO tag (name) VALUES (?) ON CONFLICT DO NOTHING", (name,))
                self._database.execute(
                    "INSERT INTO conversation_tag SELECT ?, id FROM tag WHERE name = ? ON CONFLICT DO NOTHING",
                    (conversation_id, name),
                )
            self._database.execute("DELETE FROM tag WHERE id NOT IN (SELECT tag_id FROM conversation_tag)")

    def set_pinned(self, conversation_id: int, pinned: bool) -> None:
        """Pin a conversation to the top of the list, or unpin it."""
        self._database.execute(
            "UPDATE conversation SET pinned_at = ? WHERE id = ?", (self._clock() if pinned else None, conversation_id)
        )

    def set_archived(self, conversation_id: int, archived: bool) -> None:
        """Put a conversation into the archive, or back into the list."""
        self._database.execute(
            "UPDATE conversation SET archived_at = ? WHERE id = ?",
            (self._clock() if archived else None, conversation_id),
        )

    def set_note(self, conversation_id: int, text: str) -> None:
        """Keep what the person notes about a conversation."""
        self._database.execute("UPDATE conversation SET note = ? WHERE id = ?", (storable(text), conversation_id))

    # --- saved searches ---------------------------------------------------------------------------------

    def saved_searches(self) -> list[tuple[str, str]]:
        """Return pairs of name and query in alphabetical order."""
        return [
            (name, query)
            for name, query in self._database.execute("SELECT name, query FROM saved_search ORDER BY name")
        ]

    def save_search(self, name: str, query: str) -> None:
        """Keep a query under a name; one of that name is replaced."""
        self._database.execute(
            "INSERT INTO saved_search (name, query) VALUES (?, ?)"
            " ON CONFLICT (name) DO UPDATE SET query = excluded.query",
            (_name(name), storable(query)),
        )

    def forget_search(self, name: str) -> None:
        """Remove a saved search."""
        self._database.execute("DELETE FROM saved_search WHERE name = ?", (name,))


def _name(text: str) -> str:
    name = " ".join(storable(text).split())
    if not name:
        raise StorageError("The name is empty.", "Type one.")
    return name
