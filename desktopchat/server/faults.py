"""What goes wrong, as OpenAI's API tells it."""

from typing import Any

from desktopchat.core.errors import (
    ContextOverflowError,
    EngineCrashedError,
    EngineError,
    NetworkError,
    NoModelError,
    PurposeError,
    StorageError,
    UserError,
)
from desktopchat.server.outbox import TooSlowError
from desktopchat.server.queue import DroppedError, QueueFullError

INVALID = "invalid_request_error"
FAILED = "server_error"


class ApiError(Exception):
    """An answer that says no.

    Attributes:
        status: Of HTTP.
        message: A sentence or two.
        kind, code, param: As OpenAI's API has them; None stands for null.
        headers: Besides those of every answer.
    """

    def __init__(
        self,
        status: int,
        message: str,
        code: str | None = None,
        param: str | None = None,
        kind: str = INVALID,
        headers: dict[str, str] | None = None,
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind
        self.code = code
        self.param = param
        self.headers = headers or {}

    @property
    def body(self) -> dict[str, Any]:
        """What is sent."""
        return {"error": {"message": self.message, "type": self.kind, "param": self.param, "code": self.code}}


def invalid(message: str, param: str | None = None, code: str | None = None) -> ApiError:
    """The request cannot be understood or carried out."""
    return ApiError(400, message, code, param)


def unsupported(message: str, param: str) -> ApiError:
    """The request asks for what is not offered here."""
    return invalid(message, param, "unsupported_parameter")


def no_model(name: str) -> ApiError:
    """There is no model of that name."""
    return ApiError(
        404,
        f"The model `{name[:200]}` does not exist here. GET /v1/models lists the one in use,"
        " and `aliases` under [endpoint] in settings.toml its other names.",
        "model_not_found",
        "model",
    )


def busy(wait: float, message: str = "The model is busy and too many requests are waiting.") -> ApiError:
    """It may work in a while."""
    seconds = str(max(1, min(300, round(wait))))
    return ApiError(503, message, "busy", None, FAILED, {"Retry-After": seconds})


def fault_of(error: Exception) -> ApiError:
    """Return what a client is told of an error."""
    match error:
        case ApiError():
            return error
        case QueueFullError():
            return busy(error.wait)
        case DroppedError():
            return busy(1, "The endpoint is closing.")
        case TooSlowError():
            return ApiError(408, "The answer was not read fast enough.", "timeout")
        case ContextOverflowError():
            return invalid(str(error), None, "context_length_exceeded")
        case NoModelError():
            return busy(5, str(error))
        case PurposeError():
            return unsupported(str(error), "model")
        case EngineCrashedError():
            return ApiError(500, f"{error.cause} It is started again for the next request.", error.code, kind=FAILED)
        case NetworkError():
            return ApiError(502, str(error), error.code, kind=FAILED)
        case EngineError() | StorageError():
            return ApiError(500, str(error), error.code, kind=FAILED)
        case UserError():
            return invalid(str(error), error.cause.values.get("name") if error.code == UserError.code else None)
    return ApiError(500, "Something failed inside; the log says what.", "internal", kind=FAILED)
