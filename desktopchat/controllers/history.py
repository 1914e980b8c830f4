"""What the person wrote before, one message after the other."""

from collections.abc import Callable

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.storage.conversations import ConversationStore

LOOKED_AT = 500  # messages of the conversation, and as many of the others


class History(QObject):
    """A walk over the own messages of the conversation and then of all, newest first.

    Attributes:
        shown: The text that stands at this place of the walk; None is the draft that it began with.
    """

    shown = Signal(object)

    def __init__(
        self, chat: ChatController, storage: TaskRunner, store: ConversationStore, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._chat = chat
        self._storage = storage
        self._store = store
        self._texts: tuple[str, ...] = ()
        self._place = -1  # of the text that is shown; -1 is the draft

    def restart(self) -> None:
        """Begin at the draft again."""
        self._place = -1

    def step(self, step: int) -> None:
        """Show the message before (+1) or after (-1) the one that is shown."""
        if self._place >= 0:
            self._go(step)
        elif step > 0:
            number = self._chat.conversation_id
            self._storage.run(lambda: self._store.own_texts(number, LOOKED_AT), self._begin(number), _ignore)

    def _begin(self, number: int | None) -> Callable[[tuple[str, ...]], None]:
        def done(texts: tuple[str, ...]) -> None:
            if number == self._chat.conversation_id and self._place < 0:
                self._texts = texts
                self._go(1)

        return done

    def _go(self, step: int) -> None:
        place = min(self._place + step, len(self._texts) - 1)
        if place != self._place:
            self._place = place
            self.shown.emit(self._texts[place] if place >= 0 else None)


def _ignore(_error: object) -> None:
    """A disk that fails is told where text is at stake."""
