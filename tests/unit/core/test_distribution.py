"""How sampling parameters bend a distribution."""

import math
from dataclasses import replace

import pytest

from desktopchat.core.distribution import MOST_CANDIDATES, Bending, Chance, Distribution, bend

OFF = Bending(temperature=1.0, top_k=0, top_p=1.0, min_p=0.0)


def of(*probabilities: float, tail: tuple[tuple[float, int], ...] = ()) -> Distribution:
    top = tuple(Chance(place, b"x", math.log(value)) for place, value in enumerate(probabilities))
    return Distribution(top, tuple((math.log(value), count) for value, count in tail))


HALVES = of(0.5, 0.25, 0.125, 0.0625, tail=((0.00625, 10),))


def test_without_parameters_nothing_bends() -> None:
    bent = bend(HALVES, OFF)
    assert bent.shares == pytest.approx((0.5, 0.25, 0.125, 0.0625))
    assert bent.rest == pytest.approx(0.0625)
    assert (bent.after_top_k, bent.after_top_p, bent.after_min_p) == (14, 14, 14)
    assert HALVES.size == 14


def test_top_k_keeps_so_many() -> None:
    bent = bend(HALVES, replace(OFF, top_k=2))
    assert bent.shares == pytest.approx((2 / 3, 1 / 3))
    assert (bent.rest, bent.after_top_k) == (0.0, 2)


def test_top_p_keeps_the_likeliest_that_have_it_together() -> None:
    assert bend(HALVES, replace(OFF, top_p=0.5)).after_top_p == 1
    assert bend(HALVES, replace(OFF, top_p=0.0)).after_top_p == 1
    # Of what top-k left, not of all: 0.57, 0.29 and 0.14.
    assert bend(HALVES, replace(OFF, top_k=3, top_p=0.85)).after_top_p == 2
    assert bend(HALVES, replace(OFF, top_k=3, top_p=0.9)).after_top_p == 3


def test_min_p_is_a_part_of_the_likeliest() -> None:
    bent = bend(HALVES, replace(OFF, min_p=0.2))
    assert bent.after_min_p == 3
    assert bent.rest == 0.0
    assert bend(HALVES, replace(OFF, min_p=0.01)).rest == pytest.approx(0.0625)
    assert bend(HALVES, replace(OFF, min_p=1.0)).after_min_p == 1


def test_temperature_sharpens_and_flattens_and_comes_last() -> None:
    assert bend(of(0.8, 0.2), replace(OFF, temperature=0.5)).shares == pytest.approx((16 / 17, 1 / 17))
    assert bend(of(0.8, 0.2), replace(OFF, temperature=2.0)).shares == pytest.approx((2 / 3, 1 / 3))
    hot = bend(HALVES, Bending(5.0, 0, 0.75, 0.0))
    assert hot.after_top_p == 2  # as at any temperature


def test_coldest_is_the_likeliest_alone() -> None:
    assert bend(HALVES, replace(OFF, temperature=0.0)).shares == (1.0,)
    assert bend(HALVES, replace(OFF, temperature=0.01)).shares[0] == pytest.approx(1.0)


def test_top_p_looks_at_no_more_than_the_engine_does() -> None:
    flat = of(*[0.0005] * MOST_CANDIDATES, tail=((0.0005, 1000),))
    assert bend(flat, replace(OFF, top_p=0.999)).after_top_k == MOST_CANDIDATES
    assert bend(flat, OFF).after_top_k == 2000
