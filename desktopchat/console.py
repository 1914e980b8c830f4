"""What goes to a terminal. Never a control character, because a model, a file or a name could drive it with one."""

import contextlib
import re
import sys
from collections.abc import Iterable

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_BOLD, _PLAIN = "\x1b[1m", "\x1b[0m"
_LINE_BREAK = re.compile(r"[\t\n]")


def write(text: str) -> None:
    """Write to standard output at once, and as it is when that is no terminal."""
    sys.stdout.write(harmless(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()


def write_marked(text: str, marks: Iterable[tuple[int, int]]) -> None:
    """Write one line to standard output, with some parts of it in bold when that is a terminal.

    Args:
        marks: Start and end of each part, in order.
    """
    if not sys.stdout.isatty():
        print(text, flush=True)
        return
    pieces, end_before = [], 0
    for start, end in marks:
        pieces += [harmless(text[end_before:start]), _BOLD, harmless(text[start:end]), _PLAIN]
        end_before = end
    print(*pieces, harmless(text[end_before:]), sep="", flush=True)


def say(text: str) -> None:
    """Write one line to standard error."""
    print(_LINE_BREAK.sub(" ", harmless(text)), file=sys.stderr, flush=True)


def show(text: str) -> None:
    """Show a line in a small window, for somebody who started a menu entry and has no terminal.

    On Linux nothing waits for the window. Where a system has no program for it, nothing is shown.
    """
    if sys.platform == "win32":
        import ctypes

        ctypes.windll.user32.MessageBoxW(None, text, "desktopchat", 0x10)  # MB_ICONERROR
        return
    # Here, because no start that goes well has a use for them.
    import json
    import subprocess

    from desktopchat.resources import resource

    script = f'display alert "desktopchat" message {json.dumps(text, ensure_ascii=False)} as critical'
    with contextlib.suppress(OSError):
        subprocess.run(
            ["osascript", "-e", script] if sys.platform == "darwin" else ["sh", str(resource("tell.sh")), text],
            capture_output=True,
            check=False,
        )


def harmless(text: str) -> str:
    """Return text without control characters, each of which a mark stands for."""
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
