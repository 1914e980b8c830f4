"""What is set and which keys are chosen reaches the disk, in the order in which it was asked for."""

from collections.abc import Callable
from pathlib import Path
from threading import Event
from typing import Any

from desktopchat.controllers.keys import KeyController
from desktopchat.controllers.preferences import Preferences, Saver
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.settings.file import Settings
from desktopchat.settings.key_file import KeyFile


class SlowRunner:
    """Keeps what it was given until it is told to do it."""

    def __init__(self) -> None:
        self.waiting: list[tuple[Callable[[], Any], Any, Any]] = []

    def run(self, work: Callable[[], Any], done: Any = None, failed: Any = None) -> None:
        self.waiting.append((work, done, failed))

    def go_on(self) -> None:
        work, done, failed = self.waiting.pop(0)
        try:
            result = work()
        except UserError as error:
            failed(error)
        else:
            if done is not None:
                done(result)


def test_saver_leaves_out_what_is_old() -> None:
    runner, done = SlowRunner(), []
    saver = Saver(runner, done.append)
    for number in range(4):
        saver.save(lambda number=number: done.append(number))
    for _ in range(4):
        runner.go_on()
    assert done == [3]


def test_saver_never_writes_twice_at_a_time() -> None:
    io, done = TaskRunner("io", 2), []
    saver = Saver(io, done.append)
    entered, leave = Event(), Event()

    def slow() -> None:
        entered.set()
        leave.wait(10)
        done.append("slow")

    saver.save(slow)
    entered.wait(10)
    saver.save(lambda: done.append("next"))
    leave.set()
    io.close()
    assert done == ["slow", "next"]


def test_saver_tells_of_an_error_and_goes_on() -> None:
    runner, told = SlowRunner(), []

    def fail() -> None:
        raise UserError("The disk is full.")

    saver = Saver(runner, told.append)
    saver.save(fail)
    runner.go_on()
    saver.save(lambda: told.append("saved"))
    runner.go_on()
    assert [str(one) for one in told] == ["The disk is full.", "saved"]


def keys(folder: Path, runner: SlowRunner) -> KeyController:
    preferences = Preferences(Settings.load(folder / "settings.toml"), runner)
    return KeyController(preferences, KeyFile.load(folder / "keys.toml"), runner)


def test_keys_hold_at_once_and_are_written_later(tmp_path: Path) -> None:
    runner = SlowRunner()
    controller = keys(tmp_path, runner)
    controller.use(controller.keymap.with_key("view.theme", "F9"))
    assert controller.keymap["view.theme"].keys == ("Ctrl+Shift+L", "F9")
    assert not (tmp_path / "keys.toml").exists()
    runner.go_on()
    assert keys(tmp_path, runner).keymap["view.theme"].keys == ("Ctrl+Shift+L", "F9")


def test_keys_hold_in_the_window_though_the_disk_refuses(tmp_path: Path) -> None:
    runner, told = SlowRunner(), []
    controller = keys(tmp_path / "nowhere", runner)
    controller.noticed.connect(told.append)
    controller.use(controller.keymap.without_keys("view.theme"))
    runner.go_on()
    assert controller.keymap["view.theme"].keys == ()
    assert "until then they hold in this window" in told[0].cure


def test_preset_is_a_setting_that_holds_at_once(tmp_path: Path) -> None:
    runner = SlowRunner()
    preferences = Preferences(Settings.load(tmp_path / "settings.toml"), runner)
    controller = KeyController(preferences, KeyFile.load(tmp_path / "keys.toml"), runner)
    shown: list[str] = []
    controller.changed.connect(lambda keymap: shown.append(keymap.preset))
    preferences.set("keys.preset", "emacs")
    controller.use(controller.keymap.with_preset("vim"))
    assert shown == ["emacs", "vim"]
    while runner.waiting:
        runner.go_on()
    assert keys(tmp_path, runner).keymap.preset == "vim"
