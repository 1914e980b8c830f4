"""The question for one file."""

from collections.abc import Callable

from PySide6.QtWidgets import QFileDialog, QWidget


def ask_file(parent: QWidget, title: str, kinds: str, chosen: Callable[[str], object]) -> None:
    """Ask for a file that there is, without waiting for the answer.

    Args:
        kinds: What is offered, as QFileDialog takes it.
        chosen: A bound method of an object that outlives the question; called with the path.
    """
    dialog = QFileDialog(parent, title, "", kinds)
    dialog.setFileMode(QFileDialog.FileMode.ExistingFile)
    dialog.fileSelected.connect(chosen)
    dialog.finished.connect(dialog.deleteLater)
    dialog.open()
