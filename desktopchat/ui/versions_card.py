"""The card with the versions of a message beside each other."""

from collections.abc import Sequence

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QHBoxLayout, QWidget

from desktopchat.controllers.branches import BranchController
from desktopchat.core.chat import Message
from desktopchat.ui.answer_column import AnswerColumn
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.words import MessageWords
from desktopchat.ui.wide_card import WideCard

_SIZE = (1500, 860)
_COLUMN = 300  # pixels that a column needs at least
_MOST = 4
Key = Qt.Key


class VersionsCard(WideCard):
    """Left and Right go from one version to the next, Enter shows the branch of the chosen one.

    Args:
        ids: The versions, in order of creation.
        chosen: One of them.

    Attributes:
        open_wanted: Id of a message whose branch is to be shown.
        back_wanted: One wants to go back to where one came from.
        link_chosen: Address.
    """

    open_wanted = Signal(int)
    back_wanted = Signal()
    link_chosen = Signal(str)

    def __init__(
        self, branches: BranchController, ids: Sequence[int], chosen: int, theme: Theme, parent: QWidget
    ) -> None:
        super().__init__(self.tr("Versions side by side"), theme, _SIZE, parent)
        self._branches = branches
        self._ids = tuple(ids)
        self._chosen = self._ids.index(chosen)
        self._words = MessageWords({}, self)
        self._cover()
        count = min(_MOST, len(self._ids), max(2, self.card.width() // theme.px(_COLUMN)))
        self._first = max(0, min(self._chosen - count // 2, len(self._ids) - count))
        self._count = self.label()
        row = QHBoxLayout()
        row.setSpacing(theme.px(12))
        self.columns = [AnswerColumn(theme, self.card) for _ in range(count)]
        for column in self.columns:
            row.addWidget(column, 1)
            column.link_chosen.connect(self.link_chosen)
        self.column.addWidget(self._count)
        self.column.addLayout(row, 1)
        keys = (
            self.tr("Left and Right go to the next version"),
            self.tr("Up and Down scroll"),
            self.tr("Enter shows its branch"),
            self.tr("Esc goes back"),
        )
        self.column.addWidget(self.label(" · ".join(keys)))
        self.watch(*(column.page for column in self.columns))
        self.setFocusProxy(self.columns[self._chosen - self._first].page)
        self._read()

    @property
    def chosen(self) -> int:
        """Id of the chosen version."""
        return self._ids[self._chosen]

    def take_key(self, event: QKeyEvent, *, try_only: bool = False) -> bool:
        """Take the keys of the card."""
        if event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            return False
        key = event.key()
        steps = {Key.Key_Left: -1, Key.Key_Right: 1}
        if key not in (*steps, Key.Key_Return, Key.Key_Enter, Key.Key_Escape):
            return False
        if not try_only:
            if key in steps:
                self._step(steps[Key(key)])
            elif key == Key.Key_Escape:
                self.back_wanted.emit()
            else:
                chosen = self.chosen
                self.close_overlay()
                self.open_wanted.emit(chosen)
        return True

    def _step(self, step: int) -> None:
        self._chosen = max(0, min(len(self._ids) - 1, self._chosen + step))
        first = max(self._chosen - len(self.columns) + 1, min(self._first, self._chosen))
        if first != self._first:
            self._first = first
            self._read()
        else:
            self._show_choice()
        self.columns[self._chosen - self._first].page.setFocus(Qt.FocusReason.OtherFocusReason)

    def _read(self) -> None:
        shown = self._ids[self._first : self._first + len(self.columns)]
        self._branches.read_messages(shown, self.while_open(self._on_messages_read))

    def _on_messages_read(self, messages: tuple[Message, ...]) -> None:
        shown = self._ids[self._first : self._first + len(self.columns)]
        by_id = {message.id: message for message in messages}
        if set(by_id) - set(shown):
            return  # those of another place, which has been left meanwhile
        for column, number in zip(self.columns, shown, strict=False):
            message = by_id.get(number)
            if message is not None:
                column.set_title(self._words.who(message), self._words.header(message))
                column.show_message(message)
            else:
                column.set_title(self.tr("Deleted"), "")
        self._show_choice()

    def _show_choice(self) -> None:
        for place, column in enumerate(self.columns, self._first):
            column.set_chosen(place == self._chosen)
        words = self.tr("Version {number} of {count} is chosen")
        self._count.setText(words.format(number=f"{self._chosen + 1:,}", count=f"{len(self._ids):,}"))
