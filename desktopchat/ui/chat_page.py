"""The column in the middle: title, progress, transcript or empty state, banner, composer."""

from PySide6.QtCore import QEvent, QObject, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QPushButton, QStackedWidget, QVBoxLayout, QWidget

from desktopchat.core.address import Place
from desktopchat.ui.banner import Banner
from desktopchat.ui.composer.composer import Composer
from desktopchat.ui.composer.field import SendKey
from desktopchat.ui.empty_state import EmptyState
from desktopchat.ui.find_bar import FindBar
from desktopchat.ui.place_badge import PlaceBadge
from desktopchat.ui.progress_strip import ProgressStrip
from desktopchat.ui.theme import COLUMN_WIDTH, Theme
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.transcript.runner import Runner
from desktopchat.ui.transcript.view import TranscriptView

# The composer grows to this part of the page's height.
_COMPOSER_SHARE = 0.4


class ChatPage(QWidget):
    """Holds the parts of one conversation and keeps them in one column of at most 760 pixels."""

    def __init__(
        self,
        theme: Theme,
        keys: dict[str, str],
        send_key: SendKey,
        parent: QWidget | None = None,
        runner: Runner | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("page")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._theme = theme
        self._keys = keys
        self.transcript = TranscriptView(theme, keys, self, runner)
        self.empty_state = EmptyState(keys, self)
        self.composer = Composer(theme, keys, send_key, self)
        self.banner = Banner(keys, self)
        self.progress = ProgressStrip(self)
        self.find_bar = FindBar(self.transcript.finder, theme, keys, self)
        self._full_title = ""
        self._title = QLabel(self)
        self._title.setObjectName("title")
        self._subtitle = QLabel(self)
        self._subtitle.setObjectName("subtitle")
        for label in (self._title, self._subtitle):
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setMinimumWidth(1)
        self.new_text = QPushButton(self)
        self.new_text.setObjectName("new_text")
        self.new_text.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.new_text.hide()
        self._keys = keys
        self.reading_hint = QLabel(self)
        self.reading_hint.setObjectName("reading_hint")
        self.reading_hint.hide()

        bar = QWidget(self)
        bar.setObjectName("title_bar")
        bar.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self._title_row = title_row = QHBoxLayout(bar)
        title_row.setSpacing(10)
        self._badge = PlaceBadge(bar)
        title_row.addWidget(self._title)
        title_row.addWidget(self._subtitle, 1)
        title_row.addWidget(self._badge)

        self._stack = QStackedWidget(self)
        self._stack.addWidget(self.transcript)
        self._empty_holder = QWidget(self._stack)
        self._empty_row = QHBoxLayout(self._empty_holder)
        self._empty_row.addWidget(self.empty_state)
        self._stack.addWidget(self._empty_holder)
        self._stack.installEventFilter(self)

        self._foot = QVBoxLayout()
        self._foot.setSpacing(10)
        self._foot.addWidget(self.banner)
        self._foot.addWidget(self.composer)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(bar)
        column.addWidget(self.progress)
        column.addWidget(self.find_bar)
        column.addWidget(self._stack, 1)
        column.addLayout(self._foot)
        self.show_keys()
        self.new_text.clicked.connect(self.transcript.scroll_to_end)
        self.transcript.new_text_hidden.connect(self._on_transcript_new_text_hidden)
        self.transcript.caret_message_changed.connect(self._on_transcript_caret_message_changed)

    def set_title(self, title: str, subtitle: str) -> None:
        """Name the conversation and the model that answers."""
        self._full_title = visible(title)
        self._subtitle.setText(visible(subtitle))
        self._elide_title()

    def show_place(self, place: Place) -> None:
        """Say where the model answers, above what was said and where it is written."""
        self._badge.show_place(place)
        self.composer.badge.show_place(place)
        self.empty_state.show_place(place)

    def _elide_title(self) -> None:
        room = max(80, self.width() * 6 // 10)
        self._title.setText(self._title.fontMetrics().elidedText(self._full_title, Qt.TextElideMode.ElideRight, room))

    def show_keys(self) -> None:
        """Name the keys of now."""
        self.new_text.setText(self.tr("↓ new text  {key}").format(key=self._keys["view.latest"]).rstrip())
        self.empty_state.show_keys()
        self.banner.show_keys()
        self.composer.show_keys()

    def show_empty(self, empty: bool) -> None:
        """Show the empty state in place of the transcript."""
        self._stack.setCurrentWidget(self._empty_holder if empty else self.transcript)

    @property
    def shows_empty(self) -> bool:
        """Whether the empty state is shown."""
        return self._stack.currentWidget() is self._empty_holder

    def _on_transcript_new_text_hidden(self, hidden: bool) -> None:
        if hidden != self.new_text.isVisibleTo(self):  # it is told with each piece of an answer
            self.new_text.setVisible(hidden)
            self._place_hint()

    def _on_transcript_caret_message_changed(self) -> None:
        active = self.transcript.reading.is_active
        if active and not self.reading_hint.isVisible():
            keys = self._keys
            words = self.tr("{down} {up} message · {next} {previous} block · {leave} back to writing")
            self.reading_hint.setText(
                words.format(
                    down=keys.get("text.next_message", ""),
                    up=keys.get("text.previous_message", ""),
                    next=keys.get("text.next_block", ""),
                    previous=keys.get("text.previous_block", ""),
                    leave=keys.get("view.focus_composer", ""),
                )
            )
        self.reading_hint.setVisible(active)
        self._place_hint()

    def _place_hint(self) -> None:
        self.new_text.adjustSize()
        area = self._stack.geometry()
        self.new_text.move(area.center().x() - self.new_text.width() // 2, area.bottom() - self.new_text.height() - 8)
        self.new_text.raise_()
        self.reading_hint.adjustSize()
        self.reading_hint.move(
            area.right() - self.reading_hint.width() - 20, area.bottom() - self.reading_hint.height() - 8
        )
        self.reading_hint.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """See to events of a part."""
        if event.type() == QEvent.Type.Resize:
            self._place_hint()
        return super().eventFilter(watched, event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the parts in place."""
        super().resizeEvent(event)
        self.place_column()
        self._elide_title()

    def place_column(self) -> None:
        """Centre the column for the present width and zoom."""
        side = max(self._theme.px(16), (self.width() - self._theme.px(COLUMN_WIDTH)) // 2)
        self.find_bar.place_column()
        self._foot.setContentsMargins(side, self._theme.gap(8), side, self._theme.gap(12))
        self._empty_row.setContentsMargins(side, 0, side, 0)
        self._title_row.setContentsMargins(24, self._theme.gap(10), 24, self._theme.gap(10))
        self.composer.field.set_most_height(round(self.height() * _COMPOSER_SHARE))
