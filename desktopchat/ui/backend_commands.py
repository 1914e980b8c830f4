"""What the commands about backends do to the window."""

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject

from desktopchat.controllers.words import said
from desktopchat.core.backend import AUTOMATIC, BUILT_IN, Backend, Origin, Tried
from desktopchat.ui.chooser import Chooser, ChooserItem
from desktopchat.ui.file_question import ask_file

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.window_commands import WindowCommands

_ADD = object()


class BackendCommands(QObject):
    """Shows what llama.cpp can compute on here, each with its devices or why it does not work, and asks for one."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._backends = backends = window.controllers.backends
        backends.listed.connect(self._on_backends_listed)
        backends.looking_changed.connect(self._on_backends_looking_changed)
        backends.noticed.connect(window.show_notice)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {"model.backend": self._backends.look, "model.add_backend": self._ask_pack}

    def _on_backends_looking_changed(self, looking: bool) -> None:
        progress = self._window.page.progress
        if looking:
            progress.set_progress(self.tr("Looking at what can be computed on"), 0.0)
        elif not self._window.loading:
            progress.hide()

    def _on_backends_listed(self, tried: Sequence[Tried]) -> None:
        is_forced = any(one.backend.origin is Origin.ENVIRONMENT for one in tried)
        automatic = ChooserItem(AUTOMATIC, self.tr("Automatic"), self._automatic_words(tried))
        rows = [self._row(one) for one in tried if one.backend.origin is not Origin.ENVIRONMENT]
        back = self.tr("{name}: back to {version}")
        before = [
            ChooserItem(one.backend, back.format(name=one.backend.name, version=one.backend.before))
            for one in tried
            if one.backend.before
        ]
        chooser = Chooser(
            self.tr("What llama.cpp computes on"),
            [automatic, *rows, *before, ChooserItem(_ADD, self.tr("Add a backend…"))],
            self._window,
            hint=self.tr("LLAMA_CPP_LIB_PATH in the environment goes before this choice") if is_forced else "",
        )
        chooser.chosen.connect(self._on_chosen)
        self._commands.open_overlay(chooser)

    def _automatic_words(self, tried: Sequence[Tried]) -> str:
        if self._backends.wanted != AUTOMATIC:
            return self.tr("the best that works here")
        used = next((self._name(one) for one in tried if one.in_use), "")
        return self.tr("chosen · now {name}").format(name=used)

    def _row(self, one: Tried) -> ChooserItem:
        backend = one.backend
        parts = [self.tr("chosen")] if backend.name == self._backends.wanted else []
        if one.cause:
            parts.append(said(one.cause))
        elif one.trial is not None:
            shown = one.trial.gpus or one.trial.devices
            parts.append(", ".join(dict.fromkeys(device.description for device in shown)))
        return ChooserItem(backend.name, self._name(one), " · ".join(parts))

    def _name(self, one: Tried) -> str:
        return self.tr("Built-in") if one.backend.name == BUILT_IN else one.backend.name

    def _on_chosen(self, choice: object) -> None:
        if choice is _ADD:
            self._ask_pack()
        elif isinstance(choice, Backend):
            self._backends.roll_back(choice.name)
        elif isinstance(choice, str):
            self._backends.use(choice)

    def _ask_pack(self) -> None:
        words = self.tr("Backends (*.zip);;All files (*)")
        ask_file(self._window, self.tr("Add a backend"), words, self._backends.add)
