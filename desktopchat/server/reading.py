"""From what a client sends to what the engine is asked with."""

import base64
import binascii
import json
from collections.abc import Sequence
from typing import Any

from desktopchat.core.chat import ChatMessage, Role, ToolCall
from desktopchat.core.params import LLAMA_NAMES, REASONING_EFFORTS, SamplingParams
from desktopchat.core.picture import Picture, shape_of
from desktopchat.server.faults import invalid, unsupported
from desktopchat.server.shapes import ChatBody, MessageBody, Part, ResponseFormat, Sampling

_SEEDS = 0xFFFFFFFF  # llama.cpp's; OpenAI's are longer
_LARGEST_BIAS = 100.0
# Those of the body that are called alike here.
_ALIKE = (
    "temperature",
    "top_p",
    "presence_penalty",
    "frequency_penalty",
    *LLAMA_NAMES,
)
_ROLES = {
    "system": Role.SYSTEM,
    "developer": Role.SYSTEM,
    "user": Role.USER,
    "assistant": Role.ASSISTANT,
    "tool": Role.TOOL,
}


def sampling_of(body: Sampling, max_tokens: int, n: int | None = None) -> SamplingParams:
    """Return the parameters of a request; what it does not say is as in the window.

    Args:
        max_tokens: Of the answer; 0 is as long as it fits.
        n: Answers to make, where that is not what the body says.

    Raises:
        ApiError, UserError: A value cannot be.
    """
    given = {name: value for name in _ALIKE if (value := getattr(body, name)) is not None}
    stop = (body.stop,) if isinstance(body.stop, str) else tuple(body.stop or ())
    grammar, schema = body.grammar or "", json.dumps(body.json_schema) if body.json_schema is not None else ""
    if body.response_format is not None:
        if grammar or schema:
            raise invalid("A response_format and a grammar or json_schema cannot both be followed.", "response_format")
        schema = schema_of(body.response_format)
    return SamplingParams(
        max_tokens=max_tokens,
        stop=stop,
        n=n or body.n or 1,
        seed=None if body.seed in (None, -1) else body.seed % _SEEDS,
        logit_bias=_bias(body.logit_bias),
        grammar=grammar,
        json_schema=schema,
        **given,
    ).validated()


def schema_of(wanted: ResponseFormat) -> str:
    """Return the JSON schema that an answer must follow; empty is none.

    Raises:
        ApiError: There is no such format, or it lacks its schema.
    """
    match wanted.type:
        case "text":
            return ""
        case "json_object":
            return json.dumps(wanted.schema if wanted.schema is not None else {"type": "object"})
        case "json_schema":
            schema = wanted.json_schema.schema if wanted.json_schema is not None else wanted.schema
            if schema is None:
                raise invalid("A json_schema needs a schema.", "response_format.json_schema")
            return json.dumps(schema)
    raise invalid("response_format.type must be text, json_object or json_schema.", "response_format.type")


def _bias(given: dict[str, float] | list[tuple[int, float | bool]] | None) -> tuple[tuple[int, float], ...]:
    if not given:
        return ()
    pairs: list[tuple[int, float]] = []
    for token, bias in given.items() if isinstance(given, dict) else given:
        if isinstance(token, str) and not (token.isascii() and token.isdecimal() and len(token) < 10):
            raise invalid("logit_bias maps ids of tokens to numbers.", "logit_bias")
        value = -_LARGEST_BIAS if bias is False else float(bias)
        if not -_LARGEST_BIAS <= value <= _LARGEST_BIAS:
            raise invalid("A logit_bias is a number from -100 to 100.", "logit_bias")
        pairs.append((int(token), value))
    if any(not 0 <= token < 1 << 31 for token, _ in pairs):
        raise invalid("logit_bias maps ids of tokens to numbers.", "logit_bias")
    return tuple(pairs)


def thinking_of(body: ChatBody) -> dict[str, Any]:
    """Return what a chat request says of the model's thinking, as `SamplingParams` has it.

    Raises:
        ApiError: It says something that cannot be.
    """
    found: dict[str, Any] = {}
    wanted = (body.chat_template_kwargs or {}).get("enable_thinking")
    if wanted is not None:
        if not isinstance(wanted, bool):
            raise invalid("enable_thinking is true or false.", "chat_template_kwargs.enable_thinking")
        found["enable_thinking"] = wanted
    match body.reasoning_effort:
        case None:
            pass
        case "none":
            found["enable_thinking"] = False
        case "minimal":
            found["reasoning_effort"] = "low"
        case str(effort) if effort in REASONING_EFFORTS:
            found["reasoning_effort"] = effort
        case _:
            raise invalid(f"reasoning_effort is one of {', '.join(REASONING_EFFORTS)}.", "reasoning_effort")
    return found


def messages_of(bodies: Sequence[MessageBody], sees: bool) -> tuple[ChatMessage, ...]:
    """Return the turns of a chat.

    Args:
        sees: The model looks at pictures.

    Raises:
        ApiError, PictureError: A turn cannot be.
    """
    called: dict[str, ToolCall] = {}
    turns: list[ChatMessage] = []
    for number, body in enumerate(bodies):
        where = f"messages[{number}]"
        role = _ROLES.get(body.role)
        if role is None:
            raise invalid(f"There is no role “{body.role[:50]}”.", f"{where}.role")
        text, pictures = _content(body.content, f"{where}.content")
        if pictures and not sees:
            raise unsupported("The model in use does not look at pictures.", f"{where}.content")
        if body.content is None and not (role is Role.ASSISTANT and body.tool_calls):
            raise invalid(f"A message of the {body.role} needs content.", f"{where}.content")
        calls: tuple[ToolCall, ...] = ()
        answers = None
        if role is Role.ASSISTANT and body.tool_calls:
            calls = tuple(
                ToolCall(
                    one.id or f"call_{number}_{place}", one.function.name, _arguments(one.function.arguments, where)
                )
                for place, one in enumerate(body.tool_calls)
            )
            called |= {one.id: one for one in calls}
        if role is Role.TOOL:
            answers = called.get(body.tool_call_id or "")
            if answers is None:
                raise invalid(
                    "A message of a tool names a tool_call_id of an earlier message.", f"{where}.tool_call_id"
                )
        reasoning = body.reasoning_content or "" if role is Role.ASSISTANT else ""
        turns.append(ChatMessage(role, text, reasoning, pictures, calls, answers))
    return tuple(turns)


def _arguments(text: str, where: str) -> str:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        value = None
    if not isinstance(value, dict):
        raise invalid("The arguments of a tool call are an object of JSON, as text.", f"{where}.tool_calls")
    return text


def _content(content: str | list[Part] | None, where: str) -> tuple[str, tuple[Picture, ...]]:
    if not isinstance(content, list):
        return content or "", ()
    texts: list[str] = []
    pictures: list[Picture] = []
    for part in content:
        match part.type:
            case "text" | "input_text" | "output_text":
                if part.text is None:
                    raise invalid("A part of text needs its text.", where)
                texts.append(part.text)
            case "refusal":
                texts.append(part.refusal or "")
            case "image_url" | "input_image":
                url = part.image_url
                pictures.append(picture_of(url if isinstance(url, str) or url is None else url.url, where))
            case kind:
                raise unsupported(f"Parts of type “{kind[:50]}” are not taken here.", where)
    return "\n".join(texts), tuple(pictures)


def picture_of(url: str | None, where: str) -> Picture:
    """Return a picture that came within a message. Nothing is ever fetched for a client.

    Raises:
        ApiError, PictureError: There is none.
    """
    head, comma, data = (url or "").partition(",")
    if not comma or not head.startswith("data:") or not head.endswith(";base64"):
        raise invalid("Pictures come within the message, as data:image/png;base64,…; no address is asked.", where)
    try:
        found = base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError):
        raise invalid("The picture is no Base64.", where) from None
    shape_of(found)
    return Picture.of(found)
