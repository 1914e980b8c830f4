"""Colours can be read on every ground, and the theme follows the setting."""

from dataclasses import fields

import pytest
from PySide6.QtGui import QPalette
from pytestqt.qtbot import QtBot

from desktopchat.ui.theme import DARK, HIGH_CONTRAST, LIGHT, Syntax, Theme, Tokens, palette_of

TEXTS = ("text", "muted", "accent", "danger", "warning", "good")
GROUNDS = ("page", "raised", "sidebar", "user_block", "code")


def luminance(colour: str) -> float:
    values = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = (v / 12.92 if v <= 0.04045 else ((v + 0.055) / 1.055) ** 2.4 for v in values)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """WCAG 2.2, relative luminance."""
    low, high = sorted((luminance(one), luminance(other)))
    return (high + 0.05) / (low + 0.05)


def test_contrast_of_black_on_white_is_21() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)


@pytest.mark.parametrize("tokens", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "contrast"])
@pytest.mark.parametrize("text", TEXTS)
def test_text_can_be_read(tokens: Tokens, text: str) -> None:
    colour = getattr(tokens, text)
    assert min(contrast(colour, getattr(tokens, ground)) for ground in GROUNDS) >= 4.5
    assert contrast(colour, tokens.selection) >= 3.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "contrast"])
@pytest.mark.parametrize("kind", [field.name for field in fields(Syntax)])
def test_code_can_be_read(tokens: Tokens, kind: str) -> None:
    colour = getattr(tokens.syntax, kind)
    assert contrast(colour, tokens.code) >= 4.5
    assert contrast(colour, tokens.selection) >= 3.5


@pytest.mark.parametrize("tokens", [LIGHT, DARK, HIGH_CONTRAST], ids=["light", "dark", "contrast"])
def test_buttons_can_be_read(tokens: Tokens) -> None:
    assert contrast(tokens.on_accent, tokens.accent) >= 4.5
    assert contrast(tokens.page, tokens.text) >= 4.5


def test_palette_takes_the_tokens() -> None:
    palette = palette_of(DARK)
    assert palette.color(QPalette.ColorRole.Window).name().upper() == DARK.page
    assert palette.color(QPalette.ColorRole.Text).name().upper() == DARK.text


def test_setting_overrides_the_system(qtbot: QtBot) -> None:
    theme = Theme()
    with qtbot.waitSignal(theme.changed):
        theme.set_mode("dark")
    assert theme.tokens is DARK


def test_unknown_system_is_light(qapp: object) -> None:
    assert Theme("system").tokens is LIGHT


def test_themes_come_round(qapp: object) -> None:
    theme = Theme("system")
    assert [theme.next_mode() for _ in range(4)] == ["light", "dark", "contrast", "system"]


def test_zoom_goes_in_steps_and_stays_in_range(qapp: object) -> None:
    theme = Theme("light")
    theme.step_zoom(1)
    assert theme.zoom == 1.1
    for _ in range(20):
        theme.step_zoom(1)
    assert theme.zoom == 2.0
    assert theme.font(15).pixelSize() == 30
    theme.set_zoom(0.1)
    assert theme.zoom == 0.8


def test_compact_has_less_room_and_the_same_letters(qapp: object) -> None:
    roomy, dense = Theme(), Theme(density="compact")
    assert dense.gap(10) == 6 < roomy.gap(10) == 10
    assert dense.px(10) == roomy.px(10)
    assert dense.font(14) == roomy.font(14)
