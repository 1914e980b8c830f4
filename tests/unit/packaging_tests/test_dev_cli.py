import signal
from pathlib import Path

import pytest
from devtools import cli
from devtools.command import DISK_FULL, NO_NETWORK
from devtools.console import SetupError


@pytest.mark.parametrize(
    ("given", "own", "app"),
    [
        ([], [], []),
        (["--backend", "cuda", "ask", "hi"], ["--backend", "cuda"], ["ask", "hi"]),
        (["--no-starter", "--backend=cpu"], ["--no-starter", "--backend=cpu"], []),
        (["--data-dir", "x", "--no-starter"], [], ["--data-dir", "x", "--no-starter"]),
        (["--no-starter", "--", "--help"], ["--no-starter"], ["--help"]),
        (["ask", "--", "-x"], [], ["ask", "--", "-x"]),
    ],
)
def test_our_arguments_come_first_and_the_rest_is_the_apps(given: list[str], own: list[str], app: list[str]) -> None:
    assert cli.split(given) == (own, app)


@pytest.mark.parametrize(
    ("app", "folder"),
    [(["ask"], None), (["--data-dir", "x"], "x"), (["--data-dir=y", "ask"], "y"), (["--data-dir"], None)],
)
def test_the_data_folder_is_read_from_the_apps_arguments(app: list[str], folder: str | None) -> None:
    assert cli.data_dir_of(app) == folder


@pytest.mark.parametrize(
    ("trouble", "code", "line"),
    [
        (KeyboardInterrupt(), 130, "Interrupted. Start again to go on from here."),
        (SetupError(NO_NETWORK), 1, NO_NETWORK),
        (OSError(28, "No space left on device"), 1, DISK_FULL),
        (
            PermissionError(13, "Permission denied", ".venv"),
            1,
            "The set-up failed: [Errno 13] Permission denied: '.venv'.",
        ),
    ],
)
def test_trouble_is_one_line_without_a_traceback(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    trouble: BaseException,
    code: int,
    line: str,
) -> None:
    def fail(*_: object) -> None:
        raise trouble

    monkeypatch.setattr(cli.Setup, "carry_out", fail)
    assert cli.run(["run", "ask"]) == code
    assert capsys.readouterr().err == f"{line}\n"


def test_being_told_to_end_counts_as_an_interrupt(monkeypatch: pytest.MonkeyPatch) -> None:
    def told(*_: object) -> None:
        signal.raise_signal(signal.SIGTERM)

    monkeypatch.setattr(cli.Setup, "carry_out", told)
    assert cli.run(["run"]) == 130
    assert signal.getsignal(signal.SIGTERM) is signal.SIG_DFL


def test_the_app_takes_the_place_of_the_set_up(monkeypatch: pytest.MonkeyPatch) -> None:
    became: list[list[str]] = []
    monkeypatch.setattr(cli.Setup, "carry_out", lambda *_: None)
    monkeypatch.setattr(cli, "_become", lambda arguments: became.append(arguments) or 7)
    assert cli.run(["run", "--no-starter", "ask", "--json", "hi"]) == 7
    assert [arguments[1:] for arguments in became] == [["-m", "desktopchat", "ask", "--json", "hi"]]


def test_the_first_check_that_fails_ends_the_test_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    models = tmp_path / ".venv" / "starter"
    models.mkdir(parents=True)
    (models / "model.gguf").touch()
    ran: list[list[str]] = []
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESKTOPCHAT_TEST_MODEL", "")
    monkeypatch.setattr(cli, "ROOT", tmp_path)
    monkeypatch.setattr(cli.Setup, "app_steps", lambda _: [])
    monkeypatch.setattr(cli.Setup, "test_steps", lambda _: [])
    monkeypatch.setattr(cli, "_become", lambda arguments: ran.append(arguments[1:]) or 0)

    def call(arguments: list[str]) -> int:
        ran.append(arguments[1:])
        return 5 if failing in arguments else 0

    monkeypatch.setattr(cli.subprocess, "call", call)
    failing = "nothing"
    assert cli.run(["test", "-k", "x"]) == 0
    assert ran == [
        ["-m", "ruff", "check"],
        ["-m", "ruff", "format", "--check"],
        ["-m", "mypy"],
        ["-m", "pytest", "-k", "x"],
    ]
    assert cli.os.environ["DESKTOPCHAT_TEST_MODEL"] == str(models / "model.gguf")
    ran.clear()
    failing = "mypy"
    assert cli.run(["test"]) == 5
    assert len(ran) == 3
    ran.clear()
    failing = "tests/integration"
    assert cli.run(["test"]) == 5
    assert ran[3:] == [["-m", "pytest", *cli.AT_ONCE, *part] for part in cli.TEST_PARTS], "the other parts were not run"


def test_wrong_usage_ends_with_2(capsys: pytest.CaptureFixture[str]) -> None:
    for arguments in ([], ["fly"], ["run", "--backend", "abacus"]):
        with pytest.raises(SystemExit) as caught:
            cli.run(arguments)
        assert caught.value.code == 2
    assert "abacus" in capsys.readouterr().err
