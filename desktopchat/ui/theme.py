"""The colours and sizes of the window, as data, and the one object that says which of them hold now."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from PySide6.QtCore import QLocale, QObject, Qt, Signal
from PySide6.QtGui import QColor, QFont, QFontDatabase, QFontInfo, QFontMetricsF, QGuiApplication, QPalette

Density = Literal["comfortable", "compact"]
Mode = Literal["system", "light", "dark", "contrast"]
MODES: tuple[Mode, ...] = ("system", "light", "dark", "contrast")
DENSITIES: tuple[Density, ...] = ("comfortable", "compact")
ZOOM_STEPS = (0.8, 0.9, 1.0, 1.1, 1.25, 1.5, 1.75, 2.0)

_CJK = "Noto Sans CJK SC"
_OWN_SHAPES = (QLocale.Language.Japanese, QLocale.Language.Korean)

CORNER = 8
COLUMN_WIDTH = 760
SIDEBAR_WIDTH = 260
PANEL_WIDTH = 240
PANEL_FLOATS_BELOW = 900
SIDEBAR_FLOATS_BELOW = 640
LINE_HEIGHT = 1.55
_COMPACT = 0.6  # of the room between things


@dataclass(frozen=True, slots=True)
class Syntax:
    """The colours of code, by what a part of it is; each can be read on the ground of code."""

    keyword: str
    string: str
    number: str
    comment: str
    function: str
    type: str
    inserted: str
    deleted: str


@dataclass(frozen=True, slots=True)
class Tokens:
    """Named colours. Every text colour has a contrast of at least 4.5 on every ground (tests/unit/ui/test_theme.py)."""

    page: str
    raised: str
    sidebar: str
    border: str
    text: str
    muted: str
    accent: str
    on_accent: str
    user_block: str
    code: str
    selection: str
    danger: str
    warning: str
    good: str
    syntax: Syntax


LIGHT = Tokens(
    page="#FBFBFA",
    raised="#FFFFFF",
    sidebar="#F4F3F1",
    border="#E3E1DD",
    text="#1F1E1C",
    muted="#65635E",
    accent="#0F766E",
    on_accent="#FFFFFF",
    user_block="#EFEDE9",
    code="#F4F3F1",
    selection="#CFE7E3",
    danger="#B42318",
    warning="#8A5A00",
    good="#1F7A3D",
    syntax=Syntax(
        keyword="#7A2E9E",
        string="#2C6A2F",
        number="#97480A",
        comment="#66635C",
        function="#1D5BA6",
        type="#0B6A63",
        inserted="#1F7A3D",
        deleted="#B42318",
    ),
)
DARK = Tokens(
    page="#17181A",
    raised="#1E1F22",
    sidebar="#141517",
    border="#2E3034",
    text="#ECECEA",
    muted="#A3A29E",
    accent="#5EC9BD",
    on_accent="#10201E",
    user_block="#26282C",
    code="#202226",
    selection="#2C4A47",
    danger="#FB7C72",
    warning="#E8B34B",
    good="#6CCB8C",
    syntax=Syntax(
        keyword="#CBA6F2",
        string="#A0CF8E",
        number="#EBB37E",
        comment="#A3A29C",
        function="#8ABCF5",
        type="#72D2C5",
        inserted="#6CCB8C",
        deleted="#FB8C83",
    ),
)
HIGH_CONTRAST = Tokens(
    page="#000000",
    raised="#000000",
    sidebar="#000000",
    border="#FFFFFF",
    text="#FFFFFF",
    muted="#FFFFFF",
    accent="#FFE94A",
    on_accent="#000000",
    user_block="#1A1A1A",
    code="#1A1A1A",
    selection="#003B73",
    danger="#FF6B6B",
    warning="#FFD166",
    good="#7CFC9A",
    syntax=Syntax(
        keyword="#FFB3FF",
        string="#9CFCB0",
        number="#FFD166",
        comment="#D6D6D6",
        function="#9AD8FF",
        type="#FFE94A",
        inserted="#7CFC9A",
        deleted="#FF9A9A",
    ),
)


def palette_of(tokens: Tokens) -> QPalette:
    """Return the palette for Qt's Fusion style."""
    palette = QPalette()
    roles = QPalette.ColorRole
    for role, colour in (
        (roles.Window, tokens.page),
        (roles.WindowText, tokens.text),
        (roles.Base, tokens.raised),
        (roles.AlternateBase, tokens.sidebar),
        (roles.Text, tokens.text),
        (roles.PlaceholderText, tokens.muted),
        (roles.Button, tokens.raised),
        (roles.ButtonText, tokens.text),
        (roles.BrightText, tokens.danger),
        (roles.ToolTipBase, tokens.raised),
        (roles.ToolTipText, tokens.text),
        (roles.Highlight, tokens.selection),
        (roles.HighlightedText, tokens.text),
        (roles.Accent, tokens.accent),
        (roles.Link, tokens.accent),
        (roles.LinkVisited, tokens.accent),
        (roles.Light, tokens.raised),
        (roles.Midlight, tokens.border),
        (roles.Mid, tokens.border),
        (roles.Dark, tokens.border),
        (roles.Shadow, tokens.border),
    ):
        palette.setColor(role, QColor(colour))
    for role in (roles.WindowText, roles.Text, roles.ButtonText):
        palette.setColor(QPalette.ColorGroup.Disabled, role, QColor(tokens.muted))
    return palette


@cache  # the window asks dozens of times, and each takes a millisecond
def _families(family: str) -> list[str]:
    """Return the families to use in place of the system's; none when that does by itself."""
    # Without a locale that says so, fontconfig shows Chinese in Japanese shapes.
    if _CJK in QFontDatabase.families() and QLocale.system().language() not in _OWN_SHAPES:
        return [QFontInfo(QFont(family)).family(), _CJK]
    return []


class Theme(QObject):
    """Chooses the tokens by the person's setting, else by the system, and holds zoom and density."""

    changed = Signal()

    def __init__(
        self,
        mode: Mode = "system",
        zoom: float = 1.0,
        parent: QObject | None = None,
        *,
        density: Density = "comfortable",
    ) -> None:
        super().__init__(parent)
        self._mode: Mode = mode
        self._zoom = zoom
        self._density: Density = density
        self._hints = QGuiApplication.styleHints()
        self._hints.colorSchemeChanged.connect(self._on_hints_color_scheme_changed)

    @property
    def mode(self) -> Mode:
        """What the person chose."""
        return self._mode

    @property
    def zoom(self) -> float:
        """Scale of all sizes; 1 is normal."""
        return self._zoom

    @property
    def density(self) -> Density:
        """How close together things stand."""
        return self._density

    @property
    def tokens(self) -> Tokens:
        """The colours that hold now."""
        if self._mode == "system":
            wants_contrast = self._hints.accessibility().contrastPreference() == Qt.ContrastPreference.HighContrast
            if wants_contrast:
                return HIGH_CONTRAST
            # Plain X11 answers Unknown: light then, as such a desktop is.
            return DARK if self._hints.colorScheme() == Qt.ColorScheme.Dark else LIGHT
        return {"light": LIGHT, "dark": DARK, "contrast": HIGH_CONTRAST}[self._mode]

    def set_mode(self, mode: Mode) -> None:
        """Take a theme, or follow the system."""
        self._mode = mode
        self.changed.emit()

    def next_mode(self) -> Mode:
        """Go to the next theme of the row and return it."""
        self.set_mode(MODES[(MODES.index(self._mode) + 1) % len(MODES)])
        return self._mode

    def set_density(self, density: Density) -> None:
        """Let things stand closer together, or further apart."""
        self._density = density
        self.changed.emit()

    def next_density(self) -> Density:
        """Go to the next density and return it."""
        self.set_density(DENSITIES[(DENSITIES.index(self._density) + 1) % len(DENSITIES)])
        return self._density

    def set_zoom(self, zoom: float) -> None:
        """Take the step that is nearest to `zoom`."""
        self._zoom = min(ZOOM_STEPS, key=lambda step: abs(step - zoom))
        self.changed.emit()

    def step_zoom(self, step: int) -> None:
        """Go one step larger (+1) or smaller (-1)."""
        index = ZOOM_STEPS.index(min(ZOOM_STEPS, key=lambda known: abs(known - self._zoom))) + step
        self.set_zoom(ZOOM_STEPS[max(0, min(index, len(ZOOM_STEPS) - 1))])

    def px(self, size: float) -> int:
        """Return a size in pixels at this zoom."""
        return max(1, round(size * self._zoom))

    def gap(self, size: float) -> int:
        """Return the room between things in pixels at this zoom and density."""
        return self.px(size * (_COMPACT if self._density == "compact" else 1))

    def font(self, size: float = 14) -> QFont:
        """Return the font of the system's interface in a size in pixels at zoom 1."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.GeneralFont)
        if families := _families(font.family()):
            font.setFamilies(families)
        font.setPixelSize(self.px(size))
        return font

    def code_font(self, size: float = 13) -> QFont:
        """Return the system's monospace font."""
        font = QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)
        font.setPixelSize(self.px(size))
        return font

    def line_height(self, font: QFont, ratio: float = LINE_HEIGHT) -> int:
        """Return Qt's proportional line height in percent that gives `ratio` times the size of the font."""
        return round(100 * ratio * font.pixelSize() / QFontMetricsF(font).lineSpacing())

    def _on_hints_color_scheme_changed(self) -> None:
        if self._mode == "system" and self._hints.colorScheme() != Qt.ColorScheme.Unknown:
            self.changed.emit()
