#!/usr/bin/env python3
"""Try packages as a person would who has never seen desktopchat: unpack, ask by keys, kill the engine, uninstall.

.venv/bin/python packaging/smoke.py --model FILE dist/*.deb dist/*.tar.xz     in a clean Debian 12; needs root
.venv/bin/python packaging/smoke.py --model FILE --here FOLDER                a frozen folder, on this system

The clean system has the dependencies that the .deb declares and nothing else, no network while the program runs, and a
person without rights. Needs debootstrap, Xvfb and xdotool. `--model` is put where a person would put it; leave it out
for packages that have one.
"""

import argparse
import contextlib
import hashlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging"), str(ROOT / "tests" / "end2end")]

import psutil  # noqa: E402  (the path has to be set first)
from devtools.console import SetupError, say  # noqa: E402
from program import engine_child, query, wait_for  # noqa: E402
from xvfb import Display  # noqa: E402

SECONDS = 60.0  # from unpacking to the first answer
_USER = 1000
_HOME = "home/person"
_QUESTION = "What is a cat? Answer in one sentence."
_COMPLETE = "SELECT content FROM message WHERE role = 'assistant' AND state = 'complete' ORDER BY id"


class FailureError(Exception):
    """The package does not do what it should."""


class Here:
    """This system, with a home folder of its own."""

    def __init__(self, folder: Path, program: Path) -> None:
        self.home = folder / "home"
        self.home.mkdir(exist_ok=True)
        self.person = self.home
        self.program = str(program)

    def command(self, *arguments: str) -> list[str]:
        return [self.program, *arguments]

    def environment(self, display: str) -> dict[str, str]:
        kept = {name: value for name, value in os.environ.items() if name in ("PATH", "LANG")}
        return {**kept, "HOME": str(self.home), "DISPLAY": display, "QT_QPA_PLATFORM": "xcb"}

    def data(self) -> Path:
        return self.home / ".local" / "share" / "desktopchat"

    def give(self, model: Path) -> None:
        models = self.data() / "models"
        models.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model, models / model.name)


class Clean:
    """A Debian 12 of its own, without network, with a person without rights."""

    def __init__(self, system: Path, program: str = "/usr/bin/desktopchat", data: str = "") -> None:
        self.system = system
        self.program = program
        self.person = system / _HOME
        self._data = data or f"{_HOME}/.local/share/desktopchat"
        (system / _HOME).mkdir(parents=True, exist_ok=True)
        os.chown(system / _HOME, _USER, _USER)

    def command(self, *arguments: str, user: int = _USER, network: bool = False) -> list[str]:
        mounts = "".join(
            f"mkdir -p '{self.system}{place}' && mount --rbind {place} '{self.system}{place}' && "
            for place in ("/proc", "/dev", "/tmp/.X11-unix")
        )
        inside = f"exec chroot --userspec={user}:{user} '{self.system}' \"$@\""
        isolated = ["unshare", "--mount", *([] if network else ["--net"])]
        program = [] if user == 0 else [self.program]
        return [*isolated, "sh", "-c", mounts + inside, "sh", *program, *arguments]

    def environment(self, display: str) -> dict[str, str]:
        path = "/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin"
        shown = {"DISPLAY": display} if display else {}
        return {"PATH": path, "HOME": f"/{_HOME}", "LANG": "C.UTF-8", **shown}

    def data(self) -> Path:
        return self.system / self._data

    def give(self, model: Path) -> None:
        models = self.data() / "models"
        models.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(model, models / model.name)
        for path in (models / model.name, models, *models.parents):
            if path == self.system / _HOME:
                break
            os.chown(path, _USER, _USER)

    def as_root(self, *arguments: str, network: bool = False) -> None:
        environment = {**self.environment(""), "HOME": "/root", "DEBIAN_FRONTEND": "noninteractive"}
        done = subprocess.run(
            self.command(*arguments, user=0, network=network),
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        if done.returncode:
            raise FailureError(f"{' '.join(arguments)}: {done.stdout[-1000:]}{done.stderr[-2000:]}")


Place = Here | Clean


def try_all(place: Place, model: Path | None, unpacked_at: float) -> None:
    """Use the program in every way.

    Args:
        unpacked_at: When it was there, by the clock of `time.monotonic`.
    """
    if model is not None:
        place.give(model)
    with Display() as display:
        window = _Window(place, display)
        with window.started():
            first = window.ask(1)
            took = time.monotonic() - unpacked_at
            print(f"  first answer {took:.1f} s after it was unpacked: {first!r}")
            if took > SECONDS:
                raise FailureError(f"The first answer took {took:.0f} s.")
            window.kill_engine()
            second = window.ask(2)
            print(f"  the engine was killed, the window lives on and answers: {second!r}")
            window.quit()
        with window.started():
            if len(query(place.data(), _COMPLETE)) != 2:
                raise FailureError("The answers are not there after a restart.")
            window.fall()
        with window.started("--safe-mode"):
            window.quit()
    reports = list(place.person.rglob("crash-*.txt"))
    if len(reports) != 1 or _QUESTION in reports[0].read_text("utf-8"):
        raise FailureError(f"After a fall of the window there are these reports: {reports}.")
    print(f"  a fall of the window left a report: {reports[0].read_text('utf-8').splitlines()[4:6]}")
    print(f"  {_run(place, '--version').strip()}")
    report = json.loads(_run(place, "doctor", "--json", codes=(0, 1)))
    problems = [one["problem"] for one in report["problems"] if "display" not in one["problem"]]
    print(f"  doctor: {report['engine']['version']}, {report['engine']['build'][:200]}; problems: {problems}")
    answer = _run(place, "ask", "--max-tokens", "20", "Name a boat.")
    print(f"  ask: {answer.strip()!r}")
    if not answer.strip():
        raise FailureError("There was no answer on the terminal.")


class _Window:
    def __init__(self, place: Place, display: Display) -> None:
        self._place = place
        self._display = display
        self._process: subprocess.Popen[bytes] | None = None

    @contextlib.contextmanager
    def started(self, *arguments: str) -> Iterator[None]:
        began = time.monotonic()
        command = self._place.command(*arguments)
        process = subprocess.Popen(command, env=self._place.environment(self._display.name), stderr=subprocess.DEVNULL)
        self._process = process
        try:
            window = wait_for(lambda: self._living() and self._display.window(process.pid), "the window", 30)
            print(f"  the window is there after {time.monotonic() - began:.1f} s")
            self._display.focus(window)
            yield
        finally:
            for one in (*psutil.Process(process.pid).children(recursive=True),) if process.poll() is None else ():
                with contextlib.suppress(psutil.NoSuchProcess):
                    one.kill()
            process.kill()
            process.wait()

    def _living(self) -> bool:
        assert self._process is not None
        if self._process.poll() is not None:
            raise FailureError(f"The window ended with exit code {self._process.returncode}.")
        return True

    def ask(self, number: int) -> str:
        """Type a question; return the answer, the how-manieth one is said."""
        self._display.type(_QUESTION)
        self._display.press("Return")

        def answer() -> Any:
            self._living()
            if not (self._place.data() / "desktopchat.db").exists():
                return None
            rows = query(self._place.data(), _COMPLETE)
            return rows[number - 1] if len(rows) >= number else None

        return str(wait_for(answer, f"answer {number}")[0])

    def kill_engine(self) -> None:
        process = self._process
        assert process is not None
        child = wait_for(lambda: engine_child(process), "the engine")
        child.kill()
        wait_for(lambda: not child.is_running() or child.status() == psutil.STATUS_ZOMBIE, "the end of the engine")
        time.sleep(1)  # for the window to fall over, if it would
        self._living()

    def fall(self) -> None:
        """Let it end as a fault in native code does."""
        assert self._process is not None
        self._process.send_signal(signal.SIGSEGV)
        self._process.wait(20)

    def quit(self) -> None:
        assert self._process is not None
        self._display.press("ctrl+q")
        if code := self._process.wait(20):
            raise FailureError(f"The window ended with exit code {code}.")


def _run(place: Place, *arguments: str, codes: Sequence[int] = (0,)) -> str:
    done = subprocess.run(
        place.command(*arguments), env=place.environment(""), capture_output=True, text=True, timeout=120, check=False
    )
    if done.returncode not in codes:
        raise FailureError(f"{' '.join(arguments)} ended with {done.returncode}: {done.stderr[-2000:]}")
    return done.stdout


def clean_system(work: Path) -> Path:
    """Return a new Debian 12, of a copy that is kept.

    Raises:
        SetupError: It cannot be made.
    """
    base, system = work / "debian", work / "system"
    if os.geteuid() != 0 or shutil.which("debootstrap") is None:
        raise SetupError("The clean system needs root and debootstrap. Type: sudo apt-get install debootstrap")
    if not (base / "usr/bin/apt-get").exists():
        told = subprocess.run(
            ["apt-get", "indextargets", "--format", "$(SITE)"], capture_output=True, text=True, check=True
        )
        mirror = told.stdout.split()[0]
        say("Making a clean Debian 12.")
        shutil.rmtree(base, ignore_errors=True)
        subprocess.run(
            ["debootstrap", "--variant=minbase", "bookworm", str(base), mirror], check=True, stdout=subprocess.DEVNULL
        )
    shutil.rmtree(system, ignore_errors=True)
    subprocess.run(["cp", "-a", "--reflink=auto", str(base), str(system)], check=True)
    shutil.copyfile("/etc/resolv.conf", system / "etc" / "resolv.conf")
    for name in ("apt.conf.d/proxy", "apt.conf"):  # a proxy of this machine
        if (file := Path("/etc/apt") / name).exists():
            shutil.copyfile(file, system / "etc/apt" / name)
    with (system / "etc/passwd").open("a") as passwords:
        passwords.write(f"person:x:{_USER}:{_USER}::/{_HOME}:/bin/sh\n")
    return system


def try_deb(system: Path, package: Path, model: Path | None) -> None:
    """Install a .deb, use it, and see that removing it leaves the data and nothing else."""
    place = Clean(system)
    shutil.copyfile(package, system / "package.deb")
    place.as_root("apt-get", "-q", "update", network=True)
    place.as_root("apt-get", "-qy", "install", "--no-install-recommends", "/package.deb", network=True)
    listed = subprocess.run(
        place.command("dpkg", "-L", "desktopchat", user=0), capture_output=True, text=True, check=True
    )
    files = [Path(line.lstrip("/")) for line in listed.stdout.split("\n") if line]
    started = time.monotonic()
    try_all(place, model, started)
    _lack_a_library(place)
    _fail_from_a_menu(place)
    kept = _state(system / _HOME)
    place.as_root("apt-get", "-qy", "purge", "desktopchat")
    left = [file for file in files if (system / file).is_file() or (system / file).is_symlink()]
    left += [system / "usr/lib/desktopchat"] if (system / "usr/lib/desktopchat").exists() else []
    if left:
        raise FailureError(f"Uninstalling left {left[:5]}.")
    if _state(system / _HOME) != kept:
        raise FailureError("Uninstalling changed what belongs to the person.")
    print(f"  uninstalled: its {len(files)} files and folders are gone, the {len(kept)} of the person are untouched")


def _lack_a_library(place: Clean) -> None:
    """See that the person is told when something of the system is missing."""
    (library,) = (place.system / "usr/lib").glob("*/libEGL.so.1")
    hidden = library.with_name("hidden")
    library.rename(hidden)
    try:
        with Display() as display:
            done = subprocess.run(
                place.command(),
                env=place.environment(display.name),
                capture_output=True,
                text=True,
                timeout=60,
                check=False,
            )
    finally:
        hidden.rename(library)
    if done.returncode != 1 or "apt-get install libegl1" not in done.stderr:
        raise FailureError(f"Without libEGL it ended with {done.returncode}: {done.stderr[-500:]}")
    print(f"  without libEGL: {done.stderr.strip()}")


def _fail_from_a_menu(place: Clean) -> None:
    """See that a start without a terminal shows why there can be no window."""
    shown = place.person / "shown"
    dialog = place.system / "usr/local/bin/zenity"  # in the place of the one that desktops have
    dialog.write_text(f'#!/bin/sh\nfor text; do :; done\necho "$text" > "/{_HOME}/shown"\n')
    dialog.chmod(0o755)
    os.chown(place.data(), 0, 0)  # a mode that forbids writing the program mends by itself
    try:
        with Display() as display:
            environment = place.environment(display.name)
            subprocess.run(place.command(), env=environment, capture_output=True, timeout=60, check=False)
        text = wait_for(lambda: shown.exists() and shown.read_text("utf-8").strip(), "the dialog").removeprefix(
            "--text="
        )
    finally:
        os.chown(place.data(), _USER, _USER)
        dialog.unlink()
    if "cannot be used" not in text:
        raise FailureError(f"Started from a menu with a folder that cannot be written it showed: {text}")
    print(f"  started from a menu where it cannot write, it shows: {text}")
    shown.unlink()


def try_archive(system: Path, package: Path, model: Path | None) -> None:
    """Unpack an archive, use it in two places, and see that it writes into its own folder alone."""
    shutil.rmtree(system / _HOME, ignore_errors=True)
    top = package.name.partition("-linux")[0]
    place = Clean(system, f"/{_HOME}/{top}/desktopchat", f"{_HOME}/{top}/data")
    subprocess.run(["tar", "-C", system / _HOME, "-xJf", package], check=True)
    subprocess.run(["chown", "-R", f"{_USER}:{_USER}", system / _HOME], check=True)
    started = time.monotonic()
    mark = system / "mark"
    mark.touch()
    try_all(place, model, started)
    written = [
        path
        for top_folder in ("home", "tmp", "var", "etc", "root", "opt", "srv")
        for path in (system / top_folder).rglob("*")
        if path.is_file() and not path.is_symlink() and path.stat().st_mtime > mark.stat().st_mtime
    ]
    strays = [path for path in written if not path.is_relative_to(place.data())]
    if strays:
        raise FailureError(f"It wrote elsewhere: {strays[:5]}.")
    moved = Clean(system, f"/{_HOME}/moved/desktopchat", f"{_HOME}/moved/data")
    (system / _HOME / top).rename(system / _HOME / "moved")
    told = _run(moved, "export", "--all", "--format", "json")
    if _QUESTION not in told:
        raise FailureError("The conversation is not there after the folder was moved.")
    print(f"  portable: {len(written)} files were written, all into its own folder; moved, it has everything")
    os.chown(system / _HOME / "moved/data", 0, 0)
    for path in (system / _HOME / "moved/data").rglob("*"):
        os.chown(path, 0, 0)
    done = subprocess.run(
        moved.command("chat"),
        env=moved.environment(""),
        capture_output=True,
        text=True,
        stdin=subprocess.DEVNULL,
        check=False,
    )
    if done.returncode != 1 or "cannot be" not in done.stderr:
        raise FailureError(f"In a place that cannot be written it ended with {done.returncode}: {done.stderr[-500:]}")
    print(f"  where it cannot write: {done.stderr.strip()}")


def _state(folder: Path) -> dict[Path, str]:
    return {
        path.relative_to(folder): hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""
        for path in folder.rglob("*")
    }


def main() -> int:
    """Try what is given; return the exit code."""
    parser = argparse.ArgumentParser(description="Try packages in a clean system.")
    parser.add_argument("packages", nargs="*", type=Path, metavar="FILE", help="a .deb, then a .tar.xz")
    parser.add_argument("--model", type=Path, metavar="FILE", help="a GGUF file, best the starter")
    parser.add_argument("--here", type=Path, metavar="FOLDER", help="a frozen folder, on this system")
    parser.add_argument("--work", type=Path, default=ROOT / "build" / "smoke", metavar="FOLDER", help="for the system")
    options = parser.parse_args()
    try:
        if options.here:
            print(options.here)
            with tempfile.TemporaryDirectory() as folder:
                try_all(Here(Path(folder), options.here / "desktopchat"), options.model, time.monotonic())
        if options.packages:
            if not any(package.suffix == ".deb" for package in options.packages):
                raise SetupError("Give the .deb too: what it depends on is all that the clean system has.")
            system = clean_system(options.work)
            for package in sorted(options.packages, key=lambda one: one.suffix != ".deb"):
                print(package.name)
                (try_deb if package.suffix == ".deb" else try_archive)(system, package, options.model)
    except (FailureError, SetupError, AssertionError, subprocess.SubprocessError) as error:
        say(str(error))
        return 1
    print("It works.")
    return 0


if __name__ == "__main__":
    sys.exit(main())
