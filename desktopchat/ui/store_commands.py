"""What the commands that look after the store do to the window."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.commands.registry import command
from desktopchat.controllers.words import told
from desktopchat.core.care import CopyKind, StoreCopy
from desktopchat.core.notice import Notice
from desktopchat.ui.chooser import Chooser, ChooserItem

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.passphrase_card import Answer, PassphraseCard
    from desktopchat.ui.window_commands import WindowCommands


class StoreCommands(QObject):
    """Handlers for backups, checks and the passphrase."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._care = care = window.care
        self._card: PassphraseCard | None = None
        care.passphrase_refused.connect(self._on_care_passphrase_refused)
        care.passphrase_accepted.connect(self._on_care_passphrase_accepted)
        care.copies_readable.connect(self._on_care_copies_readable)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "store.backup": self._care.back_up,
            "store.restore": self.restore,
            "store.check": self._care.check,
            "store.repair": self._care.repair,
            "vault.lock": self.lock,
            "vault.change": self.change,
            "vault.unlock": self.unlock,
            "vault.forget": self._care.forget_passphrase,
        }

    def restore(self) -> None:
        """Ask for a backup and go back to it."""
        self._care.list_copies(self._choose_copy)

    def lock(self) -> None:
        """Ask for a passphrase and lock the store with it."""
        text = self.tr(
            "All conversations are encrypted, with the search index and the backups. "
            "The passphrase is asked for at each start. Nothing else opens them, and nobody can send it to you: "
            "if you forget it, they are lost."
        )
        self._ask("lock", text, self._on_lock, new=True, remember=True)

    def change(self) -> None:
        """Ask for the present passphrase and a new one."""
        text = self.tr("The backups get the new one too.")
        self._ask("change", text, self._on_change, present=True, new=True)

    def unlock(self) -> None:
        """Ask for the passphrase and remove it."""
        text = self.tr("The conversations and their backups can be read by whoever has the files then.")
        self._ask("unlock", text, self._on_unlock, present=True)

    def _choose_copy(self, copies: list[StoreCopy]) -> None:
        if not copies:
            self._window.show_notice(
                Notice("info", self.tr("There is no backup yet."), self.tr("The command “Back up now” makes one."))
            )
            return
        items = [ChooserItem(copy, _when(copy), self._detail(copy)) for copy in copies]
        chooser = Chooser(self.tr("Restore a backup"), items, self._window)
        chooser.chosen.connect(self._on_copy_chosen)
        self._commands.open_overlay(chooser)

    def _detail(self, copy: StoreCopy) -> str:
        kinds = {
            CopyKind.DAILY: self.tr("daily"),
            CopyKind.ASKED: self.tr("by hand"),
            CopyKind.MIGRATION: self.tr("before an update"),
            CopyKind.REPLACED: self.tr("set aside by a restore"),
            CopyKind.DAMAGED: self.tr("set aside as damaged"),
        }
        what = self.tr("under another passphrase") if copy.encrypted else self.tr("cannot be read")
        if copy.conversations is not None:
            what = self.tr("{conversations} conversations · {messages} messages").format(
                conversations=f"{copy.conversations:,}", messages=f"{copy.messages:,}"
            )
        return f"{kinds[copy.kind]} · {copy.size / 1e6:,.1f} MB · {what}"

    def _on_copy_chosen(self, copy: StoreCopy) -> None:
        self._window.flush()
        self._care.restore(copy)

    def _ask(self, action: str, text: str, submitted: "Callable[[Answer], None]", **fields: bool) -> None:
        from desktopchat.ui.passphrase_card import PassphraseCard

        card = self._card = PassphraseCard(self._title(action), text, self._window, **fields)
        card.closed.connect(self._on_card_closed)
        card.submitted.connect(submitted)
        self._commands.open_overlay(card)

    def _on_card_closed(self) -> None:
        self._card = None

    def _on_lock(self, answer: "Answer") -> None:
        assert answer.new is not None
        self._window.flush()
        self._care.lock(answer.new, remember=answer.remember)

    def _on_change(self, answer: "Answer") -> None:
        assert answer.present is not None
        assert answer.new is not None
        self._window.flush()
        self._care.change_passphrase(answer.present, answer.new)

    def _on_unlock(self, answer: "Answer") -> None:
        assert answer.present is not None
        self._window.flush()
        self._care.unlock(answer.present)

    def _on_care_passphrase_refused(self, sentence: str) -> None:
        if self._card is not None:
            self._card.show_wrong(sentence)
        else:
            self._window.show_notice(Notice("error", sentence))

    def _on_care_passphrase_accepted(self) -> None:
        if self._card is not None:
            self._card.close_overlay()

    def _on_care_copies_readable(self, count: int) -> None:
        title = self.tr("{count} backups can still be read without the passphrase", "", count).format(count=count)
        items = [
            ChooserItem("encrypt", self.tr("Encrypt them too")),
            ChooserItem("remove", self.tr("Remove them"), self.tr("there is no way back")),
            ChooserItem("keep", self.tr("Keep them as they are"), self.tr("whoever has the files can read them")),
        ]
        chooser = Chooser(title, items, self._window)
        chooser.chosen.connect(self._care.see_to_copies)
        self._commands.open_overlay(chooser)

    @staticmethod
    def _title(verb: str) -> str:
        return told("Command", command(f"vault.{verb}").title).rstrip("…")


def _when(copy: StoreCopy) -> str:
    return time.strftime("%Y-%m-%d %H:%M", time.localtime(copy.made_at))
