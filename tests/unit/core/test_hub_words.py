"""Numbers of a model hub."""

from desktopchat.core.hub_words import count_text, parameters_text


def test_counts() -> None:
    given = {0: "0", 999: "999", 1000: "1k", 12_345: "12.3k", 99_960: "100k", 1_500_000: "1.5M"}
    assert {count: count_text(count) for count in given} == given


def test_parameters() -> None:
    given = {0: "0", 135_000_000: "135M", 7_600_000_000: "7.6B", 120_000_000_000: "120B", 1_000_000_000: "1B"}
    assert {count: parameters_text(count) for count in given} == given
