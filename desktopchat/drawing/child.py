"""The process that draws formulas: what a model wrote may make it slow, or end it, and not the window.

Started as `python -m desktopchat --formula-child` (`process.FormulaProcess`). Each line of its input asks for a
formula, each line of its output is one. It ends when its input does.
"""

import contextlib
import json
import signal
import sys
import warnings

MAX_MEMORY = 1 << 30  # bytes of address space


def draw(source: str, size: int, colour: str, is_display: bool) -> str:
    """Return a formula in LaTeX as SVG 1.1 with its baseline at 0; empty when it cannot be drawn.

    Args:
        size: Of the letters, in pixels.
        is_display: Whether it stands on a line of its own.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it finds its fonts in an old way
        from ziamath.config import config
        from ziamath.zmath import Latex
    config.svg2 = False  # Qt draws no symbols
    try:
        return str(Latex(source, size, color=colour, inline=not is_display).svg())
    except Exception:  # it raises whatever comes on what it does not understand
        return ""


def main() -> int:
    """Draw until the input ends."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is the app's to answer
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_AS, (MAX_MEMORY, MAX_MEMORY))
    for line in sys.stdin.buffer:
        sys.stdout.write(json.dumps(draw(*json.loads(line))) + "\n")
        sys.stdout.flush()
    return 0
