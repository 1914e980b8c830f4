"""Formulas are pictures when they can be, source until then, and source when they are copied."""

from collections.abc import Callable
from typing import Any

import pytest
from PySide6.QtGui import QImage, QTextDocument
from pytestqt.qtbot import QtBot
from test_view import copied, finished, own, streaming

from desktopchat.drawing.child import draw
from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.maths import LONGEST_DRAWN
from desktopchat.ui.transcript.parser import make_parser
from desktopchat.ui.transcript.view import TranscriptView

PICTURE = "\ufffc"


class Later:
    """A runner that works when it is told to."""

    def __init__(self) -> None:
        self._tasks: list[tuple[Callable[[], Any], Callable[[Any], None]]] = []

    def run(self, work: Callable[[], Any], done: Callable[[Any], None]) -> None:
        self._tasks.append((work, done))

    def formula(self, source: str, size: int, colour: str, is_display: bool) -> str:
        return draw(source, size, colour, is_display)

    def work(self) -> None:
        tasks, self._tasks = self._tasks, []
        for work, done in tasks:
            done(work())


@pytest.fixture
def later() -> Later:
    return Later()


@pytest.fixture
def view(qtbot: QtBot, later: Later) -> TranscriptView:
    made = TranscriptView(Theme("light"), {}, runner=later)
    qtbot.addWidget(made)
    made.resize(800, 400)
    made.show()
    return made


def formulas(text: str) -> list[str]:
    found = []
    for token in make_parser().parse(text):
        if token.type == "math_block":
            found.append(token.content)
        found += [child.content for child in token.children or () if child.type == "math_inline"]
    return found


@pytest.mark.parametrize(
    ("text", "wanted"),
    [
        ("$x^2$", ["x^2"]),
        (r"a \(b\) and \[c\]", ["b", "c"]),
        ("$$\na\n- b\n$$", ["a\n- b"]),
        ("text\n$$\nx\n$$\nmore", ["x"]),
        ("\\[\nx\n\\]", ["x"]),
        ("- item\n\n  $$x$$", ["x"]),
        ("in $$x$$ line", ["x"]),
        ("it costs $5 and $6", []),
        ("I have $5 and you have 10$.", []),
        ("US$20 to US$30", []),
        (r"\$x\$", []),
        ("`$x$`", []),
        ("    $x$", []),
        ("$ x $", []),
        ("$$\n\nx\n\n$$", []),
        ("$$", []),
        (r"\(\)", []),
    ],
)
def test_what_is_a_formula(text: str, wanted: list[str]) -> None:
    assert formulas(text) == wanted


def test_source_is_shown_until_the_picture_is_there(view: TranscriptView, later: Later) -> None:
    view.show_messages((own(), finished(text=r"So $\frac{a}{b}$ is.")))
    assert r"So $\frac{a}{b}$ is." in view.toPlainText()
    later.work()
    assert f"So {PICTURE} is." in view.toPlainText()
    assert r"So $\frac{a}{b}$ is." in copied(view)


def test_picture_has_the_size_and_colour_of_the_text(view: TranscriptView, later: Later) -> None:
    view.show_messages((own(), finished(text="$$\nx = 1\n$$")))
    later.work()
    cursor = view.document().find(PICTURE)
    form = cursor.charFormat().toImageFormat()
    image = view.document().resource(QTextDocument.ResourceType.ImageResource.value, form.name())
    assert isinstance(image, QImage)
    assert image.width() == round(form.width())
    pixels = [image.pixelColor(x, y) for x in range(image.width()) for y in range(image.height())]
    assert max(pixels, key=lambda pixel: pixel.alpha()).lightness() < 60


def test_streamed_formula_is_source_until_it_ends(view: TranscriptView, later: Later) -> None:
    view.show_messages((own(), streaming()))
    view.append_text(2, "$$\na_1 *b* c\n")
    assert "a_1 *b* c" in view.toPlainText()
    view.append_text(2, "$$\n\nmore")
    later.work()
    view.append_text(2, " text")
    view.replace(finished(text="$$\na_1 *b* c\n$$\n\nmore text"))
    assert view.toPlainText().count(PICTURE) == 1
    assert "$$\na_1 *b* c\n$$" in copied(view)


def test_same_formula_is_drawn_once(view: TranscriptView, later: Later) -> None:
    view.show_messages((own(), finished(text="$x$ and $x$")))
    assert len(later._tasks) == 1
    later.work()
    assert view.toPlainText().count(PICTURE) == 2
    view.show_messages((own(), finished(3, "$x$ again")))
    assert not later._tasks
    assert f"{PICTURE} again" in view.toPlainText()


def test_what_cannot_be_drawn_stays_source(view: TranscriptView, later: Later) -> None:
    view.show_messages((own(), finished(text=r"$\frac{$ and " + f"${'x' * (LONGEST_DRAWN + 1)}$")))
    later.work()
    assert PICTURE not in view.toPlainText()
    assert r"$\frac{$ and" in view.toPlainText()


def test_pictures_do_not_move_the_reader(view: TranscriptView, later: Later, qtbot: QtBot) -> None:
    text = "$$\n\\frac{a}{\\frac{b}{c}}\n$$\n\n" * 20 + "marked place\n\n" + "line\n\n" * 40
    view.show_messages((own(), finished(text=text)))
    cursor = view.document().find("marked place")
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() - 10)
    view.verticalScrollBar().setValue(view.verticalScrollBar().value() + view.cursorRect(cursor).top())
    before = view.cursorRect(cursor).top()
    later.work()
    qtbot.waitUntil(lambda: view.toPlainText().count(PICTURE) == 20)
    assert abs(view.cursorRect(view.document().find("marked place")).top() - before) <= 2


def test_page_that_was_emptied_takes_no_pictures(view: TranscriptView, later: Later) -> None:
    view.show_messages((own(), finished(text="$x$")))
    view.show_messages((own(3, "other"),))
    later.work()
    assert PICTURE not in view.toPlainText()
    assert "other" in view.toPlainText()
