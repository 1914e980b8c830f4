"""How pictures cross the engine's pipe: each once, apart from the messages, which name it by its digest."""

from collections import OrderedDict
from collections.abc import Iterator, Sequence
from dataclasses import replace

from desktopchat.core.chat import ChatMessage
from desktopchat.core.errors import EngineError, PictureError
from desktopchat.core.picture import Picture
from desktopchat.core.sentence import Sentence
from desktopchat.engine import wire

MOST = 128 << 20  # bytes that the child keeps


class SentPictures:
    """The app's side: knows what the child has, and has it forget what was used longest ago."""

    def __init__(self) -> None:
        self._sizes: OrderedDict[str, int] = OrderedDict()

    def commands_for(self, messages: Sequence[ChatMessage]) -> Iterator[wire.HoldPicture | wire.DropPicture]:
        """Yield what is to be sent before these messages.

        Raises:
            PictureError: They are too much.
        """
        wanted = {picture.digest: picture for message in messages for picture in message.pictures}
        total = sum(len(picture.data) for picture in wanted.values())
        if total > MOST:
            raise PictureError(
                Sentence("The pictures of this conversation have {size} MB together.", size=f"{total / 1e6:,.0f}"),
                Sentence("Start a new conversation; at most {most} MB are looked at.", most=f"{MOST / 1e6:,.0f}"),
            )
        for digest in wanted.keys() & self._sizes.keys():
            self._sizes.move_to_end(digest)
        for digest, picture in wanted.items():
            if digest not in self._sizes:
                self._sizes[digest] = len(picture.data)
                yield wire.HoldPicture(picture.data)
        while sum(self._sizes.values()) > MOST:
            digest, _size = self._sizes.popitem(last=False)
            yield wire.DropPicture(digest)


class HeldPictures:
    """The child's side."""

    def __init__(self) -> None:
        self._pictures: dict[str, Picture] = {}

    def obey(self, command: wire.HoldPicture | wire.DropPicture) -> None:
        """Keep a picture, or forget one."""
        if isinstance(command, wire.DropPicture):
            self._pictures.pop(command.digest, None)
        else:
            picture = Picture.of(command.data)
            self._pictures[picture.digest] = picture

    def put_in(self, messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
        """Return messages with their pictures whole.

        Raises:
            EngineError: One is not here.
        """
        try:
            return tuple(
                replace(message, pictures=tuple(self._pictures[one.digest] for one in message.pictures))
                for message in messages
            )
        except KeyError as error:
            raise EngineError("A picture did not reach the engine.", "Ask again.", str(error)) from error


def without_data(messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
    """Return messages with the names of their pictures alone."""
    return tuple(
        replace(message, pictures=tuple(Picture(picture.digest) for picture in message.pictures))
        for message in messages
    )
