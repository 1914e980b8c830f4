"""What the commands about downloads do to the window, and what it says of them."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.commands.command import Condition
from desktopchat.controllers.words import said
from desktopchat.core.download import Download, DownloadState
from desktopchat.core.download_words import percent_text, rate_text, time_left
from desktopchat.core.hub_file import HubFile
from desktopchat.core.hub_names import quant_of
from desktopchat.core.notice import Notice

if TYPE_CHECKING:
    from desktopchat.ui.download_card import DownloadCard
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class DownloadCommands(QObject):
    """Opens the card of the downloads, hands on what is wanted there, and keeps the line at the bottom true."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._downloads = window.controllers.downloads
        self._card: DownloadCard | None = None
        self._downloads.changed.connect(self._on_downloads_changed)
        self._downloads.noticed.connect(self._on_downloads_noticed)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {"download.list": self.show, "download.open": self._downloads.open_newest}

    def conditions(self) -> set[Condition]:
        """Return what is true of the downloads now."""
        return {Condition.DOWNLOADED} if self._downloads.newest else set()

    def fetch(self, files: tuple[HubFile, ...]) -> None:
        """Download what was chosen, and show how far it is."""
        first = files[0]
        parts = (first.repo.rpartition("/")[2].removesuffix("-GGUF"), quant_of(first.path))
        self._downloads.add(" · ".join(filter(None, parts)), files)
        self.show()

    def show(self) -> None:
        """Open the card."""
        if self._card is None:
            from desktopchat.ui.download_card import DownloadCard

            find = self._window.key_texts["model.find"]
            hint = self.tr("Nothing is being downloaded. {key} finds a model.").format(key=find)
            card = self._card = DownloadCard(self._window.theme, hint, self._window)
            card.toggled.connect(self._downloads.toggle)
            card.up_requested.connect(self._downloads.move_up)
            card.removed.connect(self._downloads.remove)
            card.open_requested.connect(self._on_card_open_requested)
            card.closed.connect(self._on_card_closed)
            card.show_downloads(self._downloads.downloads)
            self._commands.open_overlay(card)
        self._downloads.look()

    def _on_card_open_requested(self, download: Download) -> None:
        self._commands.close_overlay()
        self._downloads.open(download)

    def _on_card_closed(self) -> None:
        self._card = None

    def _on_downloads_changed(self, downloads: tuple[Download, ...]) -> None:
        self._window.status.set_download(self._line(downloads))
        if self._card is not None:
            self._card.show_downloads(downloads)

    def _on_downloads_noticed(self, notice: Notice) -> None:
        self._window.show_notice(notice)
        self._commands.update_conditions()  # there may be a model to open
        if self._card is not None and notice.level == "error":
            self._card.tell(said(notice.sentence))

    def _line(self, downloads: tuple[Download, ...]) -> str:
        """Return the few words on what is under way; empty when nothing is."""
        active = [one for one in downloads if one.is_active]
        if not active:
            return ""
        size, done = sum(one.size for one in active), sum(one.done for one in active)
        speed = sum(one.speed for one in active)
        name = active[0].name if len(active) == 1 else self.tr("{count} downloads").format(count=len(active))
        parts = [name, said(percent_text(done, size))]
        if speed >= 1:
            parts += [said(rate_text(speed)), said(time_left((size - done) / speed))]
        elif all(one.state is DownloadState.WAITING for one in active):
            parts.append(self.tr("waiting"))
        return " · ".join(parts)
