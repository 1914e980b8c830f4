"""What a model reads: text in pieces, each with its number in the vocabulary."""

from dataclasses import dataclass

PICTURE = -1  # the id of each place that a picture takes in a prompt


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
