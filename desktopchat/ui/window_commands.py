"""What each command does to the window."""

from collections.abc import Callable
from functools import cached_property, partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QGuiApplication

from desktopchat.commands.command import Condition
from desktopchat.controllers.conversation_list import Place
from desktopchat.core.chat import FinishReason, Message, MessageState, Role
from desktopchat.core.markdown import last_code
from desktopchat.core.notice import Notice
from desktopchat.ui.adapter_commands import AdapterCommands
from desktopchat.ui.backend_commands import BackendCommands
from desktopchat.ui.batch_commands import BatchCommands
from desktopchat.ui.branch_commands import BranchCommands
from desktopchat.ui.composer_commands import ComposerCommands
from desktopchat.ui.download_commands import DownloadCommands
from desktopchat.ui.endpoint_commands import EndpointCommands
from desktopchat.ui.file_question import ask_file
from desktopchat.ui.hub_commands import HubCommands
from desktopchat.ui.insight_commands import InsightCommands
from desktopchat.ui.library_commands import LibraryCommands
from desktopchat.ui.link_question import LinkQuestion
from desktopchat.ui.model_work_commands import ModelWorkCommands
from desktopchat.ui.overlay import Overlay, TextCard
from desktopchat.ui.palette_commands import PaletteCommands
from desktopchat.ui.parameter_commands import ParameterCommands
from desktopchat.ui.projector_commands import ProjectorCommands
from desktopchat.ui.reading_commands import ReadingCommands
from desktopchat.ui.search_commands import SearchCommands
from desktopchat.ui.server_commands import ServerCommands
from desktopchat.ui.shelf_commands import ShelfCommands
from desktopchat.ui.store_commands import StoreCommands
from desktopchat.ui.template_commands import TemplateCommands
from desktopchat.ui.transfer_commands import TransferCommands
from desktopchat.ui.update_commands import UpdateCommands

if TYPE_CHECKING:
    from desktopchat.ui.explain.commands import ExplainCommands
    from desktopchat.ui.main_window import MainWindow
    from desktopchat.ui.persona_commands import PersonaCommands


WAYS = ("shorter", "quantised", "fewer_layers", "on_cpu")  # out of a lack of memory


class WindowCommands(QObject):
    """The handlers of all commands, and which of them make sense now."""

    def __init__(self, window: "MainWindow") -> None:
        super().__init__(window)
        self._window = window
        self._overlay: Overlay | None = None
        self.can_undo_delete = False
        self.just_deleted = False
        self.shelf = ShelfCommands(window, self)
        self.transfer = TransferCommands(window, self)
        self.search = SearchCommands(window, self)
        self.reading = ReadingCommands(window, self)
        self.finding = PaletteCommands(window, self)
        self.store = StoreCommands(window, self, window.care)
        self.composer = ComposerCommands(window, self)
        self.parameters = ParameterCommands(window, self)
        self.template = TemplateCommands(window, self)
        self.projector = ProjectorCommands(window, self)
        self.servers = ServerCommands(window, self)
        self.backends = BackendCommands(window, self)
        self.adapters = AdapterCommands(window, self)
        self.hub = HubCommands(window, self)
        self.downloads = DownloadCommands(window, self)
        self._endpoint = EndpointCommands(window, self)
        self.batch = BatchCommands(window, self)
        self.library = LibraryCommands(window, self)
        self.model_work = ModelWorkCommands(window, self)
        self._insight = InsightCommands(window, self)
        self._updates = UpdateCommands(window, self)
        self._branches = BranchCommands(window, self)

    def handlers(self) -> dict[str, Callable[[], object]]:
        """Return what each command does, by its id."""
        window = self._window
        numbered = {f"conversation.{number}": partial(self._open_row, number - 1) for number in range(1, 10)}
        return {
            "conversation.new": self.new_conversation,
            "conversation.rename": self._rename,
            "conversation.delete": self.shelf.delete,
            "conversation.pin": self.shelf.pin,
            "conversation.move": self.shelf.move,
            "conversation.tags": self.shelf.tag,
            "conversation.note": self.shelf.note,
            "conversation.archive": self.shelf.archive,
            "conversation.import": self.transfer.ask_files,
            "conversation.export": self.transfer.ask_format,
            "conversation.undo_delete": self._undo_delete,
            "conversation.next": partial(self._step_conversation, 1),
            "conversation.previous": partial(self._step_conversation, -1),
            **numbered,
            "conversation.search": self.search.focus,
            "search.open": self.search.open,
            "search.next": partial(self.search.step, 1),
            "search.previous": partial(self.search.step, -1),
            "search.save": self.search.save,
            "search.forget": self.search.forget,
            **self.reading.handlers(),
            "ask.open": window.ask_requested.emit,
            "app.quit": self._quit,
            "message.send": window.page.composer.send,
            "message.newline": partial(window.page.composer.insert_typed, "\n"),
            "message.stop": self.escape,
            "message.regenerate": window.chat.regenerate,
            "message.continue": window.chat.continue_answer,
            "message.edit_last": self.edit_last,
            "message.copy_answer": self._copy_answer,
            "message.copy_code": self._copy_code,
            "message.delete": self._delete_message,
            "answer.explain": self._explain_answer,
            "answer.prompt": self._show_prompt,
            "message.delete_branch": self._delete_branch,
            "message.previous_sibling": partial(self._show_sibling, -1),
            "message.next_sibling": partial(self._show_sibling, 1),
            "message.previous": partial(window.page.transcript.move_to_message, -1),
            "message.next": partial(window.page.transcript.move_to_message, 1),
            "model.open": self.open_model,
            "model.unload": window.models.unload,
            "model.load_smaller": window.models.load_smaller,
            **{f"model.load_{way}": partial(window.models.load_way, f"model.load_{way}") for way in WAYS},
            "model.load_anyway": window.models.load_anyway,
            "model.memory": self._show_memory,
            "parameter.temperature_down": partial(window.panel.step, "temperature", -1),
            "parameter.temperature_up": partial(window.panel.step, "temperature", 1),
            "persona.choose": self._choose_persona,
            "persona.import": self._import_persona,
            "parameter.preset": self.parameters.choose_preset,
            "parameter.save_preset": self.parameters.save_preset,
            "parameter.forget_preset": self.parameters.forget_preset,
            "parameter.make_default": self.parameters.make_default,
            "parameter.reset": self.parameters.reset,
            "parameter.thinking": self.template.choose_thinking,
            "parameter.effort": self.template.choose_effort,
            "model.template": self.template.choose_template,
            "model.projector": self.projector.choose,
            "store.backup": window.care.back_up,
            "store.restore": self.store.restore,
            "store.check": window.care.check,
            "store.repair": window.care.repair,
            "vault.lock": self.store.lock,
            "vault.change": self.store.change,
            "vault.unlock": self.store.unlock,
            "vault.forget": window.care.forget_passphrase,
            "view.sidebar": self._toggle_sidebar,
            "view.parameters": self._toggle_panel,
            "view.archive": partial(self.shelf.show_place, Place.ARCHIVE),
            "view.trash": partial(self.shelf.show_place, Place.TRASH),
            "view.focus_list": self.shelf.focus_list,
            "view.focus_composer": self.focus_composer,
            "view.latest": window.page.transcript.scroll_to_end,
            "view.zoom_in": partial(window.theme.step_zoom, 1),
            "view.zoom_out": partial(window.theme.step_zoom, -1),
            "view.zoom_reset": partial(window.theme.set_zoom, 1.0),
            "view.theme": self._next_theme,
            "view.density": self._next_density,
            "palette.open": self.finding.open,
            "keys.change": self._change_keys,
            "help.keys": self.show_keys,
            "help.reference": self._show_reference,
            "app.about": self._show_about,
            **self.composer.handlers(),
            **self.servers.handlers(),
            **self.backends.handlers(),
            **self.adapters.handlers(),
            **self.hub.handlers(),
            **self.downloads.handlers(),
            **self._endpoint.handlers(),
            **self.batch.handlers(),
            **self.library.handlers(),
            **self.model_work.handlers(),
            **self._insight.handlers(self._answer),
            **self._updates.handlers(),
            **self._branches.handlers(),
        }

    def update_conditions(self) -> None:
        """Enable the commands that make sense now."""
        window = self._window
        messages = window.page.transcript.messages()
        conditions = self.search.conditions() | self.composer.conditions() | self.parameters.conditions()
        conditions |= self.template.conditions() | self.downloads.conditions()
        if window.conversation is not None:
            conditions.add(Condition.CONVERSATION)
        if messages:
            conditions.add(Condition.MESSAGES)
        if self._own_message() is not None:
            conditions.add(Condition.OWN_MESSAGE)
        if self._answer() is not None:
            conditions.add(Condition.ANSWER)
        is_question = bool(messages) and messages[-1].role == Role.USER
        if (is_question or self._answer() is not None) and not window.chat.answering:
            conditions.add(Condition.IDLE_ANSWER)
        if messages and not window.chat.answering and _can_continue(messages[-1]):
            conditions.add(Condition.CONTINUABLE)
        if self._branching() is not None:
            conditions.add(Condition.SIBLINGS)
        if window.page.transcript.reading.is_active:
            conditions.add(Condition.READING)
        if window.model is not None:
            conditions.add(Condition.MODEL)
        if window.models.ways_are_open:
            conditions.add(Condition.REFUSED)
        if self.can_undo_delete and (self.just_deleted or window.sidebar.view.hasFocus()):
            conditions.add(Condition.DELETED)
        if window.sidebar.chosen() is not None:
            conditions.add(Condition.LISTED)
        conditions.add(Condition.LOCKED if window.care.locked else Condition.UNLOCKED)
        window.actions_by_id.set_conditions(conditions)

    # Conversations

    def new_conversation(self) -> None:
        """Show an empty conversation; what was typed stays with the present one."""
        self._leave()
        self._window.chat.new_conversation()
        self.focus_composer()

    def open_conversation(self, conversation_id: int) -> None:
        """Open a conversation of the list."""
        self._leave()
        self._window.chat.open_conversation(conversation_id)
        self._window.frame.close_floating()
        self.focus_composer()

    def _leave(self) -> None:
        """Report what belongs to the present conversation before another one is shown."""
        self._window.page.composer.begin_switch()
        self._window.page.transcript.report_place()
        self._window.panel.flush()

    def open_message(self, conversation_id: int, message_id: int) -> None:
        """Open a conversation at a message."""
        self._leave()
        self._window.chat.open_message(conversation_id, message_id)
        self._window.frame.close_floating()

    def _open_row(self, row: int) -> None:
        self._window.sidebar.open_number(row)

    def _step_conversation(self, step: int) -> None:
        self._window.sidebar.open_step(step)

    def _rename(self) -> None:
        self._window.frame.show_sidebar()
        self._window.sidebar.rename_chosen()

    def _undo_delete(self) -> None:
        self._window.toast.hide()
        if self.composer.undo():
            return
        self.just_deleted = False
        self.update_conditions()
        self._window.shelving.undo_delete()

    # Messages

    def escape(self) -> None:
        """Stop what runs, else close what is open, else go to the composer. Never discards text."""
        window = self._window
        if window.page.find_bar.field.hasFocus():
            window.page.find_bar.close_bar()
        elif window.chat.answering:
            window.chat.stop()
        elif window.transfer.importing:
            window.transfer.stop()
        elif window.loading:
            window.models.cancel_load()
        elif window.servers.asking:
            window.servers.stop()
        elif self._overlay is not None:
            self._overlay.close_overlay()
        elif window.frame.close_floating() or window.page.find_bar.close_bar():
            self.focus_composer()
        elif window.page.composer.editing:
            window.page.composer.cancel_edit()
        elif window.page.banner.isVisible():
            window.page.banner.close_banner()
        elif window.sidebar.place is not Place.CONVERSATIONS:
            window.sidebar.toggle_place(window.sidebar.place)
        else:
            if window.sidebar.filter.hasFocus():
                window.sidebar.filter.clear()
            self.focus_composer()

    def focus_composer(self) -> None:
        """Put the caret where one writes."""
        self._window.page.composer.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def edit_last(self) -> None:
        """Edit the own message under the caret, or the last one."""
        message = self._own_message()
        if message is not None:
            self._window.page.composer.begin_edit(message.id, message.content, message.files)

    def _copy_answer(self) -> None:
        answer = self._answer()
        if answer is not None:
            self._copy(self._window.page.transcript.text_of(answer.id), self.tr("Answer copied."))

    def _copy_code(self) -> None:
        transcript, answer = self._window.page.transcript, self._answer()
        code = transcript.reading.code_at_caret() or (last_code(transcript.text_of(answer.id)) if answer else "")
        if code:
            self._copy(code, self.tr("Code copied."))
        else:
            self._window.show_notice(Notice("info", self.tr("There is no code in this answer.")))

    def _copy(self, text: str, words: str) -> None:
        QGuiApplication.clipboard().setText(text)
        self._window.show_notice(Notice("info", words))

    def _delete_message(self) -> None:
        message = self.last_message(lambda _: True)
        if message is not None:
            self._window.shelving.delete_message(message.id)

    def _delete_branch(self) -> None:
        message = self._branching()
        if message is not None:
            self._window.shelving.delete_message(message.id)

    def _show_sibling(self, step: int) -> None:
        message = self._branching()
        if message is not None:
            self._window.chat.show_sibling(message.id, step)

    def _own_message(self) -> Message | None:
        return self.last_message(lambda message: message.role == Role.USER)

    def _answer(self) -> Message | None:
        return self.last_message(lambda message: message.role == Role.ASSISTANT)

    def _branching(self) -> Message | None:
        return self.last_message(lambda message: message.siblings > 1)

    def last_message(self, fits: Callable[[Message], bool]) -> Message | None:
        """Return the message under the caret when it fits, else the last one that does."""
        at_caret = self._window.page.transcript.message_at_caret()
        if at_caret is not None and fits(at_caret):
            return at_caret
        return next((message for message in reversed(self._window.page.transcript.messages()) if fits(message)), None)

    # Model, view, help

    def open_model(self) -> None:
        """Ask for a model file."""
        window = self._window
        words = self.tr("Models (*.gguf);;All files (*)")
        ask_file(window, self.tr("Open a model"), words, window.models.open_file)

    @cached_property
    def _personas(self) -> "PersonaCommands":
        # Made when they are asked for, as few starts need them.
        from desktopchat.ui.persona_commands import PersonaCommands

        return PersonaCommands(self._window, self)

    def _choose_persona(self) -> None:
        self._personas.choose()

    def _import_persona(self) -> None:
        self._personas.ask_card()

    @cached_property
    def _explain(self) -> "ExplainCommands":
        from desktopchat.ui.explain.commands import ExplainCommands

        return ExplainCommands(self._window, self)

    def _explain_answer(self) -> None:
        if (answer := self._answer()) is not None:
            self._explain.show(answer)

    def _show_prompt(self) -> None:
        if (answer := self._answer()) is not None:
            self._explain.show_prompt(answer)

    def _quit(self) -> None:
        self._window.window().close()

    def _toggle_sidebar(self) -> None:
        if not self._window.frame.toggle_sidebar():
            self.focus_composer()

    def _toggle_panel(self) -> None:
        if self._window.frame.toggle_panel():
            self._window.panel.focus_first()
        else:
            self.focus_composer()

    def _next_theme(self) -> None:
        mode = self._window.theme.next_mode()
        names = {
            "system": self.tr("The theme follows the system."),
            "light": self.tr("Light theme."),
            "dark": self.tr("Dark theme."),
            "contrast": self.tr("High contrast."),
        }
        self._window.show_notice(Notice("info", names[mode]))
        self._window.theme_chosen.emit(mode)

    def _next_density(self) -> None:
        density = self._window.theme.next_density()
        words = self.tr("Compact.") if density == "compact" else self.tr("Comfortable.")
        self._window.show_notice(Notice("info", words))
        self._window.density_chosen.emit(density)

    def show_keys(self) -> None:
        """Show every key, or close them again."""
        from desktopchat.ui.key_help import KeyHelp

        if isinstance(self._overlay, KeyHelp):
            self._overlay.close_overlay()
        else:
            self.open_overlay(KeyHelp(self._window.keys.keymap, self._window))

    def _show_reference(self) -> None:
        from desktopchat.ui.key_reference import KeyReference

        self.open_overlay(KeyReference(self._window.keys.keymap, self._window.theme, self._window))

    def _change_keys(self) -> None:
        from desktopchat.ui.key_dialog import KeyDialog

        self.open_overlay(KeyDialog(self._window.keys, self._window))

    def _show_memory(self) -> None:
        models = self._window.models
        if models.plan is None:
            words = self.tr("No model was loaded yet, so there is nothing to tell of its memory.")
            self._window.show_notice(Notice("warning", words, "", "model.open"))
            return
        from desktopchat.ui.memory_card import MemoryCard

        took = models.loaded.took if models.loaded else ()
        self.open_overlay(MemoryCard(models.name, models.plan, took, self._window))

    def _show_about(self) -> None:
        text = self.tr(
            "Version {version}\n\nA chat with models that run on this computer. "
            "Nothing leaves it unless you ask.\n\nApache License 2.0"
        )
        self.open_overlay(TextCard("desktopchat", text.format(version=self._window.version), self._window))

    def ask_link(self, address: str) -> None:
        """Ask before a link of an answer is opened in the browser."""
        self.open_overlay(LinkQuestion(address, self._window))

    @property
    def overlay(self) -> Overlay | None:
        """The card that is open."""
        return self._overlay

    def open_overlay(self, overlay: Overlay) -> None:
        """Show a card in place of the one that is open."""
        if self._overlay is not None:
            self._overlay.close_overlay()
        self._overlay = overlay
        overlay.closed.connect(self._on_overlay_closed)
        overlay.open()

    def close_overlay(self) -> None:
        """Close the card that is open."""
        if self._overlay is not None:
            self._overlay.close_overlay()

    def _on_overlay_closed(self) -> None:
        overlay, self._overlay = self._overlay, None
        if overlay is not None and not overlay.gave_back:
            self.focus_composer()


def _can_continue(message: Message) -> bool:
    if message.role != Role.ASSISTANT or message.state == MessageState.STREAMING:
        return False
    cut = message.finish_reason in (FinishReason.LENGTH, FinishReason.CANCELLED)
    return cut or message.state in (MessageState.INTERRUPTED, MessageState.FAILED)
