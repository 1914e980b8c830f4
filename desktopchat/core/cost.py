"""What answers cost: tokens, seconds, energy, and what a cloud would ask for the same tokens."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import StrEnum

from desktopchat.core.chat import Timings, Usage
from desktopchat.core.sentence import Sentence

JOULES = 3600.0  # in a watt-hour
_MILLION = 1e6


class LedgerBy(StrEnum):
    """What the answers of one row of the ledger have in common."""

    DAY = "day"
    MODEL = "model"
    CONVERSATION = "conversation"


@dataclass(frozen=True, slots=True)
class LedgerRow:
    """What some answers took together.

    Attributes:
        name: A day as ISO 8601 has it, the name of a model, or the title of a conversation; may be empty.
        prompt_tokens: Of all prompts, also where the KV cache held them: a cloud counts them too.
        measured, estimated: Energy in joules, by how it is known.
        watts: The least and the most power that was estimated with; zeros when nothing was.
        unknown: Answers whose energy nobody knows.
    """

    name: str
    answers: int
    prompt_tokens: int
    completion_tokens: int
    seconds: float
    measured: float = 0.0
    estimated: float = 0.0
    watts: tuple[float, float] = (0.0, 0.0)
    unknown: int = 0

    @property
    def joules(self) -> float:
        """All energy that is known."""
        return self.measured + self.estimated


@dataclass(frozen=True, slots=True)
class Prices:
    """What a cloud asks for a million tokens; None when the person gave no price.

    Attributes:
        example: They are those that the program came with.
    """

    prompt: float | None
    completion: float | None
    currency: str
    example: bool = False

    def of(self, row: LedgerRow) -> float | None:
        """Return what the tokens of a row would cost."""
        if self.prompt is None or self.completion is None:
            return None
        return (row.prompt_tokens * self.prompt + row.completion_tokens * self.completion) / _MILLION


def total(rows: Sequence[LedgerRow], name: str = "") -> LedgerRow:
    """Return all rows together."""
    watts = [watts for row in rows for watts in row.watts if watts]
    return LedgerRow(
        name,
        sum(row.answers for row in rows),
        sum(row.prompt_tokens for row in rows),
        sum(row.completion_tokens for row in rows),
        sum(row.seconds for row in rows),
        sum(row.measured for row in rows),
        sum(row.estimated for row in rows),
        (min(watts, default=0.0), max(watts, default=0.0)),
        sum(row.unknown for row in rows),
    )


def added(
    before: tuple[Usage, Timings], answers: int, usage: Usage | None, timings: Timings | None
) -> tuple[Usage, Timings]:
    """Return what one of some answers took, with what it took before it was gone on with.

    Args:
        before: Of the answer as it was; empty for a new one.
        answers: How many were generated at once.
        usage, timings: Of all of them together; None when they were never begun, or broke off.
    """
    old, took = before
    return (
        replace(
            usage or Usage(),
            reasoning_tokens=old.reasoning_tokens,
            answers=answers,
            earlier_prompt_tokens=old.earlier_prompt_tokens + old.prompt_tokens // old.answers,
            earlier_completion_tokens=old.earlier_completion_tokens + old.completion_tokens // old.answers,
        ),
        replace(
            timings or Timings(),
            reasoning_seconds=took.reasoning_seconds,
            earlier_seconds=took.earlier_seconds + took.seconds / old.answers,
            joules=took.joules + (timings.joules / answers if timings else 0.0),
            watts=max(took.watts, timings.watts if timings else 0.0),
        ),
    )


def energy_text(joules: float) -> Sentence:
    """Return an energy for people."""
    hours = joules / JOULES
    if hours >= 999.5:
        return Sentence("{amount} kWh", amount=f"{hours / 1000:,.3g}")
    if hours >= 0.9995:
        return Sentence("{amount} Wh", amount=f"{hours:.3g}")
    return Sentence("{amount} mWh", amount=f"{hours * 1000:.{1 if hours < 0.00995 else 0}f}")


def energy_source(watts: tuple[float, float]) -> Sentence:
    """Return how an energy is known: from the least and the most power it was estimated with, or zeros."""
    least, most = (f"{value:g}" for value in watts)
    if not watts[1]:
        return Sentence("measured (RAPL)")
    if least == most:
        return Sentence("estimated ({watts} W)", watts=most)
    return Sentence("estimated ({least} to {most} W)", least=least, most=most)


def money_text(amount: float) -> str:
    """Return an amount of money: cents, and two digits of what is less."""
    return f"{amount:,.2f}" if amount >= 0.1 or not amount else f"{amount:.2g}"
