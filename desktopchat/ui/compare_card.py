"""The card on which several models, or one with several parameters, answer one question beside each other."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktopchat.controllers.comparison import MOST, Comparison, Contender
from desktopchat.core.chat import Message
from desktopchat.core.local_model import LocalModel
from desktopchat.core.memory_words import size_text
from desktopchat.core.parameter_layers import Preset
from desktopchat.core.params import SamplingParams
from desktopchat.ui.answer_column import AnswerColumn
from desktopchat.ui.preset_words import preset_title
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.wide_card import WideCard

_SIZE = (1500, 860)
_STEP, _HOTTEST = 0.1, 5.0  # of the temperature
_LONGEST = 200  # characters of the question
Key = Qt.Key


@dataclass(frozen=True, slots=True)
class _Setup:
    """What is chosen for a pane.

    Attributes:
        model: Place in the list of models.
        preset: Place in the list of presets; 0 takes the present parameters.
        heat: What is added to the temperature, in steps.
    """

    model: int = 0
    preset: int = 0
    heat: int = 0


class CompareCard(WideCard):
    """Left and Right choose a pane, M and P its model and preset, Enter lets all of them answer.

    Args:
        question: What is asked.
        question_id: It is this message; None sends it first.
        send: Sends it, to be answered with the parameters that it is given.
        present: Name of the model in use, which is the first choice.
        models: Others that are here.

    Attributes:
        open_wanted: Id of a message whose branch is to be shown.
        link_chosen: Address.
    """

    open_wanted = Signal(int)
    link_chosen = Signal(str)

    def __init__(
        self,
        comparison: Comparison,
        question: str,
        question_id: int | None,
        send: Callable[[SamplingParams], None],
        sampling: SamplingParams,
        presets: Sequence[Preset],
        present: str,
        models: Sequence[LocalModel],
        theme: Theme,
        parent: QWidget,
    ) -> None:
        super().__init__(self.tr("Compare answers"), theme, _SIZE, parent)
        self._comparison = comparison
        self._question_id, self._send = question_id, send
        self._sampling = sampling
        self._presets = tuple(presets)
        self._present, self._models = present, tuple(models)
        self._setups = [_Setup(), _Setup(preset=min(1, len(self._presets)))]
        self._chosen = 0
        self._has_run = False
        text = visible(" ".join(question.split()))
        self._asked = self.label(text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…", "question")
        self._asked.setAccessibleName(self.tr("The question"))
        self._cost = self.label()
        self.columns: list[AnswerColumn] = []
        self._row = QHBoxLayout()
        self._row.setSpacing(theme.px(12))
        self._keys = self.label()
        self.column.addWidget(self._asked)
        self.column.addWidget(self._cost)
        self.column.addLayout(self._row, 1)
        self.column.addWidget(self._keys)
        comparison.loading.connect(self._on_comparison_loading)
        comparison.begun.connect(self._on_comparison_begun)
        comparison.text_received.connect(self._on_comparison_text_received)
        comparison.changed.connect(self._on_comparison_changed)
        comparison.failed.connect(self._on_comparison_failed)
        comparison.returning.connect(self._on_comparison_returning)
        comparison.ended.connect(self._on_comparison_ended)
        self._lay_out()
        self._cover()

    def take_key(self, event: QKeyEvent, *, try_only: bool = False) -> bool:
        """Take the keys of the card."""
        modifiers = event.modifiers() & ~(Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier)
        if modifiers:
            return False
        back = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        action = self._actions(back).get(Key(event.key()))
        if action is not None and not try_only:
            action()
        return action is not None

    def _actions(self, back: bool) -> dict[Key, Callable[[], object]]:
        actions: dict[Key, Callable[[], object]] = {
            Key.Key_Left: lambda: self._choose(self._chosen - 1),
            Key.Key_Right: lambda: self._choose(self._chosen + 1),
            Key.Key_Escape: self._escape,
            Key.Key_Return: self._go,
            Key.Key_Enter: self._go,
        }
        if not self._has_run:
            step = -1 if back else 1
            actions |= {
                Key.Key_M: lambda: self._change_model(step),
                Key.Key_P: lambda: self._change_preset(step),
                Key.Key_Plus: lambda: self._warm(1),
                Key.Key_Equal: lambda: self._warm(1),
                Key.Key_Minus: lambda: self._warm(-1),
                Key.Key_A: self._add,
                Key.Key_Delete: self._remove,
                Key.Key_Backspace: self._remove,
            }
        return actions

    # Setting up

    def _change_model(self, step: int) -> None:
        setup = self._setups[self._chosen]
        self._setups[self._chosen] = replace(setup, model=(setup.model + step) % (1 + len(self._models)))
        self._describe()

    def _change_preset(self, step: int) -> None:
        setup = self._setups[self._chosen]
        self._setups[self._chosen] = replace(setup, preset=(setup.preset + step) % (1 + len(self._presets)), heat=0)
        self._describe()

    def _warm(self, step: int) -> None:
        setup = self._setups[self._chosen]
        self._setups[self._chosen] = warmer = replace(setup, heat=setup.heat + step)
        if not 0 <= self._warmth(warmer) <= _HOTTEST:
            self._setups[self._chosen] = setup
        self._describe()

    def _add(self) -> None:
        if len(self._setups) < MOST:
            self._setups.insert(self._chosen + 1, self._setups[self._chosen])
            self._chosen += 1
            self._lay_out()

    def _remove(self) -> None:
        if len(self._setups) > 2:
            del self._setups[self._chosen]
            self._chosen = min(self._chosen, len(self._setups) - 1)
            self._lay_out()

    def _warmth(self, setup: _Setup) -> float:
        base = self._presets[setup.preset - 1].applied(self._sampling) if setup.preset else self._sampling
        return round(base.temperature + _STEP * setup.heat, 2)

    def _sampling_of(self, setup: _Setup) -> SamplingParams:
        base = self._presets[setup.preset - 1].applied(self._sampling) if setup.preset else self._sampling
        return base.changed(temperature=self._warmth(setup), n=1)

    def _path_of(self, setup: _Setup) -> str:
        return self._models[setup.model - 1].path if setup.model else ""

    def _name_of(self, setup: _Setup) -> str:
        return visible(self._models[setup.model - 1].called if setup.model else self._present)

    def _about(self, setup: _Setup) -> str:
        preset = self.tr("present parameters")
        if setup.preset:
            preset = visible(preset_title(self._presets[setup.preset - 1].name))
        words = self.tr("{preset} · temperature {value}")
        return words.format(preset=preset, value=f"{self._warmth(setup):g}")

    # Running

    def _go(self) -> None:
        if not self._has_run:
            self._has_run = True
            contenders = [Contender(self._path_of(one), self._sampling_of(one)) for one in self._setups]
            for column in self.columns:
                column.set_footer(self.tr("waits for its turn"))
            self._comparison.run(contenders, self._question_id, self._send)
            self._say_keys()
        elif (message := self.columns[self._chosen].message) is not None and self._is_over:
            self.close_overlay()
            self.open_wanted.emit(message.id)

    @property
    def _is_over(self) -> bool:
        return not self._comparison.running or self._comparison.is_returning

    def _escape(self) -> None:
        if self._is_over:
            self.close_overlay()
        else:
            self._comparison.stop()

    def _on_comparison_loading(self, place: int) -> None:
        self.columns[place].set_footer(self.tr("The model is being loaded …"))

    def _on_comparison_begun(self, place: int, message: Message) -> None:
        self.columns[place].show_message(message)

    def _on_comparison_text_received(self, place: int, text: str) -> None:
        self.columns[place].append(text)

    def _on_comparison_changed(self, place: int, message: Message) -> None:
        self.columns[place].show_message(message)

    def _on_comparison_failed(self, place: int, sentence: str) -> None:
        self.columns[place].set_footer(sentence)

    def _on_comparison_returning(self) -> None:
        self._cost.setText(self.tr("{name} is being loaded again.").format(name=visible(self._present)))
        self._say_keys()

    def _on_comparison_ended(self) -> None:
        for column in self.columns:
            if column.message is None and column.footer() == self.tr("waits for its turn"):
                column.set_footer(self.tr("was not asked"))
        self._cost.setText(self.tr("Every answer is kept: they are versions of one answer to the question."))
        self._say_keys()

    # What is shown

    def _lay_out(self) -> None:
        """Make a pane for each."""
        for column in self.columns:
            self._row.removeWidget(column)
            column.hide()
            column.deleteLater()
        self.columns = [AnswerColumn(self.theme, self.card) for _ in self._setups]
        for column in self.columns:
            self._row.addWidget(column, 1)
            column.link_chosen.connect(self.link_chosen)
            column.show()
        self.watch(*(column.page for column in self.columns))
        self._describe()
        self._choose(self._chosen)

    def _choose(self, place: int) -> None:
        self._chosen = max(0, min(len(self.columns) - 1, place))
        for number, column in enumerate(self.columns):
            column.set_chosen(number == self._chosen)
        page = self.columns[self._chosen].page
        self.setFocusProxy(page)
        if self.isVisible():
            page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _describe(self) -> None:
        for column, setup in zip(self.columns, self._setups, strict=True):
            column.set_title(self._name_of(setup), self._about(setup))
        self._say_cost()
        self._say_keys()

    def _say_cost(self) -> None:
        others = {self._path_of(one): one for one in self._setups if one.model}
        first = self.tr("What you have written is sent first.") if self._question_id is None else ""
        if not others:
            words = self.tr("The model in use answers once for each pane, one after the other.")
            self._cost.setText(" ".join(filter(None, (first, words))))
            return
        size = sum(self._models[one.model - 1].size for one in others.values())
        words = self.tr(
            "They answer one after the other, for one model is in memory at a time: {size} are read to load {names}, "
            "and {present} comes back at the end."
        )
        names = ", ".join(map(self._name_of, others.values()))
        words = words.format(size=size_text(size), names=names, present=visible(self._present))
        self._cost.setText(" ".join(filter(None, (first, words))))

    def _say_keys(self) -> None:
        parts = [self.tr("Left and Right choose a pane")]
        if not self._has_run:
            if self._models:
                parts.append(self.tr("M changes its model"))
            parts += [self.tr("P its preset"), self.tr("+ and - its temperature")]
            if len(self._setups) < MOST:
                parts.append(self.tr("A adds a pane"))
            if len(self._setups) > 2:
                parts.append(self.tr("Del removes it"))
            parts += [self.tr("Enter lets them answer"), self.tr("Esc closes")]
        elif not self._is_over:
            parts += [self.tr("Up and Down scroll"), self.tr("Esc stops")]
        else:
            parts += [self.tr("Up and Down scroll"), self.tr("Enter goes on with this answer"), self.tr("Esc closes")]
        self._keys.setText(" · ".join(parts))
