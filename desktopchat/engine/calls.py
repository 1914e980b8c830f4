"""Reads tool calls as different kinds of models write them. None of these functions ever raises."""

import json
import re
from dataclasses import dataclass
from typing import Any

_FUNCTION = re.compile(r"\s*<function=([^>\n]+)>(.*?)</function>\s*", re.DOTALL)
_PARAMETER = re.compile(r"\s*<parameter=([^>\n]+)>\n?(.*?)\n?</parameter>\s*", re.DOTALL)
_GLM = re.compile(r"\s*([\w.-]+)\s*(?=<arg_key>|$)")
_GLM_PART = re.compile(r"<arg_key>([^<]*)</arg_key>\s*<arg_value>(.*?)</arg_value>\s*", re.DOTALL)
_INVOKE = re.compile(r'\s*<invoke name="([^"<>\n]+)">(.*?)</invoke>\s*', re.DOTALL)
_NAMED_PARAMETER = re.compile(r'\s*<parameter name="([^"<>\n]+)">\n?(.*?)\n?</parameter>\s*', re.DOTALL)
# Never two unbounded runs of white space in a row: that would take time that grows with the square of the length.
_NAMED = re.compile(r"([\w.-]+)(?:\[CALL_ID\](\w+))?(?:\[ARGS\])?\s*(\{.*)", re.DOTALL)
_BUILT_IN = re.compile(r"(\w+)\.call\((.*)\)", re.DOTALL)
_KEYWORD = re.compile(r'\s*(\w+)\s*=\s*("(?:[^"\\]|\\.)*"|-?[\d.]+|true|false|null)\s*(?:,|$)')
_DEEPSEEK = re.compile(
    r"\s*<｜tool▁call▁begin｜>(?:function<｜tool▁sep｜>(?P<first>[^\n<]+)\n```json\n(?P<fenced>.*?)\n```"
    r"|(?P<name>[^<]+)<｜tool▁sep｜>(?P<plain>.*?))<｜tool▁call▁end｜>\s*",
    re.DOTALL,
)
_GEMMA = re.compile(r"\s*call:([\w.-]+)\s*(?=\{)")
_GEMMA_PART = re.compile(r'\s*(?:<\|"\|>(.*?)<\|"\|>|([{}\[\],:])|([^\s{}\[\],:][^{}\[\],:]*))', re.DOTALL)
_DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Call:
    """A tool call as the model wrote it; without an id when it gave none."""

    name: str
    arguments: str
    id: str = ""


def hermes(text: str) -> list[Call] | None:
    """Read what stands between `<tool_call>` and `</tool_call>`: JSON, or the tags of Qwen3 Coder."""
    return json_calls(text) or _tagged(text)


def json_calls(text: str) -> list[Call] | None:
    """Read one object with a name and arguments, or a list or a row of such."""
    found = _json_values(text)
    if len(found) == 1 and isinstance(found[0], list):
        found = found[0]
    calls = [_call_of(one) for one in found]
    return None if None in calls else [call for call in calls if call]


def mistral(text: str) -> list[Call] | None:
    """Read what follows `[TOOL_CALLS]`: a list of objects, or a name with its arguments behind it."""
    if calls := json_calls(text):
        return calls
    match = _NAMED.fullmatch(text.strip())
    arguments = _object(match[3]) if match else None
    return [Call(match[1], arguments, match[2] or "")] if match and arguments else None


def python_tag(text: str) -> list[Call] | None:
    """Read what follows `<|python_tag|>`: an object, a call of a built-in tool, or code."""
    if calls := json_calls(text):
        return calls
    match = _BUILT_IN.fullmatch(text.strip())
    values, place = {}, 0
    while match and (keyword := _KEYWORD.match(match[2], place)):
        values[keyword[1]] = _value(keyword[2])
        place = keyword.end()
    if match and place == len(match[2]):
        return [Call(match[1], json.dumps(values, ensure_ascii=False))]
    return [Call("python", json.dumps({"code": text.strip()}, ensure_ascii=False))] if text.strip() else None


def deepseek(text: str) -> list[Call] | None:
    """Read what stands between the marks around all tool calls of DeepSeek R1 and V3."""
    calls, place = [], 0
    while match := _DEEPSEEK.match(text, place):
        arguments = _object(match["fenced"] if match["first"] else match["plain"])
        if arguments is None:
            return None
        calls.append(Call((match["first"] or match["name"]).strip(), arguments))
        place = match.end()
    return calls if place == len(text) else None


def glm(text: str) -> list[Call] | None:
    """Read what stands between `<tool_call>` and `</tool_call>` of GLM 4: a name, then keys and values in tags."""
    match = _GLM.match(text)
    arguments = _parameters(_GLM_PART, text[match.end() :]) if match else None
    return [Call(match[1], arguments)] if match and arguments is not None else None


def minimax(text: str) -> list[Call] | None:
    """Read what stands between the marks around all tool calls of MiniMax M2."""
    calls, place = [], 0
    while match := _INVOKE.match(text, place):
        arguments = _parameters(_NAMED_PARAMETER, match[2])
        if arguments is None:
            return None
        calls.append(Call(match[1].strip(), arguments))
        place = match.end()
    return calls if place == len(text) else None


def gemma(text: str) -> list[Call] | None:
    """Read what stands between `<|tool_call>` and `<tool_call|>`: Gemma 4's own notation of objects."""
    match = _GEMMA.match(text)
    if match is None:
        return None
    # A key or value between quotes is told from punctuation by its kind.
    parts: list[tuple[str, str]] = []
    place = match.end()
    while place < len(text.rstrip()):
        part = _GEMMA_PART.match(text, place)
        if part is None:
            return None
        kind = "text" if part[1] is not None else "sign" if part[2] else "word"
        parts.append((kind, part[1] if kind == "text" else part[2] if kind == "sign" else part[3].strip()))
        place = part.end()
    parts.reverse()
    try:
        value = _gemma_value(parts, _DEEPEST)
    except (ValueError, IndexError):
        return None
    if parts or not isinstance(value, dict):
        return None
    return [Call(match[1], json.dumps(value, ensure_ascii=False))]


def arguments_of(text: str) -> str | None:
    """Return a JSON object as its own text; None when the text is none."""
    return _object(text)


def _gemma_value(parts: list[tuple[str, str]], deepest: int) -> Any:
    """Read a value from the end of `parts`, which stand in reverse.

    Raises:
        ValueError, IndexError: There is none.
    """
    if not deepest:
        raise ValueError("too deep")
    kind, text = parts.pop()
    if kind == "text":
        return text
    if kind == "word":
        found = _json_values(text)
        return found[0] if len(found) == 1 else text
    if text not in "{[":
        raise ValueError(text)
    close = "}" if text == "{" else "]"
    pairs: list[tuple[str, Any]] = []
    while parts[-1] != ("sign", close):
        key = ""
        if text == "{":
            key_kind, key = parts.pop()
            if key_kind == "sign" or parts.pop() != ("sign", ":"):
                raise ValueError(key)
        pairs.append((key, _gemma_value(parts, deepest - 1)))
        if parts[-1] == ("sign", ","):
            parts.pop()
    parts.pop()
    return dict(pairs) if text == "{" else [value for _, value in pairs]


def _tagged(text: str) -> list[Call] | None:
    match = _FUNCTION.fullmatch(text)
    if match is None:
        return None
    arguments = _parameters(_PARAMETER, match[2])
    return None if arguments is None else [Call(match[1].strip(), arguments)]


def _parameters(kind: re.Pattern[str], text: str) -> str | None:
    """Return what stands in a row of tags as JSON; None when something else stands there too."""
    values, place = {}, 0
    while parameter := kind.match(text, place):
        values[parameter[1].strip()] = _value(parameter[2])
        place = parameter.end()
    return None if text[place:].strip() else json.dumps(values, ensure_ascii=False)


def _call_of(value: Any) -> Call | None:
    """Read the object of one call; some kinds wrap it as a function, or call the arguments parameters."""
    if not isinstance(value, dict):
        return None
    inner = value.get("function")
    if isinstance(inner, dict):
        value = {**value, **inner}
    name = value.get("name", inner)
    arguments = value.get("arguments", value.get("parameters", {}))
    if isinstance(arguments, str):
        arguments = _object(arguments)
    elif isinstance(arguments, dict):
        arguments = json.dumps(arguments, ensure_ascii=False)
    else:
        return None
    if not isinstance(name, str) or not name or arguments is None:
        return None
    own = value.get("id")
    return Call(name, arguments, own if isinstance(own, str) else "")


def _json_values(text: str) -> list[Any]:
    """Return the JSON values that stand in a row in a text; none when something else stands there too."""
    decoder, values, place = json.JSONDecoder(), [], 0
    text = text.strip()
    while place < len(text):
        try:
            value, place = decoder.raw_decode(text, place)
        except (ValueError, RecursionError):
            return []
        values.append(value)
        while place < len(text) and text[place] in " \t\r\n;":
            place += 1
    return values


def _object(text: str) -> str | None:
    found = _json_values(text)
    return json.dumps(found[0], ensure_ascii=False) if len(found) == 1 and isinstance(found[0], dict) else None


def _value(text: str) -> Any:
    """Return what a text is as JSON, else the text itself."""
    found = _json_values(text)
    return found[0] if len(found) == 1 else text
