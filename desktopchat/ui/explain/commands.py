"""What the commands that look into an answer do to the window."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.explain import Explanation, SentPrompt
from desktopchat.controllers.words import said
from desktopchat.core.notice import Notice
from desktopchat.core.token import Alternative
from desktopchat.ui.explain.card import ExplainCard
from desktopchat.ui.explain.prompt_card import PromptCard
from desktopchat.ui.overlay import TextCard

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class ExplainCommands(QObject):
    """Opens the cards, and hands on what is wanted there."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._explain = window.insight.explain
        self._card: ExplainCard | None = None
        self._shown: Explanation | None = None
        self._explain.explained.connect(self._on_explain_explained)
        self._explain.scrubbed.connect(self._on_explain_scrubbed)
        self._explain.forked.connect(self._on_explain_forked)
        self._explain.prompt_told.connect(self._on_explain_prompt_told)
        self._explain.noticed.connect(self._tell)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {"answer.explain": self._show, "answer.prompt": self._show_prompt}

    def _show(self) -> None:
        if (answer := self._commands.answer()) is not None:
            self._explain.explain(answer)

    def _show_prompt(self) -> None:
        if (answer := self._commands.answer()) is not None:
            self._explain.tell_prompt(answer)

    def _tell(self, notice: Notice) -> None:
        if self._card is not None:
            self._card.tell(said(notice.sentence))
        else:
            self._window.show_notice(notice)

    def _on_explain_explained(self, explanation: Explanation) -> None:
        if not len(explanation.log):
            words = self.tr(
                "No alternatives were kept with this answer: a server wrote it, it was imported, or it is from before"
                " they were kept."
            )
            self._commands.open_overlay(TextCard(self.tr("How sure the model was"), words, self._window))
            return
        card = ExplainCard(explanation, self._window.theme, self._window)
        card.forked.connect(self._on_card_forked)
        card.scrubbed.connect(self._on_card_scrubbed)
        card.closed.connect(self._on_card_closed)
        self._commands.open_overlay(card)
        self._card, self._shown = card, explanation

    def _on_card_forked(self, place: int, choice: Alternative) -> None:
        if self._shown is not None:
            self._explain.fork(self._shown, place, choice)

    def _on_card_scrubbed(self, temperature: float) -> None:
        if self._shown is not None:
            self._explain.scrub(self._shown, temperature)

    def _on_card_closed(self) -> None:
        self._card = self._shown = None

    def _on_explain_scrubbed(self, explanation: Explanation, temperature: float, flips: dict[int, int]) -> None:
        if self._card is not None and explanation is self._shown:
            self._card.show_flips(temperature, flips)

    def _on_explain_forked(self) -> None:
        if self._card is not None:
            self._card.close_overlay()

    def _on_explain_prompt_told(self, prompt: SentPrompt) -> None:
        self._commands.open_overlay(PromptCard(prompt, self._window.theme, self._window))
