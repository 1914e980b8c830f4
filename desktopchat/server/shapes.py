"""What clients send, as OpenAI's API and llama.cpp's server name it. What stands in a body besides is ignored."""

from typing import Annotated, Any

from msgspec import Meta, Struct

Tokens = Annotated[int, Meta(ge=1, le=1_000_000)]
Logprobs = Annotated[int, Meta(ge=0, le=20)]
Few = Annotated[int, Meta(ge=1, le=16)]
Name = Annotated[str, Meta(max_length=200)]
StopText = Annotated[str, Meta(min_length=1, max_length=1000)]
Stops = Annotated[list[StopText], Meta(max_length=64)]
Bias = dict[str, float] | list[tuple[int, float | bool]]
Schema = dict[str, Any] | bool


class StreamOptions(Struct):
    """What a stream has besides."""

    include_usage: bool | None = None


class JsonSchema(Struct):
    """A schema that an answer must follow."""

    name: str = ""
    schema: Schema | None = None


class ResponseFormat(Struct):
    """What an answer must be. `schema` without `json_schema` is llama.cpp's way."""

    type: str
    json_schema: JsonSchema | None = None
    schema: Schema | None = None


class Sampling(Struct, kw_only=True):
    """What all routes that answer have in common."""

    model: Name | None = None
    temperature: float | None = None
    top_p: float | None = None
    max_tokens: Tokens | None = None
    n: Few | None = None
    stop: StopText | Stops | None = None
    seed: int | None = None
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    presence_penalty: float | None = None
    frequency_penalty: float | None = None
    logit_bias: Bias | None = None
    response_format: ResponseFormat | None = None
    # llama.cpp's own.
    top_k: int | None = None
    min_p: float | None = None
    typical_p: float | None = None
    top_n_sigma: float | None = None
    xtc_probability: float | None = None
    xtc_threshold: float | None = None
    dynatemp_range: float | None = None
    dynatemp_exponent: float | None = None
    repeat_penalty: float | None = None
    repeat_last_n: int | None = None
    dry_multiplier: float | None = None
    dry_base: float | None = None
    dry_allowed_length: int | None = None
    mirostat: int | None = None
    mirostat_tau: float | None = None
    mirostat_eta: float | None = None
    grammar: str | None = None
    json_schema: Schema | None = None
    cache_prompt: bool | None = None
    ignore_eos: bool | None = None


class CompletionBody(Sampling, kw_only=True):
    """Of /v1/completions."""

    prompt: str | list[str | int | list[int]]
    max_tokens: Annotated[int, Meta(ge=0, le=1_000_000)] | None = None  # 0 only scores the prompt
    best_of: Few | None = None
    echo: bool | None = None
    logprobs: Logprobs | None = None
    suffix: str | None = None


class ImageUrl(Struct):
    """Where a picture lies."""

    url: str


class Part(Struct):
    """A part of a message."""

    type: str
    text: str | None = None
    refusal: str | None = None
    image_url: ImageUrl | str | None = None


class CalledFunction(Struct):
    """What a tool call calls."""

    name: Name
    arguments: str = "{}"


class CallBody(Struct):
    """A tool call of an earlier answer."""

    function: CalledFunction
    id: Name = ""


class MessageBody(Struct):
    """A turn."""

    role: str
    content: str | list[Part] | None = None
    tool_calls: list[CallBody] | None = None
    tool_call_id: Name | None = None
    reasoning_content: str | None = None


class FunctionBody(Struct):
    """A tool that may be called."""

    name: Annotated[str, Meta(pattern=r"^[\w.-]{1,128}$")]
    description: str | None = None
    parameters: dict[str, Any] | None = None


class ToolBody(Struct):
    """A tool; functions are the only ones."""

    type: str
    function: FunctionBody | None = None


class NamedFunction(Struct):
    """The name of a tool."""

    name: str


class NamedTool(Struct):
    """The tool that must be called."""

    function: NamedFunction


Tools = Annotated[list[ToolBody], Meta(max_length=512)]


class ChatBody(Sampling, kw_only=True):
    """Of /v1/chat/completions."""

    messages: Annotated[list[MessageBody], Meta(min_length=1, max_length=20_000)]
    max_completion_tokens: Tokens | None = None
    logprobs: bool | None = None
    top_logprobs: Logprobs | None = None
    tools: Tools | None = None
    tool_choice: str | NamedTool | None = None
    modalities: list[str] | None = None
    reasoning_effort: str | None = None
    chat_template_kwargs: dict[str, Any] | None = None


class EmbeddingBody(Struct, kw_only=True):
    """Of /v1/embeddings."""

    input: str | list[str | int | list[int]]
    model: Name | None = None
    encoding_format: str | None = None
    dimensions: int | None = None
