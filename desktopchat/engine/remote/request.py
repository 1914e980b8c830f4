"""What a server is asked with: the parameters that its API has, and llama.cpp's own where it is llama.cpp."""

import base64
from collections.abc import Sequence
from typing import Any

import msgspec

from desktopchat.core.chat import ChatMessage
from desktopchat.core.errors import NetworkError
from desktopchat.core.params import LLAMA_NAMES, SamplingParams
from desktopchat.core.picture import Picture, shape_of
from desktopchat.core.sentence import Sentence
from desktopchat.engine.api import GenerationRequest, PromptSettings
from desktopchat.engine.template import template_arguments

_MOST_STOPS = 4  # of OpenAI's API; all others are looked for here
# What a server that does not know a field may do without; the person did not ask for it.
DISPENSABLE = ("stream_options", "seed", "temperature", "top_p", "max_tokens")
# Names of the samplers in llama-server's API, where ours differ.
_SAMPLER_NAMES = {"typical_p": "typ_p"}


def body(
    request: GenerationRequest,
    messages: tuple[ChatMessage, ...],
    sampling: SamplingParams,
    model: str,
    seed: int,
    n: int,
    *,
    is_llama: bool,
) -> dict[str, Any]:
    """Return the body of a request.

    Args:
        messages: Of the request, as far as they fit.
        sampling: In effect now.
        seed: For the first of `n` answers.

    Raises:
        NetworkError: The server cannot do what is wanted.
    """
    fields: dict[str, Any] = {"model": model, "stream": True, "stream_options": {"include_usage": True}}
    if request.prompt is None:
        fields |= asked(messages, PromptSettings.of(sampling, request.tools), is_llama=is_llama)
    else:
        fields["prompt"] = request.prompt
    fields |= {"temperature": sampling.temperature, "top_p": sampling.top_p, "seed": seed}
    if sampling.max_tokens:
        fields["max_tokens"] = sampling.max_tokens
    if n > 1:
        fields["n"] = n
    for name in ("frequency_penalty", "presence_penalty"):
        if value := getattr(sampling, name):
            fields[name] = value
    if sampling.logit_bias:
        fields["logit_bias"] = {str(token): bias for token, bias in sampling.logit_bias}
    if request.top_logprobs and request.prompt is None:
        fields |= {"logprobs": True, "top_logprobs": request.top_logprobs}
    elif request.top_logprobs:
        fields["logprobs"] = request.top_logprobs
    if sampling.json_schema:
        fields["response_format"] = {
            "type": "json_schema",
            "json_schema": {"name": "answer", "schema": _schema(sampling.json_schema)},
        }
    if is_llama:
        fields |= _llama(request, sampling)
    else:
        if sampling.grammar:
            raise NetworkError(
                "This server follows no grammar.", "Take the grammar out, or use a llama.cpp server or a model here."
            )
        if sampling.stop:
            fields["stop"] = list(sampling.stop[:_MOST_STOPS])
    return fields


def asked(messages: Sequence[ChatMessage], settings: PromptSettings, *, is_llama: bool) -> dict[str, Any]:
    """Return what a prompt is made of there.

    Raises:
        UserError: The tools are no JSON list.
        PictureError: As of `turn`.
    """
    fields: dict[str, Any] = {"messages": [turn(one) for one in messages]}
    arguments = template_arguments(settings)
    # Tools are of the API itself; so is the effort, but llama.cpp knows that as an argument of the template alone.
    for name in ("tools",) if is_llama else ("tools", "reasoning_effort"):
        if name in arguments:
            fields[name] = arguments.pop(name)
    if arguments:
        fields["chat_template_kwargs"] = arguments  # of llama.cpp, vLLM and SGLang
    return fields


def turn(message: ChatMessage) -> dict[str, Any]:
    """Return a message as OpenAI's API takes it; pictures go within it.

    Raises:
        PictureError: A picture is damaged, or of a kind that models are not shown.
    """
    fields: dict[str, Any] = {"role": message.role.value, "content": message.content}
    if message.calls:
        fields["tool_calls"] = [
            {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": one.arguments}}
            for one in message.calls
        ]
    if message.answers is not None:
        fields["tool_call_id"] = message.answers.id
    if not message.pictures:
        return fields
    parts: list[dict[str, Any]] = [
        {"type": "image_url", "image_url": {"url": _address(picture)}} for picture in message.pictures
    ]
    if message.content:
        parts.append({"type": "text", "text": message.content})
    return {**fields, "content": parts}


def _address(picture: Picture) -> str:
    kind = shape_of(picture.data).kind
    return f"data:image/{kind};base64,{base64.b64encode(picture.data).decode('ascii')}"


def _llama(request: GenerationRequest, sampling: SamplingParams) -> dict[str, Any]:
    """Return llama-server's own fields. It is told no stop strings, because it does not tell which one it met."""
    fields: dict[str, Any] = {name: getattr(sampling, name) for name in LLAMA_NAMES}
    fields["samplers"] = ["penalties", "dry", *(_SAMPLER_NAMES.get(name, name) for name in sampling.samplers)]
    fields |= {"return_progress": True, "timings_per_token": True, "cache_prompt": True}
    if sampling.logit_bias:
        fields["logit_bias"] = [list(pair) for pair in sampling.logit_bias]
    if sampling.grammar:
        fields["grammar"] = sampling.grammar
    if request.ignore_eos:
        fields["ignore_eos"] = True
    return fields


def _schema(text: str) -> Any:
    try:
        return msgspec.json.decode(text)
    except (msgspec.DecodeError, RecursionError) as error:
        raise NetworkError(
            Sentence("The JSON schema is no JSON: {why}.", why=str(error)), "Mend it, or take it out."
        ) from error
