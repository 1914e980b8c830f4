"""Prompt lookup: guesses the next tokens from what followed the same n-gram before.

Drafts are only guesses: each token is still sampled from the model's own distribution, so the text is the
one that plain decoding gives. A draft pays only when a batch costs less than its accepted tokens one by one,
which depends on model, device and text; so both are measured while running, and guessing pauses when it loses.
"""

from collections.abc import Sequence

_NGRAM = 3
_FIRST_DRAFT = 3
LONGEST_DRAFT = 16
_FIRST_PAUSE = 32  # tokens without a guess after losses
_LONGEST_PAUSE = 1024
_SMOOTHING = 0.2


class PromptLookup:
    """Proposes drafts for one answer.

    Attributes:
        drafted: Tokens proposed so far.
        accepted: How many of them were right.
    """

    def __init__(self) -> None:
        self._places: dict[tuple[int, ...], int] = {}
        self._indexed = 0
        self._length = _FIRST_DRAFT
        self._pause = _FIRST_PAUSE
        self._resume_at = 0
        self._step_seconds = 0.0
        self._gain = 0.0  # seconds won or lost by drafts since the last pause
        self.drafted = 0
        self.accepted = 0

    def draft(self, tokens: Sequence[int]) -> list[int]:
        """Return a guess of what follows `tokens`, which must only have grown since the last call."""
        end = len(tokens)
        # The n-gram at the very end is left out, for it would find itself.
        for place in range(max(self._indexed, _NGRAM), end):
            self._places[tuple(tokens[place - _NGRAM : place])] = place
        self._indexed = max(self._indexed, end)
        if not self._step_seconds or end < self._resume_at:
            return []
        found = self._places.get(tuple(tokens[end - _NGRAM : end]))
        return [] if found is None else list(tokens[found : found + self._length])

    def plain_step(self, seconds: float) -> None:
        """Report what a step without a draft cost."""
        if self._step_seconds:
            self._step_seconds += _SMOOTHING * (seconds - self._step_seconds)
        else:
            self._step_seconds = seconds

    def draft_step(self, drafted: int, accepted: int, seconds: float, position: int) -> None:
        """Report what a step with a draft brought.

        Args:
            drafted: Length of the draft.
            accepted: How many of its tokens were right.
            seconds: What the step cost.
            position: Number of tokens now.
        """
        self.drafted += drafted
        self.accepted += accepted
        self._gain += (accepted + 1) * self._step_seconds - seconds
        if accepted == drafted:
            self._length = min(2 * self._length, LONGEST_DRAFT)
        elif accepted == 0:
            self._length = _FIRST_DRAFT
        if self._gain < -self._step_seconds:
            self._resume_at = position + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            self._gain = 0.0
            self._length = _FIRST_DRAFT
        elif self._gain > 4 * self._step_seconds:
            self._gain = 4 * self._step_seconds  # what was won long ago does not excuse losses now
            self._pause = _FIRST_PAUSE

    def shifted(self) -> None:
        """Forget all places, because tokens were dropped from the middle."""
        self._places.clear()
        self._indexed = 0
