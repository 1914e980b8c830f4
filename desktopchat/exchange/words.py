"""Words that the readable exports share."""

from datetime import UTC, datetime

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.transfer import TransferMessage


def time_of(seconds: float) -> str:
    """Return a time as ISO 8601 in UTC, cut to what a date can say."""
    return (
        datetime.fromtimestamp(min(max(seconds, 0.0), 1e11), UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
    )


def heading_of(message: TransferMessage) -> str:
    """Return who speaks."""
    if message.role is Role.USER:
        return "User"
    return f"Assistant · {' '.join(message.model.name.split())}" if message.model else "Assistant"


def state_of(message: TransferMessage) -> str:
    """Return what became of an answer that is not complete; empty for others."""
    if message.error:
        return message.error
    return "This answer was cut off." if message.state is MessageState.INTERRUPTED else ""


def fork_of(number: int, after: TransferMessage | None, place: int) -> str:
    """Return where a branch leaves the others.

    Args:
        number: Of the branch, from 2.
        after: The last message before it.
        place: Number of that message.
    """
    if after is None:
        return f"Branch {number}: from the beginning"
    return f"Branch {number}: after message {place}, {heading_of(after)}"
