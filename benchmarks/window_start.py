"""The bars for the start: first paint, first letter, and what an idle window costs, beside a bare PySide6 window."""

import json
import os
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import psutil

from benchmarks.rounds import Result, alternate
from desktopchat import gui

_IDLE = 10.0  # seconds
_NOTHING = 0.05  # % of a core; the measuring itself takes some of it


def start(folder: Path, rounds: int) -> list[Result]:
    """Start the program and a bare window in turn, each in a process of its own."""
    ours: list[dict[str, float]] = []
    bare: list[dict[str, float]] = []
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}

    def painted(kind: str, into: list[dict[str, float]], *, idle: bool = False) -> float:
        command = [sys.executable, "-m", "benchmarks.window_start", kind, str(folder / "start"), str(int(idle))]
        began = time.monotonic()
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, text=True, timeout=60, env=environment)
        values = json.loads(output.stdout.splitlines()[-1])
        into.append({name: value - began if name.endswith("_at") else value for name, value in values.items()})
        return into[-1]["painted_at"]

    for kind, into in (("app", ours), ("bare", bare)):  # fills the caches of the disk and of bytecode
        painted(kind, into, idle=True)
    pairs = alternate(rounds, lambda: painted("app", ours), lambda: painted("bare", bare))
    typed = sorted(values["typed_at"] for values in ours[1:])[len(ours[1:]) // 2]
    figures = pairs.figures("desktopchat_seconds", "bare_window_seconds")
    filled = sorted(values["filled_at"] for values in ours[1:])[len(ours[1:]) // 2]
    figures["desktopchat_filled_seconds"] = filled
    memory = ours[0]["memory_mb"] / bare[0]["memory_mb"]
    return [
        pairs.result("first paint, of a bare window's", pairs.ratio, "most", 1.6, figures),
        Result("first letter in the field after the start", typed, "most", 1.0, "s"),
        Result("CPU of the idle window", 100 * ours[0]["idle_cpu"], "most", _NOTHING, "% of a core"),
        Result("memory of the idle window, of a bare one's", memory, "most", 2.0, figures=ours[0] | {"bare": bare[0]}),
    ]


def _child(kind: str, folder: Path, *, idle: bool) -> None:
    """Open one window, report when it was painted and could be typed in, and what it costs when idle."""
    program = gui.program() if kind == "app" else None
    from PySide6.QtCore import QEvent, QObject, Qt, QTimer
    from PySide6.QtTest import QTest
    from PySide6.QtWidgets import QApplication, QMainWindow, QPlainTextEdit, QWidget

    seen: dict[str, float] = {}

    class Watch(QObject):
        """Notes when a widget and all that is in it have been painted."""

        def __init__(self, widget: QWidget) -> None:
            super().__init__(widget)
            self._waits = True
            widget.installEventFilter(self)

        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if self._waits and event.type() == QEvent.Type.Paint:
                self._waits = False
                QTimer.singleShot(0, note)
            return super().eventFilter(watched, event)

    def note() -> None:
        seen["filled_at"] = time.monotonic()
        seen.setdefault("painted_at", seen["filled_at"])
        type_letter()

    def type_letter() -> None:
        field = QApplication.focusWidget()
        if not isinstance(field, QPlainTextEdit):
            for window in QApplication.topLevelWidgets():
                window.activateWindow()  # which a window manager does, where there is one
            QTimer.singleShot(5, type_letter)
            return
        QTest.keyClick(field, Qt.Key.Key_A)
        assert field.toPlainText() == "a"
        seen["typed_at"] = time.monotonic()
        field.clear()
        QTimer.singleShot(3000 if idle else 0, rest)

    def rest() -> None:
        memory = psutil.Process().memory_full_info()
        # All that is resident, of both windows alike: what is theirs alone depends on which other programs run. Beside
        # another one with Qt, its libraries count for neither, and one and the same window had 2.4 times the bare
        # one's instead of 1.8.
        seen["memory_mb"], seen["unique_mb"] = memory.rss / 1e6, memory.uss / 1e6
        before = time.process_time()  # of all threads
        if idle:
            QTimer.singleShot(round(1000 * _IDLE), lambda: end(time.process_time() - before))
        else:
            end(0.0)

    def end(seconds: float) -> None:
        seen["idle_cpu"] = seconds / _IDLE
        for window in QApplication.topLevelWidgets():
            window.close()

    if program is None:
        app = QApplication([])
        window = QMainWindow()
        Watch(window)
        field = QPlainTextEdit(window)
        window.setCentralWidget(field)
        window.resize(1100, 760)
        window.show()
        field.setFocus()
        app.exec()
    else:
        from desktopchat.paths import Paths
        from desktopchat.session import Session

        class Watched(program.Shell):  # type: ignore[misc,name-defined]
            def open(self, *args: Any, **options: Any) -> bool:
                wanted = bool(super().open(*args, **options))
                seen["painted_at"] = time.monotonic()
                return wanted

            def fill(self, content: QWidget) -> None:
                Watch(content)
                super().fill(content)

        program.Shell = Watched
        paths = Paths.resolve(folder)
        paths.create()
        program.run(Session(paths, "scripted", debug=False))
    print(json.dumps(seen))


if __name__ == "__main__":
    _child(sys.argv[1], Path(sys.argv[2]), idle=sys.argv[3] == "1")
