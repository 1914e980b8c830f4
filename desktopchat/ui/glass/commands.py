"""What the command of the glass box does to the window."""

import random
import re
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.words import said
from desktopchat.core.distribution import Bending, Distribution, bend, drawn
from desktopchat.core.sentence import Sentence

if TYPE_CHECKING:
    from desktopchat.ui.glass.card import GlassCard
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands

# Not translated: each is in its language.
ENGLISH, CHINESE = "The capital of France is", "法国的首都是"
_HAN = re.compile(r"[\u3400-\u9fff]")


class GlassCommands(QObject):
    """Opens the card and brings it what the engine says."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._glass = window.insight.glass
        self._card: GlassCard | None = None
        self._glass.tokenized.connect(self._on_glass_tokenized)
        self._glass.expected.connect(self._on_glass_expected)
        self._glass.said.connect(self._on_glass_said)

    def show(self) -> None:
        """Open the card with what stands in the composer, else with two examples."""
        if self._card is not None:
            return
        from desktopchat.ui.glass.card import GlassCard

        glass = self._glass
        draft = " ".join(self._window.page.composer.field.toPlainText().split())[:200]
        texts = (ENGLISH, draft) if _HAN.search(draft) else (draft or ENGLISH, CHINESE)
        card = self._card = GlassCard(texts, glass.bending, glass.attention, self._window.theme, self._window)
        card.written.connect(glass.set_text)
        card.chosen.connect(self._on_card_chosen)
        card.taken.connect(glass.take)
        card.taken_back.connect(glass.take_back)
        card.draw_wanted.connect(self._on_card_draw_wanted)
        card.closed.connect(self._on_card_closed)
        glass.active = int(texts[1] == draft)
        for number, text in enumerate(texts):
            glass.set_text(number, text)
        self._commands.open_overlay(card)
        card.sides[glass.active].field.setFocus()
        card.sides[glass.active].field.selectAll()

    def _on_card_chosen(self, number: int) -> None:
        self._glass.choose(number)
        self._show_text()

    def _on_card_draw_wanted(self, distribution: Distribution, by: Bending) -> None:
        self._glass.take(distribution.top[drawn(bend(distribution, by), random.random())])

    def _on_card_closed(self) -> None:
        self._card = None
        self._glass.leave()

    def _on_glass_tokenized(self, number: int) -> None:
        if self._card is not None:
            self._card.show_side(number, self._glass.side(number))

    def _on_glass_expected(self, distribution: Distribution | None) -> None:
        if self._card is not None:
            self._card.show_chances(distribution)
            self._show_text()

    def _on_glass_said(self, sentence: Sentence) -> None:
        if self._card is not None:
            self._card.tell(said(sentence))

    def _show_text(self) -> None:
        if self._card is not None:
            self._card.show_text(self._glass.side(self._glass.active))
