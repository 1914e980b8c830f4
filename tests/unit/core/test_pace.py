"""Speed and remaining time."""

import pytest

from desktopchat.core.pace import Pace


def test_even_pace_is_told_at_once_and_stays() -> None:
    pace = Pace()
    for second in range(60):
        pace.note(1_000_000 + second * 5_000_000, float(second))
        assert pace.per_second == pytest.approx(5_000_000 if second else 0)
    assert pace.left(50_000_000) == pytest.approx(10)


def test_what_was_there_before_is_no_speed() -> None:
    pace = Pace()
    pace.note(10**9, 0.0)
    assert pace.left(10**9) is None


def test_jump_is_smoothed_and_forgotten() -> None:
    pace = Pace()
    done = 0
    for second in range(30):
        done += 1_000_000
        pace.note(done, float(second))
    pace.note(done + 10_000_000, 30.0)
    assert 1_000_000 < pace.per_second < 4_000_000
    for second in range(31, 60):
        done += 1_000_000
        pace.note(done + 10_000_000, float(second))
    assert pace.per_second == pytest.approx(1_000_000, rel=0.05)


def test_moment_twice_and_less_than_before_do_no_harm() -> None:
    pace = Pace()
    for done, now in ((0, 0.0), (5, 0.0), (0, 1.0), (0, 1.0)):
        pace.note(done, now)
    assert pace.per_second == 0
