"""What the outline says of a message."""

from PySide6.QtCore import QObject

from desktopchat.core.chat import MessageState, Role
from desktopchat.core.outline import Node, OutlineRow
from desktopchat.ui.transcript.marks import visible
from desktopchat.ui.transcript.words import clock


class OutlineWords(QObject):
    """Makes the parts of a row, and all of it as a sentence for those who hear it."""

    def who(self, node: Node) -> str:
        """Return who speaks."""
        if node.role is Role.USER:
            return self.tr("You")
        return visible(node.model) or self.tr("Answer")

    def text(self, node: Node) -> str:
        """Return how the message begins, else what became of it."""
        return visible(node.words) or self._state(node) or self.tr("(empty)")

    def facts(self, row: OutlineRow) -> list[str]:
        """Return which version it is, what follows, and when it was written."""
        node, parts = row.node, []
        if row.siblings > 1:
            parts.append(f"{row.sibling}/{row.siblings}")
        if row.replies > 1:
            is_question = node.role is Role.USER
            words = self.tr("{count} answers") if is_question else self.tr("{count} ways on")
            parts.append(words.format(count=f"{row.replies:,}"))
        if row.is_folded:
            parts.append(self.tr("{count} folded").format(count=f"{row.below:,}"))
        if node.words and (state := self._state(node)):
            parts.append(state)
        return [*parts, clock(node.created_at)]

    def mark(self) -> str:
        """Return what stands at the message that has been marked."""
        return self.tr("marked")

    def spoken(self, row: OutlineRow, *, marked: bool) -> str:
        """Return all that is seen of a row."""
        node = row.node
        parts = [visible(node.name)] if node.name else []
        parts.append(f"{self.who(node)}: {self.text(node)}")
        if row.is_shown:
            parts.append(self.tr("on the branch that is shown"))
        if marked:
            parts.append(self.mark())
        if row.level:
            parts.append(self.tr("level {level}").format(level=row.level))
        return ", ".join([*parts, *self.facts(row)])

    def _state(self, node: Node) -> str:
        return {
            MessageState.STREAMING: self.tr("is being written"),
            MessageState.INTERRUPTED: self.tr("interrupted"),
            MessageState.FAILED: self.tr("failed"),
        }.get(node.state, "")
