"""Reads what a person types who looks for a model."""

from contextlib import suppress
from dataclasses import replace
from typing import Any

from desktopchat.core.hub import HubQuery, Order
from desktopchat.core.hub_words import size_range

_MOST = 200  # characters
_FILTERS = {"author": "author", "task": "task", "lang": "language", "licence": "licence", "license": "licence"}


def parse_hub_query(text: str) -> HubQuery:
    """Return what is looked for: words, and filters such as author:qwen, lang:zh, size:1B-8B or sort:downloads.

    A size or an order that makes no sense is passed over, for it may still be typed.
    """
    query, words = HubQuery(), list[str]()
    for part in text[:_MOST].split():
        name, colon, value = part.partition(":")
        if not colon or not value:
            words.append(part)
        elif (field := _FILTERS.get(name.lower())) is not None:
            given: dict[str, Any] = {field: value}
            query = replace(query, **given)
        elif name.lower() == "size":
            with suppress(ValueError):
                least, most = size_range(value)
                query = replace(query, least=least, most=most)
        elif name.lower() == "sort":
            with suppress(ValueError):
                query = replace(query, order=Order(value.lower()))
        else:
            words.append(part)
    return replace(query, text=" ".join(words))
