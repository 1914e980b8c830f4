"""What the page has done away from the window: formulas by a process, the rest by a thread."""

from PySide6.QtCore import QObject

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.drawing.process import FormulaProcess


class Drawing(TaskRunner):
    """A runner that can draw formulas."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__("drawing", parent=parent)
        self._process = FormulaProcess()

    def formula(self, source: str, size: int, colour: str, is_display: bool) -> str:
        """Return a formula as SVG, empty when it cannot be drawn; to be called by work that is run."""
        return self._process.draw(source, size, colour, is_display)

    def close(self) -> None:
        """End the process and the thread; what is not drawn yet is given up."""
        self._process.close()
        super().close()
        self._process.wait()
