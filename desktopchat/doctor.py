"""`desktopchat doctor`: what is installed, where things lie, what the engine can use, and what is wrong."""

import contextlib
import json
import platform
from dataclasses import asdict
from importlib import metadata
from typing import Any

from desktopchat import __version__
from desktopchat.build import parts
from desktopchat.cli import has_display
from desktopchat.console import write
from desktopchat.core.errors import StorageError, UserError
from desktopchat.core.memory_words import size_text
from desktopchat.core.notice import Notice
from desktopchat.doctor_models import models_lines, models_report
from desktopchat.session import Session
from desktopchat.settings.file import Settings
from desktopchat.storage.state import LAST_LOAD, read_state

_SEE_FOLDER = "See whether the data folder can be written and its disk has room."
_PACKAGES = ("PySide6-Essentials", "llama-cpp-python", "huggingface-hub", "apsw-sqlite3mc")


def run(session: Session, as_json: bool) -> int:
    """Print the report.

    Returns:
        0 when the program can do its work, else 1.
    """
    report, problems = _examine(session)
    if as_json:
        listed = [{"problem": problem.cause, "cure": problem.cure} for problem in problems]
        write(json.dumps({**report, "problems": listed}, ensure_ascii=False, indent=2) + "\n")
    else:
        _print_report(report)
        for problem in problems:
            _line(f"\nProblem: {problem.cause}\n   Cure: {problem.cure}")
        if not problems:
            _line("\nNothing is wrong.")
    return 1 if any(problem.level == "error" for problem in problems) else 0


def _examine(session: Session) -> tuple[dict[str, Any], list[Notice]]:
    problems: list[Notice] = []
    paths = session.paths
    try:
        paths.create()
    except UserError as error:
        problems.append(Notice.from_error(error))
    report: dict[str, Any] = {
        "desktopchat": __version__,
        "build": parts(),
        "python": platform.python_version(),
        "system": platform.platform(),
        "packages": {name: _version(name) for name in _PACKAGES},
        "sqlite": _sqlite_version(),
        "paths": {name: str(getattr(paths, name)) for name in ("data", "config", "logs", "models")},
        "display": has_display(),
        "engine": None,
        "gpus": [],
        "nvidia_driver": "",
        "backends": [],
        "model": None,
        "last_load": None,
        "library": None,
    }
    for name, version in report["packages"].items():
        if version is None:
            problems.append(
                Notice("error", f"{name} is not installed.", "Set the program up again: python3 packaging/dev.py run.")
            )
    if not report["display"]:
        problems.append(
            Notice("warning", "There is no display to show the window on.", "Chat in the terminal: desktopchat chat.")
        )
    settings = session.settings()
    problems += [Notice("warning", warning, f"Mend {paths.settings_file}.") for warning in settings.warnings]
    if session.engine == "process":
        problems += _examine_backends(session, settings, report)
    engine = session.create_engine(settings)
    with contextlib.closing(engine):
        try:
            report["engine"] = asdict(engine.backend_info())
        except UserError as error:
            problems.append(Notice.from_error(error))
        except OSError as error:
            problems.append(Notice("error", f"The engine cannot start: {error.strerror or error}.", _SEE_FOLDER))
    try:
        model = session.choose_model()
        report["model"] = {name: value for name, value in asdict(model).items() if name != "shape"}
    except UserError as error:
        problems.append(Notice.from_error(error))
    report["last_load"] = _last_load(session)
    report["library"], found = models_report(session)
    return report, problems + found


def _examine_backends(session: Session, settings: Settings, report: dict[str, Any]) -> list[Notice]:
    """Try every backend, whatever came of it before, and look for GPUs that none of them reaches."""
    from desktopchat.engine.backends import hardware
    from desktopchat.engine.backends.findings import findings

    gpus = hardware.gpus()
    tried = session.backends(settings).all(anew=True)
    report["gpus"] = [asdict(gpu) for gpu in gpus]
    report["nvidia_driver"] = hardware.driver_version()
    report["backends"] = [
        {
            "name": one.backend.name,
            "origin": one.backend.origin.value,
            "version": one.backend.version,
            "folder": str(one.backend.folder),
            "in_use": one.in_use,
            "built_for": one.trial.kinds if one.trial else (),
            "devices": [device.name for device in one.trial.devices] if one.trial else [],
            "trouble": f"{one.cause} {one.cure}".strip(),
        }
        for one in tried
    ]
    return findings(gpus, tried)


def _last_load(session: Session) -> dict[str, Any] | None:
    """Return what was planned for the model that the window loaded last, and what it took; None when nobody knows."""
    if not session.paths.database.exists():
        return None
    with contextlib.suppress(StorageError):
        found = read_state(session.paths.database, session.key, LAST_LOAD)
        return found if isinstance(found, dict) else None
    return None


def _version(package: str) -> str | None:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return None


def _sqlite_version() -> str | None:
    from desktopchat.storage.database import sqlite_version

    return sqlite_version()


def _print_report(report: dict[str, Any]) -> None:
    _line(f"desktopchat {report['desktopchat']} · Python {report['python']} · {report['system']}")
    if build := report["build"]:
        _line(f"{'package':20} {build['system']}, llama.cpp {build['llama_cpp']}, with {', '.join(build['backends'])}")
    for name, version in (*report["packages"].items(), ("SQLite", report["sqlite"])):
        _line(f"{name:20} {version or 'missing'}")
    for name, path in report["paths"].items():
        _line(f"{name:20} {path}")
    _line(f"{'display':20} {'yes' if report['display'] else 'no'}")
    if engine := report["engine"]:
        _line(f"{'engine':20} {engine['version']}, GPU offload {'yes' if engine['supports_gpu'] else 'no'}")
        _line(f"{'build':20} {engine['build']}")
        for device in engine["devices"]:
            free, total = (size / 2**30 for size in (device["free"], device["total"]))
            _line(f"{'device':20} {device['name']}: {device['description']}, {free:.1f} of {total:.1f} GiB free")
    if not report["gpus"]:
        _line(f"{'GPU':20} none was found")
    for gpu in report["gpus"]:
        version = f" {report['nvidia_driver']}" if gpu["vendor"] == "NVIDIA" else ""
        _line(f"{'GPU':20} {gpu['name']}, driver {gpu['driver'] or 'missing'}{version}".rstrip())
    for backend in report["backends"]:
        what = backend["trouble"] or f"reaches {', '.join(backend['devices'])}"
        kinds = f" ({', '.join(backend['built_for'])})" if backend["built_for"] else ""
        _line(f"{'backend':20} {'*' if backend['in_use'] else ' '} {backend['name']}{kinds}: {what}")
    if model := report["model"]:
        _line(f"{'model':20} {model['name']} ({model['architecture']}, {model['size'] / 1e6:.0f} MB)")
    if library := report["library"]:
        for line in models_lines(library):
            _line(line)
    if last := report["last_load"]:
        _print_last_load(last)


def _print_last_load(last: dict[str, Any]) -> None:
    layout = f"context {last['context']:,} tokens"
    if "on" in last:  # it was shared
        layout += f", on {last['on']}"
    else:
        attention = "on" if last["flash_attention"] else "off"
        layout += f", KV cache {last['kv_type']}, flash attention {attention}"
    _line(f"{'last load':20} {last['model']}: {layout}")
    for device in last["devices"]:
        for what in ("planned", "took"):
            if sizes := device[what]:
                parts = f"weights {size_text(sizes['weights'])}, KV cache {size_text(sizes['kv'])}"
                together = size_text(sum(sizes.values()))
                free = f" of {size_text(device['free'])} free" if what == "planned" and device["free"] else ""
                name = f"{device['name']} {what}"
                _line(f"  {name:18} {parts}, compute {size_text(sizes['compute'])}: {together}{free}")
        for one in device.get("beside", ()):  # unknown to the versions before
            sizes = one["planned"]
            _line(
                f"  {'':18} {'for pictures' if one['kind'] == 'projector' else 'with'} {one['name']}:"
                f" weights {size_text(sizes['weights'])}, compute {size_text(sizes['compute'])}"
            )
    for reason in last["reasons"]:
        _line(f"{'':20} {reason}")


def _line(text: str) -> None:
    write(f"{text}\n")
