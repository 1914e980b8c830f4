"""How fast something grows, smoothed, and how long it will take."""

_MEMORY = 5.0  # seconds after which what was measured counts for a third


class Pace:
    """Takes what is there at some moments.

    Attributes:
        per_second: How fast it has grown of late.
    """

    def __init__(self) -> None:
        self.per_second = 0.0
        self._done: int | None = None
        self._at = 0.0
        self._weight = 0.0

    def note(self, done: int, now: float) -> None:
        """Take what is there at a moment, in seconds; what was there at the first one counts for nothing."""
        if self._done is None:
            self._done, self._at = done, now
        elif (seconds := now - self._at) > 0:
            kept = 2.718281828 ** (-seconds / _MEMORY)
            # The weights let the first measurements count fully, where a plain average would begin at nothing.
            self._weight = self._weight * kept + (1 - kept)
            share = (1 - kept) / self._weight
            self.per_second += share * (max(0, done - self._done) / seconds - self.per_second)
            self._done, self._at = done, now

    def left(self, rest: int) -> float | None:
        """Return the seconds that a rest will take; None when nobody knows."""
        return rest / self.per_second if self.per_second > 1 else None
