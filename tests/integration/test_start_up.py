"""What a command imports before it can do its work, because every import is waited for."""

import json
import os
import subprocess
import sys
from pathlib import Path

# Runs the real launcher and tells which modules it loaded, whatever way it ends.
_PROBE = """
import atexit, json, os, sys
names, target = sys.modules, os.environ.pop("MODULES_TO")
bare = set(names)
atexit.register(lambda: open(target, "w", encoding="utf-8").write(json.dumps(sorted(set(names) - bare))))
from desktopchat.__main__ import main
sys.exit(main())
"""


def loaded_by(folder: Path, *arguments: str) -> tuple[set[str], subprocess.CompletedProcess[str]]:
    target = folder / "modules.json"
    result = subprocess.run(
        [sys.executable, "-c", _PROBE, *arguments],
        env={**os.environ, "MODULES_TO": str(target)},
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    modules = json.loads(target.read_text("utf-8"))
    return {*modules, *(name.partition(".")[0] for name in modules)}, result


def test_version_loads_next_to_nothing(tmp_path: Path) -> None:
    modules, result = loaded_by(tmp_path, "--version")
    assert result.returncode == 0
    assert result.stdout.startswith("desktopchat ")
    assert "desktopchat.cli" in modules
    own = {name for name in modules if name.startswith("desktopchat.")}
    core = (
        "adapter",
        "address",
        "endpoint",
        "errors",
        "gguf",
        "hub_words",
        "modelfile",
        "model_shape",
        "own_program",
        "params",
        "sentence",
    )
    cli = ("build", "resources", "cli", "cli.arguments", "cli.batch", "cli.models", "cli.parser")
    expected = ("__main__", *cli, "console", "paths", "core", *(f"core.{name}" for name in core))
    assert own <= {f"desktopchat.{name}" for name in expected}
    standard = sys.stdlib_module_names | {"desktopchat"}
    assert not {name for name in modules if name.partition(".")[0] not in standard}
    assert not modules & {"asyncio", "ctypes", "email", "logging", "multiprocessing", "sqlite3", "ssl", "subprocess"}


def test_wrong_usage_loads_no_more_than_version(tmp_path: Path) -> None:
    modules, result = loaded_by(tmp_path, "--no-such-option")
    assert result.returncode == 2
    assert not modules & {"platformdirs", "desktopchat.session", "desktopchat.app", "PySide6"}


def test_ask_loads_neither_qt_nor_llama(tmp_path: Path) -> None:
    modules, result = loaded_by(tmp_path, "--engine", "scripted:0", "--data-dir", str(tmp_path), "ask", "say: hello")
    assert (result.returncode, result.stdout) == (0, "hello\n")
    assert not modules & {
        "PySide6",
        "llama_cpp",
        "huggingface_hub",
        "numpy",
        "jinja2",
        "platformdirs",
        "desktopchat.app",
    }


def test_chat_loads_neither_qt_nor_llama(tmp_path: Path) -> None:
    modules, result = loaded_by(tmp_path, "--engine", "scripted:0", "--data-dir", str(tmp_path), "chat")
    assert result.returncode == 0
    assert not modules & {"PySide6", "llama_cpp", "huggingface_hub", "numpy", "jinja2", "desktopchat.app"}


def test_doctor_loads_neither_qt_nor_llama(tmp_path: Path) -> None:
    modules, result = loaded_by(tmp_path, "--engine", "scripted", "--data-dir", str(tmp_path), "doctor")
    assert "PySide6-Essentials" in result.stdout
    assert not modules & {"PySide6", "llama_cpp", "huggingface_hub", "numpy", "jinja2", "desktopchat.app"}
