"""The fields of the panel that only some chat templates ask for."""

from PySide6.QtCore import QCoreApplication, Qt, Signal
from PySide6.QtWidgets import QComboBox, QFormLayout, QLabel, QWidget

from desktopchat.core.params import REASONING_EFFORTS, SamplingParams

_VALUES: dict[str, tuple[object, ...]] = {
    "enable_thinking": (None, True, False),
    "reasoning_effort": ("", *REASONING_EFFORTS),
}


class TemplateChoices(QWidget):
    """Whether and how much the model thinks. Hidden until the template of the loaded model asks.

    Attributes:
        chosen: Name of the parameter and its value.
    """

    chosen = Signal(str, object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._form = QFormLayout(self)
        self._form.setContentsMargins(0, 0, 0, 0)
        self._form.setHorizontalSpacing(8)
        self._form.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        self._form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        self._form.setRowWrapPolicy(QFormLayout.RowWrapPolicy.WrapLongRows)
        self._fields: dict[str, QComboBox] = {}
        self._add("enable_thinking", self.tr("Thinking"))
        self._add("reasoning_effort", self.tr("Reasoning effort"))
        self.hide()

    def offer(self, asks: tuple[str, ...]) -> None:
        """Show the fields that a template asks for."""
        for name, field in self._fields.items():
            self._form.setRowVisible(field, name in asks)
        self.setVisible(not self._fields.keys().isdisjoint(asks))

    def set_sampling(self, sampling: SamplingParams) -> None:
        """Show other values, without reporting them back."""
        for name, field in self._fields.items():
            field.setCurrentIndex(_VALUES[name].index(getattr(sampling, name)))

    def _add(self, name: str, title: str) -> None:
        field = QComboBox(self)
        field.setObjectName(name)
        field.setAccessibleName(title)
        field.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        field.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        field.addItems([choice_title(value) for value in _VALUES[name]])
        label = QLabel(title, self)
        label.setBuddy(field)
        self._form.addRow(label, field)
        self._fields[name] = field
        field.activated.connect(self._on_field_activated)

    def _on_field_activated(self, index: int) -> None:
        name = self.sender().objectName()
        self.chosen.emit(name, _VALUES[name][index])


def choice_title(value: object) -> str:
    """Return what a choice of thinking or effort is called."""
    translate = QCoreApplication.translate
    titles: dict[object, str] = {
        None: translate("TemplateChoice", "Auto"),
        "": translate("TemplateChoice", "Auto"),
        True: translate("TemplateChoice", "On"),
        False: translate("TemplateChoice", "Off"),
        "low": translate("TemplateChoice", "Low"),
        "medium": translate("TemplateChoice", "Medium"),
        "high": translate("TemplateChoice", "High"),
    }
    return titles[value]
