"""Chat templates: the one place where a template is rendered, and the guard around what people typed.

A template is code that came with a model file, so it runs in Jinja's immutable sandbox and only in the
engine's process. What a person or a document says must never become a control token: the tokenizer turns
the *text* of a control token into the token itself, so every such text inside a message is swapped for a
placeholder before rendering and tokenized apart as plain text afterwards.
"""

import json
import re
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from itertools import pairwise
from typing import Any, NoReturn

from jinja2.exceptions import TemplateError as JinjaError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import TemplateError
from desktopchat.engine.guard import bounded_memory

# A model that brings no template cannot be asked in turns; its text is continued as it stands.
PLAIN_SEPARATOR = "\n\n"
_MAX_OUTPUT = 16 << 20  # characters
_MAX_MEMORY = 1 << 30  # bytes that compiling or rendering may take


@dataclass(frozen=True, slots=True)
class Segment:
    """A part of a rendered prompt; only in a trusted one may control tokens be recognised."""

    text: str
    trusted: bool


class ChatTemplate:
    """A compiled chat template.

    Args:
        source: Jinja source; empty means that messages are joined as plain text.
        bos, eos: Texts of the begin and end tokens, which templates refer to.
        control_texts: Texts of all control tokens of the vocabulary.

    Raises:
        TemplateError: The source does not compile.
    """

    def __init__(self, source: str, bos: str = "", eos: str = "", control_texts: Sequence[str] = ()) -> None:
        self._names = {"bos_token": bos, "eos_token": eos}
        texts = sorted({text for text in control_texts if text}, key=len, reverse=True)
        self._control = re.compile("|".join(map(re.escape, texts))) if texts else None
        self._template = None
        if source:
            environment = ImmutableSandboxedEnvironment(
                trim_blocks=True, lstrip_blocks=True, extensions=[loopcontrols], autoescape=False
            )
            environment.filters["tojson"] = _tojson
            environment.globals["raise_exception"] = _raise_exception
            environment.globals["strftime_now"] = _strftime_now
            try:
                with bounded_memory(_MAX_MEMORY):
                    self._template = environment.from_string(source)
            except Exception as error:  # the compiler computes what is constant, and that may raise anything
                raise _broken(error) from error

    def render(self, messages: Sequence[ChatMessage]) -> list[Segment]:
        """Return the prompt that asks for the next answer, or goes on with the last one.

        Raises:
            TemplateError: The template refused these messages or failed.
        """
        nonce = secrets.token_hex(8)
        swapped: list[str] = []

        def swap(found: re.Match[str]) -> str:
            swapped.append(found.group())
            return f"\ue000{nonce}:{len(swapped) - 1}\ue001"

        guarded = [
            ChatMessage(m.role, self._control.sub(swap, m.content) if self._control else m.content) for m in messages
        ]
        text = self._render(guarded)
        parts = re.split(f"\ue000{nonce}:(\\d+)\ue001", text)
        segments: list[Segment] = []
        for place, part in enumerate(parts):
            if place % 2:
                segments.append(Segment(swapped[int(part)], trusted=False))
            else:
                segments += [Segment(piece, trusted=True) for piece in self._pieces(part)]
        return [segment for segment in segments if segment.text]

    def _pieces(self, text: str) -> list[str]:
        """Cut before each control token, where tokenizers begin anew, so that old turns stay the same pieces."""
        starts = [found.start() for found in self._control.finditer(text)] if self._control else []
        return [text[start:end] for start, end in pairwise([0, *starts, len(text)])]

    def _render(self, messages: list[ChatMessage]) -> str:
        if self._template is None:
            return PLAIN_SEPARATOR.join(m.content for m in messages)
        begun = ""
        if messages and messages[-1].role is Role.ASSISTANT:
            begun = messages[-1].content
            messages = messages[:-1]
        try:
            text = self._apply(messages)
        except TemplateError:
            merged = _without_system(messages)
            if merged is None:
                raise
            text = self._apply(merged)
        return text + begun

    def _apply(self, messages: list[ChatMessage]) -> str:
        assert self._template is not None
        turns = [{"role": m.role.value, "content": m.content} for m in messages]
        pieces, length = [], 0
        try:
            with bounded_memory(_MAX_MEMORY):
                for piece in self._template.generate(messages=turns, add_generation_prompt=True, **self._names):
                    pieces.append(piece)
                    length += len(piece)
                    if length > _MAX_OUTPUT:
                        raise TemplateError(
                            "The chat template of this model produces endless text.", "Use another file of this model."
                        )
        except TemplateError:
            raise
        except Exception as error:  # a template is foreign code and may raise anything
            raise _broken(error) from error
        return "".join(pieces)


def _without_system(messages: list[ChatMessage]) -> list[ChatMessage] | None:
    """Put the system prompt before the first user turn, for templates that know no system role."""
    if len(messages) < 2 or messages[0].role is not Role.SYSTEM or messages[1].role is not Role.USER:
        return None
    first = ChatMessage(Role.USER, f"{messages[0].content}\n\n{messages[1].content}")
    return [first, *messages[2:]]


def _broken(error: Exception) -> TemplateError:
    return TemplateError(
        "The chat template inside this model file cannot be used.",
        "Use another file of this model.",
        f"{type(error).__name__}: {error}",
    )


def _raise_exception(message: str) -> NoReturn:
    raise JinjaError(message)


def _strftime_now(pattern: str) -> str:
    return datetime.now().astimezone().strftime(pattern)


def _tojson(value: Any, indent: int | None = None, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent)
