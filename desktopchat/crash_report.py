"""What is left of a window that fell over: where it was, and what the log says. Never a word of a conversation."""

import contextlib
import faulthandler
import time
from pathlib import Path
from typing import TextIO

from desktopchat.core.notice import Notice
from desktopchat.core.sentence import Sentence

_LINES = 60  # of the log


class CrashReport:
    """Watches one run of the window, and tells of the one before.

    Args:
        logs: Folder of the logs; it must exist.
    """

    def __init__(self, logs: Path) -> None:
        self._logs = logs
        self._trace = logs / "window-trace.txt"
        self._file: TextIO | None = None

    def start(self) -> list[Notice]:
        """Watch from now on; return what is to be told of the run before."""
        told_of = self._report_of_last()
        with contextlib.suppress(OSError):
            self._file = self._trace.open("w", encoding="utf-8")
            faulthandler.enable(self._file)
        return told_of

    def stop(self) -> None:
        """This run ends well."""
        faulthandler.disable()
        if self._file is not None:
            self._file.close()
            with contextlib.suppress(OSError):
                self._trace.unlink()

    def _report_of_last(self) -> list[Notice]:
        try:
            trace = self._trace.read_text("utf-8", "replace").strip()
            if not trace:
                return []
            # Only now: nearly every start does without.
            import platform

            from desktopchat import log
            from desktopchat.build import told

            when = time.strftime("%Y%m%d-%H%M%S", time.localtime(self._trace.stat().st_mtime))
            report = self._logs / f"crash-{when}.txt"
            lines = _last_lines(self._logs / log.FILE_NAME)
            parts = (told(), f"{platform.platform()}, Python {platform.python_version()}\n", trace, "", *lines)
            report.write_text("\n".join(parts) + "\n", "utf-8")
        except OSError:
            return []
        return [
            Notice(
                "hint",
                "desktopchat fell over the last time; everything that was said is kept.",
                Sentence(
                    "What happened is in {path}, without a word of a conversation; it goes nowhere unless you send it.",
                    path=report,
                ),
            )
        ]


def _last_lines(file: Path) -> list[str]:
    try:
        return file.read_text("utf-8", "replace").splitlines()[-_LINES:]
    except OSError:  # there was nothing to log
        return []
