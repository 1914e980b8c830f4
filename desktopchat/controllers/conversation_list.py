"""The list of conversations as an item model."""

from datetime import date, datetime
from typing import Any

from PySide6.QtCore import QAbstractListModel, QModelIndex, QPersistentModelIndex, Qt

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Conversation
from desktopchat.storage.conversations import ConversationStore

ID_ROLE = Qt.ItemDataRole.UserRole + 1
SECTION_ROLE = Qt.ItemDataRole.UserRole + 2


class ConversationListModel(QAbstractListModel):
    """Conversations, the one last written in first, filtered by their titles."""

    def __init__(self, chat: ChatController, storage: TaskRunner, store: ConversationStore) -> None:
        super().__init__(chat)
        self._chat = chat
        self._storage = storage
        self._store = store
        self._all: list[Conversation] = []
        self._shown: list[Conversation] = []
        self._filter = ""
        chat.conversations_changed.connect(self.refresh)

    def refresh(self) -> None:
        """Read the list again."""
        self._storage.run(self._store.conversations, self._on_conversations_read)

    def set_filter(self, text: str) -> None:
        """Show only titles that contain this text, whatever its case."""
        self._filter = text.casefold()
        self._update()

    def row_of(self, conversation_id: int) -> int:
        """Return the row of a conversation, or -1."""
        return next((row for row, item in enumerate(self._shown) if item.id == conversation_id), -1)

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of conversations that are shown."""
        return 0 if parent.isValid() else len(self._shown)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return title, id or section of a conversation."""
        conversation = self._shown[index.row()]
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return conversation.title or self.tr("New conversation")
        if role == Qt.ItemDataRole.EditRole:
            return conversation.title
        if role == ID_ROLE:
            return conversation.id
        if role == SECTION_ROLE:
            return self._section(conversation)
        return None

    def setData(
        self, index: QModelIndex | QPersistentModelIndex, value: Any, role: int = Qt.ItemDataRole.EditRole
    ) -> bool:
        """Rename a conversation."""
        if role != Qt.ItemDataRole.EditRole:
            return False
        self._chat.rename(self._shown[index.row()].id, str(value))
        return True

    def flags(self, index: QModelIndex | QPersistentModelIndex) -> Qt.ItemFlag:
        """Return that titles can be edited."""
        return super().flags(index) | Qt.ItemFlag.ItemIsEditable

    def _section(self, conversation: Conversation) -> str:
        written = datetime.fromtimestamp(conversation.updated_at).astimezone().date()
        days = (date.today() - written).days  # noqa: DTZ011, the person's own calendar
        if days <= 0:
            return self.tr("Today")
        if days == 1:
            return self.tr("Yesterday")
        return self.tr("Last 7 days") if days <= 7 else self.tr("Older")

    def _on_conversations_read(self, conversations: list[Conversation]) -> None:
        self._all = conversations
        self._update()

    def _update(self) -> None:
        shown = [item for item in self._all if self._filter in item.title.casefold()]
        if [item.id for item in shown] == [item.id for item in self._shown]:
            self._shown = shown
            if shown:
                self.dataChanged.emit(self.index(0), self.index(len(shown) - 1))
            return
        self.beginResetModel()
        self._shown = shown
        self.endResetModel()
