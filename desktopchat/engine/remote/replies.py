"""What a server sends: parts of an answer, and refusals. Whatever is missing has a default, for servers differ."""

import re
from collections.abc import Mapping
from typing import Any

import msgspec

from desktopchat.core.errors import (
    ContextOverflowError,
    NetworkError,
    PassingNetworkError,
    ServerKeyError,
    ServerModelError,
    UserError,
)
from desktopchat.core.sentence import Sentence

_MOST_DETAILS = 500  # characters of a server's own words
_NUMBERS = re.compile(r"\d[\d,]*")
_AGAIN = Sentence("Try again in a moment.")


class Token(msgspec.Struct):
    """A token with its logarithm of probability, and those that could have come."""

    token: str = ""
    id: int | None = None
    logprob: float = 0.0
    top_logprobs: list["Token"] = []


class Logprobs(msgspec.Struct):
    """The tokens of a part."""

    content: list[Token] | None = None


class FunctionPart(msgspec.Struct):
    """Which function is called, and a piece of its arguments."""

    name: str | None = None
    arguments: str | None = None


class CallPart(msgspec.Struct):
    """A piece of a tool call; the first one names it."""

    index: int = 0
    id: str | None = None
    function: FunctionPart | None = None


class ChatDelta(msgspec.Struct):
    """New text of a chat. Servers call what a model thinks by one of two names."""

    content: str | None = None
    reasoning_content: str | None = None
    reasoning: str | None = None
    tool_calls: list[CallPart] | None = None


class Choice(msgspec.Struct):
    """A part of one of the answers."""

    index: int = 0
    delta: ChatDelta | None = None
    text: str | None = None
    finish_reason: str | None = None
    logprobs: Logprobs | None = None


class PromptDetails(msgspec.Struct):
    """How much of the prompt the server knew already."""

    cached_tokens: int | None = None


class ReplyUsage(msgspec.Struct):
    """Token counts."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    prompt_tokens_details: PromptDetails | None = None


class ReplyTimings(msgspec.Struct):
    """llama.cpp's counts and times so far."""

    cache_n: int = 0
    prompt_n: int = 0
    prompt_ms: float = 0.0
    predicted_n: int = 0
    draft_n: int = 0
    draft_n_accepted: int = 0


class Progress(msgspec.Struct):
    """How far llama.cpp has read the prompt, in tokens."""

    total: int = 0
    cache: int = 0
    processed: int = 0


class Part(msgspec.Struct):
    """One event of an answer."""

    choices: list[Choice] = []
    usage: ReplyUsage | None = None
    timings: ReplyTimings | None = None
    prompt_progress: Progress | None = None
    error: Any = None


class ModelMeta(msgspec.Struct):
    """What llama.cpp tells of a model."""

    n_ctx: int | None = None
    n_ctx_train: int | None = None


class ListedModel(msgspec.Struct):
    """A model that a server has. The sizes of the context are those of llama.cpp, vLLM and OpenRouter."""

    id: str
    owned_by: str | None = None
    meta: ModelMeta | None = None
    max_model_len: int | None = None
    context_length: int | None = None


class ModelList(msgspec.Struct):
    """All of them."""

    data: list[ListedModel] | None = None


class Refusal:
    """Why a server gave no answer, in its own words.

    Attributes:
        message: Those words, on one line and cut.
        kind: Its code and type for programs.
    """

    def __init__(self, body: bytes | Any) -> None:
        error = _decoded(body) if isinstance(body, bytes) else body
        if isinstance(error, Mapping):
            error = error.get("error", error)
        if isinstance(error, Mapping):
            words = error.get("message") or error.get("detail") or error
            self.kind = f"{error.get('type') or ''} {error.get('code') or ''}"
            self.numbers = [error.get("n_prompt_tokens"), error.get("n_ctx")]
        else:
            words, self.kind, self.numbers = error, "", []
        text = "".join(letter if letter.isprintable() else " " for letter in str(words or "")[: 4 * _MOST_DETAILS])
        self.message = " ".join(text.split())[:_MOST_DETAILS]

    @property
    def overflow(self) -> ContextOverflowError | None:
        """The error when the prompt is too long."""
        told = f"{self.kind} {self.message}".lower()
        if not any(words in told for words in ("exceed_context_size", "context_length", "context length")):
            return None
        counts = [number for number in self.numbers if isinstance(number, int)]
        if len(counts) < 2:
            # «This model's maximum context length is 1024 tokens. However, you requested 5031 tokens ...»
            found = [int(number.replace(",", "")) for number in _NUMBERS.findall(self.message)]
            counts = sorted(found[:2], reverse=True)
        cure = Sentence("Shorten it, start a new conversation, or use a server with a larger context.")
        if len(counts) < 2:
            return ContextOverflowError("The prompt is longer than the context window.", cure, self.message)
        return ContextOverflowError(
            Sentence("The prompt has {count} tokens, but the context window holds {size}.", count=counts[0],
                     size=counts[1]),
            cure,
            self.message,
        )  # fmt: skip


def _decoded(body: bytes) -> Any:
    try:
        return msgspec.json.decode(body)
    except (msgspec.DecodeError, RecursionError):
        return body.decode("utf-8", "replace")


def refused(status: int, refusal: Refusal, host: str, model: str, retry_after: float, *, has_key: bool) -> UserError:
    """Return what a status other than 200 means.

    Args:
        retry_after: Seconds after which to try again, when the server said so; else 0.
        has_key: A key was sent.
    """
    details = f"{status} {refusal.message}".strip()
    if (overflow := refusal.overflow) is not None:
        return overflow
    told = f"{refusal.kind} {refusal.message}".lower()
    if status == 401 and has_key:
        return ServerKeyError(
            Sentence("{host} does not accept the key.", host=host), "Give the key of your account there.", details
        )
    if status == 401:
        return ServerKeyError(
            Sentence("{host} wants a key.", host=host), "Give the key of your account there.", details
        )
    if status == 403:
        return ServerKeyError(
            Sentence("{host} does not let this key use {model}.", host=host, model=model or Sentence("this service")),
            "Give another key, or choose another model.",
            details,
        )
    if status == 402 or "insufficient_quota" in told:
        return NetworkError(
            Sentence("Your account at {host} has no credit left.", host=host),
            "Pay there, or use another model.",
            details,
        )
    if status == 404 and "model" in told:
        return ServerModelError(
            Sentence("{host} has no model called {model}.", host=host, model=model), "Choose one that it has.", details
        )
    if status in (404, 405):
        return NetworkError(
            Sentence("{host} has no such service at this address.", host=host),
            "Mend the path of the address; often it ends with /v1.",
            details,
        )
    if status == 429 or status >= 500:
        passing = PassingNetworkError(*_passing(status, told, host, retry_after), details)
        passing.wait = retry_after
        return passing
    return NetworkError(Sentence("{host} refused the request.", host=host), "What it said is in the details.", details)


def _passing(status: int, told: str, host: str, retry_after: float) -> tuple[Sentence, Sentence]:
    """Return cause and cure of what may be over in a moment."""
    wait = Sentence("Wait {count} s and ask again.", count=round(retry_after)) if retry_after else _AGAIN
    if status == 429:
        return Sentence("{host} has had too many requests from you.", host=host), wait
    if status == 503 and "loading" in told:
        return Sentence("{host} is still loading the model.", host=host), wait
    if status == 503:
        return Sentence("{host} has too much to do.", host=host), wait
    if status in (502, 504):
        return Sentence("{host} does not reach the server behind it.", host=host), Sentence(
            "See whether that one runs."
        )
    return Sentence("{host} failed inside.", host=host), Sentence("Ask again; what it said is in the details.")
