"""What clients send to `/v1/responses`, as a chat."""

from typing import Annotated, Any

from msgspec import Meta, Struct

from desktopchat.server.faults import invalid, unsupported
from desktopchat.server.shapes import (
    CallBody,
    CalledFunction,
    ChatBody,
    FunctionBody,
    JsonSchema,
    Logprobs,
    MessageBody,
    Name,
    NamedFunction,
    NamedTool,
    Part,
    ResponseFormat,
    Schema,
    Tokens,
    ToolBody,
)


class Item(Struct, kw_only=True):
    """A turn, a call, or what came of a call."""

    type: str = "message"
    role: str = ""
    content: str | list[Part] | None = None
    call_id: Name = ""
    name: Name = ""
    arguments: str = "{}"
    output: str | list[Part] | None = None


class Format(Struct):
    """What an answer must be."""

    type: str = "text"
    name: str = ""
    schema: Schema | None = None


class Text(Struct):
    """How an answer is written."""

    format: Format | None = None


class Reasoning(Struct):
    """How much the model thinks."""

    effort: str | None = None


class FlatTool(Struct):
    """A tool that may be called."""

    type: str
    name: Annotated[str, Meta(pattern=r"^[\w.-]{1,128}$")] | None = None
    description: str | None = None
    parameters: dict[str, Any] | None = None


class FlatChoice(Struct):
    """The tool that must be called."""

    type: str
    name: Name = ""


class ResponseBody(Struct, kw_only=True):
    """Of /v1/responses."""

    input: str | Annotated[list[Item], Meta(min_length=1, max_length=20_000)]
    model: Name | None = None
    instructions: str | None = None
    max_output_tokens: Tokens | None = None
    temperature: float | None = None
    top_p: float | None = None
    top_logprobs: Logprobs | None = None
    include: list[str] | None = None
    stream: bool | None = None
    text: Text | None = None
    reasoning: Reasoning | None = None
    tools: Annotated[list[FlatTool], Meta(max_length=512)] | None = None
    tool_choice: str | FlatChoice | None = None
    truncation: str | None = None
    previous_response_id: str | None = None
    conversation: str | dict[str, Any] | None = None
    background: bool | None = None
    seed: int | None = None


def chat_of(body: ResponseBody) -> ChatBody:
    """Return the same request as a chat.

    Raises:
        ApiError: It asks for what is not offered here.
    """
    if body.previous_response_id or body.conversation:
        raise unsupported("No responses are kept here: send the whole input.", "previous_response_id")
    if body.background:
        raise unsupported("No responses are kept here, so none can be made in the background.", "background")
    if body.truncation not in (None, "auto", "disabled"):
        raise invalid("truncation is auto or disabled.", "truncation")
    messages = [MessageBody("system", body.instructions)] if body.instructions else []
    if isinstance(body.input, str):
        messages.append(MessageBody("user", body.input))
    else:
        for number, item in enumerate(body.input):
            _add(messages, item, f"input[{number}]")
    wants_logprobs = bool(body.top_logprobs) or "message.output_text.logprobs" in (body.include or ())
    choice = body.tool_choice
    return ChatBody(
        messages=messages,
        max_tokens=body.max_output_tokens,
        temperature=body.temperature,
        top_p=body.top_p,
        seed=body.seed,
        logprobs=wants_logprobs or None,
        top_logprobs=body.top_logprobs,
        reasoning_effort=body.reasoning.effort if body.reasoning else None,
        response_format=_format(body.text.format) if body.text and body.text.format else None,
        tools=[_tool(tool, number) for number, tool in enumerate(body.tools)] if body.tools else None,
        tool_choice=NamedTool(NamedFunction(choice.name)) if isinstance(choice, FlatChoice) else choice,
    )


def _add(messages: list[MessageBody], item: Item, where: str) -> None:
    match item.type:
        case "message":
            messages.append(MessageBody(item.role, item.content))
        case "function_call":
            call = CallBody(CalledFunction(item.name, item.arguments), item.call_id)
            last = messages[-1] if messages else None
            if last is not None and last.role == "assistant":
                last.tool_calls = [*(last.tool_calls or ()), call]
            else:
                messages.append(MessageBody("assistant", None, [call]))
        case "function_call_output":
            messages.append(MessageBody("tool", item.output if item.output is not None else "", None, item.call_id))
        case "reasoning":
            pass  # templates leave out what was thought before
        case kind:
            raise unsupported(f"Items of type “{kind[:50]}” are not taken here.", where)


def _format(wanted: Format) -> ResponseFormat:
    schema = JsonSchema(wanted.name, wanted.schema) if wanted.type == "json_schema" else None
    return ResponseFormat(wanted.type, schema)


def _tool(tool: FlatTool, number: int) -> ToolBody:
    if tool.type != "function" or tool.name is None:
        raise unsupported("Tools are functions here, each with a name.", f"tools[{number}]")
    return ToolBody("function", FunctionBody(tool.name, tool.description, tool.parameters))
