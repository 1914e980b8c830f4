"""Which turns to leave out when all of them do not fit."""

from collections.abc import Sequence

from desktopchat.core.chat import ChatMessage, Role


def oldest_turn(messages: Sequence[ChatMessage]) -> int:
    """Return how many messages make up the oldest turn; 0 when only the last turn is left."""
    start = int(messages[0].role is Role.SYSTEM)
    turns = [place for place, message in enumerate(messages) if place > start and message.role is Role.USER]
    return turns[0] - start if turns else 0
