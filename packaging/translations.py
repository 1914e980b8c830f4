"""Brings the translations up to date: .venv/bin/python packaging/translations.py

Collects every text of the window, also those that are declared as data and the sentences of errors and notices, both
without Qt, into the .ts file, where what was translated before is kept, and makes the .qm file that the program reads.
"""

import ast
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import TypeGuard

import PySide6

from desktopchat.commands.command import Menu
from desktopchat.commands.registry import COMMANDS
from desktopchat.core.errors import error_classes
from desktopchat.core.params import PARAMETERS
from desktopchat.core.sentence import REASONS
from desktopchat.exchange.records import BadRecordError
from desktopchat.library.catalog import read_catalog
from desktopchat.settings.options import OPTIONS

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "desktopchat"
TS_FILE = ROOT / "resources" / "translations" / "desktopchat_zh_CN.ts"
# English needs only the two forms of what is said with a number: "1 model", "2 models".
PLURALS_FILE = TS_FILE.with_stem("desktopchat_en")
# Qt's own translation of these would differ from what our texts call them.
KEYS = ("Backspace", "Return", "Enter", "Space", "Left", "Up", "Right", "Down")
# What these say is shown in a terminal, or told to programs, alone, and stays English.
TERMINAL = {
    "batch_command",
    "bench",
    "cli",
    "doctor",
    "doctor_models",
    "gui",
    "instance",
    "paths",
    "search_command",
    "serve_command",
    "server_command",
    "store_command",
    "update_command",
}
TERMINAL |= {"backend_command", "models_command", "server", "terminal", "transfer_command", "unlock", "vault_command"}
# Which arguments of these are sentences.
SAYING = {kind.__name__: slice(0, 2) for kind in (*error_classes().values(), BadRecordError)}
SAYING |= {"Notice": slice(1, 3), "Sentence": slice(0, 1)}


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
    catalog = read_catalog(ROOT / "resources" / "catalog.json")
    for text in (*sentences(), *REASONS, *(option.title for option in OPTIONS), *(entry.reason for entry in catalog)):
        yield "Sentence", text


def silent_sources() -> Iterator[Path]:
    """Return the modules that say something without Qt."""
    return (path for path in sorted(PACKAGE.rglob("*.py")) if path.relative_to(PACKAGE).parts[0] != "ui")


def is_terminal(path: Path) -> bool:
    """Return whether a module, or the package that it is in, speaks in a terminal alone."""
    return path.relative_to(PACKAGE).parts[0].removesuffix(".py") in TERMINAL


def sentences() -> Iterator[str]:
    """Return what `controllers.words.said` shows: the templates of sentences, and literals in errors and notices."""
    for path in silent_sources():
        for node in ast.walk(ast.parse(path.read_text("utf-8"))):
            name = called(node)
            if name in SAYING and (name == "Sentence" or not is_terminal(path)):
                assert isinstance(node, ast.Call)
                yield from (one.value for one in node.args[SAYING[name]] if _is_text(one))


def called(node: ast.AST) -> str:
    """Return the name of what is called there; empty when nothing is."""
    return ast.unparse(node.func).rpartition(".")[2] if isinstance(node, ast.Call) else ""


def _is_text(node: ast.AST) -> TypeGuard[ast.Constant]:
    return isinstance(node, ast.Constant) and isinstance(node.value, str) and bool(node.value)


def extract(ts_file: Path) -> None:
    """Collect all texts into a .ts file; translations in it stay, texts that are gone leave it."""
    with tempfile.TemporaryDirectory() as folder:
        calls = Path(folder) / "declared.py"
        lines = (f"QCoreApplication.translate({_quoted(context)}, {_quoted(text)})" for context, text in declared())
        calls.write_text("\n".join(lines), encoding="utf-8")
        sources = Path(folder) / "sources.lst"
        files = [calls, *sorted((ROOT / "desktopchat").rglob("*.py"))]
        sources.write_text("\n".join(str(file) for file in files), encoding="utf-8")
        is_english = ts_file.stem.endswith("_en")
        which = ("-target-language", "en", "-pluralonly") if is_english else ("-target-language", "zh_CN")
        _qt_tool("lupdate", f"@{sources}", "-locations", "none", "-no-obsolete", *which, "-ts", ts_file)


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
    for ts_file in (TS_FILE, PLURALS_FILE):
        extract(ts_file)
        compile_to(ts_file, ts_file.with_suffix(".qm"))


if __name__ == "__main__":
    main()
