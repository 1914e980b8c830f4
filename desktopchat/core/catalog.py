"""Models that are worth a first try, chosen by us: what is known of them without asking anybody."""

from dataclasses import dataclass
from enum import StrEnum

from desktopchat.core.sentence import Sentence


class Use(StrEnum):
    """What a model of the catalogue is good for."""

    CHAT = "chat"
    REASONING = "reasoning"
    CODE = "code"
    WRITING = "writing"
    VISION = "vision"
    EMBEDDING = "embedding"
    HISTORY = "history"


@dataclass(frozen=True, slots=True)
class CatalogEntry:
    """One model.

    Attributes:
        family: Such as "gpt-oss", "GPT-2" or "Qwen".
        repo, quant: Where it is, and which of its variants is meant.
        size: About so many bytes.
        licence: In the hub's words.
        languages: Codes of those that it is best at.
        reason: Why one would take it.
    """

    name: str
    family: str
    repo: str
    quant: str
    size: int
    parameters: int
    licence: str
    languages: tuple[str, ...]
    use: Use
    reason: Sentence
