"""What takes long with models: one is made smaller, copies become links, the folder moves. One thing at a time."""

import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.models import ModelController
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import CancelledError, ModelFileError, UserError
from desktopchat.core.local_model import Kind, LocalModel
from desktopchat.core.memory_words import size_text
from desktopchat.core.notice import Notice
from desktopchat.core.quants import WHOLE
from desktopchat.core.sentence import Sentence, counted

if TYPE_CHECKING:  # else the start of the window would wait for what it may never use
    from desktopchat.library.duplicates import Plan
    from desktopchat.library.newer import Newer
    from desktopchat.library.shelf import Library

T = TypeVar("T")
_STEP = 0.1  # seconds between two reports


class ModelWork(QObject):
    """Does it off the window's thread, says how far it is, and ends it when that is wanted.

    Args:
        runner: Does the work; `close` closes it.
        logs: Folder for what llama.cpp says.
        use_folder: Makes another folder ours, for good; called away from the window.
        look: Asks the hub of which models it has newer versions, and says of how many it has asked, from 0 to 1.
        renew: Puts a newer version in the place of the one that is here, and says how far it is.

    Attributes:
        progressed: Sentence and how much is done, from 0 to 1.
        ended: Notice of what came of it.
        found_whole: Tuple of LocalModel: those that can be made smaller.
        found_newer: Tuple of `library.newer.Newer`.
        found_twice: Tuple of `library.duplicates.Plan`: what could become links.
        moved: Our own folder of models is another one now.
    """

    progressed = Signal(object, float)
    ended = Signal(object)
    found_whole = Signal(object)
    found_newer = Signal(object)
    found_twice = Signal(object)
    moved = Signal(str)

    def __init__(
        self,
        library: "Library",
        models: ModelController,
        runner: TaskRunner,
        logs: Path,
        use_folder: Callable[[Path], None],
        look: "Callable[[Callable[[str, float], None]], Sequence[Newer]]",
        renew: "Callable[[Newer, Callable[[float], None]], None]",
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._library = library
        self._models = models
        self._logs = logs
        self._use_folder = use_folder
        self._look, self._renew = look, renew
        self._tasks = runner
        self._is_stopped = False
        self._told = 0.0
        self.working = False

    @property
    def folder(self) -> str:
        """Our own folder of models."""
        return str(self._library.folder)

    def look_for_whole(self) -> None:
        """See which models can be made smaller. `found_whole` tells of them."""

        def work() -> tuple[LocalModel, ...]:
            return tuple(model for model in self._library.models() if can_shrink(model))

        def done(models: tuple[LocalModel, ...]) -> None:
            self.working = False
            self.found_whole.emit(models)

        self._run(Sentence("Looking at the models"), work, done)

    def quantize(self, model: LocalModel, quant: str) -> None:
        """Write a model in another type of numbers, beside the others."""

        def work() -> Notice:
            from desktopchat.engine import quantizing

            source = Path(model.path)
            target = quantizing.place_for(model.name.rpartition("/")[2].replace(":", "-"), quant, self._library.folder)
            ftype = quantizing.check(source, model.called, quant, target)
            words = Sentence("Making {name}", name=target.stem)

            def heard(done: int, of: int) -> None:
                self._hear(words, done / of if of else 0.0)

            quantizing.quantize(source, target, ftype, self._logs / "quantize.log", heard)
            before, after = size_text(source.stat().st_size), size_text(target.stat().st_size)
            made = Sentence("{name} is made: {before} became {after}.", name=target.stem, before=before, after=after)
            return Notice("info", made)

        self._run(Sentence("Making {name} smaller", name=model.called), work, self._end)

    def verify(self) -> None:
        """Read all models and see whether they are what they were when they came."""

        def work() -> Notice:
            from desktopchat.library.checking import check
            from desktopchat.library.verifying import Verdict

            found: dict[Verdict, list[str]] = {verdict: [] for verdict in Verdict}
            for model in self._library.models():
                heard = partial(self._hear, Sentence("Reading {name}", name=model.called))
                try:
                    verdict = check(model, self._library.index, heard).verdict
                except ModelFileError:  # the others are looked at all the same
                    verdict = Verdict.DAMAGED
                found[Verdict.DAMAGED if model.facts.trouble else verdict].append(model.called)
            if damaged := found[Verdict.DAMAGED]:
                cause = Sentence("These are damaged: {names}.", names=", ".join(damaged))
                return Notice("error", cause, "Delete them, and download them again.", "model.library")
            sound, unknown = len(found[Verdict.SOUND]), len(found[Verdict.UNKNOWN])
            return Notice(
                "info",
                Sentence(
                    "{sound} models are what they should be; of {unknown} nobody wrote down what they should be.",
                    sound=sound,
                    unknown=unknown,
                ),
            )

        self._run(Sentence("Verifying the models"), work, self._end)

    def look_for_copies(self) -> None:
        """See which files are here more than once; nothing is changed. `found_twice` tells of them."""

        def work() -> "tuple[Plan, ...]":
            from desktopchat.library import duplicates

            return tuple(duplicates.duplicates(self._library, self._hear_of_file))

        def done(plans: "tuple[Plan, ...]") -> None:
            useful = tuple(plan for plan in plans if plan.replaced)
            if useful:
                self.working = False
                self.found_twice.emit(useful)
            else:
                self._end(Notice("info", "No model is here twice."))

        self._run(Sentence("Looking for models that are here twice"), work, done)

    def link(self, plans: "Sequence[Plan]") -> None:
        """Let files of one content become one."""

        def work() -> Notice:
            from desktopchat.library import duplicates

            freed = sum(duplicates.link(self._library, plan, self._hear_of_file) for plan in plans)
            cause = Sentence("{size} are free again.", size=size_text(freed))
            return Notice("hint", cause, "The links can become files of their own again.", "model.unlink")

        self._run(Sentence("Comparing the copies"), work, self._end)

    def look_for_newer(self) -> None:
        """Ask the hub of which models it has newer versions. `found_newer` tells of them."""

        def work() -> "tuple[Newer, ...]":
            return tuple(self._look(lambda repo, share: self._hear(Sentence("Asking for {name}", name=repo), share)))

        def done(found: "tuple[Newer, ...]") -> None:
            if found:
                self.working = False
                self.found_newer.emit(found)
            else:
                self._end(Notice("info", "The hub has no newer version of any model."))

        self._run(Sentence("Looking for newer versions"), work, done)

    def renew(self, found: "Sequence[Newer]") -> None:
        """Fetch newer versions; each takes the place of the one that is here, which goes into the trash."""

        def work() -> Notice:
            for one in found:
                self._renew(one, partial(self._hear, Sentence("Fetching {name}", name=one.model.called)))
            names = ", ".join(one.model.called for one in found)
            words = Sentence("The newest version is here: {names}. The old one is in the trash.", names=names)
            return Notice("info", words)

        self._run(Sentence("Fetching newer versions"), work, self._end)

    def unlink(self) -> None:
        """Let the links become files of their own again."""

        def work() -> Notice:
            from desktopchat.library import duplicates

            paths = duplicates.unlink(self._library, self._hear_of_file)
            if not paths:
                return Notice("info", "There is no link to undo.")
            one = Sentence("1 file is a file of its own again.")
            more = Sentence("{count} files are files of their own again.")
            return Notice("info", counted(len(paths), one, more))

        self._run(Sentence("Copying"), work, self._end)

    def move(self, folder: str) -> None:
        """Let our own folder of models be another one, with all that lies in it."""

        def work() -> tuple[str, Notice]:
            from desktopchat.library import moving

            before = str(self._library.folder)

            def switch(target: Path) -> None:
                self._use_folder(target)
                self._library.moved(target)

            count = moving.move(self._library.folder, Path(folder), switch, self._hear_of_file)
            one, more = Sentence("1 file is in {folder} now."), Sentence("{count} files are in {folder} now.")
            return before, Notice("info", counted(count, one, more, folder=self._library.folder))

        def done(found: tuple[str, Notice]) -> None:
            self._models.note_move(found[0], self.folder)
            self.moved.emit(self.folder)
            self._end(found[1])

        self._run(Sentence("Moving the models"), work, done)

    def stop(self) -> None:
        """End what is under way as soon as it listens."""
        self._is_stopped = True

    def close(self) -> None:
        """End it, and the thread."""
        self.stop()
        self._tasks.close()

    def _run(self, words: Sentence, work: Callable[[], T], done: Callable[[T], Any]) -> None:
        if self.working:
            return
        self._is_stopped = False
        self.working = True
        self.progressed.emit(words, 0.0)
        self._tasks.run(work, done, self._on_failed)

    def _hear_of_file(self, path: Path, share: float) -> None:  # from the other thread
        self._hear(Sentence("Reading {name}", name=path.name), share)

    def _hear(self, words: Sentence, share: float) -> None:
        if self._is_stopped:
            raise CancelledError("That was stopped.")
        now = time.monotonic()
        if not share or now - self._told >= _STEP:
            self._told = now
            self.progressed.emit(words, share)

    def _end(self, notice: Notice) -> None:
        self.working = False
        self.ended.emit(notice)

    def _on_failed(self, error: UserError) -> None:
        self._end(Notice("info", error.cause) if isinstance(error, CancelledError) else Notice.from_error(error))


def can_shrink(model: LocalModel) -> bool:
    """Return whether a model can be made smaller: its numbers must be whole, and its file sound."""
    return model.facts.kind is Kind.MODEL and not model.facts.trouble and model.facts.quant in WHOLE
