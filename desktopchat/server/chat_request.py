"""What a chat asks of the engine, whichever route it came by."""

from dataclasses import dataclass, replace

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.engine.api import GenerationRequest, ModelInfo, Overflow
from desktopchat.server.faults import invalid, unsupported
from desktopchat.server.reading import messages_of, sampling_of, thinking_of
from desktopchat.server.shapes import ChatBody
from desktopchat.server.tools import plan_of


@dataclass(frozen=True, slots=True)
class ChatRequest:
    """One chat.

    Attributes:
        asked: For the engine.
        top: Alternatives to report with each token; None reports no probabilities.
        forced: The answer has to be a call of a tool, as JSON.
    """

    asked: GenerationRequest
    top: int | None
    forced: bool


def read_chat(body: ChatBody, info: ModelInfo, overflow: Overflow = "stop") -> ChatRequest:
    """Return what a chat asks of a model.

    Raises:
        ApiError, UserError: It cannot be.
    """
    if body.modalities and set(body.modalities) != {"text"}:
        raise unsupported("Answers are text here.", "modalities")
    if body.top_logprobs and not body.logprobs:
        raise invalid("top_logprobs needs logprobs to be true.", "top_logprobs")
    plan = plan_of(body.tools, body.tool_choice, info)
    sampling = sampling_of(body, body.max_completion_tokens or body.max_tokens or 0)
    thinking = thinking_of(body)
    if plan.schema:
        if sampling.json_schema or sampling.grammar:
            raise invalid("A tool call and a format of the answer cannot both be demanded.", "tool_choice")
        sampling = replace(sampling, json_schema=plan.schema)
    if sampling.json_schema or sampling.grammar:
        thinking.setdefault("enable_thinking", False)  # the format holds from the first token on
    top = (body.top_logprobs or 0) if body.logprobs else None
    asked = GenerationRequest(
        0,
        _noted(messages_of(body.messages, info.sees), plan.note),
        replace(sampling, **thinking).validated(),
        overflow=overflow,
        top_logprobs=0 if top is None else max(1, top),
        ignore_eos=bool(body.ignore_eos),
        tools=plan.offered,
        from_scratch=body.cache_prompt is False,
    )
    return ChatRequest(asked, top, bool(plan.schema))


def _noted(messages: tuple[ChatMessage, ...], note: str) -> tuple[ChatMessage, ...]:
    if not note:
        return messages
    if messages[0].role is Role.SYSTEM:
        return (replace(messages[0], content=f"{messages[0].content}\n\n{note}"), *messages[1:])
    return (ChatMessage(Role.SYSTEM, note), *messages)
