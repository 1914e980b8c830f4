"""What the commands around the composer do, and what it has to do with the controllers."""

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import PurePath
from typing import TYPE_CHECKING

from PySide6.QtCore import QBuffer, QByteArray, QObject
from PySide6.QtGui import QImage, QImageWriter
from PySide6.QtWidgets import QFileDialog

from desktopchat.commands.command import Condition
from desktopchat.core.attached import AttachedFile, Written
from desktopchat.core.notice import Notice
from desktopchat.core.prompt_text import Prompt
from desktopchat.ui.chooser import Chooser, ChooserItem
from desktopchat.ui.composer.completion import Offer
from desktopchat.ui.sizes import size_text

if TYPE_CHECKING:
    from desktopchat.core.local_model import LocalModel
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class ComposerCommands(QObject):
    """Handlers for files, queue, history, prompts and models at the composer."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._undo: Callable[[], None] | None = None

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        composer, writing = self._window.page.composer, self._window.writing
        return {
            "message.attach": self._ask_files,
            "message.inline": composer.inline_last,
            "message.remove_file": composer.chips.remove_current,
            "history.older": partial(writing.history.step, 1),
            "history.newer": partial(writing.history.step, -1),
            "queue.send": writing.queue.go_on,
            "queue.focus": composer.queue.focus_list,
            "queue.remove": self._remove_queued,
            "prompt.open": self._ask_prompt,
            "prompt.save": self._ask_name,
        }

    def conditions(self) -> set[Condition]:
        """Return what is true of the composer now."""
        found = set()
        composer = self._window.page.composer
        if composer.chips.count():
            found.add(Condition.FILES)
        if composer.queue.list.count():
            found.add(Condition.QUEUED)
        if self._undo is not None:
            found.add(Condition.DELETED)
        return found

    def connect_parts(self) -> None:
        """Connect the composer with the controllers."""
        window, composer, writing = self._window, self._window.page.composer, self._window.writing
        composer.send_requested.connect(self._on_composer_send_requested)
        composer.go_on_requested.connect(writing.queue.go_on)
        composer.take_requested.connect(writing.queue.take)
        # Storing and counting begin last: while other threads work on a large file, each call of Qt here has to wait.
        composer.files_changed.connect(self._commands.update_conditions)
        composer.files_changed.connect(window.chat.save_files)
        composer.files_shown.connect(self._commands.update_conditions)
        composer.files_shown.connect(window.chat.count_files)
        composer.files_pasted.connect(self.take_files)
        composer.picture_pasted.connect(self._on_composer_picture_pasted)
        composer.long_text_pasted.connect(writing.attaching.paste)
        composer.refused.connect(window.show_notice)
        composer.removed.connect(self._on_composer_removed)
        composer.walk_left.connect(writing.history.restart)
        composer.completion.wanted.connect(self._on_completion_wanted)
        composer.completion.chosen.connect(self._on_completion_chosen)
        writing.attaching.attached.connect(composer.add_file)
        writing.attaching.reading_changed.connect(composer.set_reading)
        writing.history.shown.connect(composer.show_walked)
        writing.queue.changed.connect(self._on_queue_changed)
        writing.queue.added.connect(composer.confirm_sent)
        writing.queue.refused.connect(self._on_queue_refused)
        writing.queue.taken.connect(composer.take_back)
        writing.queue.removed.connect(self._on_queue_removed)
        window.chat.file_counted.connect(composer.chips.show_tokens)
        window.chat.answering_changed.connect(composer.set_busy)
        for signal in (window.models.load_started, window.models.model_loaded, window.models.unloaded):
            signal.connect(self._on_models_changed)
        for part in (writing.attaching, writing.queue, writing.prompts):
            part.noticed.connect(window.show_notice)

    def _on_models_changed(self, _cause: object = None) -> None:
        self._window.page.composer.sees = self._window.models.sees

    def undo(self) -> bool:
        """Bring back what was removed last from the queue or the files; False when there is nothing."""
        undo, self._undo = self._undo, None
        if undo is None:
            return False
        undo()
        self._commands.update_conditions()
        return True

    def forget_undo(self) -> None:
        """Another conversation is shown: what was removed from the last one stays away."""
        self._undo = None

    def take_files(self, paths: Sequence[str]) -> None:
        """Open a model file, list the models of a folder, attach all others."""
        models = [path for path in paths if path.lower().endswith(".gguf")]
        if models:
            self._window.models.open_file(models[0])
        # What has no ending may be a folder of models.
        maybe = [path for path in paths if not PurePath(path).suffix]
        if maybe:
            self._window.controllers.library.take(maybe)
        self._window.writing.attaching.read([path for path in paths if path not in (*models, *maybe)])

    # Sending and the queue

    def _on_composer_send_requested(self, text: str, files: tuple[AttachedFile, ...]) -> None:
        queue = self._window.writing.queue
        if self._window.chat.busy or queue.is_running:
            queue.add(Written(text, files))
        else:
            self._window.chat.send(text, files)

    def _on_queue_changed(self, queue: tuple[Written, ...], waiting: bool) -> None:
        self._window.page.composer.queue.show_queue(queue, waiting)
        self._commands.update_conditions()

    def _on_queue_refused(self, notice: Notice) -> None:
        self._window.page.composer.refuse_sent()
        self._window.show_notice(notice)

    def _remove_queued(self) -> None:
        self._window.writing.queue.remove(self._window.page.composer.queue.list.currentRow())

    def _on_queue_removed(self) -> None:
        self.can_undo(self._window.writing.queue.undo, self.tr("Removed from the queue."))

    # Files

    def _ask_files(self) -> None:
        dialog = QFileDialog(self._window, self.tr("Attach files"))
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self.take_files)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _on_composer_picture_pasted(self, picture: QImage) -> None:
        self._window.writing.attaching.make(self.tr("Pasted picture") + ".png", partial(_png, picture))

    def _on_composer_removed(self) -> None:
        self.can_undo(self._window.page.composer.restore_file, self.tr("File removed."))

    def can_undo(self, undo: Callable[[], None], words: str) -> None:
        """Say what was done, and let the key for undoing undo it."""
        self._undo = undo
        self._window.page.composer.field.undo_elsewhere = True
        self._commands.update_conditions()
        self._window.toast.show_notice(Notice("info", words, "", "conversation.undo_delete"))

    # Prompts and models

    def _on_completion_wanted(self, sign: str) -> None:
        if sign == "/":
            self._window.writing.prompts.list(self._offer_prompts)
        else:
            self._window.writing.list_models(self._offer_models)

    def _offer_prompts(self, prompts: list[Prompt]) -> None:
        offers = [Offer(prompt.name, prompt.beginning, prompt.text) for prompt in prompts]
        self._window.page.composer.completion.offer("/", offers)

    def _offer_models(self, models: "list[LocalModel]") -> None:
        offers = [
            Offer(model.called, " · ".join(filter(None, (model.facts.quant, size_text(model.size)))), model.path)
            for model in models
        ]
        self._window.page.composer.completion.offer("@", offers)

    def _on_completion_chosen(self, sign: str, value: str) -> None:
        if sign == "/":
            self._window.page.composer.field.insert_prompt(value)
        else:
            self._window.models.open_file(value)

    def _ask_prompt(self) -> None:
        self._window.writing.prompts.list(self._show_prompts)

    def _show_prompts(self, prompts: list[Prompt]) -> None:
        items = [ChooserItem(prompt.text, prompt.name, prompt.beginning) for prompt in prompts]
        chooser = Chooser(self.tr("Insert a prompt"), items, self._window)
        chooser.chosen.connect(self._window.page.composer.field.insert_prompt)
        self._commands.open_overlay(chooser)

    def _ask_name(self) -> None:
        text = self._window.page.composer.text()
        if not text.strip():
            words = self.tr("There is nothing to keep.")
            self._window.show_notice(Notice("info", words, self.tr("Write the prompt first.")))
            return
        hint = self.tr("A word in braces, such as {language}, becomes a field to fill in.")
        from desktopchat.ui.text_entry import TextEntry

        entry = TextEntry(self.tr("Name of the prompt"), "", hint, self._window)
        entry.entered.connect(self._on_name_entered)
        self._commands.open_overlay(entry)

    def _on_name_entered(self, name: str) -> None:
        self._window.writing.prompts.save(name, self._window.page.composer.text())


def _png(picture: QImage) -> bytes:
    buffer = QBuffer()
    buffer.open(QBuffer.OpenModeFlag.WriteOnly)
    QImageWriter(buffer, QByteArray(b"png")).write(picture)
    return bytes(buffer.data().data())
