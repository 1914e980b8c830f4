"""The suggestion is one calm banner that says it is an estimate, and goes by key."""

import pytest
from fake_chats import FakeChat
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.core.model_size import Memory, Suggestion
from desktopchat.core.notice import Notice
from desktopchat.ui.size_words import size_notice

GB = 10**9
ON_CPU = Suggestion(int(4.5 * GB), 7.5e9, 5.2, Memory(6 * GB, 8 * GB))
ON_GPU = Suggestion(15 * GB, 25e9, 48.0, Memory(20 * GB, 24 * GB, "A graphics card"))


@pytest.mark.parametrize(
    ("suggestion", "words"),
    [
        (ON_CPU, ("6.0 GB of this computer's 8.0 GB", "up to 4.5 GB", "8 billion", "about 5 tokens")),
        (ON_GPU, ("20.0 GB of the 24.0 GB of A graphics card", "up to 15.0 GB", "at least 48 tokens")),
        (Suggestion(600_000_000, 1e9, 5.0, Memory(8 * GB, 8 * GB)), ("1.0 billion", "Larger ones fit, but")),
    ],
)
def test_it_says_what_fits_and_that_it_is_an_estimate(suggestion: Suggestion, words: tuple[str, ...]) -> None:
    notice = size_notice(suggestion, "Ctrl+O")
    assert notice.cause.startswith("An estimate")
    assert ("Larger ones" in notice.cause) is (suggestion.memory.free == suggestion.memory.total)
    assert [one for one in words if one not in notice.cause] == []
    assert "Ctrl+O opens a GGUF file" in notice.cure
    assert "opens" not in size_notice(suggestion, "").cure


def test_banner_stays_until_it_is_closed_by_key(qtbot: QtBot) -> None:
    chat = FakeChat()
    window = open_window(qtbot, chat)
    banner = window.page.banner
    window.show_suggestion(ON_CPU)
    assert banner.isVisible()
    assert not window.toast.isVisible()
    chat.sent.emit()  # the next question does not take it away unread
    assert banner.isVisible()
    window.show_notice(Notice("error", "It broke."))
    assert banner.text() == "It broke."
    qtbot.keyClick(window.page.composer.field, Qt.Key.Key_Escape)
    assert banner.text().startswith("An estimate")
    qtbot.keyClick(window.page.composer.field, Qt.Key.Key_Escape)
    assert not banner.isVisible()
