"""What the page has done away from the window: formulas by a process, the rest by a thread."""

from collections.abc import Callable

from PySide6.QtCore import QObject

from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.drawing.process import FormulaProcess


class Drawing(TaskRunner):
    """A runner that can draw formulas and read pictures.

    Args:
        read_picture: Returns a picture that came with a message, by its number in the store; may block.
    """

    def __init__(self, read_picture: Callable[[int], bytes] | None = None, parent: QObject | None = None) -> None:
        super().__init__("drawing", parent=parent)
        self._process = FormulaProcess()
        self._read_picture = read_picture

    def formula(self, source: str, size: int, colour: str, is_display: bool) -> str:
        """Return a formula as SVG, empty when it cannot be drawn; to be called by work that is run."""
        return self._process.draw(source, size, colour, is_display)

    def picture(self, file_id: int) -> bytes:
        """Return a picture that came with a message, empty when it is gone; to be called by work that is run."""
        try:
            return self._read_picture(file_id) if self._read_picture is not None else b""
        except (UserError, RuntimeError):  # the store is closed, or was moved away
            return b""

    def close(self) -> None:
        """End the process and the thread; what is not drawn yet is given up."""
        self._process.close()
        super().close()
        self._process.wait()
