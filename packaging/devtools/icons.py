"""The icon, in the forms that systems want."""

import os
import sys
from pathlib import Path

from devtools.console import SetupError


def render(icon: Path, files: dict[int, Path]) -> None:
    """Draw an icon in some sizes, in pixels."""
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    from PySide6.QtCore import QSize
    from PySide6.QtGui import QGuiApplication, QIcon

    app = QGuiApplication.instance() or QGuiApplication(sys.argv[:1])
    assert app is not None
    drawn = QIcon(str(icon))
    for size, file in files.items():
        file.parent.mkdir(parents=True, exist_ok=True)
        if not drawn.pixmap(QSize(size, size)).save(str(file)):
            raise SetupError(f"The icon cannot be written to {file}.")
