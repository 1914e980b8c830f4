"""The doubt lens: an answer beside others to the same question."""

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLabel, QPlainTextEdit, QProgressBar, QWidget

from desktopchat.controllers.doubt import MOST_SAMPLES, Doubt
from desktopchat.controllers.words import said
from desktopchat.core.agreement import AGREES, Closest
from desktopchat.core.cost import energy_source, energy_text
from desktopchat.ui.doubt.sentence_list import SentenceList
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.transcript.words import seconds_text

_FEWER = (Qt.Key.Key_Minus,)
_MORE = (Qt.Key.Key_Plus, Qt.Key.Key_Equal)
_LEAST = 2
_HIGHEST = 270  # of the list, in pixels


class DoubtCard(Overlay):
    """Everything by key: see the line at its bottom.

    Args:
        model: The one that draws the samples.
        count: How many are drawn at first.
        tokens: Of the answer.

    Attributes:
        wanted: How many samples are to be drawn.
        kept: Place of a sample that becomes another version of the answer.
    """

    wanted = Signal(int)
    kept = Signal(int)

    def __init__(self, model: str, count: int, tokens: int, theme: Theme, parent: QWidget) -> None:
        super().__init__(self.tr("Doubt lens: how far the model agrees with itself"), parent)
        self._model = model
        self._theme = theme
        self._count = count
        self._tokens = tokens
        self._doubt: Doubt | None = None
        self._shown: int | None = None  # the sample that is read
        self._kept: set[int] = set()
        truth = self.tr(
            "This is agreement and not truth: a model may repeat a mistake, and say what is right in other words."
        )
        self._about = self._label("")
        self._bar = QProgressBar(self.card)
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 1000)
        self._bar.setFixedHeight(theme.px(3))
        self._bar.setAccessibleName(self.tr("Progress"))
        self._list = SentenceList(theme, self.card)
        self._list.setMinimumWidth(theme.px(760))
        self._list.setAccessibleDescription(truth)
        self._list.installEventFilter(self)
        self._list.currentRowChanged.connect(self._on_list_current_row_changed)
        self._head = self._label("")
        self._head.setObjectName("heading")
        self._text = QPlainTextEdit(self.card)
        self._text.setReadOnly(True)
        self._text.setTabChangesFocus(True)
        self._text.setFixedHeight(theme.px(172))
        self._text.installEventFilter(self)
        self._words = self._label("")
        self._keys = self._hint("")
        for widget in (self._about, self._hint(truth), self._bar, self._list, self._head, self._text, self._words):
            self.column.addWidget(widget)
        self.column.addWidget(self._keys)
        self.show_progress(0, 0)

    def show_progress(self, tokens: int, whole: int) -> None:
        """Say how far the samples are."""
        self._doubt, self._shown, self._kept = None, None, set()
        words = self.tr("Drawing {count} more answers to the same question: {tokens} tokens, {whole} are whole")
        self._about.setText(words.format(count=self._count, tokens=f"{tokens:,}", whole=whole))
        # Samples are about as long as the answer; how long is not known before.
        self._bar.setValue(min(970, round(1000 * tokens / max(1, self._count * self._tokens))))
        self._show_parts(is_running=True)

    def show_doubt(self, doubt: Doubt) -> None:
        """Show what came of it."""
        self._doubt = doubt
        self._about.setText(self._facts(doubt))
        self._list.show_sentences(doubt.sentences)
        self._show_parts(is_running=False)
        self.column.activate()  # how high a row is depends on how wide it is
        self._list.fit(self._theme.px(_HIGHEST))
        self._cover()
        self._show_closest()
        self._list.setFocus(Qt.FocusReason.OtherFocusReason)

    def fail(self, sentence: str) -> None:
        """Say what was in the way."""
        self._about.setText("")
        self._show_parts(is_running=False)
        self.tell(sentence)

    def tell(self, sentence: str) -> None:
        """Say something."""
        self._words.setText(sentence)
        self._words.setVisible(bool(sentence))
        self._cover()

    def show_kept(self, place: int) -> None:
        """Say that a sample is another version of the answer now."""
        words = self.tr("Sample {number} is another version of the answer now.")
        self.tell(words.format(number=place + 1))

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the parts."""
        if (
            watched in (self._list, self._text)
            and isinstance(event, QKeyEvent)
            and event.type() == QEvent.Type.KeyPress
            and self._take_key(event.key())
        ):
            return True
        return super().eventFilter(watched, event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Take the keys while there are no parts."""
        if not self._take_key(event.key()):
            super().keyPressEvent(event)

    def _take_key(self, key: int) -> bool:
        number = key - Qt.Key.Key_1
        if key == Qt.Key.Key_R:
            self._draw(self._count)
        elif key in _FEWER:
            self._draw(max(_LEAST, self._count - 1))
        elif key in _MORE:
            self._draw(min(MOST_SAMPLES, self._count + 1))
        elif self._doubt is not None and 0 <= number < len(self._doubt.samples):
            self._read(None if self._shown == number else number)
        elif key in (Qt.Key.Key_0, Qt.Key.Key_Backspace):
            self._read(None)
        elif key == Qt.Key.Key_K:
            self._keep()
        else:
            return False
        return True

    def _draw(self, count: int) -> None:
        self._count = count
        self.show_progress(0, 0)
        self.wanted.emit(count)

    def _read(self, place: int | None) -> None:
        """Show a sample, or what is closest in all of them."""
        if self._doubt is None:
            return
        self._shown = place
        self.tell("")
        self._show_closest()

    def _keep(self) -> None:
        if self._doubt is None:
            return
        if self._shown is None:
            self.tell(self.tr("Show a sample first: its number is its key."))
        elif self._shown in self._kept:
            self.show_kept(self._shown)
        else:
            self._kept.add(self._shown)
            self.kept.emit(self._shown)

    def _on_list_current_row_changed(self, _row: int) -> None:
        self._shown = None
        self._show_closest()

    def _show_closest(self) -> None:
        sentence, doubt = self._list.chosen(), self._doubt
        if doubt is None:
            return
        if self._shown is not None:
            self._head.setText(self.tr("Sample {number}, K keeps it").format(number=self._shown + 1))
            self._text.setPlainText(visible(doubt.samples[self._shown].text.strip()))
        elif sentence is not None:
            self._head.setText(self.tr("What is most like it in each sample, and how much of the words both have"))
            lines = [self._closest_words(number, one) for number, one in enumerate(sentence.closest, 1)]
            self._text.setPlainText("\n".join(lines))
        self._text.setAccessibleName(self._head.text())

    def _closest_words(self, number: int, one: Closest) -> str:
        if one.agrees:
            verdict = self.tr("agrees")
        elif one.likeness >= AGREES:
            verdict = self.tr("other numbers")
        else:
            verdict = self.tr("differs")
        text = visible(one.text) or self.tr("nothing like it")
        return f"{number}   {round(100 * one.likeness)} % · {verdict}   {text}"

    def _show_parts(self, *, is_running: bool) -> None:
        self._bar.setVisible(is_running)
        known = self._doubt is not None
        for part in (self._list, self._head, self._text):
            part.setVisible(known)
        self._words.hide()
        keys = [self.tr("R draws anew"), self.tr("- + fewer, more"), self.tr("Esc closes")]
        if known:
            read = self.tr("Up Down sentences · 1 to {count} a sample, K keeps it as a version").format(
                count=self._count
            )
            keys = [read, *keys]
        self._keys.setText(" · ".join(keys))
        if not known:
            self.setFocus(Qt.FocusReason.OtherFocusReason)
        self._cover()

    def _facts(self, doubt: Doubt) -> str:
        everywhere = sum(one.agreeing == len(one.closest) for one in doubt.sentences)
        words = self.tr("All {count} samples agree with {agreed} of {sentences} sentences.", "", len(doubt.sentences))
        parts = [words.format(count=len(doubt.samples), agreed=everywhere, sentences=len(doubt.sentences))]
        cost = [
            self.tr("{count} tokens", "", doubt.usage.completion_tokens).format(
                count=f"{doubt.usage.completion_tokens:,}"
            )
        ]
        cost.append(self.tr("{seconds} s").format(seconds=seconds_text(doubt.timings.seconds)))
        if doubt.timings.joules:
            source = energy_source((doubt.timings.watts, doubt.timings.watts))
            cost.append(f"{said(energy_text(doubt.timings.joules))} {said(source)}")
        drawn = self.tr("Drawn at temperature {value}: {cost}.")
        parts.append(drawn.format(value=f"{doubt.temperature:g}", cost=" · ".join(cost)))
        if doubt.answer.model and self._model and doubt.answer.model != self._model:
            other = self.tr("The answer is by {one}, the samples by {other}.")
            parts.append(other.format(one=visible(doubt.answer.model), other=visible(self._model)))
        return " ".join(parts)

    def _hint(self, text: str) -> QLabel:
        label = self._label(text)
        label.setObjectName("hint")
        return label

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self.card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label
