"""What the command of the doubt lens does to the window."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.doubt import SAMPLES, Doubt
from desktopchat.controllers.words import said
from desktopchat.core.chat import Message
from desktopchat.core.sentence import Sentence

if TYPE_CHECKING:
    from desktopchat.ui.doubt.card import DoubtCard
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands


class DoubtCommands(QObject):
    """Opens the card and brings it the samples."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._doubts = window.insight.doubt
        self._card: DoubtCard | None = None
        self._answer: Message | None = None
        self._doubt: Doubt | None = None
        self._doubts.progressed.connect(self._on_doubts_progressed)
        self._doubts.ended.connect(self._on_doubts_ended)
        self._doubts.failed.connect(self._on_doubts_failed)
        self._doubts.kept.connect(self._on_doubts_kept)
        self._doubts.noticed.connect(window.show_notice)

    def show(self, answer: Message) -> None:
        """Open the card on an answer."""
        if self._card is not None:
            return
        from desktopchat.ui.doubt.card import DoubtCard

        self._answer = answer
        model, tokens = self._window.models.identity.name, answer.usage.completion_tokens // answer.usage.answers
        card = self._card = DoubtCard(model, SAMPLES, tokens, self._window.theme, self._window)
        card.wanted.connect(self._draw)
        card.kept.connect(self._on_card_kept)
        card.closed.connect(self._on_card_closed)
        self._commands.open_overlay(card)
        self._draw(SAMPLES)

    def _draw(self, count: int) -> None:
        if self._answer is not None:
            self._doubts.begin(self._answer, count)

    def _on_card_kept(self, place: int) -> None:
        if self._doubt is not None:
            self._doubts.keep(self._doubt, place)

    def _on_card_closed(self) -> None:
        self._card = None
        self._doubts.stop()

    def _on_doubts_progressed(self, tokens: int, whole: int) -> None:
        if self._card is not None:
            self._card.show_progress(tokens, whole)

    def _on_doubts_ended(self, doubt: Doubt) -> None:
        if self._card is not None and self._answer is not None and doubt.answer.id == self._answer.id:
            self._doubt = doubt
            self._card.show_doubt(doubt)

    def _on_doubts_failed(self, sentence: Sentence) -> None:
        if self._card is not None:
            self._card.fail(said(sentence))

    def _on_doubts_kept(self, place: int) -> None:
        if self._card is not None:
            self._card.show_kept(place)
