"""What import and export do to the window."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QDir, QObject
from PySide6.QtWidgets import QFileDialog

from desktopchat.controllers.words import said
from desktopchat.ui.chooser import Chooser, ChooserItem

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class TransferCommands(QObject):
    """Handlers that ask for files and formats."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        window.controllers.transfer.noticed.connect(window.show_notice)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "conversation.import": self.ask_files,
            "conversation.export": self.ask_format,
        }

    def ask_files(self) -> None:
        """Ask for files to import."""
        words = self.tr("Conversations (*.json *.jsonl *.zip *.chat *.md *.txt);;All files (*)")
        dialog = QFileDialog(self._window, self.tr("Import conversations"), "", words)
        dialog.setFileMode(QFileDialog.FileMode.ExistingFiles)
        dialog.filesSelected.connect(self._window.controllers.transfer.import_files)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def ask_format(self) -> None:
        """Ask how to export the conversation chosen in the list, or the open one."""
        conversation_id = self._window.sidebar.chosen_conversation()
        if conversation_id is None:
            return
        items = []
        for form in self._window.controllers.transfer.formats:
            if not form.writes_tree:
                items.append(ChooserItem((form, False), said(form.title), self.tr("the branch that is shown")))
            items.append(ChooserItem((form, True), said(form.title), self.tr("all branches")))
        chooser = Chooser(self.tr("Export as"), items, self._window)
        chooser.chosen.connect(partial(self._ask_place, conversation_id))
        self._commands.open_overlay(chooser)

    def _ask_place(self, conversation_id: int, choice: tuple[Any, bool]) -> None:
        form, whole_tree = choice
        window = self._window
        name = window.controllers.transfer.suggest_name(window.sidebar.title_of(conversation_id), form)
        dialog = QFileDialog(window, self.tr("Export"), QDir.home().filePath(name))
        dialog.setAcceptMode(QFileDialog.AcceptMode.AcceptSave)
        dialog.setDefaultSuffix(form.ending.removeprefix("."))
        dialog.fileSelected.connect(partial(window.controllers.transfer.export, conversation_id, form, whole_tree))
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()
