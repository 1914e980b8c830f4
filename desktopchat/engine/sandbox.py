"""The one place where a chat template is compiled and rendered, within bounds.

A template is code that came with a model file, so it runs in Jinja's immutable sandbox and only in the engine's
process, with limits on time, memory and output.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NoReturn

from jinja2 import meta
from jinja2.environment import Template
from jinja2.exceptions import SecurityError
from jinja2.exceptions import TemplateError as JinjaError
from jinja2.ext import loopcontrols
from jinja2.sandbox import ImmutableSandboxedEnvironment

from desktopchat.core.errors import TemplateError
from desktopchat.engine.formats import Format
from desktopchat.engine.guard import Bounds, OutOfTimeError

_QUESTION, _ORDER = "a question", "an order"
_LONGEST_SOURCE = 1 << 20  # characters; the longest known is 40,000
_LONGEST_OUTPUT = 16 << 20  # characters
_LARGEST_PRODUCT = 1 << 20  # letters, entries or bits


class Sandbox:
    """A compiled template that has rendered a sample.

    Args:
        source: Jinja source.
        bounds: Limits on what compiling may take, and on what rendering may.
        tokens: "bos_token" and "eos_token", which templates refer to.

    Attributes:
        format: How the answers are to be read.
        names: What the template asks for by name, such as "tools" and "enable_thinking".
        knows_system: It puts a system message into the prompt: some templates refuse it, some drop it.

    Raises:
        TemplateError: The source does not compile, or fails with the simplest conversation.
    """

    def __init__(self, source: str, bounds: Bounds, tokens: Mapping[str, str]) -> None:
        self._bounds = bounds
        self.source = source
        self.format = Format.of(source)
        if len(source) > _LONGEST_SOURCE:
            raise _broken("it is too long")
        environment = _Environment(
            trim_blocks=True,
            lstrip_blocks=True,
            extensions=[loopcontrols],
            autoescape=False,
            optimized=False,  # else the compiler computes what is constant, without end if the template likes
        )
        environment.filters["tojson"] = _tojson
        environment.globals["raise_exception"] = _raise_exception
        environment.globals["strftime_now"] = _strftime_now
        environment.globals.pop("lipsum")

        def compiled() -> tuple[frozenset[str], Template, bool]:
            names = meta.find_undeclared_variables(environment.parse(source))
            template = environment.from_string(source)
            question, order = {"role": "user", "content": _QUESTION}, {"role": "system", "content": _ORDER}
            if _QUESTION not in _rendered(template, [question], tokens).lower():
                raise JinjaError("it drops the question")
            return frozenset(names), template, _shows(template, [order, question], tokens)

        try:
            self.names, self._template, self.knows_system = bounds.run(compiled)
        except (Exception, OutOfTimeError) as error:  # foreign code may raise anything
            raise _broken(error) from error

    def render(self, messages: Sequence[Mapping[str, Any]], names: Mapping[str, Any], /) -> str:
        """Return the prompt.

        Args:
            messages: As in the OpenAI API.
            names: What else the template may ask for.

        Raises:
            TemplateError: The template refused these messages or failed.
        """
        try:
            return self._bounds.run(lambda: _rendered(self._template, messages, names))
        except (Exception, OutOfTimeError) as error:
            raise _broken(error) from error


class _Environment(ImmutableSandboxedEnvironment):
    """Refuses sums that take very long or very much memory at once, which no limit could interrupt."""

    intercepted_binops = frozenset(["*", "**"])

    def call_binop(self, context: Any, operator: str, left: Any, right: Any) -> Any:
        if isinstance(left, int) and isinstance(right, int):
            length = left.bit_length() * abs(right) if operator == "**" else left.bit_length() + right.bit_length()
        else:
            pairs = ((left, right), (right, left))
            length = max(
                (len(one) * n for one, n in pairs if isinstance(one, Sequence) and isinstance(n, int)), default=0
            )
        if length > _LARGEST_PRODUCT:
            raise SecurityError("a product is too large")
        return super().call_binop(context, operator, left, right)


def _rendered(template: Template, messages: Sequence[Mapping[str, Any]], names: Mapping[str, Any]) -> str:
    pieces, length = [], 0
    for piece in template.generate(messages=messages, add_generation_prompt=True, **names):
        pieces.append(piece)
        length += len(piece)
        if length > _LONGEST_OUTPUT:
            raise JinjaError("it produces endless text")
    return "".join(pieces)


def _shows(template: Template, messages: Sequence[Mapping[str, Any]], tokens: Mapping[str, str]) -> bool:
    """Return whether the first message is in the prompt."""
    try:
        return messages[0]["content"] in _rendered(template, messages, tokens)
    except Exception:  # foreign code may raise anything
        return False


def _broken(error: BaseException | str) -> TemplateError:
    why = error if isinstance(error, str) else f"{type(error).__name__}: {error}"
    return TemplateError(
        "The chat template of this model cannot be used.", "Choose another template for this model.", why
    )


def _raise_exception(message: str) -> NoReturn:
    raise JinjaError(message)


def _strftime_now(pattern: str) -> str:
    return datetime.now().astimezone().strftime(pattern)


def _tojson(value: Any, indent: int | None = None, separators: tuple[str, str] | None = None, **_: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=indent, separators=separators)
