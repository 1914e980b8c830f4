"""Who may ask: nobody without the key, no page of another origin, no name that only pretends to be this machine."""

import ipaddress
import platform
from collections.abc import Callable
from hmac import compare_digest
from urllib.parse import urlsplit

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Receive, Scope, Send

from desktopchat.core.secret import Secret
from desktopchat.server.faults import ApiError
from desktopchat.server.replies import refusal

OPEN = ("/health", "/v1/health")
# What a browser says of a request that a page of elsewhere makes. Pages of this origin there are none.
_FOREIGN = ("cross-site", "same-site")


class Guard:
    """Lets through what may pass, and answers the rest itself.

    Args:
        app: What is guarded.
        key: Tells the key.
        is_open: Other machines may ask too.
    """

    def __init__(self, app: ASGIApp, key: Callable[[], Secret], *, is_open: bool) -> None:
        self._app = app
        self._key = key
        self._is_open = is_open

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Look at a request."""
        if scope["type"] != "http":
            return
        error = self._objection(scope, Headers(scope=scope))
        await (refusal(error) if error else self._app)(scope, receive, send)

    def _objection(self, scope: Scope, headers: Headers) -> ApiError | None:
        host = headers.get("host", "")
        if not self._is_ours(host):
            # A name that an attacker's server resolves to this machine reaches it under that name.
            return _denied("This endpoint does not go by that name.", "bad_host")
        origin = headers.get("origin")
        if (origin is not None and origin != f"http://{host}") or headers.get("sec-fetch-site") in _FOREIGN:
            return _denied("Pages of other origins may not ask here.", "bad_origin")
        if scope["path"] in OPEN:
            return None
        kind, _, given = headers.get("authorization", "").partition(" ")
        # Azure's way of OpenAI's API, for clients that know no other.
        given = given.strip() if kind.lower() == "bearer" else headers.get("api-key", "")
        if not compare_digest(given.encode("utf-8", "replace"), self._key().text.encode()):
            what = "This endpoint does not know that key." if given else "This endpoint wants a key."
            return ApiError(
                401,
                f"{what} desktopchat serve --show-key tells it; give it as OPENAI_API_KEY.",
                "invalid_api_key",
                headers={"WWW-Authenticate": "Bearer", "Connection": "close"},
            )
        return None

    def _is_ours(self, host: str) -> bool:
        try:
            name = (urlsplit(f"//{host}").hostname or "").rstrip(".")
        except ValueError:
            return False
        if name == "localhost":
            return True
        try:
            address = ipaddress.ip_address(name)
        except ValueError:
            # Names can be made to mean any address; numbers cannot.
            own = platform.node().casefold()
            return self._is_open and bool(own) and name in (own, f"{own}.local")
        return self._is_open or address.is_loopback


def _denied(message: str, code: str) -> ApiError:
    return ApiError(403, message, code, headers={"Connection": "close"})
