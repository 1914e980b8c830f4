"""The rules of who may import whom, and of what may stand in a file."""

import ast
import re
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
PACKAGE = ROOT / "desktopchat"
MAX_LINES = 500

MIDDLE = {"engine", "exchange", "drawing", "storage", "library", "settings", "commands", "server"}
# What each package may import of our own. The modules at the top (app, cli, session, ...) put things together.
LAYERS = {
    "core": set(),
    **{name: {"core"} for name in MIDDLE},
    # The one package that opens connections, for those that have a use for them.
    "network": {"core", "__version__"},
    "engine": {"core", "network"},
    "library": {"core", "network", "paths"},
    # What it needs of the engine is the interface alone, see `looks_behind_the_interface`.
    "server": {"core", "engine"},
    "controllers": {"core", *MIDDLE},
    "ui": {"core", "commands", "settings", "controllers", "resources"},
}
ONE_IMPORTER = {
    "llama_cpp": "desktopchat.engine.llama",
    "huggingface_hub": "desktopchat.library.hub",
    "apsw": "desktopchat.storage",
    "keyring": "desktopchat.storage.keychain",
    "cryptography": "desktopchat.network.updates",
    "platformdirs": "desktopchat.paths",
    "starlette": "desktopchat.server",
    "uvicorn": "desktopchat.server",
}
NETWORK = (
    "socket",
    "socketserver",
    "ssl",
    "http",
    "urllib.request",
    "ftplib",
    "smtplib",
    "requests",
    "httpx",
    "httpx2",
    "httpcore2",
    "asyncio",
    "anyio",
    "urllib3",
)
NETWORK_MODULE = "desktopchat.network"
# The endpoint answers on sockets that the network package has opened (network/listening.py), and opens none.
ANSWERING_MODULE, ANSWERING = "desktopchat.server", ("asyncio",)
BLOCKING = ("subprocess", "multiprocessing", "concurrent", "threading", "queue", "sqlite3", "shutil", "tempfile")


@dataclass(frozen=True)
class Import:
    """One imported name.

    Attributes:
        by: Dotted name of the module that imports.
        target: Dotted name of what is imported, such as "os.path" or "desktopchat.core.chat.Role".
        at_start: It happens when the module is imported, not later in a function.
    """

    by: str
    target: str
    at_start: bool

    @property
    def package(self) -> str:
        """What the importing module belongs to: a package of ours, or a module at the top."""
        return f"{self.by}.".split(".")[1]

    @property
    def own(self) -> str:
        """What of our own is imported; empty when it is somebody else's."""
        first, _, rest = self.target.partition(".")
        return rest.split(".")[0] if first == "desktopchat" else ""

    def takes(self, *names: str) -> bool:
        """Whether one of these modules, or a part of it, is imported."""
        return any(is_within(self.target, name) for name in names)


def is_within(module: str, package: str) -> bool:
    return module == package or module.startswith(f"{package}.")


def imports(source: str, module: str) -> Iterator[Import]:
    """Return all that a module imports, also by name through importlib."""
    tree = ast.parse(source)
    late = {
        inner
        for outer in ast.walk(tree)
        if isinstance(outer, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for inner in ast.walk(outer)
    }
    for node in ast.walk(tree):
        match node:
            case ast.Import(names=names):
                targets = [alias.name for alias in names]
            case ast.ImportFrom(module=base, names=names, level=level):
                start = [*module.split(".")[:-level], base or ""] if level else [base or ""]
                targets = [".".join(part for part in (*start, alias.name) if part) for alias in names]
            case ast.Call(func=function, args=[ast.Constant(value=str(name)), *_]) if ast.unparse(function) in (
                "__import__",
                "import_module",
                "importlib.import_module",
            ):
                targets = [name]
            case _:
                continue
        yield from (Import(module, target, node not in late) for target in targets)


def in_wrong_layer(found: Import) -> bool:
    allowed = LAYERS.get(found.package)
    if allowed is None:  # a module at the top
        return found.own in ("ui", "controllers") and found.package not in ("app", "application", "parts")
    return found.own not in ("", "__version__", found.package, *allowed)


def has_wrong_importer(found: Import) -> bool:
    return any(found.takes(name) and not is_within(found.by, importer) for name, importer in ONE_IMPORTER.items())


def reaches_for_the_network(found: Import) -> bool:
    if is_within(found.by, ANSWERING_MODULE) and found.takes(*ANSWERING):
        return False
    return found.takes(*NETWORK) and not is_within(found.by, NETWORK_MODULE)


def looks_behind_the_interface(found: Import) -> bool:
    return found.package == "server" and found.own == "engine" and not found.takes("desktopchat.engine.api")


def uses_qt_in_the_wrong_place(found: Import) -> bool:
    if not found.takes("PySide6", "shiboken6"):
        return False
    if found.package == "controllers":
        return not found.takes("PySide6.QtCore")
    return found.package not in ("ui", "app", "application", "gui")


def is_not_standard_in_core(found: Import) -> bool:
    return found.package == "core" and not found.own and found.target.split(".")[0] not in sys.stdlib_module_names


def blocks_the_window(found: Import) -> bool:
    return found.package == "ui" and found.takes(*BLOCKING, "time.sleep")


def slows_the_launcher(found: Import) -> bool:
    launches = found.by == "desktopchat.__main__" or is_within(found.by, "desktopchat.cli")
    if not launches or not found.at_start:
        return False
    if found.own:
        return found.own not in ("__version__", "cli", "console", "core", "paths")
    return found.target.split(".")[0] not in sys.stdlib_module_names


# Each rule with made-up modules that break it, so that no rule holds because it cannot fail.
RULES: list[tuple[Callable[[Import], bool], list[tuple[str, str]]]] = [
    (
        in_wrong_layer,
        [
            ("core.chat", "from desktopchat.engine.api import Engine"),
            ("core.chat", "from ..engine import api"),
            ("engine.child", "from desktopchat.storage.database import Database"),
            ("settings.file", "import desktopchat.commands.registry"),
            ("library.folder", "def f():\n    from desktopchat import settings"),
            ("storage.database", "from desktopchat import app"),
            ("ui.main_window", "from desktopchat.engine.api import Engine"),
            ("ui.transcript.view", "from desktopchat.storage import database"),
            ("ui.main_window", "from desktopchat.library.folder import inspect"),
            ("controllers.chat", "from desktopchat.ui.banner import Banner"),
            ("terminal", "from desktopchat.controllers import chat"),
            ("cli", "import importlib\nimportlib.import_module('desktopchat.ui.theme')"),
        ],
    ),
    (
        has_wrong_importer,
        [
            ("engine.process", "import llama_cpp"),
            ("engine.llamas", "from llama_cpp import llama_cpp"),
            ("library.folder", "import huggingface_hub.utils"),
            ("controllers.chat", "def f():\n    import apsw"),
            ("log", "from platformdirs import PlatformDirs"),
            ("serve_command", "import uvicorn"),
        ],
    ),
    (
        reaches_for_the_network,
        [
            ("engine.remote", "import socket"),
            ("library.downloads", "from urllib.request import urlopen"),
            ("library.downloads", "from urllib import request"),
            ("app", "import http.client"),
            ("engine.remote.engine", "import httpx2"),
            ("networks", "import httpx2"),
            ("server.endpoint", "import socket"),
            ("servers", "import asyncio"),
        ],
    ),
    (looks_behind_the_interface, [("server.engine_host", "from desktopchat.engine.process import ProcessEngine")]),
    (
        uses_qt_in_the_wrong_place,
        [
            ("engine.process", "from PySide6.QtCore import QObject"),
            ("core.markdown", "import PySide6"),
            ("cli", "def f():\n    from PySide6 import QtCore"),
            ("controllers.chat", "from PySide6.QtGui import QTextDocument"),
            ("controllers.chat", "from PySide6 import QtWidgets"),
        ],
    ),
    (is_not_standard_in_core, [("core.markdown", "import markdown_it"), ("core.params", "from msgspec import Struct")]),
    (blocks_the_window, [("ui.banner", "from time import sleep"), ("ui.composer", "import subprocess")]),
    (
        slows_the_launcher,
        [
            ("cli", "import apsw"),
            ("__main__", "from desktopchat import session"),
            ("cli", "from desktopchat import session"),
        ],
    ),
]


def module_name(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def sources() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


@cache
def all_imports() -> tuple[Import, ...]:
    return tuple(found for path in sources() for found in imports(path.read_text("utf-8"), module_name(path)))


@pytest.mark.parametrize("rule", [rule for rule, _ in RULES], ids=lambda rule: rule.__name__)
def test_no_module_breaks_the_rule(rule: Callable[[Import], bool]) -> None:
    found = all_imports()
    assert len(found) > 300, "the modules were not read"
    assert not [f"{one.by} imports {one.target}" for one in found if rule(one)]


@pytest.mark.parametrize(
    ("rule", "module", "source"),
    [(rule, *breach) for rule, breaches in RULES for breach in breaches],
    ids=lambda value: getattr(value, "__name__", None) or str(value).replace("\n", " "),
)
def test_rule_can_fail(rule: Callable[[Import], bool], module: str, source: str) -> None:
    assert any(rule(found) for found in imports(source, f"desktopchat.{module}"))


# --- state ------------------------------------------------------------------------------------------


def mutable_globals(source: str) -> list[str]:
    """Return what a module could use to keep state: `global`, and variables that hold a collection."""
    tree = ast.parse(source)
    found = [f"global {name}" for node in ast.walk(tree) if isinstance(node, ast.Global) for name in node.names]
    for node in tree.body:
        if not isinstance(node, ast.Assign | ast.AnnAssign) or node.value is None:
            continue
        targets = node.targets if isinstance(node, ast.Assign) else [node.target]
        displays = ast.List | ast.Dict | ast.Set | ast.ListComp | ast.DictComp | ast.SetComp
        is_made = isinstance(node.value, ast.Call) and ast.unparse(node.value.func).rsplit(".", 1)[-1] in (
            "list", "dict", "set", "defaultdict", "deque", "Counter", "Queue", "SimpleQueue", "Event", "Lock",
        )  # fmt: skip
        if isinstance(node.value, displays) or is_made:
            names = [ast.unparse(target) for target in targets]
            found += [name for name in names if not name.isupper() and not name.startswith("__")]
    return found


def test_no_module_keeps_state() -> None:
    assert not {module_name(path): found for path in sources() if (found := mutable_globals(path.read_text("utf-8")))}


@pytest.mark.parametrize(
    "source",
    ["cache = {}", "_seen: list[int] = []", "jobs = SimpleQueue()", "def f():\n    global engine\n    engine = 1"],
)
def test_state_is_seen(source: str) -> None:
    assert mutable_globals(source)


# --- what a process loads ---------------------------------------------------------------------------


def loaded_by(statement: str) -> set[str]:
    code = f"{statement}\nimport sys\nprint(*{{name.partition('.')[0] for name in sys.modules}})"
    return set(
        subprocess.run(
            [sys.executable, "-c", code], check=True, capture_output=True, text=True, cwd=ROOT
        ).stdout.split()
    )


@pytest.mark.parametrize(
    "module",
    [f"desktopchat.{package}.{end}" for package in ("engine", "exchange", "drawing") for end in ("child", "process")],
)
def test_both_ends_of_the_pipe_start_light(module: str) -> None:
    assert not loaded_by(f"import {module}") & {"PySide6", "llama_cpp", "apsw", "jinja2", "huggingface_hub"}


def test_window_process_loads_no_llama() -> None:
    loaded = loaded_by("import desktopchat.application")
    assert "PySide6" in loaded
    assert not loaded & {"llama_cpp", "huggingface_hub", "httpx2", "jinja2", "numpy"}


# --- files ------------------------------------------------------------------------------------------


def tracked_files() -> list[Path]:
    try:
        listing = subprocess.run(["git", "ls-files", "-z"], check=True, capture_output=True, text=True, cwd=ROOT).stdout
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("this is no git checkout, so nobody knows which files belong to the project")
    return [ROOT / name for name in listing.split("\0") if name and (ROOT / name).is_file()]


# Put together from pieces, so that this file does not break its own rule. X servers listen in a folder of /tmp.
_REGISTRIES = re.compile(
    "|".join(("pypi" + r"\.(?:org|python)", "python" + "hosted", "conda" + r"\.org", "npm" + "js"))
)
_MACHINE_PATHS = re.compile(
    r"(?<![\w.~}/-])/(?:" + "|".join(("tmp(?!/.X11)", "work", "home", "root", "Users")) + r")/\w"
)


def unwanted_words(text: str) -> list[str]:
    return [match.group() for rule in (_REGISTRIES, _MACHINE_PATHS) for match in rule.finditer(text)]


def test_tracked_files_name_no_registry_and_no_machine() -> None:
    found = {}
    for path in tracked_files():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture
        if words := unwanted_words(text):
            found[str(path.relative_to(ROOT))] = words
    assert not found


@pytest.mark.parametrize(
    "text",
    [
        "https://pypi" + ".org/simple",
        "files.python" + "hosted.org",
        'Path("/tm' + 'p/x")',
        "cd /wor" + "k/main",
        "/hom" + "e/me",
    ],
)
def test_unwanted_words_are_seen(text: str) -> None:
    assert unwanted_words(text)


def test_no_file_is_too_long() -> None:
    lengths = {module_name(path): len(path.read_text("utf-8").splitlines()) for path in sources()}
    assert max(lengths.values()) > 100, "the lines were not counted"
    assert not {name: length for name, length in lengths.items() if length > MAX_LINES}


def test_packaging_is_no_package() -> None:
    # It would hide the library of that name from everything that runs in the project's folder.
    assert (ROOT / "packaging" / "dev.py").is_file()
    assert not (ROOT / "packaging" / "__init__.py").exists()
