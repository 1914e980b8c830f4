"""Tools that a client offers, and calls of them that it demands."""

import json
import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from desktopchat.core.chat import ToolCall
from desktopchat.engine.api import ModelInfo
from desktopchat.server.faults import invalid, unsupported
from desktopchat.server.shapes import FunctionBody, NamedTool, ToolBody

_NOTE = "Answer with nothing but a call of one of these tools, as a JSON object with name and arguments: "


@dataclass(frozen=True, slots=True)
class ToolPlan:
    """How tools are put to the model.

    Attributes:
        offered: For the chat template, as a JSON list; empty is none.
        schema: What an answer must be like that is one call; empty leaves it to the model whether it calls.
        note: What a model is told whose template knows no tools.
    """

    offered: str = ""
    schema: str = ""
    note: str = ""


NO_TOOLS = ToolPlan()


def plan_of(tools: Sequence[ToolBody] | None, choice: str | NamedTool | None, info: ModelInfo) -> ToolPlan:
    """Return how to put tools to a model.

    Raises:
        ApiError: The model takes none, or what is demanded cannot be.
    """
    if not tools or choice == "none":
        if not tools and choice not in (None, "none", "auto"):
            raise invalid("tool_choice demands a tool, but there are no tools.", "tool_choice")
        return NO_TOOLS
    functions = [_function(tool, number) for number, tool in enumerate(tools)]
    offered = json.dumps([{"type": "function", "function": _described(one)} for one in functions], ensure_ascii=False)
    knows = "tools" in info.asks
    if choice in (None, "auto"):
        if not knows:
            raise unsupported(
                "The chat template of the model in use knows no tools. Leave them out, or demand one with tool_choice.",
                "tools",
            )
        return ToolPlan(offered)
    if isinstance(choice, NamedTool):
        functions = [one for one in functions if one.name == choice.function.name]
        if not functions:
            raise invalid(f"There is no tool “{choice.function.name[:128]}”.", "tool_choice")
    elif choice != "required":
        raise invalid("tool_choice is none, auto, required, or names a function.", "tool_choice")
    return ToolPlan(offered if knows else "", _schema_of(functions), "" if knows else _NOTE + offered)


def call_in(text: str) -> ToolCall | None:
    """Return the call in an answer that had to be one; None when it was cut off."""
    try:
        value = json.loads(text)
    except ValueError:
        return None
    arguments = json.dumps(value["arguments"], ensure_ascii=False)
    return ToolCall(f"call_{secrets.token_hex(12)}", value["name"], arguments)


def _function(tool: ToolBody, number: int) -> FunctionBody:
    if tool.type != "function" or tool.function is None:
        raise unsupported("Tools are functions here, each with a name.", f"tools[{number}]")
    return tool.function


def _described(function: FunctionBody) -> dict[str, Any]:
    found: dict[str, Any] = {"name": function.name}
    if function.description:
        found["description"] = function.description
    found["parameters"] = function.parameters or {"type": "object", "properties": {}}
    return found


def _schema_of(functions: Sequence[FunctionBody]) -> str:
    shared: dict[str, Any] = {}  # references count from the root
    calls = []
    for one in functions:
        parameters = dict(one.parameters or {"type": "object", "properties": {}})
        for name in ("$defs", "definitions"):
            if isinstance(found := parameters.pop(name, None), dict):
                shared.setdefault(name, {}).update(found)
        calls.append(
            {
                "type": "object",
                "properties": {"name": {"const": one.name}, "arguments": parameters},
                "required": ["name", "arguments"],
                "additionalProperties": False,
            }
        )
    return json.dumps({**(calls[0] if len(calls) == 1 else {"anyOf": calls}), **shared})
