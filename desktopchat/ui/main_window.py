"""The window: puts the parts together and connects them with the controllers."""

from functools import partial
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent, QKeyEvent, QResizeEvent
from PySide6.QtWidgets import QApplication, QMenuBar, QVBoxLayout, QWidget

from desktopchat.commands.command import Scope
from desktopchat.commands.keymap import Keymap
from desktopchat.commands.keys import is_typed
from desktopchat.controllers.models import LoadedModel
from desktopchat.controllers.reading import OpenConversation
from desktopchat.controllers.words import said
from desktopchat.core.address import Place
from desktopchat.core.chat import Conversation, Message
from desktopchat.core.load_plan import LoadPlan
from desktopchat.core.memory_words import size_text
from desktopchat.core.model_size import Suggestion
from desktopchat.core.notice import Notice
from desktopchat.ui.actions import Actions, KeyTexts, key_hint
from desktopchat.ui.announcer import Announcer, announce
from desktopchat.ui.banner import Toast
from desktopchat.ui.chat_page import ChatPage
from desktopchat.ui.composer.field import SendKey, local_files
from desktopchat.ui.controllers import Controllers
from desktopchat.ui.conversation_list import ConversationList
from desktopchat.ui.memory_card import plan_words
from desktopchat.ui.parameter_panel import ParameterPanel
from desktopchat.ui.side_frame import SideFrame
from desktopchat.ui.size_words import size_notice
from desktopchat.ui.status_bar import StatusLine
from desktopchat.ui.style import style_sheet
from desktopchat.ui.theme import Theme, palette_of
from desktopchat.ui.transcript.runner import Runner
from desktopchat.ui.typing_redirect import TypingRedirect
from desktopchat.ui.window_commands import WindowCommands


class MainWindow(QWidget):
    """One window on one conversation, which fills a `Shell`. It holds no state of its own but what it shows.

    Args:
        send_key: Which key sends.
        version: Shown in the about card.
        drawing: Draws formulas and readies the colours of code, away from the window.
    """

    theme_chosen = Signal(str)
    density_chosen = Signal(str)
    ask_requested = Signal()

    def __init__(
        self,
        controllers: Controllers,
        theme: Theme,
        *,
        send_key: SendKey = "enter",
        version: str = "",
        drawing: Runner | None = None,
        parent: QWidget | None = None,
    ) -> None:
        # Before its parts are made: those under a style sheet hear of another font only once they have been shown.
        QApplication.setPalette(palette_of(theme.tokens))
        QApplication.setFont(theme.font(14))
        super().__init__(parent)
        self.setObjectName("main_window")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAcceptDrops(True)
        self.setMinimumSize(420, 360)
        self.resize(1180, 780)
        self.chat = controllers.chat
        self.models = controllers.models
        self.shelving = controllers.shelving
        self.search = controllers.search
        self.care = controllers.care
        self.transfer = controllers.transfer
        self.writing = controllers.writing
        self.keys = controllers.keys
        self.finder = controllers.finder
        self.parameters = controllers.parameters
        self.servers = controllers.servers
        self.backends = controllers.backends
        self.adapters = controllers.adapters
        self.hub = controllers.hub
        self.downloads = controllers.downloads
        self.endpoint = controllers.endpoint
        self.fits = controllers.fits
        self.library = controllers.library
        self.model_work = controllers.model_work
        self.insight = controllers.insight
        self.updates = controllers.updates
        self.branching = controllers.branching
        self.theme = theme
        self.version = version
        self.conversation: Conversation | None = None
        self.model: LoadedModel | None = None
        self.loading = ""
        self.key_texts = texts = KeyTexts(self.keys.keymap)

        self.page = ChatPage(theme, texts, send_key, runner=drawing)
        if drawing is not None:
            self.page.composer.chips.runner = drawing
        self.sidebar = ConversationList(controllers.conversations, self.search, theme, texts)
        self.panel = ParameterPanel()
        self.frame = SideFrame(self.sidebar, self.page, self.panel, theme)
        self.status = StatusLine(texts)
        self.menu_bar = QMenuBar(self)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.setMenuBar(self.menu_bar)
        column.addWidget(self.frame, 1)
        column.addWidget(self.status)
        self.toast = Toast(texts, self, self.page.composer)

        self._announcer = Announcer(partial(announce, self.page.transcript), self)
        self.commands = WindowCommands(self)
        self.actions_by_id = Actions(
            self,
            self.commands.handlers(),
            {
                Scope.LIST: self.sidebar.view,
                Scope.SEARCH: self.sidebar.filter,
                Scope.QUEUE: self.page.composer.queue.list,
                Scope.FILES: self.page.composer.chips,
                Scope.TRANSCRIPT: self.page.transcript,
                Scope.FIND: self.page.find_bar.field,
            },
            self.keys.keymap,
        )
        self.actions_by_id.fill(self.menu_bar)
        self._reserve_keys(self.keys.keymap)
        self._redirect = TypingRedirect(self)
        # The window itself gets the keys that a button or another part has no use for.
        composer = self.page.composer
        readers = (self, self.page.transcript, self.sidebar.view, composer.queue.list, composer.chips)
        for widget in (*readers, *self.panel.fields):
            widget.installEventFilter(self._redirect)

        self._connect_parts()
        self._connect_controllers()
        self._apply_theme()
        self._show_title()
        self.page.show_empty(True)
        self.commands.update_conditions()
        self.page.composer.setFocus()

    # Wiring

    def _connect_parts(self) -> None:
        page = self.page
        self.commands.composer.connect_parts()
        page.composer.edit_sent.connect(self.chat.edit)
        page.composer.draft_changed.connect(self.chat.save_draft)
        page.composer.edit_requested.connect(self.commands.edit_last)
        page.composer.starter_requested.connect(self._on_starter_chosen)
        page.composer.scroll_requested.connect(self._on_composer_scroll_requested)
        page.empty_state.starter_chosen.connect(self._on_starter_chosen)
        page.empty_state.open_requested.connect(self.commands.open_model)
        page.empty_state.find_requested.connect(self.commands.hub.find)
        page.banner.command_chosen.connect(self._on_banner_command_chosen)
        page.banner.closed.connect(self.commands.focus_composer)
        page.find_bar.focus_left.connect(self.commands.focus_composer)
        page.transcript.link_chosen.connect(self.commands.ask_link)
        page.transcript.place_changed.connect(self.chat.save_scroll)
        page.transcript.caret_message_changed.connect(self.commands.update_conditions)
        self.sidebar.conversation_chosen.connect(self.commands.open_conversation)
        self.sidebar.restore_chosen.connect(self.shelving.restore)
        self.sidebar.results.hit_chosen.connect(self.commands.search.open_hit)
        self.sidebar.results.current_changed.connect(self.commands.update_conditions)
        self.sidebar.new_requested.connect(self.commands.new_conversation)
        self.panel.sampling_chosen.connect(self.chat.set_sampling)
        self.panel.system_prompt_chosen.connect(self.chat.set_system_prompt)
        self._redirect.typed.connect(page.composer.insert_typed)
        self._redirect.paste_requested.connect(self._on_redirect_paste_requested)
        self._redirect.help_requested.connect(self.commands.show_keys)
        self.theme.changed.connect(self._apply_theme)
        self.keys.changed.connect(self._on_keys_changed)
        self.keys.noticed.connect(self.show_notice)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_app_focus_changed)

    def _connect_controllers(self) -> None:
        chat, models = self.chat, self.models
        chat.leaving.connect(self.page.composer.leave)
        chat.conversation_opened.connect(self._on_chat_conversation_opened)
        chat.path_changed.connect(self._on_chat_path_changed)
        chat.conversation_changed.connect(self._on_chat_conversation_changed)
        chat.sent.connect(self._on_chat_sent)
        chat.send_refused.connect(self._on_chat_send_refused)
        chat.message_added.connect(self._on_chat_message_added)
        chat.message_changed.connect(self._on_chat_message_changed)
        chat.leaving.connect(self._announcer.leave)
        chat.text_received.connect(self._on_chat_text_received)
        chat.answering_changed.connect(self._announcer.set_answering)
        chat.prompt_progressed.connect(self._on_chat_prompt_progressed)
        chat.answering_changed.connect(self._on_chat_answering_changed)
        chat.sampling_changed.connect(self.panel.set_sampling)
        chat.system_prompt_changed.connect(self.panel.set_system_prompt)
        chat.context_changed.connect(self.status.set_context)
        chat.parts_counted.connect(self.panel.context_parts.show_parts)
        chat.parts_counted.connect(self.page.composer.show_parts)
        chat.noticed.connect(self.show_notice)
        chat.older_read.connect(self.page.transcript.prepend_older)
        self.search.noticed.connect(self.show_notice)
        self.shelving.noticed.connect(self.show_notice)
        self.shelving.undo_changed.connect(self._on_shelving_undo_changed)
        self.care.noticed.connect(self.show_notice)
        self.transfer.noticed.connect(self.show_notice)
        self.care.locked_changed.connect(self.commands.update_conditions)
        models.load_started.connect(self._on_models_load_started)
        models.load_planned.connect(self._on_models_load_planned)
        models.load_progressed.connect(self._on_models_load_progressed)
        models.model_loaded.connect(self._on_models_model_loaded)
        models.adapted.connect(self._on_models_adapted)
        models.load_failed.connect(self._on_models_load_failed)
        models.unloaded.connect(self._on_models_unloaded)

    def _on_keys_changed(self, keymap: Keymap) -> None:
        self.key_texts.follow(keymap)
        self.actions_by_id.set_keymap(keymap)
        self._reserve_keys(keymap)
        self.page.show_keys()
        self.page.transcript.retheme()
        self.sidebar.show_keys()
        self.status.show_keys()

    def _reserve_keys(self, keymap: Keymap) -> None:
        """Leave the keys of the window to it, but no letter."""
        keys = {key for command in keymap.commands if command.scope == Scope.WINDOW for key in command.keys}
        self.page.composer.field.reserve_keys({key for key in keys if not is_typed(key)})

    # What the composition root calls

    def layout_state(self) -> dict[str, Any]:
        """Return widths, visibility and zoom, as JSON can hold them."""
        return {
            "widths": self.frame.widths(),
            "sidebar": self.frame.sidebar_wanted,
            "parameters": self.frame.panel_wanted,
            "unfolded": self.panel.unfolded,
            "zoom": self.theme.zoom,
        }

    def restore_layout(self, state: dict[str, Any]) -> None:
        """Take what `layout_state` returned; missing values keep their defaults."""
        if (zoom := state.get("zoom", 1.0)) != self.theme.zoom:
            self.theme.set_zoom(zoom)
        self.frame.restore(
            state.get("widths", self.frame.widths()),
            sidebar=state.get("sidebar", True),
            panel=state.get("parameters", True),
        )
        self.panel.set_unfolded(state.get("unfolded", False))

    def flush(self) -> None:
        """Report the draft and the system prompt that are not stored yet."""
        self.page.composer.flush_draft()
        self.page.transcript.report_place()
        self.panel.flush()

    def show_notice(self, notice: Notice) -> None:
        """Show a toast, or a banner when it is more than information."""
        if notice.command == "conversation.undo_delete":
            self.commands.can_undo_delete = self.commands.just_deleted = True
            self.commands.composer.forget_undo()
            self.commands.update_conditions()
        announce(self, said(notice.sentence))
        if notice.level == "info":
            self.toast.show_notice(notice)
        else:
            self.page.banner.show_notice(notice)

    def show_suggestion(self, suggestion: Suggestion) -> None:
        """Say what size of model this computer holds."""
        self.show_notice(size_notice(suggestion, self.key_texts["model.open"]))

    # Chat

    def _on_chat_conversation_opened(self, opened: OpenConversation) -> None:
        self.conversation = opened.conversation
        self.page.transcript.show_messages(opened.messages)
        if opened.found_id is None:
            self.page.transcript.go_to_place(opened.conversation.scroll if opened.conversation else None)
        self.page.composer.open_draft(opened.draft, opened.files)
        self.commands.composer.forget_undo()
        self.sidebar.set_open(opened.conversation.id if opened.conversation else None)
        self.page.show_empty(not opened.messages)
        self.status.set_answer(None)
        self.status.set_saved(bool(opened.messages) and not self.chat.answering)
        self._show_title()
        self.commands.update_conditions()
        if opened.found_id is not None:
            self.page.transcript.show_found(opened.found_id)

    def _on_chat_path_changed(self, messages: tuple[Message, ...]) -> None:
        self.page.transcript.show_messages(messages)
        self.page.show_empty(not messages)
        self.commands.update_conditions()

    def _on_chat_conversation_changed(self, conversation: Conversation) -> None:
        self.conversation = conversation
        self.sidebar.set_open(conversation.id)
        self._show_title()
        self.commands.update_conditions()

    def _on_chat_sent(self) -> None:
        self.page.composer.confirm_sent()
        self.page.banner.settle()

    def _on_chat_send_refused(self, notice: Notice) -> None:
        self.page.composer.refuse_sent()
        self.show_notice(notice)

    def _on_chat_message_added(self, message: Message) -> None:
        self.page.show_empty(False)
        self.page.transcript.append_message(message)
        self.commands.update_conditions()

    def _on_chat_text_received(self, message_id: int, text: str, reasoning: str = "") -> None:
        self.page.transcript.append_text(message_id, text, reasoning)
        if self.page.transcript.text_of(message_id):  # else it is asked elsewhere, and read there
            self._announcer.take(message_id, text)

    def _on_chat_message_changed(self, message: Message) -> None:
        self.page.transcript.replace(message)
        self.status.set_answer(message)
        self.commands.update_conditions()

    def _on_chat_prompt_progressed(self, done: int, total: int) -> None:
        if total == 0 or done >= total:
            self.page.progress.hide()
            return
        words = self.tr("Reading the prompt · {done} of {total} tokens")
        self._show_progress(words.format(done=f"{done:,}", total=f"{total:,}"), done / total)

    def _show_progress(self, words: str, fraction: float) -> None:
        stop = key_hint(self.key_texts, ("message.stop", self.tr("{key} stops")))
        self.page.progress.set_progress(" · ".join(filter(None, (words, stop))), fraction)

    def _on_chat_answering_changed(self, answering: bool) -> None:
        self.status.set_saved(not answering)
        if not answering and not self.loading:
            self.page.progress.hide()
        self.commands.update_conditions()

    def _on_shelving_undo_changed(self, possible: bool) -> None:
        self.commands.can_undo_delete = possible
        self.commands.just_deleted = self.commands.just_deleted and possible
        self.commands.update_conditions()

    # Model

    def _on_models_load_started(self, name: str) -> None:
        self.loading = name
        self.page.banner.settle()
        self._on_models_load_progressed(0.0)

    def _on_models_load_planned(self, _plan: LoadPlan) -> None:
        self._on_models_load_progressed(0.0)

    def _on_models_load_progressed(self, fraction: float) -> None:
        words = self.tr("Loading {name} · {percent} %").format(name=self.loading, percent=round(100 * fraction))
        plan = self.models.plan
        self._show_progress(f"{words} · {plan_words(plan)}" if plan else words, fraction)

    def _on_models_model_loaded(self, model: LoadedModel) -> None:
        self.model = model
        self._end_load()
        self.page.banner.settle()
        for warning in model.warnings:
            self.show_notice(Notice("warning", warning))

    def _on_models_load_failed(self, notice: Notice) -> None:
        self._end_load()
        self.show_notice(notice)

    def _on_models_unloaded(self) -> None:
        self.model = None
        self._end_load()

    def _on_models_adapted(self, model: LoadedModel) -> None:
        self.model = model
        self._show_model()

    def _end_load(self) -> None:
        self.loading = ""
        self.page.progress.hide()
        self._show_model()
        self.commands.update_conditions()

    def _show_model(self) -> None:
        name, device = (self.model.full_name, said(self.model.device)) if self.model else ("", "")
        place = self.model.place if self.model else Place.HERE
        short = self.model.name if self.model else ""
        self.page.empty_state.set_model(short, device, is_starter=bool(self.model and self.model.is_starter))
        took = sum(part.total for part in self.model.took) if self.model else 0
        self.page.show_place(place)
        self.status.set_model(name, device, size_text(took) if took else "")
        self._show_title()

    def show_asking(self, words: str) -> None:
        """Say that a server is being asked; empty words that none is."""
        if words:
            self._show_progress(words, 0.0)
        elif not self.loading:
            self.page.progress.hide()

    # Parts

    def _on_starter_chosen(self, number: int) -> None:
        if self.page.shows_empty and self.model is not None:
            self.page.composer.insert_typed(self.page.empty_state.starter(number))

    def _on_composer_scroll_requested(self, event: QKeyEvent) -> None:
        self.page.transcript.keyPressEvent(event)

    def _on_banner_command_chosen(self, command_id: str) -> None:
        self.actions_by_id[command_id].trigger()

    def _on_redirect_paste_requested(self) -> None:
        self.page.composer.paste()

    def _on_app_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        self.page.composer.show_focus(now is self.page.composer.field)
        self.page.transcript.viewport().update()
        self.commands.update_conditions()

    def _show_title(self) -> None:
        title = (
            self.conversation.title if self.conversation and self.conversation.title else self.tr("New conversation")
        )
        self.setWindowTitle(title)
        self.page.set_title(title, self.model.full_name if self.model else self.loading)

    def _apply_theme(self) -> None:
        QApplication.setPalette(palette_of(self.theme.tokens))
        QApplication.setFont(self.theme.font(14))
        self.setStyleSheet(style_sheet(self.theme))
        self.page.transcript.retheme()
        self.page.place_column()
        self.sidebar.relayout()
        self.panel.relayout(self.theme)
        self.frame.place()

    # Qt's overrides

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the parts in place."""
        super().resizeEvent(event)
        self.toast.place()

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Take files."""
        if local_files(event.mimeData()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        """Open a model file, attach all others."""
        if paths := local_files(event.mimeData()):
            event.acceptProposedAction()
            self.commands.composer.take_files(paths)
