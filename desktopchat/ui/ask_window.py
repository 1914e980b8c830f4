"""The small window in which something is asked while another program is in front."""

from functools import partial

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QCursor, QGuiApplication, QHideEvent, QKeySequence, QShortcut
from PySide6.QtWidgets import QApplication, QFrame, QHBoxLayout, QLabel, QPushButton, QVBoxLayout, QWidget

from desktopchat.commands.keymap import Keymap
from desktopchat.commands.keys import is_typed
from desktopchat.controllers.keys import KeyController
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.quick_ask import QuickAsk
from desktopchat.core.address import Place
from desktopchat.core.chat import Message, Role
from desktopchat.core.notice import Notice
from desktopchat.ui.actions import KeyTexts, native_key
from desktopchat.ui.announcer import Announcer, announce
from desktopchat.ui.banner import Banner
from desktopchat.ui.composer.composer import DRAFT_DELAY_MS
from desktopchat.ui.composer.field import MessageField
from desktopchat.ui.link_question import LinkQuestion
from desktopchat.ui.place_badge import place_words
from desktopchat.ui.style import style_sheet
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.transcript.runner import Runner
from desktopchat.ui.transcript.view import TranscriptView
from desktopchat.ui.typing_redirect import TypingRedirect

_WIDTH, _ANSWER_HEIGHT, _FIELD_HEIGHT = 640, 360, 160
# Keys that are the same whatever the person has chosen for the large window.
_HIDE, _OPEN, _STOP = "Esc", "Ctrl+Return", "Ctrl+."


class AskWindow(QWidget):
    """One field, and below it what was answered. It stays over other programs until Esc hides it.

    What has been answered and seen is put away when the window is called again: it stands in the large window's list.

    Args:
        drawing: Draws formulas and readies the colours of code, away from the window.

    Attributes:
        open_requested: The conversation, or None before the first question, is wanted in the large window.
        command_requested: Id of a command of the large window.
    """

    open_requested = Signal(object)
    command_requested = Signal(str)

    def __init__(
        self, quick: QuickAsk, models: ModelController, keys: KeyController, theme: Theme, drawing: Runner | None = None
    ) -> None:
        # A dialog floats where windows are tiled.
        super().__init__(None, Qt.WindowType.Dialog | Qt.WindowType.WindowStaysOnTopHint)
        self._quick = quick
        self._models = models
        self._theme = theme
        self._loading = ""
        self._question: LinkQuestion | None = None
        self._seen = True  # whether all that was answered has been seen
        self._key_texts = KeyTexts(keys.keymap)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAttribute(Qt.WidgetAttribute.WA_QuitOnClose, False)
        self.setWindowTitle(self.tr("Ask"))
        self.field = MessageField("enter", self)
        self.field.setPlaceholderText(self.tr("Ask something"))
        self.field.setAccessibleName(self.tr("Question"))
        # Of the keys that the page names, only this one works here.
        self._page_keys = {"message.fold": self._key_texts["message.fold"]}
        self.transcript = TranscriptView(theme, self._page_keys, self, drawing)
        self.transcript.setAccessibleName(self.tr("Question and answer"))
        self.transcript.setAccessibleDescription("")
        self.banner = Banner(self._key_texts, self)
        self.hint = QLabel(self)
        self.hint.setMinimumWidth(1)
        self._model = QLabel(self)
        for label in (self.hint, self._model):
            label.setObjectName("hint")
            label.setTextFormat(Qt.TextFormat.PlainText)
        self.open_button, self.new_button, self.stop_button = (QPushButton(self) for _ in range(3))
        self.stop_button.hide()
        self._lay_out()
        self._announcer = Announcer(partial(announce, self.transcript), self)
        self._delay = QTimer(self)
        self._delay.setSingleShot(True)
        self._delay.setInterval(DRAFT_DELAY_MS)
        self._delay.timeout.connect(self.flush)
        self._shortcuts = {
            "conversation.new": self._begin,
            "message.copy_answer": self._copy_answer,
            "message.fold": self._fold,
            "model.open": self._open_model,
            _HIDE: self._escape,
            _OPEN: self._open,
            _STOP: quick.stop,
        }
        self._keys = {name: QShortcut(self) for name in self._shortcuts}
        self._redirect = TypingRedirect(self)
        for widget in (self, self.transcript):
            widget.installEventFilter(self._redirect)
        self._connect(keys)
        self._on_keys_changed(keys.keymap)
        self._restyle()
        self._show_messages(())
        quick.start()

    def _lay_out(self) -> None:
        self._box = QFrame(self)
        self._box.setObjectName("composer_box")
        foot = QHBoxLayout()
        foot.addWidget(self.hint, 1)
        foot.addWidget(self._model)
        inside = QVBoxLayout(self._box)
        inside.setContentsMargins(14, 12, 14, 10)
        inside.setSpacing(6)
        inside.addWidget(self.field)
        inside.addLayout(foot)
        self._foot = QWidget(self)
        self._buttons = QHBoxLayout(self._foot)
        self._buttons.setSpacing(8)
        for button in (self.open_button, self.new_button, self.stop_button):
            button.setObjectName("quiet")
            self._buttons.addWidget(button)
        self._buttons.addStretch(1)
        self._top = QVBoxLayout()
        self._top.setSpacing(10)
        self._top.addWidget(self._box)
        self._top.addWidget(self.banner)
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._column.addLayout(self._top)
        self._column.addWidget(self.transcript, 1)
        self._column.addWidget(self._foot)

    def _connect(self, keys: KeyController) -> None:
        quick, field, models = self._quick, self.field, self._models
        field.send_requested.connect(self._on_field_send_requested)
        field.textChanged.connect(self._on_field_text_changed)
        field.scroll_requested.connect(self.transcript.keyPressEvent)
        for signal in (field.files_pasted, field.picture_pasted, field.long_text_pasted):
            signal.connect(self._on_field_much_pasted)
        self._redirect.typed.connect(self._on_redirect_typed)
        self._redirect.paste_requested.connect(self._on_redirect_paste_requested)
        self._redirect.help_requested.connect(self._on_redirect_help_requested)
        quick.draft_read.connect(self._on_quick_draft_read)
        quick.waiting_changed.connect(self._on_quick_waiting_changed)
        quick.asked.connect(self._on_quick_asked)
        quick.refused.connect(self._show_notice)
        quick.path_changed.connect(self._show_messages)
        quick.text_received.connect(self.transcript.append_text)
        quick.text_received.connect(self._announcer.take)
        quick.message_changed.connect(self.transcript.replace)
        quick.answering_changed.connect(self._announcer.set_answering)
        quick.answering_changed.connect(self._on_quick_answering_changed)
        models.load_started.connect(self._on_models_load_started)
        models.load_progressed.connect(self._on_models_load_progressed)
        models.model_loaded.connect(self._on_models_load_ended)
        models.unloaded.connect(self._on_models_load_ended)
        self.transcript.link_chosen.connect(self._on_transcript_link_chosen)
        self.banner.command_chosen.connect(self.command_requested)
        self.banner.closed.connect(self._on_banner_closed)
        self.open_button.clicked.connect(self._open)
        self.new_button.clicked.connect(self._begin)
        self.stop_button.clicked.connect(quick.stop)
        for name, handler in self._shortcuts.items():
            self._keys[name].activated.connect(handler)
        keys.changed.connect(self._on_keys_changed)
        app = QApplication.instance()
        assert isinstance(app, QApplication)
        app.focusChanged.connect(self._on_app_focus_changed)
        self._theme.changed.connect(self._restyle)

    def call(self) -> None:
        """Come to the front, ready for a question."""
        if not self.isVisible():
            if self._seen:
                self._quick.begin()
            self._place()
        self._show_hint()
        self.show()
        self.raise_()
        self.activateWindow()
        self._focus_field()

    def flush(self) -> None:
        """Keep what stands in the field."""
        self._delay.stop()
        self._quick.save_draft(self.field.text())

    def close_for_good(self) -> None:
        """Keep what is not asked yet, as the program ends."""
        self._quick.take_back()
        self.hide()
        self.flush()
        self.deleteLater()

    def _place(self) -> None:
        """Stand in the upper part of the screen that the person looks at."""
        screen = QGuiApplication.screenAt(QCursor.pos()) or QGuiApplication.primaryScreen()
        area = screen.availableGeometry()
        self._fit()
        self.move(area.topLeft() + QPoint((area.width() - self.width()) // 2, area.height() // 5))

    def _fit(self) -> None:
        """Be as small as what is shown allows."""
        # Else what has been hidden just now would still have its room.
        self._column.invalidate()
        self._column.activate()
        width = self._theme.px(_WIDTH)
        height = self._top.heightForWidth(width) if self._top.hasHeightForWidth() else self._top.sizeHint().height()
        if not self.transcript.isHidden():
            height += self._theme.px(_ANSWER_HEIGHT) + self._foot.sizeHint().height()
        self.resize(width, height)

    def _restyle(self) -> None:
        px, gap = self._theme.px, self._theme.gap
        self.setStyleSheet(style_sheet(self._theme))
        self._top.setContentsMargins(px(16), gap(16), px(16), gap(16))
        self._buttons.setContentsMargins(px(10), gap(6), px(16), gap(8))
        self.setMinimumWidth(px(_WIDTH) // 2)
        self.field.set_most_height(px(_FIELD_HEIGHT))
        self.transcript.setMinimumHeight(px(120))
        self.transcript.retheme()
        self._fit()

    def _show_messages(self, messages: tuple[Message, ...]) -> None:
        changed = bool(messages) == self.transcript.isHidden()
        self.transcript.show_messages(messages)
        for part in (self.transcript, self._foot):
            part.setVisible(bool(messages))
        if changed:
            self._fit()

    def _show_hint(self) -> None:
        if self._quick.waits:
            words = self.tr("Another answer is being written, yours is next · Enter takes the question back")
        elif self._loading and self._quick.answering:
            words = self._loading
        else:
            words = self.tr("Enter asks · Shift+Enter begins a line · Esc hides")
        self.hint.setText(words)
        place = self._models.loaded.place if self._models.loaded else Place.HERE
        self._model.setText(" · ".join(filter(None, (visible(self._models.name), place_words(place)))))

    def _focus_field(self) -> None:
        self.field.setFocus(Qt.FocusReason.ShortcutFocusReason)

    def _show_notice(self, notice: Notice) -> None:
        announce(self, f"{notice.cause} {notice.cure}".strip())
        self.banner.show_notice(notice)
        self._fit()

    # What the keys do

    def _escape(self) -> None:
        if self._question is not None:
            self._question.close_overlay()
        elif self.banner.isVisible():
            self.banner.close_banner()
        else:
            self.hide()

    def _open(self) -> None:
        conversation_id = self._quick.conversation_id
        self.hide()
        self._seen = True  # the answer is looked at over there
        self.open_requested.emit(conversation_id)

    def _begin(self) -> None:
        self._quick.begin()
        self._focus_field()

    def _copy_answer(self) -> None:
        answers = [message for message in self.transcript.messages() if message.role is Role.ASSISTANT]
        if answers:
            QGuiApplication.clipboard().setText(self.transcript.text_of(answers[-1].id))
            announce(self, self.tr("Answer copied."))

    def _fold(self) -> None:
        if (block := self.transcript.block_for_commands()) is not None:
            self.transcript.reading.toggle_fold(block)

    def _open_model(self) -> None:
        self.command_requested.emit("model.open")

    # Slots

    def _on_keys_changed(self, keymap: Keymap) -> None:
        self._key_texts.follow(keymap)
        fixed = {_HIDE: [_HIDE], _OPEN: [_OPEN, "Ctrl+Enter"], _STOP: [_STOP]}
        taken = {key for keys in fixed.values() for key in keys}
        reserved = set(taken)
        for name, shortcut in self._keys.items():
            keys = fixed.get(name) or [key for key in keymap[name].keys if key not in taken]
            shortcut.setKeys([QKeySequence(key) for key in keys])
            reserved |= {key for key in keys if not is_typed(key)}
        self.field.reserve_keys(reserved)
        self._page_keys["message.fold"] = self._key_texts["message.fold"]
        for button, words, key in (
            (self.open_button, self.tr("Open in the window"), native_key(_OPEN)),
            (self.new_button, self.tr("New question"), self._key_texts["conversation.new"]),
            (self.stop_button, self.tr("Stop"), native_key(_STOP)),
        ):
            button.setText(f"{words}  {key}".rstrip())
        self.transcript.retheme()

    def _on_field_send_requested(self) -> None:
        if self._quick.waits:
            self._quick.take_back()
        else:
            self._quick.ask(self.field.text())

    def _on_field_text_changed(self) -> None:
        self._delay.start()
        if self.transcript.isHidden():
            self._fit()

    def _on_app_focus_changed(self, _old: QWidget | None, now: QWidget | None) -> None:
        self._box.setProperty("focused", now is self.field)
        self._box.style().polish(self._box)
        self.transcript.viewport().update()

    def _on_field_much_pasted(self, _pasted: object) -> None:
        cure = self.tr("{key} opens the window, which takes it.").format(key=native_key(_OPEN))
        self._show_notice(Notice("warning", self.tr("This is too much for the small field."), cure))

    def _on_redirect_typed(self, text: str) -> None:
        self._focus_field()
        if not self.field.isReadOnly():
            self.field.insert_text(text)

    def _on_redirect_paste_requested(self) -> None:
        self._focus_field()
        if not self.field.isReadOnly():
            self.field.paste()

    def _on_redirect_help_requested(self) -> None:
        self._on_redirect_typed("?")

    def _on_quick_draft_read(self, text: str) -> None:
        if text and self.field.is_empty():
            self.field.set_text(text)

    def _on_quick_waiting_changed(self, waits: bool) -> None:
        self.field.setReadOnly(waits)
        self._show_hint()
        announce(self, self.hint.text())

    def _on_quick_asked(self, text: str) -> None:
        # What was typed since then stays.
        self.field.set_text(self.field.text().removeprefix(text))
        self.flush()
        self.banner.settle()

    def _on_quick_answering_changed(self, answering: bool) -> None:
        if not answering and self.stop_button.hasFocus():
            self._focus_field()
        self.stop_button.setVisible(answering)
        self._show_hint()

    def _on_banner_closed(self) -> None:
        self._fit()
        self._focus_field()

    def _on_models_load_started(self, _name: str) -> None:
        self._on_models_load_progressed(0.0)

    def _on_models_load_progressed(self, fraction: float) -> None:
        words = self.tr("Loading {name} · {percent} %")
        self._loading = words.format(name=visible(self._models.name), percent=round(100 * fraction))
        self._show_hint()

    def _on_models_load_ended(self, _model: object = None) -> None:
        self._loading = ""
        self._show_hint()

    def _on_transcript_link_chosen(self, address: str) -> None:
        self._question = LinkQuestion(address, self)
        self._question.closed.connect(self._on_question_closed)
        self._question.open()

    def _on_question_closed(self) -> None:
        self._question = None

    # Qt's overrides

    def hideEvent(self, event: QHideEvent) -> None:
        """Keep what is written, and remember whether there is something left to see."""
        super().hideEvent(event)
        self._seen = not self._quick.is_open
        self.flush()
