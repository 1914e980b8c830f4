"""Links to a model hub that somebody copies out of a browser."""

import re

_LINK = re.compile(
    r"\s*(?:https?://)?(?:huggingface\.co|hf\.co)/([A-Za-z0-9][\w.-]{0,95}/[\w.-]{1,96})(?:[/?#:]\S*)?\s*",
    re.ASCII | re.IGNORECASE,
)
_NO_OWNERS = frozenset(("datasets", "spaces", "docs", "blog", "models", "papers", "collections", "settings", "api"))


def linked_repository(text: str) -> str:
    """Return the name of the repository that a text is a link to; empty when it is anything else."""
    found = _LINK.fullmatch(text) if len(text) < 500 else None
    if found is None or found[1].partition("/")[0].lower() in _NO_OWNERS or ".." in found[1]:
        return ""
    return found[1]
