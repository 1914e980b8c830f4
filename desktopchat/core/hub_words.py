"""Numbers of a model hub, short enough for a list, and as people type them."""

import re

_SIZES = re.compile(r"(?:(\d{1,4}(?:\.\d{1,3})?)([MB])-)?(?:(\d{1,4}(?:\.\d{1,3})?)([MB]))?", re.ASCII | re.IGNORECASE)


def count_text(count: int) -> str:
    """Return a number of downloads or likes, such as "12.3k"."""
    return _short(count, ((1_000_000, "M"), (1_000, "k")))


def parameters_text(count: int) -> str:
    """Return a number of parameters, such as "7.6B" or "135M"."""
    return _short(count, ((1_000_000_000, "B"), (1_000_000, "M"), (1_000, "k")))


def size_range(text: str) -> tuple[int, int]:
    """Return the least and the greatest number of parameters in "1B-8B", "30B-" or "500M"; 0 is no limit.

    Raises:
        ValueError: It is no such text.
    """
    found = _SIZES.fullmatch(text)
    if not found or not text:
        raise ValueError(f"no size: {text}")
    least, most = (_parameters(found[place], found[place + 1]) for place in (1, 3))
    if most and least > most:
        raise ValueError(f"no size: {text}")
    return least, most


def _parameters(number: str | None, unit: str | None) -> int:
    return round(float(number) * (1_000_000 if unit in ("M", "m") else 1_000_000_000)) if number else 0


def _short(count: int, units: tuple[tuple[int, str], ...]) -> str:
    for size, letter in units:
        if count >= size:
            number = count / size
            return f"{number:.0f}{letter}" if number >= 99.95 else f"{number:.1f}".removesuffix(".0") + letter
    return str(count)
