"""EndpointCall: what a program asked of the local endpoint, as the window shows it."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import uuid4

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.transfer import TransferConversation, TransferMessage

GONE = 499  # nginx's status for a client that has left before it was answered


@dataclass(frozen=True, slots=True)
class EndpointCall:
    """One call. It is never written down; only the person can make a conversation of it.

    Attributes:
        number: Counted from 1.
        at: Seconds since the epoch.
        method, path: Of HTTP.
        status: Of HTTP; 0 while it runs.
        seconds: How long it took; 0 while it runs.
        turns: What was asked; empty when it was no question to a model.
        answer: As far as it has come; the first one of several.
        tokens: Generated in all.
        pauses: The window asks meanwhile, which goes before it.
    """

    number: int
    at: float
    method: str
    path: str
    status: int = 0
    seconds: float = 0.0
    turns: tuple[ChatMessage, ...] = ()
    answer: str = ""
    tokens: int = 0
    pauses: bool = False

    @property
    def runs(self) -> bool:
        """Whether it has not ended."""
        return self.status == 0

    @property
    def question(self) -> str:
        """What was said last, on one line; empty when nothing was."""
        return " ".join(self.turns[-1].content.split()) if self.turns else ""

    def without_text(self) -> "EndpointCall":
        """Return it without what was said."""
        return replace(self, turns=(), answer="")

    def conversation(self, title: str) -> TransferConversation:
        """Return what was said as a conversation like all others.

        Turns of one side that follow each other become one, for a conversation takes turns.
        """
        said: list[tuple[Role, str]] = []
        system = []
        answer = (ChatMessage(Role.ASSISTANT, self.answer),) if self.answer else ()
        for turn in (*self.turns, *answer):
            if turn.role is Role.SYSTEM:
                system.append(turn.content)
                continue
            role = Role.ASSISTANT if turn.role is Role.ASSISTANT else Role.USER
            if said and said[-1][0] is role:
                said[-1] = (role, f"{said[-1][1]}\n\n{_words(turn)}")
            else:
                said.append((role, _words(turn)))
        messages = _chained(said, self.at)
        tip = messages[-1].uid if messages else None
        return TransferConversation(
            f"endpoint:{uuid4()}", title, self.at, self.at, messages, tip, system_prompt="\n\n".join(system)
        )


def _words(turn: ChatMessage) -> str:
    calls = (f"{call.name}({call.arguments})" for call in turn.calls)
    return "\n\n".join(filter(None, (turn.content, *calls)))


def _chained(said: Sequence[tuple[Role, str]], at: float) -> tuple[TransferMessage, ...]:
    return tuple(
        TransferMessage(str(place), str(place - 1) if place else None, role, content, at)
        for place, (role, content) in enumerate(said)
    )
