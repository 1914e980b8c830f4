"""Everything that works on one database."""

import time
from collections.abc import Callable
from functools import cached_property
from typing import TYPE_CHECKING

from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database
from desktopchat.storage.shelf import Shelf
from desktopchat.storage.trash import Trash

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.storage.branches import BranchStore
    from desktopchat.storage.transfer import TransferStore


class Stores:
    """The parts of the storage, all on the thread of the database.

    Attributes:
        conversations: Conversations and their messages.
        shelf: Lists, folders, tags and the like.
        trash: What was deleted.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self.database = database
        self._clock = clock
        self.conversations = ConversationStore(database, clock)
        self.shelf = Shelf(database, clock)
        self.trash = Trash(database, self.conversations, clock)

    @cached_property
    def transfer(self) -> "TransferStore":
        """Whole conversations, in and out."""
        from desktopchat.storage.transfer import TransferStore

        return TransferStore(self.database, self._clock)

    @cached_property
    def branches(self) -> "BranchStore":
        """The trees of conversations."""
        from desktopchat.storage.branches import BranchStore

        return BranchStore(self.database, self.conversations, self._clock)
