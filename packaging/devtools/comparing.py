"""Whether packages come out the same when they are made again."""

import hashlib
import stat
from pathlib import Path


def differences(one: Path, other: Path) -> list[str]:
    """Return what differs between two folders, a line each: files that only one has, other contents, other rights."""
    first, second = _described(one), _described(other)
    lines = []
    for name in sorted(first.keys() | second.keys()):
        if name not in second:
            lines.append(f"only the first time: {name}")
        elif name not in first:
            lines.append(f"only the second time: {name}")
        elif first[name] != second[name]:
            lines.append(f"{_what_differs(first[name], second[name])}: {name}")
    return lines


def _described(folder: Path) -> dict[str, tuple[str, str, int]]:
    """Return kind, content and rights of all that lies in a folder, by name."""
    found = {}
    for path in folder.rglob("*"):
        mode = stat.S_IMODE(path.lstat().st_mode)
        if path.is_symlink():
            told = ("link", str(path.readlink()), 0)
        elif path.is_dir():
            told = ("folder", "", mode)
        else:
            with path.open("rb") as content:
                told = ("file", hashlib.file_digest(content, "sha256").hexdigest(), mode)
        found[path.relative_to(folder).as_posix()] = told
    return found


def _what_differs(one: tuple[str, str, int], other: tuple[str, str, int]) -> str:
    kinds = ("another kind", "another content", "other rights")
    return next(kind for kind, a, b in zip(kinds, one, other, strict=True) if a != b)
