"""What the proof of the Vulkan backend takes for a fault; the proof itself takes a build."""

from dataclasses import replace

import pytest
import vulkan

from desktopchat.core.token import Alternative, TokenLogprobs

GOOD = vulkan.Answer(
    "A cat is a small animal that purrs.",
    tuple(TokenLogprobs(Alternative(token, b"x", -0.5), ()) for token in range(9)),
    ("CPU", "Vulkan0"),
    "31/31",
    1.0,
)
OTHER = tuple(TokenLogprobs(Alternative(token, b"x", -0.5), ()) for token in (0, 1, 7, 8))
UNSURE = (TokenLogprobs(Alternative(0, b"x", -2.0), ()), *GOOD.tokens[1:])


def test_a_sane_answer_with_all_layers_there_is_no_fault() -> None:
    later = replace(GOOD, text="A cat is a small beast, and it likes fish.", tokens=GOOD.tokens[:4])
    assert vulkan.compare(later, replace(GOOD, devices=("CPU",), offloaded="")) == []


@pytest.mark.parametrize(
    ("changes", "fault"),
    [
        ({"offloaded": ""}, "Not all layers were offloaded: none"),
        ({"offloaded": "30/31"}, "Not all layers were offloaded: 30/31"),
        ({"devices": ("CPU",)}, "not on Vulkan"),
        ({"text": "cat cat cat cat cat cat"}, "no sentence"),
        ({"text": "?????? ????? ????"}, "no sentence"),
        ({"tokens": OTHER}, "first 3 tokens differ"),
        ({"tokens": ()}, "first 3 tokens differ"),
        ({"tokens": UNSURE}, "another probability"),
    ],
)
def test_anything_else_is(changes: dict[str, object], fault: str) -> None:
    (found,) = vulkan.compare(replace(GOOD, **changes), GOOD)
    assert fault in found
