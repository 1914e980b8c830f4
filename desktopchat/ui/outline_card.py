"""The card with the tree of the conversation."""

from collections.abc import Callable

from PySide6.QtCore import QModelIndex, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QLineEdit, QListView, QWidget

from desktopchat.controllers.branches import OUTLINE_ROLE, BranchController
from desktopchat.core.chat import Message
from desktopchat.core.outline import OutlineRow
from desktopchat.ui.outline_row import OutlineRowDelegate
from desktopchat.ui.outline_words import OutlineWords
from desktopchat.ui.theme import Theme
from desktopchat.ui.wide_card import WideCard

_SIZE = (1080, 780)
_PREVIEW = 120  # ms that a message is chosen for before it is read
_MOST = 1_500  # characters of it that are shown
Key = Qt.Key


class OutlineCard(WideCard):
    """Up and Down choose a message, Left and Right fold; the line at the bottom says the other keys.

    Attributes:
        open_wanted: Id of a message whose branch is to be shown.
        compare_wanted: Ids of two messages.
        side_by_side_wanted, take_over_wanted, go_on_wanted: Id of a message.
    """

    open_wanted = Signal(int)
    compare_wanted = Signal(int, int)
    side_by_side_wanted = Signal(int)
    take_over_wanted = Signal(int)
    go_on_wanted = Signal(int)

    def __init__(
        self, branches: BranchController, theme: Theme, parent: QWidget, wanted: int | None, marked: int | None = None
    ) -> None:
        super().__init__(self.tr("Branches of this conversation"), theme, _SIZE, parent)
        self._branches = branches
        self._wanted = wanted  # the message that is to be chosen once the rows are there
        self._above = 0  # rows that are seen above the chosen one
        self._named: int | None = None  # the message that a name is typed for
        self._words = OutlineWords(self)
        self.list = QListView(self.card)
        self.list.setFrameShape(QFrame.Shape.NoFrame)
        self.list.setUniformItemSizes(True)
        self.list.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._rows = OutlineRowDelegate(theme, self._words, self.list)
        self._rows.marked_id = marked
        self.list.setItemDelegate(self._rows)
        self.list.setAccessibleName(self.accessibleName())
        self._preview = self.label(name="preview")
        self._preview.setAccessibleName(self.tr("The chosen message"))
        self._preview.setAlignment(Qt.AlignmentFlag.AlignTop)
        self._preview.setFixedHeight(self._preview.fontMetrics().lineSpacing() * 6)
        self._entry = QLineEdit(self.card)
        self._entry.setAccessibleName(self.tr("Name of the branch"))
        self._entry.setPlaceholderText(self.tr("What the branch that begins here is called; empty has no name"))
        self._entry.hide()
        self._said = self.label(name="note")
        self._said.hide()
        self._count, self._keys = self.label(), self.label()
        for widget in (self._count, self.list, self._preview, self._entry, self._said, self._keys):
            self.column.addWidget(widget, 1 if widget is self.list else 0)
        self.watch(self.list, self._entry)
        self.setFocusProxy(self.list)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(_PREVIEW)
        self._timer.timeout.connect(self._on_timer_timeout)
        branches.describe = self._describe
        self.list.setModel(branches)
        branches.modelAboutToBeReset.connect(self._on_branches_about_to_be_reset)
        branches.modelReset.connect(self._on_branches_reset)  # after the list has heard of it
        self.list.selectionModel().currentChanged.connect(self._on_list_current_changed)
        self.list.doubleClicked.connect(self._on_list_double_clicked)
        branches.open()
        self._say_keys()
        self._cover()

    @property
    def marked(self) -> int | None:
        """The message that has been marked."""
        return self._rows.marked_id

    def current(self) -> OutlineRow | None:
        """Return the chosen row."""
        index = self.list.currentIndex()
        return index.data(OUTLINE_ROLE) if index.isValid() else None

    def say(self, words: str) -> None:
        """Show here what the window would show below the card."""
        self._said.setText(words)
        self._said.setVisible(bool(words))

    def choose(self, message_id: int) -> None:
        """Choose a message, now or when it is read."""
        self._wanted = message_id
        if (row := self._branches.reveal(message_id)) >= 0:
            self._wanted = None
            self.list.setCurrentIndex(self._branches.index(row, 0))

    def close_overlay(self) -> None:
        """Take the card away."""
        self._branches.close()
        super().close_overlay()

    def take_key(self, event: QKeyEvent, *, try_only: bool = False) -> bool:
        """Take the keys of the card."""
        key, plain = Key(event.key()), not event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier
        done: dict[Key, Callable[[], object]]
        if self._named is not None:
            done = {Key.Key_Return: self._keep_name, Key.Key_Enter: self._keep_name, Key.Key_Escape: self._end_entry}
        else:
            done = self._actions() if plain else {}
        action = done.get(key)
        if action is not None and not try_only:
            self.say("")
            action()
        return action is not None

    def _actions(self) -> dict[Key, Callable[[], object]]:
        return {
            Key.Key_Return: self._open,
            Key.Key_Enter: self._open,
            Key.Key_Left: self._go_left,
            Key.Key_Right: self._go_right,
            Key.Key_F2: self._begin_entry,
            Key.Key_M: self._mark,
            Key.Key_Space: self._mark,
            Key.Key_D: self._compare,
            Key.Key_T: self._take_over,
            Key.Key_S: self._side_by_side,
            Key.Key_G: self._go_on,
            Key.Key_N: self._next_fork,
            Key.Key_P: self._previous_fork,
            Key.Key_A: self._fold_all,
        }

    # What the keys do

    def _open(self) -> None:
        if (row := self.current()) is not None:
            self.close_overlay()
            self.open_wanted.emit(row.node.id)

    def _go_left(self) -> None:
        row = self.current()
        if row is None:
            return
        if row.below and not row.is_folded and (row.siblings > 1 or row.replies > 1):
            self._branches.fold(row.node.id, True)
        elif (above := self._branches.outline.parent(row.node.id)) is not None:
            self.choose(above)

    def _go_right(self) -> None:
        row = self.current()
        if row is None:
            return
        if row.is_folded:
            self._branches.fold(row.node.id, False)
        elif (below := self._branches.outline.child(row.node.id)) is not None:
            self.choose(below)

    def _fold_all(self) -> None:
        self._branches.fold_all(not self._branches.outline.has_folds)

    def _next_fork(self) -> None:
        self._go_to_fork(range(self.list.currentIndex().row() + 1, self._branches.rowCount()))

    def _previous_fork(self) -> None:
        self._go_to_fork(range(self.list.currentIndex().row() - 1, -1, -1))

    def _go_to_fork(self, rows: range) -> None:
        """Choose the first of these rows behind which there is a choice, or that has a name."""
        for row in rows:
            if self._branches.outline.is_fork(self._branches.message_of(row)):
                self.list.setCurrentIndex(self._branches.index(row, 0))
                return
        self.say(self.tr("There is no other fork or name in this direction."))

    def _mark(self) -> None:
        row = self.current()
        if row is None:
            return
        self._rows.marked_id = None if self._rows.marked_id == row.node.id else row.node.id
        self.list.viewport().update()
        self._say_keys()

    def _compare(self) -> None:
        row, marked = self.current(), self._rows.marked_id
        if row is None:
            return
        if marked is None or marked not in self._branches.outline:
            self.say(self.tr("Mark the other branch first, with M."))
        elif marked == row.node.id:
            self.say(self.tr("This is the marked one. Choose the one to compare it with."))
        else:
            self.compare_wanted.emit(marked, row.node.id)

    def _take_over(self) -> None:
        if (row := self.current()) is not None:
            self.take_over_wanted.emit(row.node.id)

    def _side_by_side(self) -> None:
        row = self.current()
        if row is None:
            return
        # Of a question its answers are meant.
        number = row.node.id
        if row.siblings == 1 and row.replies > 1:
            number = self._branches.outline.child(number) or number
        if len(self._branches.outline.siblings(number)) > 1:
            self.side_by_side_wanted.emit(number)
        else:
            self.say(self.tr("This message has no other version."))

    def _go_on(self) -> None:
        if (row := self.current()) is not None:
            self.go_on_wanted.emit(row.node.id)

    def _begin_entry(self) -> None:
        if (row := self.current()) is not None:
            self._named = row.node.id
            self._entry.setText(row.node.name)
            self._entry.selectAll()
            self._entry.show()
            self._entry.setFocus(Qt.FocusReason.OtherFocusReason)
            self._say_keys()

    def _keep_name(self) -> None:
        if self._named is not None:
            self._branches.set_name(self._named, self._entry.text())
        self._end_entry()

    def _end_entry(self) -> None:
        self._named = None
        self.list.setFocus(Qt.FocusReason.OtherFocusReason)
        self._entry.hide()
        self._say_keys()

    # What is shown

    def _describe(self, row: OutlineRow) -> str:
        return self._words.spoken(row, marked=row.node.id == self._rows.marked_id)

    def _say_keys(self) -> None:
        if self._named is not None:
            words = [self.tr("Enter keeps the name"), self.tr("Esc leaves it")]
        else:
            words = [
                self.tr("Enter opens"),
                self.tr("Left and Right fold and unfold"),
                self.tr("N and P go to the next and previous fork"),
                self.tr("A folds or unfolds all"),
                self.tr("F2 names"),
                self.tr("M marks"),
                self.tr("D compares with the marked one"),
                self.tr("S shows versions side by side"),
                self.tr("T takes a copy to the end of the branch that is shown"),
                self.tr("G goes on from here"),
                self.tr("Esc closes"),
            ]
        self._keys.setText(" · ".join(words))

    def _on_branches_about_to_be_reset(self) -> None:
        row = self.current()
        if self._wanted is None and row is not None:
            self._wanted = row.node.id
            self._above = self.list.currentIndex().row() - self.list.verticalScrollBar().value()
        else:
            self._above = -1

    def _on_branches_reset(self) -> None:
        branches, outline, wanted = self._branches, self._branches.outline, self._wanted
        if not branches.rowCount():
            return
        if wanted is None or wanted not in outline:
            wanted = outline.tip_id
        while wanted is not None and branches.row_of(wanted) < 0:
            wanted = outline.parent(wanted)  # of what is folded away
        place = branches.row_of(wanted) if wanted is not None else 0
        self._wanted = None
        self.list.setCurrentIndex(branches.index(place, 0))
        self.list.doItemsLayout()
        if self._above >= 0:
            self.list.verticalScrollBar().setValue(place - self._above)
            self.list.scrollTo(self.list.currentIndex())
        else:
            self.list.scrollTo(self.list.currentIndex(), QListView.ScrollHint.PositionAtCenter)
        messages, ends = outline.counts()
        parts = [self.tr("{count} messages", "", messages).format(count=f"{messages:,}")]
        parts.append(self.tr("{count} branches", "", ends).format(count=f"{ends:,}"))
        parts.append(self.tr("● is on the branch that is shown"))
        self._count.setText(" · ".join(parts))

    def _on_list_current_changed(self, _now: QModelIndex, _before: QModelIndex) -> None:
        self._timer.start()

    def _on_list_double_clicked(self, _index: QModelIndex) -> None:
        self._open()

    def _on_timer_timeout(self) -> None:
        if (row := self.current()) is not None:
            self._branches.read_messages((row.node.id,), self.while_open(self._on_message_read))

    def _on_message_read(self, messages: tuple[Message, ...]) -> None:
        row = self.current()
        if messages and row is not None and row.node.id == messages[0].id:
            self._preview.setText(messages[0].content[:_MOST])
