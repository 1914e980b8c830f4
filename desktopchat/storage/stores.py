"""Everything that works on one database."""

import time
from collections.abc import Callable

from desktopchat.storage.branches import BranchStore
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database
from desktopchat.storage.shelf import Shelf
from desktopchat.storage.transfer import TransferStore
from desktopchat.storage.trash import Trash


class Stores:
    """The parts of the storage, all on the thread of the database.

    Attributes:
        conversations: Conversations and their messages.
        shelf: Lists, folders, tags and the like.
        trash: What was deleted.
        transfer: Whole conversations, in and out.
        branches: The trees of conversations.
    """

    def __init__(self, database: Database, clock: Callable[[], float] = time.time) -> None:
        self.database = database
        self.conversations = ConversationStore(database, clock)
        self.shelf = Shelf(database, clock)
        self.trash = Trash(database, self.conversations, clock)
        self.transfer = TransferStore(database, clock)
        self.branches = BranchStore(database, self.conversations, clock)
