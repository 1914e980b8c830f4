"""What the commands that take long with models do to the window."""

from collections.abc import Callable, Sequence
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject

from desktopchat.commands.registry import command
from desktopchat.controllers.words import said, told
from desktopchat.core.local_model import LocalModel
from desktopchat.core.memory_words import size_text
from desktopchat.core.notice import Notice
from desktopchat.core.quants import MADE_HERE, QUANTS, WHOLE
from desktopchat.ui.chooser import Chooser, ChooserItem
from desktopchat.ui.overlay import Question
from desktopchat.ui.transcript.marks import visible

if TYPE_CHECKING:
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.model_work_card import ModelWorkCard
    from desktopchat.ui.window_commands import WindowCommands

# Bits a number takes, of the types that people mostly want, best known first.
_USUAL = {"Q4_K_M": 4.9, "Q5_K_M": 5.7, "Q6_K": 6.6, "Q8_0": 8.5, "Q3_K_M": 3.9, "IQ4_XS": 4.4, "BF16": 16, "F16": 16}
_MOST_SHOWN = 8  # copies


class ModelWorkCommands(QObject):
    """Asks what is to be done, shows how far it is, and says what came of it."""

    def __init__(self, window: "MainWindow", commands: "WindowCommands") -> None:
        super().__init__(commands)
        self._window = window
        self._commands = commands
        self._work = window.controllers.model_work
        self._title = ""
        self._last = ("", 0.0)  # what was said of the progress
        self._card: ModelWorkCard | None = None
        self._model: LocalModel | None = None
        self._plans: Sequence[Any] = ()
        self._work.progressed.connect(self._on_work_progressed)
        self._work.ended.connect(self._on_work_ended)
        self._work.found_whole.connect(self._on_work_found_whole)
        self._work.found_newer.connect(self._on_work_found_newer)
        self._work.found_twice.connect(self._on_work_found_twice)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        return {
            "model.quantize": self._quantize,
            "model.verify": self._verify,
            "model.duplicates": self._look_for_copies,
            "model.unlink": self._unlink,
            "model.newer": self._look_for_newer,
            "model.move": self._ask_folder,
        }

    def begin(self, what: str, model: LocalModel | None) -> None:
        """Do what the card of the models wants: quantize, duplicates, newer or move."""
        if what == "quantize" and model is not None and not self._work.working:
            self._ask_quant(model)
        else:
            self.handlers()[f"model.{what}"]()

    # What is asked

    def _quantize(self) -> None:
        self._do("model.quantize", self._work.look_for_whole)

    def _verify(self) -> None:
        self._do("model.verify", self._work.verify)

    def _look_for_copies(self) -> None:
        self._do("model.duplicates", self._work.look_for_copies)

    def _look_for_newer(self) -> None:
        self._do("model.newer", self._work.look_for_newer)

    def _unlink(self) -> None:
        self._do("model.unlink", self._work.unlink)

    def _ask_folder(self) -> None:
        if self._work.working:
            self._show()
            return
        from desktopchat.ui.text_entry import TextEntry

        hint = self.tr("A folder that is empty or not there yet. All is copied and compared before it is used.")
        entry = TextEntry(self.tr("Move the folder of models"), self._work.folder, hint, self._window)
        entry.entered.connect(self._on_folder_entered)
        self._commands.open_overlay(entry)

    def _ask_quant(self, model: LocalModel) -> None:
        self._model = model
        parameters = model.facts.parameters
        items = [
            ChooserItem(quant, quant, self.tr("about {size}").format(size=size_text(int(parameters * bits / 8))))
            for quant, bits in _USUAL.items()
            if quant != model.facts.quant and (quant not in WHOLE or model.facts.quant == "F32")
        ]
        items += [ChooserItem(quant, quant) for quant in QUANTS.values()
                  if quant in MADE_HERE and quant not in _USUAL and quant not in WHOLE]  # fmt: skip
        chooser = Chooser(self.tr("Make {name} smaller").format(name=visible(model.called)), items, self._window)
        chooser.chosen.connect(self._on_quant_chosen)
        self._commands.open_overlay(chooser)

    # What is done

    def _do(self, command_id: str, work: Callable[[], None]) -> None:
        if not self._work.working:
            self._title = told("Command", command(command_id).title).removesuffix("…")
            work()
        self._show()

    def _show(self) -> None:
        """Show how far it is, unless it has ended by now."""
        if not self._work.working or self._card is not None:
            return
        # Not at the start: the window is to be there first.
        from desktopchat.ui.model_work_card import ModelWorkCard

        card = self._card = ModelWorkCard(self._title, self._window.theme, self._window)
        card.stop_wanted.connect(self._work.stop)
        card.closed.connect(self._on_card_closed)
        self._commands.open_overlay(card)
        card.show_progress(*self._last)

    def _hide(self) -> None:
        if self._card is not None:
            self._card.close_overlay()

    def _on_quant_chosen(self, quant: str) -> None:
        assert self._model is not None
        model = self._model
        self._do("model.quantize", lambda: self._work.quantize(model, quant))

    def _on_folder_entered(self, folder: str) -> None:
        if folder.strip():
            self._do("model.move", lambda: self._work.move(folder.strip()))

    def _on_question_confirmed(self) -> None:
        self._do("model.duplicates", lambda: self._work.link(self._plans))

    def _on_card_closed(self) -> None:
        self._card = None

    def _on_work_progressed(self, words: str, share: float) -> None:
        self._last = (said(words), share)
        if self._card is not None:
            self._card.show_progress(*self._last)

    def _on_work_ended(self, notice: Notice) -> None:
        self._hide()
        self._window.show_notice(notice)

    def _on_work_found_whole(self, models: tuple[LocalModel, ...]) -> None:
        self._hide()
        if not models:
            words = self.tr("No model here is in F16 or BF16; others would lose twice when they are made smaller.")
            self._window.show_notice(Notice("info", words))
            return
        items = [ChooserItem(one, one.called, f"{one.facts.quant} · {size_text(one.size)}") for one in models]
        chooser = Chooser(self._title, items, self._window)
        chooser.chosen.connect(self._ask_quant)
        self._commands.open_overlay(chooser)

    def _on_work_found_newer(self, found: Sequence[Any]) -> None:
        if self._card is None:  # it was hidden, and something else is done by now
            words = self.tr("The hub has newer versions of {count} models.", "", len(found)).format(count=len(found))
            self._window.show_notice(Notice("hint", words, self.tr("See them, and fetch one."), "model.newer"))
            return
        self._hide()
        items = [ChooserItem((one,), one.model.called, size_text(one.size)) for one in found]
        if len(found) > 1:
            size = size_text(sum(one.size for one in found))
            items.insert(0, ChooserItem(tuple(found), self.tr("All of them"), size))
        chooser = Chooser(self.tr("Fetch a newer version"), items, self._window)
        chooser.chosen.connect(self._on_newer_chosen)
        self._commands.open_overlay(chooser)

    def _short(self, path: PurePath) -> str:
        """Return a path, without our own folder where it lies there."""
        return str(path.relative_to(self._work.folder) if path.is_relative_to(self._work.folder) else path)

    def _on_newer_chosen(self, found: Sequence[Any]) -> None:
        self._do("model.newer", lambda: self._work.renew(found))

    def _on_work_found_twice(self, plans: Sequence[Any]) -> None:
        self._plans = plans
        if self._card is None:  # it was hidden, and something else is done by now
            words = self.tr("{count} models are here more than once.", "", len(plans)).format(count=len(plans))
            cure = self.tr("See which could become links.")
            self._window.show_notice(Notice("hint", words, cure, "model.duplicates"))
            return
        self._hide()
        lines = []
        for plan in plans:
            size, name = size_text(plan.size), self._short(plan.kept.path)
            lines.append(self.tr("{name} stays · {size}").format(name=name, size=size))
            links = self.tr("    {name} becomes a link to it")
            lines += [links.format(name=self._short(copy.path)) for copy in plan.replaced]
        more = len(lines) - _MOST_SHOWN
        if more > 1:
            lines[_MOST_SHOWN:] = [self.tr("and {count} more").format(count=more)]
        lines += ["", self.tr("Nothing has been changed yet. It can be undone.")]
        gain = size_text(sum(plan.gain for plan in plans))
        yes = self.tr("Make links: {size} become free").format(size=gain)
        question = Question(self._title, "\n".join(map(visible, lines)), yes, self._window)
        question.confirmed.connect(self._on_question_confirmed)
        self._commands.open_overlay(question)
