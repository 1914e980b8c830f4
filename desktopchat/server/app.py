"""The routes of the endpoint."""

import logging
import time
from collections.abc import Awaitable, Callable
from functools import partial
from typing import Any

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect, Request
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import ASGIApp

from desktopchat.core.endpoint_call import GONE
from desktopchat.core.errors import UserError
from desktopchat.core.secret import Secret
from desktopchat.engine.api import ModelInfo
from desktopchat.server.asking import GoneError
from desktopchat.server.calls import Calls
from desktopchat.server.chat import complete_chat
from desktopchat.server.completions import complete
from desktopchat.server.desk import Desk
from desktopchat.server.embeddings import embed
from desktopchat.server.faults import ApiError, fault_of, no_model
from desktopchat.server.guard import Guard
from desktopchat.server.journal import Journal
from desktopchat.server.outbox import TooSlowError
from desktopchat.server.queue import DroppedError, QueueFullError
from desktopchat.server.replies import JsonReply, refusal
from desktopchat.server.responses import respond

_log = logging.getLogger(__name__)

Handler = Callable[[Desk, Request], Awaitable[Response]]


def create_app(desk: Desk, key: Callable[[], Secret], *, is_open: bool = False, calls: Calls | None = None) -> ASGIApp:
    """Return the endpoint as an ASGI application.

    Args:
        key: Tells what clients must know.
        is_open: Other machines may ask too.
        calls: Hears of each call.
    """
    handlers: list[tuple[str, str, Handler]] = [
        ("/models", "GET", _models),
        ("/models/{name:path}", "GET", _model),
        ("/chat/completions", "POST", complete_chat),
        ("/completions", "POST", complete),
        ("/engines/{engine}/completions", "POST", complete),
        ("/embeddings", "POST", embed),
        ("/responses", "POST", respond),
        ("/health", "GET", _health),
    ]
    # Some clients take the address with /v1 and some without.
    routes = [
        Route(prefix + path, partial(handler, desk), methods=[method])
        for prefix in ("/v1", "")
        for path, method, handler in handlers
    ]
    known = (ApiError, UserError, QueueFullError, DroppedError, TooSlowError)
    app = Starlette(
        routes=routes,
        exception_handlers={
            **dict.fromkeys(known, _refused),
            HTTPException: _unrouted,
            GoneError: _left,
            ClientDisconnect: _left,
            Exception: _failed,
        },
    )
    # A slash too many is no other address: a redirect would make a GET of a POST.
    app.router.redirect_slashes = False
    return Journal(Guard(app, key, is_open=is_open), lambda: desk.options().logs_requests, calls)


async def _health(desk: Desk, _request: Request) -> Response:
    if desk.model() is None:
        return refusal(ApiError(503, "No model is loaded.", "loading", kind="unavailable_error"))
    return JsonReply({"status": "ok"})


async def _models(desk: Desk, _request: Request) -> Response:
    info = desk.model()
    names = [] if info is None else [info.file.name, *(one for one in desk.options().aliases if not _is_pattern(one))]
    return JsonReply({"object": "list", "data": [_described(name, info) for name in names]})


async def _model(desk: Desk, request: Request) -> Response:
    name = request.path_params["name"]
    try:
        info = desk.model_called(name)
    except UserError:
        raise no_model(name) from None
    return JsonReply(_described(name, info))


def _is_pattern(alias: str) -> bool:
    return any(sign in alias for sign in "*?[")


def _described(name: str, info: ModelInfo | None) -> dict[str, Any]:
    described: dict[str, Any] = {"id": name, "object": "model", "created": int(time.time()), "owned_by": "desktopchat"}
    if info is not None:
        described["meta"] = {"n_ctx": info.n_ctx, "n_vocab": info.n_vocab, "root": info.file.name}
    return described


async def _refused(_request: Request, error: Exception) -> Response:
    return refusal(fault_of(error))


async def _unrouted(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.url.path[:200]
    message = f"There is nothing at {path}."
    if error.status_code == 405:
        message = f"{request.method[:20]} cannot be done with {path}."
    headers = {**(error.headers or {}), "Connection": "close"}
    return refusal(ApiError(error.status_code, message, None, headers=headers))


async def _left(_request: Request, _error: Exception) -> Response:
    return Response(status_code=GONE)


async def _failed(_request: Request, error: Exception) -> Response:
    return refusal(fault_of(error))
