"""Notices: a banner over the composer that stays, and a toast that goes by itself."""

from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QPushButton,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from desktopchat.commands.registry import command
from desktopchat.controllers.words import said, told
from desktopchat.core.notice import Notice
from desktopchat.core.sentence import joined
from desktopchat.ui.transcript.marks import visible

TOAST_MS = 6000
_WAYS_IN_A_ROW = 2


class Banner(QFrame):
    """One sentence of cause, one of cure, and the key that does the cure; details fold out.

    A hint, and what is said of the store, stays until somebody closes it; another notice that comes meanwhile is shown
    first.
    """

    command_chosen = Signal(str)
    closed = Signal()

    def __init__(self, keys: dict[str, str], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._keys = keys
        self._notice: Notice | None = None
        self._kept: Notice | None = None  # about the store, below another one
        self._words = QLabel(self)
        self._words.setWordWrap(True)
        self._words.setTextFormat(Qt.TextFormat.PlainText)
        self._words.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._cure = QPushButton(self)
        self._ways: list[QPushButton] = []  # in place of the cure, when more than one thing helps
        self._more = QToolButton(self)
        self._more.setText(self.tr("Details"))
        self._more.setCheckable(True)
        self._more.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._copy = QToolButton(self)
        self._copy.setText(self.tr("Copy details"))
        self._copy.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._close = QToolButton(self)
        self._close.setText(self.tr("Close  Esc"))
        self._close.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self._details = QPlainTextEdit(self)
        self._details.setReadOnly(True)
        self._details.setTabChangesFocus(True)
        self._details.setFixedHeight(110)
        self._details.setAccessibleName(self.tr("Details"))
        self._grid = QGridLayout()
        self._grid.setSpacing(8)
        buttons = QHBoxLayout()
        buttons.setSpacing(8)
        for button in (self._cure, self._more, self._copy):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self._close)
        column = QVBoxLayout(self)
        column.setContentsMargins(14, 10, 12, 10)
        column.setSpacing(8)
        column.addWidget(self._words)
        column.addLayout(self._grid)
        column.addLayout(buttons)
        column.addWidget(self._details)
        self._cure.clicked.connect(self._on_cure_clicked)
        self._more.toggled.connect(self._on_more_toggled)
        self._copy.clicked.connect(self._on_copy_clicked)
        self._close.clicked.connect(self.close_banner)
        self.hide()

    def text(self) -> str:
        """Return what the banner says."""
        return self._words.text()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice in place of the one before."""
        if _is_kept(self._notice) and not _is_kept(notice):
            self._kept = self._notice
        self._notice = notice
        self._words.setText(visible(said(notice.sentence)))
        self.setAccessibleName(self._words.text())
        self._offer_ways(notice)
        self.show_keys()
        self._cure.setVisible(bool(notice.command) and not notice.others)
        self._details.setPlainText(visible(notice.details))
        self._more.setChecked(False)
        self._more.setVisible(bool(notice.details))
        self._copy.setVisible(False)
        self._details.setVisible(False)
        self.setProperty("level", notice.level)
        self.style().polish(self)
        self.show()

    def show_keys(self) -> None:
        """Name the key of now."""
        if self._notice is not None and self._notice.command:
            for button, name in zip(self._ways or [self._cure], _commands(self._notice), strict=True):
                button.setText(f"{told('Command', command(name).title)}  {self._keys[name]}".rstrip())

    def _offer_ways(self, notice: Notice) -> None:
        for button in self._ways:
            self._grid.removeWidget(button)
            button.hide()
            button.deleteLater()
        names = _commands(notice) if notice.others else ()
        self._ways = [QPushButton(self) for _name in names]
        for place, (button, name) in enumerate(zip(self._ways, names, strict=True)):
            button.clicked.connect(partial(self._choose, name))
            self._grid.addWidget(button, *divmod(place, _WAYS_IN_A_ROW))

    def close_banner(self) -> None:
        """Take the notice away."""
        self._take_away()
        self.closed.emit()

    def settle(self) -> None:
        """Take a notice away because things went on well since; a hint or one about the store stays."""
        if not _is_kept(self._notice):
            self._take_away()

    def _take_away(self) -> None:
        self._notice, kept, self._kept = None, self._kept, None
        self.hide()
        if kept is not None:
            self.show_notice(kept)

    def _on_cure_clicked(self) -> None:
        assert self._notice is not None
        self._choose(self._notice.command)

    def _choose(self, chosen: str, _checked: bool = False) -> None:
        self.close_banner()
        self.command_chosen.emit(chosen)

    def _on_more_toggled(self, shown: bool) -> None:
        self._details.setVisible(shown)
        self._copy.setVisible(shown)

    def _on_copy_clicked(self) -> None:
        QGuiApplication.clipboard().setText(f"{self._words.text()}\n\n{self._details.toPlainText()}")


def _commands(notice: Notice) -> tuple[str, ...]:
    return (notice.command, *notice.others)


def _is_kept(notice: Notice | None) -> bool:
    return notice is not None and (notice.level == "hint" or notice.command.startswith("store."))


class Toast(QLabel):
    """A sentence that goes after six seconds. It stands over its parent, above another part."""

    def __init__(self, keys: dict[str, str], parent: QWidget, above: QWidget) -> None:
        super().__init__(parent)
        self._keys = keys
        self._under = parent
        self._above = above
        self.setObjectName("toast")
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.setInterval(TOAST_MS)
        self._timer.timeout.connect(self.hide)
        self.hide()

    def show_notice(self, notice: Notice) -> None:
        """Show a notice for six seconds."""
        key = self._keys[notice.command] if notice.command else ""
        cure = notice.cure or (self.tr("{key} undoes it.").format(key=key) if key else "")
        self.setText(visible(said(joined(notice.cause, cure))))
        self.setAccessibleName(self.text())
        self.adjustSize()
        self.place()
        self.show()
        self.raise_()
        self._timer.start()

    def place(self) -> None:
        """Stand above the other part, in its middle."""
        top = self._above.mapTo(self._under, self._above.rect().topLeft())
        self.move(top.x() + (self._above.width() - self.width()) // 2, top.y() - self.height() - 12)
