"""Speculative decoding: guess the next tokens, and let the model check them all in one batch.

Drafts are only guesses: each token is still sampled from the model's own distribution, up to the rounding of
llama.cpp's kernels for batches. At temperature 0, where rounding would decide between equals, guesses are made only
where there is no such rounding (`llama.batching`). A draft pays only when a batch costs less than its accepted
tokens one by one, which depends on model, device and text; so both are measured while running, and guessing pauses
when it loses. A token more in a batch takes a thirtieth of a step on a GPU, and nearly half of one on a CPU whose
kernels compute one row at a time: where it is dear, only the best reasoned guesses are made.
"""

import math
from collections.abc import Sequence
from typing import Protocol

LONGEST_DRAFT = 16
_NGRAM = 3  # tokens
# Tokens that are guessed for one that matched, times what they cost. Found with 18 answers (copies, code, lists, fresh
# text) at costs of 0.03, 0.3 and 0.45 steps: more loses on fresh text, less wins less on copies.
_REASON = 0.25
_LEAST_COST = 0.01  # steps
_FIRST_COST = 0.5  # steps, until it was measured
_FIRST_DRAFT = 3
_FIRST_PAUSE = 64  # tokens without a guess after losses
_LONGEST_PAUSE = 1024
_SMOOTHING = 0.2


class Drafter(Protocol):
    """Guesses tokens."""

    def propose(self, tokens: Sequence[int], newest: int, length: int, cost: float, /) -> list[int]:
        """Return tokens that may follow `tokens` and `newest`.

        Args:
            length: So many at most.
            cost: Of one more, in steps that evaluate one token alone.
        """
        ...

    def forget(self) -> None:
        """Tokens were dropped from the middle of the text."""
        ...


class NgramDrafter:
    """Prompt lookup: guesses what followed the same tokens before, and the more of it the more of them match."""

    def __init__(self) -> None:
        self._places: dict[tuple[int, ...], int] = {}
        self._indexed = _NGRAM

    def propose(self, tokens: Sequence[int], newest: int, length: int, cost: float) -> list[int]:
        """Return a guess. `tokens` must only have grown since the last call."""
        for place in range(self._indexed, len(tokens)):
            self._places[tuple(tokens[place - _NGRAM : place])] = place
        self._indexed = max(self._indexed, len(tokens))
        if len(tokens) < _NGRAM:
            return []
        found = self._places.get((*tokens[1 - _NGRAM :], newest))
        if found is None:
            return []
        matched, enough = _NGRAM, min(found, math.ceil(length * cost / _REASON))
        while matched < enough and tokens[found - 1 - matched] == tokens[-matched]:
            matched += 1
        return list(tokens[found : found + min(length, int(matched * _REASON / cost))])

    def forget(self) -> None:
        """Forget all places."""
        self._places.clear()
        self._indexed = _NGRAM


class _Policy:
    """When to guess, and how far: long drafts while they are right, pauses that grow while they lose.

    Attributes:
        cost: Of a token in a draft, in steps without one.
    """

    def __init__(self) -> None:
        self.cost = _FIRST_COST
        self._measured = False
        self.length = _FIRST_DRAFT
        self._pause = _FIRST_PAUSE
        self._resume_at = 0
        self._gain = 0.0  # seconds won or lost since the last pause

    def may_guess(self, position: int) -> bool:
        return position >= self._resume_at

    def report(self, drafted: int, accepted: int, seconds: float, step_seconds: float, position: int) -> None:
        cost = min(max(_LEAST_COST, (seconds / step_seconds - 1) / drafted), 1.0)  # a stall says nothing
        self.cost += (_SMOOTHING if self._measured else 1) * (cost - self.cost)
        self._measured = True
        self._gain += (accepted + 1) * step_seconds - seconds
        if accepted == drafted:
            self.length = min(2 * self.length, LONGEST_DRAFT)
        elif accepted == 0:
            self.length = _FIRST_DRAFT
        if self._gain < -step_seconds:
            self._resume_at = position + self._pause
            self._pause = min(2 * self._pause, _LONGEST_PAUSE)
            self._gain = 0.0
            self.length = _FIRST_DRAFT
        elif self._gain > 4 * step_seconds:
            self._gain = 4 * step_seconds  # what was won long ago does not excuse losses now
            self._pause = _FIRST_PAUSE


class Speculation:
    """Proposes drafts for one answer, from the first drafter that has a guess and is not pausing.

    Attributes:
        drafted: Tokens proposed so far.
        accepted: How many of them were right.
    """

    def __init__(self, *drafters: Drafter) -> None:
        self._drafters = [(drafter, _Policy()) for drafter in drafters]
        self._used: _Policy | None = None
        self._step_seconds = 0.0
        self.drafted = 0
        self.accepted = 0

    def propose(self, tokens: Sequence[int], newest: int, room: int) -> list[int]:
        """Return a guess of at most `room` tokens; empty until a plain step was measured."""
        if not self._step_seconds or room <= 0:
            return []
        for drafter, policy in self._drafters:
            if policy.may_guess(len(tokens)):
                draft = drafter.propose(tokens, newest, min(policy.length, room), policy.cost)
                if draft:
                    self._used = policy
                    return draft
        return []

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
            seconds: What guess and step cost together.
            position: Number of tokens now.
        """
        self.drafted += drafted
        self.accepted += accepted
        if self._used is not None:
            self._used.report(drafted, accepted, seconds, self._step_seconds, position)

    def forget(self) -> None:
        """Tokens were dropped from the middle of the text."""
        for drafter, _ in self._drafters:
            drafter.forget()
