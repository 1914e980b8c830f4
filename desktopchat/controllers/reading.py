"""What of a conversation is read before it is shown."""

from dataclasses import dataclass, replace

from desktopchat.core.attached import AttachedFile, Written
from desktopchat.core.chat import Conversation, Message
from desktopchat.core.errors import UserError
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import NEW_DRAFT

NEWEST = 200  # messages that are read before a conversation is shown


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """What the window shows.

    Attributes:
        conversation: None for a new one, which is stored with its first message.
        messages: The last ones down to the tip; `ChatController.older_read` brings those above them.
        draft: What stood in the composer.
        found_id: The message to go to, when it was opened for that.
        files: What stood in the composer with it.
        queue: What waits to be sent.
    """

    conversation: Conversation | None
    messages: tuple[Message, ...]
    draft: str
    found_id: int | None = None
    files: tuple[AttachedFile, ...] = ()
    queue: tuple[Written, ...] = ()


class Reading:
    """Blocking calls on the thread of the storage."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    def read(self, conversation_id: int | None) -> OpenConversation:
        """Return a conversation with its last messages; None is a new one.

        Raises:
            StorageError: It does not exist.
        """
        files, queue = self._store.pending.files(conversation_id), self._store.pending.queue(conversation_id)
        if conversation_id is None:
            return OpenConversation(None, (), self._store.get_state(NEW_DRAFT, ""), files=files, queue=queue)
        conversation = self._store.get(conversation_id)
        messages = self._store.path(conversation_id, limit=NEWEST)
        return OpenConversation(conversation, messages, conversation.draft, files=files, queue=queue)

    def read_if_there(self, conversation_id: int | None) -> OpenConversation:
        """Return a conversation, or a new one when it is gone."""
        try:
            return self.read(conversation_id)
        except UserError:
            return self.read(None)

    def read_at(self, message_id: int, conversation_id: int, *, may_switch: bool) -> OpenConversation:
        """Return a conversation on a branch that has a message.

        Args:
            message_id: The message.
            conversation_id: Where it is.
            may_switch: Another branch may be shown than now.

        Raises:
            UserError: It is gone, or stands on another branch.
        """
        if not self._store.is_shown(message_id):
            if not may_switch:
                raise UserError("This message stands on another branch.", "Stop the answer first.")
            self._store.select(message_id)
        opened = self.read(conversation_id)
        messages = opened.messages
        if message_id < messages[0].id:
            messages = self._store.path(conversation_id)
        return replace(opened, messages=messages, found_id=message_id)
