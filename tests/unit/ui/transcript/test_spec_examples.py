"""The examples of CommonMark and of GitHub's additions are shown without loss, whole and while they stream."""

import json
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from pytestqt.qtbot import QtBot
from test_view import finished, streaming

from desktopchat.ui.theme import Theme
from desktopchat.ui.transcript.document import TranscriptDocument
from desktopchat.ui.transcript.formats import Property
from desktopchat.ui.transcript.words import MessageWords

DATA = Path(__file__).parents[3] / "data"
EXAMPLES = [
    (f"{name} {number}", markdown, html)
    for name in ("commonmark", "gfm")
    for number, (_section, markdown, html) in enumerate(json.loads((DATA / f"{name}.json").read_text("utf-8")), 1)
]
WITH_HTML = MarkdownIt("commonmark", {"html": True}).enable(["table", "strikethrough"])
WITHOUT_HTML = MarkdownIt("commonmark", {"html": False}).enable(["table", "strikethrough"])


class TextOfHtml(HTMLParser):
    """What a browser would show, and the words in the place of pictures."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.text = ""
        self.feed(html)
        self.close()

    def handle_data(self, data: str) -> None:
        self.text += data

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.text += dict(attrs).get("alt") or ""


@pytest.fixture
def document(qtbot: QtBot) -> TranscriptDocument:
    words = MessageWords({})
    made = TranscriptDocument(Theme("light"), words)
    words.setParent(made)
    return made


def content(document: TranscriptDocument) -> str:
    """Return the text of the only message, with that of our marks, without header and footer."""
    lines = []
    block = document.begin()
    while block.isValid():
        line, place = "", block.begin()
        while not place.atEnd():
            form = place.fragment().charFormat()
            line += form.stringProperty(Property.ORIGINAL) or place.fragment().text()
            place += 1
        lines.append(line)
        block = block.next()
    return "\n".join(lines[2:-2])


def shown_whole(document: TranscriptDocument, markdown: str) -> str:
    document.clear_messages()
    document.append_message(finished(text=markdown))
    return content(document)


def missing(wanted: str, shown: str) -> str:
    """Return what does not stand in `shown`, in order, spaces apart; empty when all does."""
    rest = iter(shown)
    letters = [letter for letter in wanted if not letter.isspace()]
    for index, letter in enumerate(letters):
        if not any(letter == other for other in rest):
            return "".join(letters[index:])
    return ""


def test_missing_text_is_seen() -> None:
    assert missing("a b c", "xaxb") == "c"
    assert not missing("a b", "xa\nxbx")


def test_all_examples_are_there() -> None:
    assert len(EXAMPLES) == 652 + 24


def test_every_example_is_shown_without_loss(document: TranscriptDocument) -> None:
    lost = {}
    for name, markdown, html in EXAMPLES:
        # HTML is shown as it was written.
        is_plain = WITH_HTML.render(markdown) == WITHOUT_HTML.render(markdown)
        wanted = TextOfHtml(html if is_plain else WITHOUT_HTML.render(markdown)).text
        if left := missing(wanted, shown_whole(document, markdown)):
            lost[name] = left
    assert not lost


def test_every_example_streams_into_what_it_is_as_a_whole(document: TranscriptDocument) -> None:
    different = {}
    for name, markdown, _ in EXAMPLES:
        whole = shown_whole(document, markdown)
        document.clear_messages()
        document.append_message(streaming())
        (block,) = document.blocks
        for character in markdown:
            block.append(character)
        block.change(replace(finished(text=markdown)))
        if content(document) != whole:
            different[name] = (whole, content(document))
    assert not different
