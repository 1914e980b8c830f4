"""The card of what answers cost, by key."""

import tomllib
from pathlib import Path

from fake_chats import FakeChat
from fake_insight import FakeInsight
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QLabel, QTableView
from pytestqt.qtbot import QtBot
from ui_fakes import open_window

from desktopchat.core.cost import LedgerBy, LedgerRow
from desktopchat.ui.ledger_card import LedgerCard

Key = Qt.Key
ROWS = (
    LedgerRow("2026-05-18", 2, 1_500_000, 250_000, 90.0, estimated=7920.0, watts=(65.0, 65.0)),
    LedgerRow("2026-05-17", 1, 500_000, 250_000, 7200.0, measured=36.0, unknown=1),
)


class Rig:
    """A window with the card open."""

    def __init__(self, qtbot: QtBot, folder: Path, *rows: LedgerRow) -> None:
        self.qtbot = qtbot
        self.fake = FakeInsight(*rows, folder=folder)
        self.window = open_window(qtbot, FakeChat(), insight=self.fake)
        self.window.actions_by_id["ledger.show"].trigger()

    @property
    def card(self) -> LedgerCard:
        (card,) = self.window.findChildren(LedgerCard)
        return card

    def press(self, *keys: Key) -> None:
        for key in keys:
            self.qtbot.keyClick(self.window.focusWidget(), key)

    def write(self, text: str) -> None:
        self.qtbot.keyClicks(self.window.focusWidget(), text)

    def labels(self) -> str:
        return "\n".join(one.text() for one in self.card.findChildren(QLabel) if one.isVisible())

    def table(self) -> list[list[str]]:
        model = self.card.findChild(QTableView).model()
        heads = [model.headerData(column, Qt.Orientation.Horizontal) for column in range(model.columnCount())]
        cells = [[model.index(row, column).data() for column in range(len(heads))] for row in range(model.rowCount())]
        return [heads, *cells]


def test_rows_have_their_sum_over_them(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path, *ROWS)
    assert rig.table() == [
        ["Day", "Answers", "Prompt tokens", "Generated", "Time", "Energy", "Cloud, USD"],
        ["Together", "3", "2,000,000", "500,000", "2 h 1 min", "2.21 Wh", "4.00"],
        ["2026-05-18", "2", "1,500,000", "250,000", "2 min", "2.2 Wh", "2.50"],
        ["2026-05-17", "1", "500,000", "250,000", "2 h 0 min", "10 mWh", "1.50"],
    ]
    assert "10 mWh measured (RAPL) · 2.2 Wh estimated (65 W) · unknown of 1 answers" in rig.labels()
    assert "1 USD for a million prompt tokens, 4 USD for generated ones (an example, no offer)" in rig.labels()


def test_tabs_are_changed_by_key(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path, *ROWS)
    rig.press(Key.Key_2, Key.Key_3, Key.Key_1, Key.Key_Tab, Key.Key_Tab, Key.Key_Tab, Key.Key_Backtab)
    day, model, conversation = LedgerBy
    assert rig.fake.ledger.asked == [day, model, conversation, day, model, conversation, day, conversation]
    assert rig.table()[0][0] == "Conversation"
    assert rig.card.findChild(QTableView).accessibleName() == "By conversation"
    rig.press(Key.Key_Escape)
    assert rig.window.commands.overlay is None


def test_prices_are_changed_by_key_and_kept(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path, *ROWS)
    rig.press(Key.Key_E)
    rig.write("2.50")
    rig.press(Key.Key_Tab)
    rig.write("10")
    rig.press(Key.Key_Tab)
    rig.write("EUR")
    rig.press(Key.Key_Tab)
    rig.write("90")
    rig.press(Key.Key_Return)
    assert rig.table()[0][-1] == "Cloud, EUR"
    assert rig.table()[1][-1] == "10.00"
    assert "2.5 EUR for a million prompt tokens, 10 EUR for generated ones (your prices)" in rig.labels()
    kept = tomllib.loads((tmp_path / "settings.toml").read_text("utf-8"))["cost"]
    assert kept == {"prompt_price": "2.50", "completion_price": "10", "currency": "EUR", "watts": 90}
    rig.press(Key.Key_2)  # the table has the keys again
    assert rig.fake.ledger.asked[-1] is LedgerBy.MODEL


def test_wrong_price_is_refused_and_nothing_changes(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path, *ROWS)
    rig.press(Key.Key_E)
    rig.write("7")
    rig.press(Key.Key_Tab)
    rig.write("much")
    rig.press(Key.Key_Return)
    assert "Price of generated tokens cannot be 'much'. Give empty or like 10." in rig.labels()
    rig.press(Key.Key_Escape)
    assert "cannot be" not in rig.labels()
    assert rig.fake.ledger.values["cost.prompt_price"] == "1"
    assert rig.window.commands.overlay is rig.card


def test_without_prices_nothing_is_compared(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path, *ROWS)
    rig.press(Key.Key_E, Key.Key_Delete, Key.Key_Return)
    assert rig.table()[1][-1] == "–"
    assert "no prices to compare with" in rig.labels()


def test_empty_ledger_says_what_will_be_there(qtbot: QtBot, tmp_path: Path) -> None:
    rig = Rig(qtbot, tmp_path)
    assert "Nothing was answered yet" in rig.labels()
    rig.press(Key.Key_3)
    assert rig.fake.ledger.asked[-1] is LedgerBy.CONVERSATION
