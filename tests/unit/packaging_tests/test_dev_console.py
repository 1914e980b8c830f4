import io

import pytest
from devtools.console import Progress, Tick, download_meter, duration, ninja_meter, package_meter


class Terminal(io.StringIO):
    def isatty(self) -> bool:
        return True


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def test_ninja_lines_are_read_with_whatever_stands_before_them() -> None:
    read = ninja_meter()
    assert read("  [1/193] Building CXX object a.cpp.o") == Tick(1, 193, "file 1 of 193")
    assert read("  -- Configuring done") is None
    assert read("[193/193] Linking") == Tick(193, 193, "file 193 of 193")


def test_a_build_nested_in_the_build_does_not_move_the_progress() -> None:
    read = ninja_meter()
    assert read("[100/193] Building shaders") is not None
    assert read("[1/2] Building vulkan-shaders-gen") is None
    assert read("[101/193] Building") is not None


def test_pip_lines_count_packages_also_those_that_are_not_for_this_system() -> None:
    read = package_meter(4)
    assert read("Collecting numpy==2.4.6 (from -r run.txt (line 3))") == Tick(1, 4, "numpy")
    assert read("""Ignoring colorama: markers 'sys_platform == "win32"' don't match your environment""") is not None
    assert read("  Downloading numpy-2.4.6.whl (17.0 MB)") is None
    assert read("Requirement already satisfied: h11==0.16.0 in there") == Tick(3, 4, "h11")
    assert read("Installing collected packages: numpy, h11") == Tick(4, 4, "unpacking")


def test_download_lines_are_told_in_megabytes() -> None:
    read = download_meter()
    assert read("Progress 26214400 of 91226112") == Tick(26214400, 91226112, "26 of 91 MB")
    assert read("Progress 0 of 0") is None
    assert read("Saved ./x.whl") is None


def test_without_a_terminal_there_is_a_line_at_every_tenth() -> None:
    stream, clock = io.StringIO(), Clock()
    progress = Progress(ninja_meter(), stream, clock)
    for file in range(1, 201):
        clock.now += 3
        progress.feed(f"[{file}/200] Building")
        progress.beat()
    progress.close()
    lines = stream.getvalue().splitlines()
    assert [line.split(",")[0].strip() for line in lines] == [f"{share} %" for share in range(10, 101, 10)]
    assert lines[0] == "  10 %, file 20 of 200, 1:00"


def test_without_a_terminal_a_quick_step_says_little() -> None:
    stream = io.StringIO()
    progress = Progress(ninja_meter(), stream, Clock())
    for file in range(1, 201):
        progress.feed(f"[{file}/200] Building")
    assert stream.getvalue() == ""


def test_on_a_terminal_one_line_is_rewritten_and_taken_away(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "80")
    stream, clock = Terminal(), Clock()
    progress = Progress(ninja_meter(), stream, clock)
    progress.beat()
    progress.feed("[50/200] Building")
    clock.now = 65
    progress.beat()
    progress.close()
    shown = [part.rstrip() for part in stream.getvalue().split("\r")]
    assert shown == ["", "  0:00", "  25 %, file 50 of 200, 0:00", "  25 %, file 50 of 200, 1:05", "", ""]
    assert "\n" not in stream.getvalue()


def test_on_a_narrow_terminal_the_line_does_not_wrap(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("COLUMNS", "12")
    stream = Terminal()
    Progress(ninja_meter(), stream, Clock()).feed("[50/200] Building")
    assert stream.getvalue() == "\r  25 %, fil"


@pytest.mark.parametrize(("seconds", "text"), [(0.9, "0:00"), (65, "1:05"), (3600, "60:00")])
def test_durations(seconds: float, text: str) -> None:
    assert duration(seconds) == text
