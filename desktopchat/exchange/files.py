"""Names of files with exported text."""

import re

_UNFIT = re.compile(r"[^\w ()+,.=@~-]+")
_RESERVED = re.compile(r"(?:con|prn|aux|nul|com\d|lpt\d)(?:\.|$)", re.IGNORECASE)  # names of devices on Windows
_LONGEST = 80


def file_name(title: str, ending: str, taken: set[str]) -> str:
    """Return a name that every system takes, and add it to those that are taken.

    Args:
        title: What it should say.
        ending: With the dot.
        taken: Names that are in use, in lower case.
    """
    stem = " ".join(_UNFIT.sub(" ", title).split())[:_LONGEST].strip(" .-~")
    if not stem or _RESERVED.match(stem):
        stem = f"conversation {stem}".strip()
    name, number = f"{stem}{ending}", 1
    while name.lower() in taken:
        number += 1
        name = f"{stem} {number}{ending}"
    taken.add(name.lower())
    return name
