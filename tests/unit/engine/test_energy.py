"""The energy of an answer, from counters as the kernel shows them."""

from collections.abc import Iterator
from itertools import count
from pathlib import Path

import pytest

from desktopchat.core.chat import Timings, Usage
from desktopchat.core.errors import EngineError, UserError
from desktopchat.engine import energy
from desktopchat.engine.api import Delta, GenerationEvent, GenerationFinished, PromptProgress
from desktopchat.engine.energy import EnergyMeter, RaplCounter

FINISHED = GenerationFinished(Usage(10, 0, 5), Timings(0.5, 1.0, 3.0))


def zone(folder: Path, place: str, name: str, energy_uj: int, most: int = 1_000_000_000) -> Path:
    made = folder / place
    made.mkdir(parents=True)
    (made / "name").write_text(f"{name}\n", "ascii")
    (made / "energy_uj").write_text(f"{energy_uj}\n", "ascii")
    (made / "max_energy_range_uj").write_text(f"{most}\n", "ascii")
    return made


def set_energy(zone: Path, energy_uj: int) -> None:
    (zone / "energy_uj").write_text(f"{energy_uj}\n", "ascii")


def test_packages_and_memory_are_added_and_parts_of_them_are_not(tmp_path: Path) -> None:
    package, other = zone(tmp_path, "intel-rapl:0", "package-0", 5), zone(tmp_path, "intel-rapl:1", "package-1", 5)
    core, memory = zone(tmp_path, "intel-rapl:0:0", "core", 5), zone(tmp_path, "intel-rapl:0:1", "dram", 5)
    whole = zone(tmp_path, "intel-rapl:2", "psys", 5)
    counter = RaplCounter(tmp_path)
    assert counter.readable
    for one in (package, other, core, memory, whole):
        set_energy(one, 2_000_005)
    assert counter.joules() == pytest.approx(6.0)
    assert counter.joules() == 0.0


def test_counter_that_runs_over_goes_on(tmp_path: Path) -> None:
    package = zone(tmp_path, "intel-rapl:0", "package-0", 9_000_000, most=10_000_000)
    counter = RaplCounter(tmp_path)
    set_energy(package, 500_000)
    assert counter.joules() == pytest.approx(1.5)


def test_nothing_to_read_is_said(tmp_path: Path) -> None:
    assert not RaplCounter(tmp_path).readable
    assert not RaplCounter(tmp_path / "missing").readable
    package = zone(tmp_path, "intel-rapl:0", "package-0", 5)
    (package / "energy_uj").unlink()  # as one that only root may read
    assert not RaplCounter(tmp_path).readable


def events(package: Path | None, closed: list[bool], *energies: int) -> Iterator[GenerationEvent]:
    try:
        for one in energies:
            if package is not None:
                set_energy(package, one)
            yield Delta(0, "a")
        yield FINISHED
    finally:
        closed.append(True)


def test_answer_is_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(energy, "_INTERVAL", -1.0)  # each event is a reading
    package = zone(tmp_path, "intel-rapl:0", "package-0", 9_000_000, most=10_000_000)
    # It runs over twice, which only readings on the way can tell.
    passed = list(EnergyMeter(lambda: 65.0, tmp_path).metered(events(package, [], 4_000_000, 8_000_000, 3_000_000)))
    assert isinstance(passed[-1], GenerationFinished)
    assert passed[-1].timings.joules == pytest.approx(14.0)
    assert passed[-1].timings.watts == 0.0


@pytest.mark.parametrize("on_gpu", [True, False])
def test_answer_is_estimated(tmp_path: Path, on_gpu: bool) -> None:
    package = zone(tmp_path, "intel-rapl:0", "package-0", 0) if on_gpu else None
    meter = EnergyMeter(lambda: 50.0, tmp_path)
    meter.on_gpu = on_gpu
    last = list(meter.metered(events(package, [], 7_000_000)))[-1]
    assert isinstance(last, GenerationFinished)
    assert (last.timings.joules, last.timings.watts) == (200.0, 50.0)
    assert last.usage == FINISHED.usage


def test_closing_reaches_the_engine(tmp_path: Path) -> None:
    closed: list[bool] = []
    passed = EnergyMeter(lambda: 65.0, tmp_path).metered(events(None, closed, 1, 2))
    next(passed)
    passed.close()
    assert closed == [True]


class Together:
    """Two requests that are answered together."""

    def __init__(self, meter: EnergyMeter) -> None:
        self.told: list[GenerationEvent | UserError] = []
        self.first, self.second = meter.joined(self.told.append), meter.joined(self.told.append)

    def timings(self) -> list[Timings]:
        return [one.timings for one in self.told if isinstance(one, GenerationFinished)]


def test_answers_together_get_their_shares_by_their_tokens(tmp_path: Path) -> None:
    package = zone(tmp_path, "intel-rapl:0", "package-0", 0)
    together = Together(EnergyMeter(lambda: 65.0, tmp_path))
    together.first(PromptProgress(0, 4, 0))
    together.first(PromptProgress(4, 4, 0))
    set_energy(package, 8_000_000)  # of the first alone
    together.second(PromptProgress(0, 10, 0))
    together.second(PromptProgress(10, 10, 0))
    together.first(Delta(0, "a b", 5))
    together.second(Delta(0, "c", 5))
    set_energy(package, 28_000_000)  # 5 of 20 tokens are the first's
    together.first(FINISHED)
    set_energy(package, 30_000_000)
    together.second(FINISHED)
    first, second = together.timings()
    assert (first.joules, second.joules) == (pytest.approx(8 + 5), pytest.approx(15 + 2))
    assert first.watts > 0, "it is an estimate"
    assert second.watts > 0


def test_one_that_nobody_joins_is_measured(tmp_path: Path) -> None:
    package = zone(tmp_path, "intel-rapl:0", "package-0", 0)
    together = Together(EnergyMeter(lambda: 65.0, tmp_path))
    together.first(PromptProgress(0, 4, 0))
    set_energy(package, 3_000_000)
    together.first(FINISHED)
    assert [(one.joules, one.watts) for one in together.timings()] == [(3.0, 0.0)]


def test_what_the_window_takes_meanwhile_is_its_own(tmp_path: Path) -> None:
    package = zone(tmp_path, "intel-rapl:0", "package-0", 0)
    meter = EnergyMeter(lambda: 65.0, tmp_path)
    together = Together(meter)
    together.first(PromptProgress(0, 4, 0))
    set_energy(package, 1_000_000)
    *_, last = meter.metered(events(package, [], 6_000_000))
    assert isinstance(last, GenerationFinished)
    assert last.timings.joules == pytest.approx(5.0)
    set_energy(package, 8_000_000)
    together.first(FINISHED)
    assert [one.joules for one in together.timings()] == [pytest.approx(3.0)]


def test_seconds_are_shared_where_nothing_can_be_measured(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    clock = count()
    monkeypatch.setattr(energy.time, "monotonic", lambda: next(clock))
    monkeypatch.setattr(energy, "_INTERVAL", 1e9)
    together = Together(EnergyMeter(lambda: 10.0, tmp_path))
    together.first(PromptProgress(0, 4, 0))
    together.second(PromptProgress(0, 4, 0))
    together.first(Delta(0, "a", 3))
    together.second(Delta(0, "b", 1))
    together.first(FINISHED)
    together.second(EngineError("It died."))
    (first,) = together.timings()
    assert first.watts == 10.0
    assert 0 < first.joules < 10.0 * next(clock)


def test_a_refusal_before_the_beginning_is_passed_on(tmp_path: Path) -> None:
    together = Together(EnergyMeter(lambda: 10.0, tmp_path))
    refused = EngineError("No.")
    together.first(refused)
    assert together.told == [refused]
