"""What stands above and below a message, in words."""

from datetime import datetime

from PySide6.QtCore import QObject

from desktopchat.controllers.words import said
from desktopchat.core.chat import FinishReason, Message, MessageState, Role, tokens_per_second
from desktopchat.core.cost import energy_source, energy_text
from desktopchat.ui.sizes import size_text
from desktopchat.ui.transcript.marks import visible


class MessageWords(QObject):
    """Makes the header and footer line of a message.

    Args:
        keys: The shown key of each command by its id.
    """

    def __init__(self, keys: dict[str, str], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._keys = keys

    def who(self, message: Message) -> str:
        """Return who speaks."""
        if message.role == Role.USER:
            return self.tr("You")
        if message.role == Role.SYSTEM:
            return self.tr("System")
        return visible(message.model) or self.tr("Answer")

    def header(self, message: Message) -> str:
        """Return what follows the name: the time, what the branch is called, and which of several versions this is."""
        parts = [clock(message.created_at)]
        if message.branch:
            parts.append(visible(message.branch))
        if message.siblings > 1:
            previous = self._keys.get("message.previous_sibling", "")
            following = self._keys.get("message.next_sibling", "")
            parts.append(f"{message.sibling}/{message.siblings}  {previous} {following}".rstrip())
        return " · ".join(parts)

    def reasoning(self, message: Message) -> str:
        """Return what stands over the reasoning of an answer: how much it is, and once it is known what it took."""
        thinks = message.state == MessageState.STREAMING and not message.content
        parts = [self.tr("Thinking") if thinks else self.tr("Reasoning")]
        count = len(message.reasoning.split())
        parts.append(self.tr("{count} words", "", count).format(count=f"{count:,}"))
        if count := message.usage.reasoning_tokens:
            parts.append(self._tokens(count))
        if seconds := message.timings.reasoning_seconds:
            parts.append(self.tr("{seconds} s").format(seconds=seconds_text(seconds)))
        return " · ".join(parts)

    def more_lines(self) -> str:
        """Return what stands for lines that are folded, with a place for `{count}`."""
        key = self._keys.get("message.fold", "")
        return self.tr("… {count} more lines") + (f"  {key}" if key else "")

    def ending(self, message: Message) -> str:
        """Return why a message is not whole and the key that goes on; empty when it is whole."""
        if message.role != Role.ASSISTANT or message.state == MessageState.STREAMING:
            return ""
        key = self._keys.get("message.continue", "")
        if message.state == MessageState.FAILED:
            return said(message.error) or self.tr("The answer failed.")
        if message.state == MessageState.INTERRUPTED:
            return self.tr("Interrupted. {key} continues.").format(key=key) if key else self.tr("Interrupted.")
        if message.finish_reason == FinishReason.CANCELLED:
            return self.tr("Stopped. {key} continues.").format(key=key) if key else self.tr("Stopped.")
        if message.finish_reason == FinishReason.LENGTH:
            return (
                self.tr("Cut at the longest length. {key} continues.").format(key=key)
                if key
                else self.tr("Cut at the longest length.")
            )
        return ""

    def footer(self, message: Message) -> str:
        """Return the files of a question; counts, speed and parameters of an answer, only those that are known."""
        if message.files:
            return " · ".join(f"{visible(file.name)}, {size_text(file.size)}" for file in message.files)
        if message.role != Role.ASSISTANT or message.state == MessageState.STREAMING:
            return ""
        parts = []
        if count := message.usage.completion_tokens:
            parts.append(self._tokens(count))
        if speed := tokens_per_second(message.usage, message.timings):
            parts.append(self.tr("{speed} tok/s").format(speed=f"{speed:.3g}"))
        if first := message.timings.first_token_seconds:
            parts.append(self.tr("first token {seconds} s").format(seconds=seconds_text(first)))
        if joules := message.timings.joules:
            source = energy_source((message.timings.watts, message.timings.watts))
            words = self.tr("{energy}, {source}")
            parts.append(words.format(energy=said(energy_text(joules)), source=said(source)))
        if guesses := message.usage.drafted_tokens:
            words = self.tr("{right} of {guesses} guesses right")
            parts.append(words.format(right=f"{message.usage.accepted_tokens:,}", guesses=f"{guesses:,}"))
        if message.finish_reason == FinishReason.STOP:
            parts.append(self.tr("ended by itself"))
        if message.sampling is not None:
            parts.append(self.tr("temperature {value}").format(value=f"{message.sampling.temperature:g}"))
            limit = message.sampling.max_tokens
            parts.append(self.tr("max {count}").format(count=f"{limit:,}") if limit else self.tr("no limit"))
        if message.seed is not None and (message.sampling is None or message.sampling.temperature > 0):
            words = self.tr("seed {seed}") if message.usage.repeatable else self.tr("seed {seed}, not repeatable")
            parts.append(words.format(seed=message.seed))
        return " · ".join([*parts, *self._left_out(message)])

    def _tokens(self, count: int) -> str:
        return self.tr("{count} tokens", "", count).format(count=f"{count:,}")

    def _left_out(self, message: Message) -> list[str]:
        """Return what the model did not see of the conversation."""
        parts = []
        if count := message.usage.left_out_messages:
            words = self.tr("the {count} oldest messages did not fit and were left out", "", count)
            parts.append(words.format(count=f"{count:,}"))
        if count := message.usage.shifted_tokens:
            parts.append(self.tr("{count} tokens were dropped to make room", "", count).format(count=f"{count:,}"))
        return parts


def seconds_text(seconds: float) -> str:
    """Return a duration in seconds with as many digits as a person cares for."""
    return "< 0.01" if seconds < 0.01 else f"{seconds:.2g}" if seconds < 10 else f"{seconds:,.0f}"


def clock(seconds: float) -> str:
    """Return the time of day of a moment, with its day unless that is today."""
    moment = datetime.fromtimestamp(seconds).astimezone()
    if moment.date() == datetime.now().astimezone().date():
        return f"{moment:%H:%M}"
    return f"{moment:%Y-%m-%d %H:%M}"
