"""Random keys and clicks on the real window: no exception, no lost text, no dead end."""

import random
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QFileInfo, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import QDesktopServices, QKeySequence, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QFileIconProvider, QWidget
from pytestqt.qtbot import QtBot
from running_app import RunningApp, running_app
from tiny_models import write_tiny

from desktopchat.commands.registry import COMMANDS
from desktopchat.core.params import LoadParams

EVENTS = 5_000
SHORT = 300
SEEDS = 10
PLAIN = "abcdefghij 0123?/@-*#`$\t"
SPECIAL = (
    Qt.Key.Key_Return,
    Qt.Key.Key_Escape,
    Qt.Key.Key_Tab,
    Qt.Key.Key_Backtab,
    Qt.Key.Key_Up,
    Qt.Key.Key_Down,
    Qt.Key.Key_Left,
    Qt.Key.Key_Right,
    Qt.Key.Key_Home,
    Qt.Key.Key_End,
    Qt.Key.Key_PageUp,
    Qt.Key.Key_PageDown,
    Qt.Key.Key_Backspace,
    Qt.Key.Key_Delete,
    Qt.Key.Key_Space,
)
MODIFIERS = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.ControlModifier,
)


class Monkey:
    """Presses and clicks, the same for the same seed."""

    def __init__(self, app: RunningApp, seed: int) -> None:
        self._app = app
        self._random = random.Random(seed)
        self._shortcuts = [key for command in COMMANDS for key in command.keys]
        app.window.actions_by_id["app.quit"].triggered.disconnect()  # the menu and the palette have it too
        self._acting = False
        self._timer = QTimer()
        self._timer.timeout.connect(self._leave_loop)
        self._timer.start(20)
        self.done: list[str] = []

    def act(self) -> None:
        acts = (self._letters, self._special, self._special, self._shortcut, self._shortcut, self._click, self._wheel)
        activate(self._app)
        self._acting = True
        self._random.choice(acts)()
        self._acting = False
        QApplication.processEvents()

    def _leave_loop(self) -> None:
        """Say no where Qt's own file dialog waits for an answer or for a choice in its menu."""
        asking = QApplication.activePopupWidget() or QApplication.activeModalWidget()
        if self._acting and asking is not None:
            asking.close()

    def _target(self) -> QWidget:
        popup = QApplication.activePopupWidget()
        modal = QApplication.activeModalWidget()
        return popup or QApplication.focusWidget() or modal or self._app.window

    def _letters(self) -> None:
        text = "".join(self._random.choices(PLAIN, k=self._random.randint(1, 12)))
        self.done.append(f"types {text!r}")
        for letter in text:
            QTest.keyClicks(self._target(), letter)

    def _special(self) -> None:
        key, modifier = self._random.choice(SPECIAL), self._random.choice(MODIFIERS)
        self.done.append(f"presses {modifier.name} {key.name}")
        QTest.keyClick(self._target(), key, modifier)

    def _shortcut(self) -> None:
        key = self._random.choice(self._shortcuts)
        self.done.append(f"presses {key}")
        [combination] = QKeySequence(key)
        QTest.keyClick(self._target(), combination.key(), combination.keyboardModifiers())

    def _click(self) -> None:
        window = (QApplication.activeModalWidget() or self._app.window).window()
        at = QPoint(self._random.randrange(window.width()), self._random.randrange(window.height()))
        widget = window.childAt(at) or window
        button = self._random.choice((Qt.MouseButton.LeftButton, Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton))
        click = self._random.choice((QTest.mouseClick, QTest.mouseClick, QTest.mouseDClick))
        self.done.append(f"clicks with {button.name} at {at.x()}, {at.y()} on {type(widget).__name__}")
        click(widget, button, Qt.KeyboardModifier.NoModifier, widget.mapFrom(window, at))

    def _wheel(self) -> None:
        transcript = self._app.window.page.transcript.viewport()
        steps = self._random.choice((-480, -120, 120, 480))
        self.done.append(f"turns the wheel by {steps}")
        at = QPointF(transcript.rect().center())
        none = Qt.MouseButton.NoButton, Qt.KeyboardModifier.NoModifier, Qt.ScrollPhase.NoScrollPhase
        QApplication.sendEvent(
            transcript,
            QWheelEvent(at, QPointF(transcript.mapToGlobal(at)), QPoint(), QPoint(0, steps), *none, False),
        )


def activate(app: RunningApp) -> None:
    """Let a dialog that has come have the keys, or the window when it has gone, as a window manager does."""
    window = QApplication.activeModalWidget() or app.window
    if not window.isActiveWindow():
        window.activateWindow()
        QApplication.processEvents()


def leave_everything(app: RunningApp) -> None:
    """Press Esc until the caret is in the message; a person who is lost does nothing else."""
    field = app.window.page.composer.field
    for _ in range(12):
        activate(app)
        target = QApplication.activePopupWidget() or QApplication.focusWidget() or app.window
        QTest.keyClick(target, Qt.Key.Key_Escape)
        app.wait_stored()  # a key may lead back from the archive, which is read first
    app.wait(lambda: not app.chat.answering)
    QTest.keyClick(QApplication.focusWidget() or app.window, Qt.Key.Key_Escape)
    activate(app)
    active = QApplication.activeWindow(), QApplication.activeModalWidget(), QApplication.activePopupWidget()
    assert app.window.isVisible()
    assert app.window.isActiveWindow(), f"active are {active!r}"
    assert field.hasFocus(), f"the focus is at {QApplication.focusWidget()!r}"


def stored_texts(app: RunningApp, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """Return a list that gets each text of the composer which the window is told is stored.

    What goes into the queue is not among them: it may be taken out of that again.
    """
    handed: list[str] = []
    stored: list[str] = []
    send = app.chat.send

    def send_and_note(text: str, *files: Any) -> None:
        handed[:] = [text]
        send(text, *files)

    def note_stored() -> None:
        stored.extend(handed)
        handed.clear()

    monkeypatch.setattr(app.chat, "send", send_and_note)
    app.chat.send_refused.connect(lambda _notice: handed.clear())
    app.chat.sent.connect(note_stored)
    return stored


class _Unread(QFileIconProvider):
    """Tells kinds of files by their names. Qt reads the files, and for root a file such as /proc/kmsg never ends."""

    def type(self, info: QFileInfo) -> str:
        return info.suffix()


def _open_read_only(dialog: QFileDialog) -> None:
    """Open Qt's own file dialog, in which Del, F2 and a menu would delete and rename files of this machine."""
    provider = _Unread()
    dialog.setIconProvider(provider)
    dialog.destroyed.connect(lambda: provider)  # which is not the dialog's
    dialog.setOption(QFileDialog.Option.ReadOnly)
    dialog.setWindowModality(Qt.WindowModality.WindowModal)
    dialog.show()


@pytest.fixture(params=range(SEEDS))
def seed(request: pytest.FixtureRequest, soak: bool) -> int:
    """What the presses and clicks follow from; only the first outside of the long form."""
    if request.param and not soak:
        pytest.skip("the other seeds are part of --soak")
    return int(request.param)


@pytest.mark.timeout(1800)
@pytest.mark.qt_log_ignore("This plugin does not support")
def test_random_keys_and_clicks(
    qtbot: QtBot, tmp_path: Path, soak: bool, seed: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda _url: True)
    monkeypatch.setattr(QFileDialog, "open", _open_read_only)
    model = write_tiny(tmp_path / "tiny.gguf", **{"llama.context_length": 2048})
    with running_app(qtbot, tmp_path, LoadParams(n_ctx=2048)) as app:
        assert app.open_model(model) is None
        app.chat.set_sampling(app.chat.sampling.changed(max_tokens=40))
        stored = stored_texts(app, monkeypatch)
        app.chat.store_replaced.connect(lambda *_: stored.clear())  # a restore keeps it in a file beside
        monkey = Monkey(app, seed)
        try:
            for _ in range(EVENTS if soak else SHORT):
                monkey.act()
            leave_everything(app)
        except BaseException:
            print(f"seed {seed}:", *monkey.done[-30:], sep="\n")
            raise
        kept = app.storage.call(lambda: [row[0] for row in app.database.execute("SELECT content FROM message")])
        assert [text for text in stored if text not in kept] == [], "what was sent is in the store"

        # The way on is open.
        with qtbot.waitSignal(app.chat.conversation_opened):
            app.commands["conversation.new"]()
        app.chat.set_sampling(app.chat.sampling.changed(max_tokens=3, n=1))
        if not app.models.available:
            assert app.open_model(model) is None
        app.window.page.composer.open_draft("")  # what was left there may be longer than the context window
        QTest.keyClicks(app.window.page.composer.field, f"the way on {seed}")
        QTest.keyClick(app.window.page.composer.field, Qt.Key.Key_Return)
        app.wait(lambda: any(m.content.endswith(f"the way on {seed}") for m in app.shown))
        app.wait_idle()
        assert app.shown[-1].content, app.notices[-1:]
