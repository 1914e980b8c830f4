"""What goes to a terminal. Never a control character, because a model, a file or a name could drive it with one."""

import re
import sys

_CONTROL = re.compile(r"[\x00-\x08\x0b-\x1f\x7f-\x9f]")
_LINE_BREAK = re.compile(r"[\t\n]")


def write(text: str) -> None:
    """Write to standard output at once, and as it is when that is no terminal."""
    sys.stdout.write(_harmless(text) if sys.stdout.isatty() else text)
    sys.stdout.flush()


def say(text: str) -> None:
    """Write one line to standard error."""
    print(_LINE_BREAK.sub(" ", _harmless(text)), file=sys.stderr, flush=True)


def _harmless(text: str) -> str:
    return _CONTROL.sub("\N{REPLACEMENT CHARACTER}", text)
