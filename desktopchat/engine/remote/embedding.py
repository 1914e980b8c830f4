"""Vectors of texts from a server, by the route that all of them share."""

from collections.abc import Sequence

import msgspec

from desktopchat.core.embedding import Embedding
from desktopchat.core.errors import EmptyPromptError
from desktopchat.core.sentence import Sentence
from desktopchat.engine.remote.generation import Served
from desktopchat.engine.remote.server import fault_of, patiently
from desktopchat.network import faults
from desktopchat.network.ledger import Purpose

_SLICE = 64  # texts in one request; servers refuse long lists
_MOST_ANSWER = 64 << 20  # bytes


class _Vector(msgspec.Struct):
    embedding: list[float]
    index: int = 0


class _Usage(msgspec.Struct):
    prompt_tokens: int = 0


class _Vectors(msgspec.Struct):
    data: list[_Vector]
    usage: _Usage | None = None


def ask(served: Served, texts: Sequence[str]) -> tuple[Embedding, ...]:
    """Return a vector for each text. A server counts the tokens of all together, so each gets its share by length.

    Raises:
        EmptyPromptError: A text is empty.
        NetworkError: The server refuses, or sends something else.
        AbandonedError: It was abandoned.
    """
    for number, text in enumerate(texts, 1):
        if not text.strip():
            raise EmptyPromptError(Sentence("Text {number} is empty.", number=number), "Leave it out.")
    found: list[Embedding] = []
    for start in range(0, len(texts), _SLICE):
        found += _asked(served, texts[start : start + _SLICE])
    return tuple(found)


def _asked(served: Served, texts: Sequence[str]) -> list[Embedding]:
    connection, name = served.connection, served.model.id
    body = msgspec.json.encode({"model": name, "input": list(texts), "encoding_format": "float"})
    path = f"{served.address.path}/embeddings"

    def once() -> bytes:
        status, answer = connection.ask(Purpose.EMBED, path, body, most=_MOST_ANSWER)
        if status != 200:
            raise fault_of(connection, status, answer, name)
        return answer

    try:
        vectors = msgspec.json.decode(patiently(connection, once), type=_Vectors)
    except (msgspec.DecodeError, RecursionError) as error:
        raise faults.malformed(connection.host, str(error)) from error
    ordered = sorted(vectors.data, key=lambda one: one.index)
    if [one.index for one in ordered] != list(range(len(texts))) or not all(one.embedding for one in ordered):
        raise faults.malformed(connection.host, "not a vector for each text")
    total = max(0, vectors.usage.prompt_tokens) if vectors.usage else 0
    letters = sum(map(len, texts))
    return [
        Embedding.of(one.embedding, round(total * len(text) / letters))
        for one, text in zip(ordered, texts, strict=True)
    ]
