"""The card that explains an answer: how sure the model was of each token, and what could have come instead."""

import math

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QBoxLayout, QHBoxLayout, QLabel, QWidget

from desktopchat.controllers.explain import Explanation
from desktopchat.core.certainty import LEAST, Certainty, certainty
from desktopchat.core.token import Alternative
from desktopchat.ui.announcer import announce
from desktopchat.ui.explain.alternatives import Alternatives
from desktopchat.ui.explain.scale import Scale
from desktopchat.ui.explain.token_text import TokenText
from desktopchat.ui.explain.words import certainty_word, chance_text, line_colour, tint, token_text
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme

_STEP = 0.05  # of the temperature
_HOTTEST = 2.0
_PAGE = 25  # tokens
_NARROW = 760  # below this width in pixels the alternatives stand below the text
_DOUBTFUL = (Certainty.UNSURE, Certainty.GUESS)


class ExplainCard(Overlay):
    """Everything by key: see the line at its bottom.

    Attributes:
        forked: Place of a token, and the Alternative that is to stand there.
        scrubbed: The temperature that is to be tried.
    """

    forked = Signal(int, object)
    scrubbed = Signal(float)

    def __init__(self, explanation: Explanation, theme: Theme, parent: QWidget) -> None:
        super().__init__(self.tr("How sure the model was"), parent)
        self._theme = theme
        self._log = log = explanation.log
        self._place = 0
        self._own = self._temperature = explanation.sampling.temperature
        self._flips: dict[int, int] = {}
        self._words = [None if log.is_given(place) else certainty(log.logprob(place)) for place in range(len(log))]
        facts = (
            explanation.message.model,
            self.tr("{count} tokens", "", len(log)).format(count=f"{len(log):,}"),
            self.tr("temperature {value}").format(value=f"{self._own:.2f}"),
        )
        about = self._label(" · ".join(filter(None, facts)))
        about.setObjectName("hint")
        self._text = TokenText(theme, self.card)
        self._alternatives = Alternatives(theme, self.card)
        self._at_token = self._label("")
        self._at_token.setAccessibleName(self.tr("Token"))
        self._at_temperature = self._label("")
        self._at_temperature.setAccessibleName(self.tr("Temperature"))
        self._at_temperature.setMinimumHeight(2 * self._at_temperature.fontMetrics().lineSpacing())  # nothing jumps
        self._at_temperature.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._scale = Scale(theme, self._own, max(_HOTTEST, self._own), self.card)
        self._told = self._label("")
        self._told.setObjectName("note")
        self._told.hide()
        keys = self._label(
            self.tr(
                "← → token · ↑ ↓ alternative · Enter goes on from there · N, P next, previous unsure ·"
                " − + temperature, 0 as it was · Esc closes"
            )
        )
        keys.setObjectName("hint")
        both = QHBoxLayout()
        both.setSpacing(theme.px(16))
        if parent.width() < theme.px(_NARROW):
            both.setDirection(QBoxLayout.Direction.TopToBottom)
        both.addWidget(self._text, 3)
        both.addWidget(self._alternatives, 2)
        self.column.addWidget(about)
        self.column.addLayout(both, 1)
        self.column.addLayout(self._legend())
        for widget in (self._at_token, self._scale, self._at_temperature, self._told, keys):
            self.column.addWidget(widget)
        self._text.installEventFilter(self)
        self._text.token_chosen.connect(self._go_to)
        self.setFocusProxy(self._text)
        self._text.show_log(log, self._words)
        self._show_temperature()
        self._go_to(next((place for place, word in enumerate(self._words) if word is not None), 0))

    def show_flips(self, temperature: float, flips: dict[int, int]) -> None:
        """Say what would have come at a temperature; of one that was left meanwhile, nothing."""
        if temperature != self._temperature:
            return
        self._flips = flips
        self._text.set_flipped(flips)
        self._alternatives.show_step(self._log[self._place], flips.get(self._place))
        self._show_temperature()
        self._show_token()
        announce(self._text, self._at_temperature.text())

    def tell(self, sentence: str) -> None:
        """Say something."""
        self._told.setText(sentence)
        self._told.setVisible(bool(sentence))
        announce(self._text, sentence)
        self._cover()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the text."""
        if (
            watched is self._text
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and self._take_key(event)
        ):
            return True
        return super().eventFilter(watched, event)

    def _take_key(self, event: QKeyEvent) -> bool:
        key, text = event.key(), event.text()
        moves = {
            Qt.Key.Key_Left: self._place - 1,
            Qt.Key.Key_Right: self._place + 1,
            Qt.Key.Key_PageUp: self._place - _PAGE,
            Qt.Key.Key_PageDown: self._place + _PAGE,
            Qt.Key.Key_Home: 0,
            Qt.Key.Key_End: len(self._log) - 1,
        }
        if event.modifiers() & (Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.AltModifier):
            return False
        if key in moves:
            self._go_to(moves[Qt.Key(key)])
        elif key in (Qt.Key.Key_Up, Qt.Key.Key_Down):
            announce(self._text, self._alternatives.step(-1 if key == Qt.Key.Key_Up else 1))
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._fork()
        elif key in (Qt.Key.Key_N, Qt.Key.Key_P):
            self._go_to_doubt(1 if key == Qt.Key.Key_N else -1)
        elif text in ("+", "=", "]", "-", "−", "[", "0"):
            self._scrub(0 if text == "0" else 1 if text in "+=]" else -1)
        else:
            return False
        return True

    def _go_to(self, place: int) -> None:
        self._place = min(max(place, 0), len(self._log) - 1)
        self._text.set_current(self._place)
        self._alternatives.show_step(self._log[self._place], self._flips.get(self._place))
        self._told.hide()
        self._show_token()
        announce(self._text, self._at_token.text())

    def _go_to_doubt(self, step: int) -> None:
        end = len(self._log) if step > 0 else -1
        for place in range(self._place + step, end, step):
            if self._words[place] in _DOUBTFUL:
                self._go_to(place)
                return
        self.tell(self.tr("There is no other unsure token in this direction."))

    def _fork(self) -> None:
        choice: Alternative | None = self._alternatives.current()
        if choice is None:
            self.tell(self.tr("The model was given this text, so there are no alternatives to it."))
        else:
            self.forked.emit(self._place, choice)

    def _scrub(self, step: int) -> None:
        wanted = self._own
        if step:
            # Onto the steps, whatever it was.
            steps = self._temperature / _STEP
            wanted = _STEP * (math.floor(steps + 1e-6) + 1 if step > 0 else math.ceil(steps - 1e-6) - 1)
        wanted = self._own if math.isclose(wanted, self._own, abs_tol=1e-6) else round(wanted, 2)
        self._temperature = min(max(wanted, 0.0), max(_HOTTEST, self._own))
        self._scale.set_tried(self._temperature)
        self.scrubbed.emit(self._temperature)

    def _show_token(self) -> None:
        step, word = self._log[self._place], self._words[self._place]
        parts = [f"“{token_text(step.chosen)}”"]
        if word is None:
            parts.append(self.tr("given to the model"))
        else:
            parts += [chance_text(step.chosen.logprob), certainty_word(word)]
        place = self.tr("token {place} of {count}")
        parts.append(place.format(place=f"{self._place + 1:,}", count=f"{len(self._log):,}"))
        if (other := self._candidate(self._place)) is not None:
            would = self.tr("at temperature {value} it would be “{token}”")
            parts.append(would.format(value=f"{self._temperature:.2f}", token=token_text(other)))
        self._at_token.setText(" · ".join(parts))

    def _show_temperature(self) -> None:
        value = f"{self._temperature:.2f}"
        if self._temperature == self._own:
            text = self.tr("Temperature {value}, as it was answered; − and + try others on the same draws.")
            self._at_temperature.setText(text.format(value=value))
            return
        counts = {"value": value, "count": f"{len(self._flips):,}", "all": f"{len(self._log):,}"}
        if not self._flips:
            text = self.tr("Temperature {value} with the same draws: none of {all} tokens would differ.")
            self._at_temperature.setText(text.format(value=value, all=counts["all"]))
            return
        first = min(self._flips)
        other = self._candidate(first)
        assert other is not None
        text = self.tr(
            "Temperature {value} with the same draws: {count} of {all} tokens would differ, the first at token {place},"
            " “{other}” for “{chosen}”. What is said of those behind it holds for the text as it is."
        )
        chosen = token_text(self._log[first].chosen)
        self._at_temperature.setText(
            text.format(**counts, place=f"{first + 1:,}", other=token_text(other), chosen=chosen)
        )

    def _candidate(self, place: int) -> Alternative | None:
        """Return what would have come in the place of a token that would differ."""
        number = self._flips.get(place)
        if number is None:
            return None
        step = self._log[place]
        return step.top[number] if number < len(step.top) else step.chosen

    def _legend(self) -> QHBoxLayout:
        row, tokens, px = QHBoxLayout(), self._theme.tokens, self._theme.px
        row.setSpacing(px(8))
        for word, least in LEAST.items():
            count = sum(one is word for one in self._words)
            name = self.tr("{word} {count}").format(word=certainty_word(word), count=f"{count:,}")
            chip = QLabel(name, self.card)
            ground, line = tint(tokens, word), line_colour(tokens, word)
            chip.setStyleSheet(
                f"background: {ground.name() if ground else tokens.raised}; color: {tokens.text};"
                f" border: 1px solid {line.name() if line else tokens.border};"
                f" border-radius: {px(6)}px; padding: {px(2)}px {px(8)}px; font-size: {px(12)}px;"
            )
            range_text = self.tr("{percent} % and more") if least else self.tr("less")
            chip.setToolTip(range_text.format(percent=round(100 * least)))
            row.addWidget(chip)
        row.addStretch()
        return row

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self.card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label
