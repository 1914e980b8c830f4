"""`desktopchat export` and `desktopchat import`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from desktopchat.console import say, write
from desktopchat.core.errors import ImportFileError, StorageError, UserError
from desktopchat.core.import_report import ImportReport
from desktopchat.core.receipts import receipts_file, write_receipts
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Skipped, TransferConversation
from desktopchat.core.whole_file import save
from desktopchat.exchange.files import file_name
from desktopchat.exchange.process import Reading
from desktopchat.exchange.writing import FORMATS, Format, write_all
from desktopchat.exchange.writing import write as written
from desktopchat.instance import InstanceLock
from desktopchat.session import Session
from desktopchat.storage.transfer import TransferStore


def export(
    session: Session, wanted: str | None, name: str, whole_tree: bool | None, output: Path | None, *, everything: bool
) -> int:
    """Write one conversation, or every one.

    Args:
        session: Whose conversations.
        wanted: Which one.
        name: Of the format.
        whole_tree: All branches or one; None takes what is usual for the format.
        output: A file, or a folder for `everything` in a format that holds one conversation a file; None is
            standard output.
        everything: Export all of them.

    Raises:
        UserError: There is no such conversation, or it cannot be written.
    """
    if not session.paths.database.exists():
        raise StorageError(f"There are no conversations in {session.paths.data} yet.", "Start desktopchat once.")
    form = FORMATS[name]
    tree = form.writes_tree if whole_tree is None else whole_tree
    with contextlib.closing(session.open_database()) as database:
        store = TransferStore(database)
        if not everything:
            pieces = written(store.give(_find(store, wanted or "")), name, tree)
        elif form.in_one:
            pieces = write_all(_given(store), name, tree)
        else:
            return _export_folder(store, form, tree, output)
        if output is None:
            for piece in pieces:
                write(piece)
        else:
            save(output, pieces)
    return 0


def import_files(session: Session, paths: list[Path]) -> int:
    """Read files and take what is in them; tell what came of it.

    Returns:
        0 when there was anything to read, else 1.

    Raises:
        UserError: The database cannot be written, or another desktopchat uses it.
    """
    report = ImportReport()
    with InstanceLock(session.paths.data), contextlib.closing(session.open_database()) as database:
        store = TransferStore(database)
        try:
            for path in paths:
                try:
                    _import(store, path, report)
                except ImportFileError as error:
                    say(f"desktopchat: {error}")
        finally:
            _tell(report)
            if (file := receipts_file()) is not None:
                for conversation_id in report.ids:
                    write_receipts(file, store.contents(conversation_id))
    return 0 if report.conversations or report.known else 1


def _import(store: TransferStore, path: Path, report: ImportReport) -> None:
    with contextlib.closing(iter(Reading(path))) as items:
        for item in items:
            if isinstance(item, TransferConversation):
                try:
                    report.add(store.take(item))
                except ImportFileError as error:
                    report.note(Skipped(Sentence.of(path.name), error.cause))
            else:
                report.note(item)


def _tell(report: ImportReport) -> None:
    lines = report.details()
    write(f"{report.summary()}\n")
    for line in lines:
        write(f"  {line}\n")


def _find(store: TransferStore, wanted: str) -> int:
    found = store.find(wanted)
    if not found:
        raise UserError(f"There is no conversation “{wanted}”.", "Give its title, or --all for every conversation.")
    if len(found) > 1:
        some = ", ".join(f"{number} “{title}”" for number, title in found[:5])
        raise UserError(f"“{wanted}” may be any of {len(found)} conversations.", f"Give a number: {some}.")
    return found[0][0]


def _given(store: TransferStore) -> Iterator[TransferConversation]:
    return (store.give(conversation_id) for conversation_id in store.conversation_ids())


def _export_folder(store: TransferStore, form: Format, whole_tree: bool, folder: Path | None) -> int:
    if folder is None:
        raise UserError(f"A file of {form.title} holds one conversation.", "Name a folder for them with --output.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        taken = {path.name.lower() for path in folder.iterdir()}
    except OSError as error:
        raise UserError(
            f"{folder} is no folder that can be used: {error.strerror or error}.", "Name another."
        ) from error
    count = 0
    for conversation in _given(store):
        name = file_name(conversation.title, form.ending, taken)
        save(folder / name, written(conversation, form.name, whole_tree))
        count += 1
    say(f"Wrote {_count(count, 'file')} into {folder}.")
    return 0


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'' if number == 1 else 's'}"
