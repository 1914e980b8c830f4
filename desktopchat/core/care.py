"""What is known of the copies of the store, and of what was saved out of a damaged one."""

from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path


class CopyKind(StrEnum):
    """Why a copy of the store exists. The last two were the store itself until something took their place."""

    DAILY = "daily"
    ASKED = "asked"
    MIGRATION = "migration"
    REPLACED = "replaced"
    DAMAGED = "damaged"


@dataclass(frozen=True, slots=True)
class StoreCopy:
    """One file that the store can be restored from.

    Attributes:
        made_at: Seconds since the epoch, by the name of the file.
        size: Bytes.
        encrypted: It needs a passphrase.
        conversations: Without those in the trash; None when it cannot be read.
        messages: Likewise.
    """

    path: Path
    kind: CopyKind
    made_at: float
    size: int
    encrypted: bool = False
    conversations: int | None = None
    messages: int | None = None


@dataclass(frozen=True, slots=True)
class Salvaged:
    """What became of a damaged store.

    Attributes:
        kept: The damaged file, byte for byte.
        conversations: How many are in the new file.
        messages: How many are in the new file, without those that stand for lost ones.
        lost_messages: How many are known to be missing; there may be more.
        whole_file: The damaged file was read page by page; else only through SQLite, as when it is encrypted.
    """

    kept: Path
    conversations: int
    messages: int
    lost_messages: int
    whole_file: bool = True
