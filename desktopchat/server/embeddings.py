"""`/v1/embeddings`."""

import base64
from typing import Any

import msgspec
from starlette.requests import Request
from starlette.responses import Response

from desktopchat.core.embedding import Embedding
from desktopchat.server.asking import unless_gone
from desktopchat.server.body import read_body
from desktopchat.server.desk import Desk
from desktopchat.server.faults import invalid, unsupported
from desktopchat.server.replies import JsonReply
from desktopchat.server.shapes import EmbeddingBody

_DECODER = msgspec.json.Decoder(EmbeddingBody)
_MOST = 2048  # texts, OpenAI's limit


async def embed(desk: Desk, request: Request) -> Response:
    """Return vectors of texts."""
    body = await read_body(request, _DECODER)
    info = desk.model_called(body.model)
    given = [body.input] if isinstance(body.input, str) else body.input
    texts = tuple(one for one in given if isinstance(one, str))
    if len(texts) != len(given):
        raise unsupported("Inputs are text here; tokens of another model mean nothing to this one.", "input")
    if not 1 <= len(texts) <= _MOST or not all(one.strip() for one in texts):
        raise invalid(f"From 1 to {_MOST} texts can be embedded at once, none of them empty.", "input")
    if body.encoding_format not in (None, "float", "base64"):
        raise invalid("encoding_format is float or base64.", "encoding_format")
    found = await unless_gone(request, desk.asker.embedded(texts))
    if body.dimensions is not None and body.dimensions != len(found[0].data) // 4:
        raise unsupported(f"Vectors of this model have {len(found[0].data) // 4} dimensions.", "dimensions")
    tokens = sum(one.tokens for one in found)
    shown = [_vector(one, index, body.encoding_format == "base64") for index, one in enumerate(found)]
    usage = {"prompt_tokens": tokens, "total_tokens": tokens}
    return JsonReply({"object": "list", "data": shown, "model": info.file.name, "usage": usage})


def _vector(found: Embedding, index: int, as_base64: bool) -> dict[str, Any]:
    # OpenAI's are little endian too.
    vector = base64.b64encode(found.data).decode("ascii") if as_base64 else found.values
    return {"object": "embedding", "index": index, "embedding": vector}
