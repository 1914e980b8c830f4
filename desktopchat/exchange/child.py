"""The process that reads foreign files: with little memory, no network, and nothing to lose.

Started as `python -m desktopchat --import-child PATH` (`process.Reading`). It ends when its input closes, so that it
does not outlive the app.
"""

import contextlib
import os
import signal
import sys
from pathlib import Path
from threading import Thread
from typing import Any

from desktopchat.core.errors import ImportFileError, UserError
from desktopchat.core.sentence import Sentence
from desktopchat.core.transfer import Skipped, TransferConversation
from desktopchat.exchange import wire
from desktopchat.exchange.reading import read

MAX_MEMORY = 512 << 20  # bytes of address space
_FORBIDDEN = ("socket.", "subprocess.", "os.system", "os.exec", "os.posix_spawn", "os.fork", "ctypes.")
_TOO_LARGE = Sentence("This file asks for more memory than an import may take.")


def main(path: str) -> int:
    """Read a file and send what stands in it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is the app's to answer
    Thread(target=_end_with_the_app, daemon=True).start()
    _confine()
    output = sys.stdout.buffer
    try:
        for item in read(Path(path)):
            output.write(_frame(item))
            output.flush()
        last: Any = wire.Done()
    except MemoryError:
        last = wire.Failed.of(ImportFileError(_TOO_LARGE, "Split it into smaller files."))
    except UserError as error:
        last = wire.Failed.of(error)
    except BrokenPipeError:
        return 0  # the app has lost interest
    except Exception as error:
        inside = ImportFileError("Reading failed inside.", "", f"{type(error).__name__}: {error}")
        last = wire.Failed.of(inside)
    output.write(wire.encode(last))
    output.flush()
    return 0


def _frame(item: Any) -> bytes:
    try:
        return wire.encode(item)
    except (MemoryError, wire.WireError):
        title = item.title if isinstance(item, TransferConversation) else ""
        return wire.encode(Skipped(Sentence("conversation “{title}”", title=title[:100]), Sentence("It is too large.")))


def _confine() -> None:
    """Give away what reading does not need. What the system has no means for is left out."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    sys.addaudithook(_forbid)


def _forbid(event: str, _arguments: object) -> None:
    if event.startswith(_FORBIDDEN):
        raise PermissionError(f"{event} is not for this process")


def _end_with_the_app() -> None:
    with contextlib.suppress(OSError):
        while os.read(0, 1):
            pass
    os._exit(0)
