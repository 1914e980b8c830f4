from collections.abc import Sequence

import pytest

from desktopchat.engine.speculation import LONGEST_DRAFT, NgramDrafter, Speculation

CHEAP = 0.03  # steps for a token more, as on a GPU


class Oracle:
    """Knows the whole text, or nothing of it."""

    def __init__(self, right: bool) -> None:
        self.right = right
        self.asked = 0

    def propose(self, tokens: Sequence[int], newest: int, length: int, _cost: float) -> list[int]:
        self.asked += 1
        return [len(tokens) + 1 + step if self.right else -1 for step in range(length)]

    def forget(self) -> None:
        pass


def simulate(speculation: Speculation, count: int, cost_of_a_draft_token: float) -> tuple[float, int]:
    """Decode 0, 1, 2 ...; a step costs 1 s and a draft token more. Return seconds and number of steps."""
    tokens: list[int] = [0]
    seconds, steps = 0.0, 0
    while len(tokens) < count:
        newest = len(tokens)
        draft = speculation.propose(tokens, newest, 100)
        cost = 1 + cost_of_a_draft_token * len(draft)
        seconds, steps = seconds + cost, steps + 1
        tokens.append(newest)
        accepted = 0
        while accepted < len(draft) and draft[accepted] == len(tokens):
            tokens.append(len(tokens))
            accepted += 1
        if draft:
            speculation.draft_step(len(draft), accepted, cost, len(tokens))
        else:
            speculation.plain_step(cost)
    return seconds, steps


def test_right_guesses_grow_and_win() -> None:
    speculation = Speculation(Oracle(right=True))
    seconds, steps = simulate(speculation, 500, cost_of_a_draft_token=0.2)
    assert seconds < 0.5 * 500
    assert steps < 500 / (LONGEST_DRAFT / 2)
    assert speculation.accepted == speculation.drafted > 400


def test_wrong_guesses_cost_almost_nothing() -> None:
    oracle = Oracle(right=False)
    seconds, _ = simulate(Speculation(oracle), 2000, cost_of_a_draft_token=0.5)
    assert seconds < 1.02 * 2000
    assert oracle.asked < 40


def test_right_guesses_that_are_too_dear_are_given_up() -> None:
    seconds, _ = simulate(Speculation(Oracle(right=True)), 2000, cost_of_a_draft_token=1.2)
    assert seconds < 1.05 * 2000


def test_another_drafter_takes_over_while_one_pauses() -> None:
    wrong, right = Oracle(right=False), Oracle(right=True)
    seconds, _ = simulate(Speculation(wrong, right), 500, cost_of_a_draft_token=0.2)
    assert right.asked > wrong.asked
    assert seconds < 0.6 * 500


def test_nothing_is_guessed_before_a_step_was_measured_or_without_room() -> None:
    speculation = Speculation(Oracle(right=True))
    assert speculation.propose([0], 1, 10) == []
    speculation.plain_step(1.0)
    assert speculation.propose([0], 1, 0) == []
    assert len(speculation.propose([0], 1, 2)) == 2


def test_a_repeated_text_is_found_at_its_newest_place() -> None:
    drafter = NgramDrafter()
    text = [0, 1, 2, 3, 4, 5, 0, 1, 2, 3, 9, 8, 7]
    assert drafter.propose([*text, 0, 1, 2], 3, 2, CHEAP) == [9, 8]
    assert drafter.propose([*text, 0, 1, 2], 3, 50, CHEAP) == [9, 8, 7, 0, 1, 2]
    assert drafter.propose([*text, 0, 1, 2], 4, 2, CHEAP) == []
    assert NgramDrafter().propose([1], 2, 2, CHEAP) == []


def test_what_matched_further_is_guessed_further_where_that_is_dear() -> None:
    text = list(range(100))
    lengths = [len(NgramDrafter().propose([*text, *range(40, last)], last, 16, 0.4)) for last in (41, 42, 44, 60, 99)]
    assert lengths == [0, 1, 3, 13, 16]
    assert NgramDrafter().propose([*text, *range(40, 42)], 42, 16, 0.8) == [], "three that match are no reason"
    assert NgramDrafter().propose([*text, *range(40, 42)], 42, 3, CHEAP) == [43, 44, 45]


def test_what_a_guess_costs_is_measured() -> None:
    costs = []

    class Listener(Oracle):
        def propose(self, tokens: Sequence[int], newest: int, length: int, cost: float) -> list[int]:
            costs.append(cost)
            return super().propose(tokens, newest, length, cost)

    simulate(Speculation(Listener(right=True)), 100, cost_of_a_draft_token=0.3)
    assert costs[0] > 0.3, "careful until it was measured"
    assert costs[1:] == pytest.approx([0.3] * (len(costs) - 1))
    assert len(costs) > 3


def test_dropped_tokens_are_no_longer_guessed() -> None:
    drafter = NgramDrafter()
    assert drafter.propose([0, 1, 2, 3, 4, 5, 0, 1, 2], 3, 1, CHEAP) == [4]
    drafter.forget()
    assert drafter.propose([5, 0, 1, 2], 3, 1, CHEAP) == []
