"""Images that stand in an answer as data are shown, within bounds; no other one is ever loaded."""

import base64

import pytest
from PySide6.QtCore import QBuffer, QIODevice, QSize
from PySide6.QtGui import QColor, QImage, QTextDocument
from pytestqt.qtbot import QtBot
from test_maths import PICTURE, Later
from test_view import copied, finished, own

from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.images import LONGEST, MOST_PIXELS, decoded
from desktopchat.ui.transcript.parser import make_parser
from desktopchat.ui.transcript.view import TranscriptView

MOST = QSize(400, 300)


def address(width: int = 40, height: int = 20, kind: str = "png", colour: str = "#ff0000") -> str:
    image = QImage(width, height, QImage.Format.Format_RGB32)
    image.fill(QColor(colour))
    return encoded(image, kind)


def encoded(image: QImage, kind: str) -> str:
    buffer = QBuffer()
    buffer.open(QIODevice.OpenModeFlag.WriteOnly)
    assert image.save(buffer, kind)
    return f"data:image/{kind};base64,{base64.b64encode(buffer.data().data()).decode()}"


GIF = "data:image/gif;base64,R0lGODlhAQABAIAAAP8AAP///yH5BAAAAAAALAAAAAABAAEAAAICRAEAOw=="


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


def shown(view: TranscriptView) -> QImage:
    form = view.document().find(PICTURE).charFormat().toImageFormat()
    image = view.document().resource(QTextDocument.ResourceType.ImageResource.value, form.name())
    assert isinstance(image, QImage)
    return image


@pytest.mark.parametrize("kind", ["png", "jpeg", "webp"])
def test_image_takes_the_place_of_its_words(view: TranscriptView, later: Later, kind: str) -> None:
    source = f"So ![a *red* one]({address(kind=kind)}) it is."
    view.show_messages((own(), finished(text=source)))
    assert "So [image: a *red* one] it is." in view.toPlainText()
    later.work()
    assert f"So {PICTURE} it is." in view.toPlainText()
    form = view.document().find(PICTURE).charFormat().toImageFormat()
    assert (form.width(), form.height()) == (40, 20)
    assert shown(view).pixelColor(9, 9).red() > 250
    assert source in copied(view)


def test_image_by_reference_is_shown(view: TranscriptView, later: Later) -> None:
    view.show_messages((own(), finished(text=f"![cat][c]\n\n[c]: {GIF}")))
    later.work()
    assert shown(view).size() == QSize(1, 1)


def test_wide_image_fits_into_the_column(view: TranscriptView, later: Later) -> None:
    view.show_messages((own(), finished(text=f"![w]({address(3000, 300)})")))
    later.work()
    form = view.document().find(PICTURE).charFormat().toImageFormat()
    assert form.width() <= view.document().textWidth()
    assert form.width() / form.height() == pytest.approx(10, rel=0.05)
    assert shown(view).width() < 1600


@pytest.mark.parametrize(
    "broken",
    [
        "data:image/png;base64,AAAA",
        "data:image/png;base64,AAAAA",
        address(kind="jpeg").replace("jpeg", "png"),
        "data:image/png;base64,PHN2Zy8+",
    ],
)
@pytest.mark.qt_log_ignore("libpng|JPEG", extend=True)
def test_broken_image_shows_its_words(view: TranscriptView, later: Later, broken: str) -> None:
    view.show_messages((own(), finished(text=f"See ![a cat]({broken}) here.")))
    later.work()
    assert "See [image: a cat] here." in view.toPlainText()
    assert f"![a cat]({broken})" in copied(view)


def test_bomb_is_not_decoded() -> None:
    bomb = QImage(MOST_PIXELS // 4000 + 1, 4000, QImage.Format.Format_Mono)
    bomb.fill(0)
    assert len(encoded(bomb, "png")) < 10_000
    assert decoded(encoded(bomb, "png"), MOST) is None
    allowed = decoded(encoded(bomb.copy(0, 0, 3000, 4000), "png"), MOST)
    assert allowed is not None
    assert (allowed.width(), allowed.height()) == (225, 300)


def test_image_that_is_too_long_is_not_decoded() -> None:
    head, _, data = address().partition(",")
    longer = {length: base64.b64encode(base64.b64decode(data) + bytes(length)).decode() for length in (9, LONGEST)}
    assert decoded(f"{head},{longer[9]}", MOST) is not None
    assert decoded(f"{head},{longer[LONGEST]}", MOST) is None


def test_images_of_a_page_have_a_bound(
    view: TranscriptView, later: Later, monkeypatch: pytest.MonkeyPatch, qtbot: QtBot
) -> None:
    monkeypatch.setattr("desktopchat.ui.transcript.images.MOST_MEMORY", 4000)
    first, second = address(colour="#00ff00"), address(colour="#0000ff")
    view.show_messages((own(), finished(text=f"![a]({first})")))
    later.work()
    view.append_message(finished(3, f"![b]({second})"))
    later.work()
    assert view.toPlainText().count(PICTURE) == 1
    assert "[image: b]" in view.toPlainText()
    view.show_messages((own(4), finished(5, f"![b]({second})")))
    later.work()
    assert view.toPlainText().count(PICTURE) == 1


@pytest.mark.parametrize("kind", ["svg+xml", "bmp"])
def test_other_kinds_stay_text(view: TranscriptView, later: Later, kind: str) -> None:
    text = f"![x](data:image/{kind};base64,AAAA)"
    view.show_messages((own(), finished(text=text)))
    later.work()
    assert text in view.toPlainText()


def test_long_data_is_parsed_at_once() -> None:
    calls: list[str] = []
    parser = make_parser()
    parser.validateLink = lambda url: calls.append(url) is None  # type: ignore[method-assign]
    (block,) = [token for token in parser.parse(f"![a cat](data:image/png;base64,{'A' * 10_000})") if token.children]
    assert [(token.type, token.content) for token in block.children or ()] == [("image", "a cat")]
    assert calls == []
