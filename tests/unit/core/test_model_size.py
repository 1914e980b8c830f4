"""The estimate of what a computer holds."""

import pytest

from desktopchat.core.chat import Timings, Usage
from desktopchat.core.model_size import READING_SPEED, Memory, passes_per_second, suggest

STARTER = 98_362_432
GB = 10**9


def test_speed_is_that_of_passes_over_the_model() -> None:
    assert passes_per_second(Usage(10, 0, 101), Timings(0.1, 0.2, 2.0)) == 50
    guessed = Usage(10, 0, 101, drafted_tokens=60, accepted_tokens=40)
    assert passes_per_second(guessed, Timings(0.1, 0.2, 2.0)) == 30


@pytest.mark.parametrize(
    ("usage", "seconds"), [(Usage(10, 0, 16), 1.0), (Usage(10, 0, 100, accepted_tokens=90), 1.0), (Usage(1, 0, 99), 0)]
)
def test_too_little_is_not_measured(usage: Usage, seconds: float) -> None:
    assert passes_per_second(usage, Timings(0.0, 0.0, seconds)) == 0


def test_memory_limits_the_size_on_a_fast_processor() -> None:
    found = suggest(STARTER, 400.0, Memory(8 * GB, 16 * GB))
    assert found is not None
    assert found.size == 6 * GB
    assert found.parameters == pytest.approx(10e9)
    assert found.speed == pytest.approx(400 * STARTER / (6 * GB))


def test_reading_speed_limits_it_on_a_slow_one() -> None:
    found = suggest(STARTER, 80.0, Memory(30 * GB, 32 * GB))
    assert found is not None
    assert found.size == int(80 * STARTER / READING_SPEED)
    assert found.speed == READING_SPEED
    assert found.is_slowness_the_limit


def test_graphics_memory_alone_limits_it_on_a_gpu() -> None:
    found = suggest(STARTER, 300.0, Memory(20 * GB, 24 * GB, "A graphics card"))
    assert found is not None
    assert found.size == 15 * GB
    assert not found.is_slowness_the_limit


@pytest.mark.parametrize(
    ("passes", "free"), [(0.0, 8 * GB), (400.0, STARTER), (READING_SPEED, 8 * GB), (400.0, 0)], ids=str
)
def test_nothing_is_suggested_where_nothing_better_fits(passes: float, free: int) -> None:
    assert suggest(STARTER, passes, Memory(free, 16 * GB)) is None
