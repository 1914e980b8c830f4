"""What the commands around the chat template do to the window: what it may be told, and which one it is."""

from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.commands.command import Condition
from desktopchat.controllers.models import LoadedModel
from desktopchat.core.params import BUILT_IN_TEMPLATES, PLAIN_TEMPLATE, REASONING_EFFORTS
from desktopchat.ui.chooser import Chooser, ChooserItem
from desktopchat.ui.file_question import ask_file
from desktopchat.ui.overlay import TextCard
from desktopchat.ui.template_choices import choice_title
from desktopchat.ui.transcript.marks import visible

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands

_FROM_FILE = object()


class TemplateCommands(QObject):
    """Choosers for thinking, effort and template. The panel offers the first two as well."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        window.models.template_changed.connect(self._on_models_template_changed)
        window.models.model_loaded.connect(self._on_models_model_loaded)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "parameter.thinking": self.choose_thinking,
            "parameter.effort": self.choose_effort,
            "model.template": self.choose_template,
        }

    def conditions(self) -> set[Condition]:
        """Return what is true of the template now."""
        asks = self._window.model.asks if self._window.model else ()
        pairs = (("enable_thinking", Condition.THINKS), ("reasoning_effort", Condition.HAS_EFFORT))
        return {condition for name, condition in pairs if name in asks}

    def choose_thinking(self) -> None:
        """Ask whether the model is to think."""
        self._choose(self.tr("Thinking"), "enable_thinking", (None, True, False))

    def choose_effort(self) -> None:
        """Ask how much the model is to think."""
        self._choose(self.tr("Reasoning effort"), "reasoning_effort", ("", *REASONING_EFFORTS))

    def choose_template(self) -> None:
        """Ask for a template; the one in use is named."""
        models = self._window.models
        now = models.templates.get(models.name, "")
        choices = [
            ("", self.tr("The one of the model file")),
            (_FROM_FILE, self.tr("From a file…")),
            (PLAIN_TEMPLATE, self.tr("None: continue plain text")),
            *((name, name) for name in BUILT_IN_TEMPLATES),
        ]
        uses_file = now and now not in dict(choices)
        in_use = self.tr("in use")
        items = [
            ChooserItem(one, text, in_use if one == now or (uses_file and one is _FROM_FILE) else "")
            for one, text in choices
        ]
        chooser = Chooser(self.tr("Chat template"), items, self._window)
        chooser.chosen.connect(self._on_template_chosen)
        self._commands.open_overlay(chooser)

    def _choose(self, title: str, name: str, values: tuple[object, ...]) -> None:
        now = getattr(self._window.chat.sampling, name)
        in_use = self.tr("in use")
        items = [ChooserItem((name, one), choice_title(one), in_use if one == now else "") for one in values]
        chooser = Chooser(title, items, self._window)
        chooser.chosen.connect(self._on_value_chosen)
        self._commands.open_overlay(chooser)

    def _on_value_chosen(self, pair: tuple[str, object]) -> None:
        name, value = pair
        self._window.chat.set_sampling(self._window.chat.sampling.changed(**{name: value}))

    def _on_template_chosen(self, template: object) -> None:
        if isinstance(template, str):
            self._window.models.set_template(template)
            return
        words = self.tr("Chat templates (*.jinja *.jinja2 *.txt);;All files (*)")
        ask_file(self._window, self.tr("Open a chat template"), words, self._window.models.read_template)

    def _on_models_template_changed(self, model: LoadedModel) -> None:
        words = self.tr("“Hello” is put to {model} like this:").format(model=model.name)
        sample = "\n".join(visible(line) for line in model.sample.splitlines())
        self._commands.open_overlay(TextCard(self.tr("Chat template"), f"{words}\n\n{sample}", self._window))

    def _on_models_model_loaded(self, model: LoadedModel) -> None:
        self._window.panel.choices.offer(model.asks)
