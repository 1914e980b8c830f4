"""Reads the body of a request, with an end to its length and to its patience."""

import asyncio
from typing import TypeVar

import msgspec
from starlette.requests import ClientDisconnect, Request

from desktopchat.server.asking import GoneError
from desktopchat.server.faults import ApiError, invalid

MOST = 32 << 20  # bytes: some pictures
# Seconds for all of it: 32 MiB in a network of one's own take 3, on a line of 10 Mbit/s 27.
PATIENCE = 30.0
_LINGER = 64 << 20  # bytes of a body that is too long which are read, so that the client reads the answer
_DEEPEST_PATH = 200

T = TypeVar("T")


async def read_body(request: Request, decoder: "msgspec.json.Decoder[T]", patience: float = PATIENCE) -> T:
    """Return what the body of a request says.

    Raises:
        ApiError: It is not JSON, too long, too slow, or says something that cannot be.
        GoneError: The client has gone.
    """
    kind = request.headers.get("content-type", "application/json").partition(";")[0].strip().lower()
    if kind != "application/json":
        raise ApiError(415, "Send JSON, with the header Content-Type: application/json.", "unsupported_media_type")
    if request.headers.get("content-encoding", "identity").lower() != "identity":
        raise ApiError(415, "Send the body as it is, without compression.", "unsupported_media_type")
    try:
        async with asyncio.timeout(patience):
            data = await _read(request)
    except TimeoutError:
        raise ApiError(408, "The body did not come in time.", "timeout", headers={"Connection": "close"}) from None
    except ClientDisconnect:
        raise GoneError from None
    return decoded(data, decoder)


def decoded(data: bytes, decoder: "msgspec.json.Decoder[T]") -> T:
    """Return what JSON says.

    Raises:
        ApiError: It is none, or says something that cannot be.
    """
    try:
        return decoder.decode(data)
    except msgspec.ValidationError as error:
        what, _, where = str(error).partition(" - at `$")
        param = where.rstrip("`").lstrip(".")[:_DEEPEST_PATH] or None
        raise invalid(f"{what}{f', in {param}' if param else ''}.", param) from None
    except (msgspec.DecodeError, UnicodeDecodeError) as error:
        raise invalid(f"The body is no JSON: {error}.") from None
    except RecursionError:
        raise invalid("The body is nested too deeply.") from None


async def _read(request: Request) -> bytes:
    length = request.headers.get("content-length", "0")
    too_long = not length.isdecimal() or int(length[:20]) > MOST
    data, count = bytearray(), 0
    async for part in request.stream():
        count += len(part)
        too_long |= count > MOST
        if too_long:
            data.clear()
            if count > _LINGER:
                break
        else:
            data += part
    if too_long:
        raise ApiError(
            413, f"The body is longer than {MOST >> 20} MiB.", "request_too_large", headers={"Connection": "close"}
        )
    return bytes(data)
