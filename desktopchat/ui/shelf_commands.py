"""What the commands that keep conversations in order do to the window."""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.conversation_list import Place, RowKind
from desktopchat.controllers.shelf import Details
from desktopchat.ui.chooser import Chooser, ChooserItem
from desktopchat.ui.text_entry import TextEntry

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class ShelfCommands(QObject):
    """Handlers for pins, folders, tags, notes, archive and trash: of the row chosen in the list, or the open one."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "conversation.delete": self.delete,
            "conversation.pin": self.pin,
            "conversation.move": self.move,
            "conversation.tags": self.tag,
            "conversation.note": self.note,
            "conversation.archive": self.archive,
            "view.archive": partial(self.show_place, Place.ARCHIVE),
            "view.trash": partial(self.show_place, Place.TRASH),
            "view.focus_list": self.focus_list,
        }

    def delete(self) -> None:
        """Delete the conversation or the folder under the list's cursor."""
        row = self._window.sidebar.chosen()
        if row is None:
            return
        if row.kind is RowKind.CONVERSATION:
            self._window.shelving.delete_conversation(row.id)
        elif row.kind is RowKind.FOLDER:
            self._window.shelving.delete_folder(row.id)

    def pin(self) -> None:
        """Pin or unpin."""
        if (conversation_id := self._window.sidebar.chosen_conversation()) is not None:
            self._window.shelving.toggle_pinned(conversation_id)

    def archive(self) -> None:
        """Archive or take back."""
        if (conversation_id := self._window.sidebar.chosen_conversation()) is not None:
            self._window.shelving.toggle_archived(conversation_id)

    def move(self) -> None:
        """Ask for a folder."""
        self._ask(self._choose_folder)

    def tag(self) -> None:
        """Ask for tags."""
        self._ask(self._enter_tags)

    def note(self) -> None:
        """Ask for a note."""
        self._ask(self._enter_note)

    def show_place(self, place: Place) -> None:
        """Show the archive or the trash, or go back."""
        self._window.frame.show_sidebar()
        self._window.sidebar.toggle_place(place)

    def focus_list(self) -> None:
        """Go to the list."""
        self._window.frame.show_sidebar()
        self._window.sidebar.focus_list()

    def _ask(self, show: Callable[[Details], None]) -> None:
        if (conversation_id := self._window.sidebar.chosen_conversation()) is not None:
            self._window.shelving.read_details(conversation_id, show)

    def _choose_folder(self, details: Details) -> None:
        conversation = details.conversation
        items = [
            ChooserItem(
                folder.id,
                folder.name,
                self.tr("{count} conversations", "", folder.count).format(count=f"{folder.count:,}"),
            )
            for folder in details.folders
            if folder.id != conversation.folder_id
        ]
        if conversation.folder_id is not None:
            items.insert(0, ChooserItem(None, self.tr("No folder"), self.tr("back to the list")))
        chooser = Chooser(self.tr("Move to folder"), items, self._window, allow_new=True)
        chooser.chosen.connect(partial(self._window.shelving.move, conversation.id))
        chooser.created.connect(partial(self._window.shelving.move_to_new, conversation.id))
        self._commands.open_overlay(chooser)

    def _enter_tags(self, details: Details) -> None:
        conversation = details.conversation
        others = [tag for tag in details.tags if tag not in conversation.tags]
        hint = self.tr("Tags in use: {tags}").format(tags=", ".join(others)) if others else ""
        entry = TextEntry(self.tr("Tags, with commas between them"), ", ".join(conversation.tags), hint, self._window)
        entry.entered.connect(partial(self._set_tags, conversation.id))
        self._commands.open_overlay(entry)

    def _set_tags(self, conversation_id: int, text: str) -> None:
        self._window.shelving.set_tags(conversation_id, text.replace("，", ",").split(","))

    def _enter_note(self, details: Details) -> None:
        conversation = details.conversation
        title = self.tr("Note about “{title}”").format(title=conversation.title)
        entry = TextEntry(title, conversation.note, "", self._window, lines=True)
        entry.entered.connect(partial(self._window.shelving.set_note, conversation.id))
        self._commands.open_overlay(entry)
