"""What the commands of the search do to the window."""

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.commands.command import Condition
from desktopchat.controllers.search import SavedSearch
from desktopchat.core.hit import Hit
from desktopchat.core.notice import Notice

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class SearchCommands(QObject):
    """Handlers for the search field, its hits and the saved searches."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands

    def conditions(self) -> set[Condition]:
        """Return what is true of the search now."""
        sidebar, found = self._window.sidebar, set()
        current = sidebar.results.current()
        if isinstance(current, SavedSearch) and sidebar.filter.hasFocus():
            found |= {Condition.SEARCHING, Condition.SAVED_SEARCH}
        if sidebar.filter.text().strip():
            found.add(Condition.SEARCHING)
        if isinstance(current, Hit):
            found.add(Condition.HITS)
        return found

    def focus(self) -> None:
        """Go to the search field."""
        self._window.frame.show_sidebar()
        self._window.sidebar.focus_filter()

    def open(self) -> None:
        """Open the chosen hit or saved search."""
        self._window.sidebar.results.open_current()

    def step(self, step: int) -> None:
        """Open the next (+1) or previous (-1) hit."""
        self._window.sidebar.results.step(step)

    def open_hit(self, hit: Hit) -> None:
        """Show a conversation at what was found."""
        if hit.deleted:
            words = self.tr("This is in the trash. Bring it back from there to read it.")
            self._window.show_notice(Notice("info", words))
        elif hit.message_id is None:
            self._commands.open_conversation(hit.conversation_id)
        else:
            self._commands.open_message(hit.conversation_id, hit.message_id)

    def save(self) -> None:
        """Ask for a name for what is searched for."""
        query = self._window.sidebar.filter.text().strip()
        if query:
            from desktopchat.ui.text_entry import TextEntry

            entry = TextEntry(self.tr("Save this search as"), query, "", self._window)
            entry.entered.connect(partial(self._save, query))
            self._commands.open_overlay(entry)

    def forget(self) -> None:
        """Remove the chosen saved search."""
        current = self._window.sidebar.results.current()
        if isinstance(current, SavedSearch):
            self._window.search.forget(current.name)

    def _save(self, query: str, name: str) -> None:
        self._window.search.save(name, query)
