"""The real window, driven by a seeded sequence of key presses, which are written down with what the window then shows.

python tests/end2end/driven_app.py LOG SEED [--failing-disk FLAG] [ARGUMENTS OF DESKTOPCHAT]

Every line of LOG is a JSON object with the monotonic time `t` and what happened: `did`. With --failing-disk, every
write of SQLite fails while the file FLAG exists. It goes on until it is killed.
"""

import json
import os
import random
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QWidget

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from desktopchat import application as program  # noqa: E402  (the path comes first)
from desktopchat import cli  # noqa: E402  (the path comes first)
from desktopchat.controllers.reading import OpenConversation  # noqa: E402
from desktopchat.core.chat import Conversation, Message  # noqa: E402
from desktopchat.core.notice import Notice  # noqa: E402
from tests.failing_vfs import FailingDisk  # noqa: E402

Key, Modifier = Qt.Key, Qt.KeyboardModifier
CONTROL = Modifier.ControlModifier
PAUSE = (5, 150)  # ms between two actions
WORDS = ["sea", "boat", "harbour", "storm", "天气", "sail", "wind", "rope", "lamp"]


class Log:
    """Lines that a kill of this process cannot take back."""

    def __init__(self, file: Path) -> None:
        self._file = os.open(file, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)

    def write(self, did: str, **values: Any) -> None:
        os.write(self._file, f"{json.dumps({'t': time.monotonic(), 'did': did, **values})}\n".encode())


class Driver(QObject):
    """Presses keys, and notes what the person sees."""

    def __init__(self, application: program.Application, log: Log, seed: int) -> None:
        super().__init__(application)
        self._log = log
        self._random = random.Random(seed)
        self._texts = 0
        self._seed = seed
        self._window, self._chat = application._window, application._chat
        self._lengths: dict[int, int] = {}
        self._sent = ""
        self._opened: int | None = None
        chat, composer = self._chat, self._window.page.composer
        # These connections come after those of the window: what is noted has been shown.
        chat.conversation_opened.connect(self._on_opened)
        chat.path_changed.connect(self._on_path)
        chat.message_added.connect(self._on_message)
        chat.text_received.connect(self._on_text)
        chat.message_changed.connect(self._on_message)
        chat.sent.connect(self._on_sent)
        application._parts.writing.queue.added.connect(self._on_queued)
        chat.send_refused.connect(self._on_notice)
        chat.noticed.connect(self._on_notice)
        chat.conversation_changed.connect(self._on_conversation)
        application._parts.shelving.noticed.connect(self._on_notice)
        self._window.page.transcript.place_changed.connect(self._on_place)
        composer.send_requested.connect(self._on_send_requested)
        composer.edit_sent.connect(lambda _id, text: self._on_send_requested(text))
        composer.field.textChanged.connect(self._on_typed)
        self._weights: dict[Callable[[], None], int] = {
            self._write: 10,
            self._send: 8,
            self._stop: 9,
            self._send_queue: 4,
            self._edit: 3,
            self._regenerate: 3,
            self._continue: 3,
            self._show_sibling: 3,
            self._new: 2,
            self._next: 4,
            self._rename: 3,
            self._move: 3,
            self._pin: 1,
            self._note: 2,
            self._delete_message: 3,
            self._delete_conversation: 2,
            self._undo: 4,
            self._scroll: 5,
            self._zoom: 2,
        }
        self._timer = QTimer(self)
        self._timer.setSingleShot(True)
        self._timer.timeout.connect(self._on_timer_timeout)
        self._timer.start(0)
        log.write("started", zoom=self._window.theme.zoom)

    # --- what is done -----------------------------------------------------------------------------------

    def _on_timer_timeout(self) -> None:
        (action,) = self._random.choices(list(self._weights), list(self._weights.values()))
        self._log.write("act", action=action.__name__)
        action()
        self._timer.start(self._random.randint(*PAUSE))

    def _press(self, key: Key, modifier: Modifier = Modifier.NoModifier) -> None:
        QTest.keyClick(self._focused(), key, modifier)

    def _type(self, text: str) -> None:
        # Not key by key: a text field takes what an input method commits as a whole.
        widget = self._focused()
        if isinstance(widget, QLineEdit):
            widget.insert(text)
        else:
            self._window.page.composer.insert_typed(text)

    def _focused(self) -> QWidget:
        return QApplication.focusWidget() or self._window

    def _text(self) -> str:
        self._texts += 1
        return f"t{self._seed}-{self._texts} {' '.join(self._random.choices(WORDS, k=self._random.randint(1, 30)))} "

    def _write(self) -> None:
        self._press(Key.Key_F6)
        self._type(self._text())

    def _send(self) -> None:
        self._write()
        self._press(Key.Key_Return)

    def _stop(self) -> None:
        self._press(Key.Key_F6)
        if self._chat.answering:
            self._press(Key.Key_Escape)

    def _send_queue(self) -> None:
        self._press(Key.Key_F6)
        self._press(Key.Key_Return, CONTROL | Modifier.ShiftModifier)

    def _edit(self) -> None:
        self._press(Key.Key_F6)
        self._press(Key.Key_Up, CONTROL)
        if self._window.page.composer.editing:
            self._type(self._text())
            self._press(Key.Key_Return)

    def _regenerate(self) -> None:
        self._press(Key.Key_R, CONTROL)

    def _continue(self) -> None:
        self._press(Key.Key_G, CONTROL)

    def _show_sibling(self) -> None:
        self._press(self._random.choice((Key.Key_Left, Key.Key_Right)), Modifier.AltModifier)

    def _new(self) -> None:
        self._press(Key.Key_N, CONTROL)

    def _next(self) -> None:
        self._press(Key.Key_Tab, CONTROL)

    def _rename(self) -> None:
        before = QApplication.focusWidget()
        self._press(Key.Key_F2)
        editor = QApplication.focusWidget()
        if isinstance(editor, QLineEdit) and editor is not before:
            editor.selectAll()
            title = self._text().strip()
            editor.insert(title)
            self._log.write("rename", title=title)
            self._press(Key.Key_Return)

    def _move(self) -> None:
        if (conversation_id := self._chat.conversation_id) is not None:
            # The card that asks for the folder is tried by the tests of the window.
            self._window.shelving.move_to_new(conversation_id, self._random.choice(("Boats", "Weather", "Harbour")))

    def _pin(self) -> None:
        self._press(Key.Key_P, CONTROL)

    def _note(self) -> None:
        if (conversation_id := self._chat.conversation_id) is not None:
            self._window.shelving.set_note(conversation_id, self._text())

    def _delete_message(self) -> None:
        self._press(Key.Key_Backspace, CONTROL | Modifier.ShiftModifier)

    def _delete_conversation(self) -> None:
        self._press(Key.Key_F7)
        self._press(Key.Key_Delete)
        self._press(Key.Key_F6)

    def _undo(self) -> None:
        self._press(Key.Key_F7)
        self._press(Key.Key_Z, CONTROL)
        self._press(Key.Key_F6)

    def _scroll(self) -> None:
        self._press(Key.Key_F6)
        self._press(self._random.choice((Key.Key_PageUp, Key.Key_PageUp, Key.Key_PageDown)))

    def _zoom(self) -> None:
        self._press(*self._random.choice(((Key.Key_Plus, CONTROL), (Key.Key_Minus, CONTROL))))
        self._log.write("zoom", zoom=self._window.theme.zoom)

    # --- what is seen -----------------------------------------------------------------------------------

    def _on_opened(self, opened: OpenConversation) -> None:
        self._sent = ""
        self._opened = opened.conversation.id if opened.conversation else None
        self._log.write("opened", conversation=opened.conversation.id if opened.conversation else None)
        self._on_path(opened.messages)
        self._on_typed()

    def _on_path(self, messages: tuple[Message, ...]) -> None:
        for message in messages:
            self._show(message.id, len(message.content))

    def _on_message(self, message: Message) -> None:
        self._show(message.id, len(message.content))

    def _on_text(self, message_id: int, text: str) -> None:
        self._show(message_id, self._lengths.get(message_id, 0) + len(text))

    def _show(self, message_id: int, length: int) -> None:
        if self._lengths.get(message_id) != length:
            self._lengths[message_id] = length
            self._log.write("shown", message=message_id, length=length)

    def _on_send_requested(self, text: str) -> None:
        self._sent = text
        self._log.write("send", text=text, edit=self._window.page.composer.editing)

    def _on_sent(self) -> None:
        self._log.write("sent", text=self._sent)

    def _on_queued(self) -> None:
        self._log.write("queued", text=self._sent)

    def _on_typed(self) -> None:
        composer = self._window.page.composer
        if not composer.editing:
            self._log.write("draft", conversation=self._chat.conversation_id, text=composer.text())

    def _on_conversation(self, conversation: Conversation) -> None:
        if self._opened is None and conversation.id == self._chat.conversation_id:
            self._opened = conversation.id
            self._log.write("draft", conversation=None, text="")  # it has gone along, if it was not sent
            self._on_typed()
        self._log.write("titled", conversation=conversation.id, title=conversation.title)

    def _on_place(self, place: tuple[int, float] | None) -> None:
        self._log.write("place", conversation=self._chat.conversation_id, place=place)

    def _on_notice(self, notice: Notice) -> None:
        self._log.write("notice", level=notice.level, cause=notice.cause, cure=notice.cure, command=notice.command)


def main() -> int:
    log, seed, arguments = Log(Path(sys.argv[1])), int(sys.argv[2]), sys.argv[3:]
    disk: FailingDisk | None = None
    if arguments[:1] == ["--failing-disk"]:
        disk = FailingDisk(Path(arguments[1]))  # which goes with this name
        del arguments[:2]

    class Driven(program.Application):
        def __init__(self, *args: Any, **options: Any) -> None:
            super().__init__(*args, **options)
            run = self._parts.storage.run

            def logged(work: Callable[[], Any], *handlers: Any, **named: Any) -> None:
                def task() -> Any:
                    log.write("begin")
                    try:
                        return work()
                    finally:
                        log.write("end")

                run(task, *handlers, **named)

            self._parts.storage.run = logged  # type: ignore[method-assign]
            self._driver = Driver(self, log, seed)

    program.Application = Driven  # type: ignore[misc]
    try:
        return cli.main(arguments)
    finally:
        del disk


if __name__ == "__main__":
    sys.exit(main())
