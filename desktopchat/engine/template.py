"""From turns to a prompt, and the guard around what people typed.

What a person or a document says must never become a control token: the tokenizer turns the *text* of a control
token into the token itself, so every such text inside a message is swapped for a placeholder before rendering and
tokenized apart as plain text afterwards.
"""

import json
import re
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from typing import Any, Protocol

from desktopchat.core.chat import ChatMessage, Role, ToolCall
from desktopchat.core.errors import TemplateError, UserError
from desktopchat.core.picture import Picture
from desktopchat.engine.api import PromptSettings
from desktopchat.engine.formats import Format

# A model that brings no template cannot be asked in turns; its text is continued as it stands.
PLAIN_SEPARATOR = "\n\n"
_LONGEST_SAMPLE = 2000  # characters
_NOTHING: Mapping[str, Any] = {}


class Renderer(Protocol):
    """Makes a prompt of turns.

    Attributes:
        source: Source of the template; empty when it is no Jinja.
        names: What it asks for by name, such as "enable_thinking".
        format: How the answers are to be read.
        knows_system: It puts a system message into the prompt.
    """

    source: str
    names: frozenset[str]
    format: Format
    knows_system: bool

    def render(self, messages: Sequence[Mapping[str, Any]], names: Mapping[str, Any], /) -> str:
        """Return the prompt that asks for the next answer."""
        ...


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a rendered prompt: a picture, or a text in which control tokens are recognised if it is trusted."""

    text: str
    trusted: bool
    picture: Picture | None = None


@dataclass(frozen=True, slots=True)
class Prompt:
    """A rendered prompt.

    Attributes:
        opened: What it has of the answer already, such as the mark that begins the reasoning.
    """

    segments: tuple[Segment, ...]
    opened: str = ""


class ChatTemplate:
    """A chat template with the vocabulary that it is for.

    Args:
        renderer: None joins messages as plain text.
        bos, eos: Texts of the begin and end tokens, which templates refer to.
        control_texts: Texts of all control tokens of the vocabulary.

    Attributes:
        format: How the answers are to be read.
    """

    def __init__(
        self, renderer: Renderer | None, bos: str = "", eos: str = "", control_texts: Sequence[str] = ()
    ) -> None:
        self._renderer = renderer
        self._tokens = {"bos_token": bos, "eos_token": eos}
        texts = sorted({text for text in control_texts if text}, key=len, reverse=True)
        self._control = re.compile("|".join(map(re.escape, texts))) if texts else None
        self.format = renderer.format if renderer else Format()

    def asks(self) -> tuple[str, ...]:
        """Return which of the arguments that can be set the template asks for."""
        names = self._renderer.names if self._renderer else frozenset()
        # DeepSeek's own name for the first one; harmless templates use it for nothing else.
        known = {"enable_thinking": ("enable_thinking", "thinking"), "reasoning_effort": (), "tools": ()}
        return tuple(name for name, others in known.items() if names.intersection((name, *others)))

    def sample(self) -> str:
        """Return how the question "Hello" is put; empty when it cannot be."""
        try:
            segments = self.render([ChatMessage(Role.USER, "Hello")]).segments
        except TemplateError:
            return ""
        return "".join(segment.text for segment in segments)[:_LONGEST_SAMPLE]

    def render(self, messages: Sequence[ChatMessage], arguments: Mapping[str, Any] = _NOTHING) -> Prompt:
        """Return the prompt that asks for the next answer, or goes on with the last one.

        Args:
            messages: From the system message on.
            arguments: What else the template may ask for (`template_arguments`).

        Raises:
            TemplateError: The template refused these messages or failed.
        """
        nonce = secrets.token_hex(8)
        swapped: list[Segment] = []

        def stand_in(segment: Segment) -> str:
            swapped.append(segment)
            return f"\ue000{nonce}:{len(swapped) - 1}\ue001"

        def swap(found: re.Match[str]) -> str:
            return stand_in(Segment(found.group(), trusted=False))

        def guarded(text: str) -> str:
            return self._control.sub(swap, text) if self._control else text

        def shown(message: ChatMessage) -> str:
            return "".join(stand_in(Segment("", trusted=True, picture=one)) for one in message.pictures)

        def called(call: ToolCall) -> ToolCall:
            return ToolCall(guarded(call.id), guarded(call.name), guarded(call.arguments))

        safe = [
            ChatMessage(
                m.role,
                shown(m) + guarded(m.content),
                guarded(m.reasoning),
                calls=tuple(map(called, m.calls)),
                answers=called(m.answers) if m.answers else None,
            )
            for m in messages
        ]
        begun = safe.pop() if self._renderer and safe and safe[-1].role is Role.ASSISTANT else None
        text = self._apply(safe, _in_strings(arguments, guarded))
        opened = self.format.opened(text)
        if begun is not None:
            parts = self.format.begun(begun.reasoning, begun.content, opened)
            text += "".join(part.text for part in parts)
            last = messages[-1]
            opened += "".join(part.text for part in self.format.begun(last.reasoning, last.content, opened))
        segments: list[Segment] = []
        for place, part in enumerate(re.split(f"\ue000{nonce}:(\\d+)\ue001", text)):
            if place % 2:
                segments.append(swapped[int(part)])
            else:
                segments += [Segment(piece, trusted=True) for piece in self._pieces(part)]
        return Prompt(tuple(segment for segment in segments if segment.text or segment.picture), opened)

    def _pieces(self, text: str) -> list[str]:
        """Cut before each control token, where tokenizers begin anew, so that old turns stay the same pieces."""
        starts = [found.start() for found in self._control.finditer(text)] if self._control else []
        return [text[start:end] for start, end in pairwise([0, *starts, len(text)])]

    def _apply(self, messages: list[ChatMessage], arguments: Mapping[str, Any]) -> str:
        if self._renderer is None:
            return PLAIN_SEPARATOR.join(m.content for m in messages)
        if len(messages) > 1 and messages[0].role is Role.SYSTEM and not self._renderer.knows_system:
            # The system prompt stands before the first user turn then.
            first = replace(messages[1], content=f"{messages[0].content}\n{messages[1].content}")
            messages = [first, *messages[2:]]
        names = {**self._tokens, **arguments}
        try:
            return self._renderer.render([self._turn(message, json.loads) for message in messages], names)
        except (TemplateError, ValueError, RecursionError):
            # Few templates want the arguments of a call as text: those that put it together with other text.
            if not any(message.calls for message in messages):
                raise
            return self._renderer.render([self._turn(message, str) for message in messages], names)

    def _turn(self, message: ChatMessage, read: Callable[[str], Any]) -> dict[str, Any]:
        """Return a message as templates read it, with its reasoning where they say where they want that.

        Args:
            read: Makes of the arguments of a call what a template gets.
        """
        assert self._renderer is not None
        turn: dict[str, Any] = {"role": message.role.value, "content": message.content}
        if message.calls:
            turn["tool_calls"] = [
                {"id": one.id, "type": "function", "function": {"name": one.name, "arguments": read(one.arguments)}}
                for one in message.calls
            ]
        if message.answers is not None:
            turn |= {"tool_call_id": message.answers.id, "name": message.answers.name}
        if message.reasoning:
            source = self._renderer.source
            names = ("reasoning_content", "thinking") if "message.thinking" in source else ("reasoning_content",)
            turn |= {name: message.reasoning for name in names if name in source}
        return turn


def template_arguments(settings: PromptSettings) -> dict[str, Any]:
    """Return what a template is told besides the messages.

    Raises:
        UserError: The tools are no JSON list.
    """
    arguments: dict[str, Any] = {}
    if (thinks := settings.enable_thinking) is not None:
        arguments |= {"enable_thinking": thinks, "thinking": thinks}  # DeepSeek's name for it
    if settings.reasoning_effort:
        arguments["reasoning_effort"] = settings.reasoning_effort
    if settings.tools:
        try:
            arguments["tools"] = json.loads(settings.tools)
        except (ValueError, RecursionError) as error:
            raise UserError("The tools are not valid JSON.", "Check their text.", str(error)) from error
        if not isinstance(arguments["tools"], list):
            raise UserError("The tools are no list.", "Put them into a JSON list.")
    return arguments


def _in_strings(value: Any, change: Callable[[str], str]) -> Any:
    """Return JSON values with all of their texts changed, the keys too."""
    if isinstance(value, str):
        return change(value)
    if isinstance(value, list):
        return [_in_strings(one, change) for one in value]
    if isinstance(value, Mapping):
        return {change(key): _in_strings(one, change) for key, one in value.items()}
    return value
