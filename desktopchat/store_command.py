"""`desktopchat store`: look after the file that holds every conversation."""

import time

from desktopchat.console import say, write
from desktopchat.core.care import CopyKind, StoreCopy
from desktopchat.core.errors import PassphraseError, StorageError
from desktopchat.instance import InstanceLock
from desktopchat.session import Session
from desktopchat.storage.backups import Backups
from desktopchat.storage.checking import check_fully
from desktopchat.storage.swap import finish
from desktopchat.unlock import ask

_KINDS = {
    CopyKind.DAILY: "daily",
    CopyKind.ASKED: "by hand",
    CopyKind.MIGRATION: "before an update",
    CopyKind.REPLACED: "set aside by a restore",
    CopyKind.DAMAGED: "set aside as damaged",
}


def run(session: Session, action: str, name: str | None) -> int:
    """Do one of check, backup, restore and list.

    Args:
        session: Where the conversations are.
        action: Which.
        name: The backup to restore; without one they are listed.

    Returns:
        0 when all went well, 1 when damage was found.

    Raises:
        UserError: Nothing was changed.
    """
    backups = Backups(session.paths.database)
    if action == "restore" and name:
        _restore(session, backups, name)
    elif action in ("restore", "list"):
        _list(session, backups)
    else:
        if not session.paths.database.exists():
            raise StorageError(f"There are no conversations in {session.paths.data} yet.", "Start desktopchat once.")
        if action == "check":
            return _check(session)
        write(f"{backups.make(CopyKind.ASKED, session.key)}\n")
    return 0


def _check(session: Session) -> int:
    database = session.paths.database
    problems = check_fully(database, session.key)
    if not problems:
        write("The conversations are sound.\n")
        return 0
    cure = "Start the window, which saves what can be read, or go back to a backup: desktopchat store restore."
    say(f"desktopchat: {database} is damaged. {cure}")
    for problem in problems:
        say(f"  {problem}")
    return 1


def _list(session: Session, backups: Backups) -> None:
    copies = backups.listed(session.key)
    for copy in copies:
        write(f"{_line(copy)}\n")
    say(
        "One of them comes back by desktopchat store restore NAME."
        if copies
        else "There is no backup yet. Make one: desktopchat store backup."
    )


def _restore(session: Session, backups: Backups, name: str) -> None:
    copy = backups.find(name)
    with InstanceLock(session.paths.data):
        finish(session.paths.database)
        try:
            aside = backups.restore(copy, session.key)
        except PassphraseError:
            aside = backups.restore(copy, ask(f"Passphrase of {copy.path.name}: "))
    write(f"The conversations are those of {_when(copy)} again.\n")
    if aside.exists():
        write(f"Those of before are kept, and this brings them back: desktopchat store restore {aside.name}\n")


def _line(copy: StoreCopy) -> str:
    counts = "under another passphrase" if copy.encrypted else "cannot be read"
    if copy.conversations is not None:
        counts = f"conversations: {copy.conversations:,}, messages: {copy.messages:,}"
    return f"{copy.path.name}  {_when(copy)}  {copy.size / 1e6:,.1f} MB  {counts}  ({_KINDS[copy.kind]})"


def _when(copy: StoreCopy) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(copy.made_at))
