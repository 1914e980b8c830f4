"""The log file, and one place where every exception that nobody caught ends. Never the text of a message."""

import logging
import sys
import threading
from collections.abc import Callable
from logging.handlers import RotatingFileHandler
from pathlib import Path
from types import TracebackType

FILE_NAME = "desktopchat.log"
MAX_BYTES = 1_000_000
BACKUPS = 2  # besides the file itself
_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"

ErrorCallback = Callable[[BaseException], None]


class EscapingFormatter(logging.Formatter):
    """Shows control characters as escapes, so that no line can command a terminal or pass for another line."""

    def format(self, record: logging.LogRecord) -> str:
        """Return the record as text; only the line breaks of tracebacks stay, each followed by an indent."""
        lines = super().format(record).split("\n")
        return "\n    ".join(_escaped(line) for line in lines)


def configure(folder: Path, debug: bool = False, on_error: ErrorCallback | None = None) -> None:
    """Log into a rotating file, and with `debug` to stderr as well; catch what nobody catches.

    A second call takes the place of the first.

    Args:
        folder: Where desktopchat.log is kept; it must exist.
        debug: Log everything, not only from INFO on.
        on_error: Called after an uncaught exception was logged, in the thread where it happened.
    """
    handlers: list[logging.Handler] = [
        RotatingFileHandler(folder / FILE_NAME, maxBytes=MAX_BYTES, backupCount=BACKUPS, encoding="utf-8", delay=True)
    ]
    if debug:
        handlers.append(logging.StreamHandler())
    root = logging.getLogger()
    for earlier in [handler for handler in root.handlers if isinstance(handler.formatter, EscapingFormatter)]:
        root.removeHandler(earlier)
        earlier.close()
    for handler in handlers:
        handler.setFormatter(EscapingFormatter(_FORMAT))
        root.addHandler(handler)
    root.setLevel(logging.DEBUG if debug else logging.INFO)
    # Markdown's parser tells every rule that it tries.
    logging.getLogger("markdown_it").setLevel(logging.INFO)
    # What is asked of servers stands in the list of connections, without what was said and without keys.
    for name in ("httpx2", "httpcore2", "asyncio"):
        logging.getLogger(name).setLevel(logging.WARNING)
    # A full disk must not fill stderr with tracebacks of the log itself.
    logging.raiseExceptions = debug
    catch_uncaught(on_error)


def catch_uncaught(on_error: ErrorCallback | None = None) -> None:
    """Send every uncaught exception, of threads and finalizers too, to the log and then to `on_error`."""
    log = logging.getLogger("desktopchat")
    telling = threading.local()

    def report(error: BaseException, traceback: TracebackType | None, where: str) -> None:
        log.error("Uncaught in %s", where, exc_info=(type(error), error, traceback))
        # What fails while it is told comes here as well, and must not be told for ever.
        if on_error is None or getattr(telling, "now", False):
            return
        telling.now = True
        try:
            on_error(error)
        except Exception:
            log.exception("An error could not be told")
        finally:
            telling.now = False

    def main_hook(kind: type[BaseException], error: BaseException, traceback: TracebackType | None) -> None:
        if issubclass(kind, KeyboardInterrupt):
            sys.__excepthook__(kind, error, traceback)
        else:
            report(error, traceback, "the main thread")

    def thread_hook(args: threading.ExceptHookArgs) -> None:
        if args.exc_value is not None and not isinstance(args.exc_value, SystemExit):
            report(args.exc_value, args.exc_traceback, f"thread {args.thread.name if args.thread else '?'}")

    def unraisable_hook(args: "sys.UnraisableHookArgs") -> None:
        if args.exc_value is not None:
            report(args.exc_value, args.exc_traceback, args.err_msg or "a finalizer")

    sys.excepthook = main_hook
    threading.excepthook = thread_hook
    sys.unraisablehook = unraisable_hook


def _escaped(line: str) -> str:
    if line.isprintable():
        return line
    return "".join(
        char if char.isprintable() or char == "\t" else char.encode("unicode_escape", "backslashreplace").decode()
        for char in line
    )
