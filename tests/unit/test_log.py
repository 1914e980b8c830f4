import logging
import subprocess
import sys
from pathlib import Path

from desktopchat.log import BACKUPS, FILE_NAME, MAX_BYTES, EscapingFormatter

PROGRAM = """
import logging, pathlib, sys, threading
from desktopchat.log import configure
def tell(error):
    print("told", repr(error), flush=True)
configure(pathlib.Path(sys.argv[1]), debug=sys.argv[2] == "debug", on_error=tell)
log = logging.getLogger("desktopchat.test")
log.debug("small thing")
log.info("%s", "red\\x1b[31m\\r\\u202e 你好\\nsecond")
thread = threading.Thread(target=lambda: 1 / 0, name="worker")
thread.start()
thread.join()
class Bad:
    def __del__(self):
        raise ValueError("in del")
Bad()
{}["missing"]
"""


def run(folder: Path, mode: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-X", "utf8", "-c", PROGRAM, str(folder), mode], capture_output=True, encoding="utf-8"
    )


def test_everything_uncaught_is_logged_and_told_and_nothing_goes_to_stderr(tmp_path: Path):
    done = run(tmp_path, "quiet")
    assert done.returncode == 1
    assert done.stderr == ""
    assert done.stdout.splitlines() == [
        "told ZeroDivisionError('division by zero')",
        "told ValueError('in del')",
        "told KeyError('missing')",
    ]
    text = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert "Uncaught in thread worker" in text
    assert "Uncaught in the main thread\n    Traceback (most recent call last):\n" in text
    assert "ValueError: in del" in text
    assert "INFO desktopchat.test: red\\x1b[31m\\r\\u202e 你好\n    second\n" in text
    assert "\x1b" not in text
    assert "small thing" not in text


def test_error_of_telling_an_error_is_not_told_again(tmp_path: Path):
    code = (
        "import pathlib, sys; from desktopchat.log import configure\n"
        "def tell(error):\n"
        "    print('told', error)\n"
        "    sys.excepthook(OSError, OSError('window is gone'), None)  # as Qt does with what a slot raises\n"
        "    raise ValueError('no')\n"
        "configure(pathlib.Path(sys.argv[1]), on_error=tell)\n"
        "raise KeyError('first')\n"
    )
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, encoding="utf-8")
    assert (done.returncode, done.stdout, done.stderr) == (1, "told 'first'\n", "")
    text = (tmp_path / FILE_NAME).read_text(encoding="utf-8")
    assert text.count("KeyError: 'first'") == 1
    assert "OSError: window is gone" in text
    assert "ValueError: no" in text


def test_debug_goes_to_stderr_too(tmp_path: Path):
    done = run(tmp_path, "debug")
    assert "DEBUG desktopchat.test: small thing" in done.stderr
    assert "\x1b" not in done.stderr
    assert "small thing" in (tmp_path / FILE_NAME).read_text(encoding="utf-8")


def test_file_rotates(tmp_path: Path):
    code = "import logging, pathlib, sys; from desktopchat.log import configure; configure(pathlib.Path(sys.argv[1]))\n"
    code += "for number in range(500): logging.warning('x' * 10_000)"
    subprocess.run([sys.executable, "-c", code, str(tmp_path)], check=True)
    assert len(list(tmp_path.iterdir())) == BACKUPS + 1
    assert all(file.stat().st_size <= MAX_BYTES for file in tmp_path.iterdir())


def test_second_call_takes_the_place_of_the_first(tmp_path: Path):
    code = "import logging, pathlib, sys; from desktopchat.log import configure\n"
    code += "for folder in sys.argv[1:]: configure(pathlib.Path(folder))\n"
    code += "logging.warning('once')"
    for name in "ab":
        (tmp_path / name).mkdir()
    subprocess.run([sys.executable, "-c", code, str(tmp_path / "a"), str(tmp_path / "b")], check=True)
    assert (tmp_path / "b" / FILE_NAME).read_text().count("once") == 1
    assert not (tmp_path / "a" / FILE_NAME).exists()


def test_keyboard_interrupt_is_no_error(tmp_path: Path):
    code = "import pathlib, sys; from desktopchat.log import configure; configure(pathlib.Path(sys.argv[1]))\n"
    code += "raise KeyboardInterrupt"
    done = subprocess.run([sys.executable, "-c", code, str(tmp_path)], capture_output=True, text=True)
    assert "KeyboardInterrupt" in done.stderr
    assert not (tmp_path / FILE_NAME).exists()


def test_plain_lines_stay_as_they_are():
    record = logging.makeLogRecord({"msg": "tab\tand 天气 🙂 \x9b\ud800"})
    assert EscapingFormatter("%(message)s").format(record) == "tab\tand 天气 🙂 \\x9b\\ud800"
