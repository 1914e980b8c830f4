"""The parameters of the next answer, beside the chat."""

from collections.abc import Iterable, Mapping

from PySide6.QtCore import QEvent, QObject, Qt, QTimer, Signal
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import (
    QDoubleSpinBox,
    QFormLayout,
    QLabel,
    QPlainTextEdit,
    QScrollArea,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopchat.controllers.words import told
from desktopchat.core.parameter_layers import Origin, Source
from desktopchat.core.params import PARAMETERS, ParameterSpec, SamplingParams
from desktopchat.ui.context_parts import ContextPartsView
from desktopchat.ui.preset_words import preset_title
from desktopchat.ui.template_choices import TemplateChoices
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible

_PROMPT_DELAY_MS = 500
_FIELD_WIDTH = 64


class ParameterPanel(QScrollArea):
    """One field per parameter, made from `core.params.PARAMETERS`. A change holds at once."""

    sampling_chosen = Signal(object)
    system_prompt_chosen = Signal(str)
    folded = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("parameter_panel")
        self.setWidgetResizable(True)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setAccessibleName(self.tr("Parameters"))
        self._sampling = SamplingParams()
        self._fields: dict[str, QDoubleSpinBox] = {}
        self._origins: dict[str, tuple[QFormLayout, QLabel]] = {}
        self._quiet = False

        inside = QWidget()
        inside.setObjectName("parameter_page")
        self._column = column = QVBoxLayout(inside)
        column.addWidget(_heading(self.tr("Parameters"), inside))
        column.addLayout(self._form(folded=False, parent=inside))
        self.choices = TemplateChoices(inside)
        self.choices.chosen.connect(self._on_choices_chosen)
        column.addWidget(self.choices)

        self._prompt = QPlainTextEdit(inside)
        self._prompt.setTabChangesFocus(True)
        self._prompt.setPlaceholderText(self.tr("What the model should know or be"))
        self._prompt.setAccessibleName(self.tr("System prompt"))
        self._prompt.setFixedHeight(120)
        label = QLabel(self.tr("System prompt"), inside)
        label.setBuddy(self._prompt)
        column.addSpacing(8)
        column.addWidget(label)
        column.addWidget(self._prompt)
        self._persona = _origin(inside)
        column.addWidget(self._persona)

        self._fold = QToolButton(inside)
        self._fold.setText(self.tr("More"))
        self._fold.setCheckable(True)
        self._fold.setArrowType(Qt.ArrowType.RightArrow)
        self._fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self._fold.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._fold.setAccessibleName(self.tr("More parameters"))
        self._more = QWidget(inside)
        self._more.setLayout(self._form(folded=True, parent=self._more))
        self._more.hide()
        self.context_parts = ContextPartsView(inside)
        column.addSpacing(8)
        column.addWidget(self.context_parts)
        column.addSpacing(8)
        column.addWidget(self._fold)
        column.addWidget(self._more)
        column.addStretch(1)
        self.setWidget(inside)

        self.set_sampling(self._sampling)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(_PROMPT_DELAY_MS)
        self._delay.timeout.connect(self.flush)
        self._fold.toggled.connect(self._on_fold_toggled)
        self._prompt.textChanged.connect(self._on_prompt_text_changed)

    @property
    def fields(self) -> Iterable[QDoubleSpinBox]:
        """The fields of the parameters."""
        return self._fields.values()

    @property
    def unfolded(self) -> bool:
        """Whether all parameters are shown."""
        return self._fold.isChecked()

    def set_unfolded(self, unfolded: bool) -> None:
        """Show all parameters, or the first ones only."""
        self._fold.setChecked(unfolded)

    def set_sampling(self, sampling: SamplingParams) -> None:
        """Show other values, without reporting them back."""
        self._sampling = sampling
        self._quiet = True
        for spec in PARAMETERS:
            value = getattr(sampling, spec.name)
            field = self._fields[spec.name]
            field.setValue(field.minimum() if value is None else value)
        self.choices.set_sampling(sampling)
        self._quiet = False
        words = self.tr("persona {name}").format(name=visible(sampling.persona)) if sampling.persona else ""
        self._persona.setText(words)
        self._persona.setVisible(bool(words))
        self._prompt.setAccessibleDescription(words)

    def relayout(self, theme: Theme) -> None:
        """Take the theme's room between things."""
        side = theme.gap(16)
        self._column.setContentsMargins(side, side, side, side)
        self._column.setSpacing(theme.gap(8))
        for form in {form for form, _ in self._origins.values()}:
            form.setVerticalSpacing(theme.gap(6))

    def show_origins(self, origins: Mapping[str, Origin]) -> None:
        """Say below each value that is not the program's where it comes from."""
        for spec in PARAMETERS:
            words = self._origin_words(origins[spec.name])
            form, label = self._origins[spec.name]
            label.setText(words)
            form.setRowVisible(label, bool(words))
            self._fields[spec.name].setAccessibleDescription(f"{told('Parameter', spec.help)} {words}".rstrip())

    def focused(self) -> str:
        """Return the name of the parameter that has the focus; empty when none has."""
        return next((name for name, field in self._fields.items() if field.hasFocus()), "")

    def set_system_prompt(self, text: str) -> None:
        """Show another system prompt, without reporting it back."""
        if text == self._prompt.toPlainText():
            return
        self._quiet = True
        self._prompt.setPlainText(text)
        self._quiet = False
        self._delay.stop()

    @property
    def system_prompt(self) -> str:
        """The system prompt, also when it is not reported yet."""
        return self._prompt.toPlainText()

    def write_system_prompt(self, text: str) -> None:
        """Put another system prompt into the field, where it can be undone, and report it."""
        cursor = QTextCursor(self._prompt.document())
        cursor.select(QTextCursor.SelectionType.Document)
        cursor.insertText(text)
        self._prompt.moveCursor(QTextCursor.MoveOperation.Start)
        self.flush()

    def step(self, name: str, steps: int) -> None:
        """Change a value by some of its steps."""
        field = self._fields[name]
        field.stepBy(steps)
        if not field.hasFocus():
            field.lineEdit().deselect()

    def flush(self) -> None:
        """Report the system prompt now, when it has changed."""
        waiting = self._delay.isActive() or self.sender() is self._delay
        self._delay.stop()
        if waiting:
            text = self._prompt.toPlainText()
            self.system_prompt_chosen.emit(text)
            if not text.strip() and self._sampling.persona:  # nothing of it is left
                self.sampling_chosen.emit(self._sampling.changed(persona=""))

    def focus_first(self) -> None:
        """Put the focus on the first value."""
        first = self._fields[PARAMETERS[0].name]
        first.setFocus(Qt.FocusReason.ShortcutFocusReason)
        first.selectAll()

    def _form(self, *, folded: bool, parent: QWidget) -> QFormLayout:
        form = QFormLayout()
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(8)
        form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        for spec in PARAMETERS:
            if spec.folded == folded:
                form.addRow(told("Parameter", spec.title), self._field(spec, parent))
                origin = _origin(parent)
                form.addRow(origin)
                form.setRowVisible(origin, False)
                self._origins[spec.name] = form, origin
        return form

    def _field(self, spec: ParameterSpec, parent: QWidget) -> QDoubleSpinBox:
        field, help_text = QDoubleSpinBox(parent), told("Parameter", spec.help)
        field.setObjectName(spec.name)
        field.setDecimals(spec.decimals)
        # One below the least value stands for "none", which only the seed can be.
        field.setRange(spec.minimum - 1 if spec.name == "seed" else spec.minimum, spec.maximum)
        field.setSingleStep(spec.step)
        # Else the widest value that could be typed would be wider than the panel.
        field.setMinimumWidth(_FIELD_WIDTH)
        field.setGroupSeparatorShown(spec.name != "seed")
        field.setKeyboardTracking(False)
        field.setAlignment(Qt.AlignmentFlag.AlignRight)
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.setToolTip(help_text)
        field.setAccessibleName(told("Parameter", spec.title))
        field.setAccessibleDescription(help_text)
        if spec.name == "seed":
            field.setSpecialValueText(self.tr("random"))
        elif spec.name == "max_tokens":
            field.setSpecialValueText(self.tr("as it fits"))
        field.installEventFilter(self)
        field.valueChanged.connect(self._on_field_value_changed)
        self._fields[spec.name] = field
        return field

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See to events of a part."""
        # A wheel that scrolls the panel must not change a value on its way.
        if event.type() == QEvent.Type.Wheel and isinstance(watched, QDoubleSpinBox) and not watched.hasFocus():
            event.ignore()
            return True
        return super().eventFilter(watched, event)

    def _on_field_value_changed(self, _value: float) -> None:
        if self._quiet:
            return
        values: dict[str, float | int | None] = {}
        for spec in PARAMETERS:
            value = self._fields[spec.name].value()
            if value < spec.minimum:
                values[spec.name] = None
            else:
                values[spec.name] = round(value, spec.decimals) if spec.decimals else round(value)
        self._sampling = self._sampling.changed(**values)
        self.sampling_chosen.emit(self._sampling)

    def _on_choices_chosen(self, name: str, value: object) -> None:
        self._sampling = self._sampling.changed(**{name: value})
        self.sampling_chosen.emit(self._sampling)

    def _origin_words(self, origin: Origin) -> str:
        words = {
            Source.PROGRAM: "",
            Source.EVERYWHERE: self.tr("default of all"),
            Source.MODEL: self.tr("default of the model"),
            Source.PRESET: self.tr("preset {name}"),
            Source.CHANGED: self.tr("{name}, changed"),
            Source.CONVERSATION: self.tr("this conversation"),
        }
        return words[origin.source].format(name=visible(preset_title(origin.preset)))

    def _on_prompt_text_changed(self) -> None:
        if not self._quiet:
            self._delay.start()

    def _on_fold_toggled(self, shown: bool) -> None:
        self._more.setVisible(shown)
        self._fold.setArrowType(Qt.ArrowType.DownArrow if shown else Qt.ArrowType.RightArrow)
        self.folded.emit()


def _origin(parent: QWidget) -> QLabel:
    origin = QLabel(parent)
    origin.setObjectName("origin")
    origin.setTextFormat(Qt.TextFormat.PlainText)
    origin.setAlignment(Qt.AlignmentFlag.AlignRight)
    origin.setIndent(0)
    origin.setMinimumWidth(1)  # a long name must not widen the panel
    return origin


def _heading(text: str, parent: QWidget) -> QLabel:
    label = QLabel(text, parent)
    label.setObjectName("heading")
    return label
