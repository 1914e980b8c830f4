"""The commands of `packaging/dev.py`."""

import argparse
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import FrameType
from typing import NoReturn

from devtools.command import DISK_FULL
from devtools.console import SetupError, say
from devtools.steps import CMAKE_ARGS, Setup, Step

ROOT = Path(__file__).resolve().parents[2]
_INTERRUPTED = 130


def run(arguments: list[str]) -> int:
    """Run one command line; return its exit code: 1 when something failed, 2 for wrong usage, 130 when interrupted."""
    commands: dict[str, Callable[[list[str]], int]] = {
        "run": run_app,
        "test": run_tests,
        "package": run_package,
        "lock": run_lock,
    }
    parser = argparse.ArgumentParser(prog="dev.py", description="Set desktopchat up in .venv, then start or test it.")
    parser.add_argument(
        "command",
        choices=commands,
        help="start the app, run every check and test, make what people install, or renew the locks",
    )
    chosen = parser.parse_args(arguments[:1]).command
    try:
        return commands[chosen](arguments[1:])
    except KeyboardInterrupt:
        say("Interrupted. Start again to go on from here.")
        return _INTERRUPTED
    except SetupError as error:
        say(str(error))
    except OSError as error:
        say(DISK_FULL if error.errno == errno.ENOSPC else f"The set-up failed: {error}.")
    return 1


# Each in processes of its own: hundreds of windows in one would hide what a single one does, and let it pay for others.
_ALONE = ("tests/end2end", "tests/integration", "tests/unit/ui")
TEST_PARTS = (*([folder] for folder in _ALONE), ["tests", *(f"--ignore={folder}" for folder in _ALONE)])
# Most tests keep one core busy. More than four at once would share one machine's memory between too many models.
AT_ONCE = ("-n", "logical", "--maxprocesses", "4", "--dist", "worksteal")


def run_app(arguments: list[str]) -> int:
    """Set up what is missing, then become the app."""
    parser = argparse.ArgumentParser(
        prog="dev.py run",
        description="Set desktopchat up in .venv where that is not done yet, then start it.",
        epilog="All other arguments go to the app; `dev.py run -- --help` shows its own.",
        allow_abbrev=False,
    )
    parser.add_argument("--backend", choices=CMAKE_ARGS, help="what llama.cpp computes on; the last choice is kept")
    parser.add_argument("--no-starter", action="store_true", help="do without the starter model (98 MB)")
    own, app = split(arguments)
    options = parser.parse_args(own)
    setup = Setup(ROOT, options.backend)

    def steps() -> list[Step]:
        return setup.app_steps() + ([] if options.no_starter else [setup.starter_step(data_dir_of(app))])

    _set_up(setup, steps)
    return _become([str(setup.venv.python), "-m", "desktopchat", *app])


def run_tests(arguments: list[str]) -> int:
    """Set up what is missing, then run every check; return the exit code of the first that fails."""
    setup = Setup(ROOT)
    _set_up(setup, lambda: setup.app_steps() + setup.test_steps())
    python = str(setup.venv.python)
    (model,) = setup.test_models.glob("*.gguf")
    os.environ["DESKTOPCHAT_TEST_MODEL"] = str(model)
    os.chdir(ROOT)
    for check in (["ruff", "check"], ["ruff", "format", "--check"], ["mypy"]):
        say(" ".join(check))
        if code := subprocess.call([python, "-m", *check]):
            return code
    if arguments:
        say("pytest")
        return _become([python, "-m", "pytest", *arguments])
    codes = []
    for part in TEST_PARTS:
        say(f"pytest {part[0]}")
        codes.append(subprocess.call([python, "-m", "pytest", *AT_ONCE, *part]))
    return next((code for code in codes if code), 0)


def run_package(arguments: list[str]) -> int:
    """Set up what is missing, then make the packages of this system, with the Python of the set-up."""
    if any(argument in ("-h", "--help") for argument in arguments):
        from devtools.package import run as package

        return package(ROOT, arguments)
    setup = Setup(ROOT)
    is_tested = "--test" in arguments

    def steps() -> list[Step]:
        return [*setup.app_steps(), *setup.package_steps(), *(setup.smoke_steps() if is_tested else [])]

    _set_up(setup, steps)
    if is_tested:
        (model,) = setup.test_models.glob("*.gguf")
        os.environ["DESKTOPCHAT_TEST_MODEL"] = str(model)
    code = "import sys; from devtools.package import main; sys.exit(main())"
    os.environ["PYTHONPATH"] = os.pathsep.join(map(str, (ROOT / "packaging", ROOT)))
    return _become([str(setup.venv.python), "-c", code, *arguments])


def run_lock(arguments: list[str]) -> int:
    """Renew the locks; the arguments go to uv."""
    from devtools.locks import renew

    renew(ROOT, arguments)
    return 0


def split(arguments: Sequence[str]) -> tuple[list[str], list[str]]:
    """Part the arguments of `run` into our own, which come first, and those of the app."""
    at = 0
    while at < len(arguments):
        argument = arguments[at]
        if argument == "--":
            return list(arguments[:at]), list(arguments[at + 1 :])
        if argument == "--backend":
            at += 2
        elif argument in ("--no-starter", "-h", "--help") or argument.startswith("--backend="):
            at += 1
        else:
            break
    return list(arguments[:at]), list(arguments[at:])


def data_dir_of(app: Sequence[str]) -> str | None:
    """Return the data folder that the app's arguments name: the starter model belongs there."""
    for at, argument in enumerate(app):
        if argument == "--data-dir":
            return app[at + 1] if at + 1 < len(app) else None
        if argument.startswith("--data-dir="):
            return argument.partition("=")[2]
    return None


def _set_up(setup: Setup, steps: Callable[[], list[Step]]) -> None:
    """Carry the steps out; being told to end counts as Ctrl+C, so that no compiler is left running."""

    def interrupt(_number: int, _frame: FrameType | None) -> NoReturn:
        raise KeyboardInterrupt

    before = {}
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            before[number] = signal.signal(number, interrupt)
    try:
        setup.carry_out(steps)
    finally:
        for number, handler in before.items():
            signal.signal(number, handler)


def _become(arguments: list[str]) -> int:
    """Put another program in the place of this one; where that cannot be, run it and return its exit code."""
    if sys.platform != "win32":
        os.execv(arguments[0], arguments)
    # The other one gets Ctrl+C as well and decides what it means.
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    return subprocess.call(arguments)
