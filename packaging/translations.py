"""Brings the translations up to date: .venv/bin/python packaging/translations.py

Collects every text of the window, also those that are declared as data without Qt, into the .ts file, where what was
translated before is kept, and makes the .qm file that the program reads.
"""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import PySide6

from desktopchat.commands.command import Menu
from desktopchat.commands.registry import COMMANDS
from desktopchat.core.params import PARAMETERS
from desktopchat.settings.options import OPTIONS

ROOT = Path(__file__).resolve().parents[1]
TS_FILE = ROOT / "resources" / "translations" / "desktopchat_zh_CN.ts"
# Qt's own translation of these would differ from what our texts call them.
KEYS = ("Backspace", "Return", "Enter", "Space", "Left", "Up", "Right", "Down")
_OPTIONS = ("-locations", "none", "-no-obsolete", "-target-language", "zh_CN")


def declared() -> Iterator[tuple[str, str]]:
    """Return (context, text) of what is shown by `controllers.words.told`."""
    for menu in Menu:
        yield "Menu", menu.value
    for command in COMMANDS:
        yield "Command", command.title
        yield "Command", command.help
    for option in OPTIONS:
        yield "Option", option.title
        yield "Option", option.help
        for choice in option.choices:
            yield "Choice", choice
    for key in KEYS:
        yield "QShortcut", key
    for spec in PARAMETERS:
        yield "Parameter", spec.title
        yield "Parameter", spec.help


def extract(ts_file: Path) -> None:
    """Collect all texts into a .ts file; translations in it stay, texts that are gone leave it."""
    with tempfile.TemporaryDirectory() as folder:
        calls = Path(folder) / "declared.py"
        lines = (f"QCoreApplication.translate({_quoted(context)}, {_quoted(text)})" for context, text in declared())
        calls.write_text("\n".join(lines), encoding="utf-8")
        sources = Path(folder) / "sources.lst"
        files = [calls, *sorted((ROOT / "desktopchat").rglob("*.py"))]
        sources.write_text("\n".join(str(file) for file in files), encoding="utf-8")
        _qt_tool(
            "lupdate", f"@{sources}", "-locations", "none", "-no-obsolete", "-target-language", "zh_CN", "-ts", ts_file
        )


def compile_to(ts_file: Path, qm_file: Path) -> None:
    """Make the file that the program reads."""
    _qt_tool("lrelease", ts_file, "-qm", qm_file)


def _quoted(text: str) -> str:
    """Return text as lupdate reads it."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n") + '"'


def _qt_tool(name: str, *arguments: str | Path) -> None:
    done = subprocess.run(
        [Path(PySide6.__file__).parent / name, *arguments, "-silent"], capture_output=True, text=True, check=False
    )
    if done.returncode:
        sys.exit(f"{name}: {done.stdout}{done.stderr}")


def main() -> None:
    extract(TS_FILE)
    compile_to(TS_FILE, TS_FILE.with_suffix(".qm"))


if __name__ == "__main__":
    main()
