"""What the commands about the models of this machine do to the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject
from PySide6.QtWidgets import QFileDialog

from desktopchat.core.local_model import Origin
from desktopchat.core.memory_words import size_text
from desktopchat.core.notice import Notice
from desktopchat.ui.chooser import Chooser, ChooserItem

if TYPE_CHECKING:
    from desktopchat.controllers.library import Offered
    from desktopchat.ui.library_card import LibraryCard
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class LibraryCommands(QObject):
    """Opens the card with the models, and adds those of other programs."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._library = window.controllers.library
        self._card: LibraryCard | None = None
        self._library.noticed.connect(self._on_library_noticed)
        self._library.offered.connect(self._on_library_offered)
        self._library.not_models.connect(window.writing.attaching.read)
        self._linked = ""  # repository whose link was pasted last
        window.page.composer.field.repository_pasted.connect(self._on_field_repository_pasted)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "model.library": self.open,
            "model.adopt": self._library.look_at_programs,
            "model.add_folder": self._ask_folder,
            "model.find_linked": self._find_linked,
            "model.empty_trash": self._library.empty_trash,
        }

    def open(self) -> None:
        """Open the card."""
        # Not at the start: the window is to be there first.
        from desktopchat.ui.library_card import LibraryCard

        card = self._card = LibraryCard(self._library, self._window.theme, self._window.key_texts, self._window)
        card.open_wanted.connect(self._window.models.open_file)
        card.work_wanted.connect(self._commands.model_work.begin)
        card.closed.connect(self._on_card_closed)
        self._commands.open_overlay(card)

    def _ask_folder(self) -> None:
        dialog = QFileDialog(self._window, self.tr("Use models where they lie"))
        dialog.setFileMode(QFileDialog.FileMode.Directory)
        dialog.fileSelected.connect(self._library.add)
        dialog.finished.connect(dialog.deleteLater)
        dialog.open()

    def _find_linked(self) -> None:
        self._window.controllers.hub.search.set_text(self._linked)
        self._commands.hub.find()

    def _on_field_repository_pasted(self, repository: str) -> None:
        self._linked = repository
        words = self.tr("{name} is a model of the hub.").format(name=repository)
        self._window.show_notice(Notice("hint", words, self.tr("See its files, and fetch one."), "model.find_linked"))

    def _on_card_closed(self) -> None:
        self._card = None

    def _on_library_noticed(self, notice: Notice) -> None:
        if self._card is not None:
            self._card.say(notice)
        else:
            self._window.show_notice(notice)

    def _on_library_offered(self, found: "Offered") -> None:
        offers, used = found
        items = []
        for one in offers:
            words = self.tr("{count} models, {size}", "", one.count)
            words = words.format(count=f"{one.count:,}", size=size_text(one.size))
            items.append(ChooserItem(one.origin, self.tr("Use {program}").format(program=one.origin.label), words))
        items += [
            ChooserItem((origin,), self.tr("No longer use {program}").format(program=origin.label)) for origin in used
        ]
        if not items:
            words = self.tr("No other program has models in its usual folder.")
            self._window.show_notice(Notice("info", words, self.tr("Add the folder that it uses.")))
            return
        chooser = Chooser(self.tr("Models of other programs"), items, self._window)
        chooser.chosen.connect(self._on_chooser_chosen)
        self._commands.open_overlay(chooser)

    def _on_chooser_chosen(self, chosen: Origin | tuple[Origin]) -> None:
        if isinstance(chosen, tuple):
            self._library.leave(chosen[0])
        else:
            self._library.adopt(chosen)
        self.open()
