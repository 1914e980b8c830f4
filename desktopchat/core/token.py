"""What a model reads and writes: text in pieces, each with its number in the vocabulary."""

from dataclasses import dataclass
from typing import Literal

Kind = Literal["text", "sign", "end"]
PICTURE = -1  # the id of each place that a picture takes in a prompt
ALTERNATIVES = 10  # kept with each token of an answer


@dataclass(frozen=True, slots=True)
class Token:
    """A token.

    Attributes:
        id: Its number in the vocabulary; `PICTURE` for a place of a picture.
        piece: The bytes that it stands for, those of a control token too; a letter of several bytes may be shared
            between tokens.
    """

    id: int
    piece: bytes


@dataclass(frozen=True, slots=True)
class Rendered:
    """A prompt as a model gets it.

    Attributes:
        text: What the chat template made of the messages; "[picture]" stands where a picture is.
        tokens: What is evaluated. A begin token that the template leaves to the tokenizer is among them alone.
    """

    text: str
    tokens: tuple[Token, ...]


@dataclass(frozen=True, slots=True)
class Alternative:
    """A token that could have come, with its natural logarithm of probability before any sampler.

    Attributes:
        token: Its number in the vocabulary; -1 when that is unknown.
        piece: As of `Token`.
        kind: Text of the answer; a sign, as chat templates use them, which is no text; or such a sign that ends it.
    """

    token: int
    piece: bytes
    logprob: float
    kind: Kind = "text"

    @property
    def text(self) -> str:
        """The piece as text; a part of a letter is U+FFFD."""
        return self.piece.decode("utf-8", "replace")


@dataclass(frozen=True, slots=True)
class TokenLogprobs:
    """The token that came, and the likeliest ones at its place, likeliest first."""

    chosen: Alternative
    top: tuple[Alternative, ...]
