"""Which tokens another temperature would have drawn."""

import math

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from desktopchat.core.draws import Draws
from desktopchat.core.params import SamplingParams
from desktopchat.core.token import Alternative, TokenLogprobs
from desktopchat.core.token_log import TokenLog

FREE = SamplingParams(top_k=0, top_p=1.0, min_p=0.0)
TEMPERATURES = st.floats(0.05, 2)


def step(chances: list[float], chosen: int) -> TokenLogprobs:
    top = tuple(Alternative(number, b"x", math.log(chance)) for number, chance in enumerate(chances))
    return TokenLogprobs(top[chosen], top)


@st.composite
def steps(draw: st.DrawFn) -> TokenLogprobs:
    chances = sorted(draw(st.lists(st.floats(1e-6, 1), min_size=2, max_size=10)), reverse=True)
    total = sum(chances)
    return step([one / total for one in chances], draw(st.integers(0, len(chances) - 1)))


logs = st.lists(steps(), min_size=1, max_size=20).map(TokenLog)


@given(logs, st.floats(0, 2))
def test_at_its_own_temperature_nothing_differs(log: TokenLog, temperature: float) -> None:
    assert Draws(log, FREE.changed(temperature=temperature)).flips(temperature) == {}


@given(logs, TEMPERATURES)
def test_at_temperature_0_exactly_what_was_not_the_likeliest_differs(log: TokenLog, temperature: float) -> None:
    found = Draws(log, FREE.changed(temperature=temperature)).flips(0)
    unlikely = {place for place, one in enumerate(log) if one.chosen.token != one.top[0].token}
    assert found == dict.fromkeys(unlikely, 0)


@given(logs, TEMPERATURES, st.floats(0.01, 2), st.floats(0.01, 2))
def test_hotter_draws_are_never_likelier(log: TokenLog, own: float, one: float, other: float) -> None:
    draws = Draws(log, FREE.changed(temperature=own))
    low, high = sorted((one, other))
    for place in range(len(log)):
        chosen = log.candidates(place)[1]
        assert draws.flips(low).get(place, chosen) <= draws.flips(high).get(place, chosen)


@given(logs, TEMPERATURES, st.floats(0.05, 2))
def test_it_is_what_inverting_the_distribution_gives(log: TokenLog, own: float, temperature: float) -> None:
    """Done again in the plainest way."""
    assume(temperature != own)
    found = Draws(log, FREE.changed(temperature=own)).flips(temperature)

    def shares(one: TokenLogprobs, at: float) -> list[float]:
        weights = [math.exp((each.logprob - one.top[0].logprob) / at) for each in one.top]
        return [weight / sum(weights) for weight in weights]

    for place, one in enumerate(log):
        chosen = one.chosen.token
        before = shares(one, own)
        draw = sum(before[:chosen]) + before[chosen] / 2
        now = shares(one, temperature)
        sums = [sum(now[: number + 1]) for number in range(len(now))]
        assume(min(abs(each - draw) for each in sums) > 1e-9)
        wanted = next(number for number, each in enumerate(sums) if each > draw)
        assert found.get(place, chosen) == wanted


def test_a_known_case() -> None:
    # u = 0.6 + 0.3 / 2 = 0.75; at 0.5 the first has 0.36 / 0.46 = 0.78 and takes it, at 1.5 it has 0.50.
    draws = Draws(TokenLog([step([0.6, 0.3, 0.1], 1)]), FREE.changed(temperature=1.0))
    assert draws.flips(0.5) == {0: 0}
    assert draws.flips(1.5) == {}
    assert draws.flips(0) == {0: 0}


def test_an_answer_without_draws_takes_the_middle() -> None:
    draws = Draws(TokenLog([step([0.6, 0.4], 0), step([0.4, 0.35, 0.25], 0)]), FREE.changed(temperature=0.0))
    assert draws.flips(1.0) == {1: 1}
    assert draws.flips(0) == {}


@pytest.mark.parametrize(
    ("sampling", "last"),
    [
        (FREE, 3),
        (FREE.changed(top_k=3), 2),
        (FREE.changed(min_p=0.4), 2),
        (FREE.changed(top_p=0.85), 2),
        (FREE.changed(top_k=3, mirostat=2), 3),
    ],
)
def test_what_was_cut_off_cannot_come(sampling: SamplingParams, last: int) -> None:
    log = TokenLog([step([0.4, 0.3, 0.2, 0.1], 1)])
    cold = Draws(log, sampling.changed(temperature=0.05))  # that it came so cold means a draw close to 1
    assert cold.flips(2) == {0: last}


def test_what_came_was_not_cut_off() -> None:
    log = TokenLog([step([0.9, 0.05, 0.05], 2)])
    draws = Draws(log, FREE.changed(top_k=1, temperature=0.5))
    assert draws.flips(0.5) == {}
    assert draws.flips(0) == {0: 0}


def test_one_that_came_from_outside_of_the_alternatives_counts() -> None:
    top = (Alternative(1, b"a", math.log(0.6)), Alternative(2, b"b", math.log(0.3)))
    log = TokenLog([TokenLogprobs(Alternative(9, b"z", math.log(0.01)), top)])
    assert Draws(log, FREE.changed(temperature=1.0)).flips(0) == {0: 0}


def test_given_text_never_differs() -> None:
    log = TokenLog()
    log.give(b"Once ")
    log.add([step([0.6, 0.4], 1)])
    assert Draws(log, FREE.changed(temperature=1.0)).flips(0) == {1: 0}
