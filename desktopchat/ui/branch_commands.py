"""What the commands about branches do to the window."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.words import said
from desktopchat.core.attached import Written
from desktopchat.core.chat import Message, Role
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams

if TYPE_CHECKING:
    from desktopchat.controllers.branches import BranchController, Differences
    from desktopchat.core.local_model import LocalModel
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.outline_card import OutlineCard
    from desktopchat.ui.window_commands import WindowCommands


class BranchCommands(QObject):
    """Opens the cards of the tree, which are loaded when they are first asked for."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._connected = False
        self._sampling = SamplingParams()  # that come back when what is written has been sent with others
        self._outline: OutlineCard | None = None
        self._returns_to: tuple[int, int | None] | None = None  # chosen and marked message of the outline to go back to

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "branch.outline": self._show_outline,
            "branch.side_by_side": self._show_versions,
            "branch.compare": self._compare_models,
            "branch.go_on": self._go_on_here,
            "branch.edit_answer": self._edit_answer,
        }

    @property
    def _branches(self) -> "BranchController":
        branches = self._window.branching.branches
        if not self._connected:
            self._connected = True
            branches.noticed.connect(self._tell)
        return branches

    # The outline

    def _show_outline(self) -> None:
        message = self._commands.last_message(lambda _: True)
        self._open_outline(message.id if message else None, None)

    def _open_outline(self, wanted: int | None, marked: int | None) -> None:
        from desktopchat.ui.outline_card import OutlineCard

        card = OutlineCard(self._branches, self._window.theme, self._window, wanted, marked)
        card.open_wanted.connect(self._open_branch)
        card.compare_wanted.connect(self._on_outline_compare_wanted)
        card.side_by_side_wanted.connect(self._on_outline_side_by_side_wanted)
        card.take_over_wanted.connect(self._on_outline_take_over_wanted)
        card.go_on_wanted.connect(self._on_outline_go_on_wanted)
        card.closed.connect(self._on_outline_closed)
        self._outline, self._returns_to = card, None
        self._commands.open_overlay(card)

    def _on_outline_closed(self) -> None:
        self._outline = None

    def _leave_outline(self) -> None:
        """Keep where the outline stood, for the card that takes its place goes back to it."""
        card = self._outline
        row = card.current() if card is not None else None
        self._returns_to = (row.node.id, card.marked) if card is not None and row is not None else None

    def _go_back(self) -> None:
        if self._returns_to is not None:
            self._open_outline(*self._returns_to)
        else:
            self._commands.close_overlay()

    def _open_branch(self, message_id: int) -> None:
        if (conversation := self._window.conversation) is not None:
            self._commands.open_message(conversation.id, message_id)

    def _on_outline_compare_wanted(self, marked: int, chosen: int) -> None:
        self._branches.compare(marked, chosen, partial(self._show_differences, marked, chosen))

    def _show_differences(self, marked: int, chosen: int, found: "Differences") -> None:
        from desktopchat.ui.diff_card import DiffCard

        if self._outline is None:
            return
        outline = self._branches.outline
        card = DiffCard(found, outline.node(marked), outline.node(chosen), self._window.theme, self._window)
        card.back_wanted.connect(self._go_back)
        self._leave_outline()
        self._commands.open_overlay(card)

    def _on_outline_side_by_side_wanted(self, message_id: int) -> None:
        self._leave_outline()
        self._read_versions(message_id)

    def _on_outline_take_over_wanted(self, message_id: int) -> None:
        self._branches.take_over(message_id, self._on_taken_over)

    def _on_taken_over(self, copy: Message) -> None:
        words = self.tr("A copy of the message is at the end of the branch that is shown; the original stays.")
        self._tell(Notice("info", words))
        if self._outline is not None:
            self._outline.choose(copy.id)

    def _on_outline_go_on_wanted(self, message_id: int) -> None:
        self._branches.continue_at(message_id, self._on_gone_on)

    # Versions

    def _show_versions(self) -> None:
        message = self._commands.last_message(lambda one: one.siblings > 1)
        if message is not None:
            self._returns_to = None
            self._read_versions(message.id)

    def _read_versions(self, message_id: int) -> None:
        self._branches.read_siblings(message_id, partial(self._show_siblings, message_id))

    def _show_siblings(self, message_id: int, ids: tuple[int, ...]) -> None:
        from desktopchat.ui.versions_card import VersionsCard

        if message_id not in ids:
            return
        card = VersionsCard(self._branches, ids, message_id, self._window.theme, self._window)
        card.open_wanted.connect(self._open_branch)
        card.back_wanted.connect(self._go_back)
        card.link_chosen.connect(self._commands.ask_link)
        self._commands.open_overlay(card)

    # Going on, editing, comparing

    def _go_on_here(self) -> None:
        message = self._commands.last_message(lambda _: True)
        if message is not None:
            self._branches.continue_at(message.id, self._on_gone_on)

    def _on_gone_on(self, message: Message) -> None:
        self._commands.close_overlay()
        self._commands.focus_composer()
        key = self._window.key_texts["message.regenerate" if message.role is Role.USER else "branch.outline"]
        if message.role is Role.USER:
            words = self.tr("{key} lets this question be answered anew. What followed is kept.").format(key=key)
        else:
            words = self.tr("What you send now begins a new branch here. What followed is kept: {key} shows it.")
            words = words.format(key=key)
        self._window.show_notice(Notice("info", words))

    def _edit_answer(self) -> None:
        from desktopchat.ui.text_entry import TextEntry

        message = self._commands.last_message(lambda one: one.role is Role.ASSISTANT)
        if message is None:
            return
        hint = self.tr("What you keep stands beside the old answer, which stays as it is.")
        title = self.tr("Edit the answer")
        entry = TextEntry(title, message.content, hint, self._window, lines=True, large=True)
        entry.entered.connect(partial(self._on_answer_entered, message.id, message.content))
        self._commands.open_overlay(entry)

    def _on_answer_entered(self, message_id: int, before: str, text: str) -> None:
        if text != before:
            self._branches.add_answer(message_id, text, self._on_answer_added)

    def _on_answer_added(self, _message: Message) -> None:
        self._window.show_notice(Notice("info", self.tr("Your words stand beside the old answer.")))

    def _compare_models(self) -> None:
        window = self._window
        messages = window.page.transcript.messages()
        written = window.page.composer.written()
        last = next((one for one in reversed(messages) if one.role is Role.USER), None)
        if last is None and not written:
            words = self.tr("There is no question yet that could be answered twice.")
            self._tell(Notice("info", words, self.tr("Write one and send it.")))
        elif not window.models.identity.name:
            self._tell(Notice("warning", "There is no model to answer with.", "Open a GGUF model file.", "model.open"))
        elif window.chat.busy or window.writing.queue.is_running or window.branching.comparison.running:
            self._tell(Notice("info", "An answer is being written.", "Stop it first.", "message.stop"))
        elif window.branching.comparison.may_change_models:
            window.writing.list_models(partial(self._show_comparison, written, last))
        else:
            self._show_comparison(written, last, ())

    def _show_comparison(self, written: Written, last: Message | None, models: "Sequence[LocalModel]") -> None:
        """Let what is written be answered, else the last question."""
        from desktopchat.ui.compare_card import CompareCard

        window = self._window
        present = window.models.identity
        card = CompareCard(
            window.branching.comparison,
            written.text if written or last is None else last.content,
            None if written or last is None else last.id,
            self._send_written,
            window.chat.sampling,
            window.parameters.presets,
            present.name,
            [model for model in models if model.path != present.path],
            window.theme,
            window,
        )
        card.open_wanted.connect(self._open_branch)
        card.link_chosen.connect(self._commands.ask_link)
        self._commands.open_overlay(card)

    def _send_written(self, sampling: SamplingParams) -> None:
        """Send what stands in the composer, to be answered with these parameters and no others."""
        chat, composer = self._window.chat, self._window.page.composer
        self._sampling = chat.sampling
        for signal in (chat.sent, chat.send_refused, composer.refused):
            signal.connect(self._on_sending_over)
        composer.refused.connect(self._window.branching.comparison.refuse)
        chat.set_sampling(sampling)
        composer.send()

    def _on_sending_over(self, _notice: Notice | None = None) -> None:
        # Before the answer begins, so that it keeps its own parameters.
        chat, composer = self._window.chat, self._window.page.composer
        for signal in (chat.sent, chat.send_refused, composer.refused):
            signal.disconnect(self._on_sending_over)
        composer.refused.disconnect(self._window.branching.comparison.refuse)
        chat.set_sampling(self._sampling)

    def _tell(self, notice: Notice) -> None:
        if self._outline is not None:
            self._outline.say(said(notice.sentence))
        else:
            self._window.show_notice(notice)
