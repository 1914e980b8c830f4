"""The number of threads follows what other programs compute."""

from types import SimpleNamespace

import pytest

from desktopchat.engine.llama import threads
from desktopchat.engine.llama.threads import ThreadGovernor


class Machine:
    """Two cores whose clock and load the test sets."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.now = self.busy = 0.0
        process = SimpleNamespace(cpu_times=lambda: SimpleNamespace(user=0.0, system=0.0))
        monkeypatch.setattr(threads, "physical_cores", lambda: 2)
        monkeypatch.setattr(threads, "psutil", SimpleNamespace(Process=lambda: process, cpu_times=self._times))
        monkeypatch.setattr(threads, "time", SimpleNamespace(monotonic=lambda: self.now))

    def run(self, seconds: float, others: float) -> None:
        """Let time go by while other programs keep so many cores busy."""
        self.now += seconds
        self.busy += seconds * others

    def _times(self) -> "Times":
        return Times(self.busy, 2 * self.now - self.busy)


class Times(tuple[float, float]):
    """As psutil returns them: what was computed, and what was not."""

    def __new__(cls, user: float, idle: float) -> "Times":
        return super().__new__(cls, (user, idle))

    @property
    def idle(self) -> float:
        return self[1]


@pytest.fixture
def machine(monkeypatch: pytest.MonkeyPatch) -> Machine:
    return Machine(monkeypatch)


def test_a_core_that_others_need_is_left_to_them(machine: Machine) -> None:
    governor = ThreadGovernor()
    assert governor.threads == 2
    machine.run(0.3, others=1.0)
    assert governor.look()
    assert governor.threads == 1
    for _ in range(40):
        machine.run(0.3, others=0.0)
        governor.look()
    assert governor.threads == 2


def test_a_number_of_ones_own_stays(machine: Machine) -> None:
    governor = ThreadGovernor(2)
    machine.run(0.3, others=2.0)
    assert not governor.look()
    assert governor.threads == 2


def test_what_others_did_during_a_rest_says_nothing(machine: Machine) -> None:
    governor = ThreadGovernor()
    machine.run(60.0, others=1.0)
    governor.resume()
    machine.run(0.3, others=0.0)
    governor.look()
    assert governor.threads == 2


def test_what_others_do_now_counts_after_a_rest_too(machine: Machine) -> None:
    governor = ThreadGovernor()
    machine.run(60.0, others=0.0)
    governor.resume()
    machine.run(0.3, others=1.0)
    governor.look()
    assert governor.threads == 1
