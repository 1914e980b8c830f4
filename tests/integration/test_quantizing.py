"""Models are made smaller by llama.cpp's own quantizer, in a process that may end at any moment."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from tiny_models import write_tiny

from desktopchat.cli import main
from desktopchat.core.errors import ModelFileError
from desktopchat.engine import quantizing
from desktopchat.engine.quantizing import measure
from desktopchat.library.folder import inspect

TEXT = (
    "Water is a liquid that covers most of the surface of the Earth. When it gets cold enough, it turns into ice, and"
    " when it is heated, it becomes steam. Plants and animals need it to live, and people use it for drinking, cooking,"
    " washing and growing food. Rivers carry it from the mountains to the sea, where the sun warms it again.\n"
)


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "tiny-F32.gguf")


@pytest.fixture(autouse=True)
def umask() -> Iterator[None]:
    before = os.umask(0o022)
    os.umask(before)
    yield
    os.umask(before)


def quantize(tmp_path: Path, *arguments: object) -> int:
    return main(["models", "quantize", *map(str, arguments), "--data-dir", str(tmp_path / "data")])


def test_a_model_becomes_smaller_and_is_compared(
    source: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    text = tmp_path / "text.txt"
    text.write_text(TEXT, "utf-8")
    assert quantize(tmp_path, source, "q8_0", "--compare", text, "--json") == 0
    told = json.loads(capsys.readouterr().out)
    made = inspect(tmp_path / "data" / "models" / "tiny-Q8_0.gguf")
    assert (told["path"], told["quant"], told["size"]) == (made.path, "Q8_0", made.size)
    assert made.quant == "Q8_0"
    assert made.size < 0.5 * source.stat().st_size
    before, after = told["compared"]
    assert after["perplexity"] == pytest.approx(before["perplexity"], rel=0.02)
    assert before["tokens"] == after["tokens"] > 100
    assert min(before["tokens_per_second"], after["tokens_per_second"]) > 0
    assert quantize(tmp_path, source, "q8_0") == 1
    assert "is there already" in capsys.readouterr().err


def test_what_cannot_be_is_said_and_nothing_is_written(
    source: Path, starter_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for arguments, words in (
        ((source, "Q9"), "is no type of numbers"),
        ((source, "IQ1_S"), "needs an importance matrix"),
        ((starter_model, "Q4_0"), "would lose twice"),
        ((source, "Q8_0", "--compare", tmp_path / "none.txt"), "cannot be read"),
        ((source, "Q8_0", "--output", tmp_path), "is there already"),
    ):
        assert quantize(tmp_path, *arguments) == 1
        assert words in capsys.readouterr().err
    assert not list((tmp_path / "data" / "models").glob("*"))


def test_what_gets_the_name_in_the_meantime_stays(source: Path, tmp_path: Path) -> None:
    target = tmp_path / "made.gguf"

    def heard(_done: int, _of: int) -> None:
        target.write_bytes(b"another")

    with pytest.raises(ModelFileError, match="is there already"):
        quantizing.quantize(source, target, 7, tmp_path / "log", heard)
    assert target.read_bytes() == b"another"
    assert sorted(path.name for path in tmp_path.glob(".*")) == []


def test_a_text_that_makes_sense_is_foreseen_better(starter_model: Path, tmp_path: Path) -> None:
    def perplexity(text: str) -> float:
        return measure(starter_model, text, tmp_path / "log", lambda _done, _of: None).perplexity

    assert 1 < perplexity(TEXT) < perplexity(TEXT[::-1]) / 5


def test_nothing_is_left_when_it_is_interrupted(source: Path, tmp_path: Path) -> None:
    program = [sys.executable, "-m", "desktopchat", "models", "quantize", str(source), "Q8_0"]
    for ending, code in ((signal.SIGINT, 130), (signal.SIGKILL, -9)):
        data = tmp_path / str(code)
        running = subprocess.Popen([*program, "--data-dir", str(data)], stderr=subprocess.DEVNULL)
        while not (children := psutil.Process(running.pid).children()) and running.poll() is None:
            time.sleep(0.005)
        assert children, "it ended before it could be interrupted"
        running.send_signal(ending)
        assert running.wait(20) == code
        gone, alive = psutil.wait_procs(children, timeout=20)
        assert (len(gone), alive) == (1, [])
        assert not list((data / "models").glob("*.gguf"))
