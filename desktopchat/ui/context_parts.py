"""What fills the context window, by part."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFormLayout, QLabel, QWidget

from desktopchat.core.chat import ContextParts


class ContextPartsView(QWidget):
    """Lists token counts, estimates marked as such; hidden while they are not known."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        form = QFormLayout(self)
        form.setContentsMargins(0, 0, 0, 0)
        form.setHorizontalSpacing(8)
        form.setVerticalSpacing(2)
        form.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        heading = QLabel(self.tr("Context window"), self)
        heading.setObjectName("heading")
        form.addRow(heading)
        self._counts = {
            name: QLabel(self)
            for name in (self.tr("System"), self.tr("Conversation"), self.tr("Draft"), self.tr("Room left"))
        }
        for name, count in self._counts.items():
            label = QLabel(name, self)
            label.setObjectName("hint")
            count.setAlignment(Qt.AlignmentFlag.AlignRight)
            form.addRow(label, count)
        self.setAccessibleName(self.tr("Context window"))
        self.hide()

    def show_parts(self, parts: ContextParts | None) -> None:
        """Show counts; None hides them."""
        self.setVisible(parts is not None)
        if parts is None:
            return
        values = (parts.system, parts.history, parts.draft, parts.room)
        for label, value in zip(self._counts.values(), values, strict=True):
            label.setText(f"≈ {value:,}" if parts.estimated and value else f"{value:,}")
        words = self.tr("{used} of {size} tokens are in use").format(
            used=f"{parts.n_ctx - parts.room:,}", size=f"{parts.n_ctx:,}"
        )
        self.setAccessibleDescription(words)
