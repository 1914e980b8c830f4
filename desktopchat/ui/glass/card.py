"""The glass box: the three stages of a GPT on a sentence of one's own."""

from html import escape

from PySide6.QtCore import QEvent, QObject, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QSizePolicy, QWidget

from desktopchat.controllers.glass import Attention, Side
from desktopchat.core.distribution import Bending, Chance, Distribution, Name, bend, stepped
from desktopchat.ui.glass.chance_list import ChanceList
from desktopchat.ui.glass.side_view import SideView
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_KEYS: dict[int, Name] = {
    Qt.Key.Key_T: "temperature",
    Qt.Key.Key_K: "top_k",
    Qt.Key.Key_P: "top_p",
    Qt.Key.Key_M: "min_p",
}
_STEPS = {Qt.Key.Key_Left: -1, Qt.Key.Key_Minus: -1, Qt.Key.Key_Right: 1, Qt.Key.Key_Plus: 1, Qt.Key.Key_Equal: 1}
_ROWS = 8  # of tokens that are seen at once, where there is room
_LONGEST = 220  # characters at the end of the text


class GlassCard(Overlay):
    """Everything by key: see the line at its bottom.

    Attributes:
        written: Number of a side and its text.
        chosen: The side that goes on.
        taken: The Chance that is put behind the text.
        draw_wanted: A token is to be drawn by its chance, from this Distribution bent by this Bending.
        taken_back: The last one is taken away.
    """

    written = Signal(int, str)
    chosen = Signal(int)
    taken = Signal(object)
    draw_wanted = Signal(object, object)
    taken_back = Signal()

    def __init__(
        self, texts: tuple[str, str], bending: Bending, attention: Attention | None, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(self.tr("Glass box: how a text comes about"), parent)
        self._theme = theme
        self._bending = bending
        self._parameter: Name = "temperature"
        self._distribution: Distribution | None = None
        self._active = 0
        self.column.setSpacing(theme.gap(8))
        self._add_stage(1, self.tr("Text becomes tokens"), self._token_words(attention))
        names = (self.tr("A sentence"), self.tr("Another one"))
        self.sides = tuple(SideView(*pair, theme, self.card) for pair in zip(names, texts, strict=True))
        row = QHBoxLayout()
        row.setSpacing(theme.gap(24))
        for side in self.sides:
            row.addWidget(side, 1)
            side.field.installEventFilter(self)
        self.sides[0].written.connect(self._on_first_written)
        self.sides[1].written.connect(self._on_second_written)
        self.column.addLayout(row)
        self._add_stage(2, self.tr("What may come next"), self._attention_words(attention))
        self.column.addLayout(self._parameter_row(theme))
        self._list = ChanceList(theme, self.card)
        self._list.setMinimumSize(theme.px(812), 3 * theme.gap(24))
        self._list.setSizePolicy(QSizePolicy.Policy.Preferred, QSizePolicy.Policy.Expanding)
        self._list.setMaximumHeight(_ROWS * theme.gap(24) + 4)
        self._list.installEventFilter(self)
        self.column.addWidget(self._list, 1)
        self._add_stage(
            3,
            self.tr("Tokens become text"),
            self.tr("The chosen token goes behind the text, and all begins anew. That is how every answer is written."),
        )
        self._text = self._label("")
        self._text.setTextFormat(Qt.TextFormat.RichText)
        self._text.setMinimumHeight(2 * self._text.fontMetrics().lineSpacing())
        self._text.setAlignment(Qt.AlignmentFlag.AlignTop | Qt.AlignmentFlag.AlignLeft)
        self._words = self._label("")
        self._words.hide()
        self._keys = self._hint("")
        for widget in (self._text, self._words, self._keys):
            self.column.addWidget(widget)
        self.setFocusProxy(self.sides[0].field)
        self._show_parameters()
        self._show_keys(in_list=False)

    def show_side(self, number: int, side: Side) -> None:
        """Show the tokens of a text."""
        self.sides[number].show_tokens(side.text, side.tokens)
        if number == self._active:
            self.show_text(side)

    def show_text(self, side: Side) -> None:
        """Show the text with what was put behind it."""
        text, more = side.grown
        shown = (text + more)[-_LONGEST:]
        more = more[-_LONGEST:]
        begun = "…" * (len(text) + len(more) > _LONGEST) + shown[: len(shown) - len(more)]
        colours = self._theme.tokens
        self._text.setText(
            f"{escape(visible(begun))}<span style='background:{colours.selection}; font-weight:600'>"
            f"{escape(visible(more))}</span><span style='color:{colours.accent}'>▌</span>"
        )
        self._text.setAccessibleName(visible(begun + more))

    def show_chances(self, distribution: Distribution | None) -> None:
        """Show what may come next."""
        self._distribution = distribution
        self._show_parameters()

    def tell(self, sentence: str) -> None:
        """Say what is in the way, or nothing more."""
        self._words.setText(sentence)
        self._words.setVisible(bool(sentence))
        self._cover()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take the keys of the fields and of the list."""
        fields = [side.field for side in self.sides]
        if event.type() == QEvent.Type.FocusIn:
            if watched in fields:
                self._choose(fields.index(watched))
            self._show_keys(in_list=watched is self._list)
        elif isinstance(event, QKeyEvent) and event.type() == QEvent.Type.KeyPress:
            if watched in fields and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Down):
                self._list.setFocus(Qt.FocusReason.TabFocusReason)
                return True
            if watched is self._list and self._take_key(event.key()):
                return True
        return super().eventFilter(watched, event)

    def _take_key(self, key: int) -> bool:
        if key in _KEYS:
            self._parameter = _KEYS[key]
            self._show_parameters()
        elif key in _STEPS:
            self._bending = stepped(self._bending, self._parameter, _STEPS[Qt.Key(key)])
            self._show_parameters()
        elif key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._take(self._list.chosen())
        elif key == Qt.Key.Key_D and self._distribution is not None:
            self.draw_wanted.emit(self._distribution, self._bending)
        elif key == Qt.Key.Key_Backspace:
            self.taken_back.emit()
        else:
            return False
        return True

    def _take(self, chance: Chance | None) -> None:
        if chance is not None:
            self.taken.emit(chance)

    def _choose(self, number: int) -> None:
        self._active = number
        for place, side in enumerate(self.sides):
            side.mark(place == number)
        self.chosen.emit(number)

    def _on_first_written(self, text: str) -> None:
        self.written.emit(0, text)

    def _on_second_written(self, text: str) -> None:
        self.written.emit(1, text)

    def _show_parameters(self) -> None:
        by, found = self._bending, self._distribution
        bent = bend(found, by) if found else None
        left = (None, bent.after_top_k, bent.after_top_p, bent.after_min_p) if bent else (None,) * 4
        off = self.tr("off")
        values: dict[Name, str] = {
            "top_k": str(by.top_k) if by.top_k else off,
            "top_p": f"{by.top_p:.2f}" if by.top_p < 1 else off,
            "min_p": f"{by.min_p:.2f}" if by.min_p else off,
            "temperature": f"{by.temperature:.1f}",
        }
        for (name, button), count in zip(self._buttons.items(), (*left[1:], None), strict=True):
            letter = self._letters[name]
            text = f"{letter}  {self._names[name]} {values[name]}"
            button.setText(text)
            button.setChecked(name == self._parameter)
            arrow = self._arrows[name]
            arrow.setText("" if count is None else self.tr("→ {count} →").format(count=f"{count:,}"))
        self._whole.setText(self.tr("{count} →").format(count=f"{found.size:,}") if found else "")
        self._list.show_chances(found, bent)

    def _show_keys(self, *, in_list: bool) -> None:
        if in_list:
            words = self.tr(
                "Up Down chooses · Enter takes it · D draws by chance · Backspace takes back · "
                "K P M T and Left Right bend · Esc closes"
            )
        else:
            words = self.tr("Write anything · Tab goes on · Enter goes to what may come next · Esc closes")
        self._keys.setText(words)

    def _parameter_row(self, theme: Theme) -> QHBoxLayout:
        self._names: dict[Name, str] = {
            "top_k": self.tr("Top-k"),
            "top_p": self.tr("Top-p"),
            "min_p": self.tr("Min-p"),
            "temperature": self.tr("Temperature"),
        }
        self._letters = {name: chr(key) for key, name in _KEYS.items()}
        row = QHBoxLayout()
        row.setSpacing(theme.gap(8))
        self._whole = self._hint("")
        self._whole.setWordWrap(False)
        row.addWidget(self._whole)
        self._buttons: dict[Name, QPushButton] = {}
        self._arrows: dict[Name, QLabel] = {}
        for name in self._names:
            button = self._buttons[name] = QPushButton("", self.card)
            button.setObjectName("choice")
            button.setCheckable(True)
            button.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # its letter is its key
            arrow = self._arrows[name] = self._hint("")
            arrow.setWordWrap(False)
            row.addWidget(button)
            row.addWidget(arrow)
        self._buttons["top_k"].clicked.connect(self._on_top_k_clicked)
        self._buttons["top_p"].clicked.connect(self._on_top_p_clicked)
        self._buttons["min_p"].clicked.connect(self._on_min_p_clicked)
        self._buttons["temperature"].clicked.connect(self._on_temperature_clicked)
        row.addStretch()
        legend = self._hint(self.tr("bent · before"))
        legend.setWordWrap(False)
        row.addWidget(legend)
        return row

    def _on_top_k_clicked(self) -> None:
        self._take_key(Qt.Key.Key_K)

    def _on_top_p_clicked(self) -> None:
        self._take_key(Qt.Key.Key_P)

    def _on_min_p_clicked(self) -> None:
        self._take_key(Qt.Key.Key_M)

    def _on_temperature_clicked(self) -> None:
        self._take_key(Qt.Key.Key_T)

    def _token_words(self, attention: Attention | None) -> str:
        if attention is None:
            return self.tr("A model reads no letters but tokens: pieces of text, each with a number.")
        words = self.tr("The model reads no letters but tokens: pieces of text, each with a number from 0 to {last}.")
        return words.format(last=f"{attention.vocabulary - 1:,}")

    def _attention_words(self, attention: Attention | None) -> str:
        decoder = self.tr("GPT is a decoder only: a token looks at those before it, never ahead.")
        if attention is None:
            formula = self.tr("Its layers compute softmax(QKᵀ/√dₖ)V, and the last gives each token a probability.")
            return f"{decoder} {formula}"
        formula = self.tr(
            "Each of the {layers} layers of this model does so with {heads} heads that compute softmax(QKᵀ/√dₖ)V, "
            "dₖ = {key}; what comes out gives each token a probability."
        )
        return f"{decoder} {formula.format(layers=attention.layers, heads=attention.heads, key=attention.key)}"

    def _add_stage(self, number: int, title: str, words: str) -> None:
        heading = self._label(f"{number}  {title}")
        heading.setObjectName("stage")
        self.column.addWidget(heading)
        self.column.addWidget(self._hint(words))

    def _hint(self, text: str) -> QLabel:
        label = self._label(text)
        label.setObjectName("hint")
        return label

    def _label(self, text: str) -> QLabel:
        label = QLabel(text, self.card)
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(True)
        return label
