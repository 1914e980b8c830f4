"""What the model takes of each device and part, beside what was planned, and why it was planned so."""

from collections.abc import Sequence

from PySide6.QtCore import QCoreApplication, Qt
from PySide6.QtWidgets import QGridLayout, QLabel, QWidget

from desktopchat.controllers.words import said
from desktopchat.core.load_plan import LoadPlan
from desktopchat.core.memory import DeviceMemory
from desktopchat.core.memory_words import beside_on, size_text
from desktopchat.ui.overlay import Overlay
from desktopchat.ui.transcript.marks import visible


class MemoryCard(Overlay):
    """A table of devices and parts.

    Args:
        took: What was really allocated; empty before the model is loaded.
    """

    def __init__(self, name: str, plan: LoadPlan, took: Sequence[DeviceMemory], parent: QWidget) -> None:
        super().__init__(self.tr("Memory of {name}").format(name=visible(name)), parent)
        grid = QGridLayout()
        grid.setHorizontalSpacing(28)
        grid.setVerticalSpacing(6)
        heads = ("", self.tr("Weights"), self.tr("KV cache"), self.tr("Compute"), self.tr("Together"), self.tr("Free"))
        self._add_row(grid, heads, "heading")
        real = {part.device: part for part in took}
        for device, part in zip(plan.devices, plan.loaded, strict=True):
            title = self.tr("Processor") if device.kind == "cpu" else visible(device.description or device.name)
            self._add_row(grid, (title,), "")
            free = size_text(device.free) if device.free else self.tr("unknown")
            self._add_row(grid, (self.tr("planned"), *_sizes(part), free), "hint")
            if part.device in real:
                self._add_row(grid, (self.tr("took"), *_sizes(real[part.device])), "")
            for one, more in beside_on(plan, part.device):
                name = self.tr("for pictures") if one.kind == "projector" else self.tr("with {name}")
                self._add_row(grid, (name.format(name=visible(one.name)), *_sizes(more)), "hint")
        self.column.addLayout(grid)
        words = QLabel("\n".join(said(sentence) for sentence in (*plan.reasons, *plan.warnings)), self.card)
        words.setTextFormat(Qt.TextFormat.PlainText)
        words.setWordWrap(True)
        self.column.addWidget(words)
        self.setAccessibleDescription(self.text())

    def text(self) -> str:
        """Return all that the card says."""
        return "\n".join(label.text() for label in self.card.findChildren(QLabel))

    def _add_row(self, grid: QGridLayout, cells: Sequence[str], kind: str) -> None:
        row = grid.rowCount()
        for column, text in enumerate(cells):
            label = QLabel(text, self.card)
            label.setTextFormat(Qt.TextFormat.PlainText)
            label.setObjectName(kind)
            side = Qt.AlignmentFlag.AlignRight if column else Qt.AlignmentFlag.AlignLeft
            grid.addWidget(label, row, column, side)


def _sizes(part: DeviceMemory) -> tuple[str, ...]:
    return tuple(size_text(size) for size in (part.weights, part.kv, part.compute, part.total))


def plan_words(plan: LoadPlan) -> str:
    """Return what a load will take, in few words: of the GPUs when it goes there, else of the memory."""
    translate = QCoreApplication.translate
    parts = []
    for device, part in zip(plan.devices, plan.whole, strict=True):
        if device.kind == "cpu" and device.free:
            words = translate("MemoryCard", "takes {size} of {free} free memory")
        elif device.kind == "cpu":
            words = translate("MemoryCard", "takes {size} of memory")
        else:
            words = translate("MemoryCard", "{size} of {free} free on {device}")
        name = visible(device.description or device.name)
        parts.append(words.format(size=size_text(part.total), free=size_text(device.free), device=name))
    return " · ".join(parts)
