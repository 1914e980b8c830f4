"""Sizes in words."""


def size_text(size: int) -> str:
    """Return a number of bytes with a unit."""
    if size < 1_000:
        return f"{size} B"
    if size < 999_500:
        return f"{size / 1e3:.1f} kB" if size < 9_950 else f"{size / 1e3:.0f} kB"
    return f"{size / 1e6:.1f} MB"
