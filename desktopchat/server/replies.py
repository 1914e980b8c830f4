"""Answers as JSON."""

from typing import Any

import msgspec
from starlette.responses import Response

from desktopchat.server.faults import ApiError


class JsonReply(Response):
    """An object, sent as a whole."""

    media_type = "application/json"

    def __init__(self, content: Any, status: int = 200, headers: dict[str, str] | None = None) -> None:
        super().__init__(msgspec.json.encode(content), status, headers={"Cache-Control": "no-store", **(headers or {})})


def refusal(error: ApiError) -> JsonReply:
    """Return an answer that says no."""
    return JsonReply(error.body, error.status, error.headers)
