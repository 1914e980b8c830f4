"""Fenced blocks of Markdown."""

import re

_FENCE = re.compile(r"^ {0,3}(`{3,})", re.MULTILINE)


def fenced(content: str, language: str = "") -> str:
    """Return text as a block of code that nothing in it can end."""
    longest = max((len(fence) for fence in _FENCE.findall(content)), default=2)
    fence = "`" * (longest + 1)
    return f"{fence}{language}\n{content.rstrip()}\n{fence}"


def labelled(label: str, content: str, language: str = "") -> str:
    """Return what a tool was given or gave as a labelled block; empty when it is nothing."""
    return f"*{label}*\n\n{fenced(content, language)}" if content.strip() else ""
