"""Texts that a person keeps as Markdown files in a folder."""

from pathlib import Path

SUFFIX = ".md"
LARGEST = 1 << 20  # bytes


def write_beside(folder: Path, name: str, text: str) -> Path:
    """Write a text under a name, or under one with a number where something is called so already.

    Raises:
        OSError: It cannot be written.
    """
    path = folder / f"{name}{SUFFIX}"
    number = 1
    folder.mkdir(parents=True, exist_ok=True)
    while path.exists():
        number += 1
        path = folder / f"{name} {number}{SUFFIX}"
    with path.open("x", encoding="utf-8", errors="replace", newline="\n") as file:
        file.write(text)
    return path
