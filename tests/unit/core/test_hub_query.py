"""What a person types who looks for a model."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from desktopchat.core.hub import HubQuery, Order
from desktopchat.core.hub_query import parse_hub_query
from desktopchat.core.hub_words import size_range

BILLION = 10**9


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("", HubQuery()),
        (" qwen3  4b ", HubQuery("qwen3 4b")),
        ("author:Qwen lang:zh coder", HubQuery("coder", author="Qwen", language="zh")),
        ("licence:mit License:mit task:x", HubQuery(licence="mit", task="x")),
        ("size:1B-8b sort:Downloads", HubQuery(least=BILLION, most=8 * BILLION, order=Order.DOWNLOADS)),
        ("size:500M a", HubQuery("a", most=500_000_000)),
        ("size:3.5B-", HubQuery(least=3_500_000_000)),
        ("size:big sort:down size: author:", HubQuery("size: author:")),
        ("hf.co:x", HubQuery("hf.co:x")),
    ],
)
def test_query(text: str, query: HubQuery) -> None:
    assert parse_hub_query(text) == query


@given(st.text())
def test_any_text_is_read(text: str) -> None:
    assert isinstance(parse_hub_query(text), HubQuery)


@pytest.mark.parametrize("text", ["", "B", "8", "8B-1B", "1B-2B-3B", "-8B", "1.B", "99999B", "١B"])
def test_no_size(text: str) -> None:
    with pytest.raises(ValueError, match="no size"):
        size_range(text)
