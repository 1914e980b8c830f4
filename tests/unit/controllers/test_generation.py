"""What an engine sends is taken as a whole, and an engine that never stops sending holds nothing up."""

from collections import deque

from desktopchat.controllers.generation import _Answer, _Generation, _Text
from desktopchat.core.chat import Message, MessageState, Role
from desktopchat.core.params import SamplingParams
from desktopchat.engine.api import Delta, GenerationRequest


class Hasty(deque[Delta]):
    """Whenever something is taken, more has come."""

    def popleft(self) -> Delta:
        taken = super().popleft()
        self.append(taken)
        return taken


def answer() -> _Answer:
    message = Message(2, 1, 1, Role.ASSISTANT, "", MessageState.STREAMING, 0.0)
    return _Answer(message, _Text(""), _Text(""))


def test_each_answer_gets_its_own_in_order_and_no_longer_than_what_had_come() -> None:
    deltas = Hasty([Delta(0, "a", 1), Delta(1, "x", 2), Delta(0, "b", 3, reasoning="why"), Delta(1, "y", 4)])
    generation = _Generation(GenerationRequest(1, (), SamplingParams()), deltas=deltas, answers=[answer(), answer()])
    generation.take()
    assert [one.content.whole for one in generation.answers] == ["ab", "xy"]
    assert [one.reasoning.whole for one in generation.answers] == ["why", ""]
    assert generation.context_tokens == 10
