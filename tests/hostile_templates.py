"""Chat templates that want to run code, to read what is none of theirs, or to take all time and memory.

Run as a program, it uses each of the templates named on its command line by their places, and says what became of it.
"""

import json
import os
import sys
import time
from pathlib import Path
from types import SimpleNamespace
from typing import Any

CANARY = "canary"  # a file that code from a template would make
SECRET = "xyzzy-secret"  # in the environment of the process
LAST_SECONDS = 1.8
_CODE = f"touch {CANARY}"
_GROW = "{% set ns = namespace(a=[1], b=[1], s='abcdefgh', x=9) %}{% for i in range(60) %}"
_TWICE = "{% set ns.a = [ns.a, ns.a] %}{% set ns.b = [ns.b, ns.b] %}"
_LOOP = "{% for a in range(99999) %}{% for b in range(99999) %}{% endfor %}{% endfor %}"
_DEEP = 3000

ESCAPES = (
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{{ [].__class__.__base__.__subclasses__() }}",
    "{{ (1).__class__.__base__ }}",
    "{{ ''['__class__'] }}",
    "{{ ''[['__cl', 'ass__'] | join] }}",
    "{{ '' | attr('__class__') | attr('__mro__') }}",
    "{{ '' | attr('\\x5f\\x5fclass\\x5f\\x5f') }}",
    f"{{{{ cycler.__init__.__globals__.os.system('{_CODE}') }}}}",
    f"{{{{ lipsum.__globals__['os'].popen('{_CODE}').read() }}}}",
    "{{ joiner.__init__.__globals__ }}",
    "{{ namespace.__init__.__globals__ }}",
    "{{ cycler.mro() }}",
    "{{ dict.mro() }}{{ dict.__base__ }}",
    "{{ self.__init__.__globals__ }}",
    "{{ self._TemplateReference__context }}",
    "{{ raise_exception.__globals__ }}",
    "{{ strftime_now.__globals__['__builtins__'] }}",
    "{{ raise_exception.__code__.co_consts }}",
    "{{ messages.__class__.__init__ }}",
    "{{ '{0.__class__.__init__.__globals__}'.format(raise_exception) }}",
    "{{ '{a.__globals__}'.format_map({'a': raise_exception}) }}",
    "{{ '%s' | format(strftime_now.__globals__) }}",
    "{{ messages | map(attribute='__class__') | list }}",
    "{{ messages | map('attr', '__class__') | list }}",
    "{{ messages | groupby('__class__') }}",
    "{{ messages | sort(attribute='__class__.__mro__') }}",
    "{{ (messages | batch(1)).gi_frame.f_globals }}",
    "{% macro m() %}{% endmacro %}{{ m._func.__globals__ }}",
    "{% macro m() %}{% endmacro %}{{ m.__call__.__globals__ }}",
    "{% for m in messages %}{{ loop._iterator.__reduce__() }}{% endfor %}",
    "{% include '/etc/passwd' %}",
    "{% import 'os' as os %}{{ os.environ }}",
    "{% extends '/etc/passwd' %}",
    "{{ config }}{{ request.application.__globals__ }}",
    "{{ messages.append(1) }}",
    "{{ messages.clear() }}",
    "{{ messages[0].update({'role': 'system'}) }}",
    "{{ messages[0].pop('role') }}",
    "{% set ns = namespace() %}{% set ns.__class__ = 1 %}{{ ns.__class__ }}",
    "{{ ().__reduce_ex__(2) }}",
)
GREEDY = (
    _LOOP,
    "{% if messages | length > 1 %}" + _LOOP + "{% endif %}{{ messages[0].content }}",
    "{% for x in range(99999999) %}a{% endfor %}",
    "{% for x in range(99999) %}{{ 'a' * 1000 }}{% endfor %}",
    "{{ 'a' * 4000000000 }}",
    "{{ [0] * 4000000000 }}",
    "{{ messages * 4000000000 }}",
    "{{ 10 ** 10 ** 10 }}",
    "{% set x = messages | length + 8 %}{{ x ** (x ** x) }}",
    _GROW + "{% set ns.x = ns.x * ns.x %}{% endfor %}{{ ns.x }}",
    _GROW + "{% set ns.s = ns.s ~ ns.s %}{% endfor %}{{ ns.s }}",
    _GROW + "{% set ns.a = ns.a + ns.a %}{% endfor %}{{ ns.a | length }}",
    _GROW + _TWICE + "{% endfor %}{{ ns.a | pprint }}",
    "{% set ns = namespace(a=[]) %}{% for i in range(99999) %}{% set ns.a = [ns.a] %}{% endfor %}{{ ns.a | tojson }}",
    "{{ '%09999999999d' | format(1) }}",
    "{{ '{:>9999999999}'.format(1) }}",
    "{{ 'a' | center(9999999999) }}",
    "{{ 'a\\nb' | indent(9999999999) }}",
    "{{ {'a': 1} | tojson(indent=999999999) }}",
    "{{ ('a' * 1000000) | replace('a', 'b' * 1000000) }}",
    "{{ range(99999) | map('string') | join('x' * 1000000) }}",
    "{{ ('a ' * 400000) | wordwrap(1) | wordcount }}",
    "{{ strftime_now('%Y' * 400000) }}",
    "{% macro m() %}{{ m() }}{% endmacro %}{{ m() }}",
    "{% for x in messages recursive %}{{ loop(messages) }}{% endfor %}",
    "{{ " + "(" * _DEEP + "1" + ")" * _DEEP + " }}",
    "{{ " + "[" * _DEEP + "]" * _DEEP + " }}",
    "{% if 1 %}" * _DEEP + "{% endif %}" * _DEEP,
    "{{ 1" + " + 1" * 50_000 + " }}",
    "{{ a }}" * 100_000,
    "a" * 2_000_000,
)
BROKEN = (
    "{% for %}",
    "{{",
    "{% unknown %}",
    "{{ 'a' | nothing }}",
    "{{ 1 / 0 }}",
    "{{ raise_exception('no') }}",
    "{{ nothing.at.all }}",
    "{{ messages[99].content }}",
    "{{ 'a'.nothing() }}",
    "{{ nothing | tojson }}",
    "{{ 1e308 ** 99 }}",
    "{{ 'a'.encode('none') }}",
    "{{ strftime_now('\\x00' ~ 1) / 2 }}",
)
# Python cannot interrupt these, so they end with the process.
STUBBORN = (
    _GROW + _TWICE + "{% endfor %}{{ ns.a == ns.b }}",
    _GROW + _TWICE + "{% endfor %}{{ ns.a in [ns.b] }}",
    _GROW + _TWICE + "{% endfor %}{{ ns.a < ns.b }}",
    _GROW + _TWICE + "{% endfor %}{{ ns.a }}",
)
TEMPLATES = (*ESCAPES, *GREEDY, *BROKEN, *STUBBORN)


def _memory(name: str) -> int:
    (line,) = (line for line in Path("/proc/self/status").read_text().splitlines() if line.startswith(name))
    return int(line.split()[1]) << 10


def use(source: str) -> dict[str, Any]:
    """Load a template as a model's, ask with it, and return what became of it and what it took."""
    from desktopchat.core.chat import ChatMessage, Role
    from desktopchat.core.errors import TemplateError
    from desktopchat.core.modelfile import ModelFile
    from desktopchat.engine.guard import Bounds
    from desktopchat.engine.llama.templates import choose_template

    info = SimpleNamespace(file=ModelFile("/m.gguf", "m", 1, "llama"))
    loaded: Any = SimpleNamespace(bos="<s>", eos="</s>", control_texts=lambda: ["<|im_start|>"], info=info, model=None)
    turns = [ChatMessage(role, "hi") for role in (Role.SYSTEM, Role.USER, Role.ASSISTANT, Role.USER)]
    Path("/proc/self/clear_refs").write_text("5")  # the peak begins anew
    before = _memory("VmRSS")
    said, cure = "", ""
    started = time.perf_counter()
    template, name, warnings = choose_template(loaded, source, Bounds(last_seconds=LAST_SECONDS))
    seconds = [time.perf_counter() - started]
    started = time.perf_counter()
    try:
        said = "".join(segment.text for segment in template.render(turns).segments)
    except TemplateError as error:
        cure = error.cure
    seconds.append(time.perf_counter() - started)
    return {
        "seconds": max(seconds),
        "memory": _memory("VmHWM") - before,
        "name": name,
        "warnings": warnings,
        "cure": cure,
        "leaks": SECRET in said or os.environ["HOSTILE"] in said,
        "ran": Path(CANARY).exists(),
    }


if __name__ == "__main__":
    for place in sys.argv[1:]:
        print(json.dumps(use(TEMPLATES[int(place)])), flush=True)
