"""The models of this machine as an item model, and all that is done with them but loading."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import (
    QAbstractListModel,
    QFileSystemWatcher,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    Qt,
    QTimer,
    Signal,
)

from desktopchat.controllers.models import ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.address import is_address
from desktopchat.core.errors import CancelledError, UserError
from desktopchat.core.gguf import ArrayInfo, read_header
from desktopchat.core.local_model import Kind, LocalModel, Origin
from desktopchat.core.memory_words import size_text
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence, counted
from desktopchat.library.shelf import Library, Offer

MODEL_ROLE = Qt.ItemDataRole.UserRole + 1
if TYPE_CHECKING:
    from desktopchat.library import trash

Offered = tuple[list[Offer], list[Origin]]  # of other programs, and those that are used already

SETTLE = 400  # ms without a change before the folders are looked at again
_MOST_WATCHED = 256  # folders
_LONGEST = 300  # characters of a value of the header


class LibraryController(QAbstractListModel):
    """Lists the models while somebody looks, and keeps the list as the folders are.

    Args:
        runner: Reads the folders.

    Attributes:
        changed: Other rows, or none yet.
        noticed: Notice.
        offered: Offered.
        described: LocalModel, and all that its header says.
        progressed: Name of a model, and how much of it has been verified, from 0 to 1.
        renamed: Pairs of the old and the new name of files that were known again.
        not_models: Paths of what was dropped that holds no model.
    """

    changed = Signal()
    noticed = Signal(object)
    offered = Signal(object)
    described = Signal(object, str)
    progressed = Signal(str, float)
    renamed = Signal(object)
    not_models = Signal(object)

    def __init__(
        self, library: Library, models: ModelController, runner: TaskRunner, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._models = models
        self._runner = runner
        self._all: list[LocalModel] = []
        self._rows: list[LocalModel] = []
        self.text = ""
        self.reading = False
        self._is_open = False
        self._opened = 0  # how often; what was begun for another time is not wanted any more
        self._wait = QTimer(self)
        self._wait.setSingleShot(True)
        self._wait.setInterval(SETTLE)
        self._wait.timeout.connect(self.refresh)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(self._on_watcher_directory_changed)
        models.inspect = library.inspect
        models.model_loaded.connect(self._on_models_model_loaded)

    @property
    def folder(self) -> str:
        """Our own folder of models."""
        return str(self._library.folder)

    # The list

    def open(self) -> None:
        """Look at the folders now and whenever they change."""
        self._is_open = True
        self._opened += 1
        self.set_text("")
        self.refresh()

    def close(self) -> None:
        """Look at them no longer, and end what takes long."""
        self._is_open = False
        self._opened += 1
        self._wait.stop()
        if watched := self._watcher.directories():
            self._watcher.removePaths(watched)

    def refresh(self) -> None:
        """Look at the folders again."""

        def work() -> tuple[list[LocalModel], list[str], list[tuple[str, str]]]:
            models = self._library.models()
            places = {*map(str, self._library.folders()), *(str(Path(one).parent) for m in models for one in m.files)}
            watched = [place for place in sorted(places) if Path(place).is_dir()][:_MOST_WATCHED]
            return models, watched, self._library.take_renames()

        def done(found: tuple[list[LocalModel], list[str], list[tuple[str, str]]]) -> None:
            self.reading = False
            self._all = found[0]
            if found[2]:
                self.renamed.emit(found[2])
            if self._is_open and (new := set(found[1]).difference(self._watcher.directories())):
                self._watcher.addPaths(sorted(new))
            self._show()

        self.reading = True
        self._runner.run(work, done, self._on_failed)

    def set_text(self, text: str) -> None:
        """Show the models that these words are said of."""
        self.text = text
        self._show()

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name, or the LocalModel itself."""
        model = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return model.called
        return model if role == MODEL_ROLE else None

    @property
    def size(self) -> int:
        """Bytes of all models that are shown."""
        return sum(model.size for model in self._rows)

    # What is done with them

    def rename(self, model: LocalModel, title: str) -> None:
        """Call a model something else; empty is its own name."""
        self._do(lambda: self._library.rename(model.path, title))

    def tag(self, model: LocalModel, tags: str) -> None:
        """Give a model tags, with commas between them."""
        self._do(lambda: self._library.tag(model.path, tags.split(",")))

    def throw_away(self, model: LocalModel, *, others: bool) -> None:
        """Put a model into the trash.

        Args:
            others: As of `library.trash.throw_away`.
        """
        from desktopchat.library import trash

        def done(thrown: "trash.Thrown") -> None:
            words = Sentence(
                "{name} is in the trash; emptying it frees {size}.",
                name=thrown.name,
                size=size_text(thrown.size),
            )
            self._tell(words)
            self.refresh()

        self._runner.run(lambda: trash.throw_away(self._library, model, others=others), done, self._on_failed)

    def bring_back(self) -> None:
        """Put back what was thrown away last."""
        from desktopchat.library import trash

        def done(name: str) -> None:
            self._tell(Sentence("{name} is back.", name=name) if name else Sentence("There is nothing in the trash."))
            self.refresh()

        self._runner.run(lambda: trash.bring_back(self._library), done, self._on_failed)

    def empty_trash(self) -> None:
        """Delete what was thrown away."""
        from desktopchat.library import trash

        def done(gained: int) -> None:
            self._tell(Sentence("{size} are free again.", size=size_text(gained)))

        self._runner.run(lambda: trash.empty(self._library), done, self._on_failed)

    def verify(self, model: LocalModel) -> None:
        """Read all of a model and see whether it is what it was when it came."""
        from desktopchat.library.checking import check
        from desktopchat.library.verifying import Verdict

        number = self._opened

        def heard(share: float) -> None:  # from another thread
            if number != self._opened:
                raise CancelledError("That was stopped.")
            self.progressed.emit(model.called, share)

        def work() -> Sentence:
            checked = check(model, self._library.index, heard)
            match checked.verdict:
                case Verdict.SOUND:
                    return Sentence("{name} is what it should be.", name=model.called)
                case Verdict.DAMAGED:
                    return Sentence("{name} is damaged; download it again.", name=model.called)
            unknown = Sentence("Nobody wrote down what {name} should be.", name=model.called)
            return Sentence("{words} Its SHA-256 is {hash}.", words=unknown, hash=checked.sha256)

        def failed(error: UserError) -> None:
            if number == self._opened:
                self._on_failed(error)

        self._runner.run(work, self._tell, failed)

    def describe(self, model: LocalModel) -> None:
        """Read all that the header of a model says."""

        def done(text: str) -> None:
            self.described.emit(model, text)

        self._runner.run(lambda: _described(Path(model.path)), done, self._on_failed)

    # Where they are

    def look_at_programs(self) -> None:
        """See which other programs have models here."""

        def work() -> Offered:
            return self._library.offers(), self._library.kept.read().origins

        self._runner.run(work, self._on_offers_read, self._on_failed)

    def adopt(self, origin: Origin) -> None:
        """Show the models of a program from now on, where they lie."""
        self._do(lambda: self._library.adopt(origin))

    def leave(self, origin: Origin) -> None:
        """No longer show the models of a program."""
        self._do(lambda: self._library.leave(origin))

    def add(self, path: str) -> None:
        """Show what lies in a folder, where it lies."""

        def done(found: Sequence[LocalModel]) -> None:
            one = Sentence("1 model of {folder} is in the list now.")
            more = Sentence("{count} models of {folder} are in the list now.")
            self._tell(counted(len(found), one, more, folder=path))
            self.refresh()

        self._runner.run(lambda: self._library.add(Path(path)), done, self._on_failed)

    def take(self, paths: Sequence[str]) -> None:
        """Show what lies in the folders among these; the rest comes back as `not_models`."""

        def work() -> tuple[list[str], list[str]]:
            folders = [path for path in paths if Path(path).is_dir()]
            return folders, [path for path in paths if path not in folders]

        def done(found: tuple[list[str], list[str]]) -> None:
            for folder in found[0]:
                self.add(folder)
            if found[1]:
                self.not_models.emit(found[1])

        self._runner.run(work, done, self._on_failed)

    # How

    def _do(self, work: Callable[[], None]) -> None:
        def done(_nothing: None) -> None:
            self.refresh()

        self._runner.run(work, done, self._on_failed)

    def _show(self) -> None:
        words = self.text.casefold().split()
        rows = [model for model in self._all if model.fits(words)]
        # What is used comes first; what cannot be opened last.
        rows.sort(key=lambda model: (model.facts.kind is not Kind.MODEL, -model.used))
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()
        self.changed.emit()

    def _tell(self, words: Sentence) -> None:
        self.noticed.emit(Notice("info", words))

    def _on_failed(self, error: UserError) -> None:
        self.reading = False
        self.noticed.emit(Notice.from_error(error))

    def _on_offers_read(self, found: Offered) -> None:
        self.offered.emit(found)

    def _on_watcher_directory_changed(self, _path: str) -> None:
        self._wait.start()

    def _on_models_model_loaded(self, _model: object) -> None:
        path = self._models.identity.path
        if path and not is_address(path):
            self._runner.run(lambda: self._library.note_use(path), failed=_ignore)


def _described(path: Path) -> str:
    """Return the header of a file as text, the chat template last."""
    header = read_header(path)
    lines = []
    for key, value in header.metadata.items():
        if key == "tokenizer.chat_template":
            continue
        if isinstance(value, ArrayInfo):
            text = f"{value.length:,} x {value.type}"
        else:
            text = str(list(value) if isinstance(value, tuple) else value).replace("\n", " ")
        lines.append(f"{key} = {text if len(text) <= _LONGEST else f'{text[:_LONGEST]}…'}")
    if template := header.text("tokenizer.chat_template"):
        lines += ["", "tokenizer.chat_template =", template]
    return "\n".join(lines)


def _ignore(_error: UserError) -> None:
    """When a model was used last is a comfort."""
