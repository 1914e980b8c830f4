"""Which chat template a loaded model gets: its own, another one, or one that llama.cpp has built in."""

from __future__ import annotations

import ctypes
from collections.abc import Mapping, Sequence
from typing import Any

import llama_cpp

from desktopchat.core.errors import TemplateError
from desktopchat.core.params import FITTING_TEMPLATE, PLAIN_TEMPLATE
from desktopchat.core.sentence import Sentence, joined
from desktopchat.engine.formats import Format
from desktopchat.engine.guard import Bounds
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.sandbox import Sandbox
from desktopchat.engine.template import ChatTemplate, Renderer

# Takes the place of a template that cannot be used: the control token that tells the kind of model, and the template.
_KINDS = (
    ("<|im_start|>", "chatml"),
    ("<|start_header_id|>", "llama3"),
    ("<start_of_turn>", "gemma"),
    ("<|start_of_role|>", "granite"),
    ("<|START_OF_TURN_TOKEN|>", "command-r"),
    ("<｜User｜>", "deepseek3"),
    ("<|channel|>", "gpt-oss"),
    ("[INST]", "mistral-v3"),
)


def built_in() -> tuple[str, ...]:
    """Return the names of the templates that llama.cpp brings, in alphabetical order."""
    count = llama_cpp.llama_chat_builtin_templates(None, 0)
    names = (ctypes.c_char_p * count)()
    llama_cpp.llama_chat_builtin_templates(names, count)
    return tuple(sorted(name.decode() for name in names if name))


class BuiltIn:
    """A template that llama.cpp brings, rendered by llama.cpp.

    Attributes:
        source, names, format, knows_system: As of `Renderer`.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self.source = ""
        self.names: frozenset[str] = frozenset()
        self.format = Format.of("<|channel|><|message|>" if name == "gpt-oss" else "</think>")
        self.knows_system = True

    def render(self, messages: Sequence[Mapping[str, Any]], _names: Mapping[str, Any], /) -> str:
        """Return the prompt.

        Raises:
            TemplateError: llama.cpp cannot render it.
        """
        texts = [(one["role"].encode(), _without_end(one["content"])) for one in messages]
        chat = (llama_cpp.llama_chat_message * len(texts))(*(llama_cpp.llama_chat_message(*pair) for pair in texts))
        room = 2 * sum(len(content) for _, content in texts) + 1024
        while True:
            buffer = ctypes.create_string_buffer(room)
            length = llama_cpp.llama_chat_apply_template(
                self.name.encode(),
                chat,
                len(texts),
                True,
                buffer,
                room,
            )
            if length < 0:
                raise TemplateError(
                    Sentence("The built-in chat template {name} cannot be used.", name=self.name),
                    "Choose another template for this model.",
                )
            if length <= room:
                return buffer.raw[:length].decode("utf-8", "surrogatepass")
            room = length


def _without_end(text: str) -> bytes:
    """Return text as C reads it, which ends at a zero."""
    return text.replace("\0", "\N{REPLACEMENT CHARACTER}").encode("utf-8", "surrogatepass")


def choose_template(loaded: LoadedModel, wanted: str, bounds: Bounds) -> tuple[ChatTemplate, str, list[Sentence]]:
    """Return the template of a model, what it is called, and what the person should know of it.

    Args:
        wanted: As `LoadParams.template`.
        bounds: Limits on what compiling it may take, and on what rendering it may.
    """
    tokens = {"bos_token": loaded.bos, "eos_token": loaded.eos}
    control = loaded.control_texts()
    file = loaded.info.file
    source = wanted
    if not wanted:
        source = (llama_cpp.llama_model_chat_template(loaded.model, None) or b"").decode("utf-8", "replace")

    def made(renderer: Renderer | None) -> ChatTemplate:
        return ChatTemplate(renderer, loaded.bos, loaded.eos, control)

    def instead(cause: Sentence) -> tuple[ChatTemplate, str, list[Sentence]]:
        name = fallback_for(control)
        if name == PLAIN_TEMPLATE:
            return made(None), name, [joined(cause, Sentence("{name} continues plain text instead.", name=file.name))]
        used = Sentence("The built-in template {template} is used instead.", template=name)
        return made(BuiltIn(name)), name, [joined(cause, used)]

    if wanted == FITTING_TEMPLATE:
        return instead(Sentence("The chat template of this model comes to no end."))
    if wanted == PLAIN_TEMPLATE:
        return made(None), wanted, []
    if wanted in built_in():
        return made(BuiltIn(wanted)), wanted, []
    if not source:
        cause = Sentence(
            "{name} brings no chat template: it continues text and does not answer questions.", name=file.name
        )
        return made(None), PLAIN_TEMPLATE, [cause]
    try:
        return made(Sandbox(source, bounds, tokens)), "own" if wanted else "gguf", []
    except TemplateError as error:
        return instead(error.cause)


def fallback_for(control_texts: Sequence[str]) -> str:
    """Return the name of the built-in template that fits a vocabulary; "none" when none is known to."""
    texts = set(control_texts)
    return next((name for mark, name in _KINDS if mark in texts), PLAIN_TEMPLATE)
