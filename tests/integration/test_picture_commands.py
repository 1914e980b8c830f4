"""Pictures and vectors in the terminal."""

import io
import json
from pathlib import Path

import pytest

from desktopchat.cli import main
from tests.pictures import png
from tests.tiny_models import write_tiny
from tests.tiny_projectors import write_projector


@pytest.fixture
def model(tmp_path: Path) -> Path:
    (tmp_path / "cat.png").write_bytes(png(60, 40))
    write_projector(tmp_path / "mmproj-f16.gguf")
    return write_tiny(tmp_path / "tiny-vl.gguf")


def run(folder: Path, *arguments: str) -> int:
    return main(["--data-dir", str(folder / "data"), "--engine", "inprocess", *arguments])


def test_a_picture_is_asked_about(model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    options = ("--model", str(model), "--max-tokens", "4", "--json", "What is it?")
    tokens = []
    for more in ((), ("--picture", str(tmp_path / "cat.png")), ("--picture", str(tmp_path / "cat.png")) * 2):
        assert run(tmp_path, "ask", *more, *options) == 0
        tokens.append(json.loads(capsys.readouterr().out)["usage"]["prompt_tokens"])
    assert tokens[2] - tokens[1] == tokens[1] - tokens[0] == 16


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (("--picture", "nowhere.png"), "nowhere.png cannot be read"),
        (("--picture", "tiny-vl.gguf"), "PNG, JPEG, GIF and BMP"),
        (("--picture", "cat.png", "--projector", "none"), "cannot look at pictures"),
        (("--picture", "cat.png", "--projector", "tiny-vl.gguf"), "is no projector"),
    ],
)
def test_what_goes_wrong_is_one_line(
    model: Path,
    tmp_path: Path,
    more: tuple[str, ...],
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    assert run(tmp_path, "ask", *more, "--model", str(model), "What is it?") == 1
    lines = [line for line in capsys.readouterr().err.splitlines() if line.startswith("desktopchat: ")]
    assert len(lines) == 1
    assert words in lines[0]


def test_texts_become_vectors(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    bert = write_tiny(tmp_path / "bert.gguf", "bert")
    assert run(tmp_path, "embed", "--model", str(bert), "the cat sat", "a dog") == 0
    rows = [[float(number) for number in line.split()] for line in capsys.readouterr().out.splitlines()]
    assert [len(row) for row in rows] == [64, 64]
    assert sum(number * number for number in rows[0]) == pytest.approx(1, abs=1e-4)
    monkeypatch.setattr("sys.stdin", io.StringIO("the cat sat\n\na dog\n"))
    assert run(tmp_path, "embed", "--json", "--model", str(bert), "-", "the moon") == 0
    answer = json.loads(capsys.readouterr().out)
    assert answer["model"] == "bert"
    assert [one["text"] for one in answer["embeddings"]] == ["the cat sat", "a dog", "the moon"]
    assert [one["tokens"] for one in answer["embeddings"]] == [5, 4, 4]
    assert answer["embeddings"][0]["vector"] == pytest.approx(rows[0], abs=1e-5)


def test_an_answer_is_refused_by_a_model_for_vectors(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    bert = write_tiny(tmp_path / "bert.gguf", "bert")
    assert run(tmp_path, "ask", "--model", str(bert), "Hello") == 1
    assert "bert compares texts and writes none" in capsys.readouterr().err
