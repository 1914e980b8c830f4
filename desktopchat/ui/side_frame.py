"""The frame of the window: a sidebar, a page and a panel. The sides float when the window is narrow."""

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QHBoxLayout, QSplitter, QWidget

from desktopchat.ui.theme import PANEL_FLOATS_BELOW, PANEL_WIDTH, SIDEBAR_FLOATS_BELOW, SIDEBAR_WIDTH, Theme


@dataclass(slots=True)
class _Side:
    widget: QWidget
    width: int
    floats_below: int
    docked: bool = True
    wanted: bool = True
    floating_open: bool = False


class SideFrame(QWidget):
    """Places sidebar, page and panel. A floating one lies over the page until it is closed.

    Attributes:
        changed: The person gave a side another width, or shows or hides it.
    """

    changed = Signal()

    def __init__(self, sidebar: QWidget, page: QWidget, panel: QWidget, theme: Theme) -> None:
        super().__init__()
        self._theme = theme
        self._page = page
        self._has_size = False  # the one that it has before it is shown would let a side float for nothing
        self._sidebar = _Side(sidebar, SIDEBAR_WIDTH, SIDEBAR_FLOATS_BELOW)
        self._panel = _Side(panel, PANEL_WIDTH, PANEL_FLOATS_BELOW)
        self._splitter = QSplitter(Qt.Orientation.Horizontal, self)
        self._splitter.setHandleWidth(1)
        self._splitter.setChildrenCollapsible(False)
        for widget in (sidebar, page, panel):
            self._splitter.addWidget(widget)
        self._splitter.setStretchFactor(1, 1)
        page.setMinimumWidth(320)
        self._splitter.splitterMoved.connect(self._on_splitter_splitter_moved)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.addWidget(self._splitter)
        self._set_widths([theme.px(SIDEBAR_WIDTH), theme.px(PANEL_WIDTH)])

    @property
    def sidebar_wanted(self) -> bool:
        """Whether the sidebar stands in a window that is wide enough."""
        return self._sidebar.wanted

    @property
    def panel_wanted(self) -> bool:
        """Whether the panel stands in a window that is wide enough."""
        return self._panel.wanted

    def toggle_sidebar(self) -> bool:
        """Show or hide the sidebar and return whether it is visible now."""
        return self._toggle(self._sidebar)

    def toggle_panel(self) -> bool:
        """Show or hide the panel and return whether it is visible now."""
        return self._toggle(self._panel)

    def show_sidebar(self) -> None:
        """Make the sidebar visible."""
        if not self._sidebar.widget.isVisibleTo(self):
            self._toggle(self._sidebar)

    def close_floating(self) -> bool:
        """Close what floats; return whether something did."""
        floating = [side for side in (self._sidebar, self._panel) if not side.docked and side.floating_open]
        for side in floating:
            side.floating_open = False
        self.place()
        return bool(floating)

    def widths(self) -> list[int]:
        """Return the widths of sidebar and panel in pixels."""
        return [self._sidebar.width, self._panel.width]

    def restore(self, widths: list[int], *, sidebar: bool, panel: bool) -> None:
        """Take widths and visibility of an earlier window."""
        self._sidebar.wanted, self._panel.wanted = sidebar, panel
        self._set_widths(widths)
        self.place()

    def place(self) -> None:
        """Dock or float both sides for the present width."""
        if not self._has_size:
            return
        for side, index in ((self._sidebar, 0), (self._panel, 2)):
            docks = self.width() >= self._theme.px(side.floats_below)
            if docks != side.docked:
                side.docked, side.floating_open = docks, False
                side.widget.setProperty("floating", not docks)
                side.widget.style().polish(side.widget)
                if docks:
                    self._splitter.insertWidget(min(index, self._splitter.count()), side.widget)
                else:
                    side.widget.setParent(self)
            side.widget.setVisible(side.wanted if docks else side.floating_open)
            if not docks:
                left = 0 if side is self._sidebar else self.width() - side.width
                side.widget.setGeometry(left, 0, side.width, self.height())
                side.widget.raise_()
        self._spread()

    def _toggle(self, side: _Side) -> bool:
        if side.docked:
            side.wanted = not side.wanted
        else:
            side.floating_open = not side.floating_open
        self.place()
        self.changed.emit()
        return side.widget.isVisibleTo(self)

    def _set_widths(self, widths: list[int]) -> None:
        for side, width in zip((self._sidebar, self._panel), widths, strict=True):
            side.width = max(120, width)
            side.widget.setMinimumWidth(min(side.width, self._theme.px(180)))
        self._spread()

    def _on_splitter_splitter_moved(self, _position: int, _index: int) -> None:
        for side in (self._sidebar, self._panel):
            if side.docked and side.widget.isVisible():
                side.width = side.widget.width()
        self.changed.emit()

    def _spread(self) -> None:
        """Give the sides their widths and the page the rest."""
        docked = [side for side in (self._sidebar, self._panel) if side.docked]
        rest = self.width() - sum(side.width for side in docked if side.widget.isVisibleTo(self))
        sizes = [rest] * self._splitter.count()
        for side in docked:
            sizes[self._splitter.indexOf(side.widget)] = side.width
        self._splitter.setSizes(sizes)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the parts in place."""
        super().resizeEvent(event)
        self._has_size = True
        self.place()
