"""A file becomes questions in a real window, with a real model in a child of its own."""

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot
from running_app import RunningApp, running_app

from desktopchat.core.notice import Notice
from desktopchat.core.params import LoadParams
from desktopchat.ui.batch_card import BatchCard
from desktopchat.ui.model_work_card import ModelWorkCard

LIMIT = 60_000  # ms


@pytest.fixture
def app(qtbot: QtBot, tmp_path: Path, starter_model: Path) -> Iterator[RunningApp]:
    with running_app(qtbot, tmp_path, LoadParams(n_ctx=2048)) as app:
        app.models.open_file(str(starter_model))
        qtbot.waitUntil(lambda: app.models.loaded is not None, timeout=LIMIT)
        app.chat.set_sampling(app.chat.sampling.changed(max_tokens=8, temperature=0.0))
        yield app


def card_for(app: RunningApp, path: Path) -> BatchCard:
    app.window.commands.batch.look(str(path))
    app.qtbot.waitUntil(lambda: bool(app.window.findChildren(BatchCard)), timeout=LIMIT)
    return app.window.findChildren(BatchCard)[-1]


def ended(app: RunningApp) -> list[Notice]:
    told: list[Notice] = []
    app.endpoint.batch.ended.connect(told.append)
    return told


def rows_of(path: Path) -> list[dict[str, str]]:
    with path.open(newline="", encoding="utf-8") as file:
        return list(csv.DictReader(file))


def test_rows_are_answered_and_a_second_time_nothing_is_asked(app: RunningApp, tmp_path: Path) -> None:
    source = tmp_path / "animals.csv"
    source.write_text("animal\ncat\nheron\nhorse\n")
    told = ended(app)
    card = card_for(app, source)
    assert card.field.toPlainText() == "{animal}"
    card.field.setPlainText("What does a {animal} eat?")
    app.qtbot.keyClick(card.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    app.qtbot.waitUntil(lambda: len(told) == 1, timeout=LIMIT)
    rows = rows_of(tmp_path / "animals.answers.csv")
    assert [row["animal"] for row in rows] == ["cat", "heron", "horse"]
    assert all(row["answer"] and row["completion_tokens"] == "8" and not row["error"] for row in rows)
    assert "3 rows are answered" in str(told[0].cause)
    before = (tmp_path / "animals.answers.csv").read_bytes()
    again = card_for(app, source)
    assert again.field.toPlainText() == "What does a {animal} eat?"  # as it was begun
    app.qtbot.keyClick(again.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    app.qtbot.waitUntil(lambda: len(told) == 2, timeout=LIMIT)
    assert (tmp_path / "animals.answers.csv").read_bytes() == before
    assert not app.endpoint.batch.working


def test_it_is_stopped_by_key_and_goes_on_from_there(app: RunningApp, tmp_path: Path) -> None:
    source = tmp_path / "numbers.jsonl"
    source.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(60)))
    out = tmp_path / "numbers.answers.jsonl"
    told = ended(app)
    card = card_for(app, source)
    card.field.setPlainText("Say the number {n}.")
    app.qtbot.keyClick(card.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    app.qtbot.waitUntil(lambda: out.exists() and out.read_bytes().count(b"\n") >= 2, timeout=LIMIT)
    (shown,) = app.window.findChildren(ModelWorkCard)
    app.qtbot.keyClick(shown, Qt.Key.Key_Delete)
    app.qtbot.waitUntil(lambda: len(told) == 1, timeout=LIMIT)
    assert "goes on from there" in str(told[0].cause)
    done = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert 2 <= len(done) < 60
    assert all(row["completion_tokens"] == 8 or row["finish_reason"] == "stop" for row in done)  # none is cut
    source.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(len(done) + 1)))
    card = card_for(app, source)
    app.qtbot.keyClick(card.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    app.qtbot.waitUntil(lambda: len(told) == 2, timeout=LIMIT)
    rows = [json.loads(line) for line in out.read_text("utf-8").splitlines()]
    assert [row["n"] for row in rows] == list(range(len(done) + 1))
    assert rows[: len(done)] == done


def test_the_window_goes_between_two_rows(app: RunningApp, tmp_path: Path) -> None:
    source = tmp_path / "numbers.jsonl"
    source.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(60)))
    out = tmp_path / "numbers.answers.jsonl"
    told = ended(app)
    card = card_for(app, source)
    app.qtbot.keyClick(card.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    app.qtbot.waitUntil(lambda: out.exists() and out.read_bytes().count(b"\n") >= 1, timeout=LIMIT)
    app.chat.send("Hello")
    app.qtbot.waitUntil(lambda: len(app.shown) == 2 and bool(app.shown[1].finish_reason), timeout=LIMIT)
    assert app.endpoint.batch.working
    app.endpoint.batch.stop()
    app.qtbot.waitUntil(lambda: len(told) == 1, timeout=LIMIT)


def test_what_cannot_begin_is_told_where_the_prompt_stays(app: RunningApp, tmp_path: Path) -> None:
    source, schema = tmp_path / "in.csv", tmp_path / "schema.json"
    source.write_text("text\nhi\n")
    schema.write_text("no schema")
    card = card_for(app, source)
    for prompt, path, words in (
        ("Say hi.", "", "names no column"),
        ("{other}", "", "has no “other”"),
        ("{text}", str(schema), "no JSON schema"),
        ("{text}", str(tmp_path / "gone.json"), "gone.json cannot be read"),
    ):
        card.field.setPlainText(prompt)
        card.use_schema(path)
        app.qtbot.mouseClick(card.findChildren(QPushButton)[-1], Qt.MouseButton.LeftButton)
        app.qtbot.waitUntil(lambda words=words: words in card.words.text(), timeout=LIMIT)
        assert card.field.toPlainText() == prompt
    assert not list(tmp_path.glob("in.answers*"))
    bad = tmp_path / "bad.csv"
    bad.write_bytes(b"text\n\xe4\n")
    refused: list[Notice] = []
    app.endpoint.batch.refused.connect(refused.append)
    card.close_overlay()
    app.window.commands.batch.look(str(bad))
    app.qtbot.waitUntil(lambda: len(refused) == 1, timeout=LIMIT)
    assert "not in UTF-8" in str(refused[0].cause)


def test_another_model_ends_it(app: RunningApp, tmp_path: Path, starter_model: Path) -> None:
    other = tmp_path / "other.gguf"
    other.symlink_to(starter_model)
    source = tmp_path / "numbers.jsonl"
    source.write_text("".join(json.dumps({"n": n}) + "\n" for n in range(200)))
    told = ended(app)
    card = card_for(app, source)
    app.qtbot.keyClick(card.field, Qt.Key.Key_Return, Qt.KeyboardModifier.ControlModifier)
    app.qtbot.waitUntil(lambda: app.endpoint.batch.working, timeout=LIMIT)
    app.models.open_file(str(other))
    app.qtbot.waitUntil(lambda: len(told) == 1, timeout=LIMIT)
    assert "Stopped after" in str(told[0].cause)
