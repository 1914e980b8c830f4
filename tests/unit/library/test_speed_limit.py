"""The limit to the speed of all downloads."""

import pytest

from desktopchat.library.speed_limit import SpeedLimit


def test_all_together_stay_below() -> None:
    now = 0.0
    limit = SpeedLimit(lambda: 1_000_000, lambda: now)
    for _ in range(100):
        now += limit.wait_after(256_000)
    assert now == pytest.approx(25.6)


def test_pause_is_not_made_up_for() -> None:
    now = 0.0
    limit = SpeedLimit(lambda: 1000, lambda: now)
    limit.wait_after(1000)
    now = 100.0
    assert limit.wait_after(1000) == pytest.approx(1)


def test_limit_follows_the_setting() -> None:
    rates = [0]
    limit = SpeedLimit(lambda: rates[0], lambda: 0.0)
    assert limit.wait_after(10**9) == 0
    rates[0] = 500
    assert limit.wait_after(1000) == 2
