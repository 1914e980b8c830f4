"""Numbers of a model hub, short enough for a list."""


def count_text(count: int) -> str:
    """Return a number of downloads or likes, such as "12.3k"."""
    return _short(count, ((1_000_000, "M"), (1_000, "k")))


def parameters_text(count: int) -> str:
    """Return a number of parameters, such as "7.6B" or "135M"."""
    return _short(count, ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")))


def _short(count: int, units: tuple[tuple[int, str], ...]) -> str:
    for size, letter in units:
        if count >= size:
            number = count / size
            return f"{number:.0f}{letter}" if number >= 99.95 else f"{number:.1f}".removesuffix(".0") + letter
    return str(count)
