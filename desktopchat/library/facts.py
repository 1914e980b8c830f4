"""What the header of a file says, short enough to be kept."""

import re
from pathlib import Path
from typing import Any

from desktopchat.core.errors import ModelFileError
from desktopchat.core.gguf import GGUFHeader, read_header
from desktopchat.core.hub_names import quant_of
from desktopchat.core.local_model import Capability, Facts, Kind
from desktopchat.core.sentence import Sentence
from desktopchat.library.folder import pooling_in, quant_in
from desktopchat.library.projector import ARCHITECTURE as PROJECTOR

_TEXT = 200  # characters of a name or licence
_THINKS = re.compile(r"<think>|enable_thinking|reasoning_content|reasoning_effort|\[THINK\]|<\|channel\|>")
_CALLS_TOOLS = re.compile(r"\btools\b|\btool_calls\b")
_MOST = 2**50  # elements; what is above comes from a damaged file


def read_facts(path: Path) -> Facts:
    """Read the header of a file. One that is damaged says so."""
    try:
        return facts_of(read_header(path), path.name)
    except ModelFileError as error:
        return Facts(Kind.DAMAGED, trouble=error.sentence)


def facts_of(header: GGUFHeader, name: str) -> Facts:
    """Return what is kept of a header.

    Args:
        name: Of the file, which may tell the kind of numbers when the header does not.
    """
    architecture = header.text("general.architecture")[:_TEXT]
    part, parts = header.number("split.no"), header.number("split.count")
    kind, trouble = Kind.MODEL, None
    if architecture == PROJECTOR:
        kind = Kind.PROJECTOR
    elif header.text("general.type") not in ("", "model") or architecture == "controlvector":
        kind = Kind.ADAPTER
    elif not part and not (architecture and header.tensors):
        kind, trouble = Kind.DAMAGED, Sentence("{name} has no model in it.", name=name)
    return Facts(
        kind,
        architecture,
        header.text("general.name")[:_TEXT],
        min(_MOST, sum(_elements(tensor.shape) for tensor in header.tensors)),
        quant_in(header) or quant_of(name),
        header.number(f"{architecture}.context_length"),
        header.text("general.license")[:_TEXT],
        header.number(f"{architecture}.embedding_length"),
        part,
        parts if parts > 1 else 0,
        _capabilities(header) if kind is Kind.MODEL else (),
        trouble,
    )


def pack(facts: Facts) -> list[Any]:
    """Return facts as JSON can hold them."""
    trouble = facts.trouble.packed() if facts.trouble else None
    return [facts.kind, facts.architecture, facts.title, facts.parameters, facts.quant, facts.n_ctx, facts.licence,
            facts.embedding, facts.part, facts.parts, facts.capabilities, trouble]  # fmt: skip


def unpack(packed: Any) -> Facts:
    """Return what was packed.

    Raises:
        ValueError, TypeError: It is something else.
    """
    kind, architecture, title, parameters, quant, n_ctx, licence, embedding, part, parts, able, trouble = packed
    texts, numbers = (architecture, title, quant, licence), (parameters, n_ctx, embedding, part, parts)
    if not all(isinstance(text, str) for text in texts) or not all(type(number) is int for number in numbers):
        raise ValueError("no facts")
    return Facts(Kind(kind), architecture, title, parameters, quant, n_ctx, licence, embedding, part, parts,
                 tuple(map(Capability, able)), Sentence.unpacked(trouble) if trouble else None)  # fmt: skip


def _capabilities(header: GGUFHeader) -> tuple[Capability, ...]:
    if pooling := pooling_in(header):
        return (Capability.RANKING if pooling == "rank" else Capability.EMBEDDING,)
    template = header.text("tokenizer.chat_template")
    found = {
        Capability.CHAT: bool(template.strip()),
        Capability.REASONING: bool(_THINKS.search(template)),
        Capability.TOOLS: bool(_CALLS_TOOLS.search(template)),
    }
    return tuple(one for one, there in found.items() if there)


def _elements(shape: tuple[int, ...]) -> int:
    count = 1
    for length in shape:
        count *= length
    return count
