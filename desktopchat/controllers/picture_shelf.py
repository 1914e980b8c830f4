"""The pictures of stored messages, as the engine wants them."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QObject

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.attached import AttachedFile
from desktopchat.core.chat import ChatMessage, Message
from desktopchat.core.errors import PictureError, UserError
from desktopchat.core.picture import Picture, shape_of
from desktopchat.core.prompt import turns
from desktopchat.storage.conversations import ConversationStore


class PictureShelf(QObject):
    """Reads pictures when they are first needed; those of the conversation that was asked for last stay."""

    def __init__(self, storage: TaskRunner, store: ConversationStore, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._storage = storage
        self._store = store
        self._held: dict[int, Picture | None] = {}  # None: no model can be shown it

    def turns(
        self, path: Sequence[Message], system_prompt: str, done: Callable[[tuple[ChatMessage, ...]], None]
    ) -> None:
        """Call `done` with the turns of a path: at once when its pictures are here, else when they are read.

        What cannot be read is left out.
        """
        self._fetch(path, lambda: done(turns(path, system_prompt, self._picture_of)))

    def _fetch(self, path: Sequence[Message], done: Callable[[], None]) -> None:
        wanted = {
            file.stored_id
            for message in path
            for file in message.files
            if file.is_picture and file.stored_id is not None
        }
        missing = sorted(wanted - self._held.keys())
        if not missing:
            done()
            return

        def work() -> dict[int, Picture | None]:
            return {number: _sound(self._store.attachment(number)) for number in missing}

        def read(found: dict[int, Picture | None]) -> None:
            self._held = {number: picture for number, picture in self._held.items() if number in wanted} | found
            done()

        def failed(_error: UserError) -> None:
            done()

        self._storage.run(work, read, failed)

    def _picture_of(self, file: AttachedFile) -> Picture | None:
        return self._held.get(file.stored_id) if file.is_picture and file.stored_id is not None else None


def _sound(data: bytes) -> Picture | None:
    """Return a picture; None for one that no model can be shown, such as an imported one of another kind."""
    try:
        shape_of(data)
    except PictureError:
        return None
    return Picture.of(data)
