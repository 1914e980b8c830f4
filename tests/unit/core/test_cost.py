"""What answers cost, added up and in words."""

from dataclasses import replace

import pytest

from desktopchat.core.chat import Timings, Usage
from desktopchat.core.cost import LedgerRow, Prices, added, energy_source, energy_text, money_text, total

ONE = LedgerRow("a", 1, 100, 50, 3.0, estimated=100.0, watts=(65.0, 65.0))
TWO = LedgerRow("b", 2, 1_000_000, 500_000, 7.0, measured=30.0, estimated=5.0, watts=(45.0, 90.0), unknown=1)


def test_rows_are_added() -> None:
    both = LedgerRow("all", 3, 1_000_100, 500_050, 10.0, 30.0, 105.0, (45.0, 90.0), 1)
    assert total((ONE, TWO), "all") == both
    assert both.joules == 135.0
    assert total(()) == LedgerRow("", 0, 0, 0, 0.0)


def test_tokens_cost_what_the_prices_say() -> None:
    assert Prices(2.0, 10.0, "EUR").of(TWO) == 7.0
    assert Prices(0.0, 0.0, "EUR").of(TWO) == 0.0
    assert Prices(None, 10.0, "EUR").of(TWO) is None
    assert Prices(2.0, None, "EUR").of(TWO) is None


def test_each_of_several_answers_bears_its_share() -> None:
    usage, timings = Usage(100, completion_tokens=40), Timings(0.1, 0.5, 1.5, joules=130.0, watts=65.0)
    used, took = added((Usage(), Timings()), 4, usage, timings)
    assert (used.answers, used.completion_tokens) == (4, 40)
    assert (took.joules, took.watts, took.earlier_seconds) == (32.5, 65.0, 0.0)


def test_what_was_before_a_continuation_is_kept() -> None:
    first = added((Usage(), Timings()), 4, Usage(100, 0, 40), Timings(0.1, 0.4, 1.6, joules=130.0, watts=65.0))
    used, took = added(first, 1, Usage(110, 100, 20), Timings(0.1, 0.2, 0.8, joules=65.0, watts=65.0))
    assert (used.prompt_tokens, used.completion_tokens, used.answers) == (110, 20, 1)
    assert (used.earlier_prompt_tokens, used.earlier_completion_tokens) == (25, 10)
    assert (took.earlier_seconds, took.joules) == (0.5, 97.5)
    broken, took = added((used, replace(took, reasoning_seconds=2.0)), 1, None, None)
    assert (broken.earlier_prompt_tokens, broken.earlier_completion_tokens) == (135, 30)
    assert (took.earlier_seconds, took.joules, took.watts, took.reasoning_seconds) == (1.5, 97.5, 65.0, 2.0)


@pytest.mark.parametrize(
    ("joules", "text"),
    [(0.36, "0.1 mWh"), (18, "5.0 mWh"), (360, "100 mWh"), (3599, "1 Wh"), (7920, "2.2 Wh"), (36e6, "10 kWh")],
)
def test_energy_has_a_unit_that_fits(joules: float, text: str) -> None:
    assert energy_text(joules) == text


def test_source_of_an_energy_is_named() -> None:
    assert energy_source((0.0, 0.0)) == "measured (RAPL)"
    assert energy_source((65.0, 65.0)) == "estimated (65 W)"
    assert energy_source((45.0, 65.0)) == "estimated (45 to 65 W)"


def test_small_amounts_of_money_are_not_nothing() -> None:
    assert [money_text(one) for one in (0.0, 0.00123, 0.5, 1234.5)] == ["0.00", "0.0012", "0.50", "1,234.50"]
