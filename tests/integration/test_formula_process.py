"""Formulas are drawn in a process of their own, which may be slow or die."""

import os
import signal
from collections.abc import Iterator

import pytest
from pytestqt.qtbot import QtBot

from desktopchat.controllers.drawing import Drawing
from desktopchat.drawing.process import FormulaProcess


@pytest.fixture
def process() -> Iterator[FormulaProcess]:
    made = FormulaProcess()
    yield made
    made.close()
    made.wait()


def test_formula_is_drawn_and_what_is_none_is_not(process: FormulaProcess) -> None:
    svg = process.draw(r"\frac{a}{b}", 15, "#112233", True)
    assert svg.startswith("<svg")
    assert "#112233" in svg
    assert process.draw(r"\frac{", 15, "#112233", True) == ""
    assert process.draw("x", 15, "#112233", False).startswith("<svg")


def test_process_that_died_is_started_again(process: FormulaProcess) -> None:
    assert process.draw("x", 15, "#000000", False)
    child = process._process
    assert child is not None
    os.kill(child.pid, signal.SIGTERM)
    child.wait()
    assert process.draw("y", 15, "#000000", False) == ""
    assert process.draw("z", 15, "#000000", False).startswith("<svg")


def test_slow_formula_is_given_up() -> None:
    process = FormulaProcess(patience=0.01)  # less than the process needs to start
    assert process.draw("x", 15, "#000000", False) == ""
    assert process._process is None


def test_nothing_is_drawn_after_the_end(qtbot: QtBot) -> None:
    drawing = Drawing()
    with qtbot.waitCallback() as done:
        drawing.run(lambda: drawing.formula("x", 15, "#000000", False), done)
    assert done.args[0].startswith("<svg")
    drawing.close()
    assert drawing.formula("x", 15, "#000000", False) == ""
