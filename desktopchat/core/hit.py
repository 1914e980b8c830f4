"""What a search finds."""

from dataclasses import dataclass
from enum import StrEnum

from desktopchat.core.chat import Role
from desktopchat.core.excerpt import Excerpt


class HitKind(StrEnum):
    """Where the words stand."""

    TITLE = "title"
    NOTE = "note"
    MESSAGE = "message"
    ATTACHMENT = "attachment"


@dataclass(frozen=True, slots=True)
class Hit:
    """One place that was found.

    Attributes:
        title: The conversation's title; empty for one without.
        text: The piece of the message or note, the name of the attachment; empty for a title.
        created_at: When the message was written or the conversation begun, in seconds since the epoch.
        time_id: Its place in time, from which a search goes on.
        message_id: None for a title and a note.
        version: Place among the versions at the nearest fork on or above the message, from 1, and how many there are;
            None when there is no fork.
        archived: The conversation stands in the archive.
        deleted: It, its conversation or its folder is in the trash.
    """

    kind: HitKind
    conversation_id: int
    title: Excerpt
    text: Excerpt
    created_at: float
    time_id: int
    message_id: int | None = None
    role: Role | None = None
    version: tuple[int, int] | None = None
    archived: bool = False
    deleted: bool = False
