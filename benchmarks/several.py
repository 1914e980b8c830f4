"""The bars for several answers at once: four of them beside one, and the doubt lens on an answer of 100 tokens."""

import time

from benchmarks.chat import Chat
from benchmarks.rounds import Result, alternate, repeated, words
from benchmarks.setup import Setup
from desktopchat.core.agreement import agreement
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.params import SamplingParams
from desktopchat.engine.api import Delta, GenerationRequest

_TOKENS = 100
_SAMPLES = 4
_QUESTION = "Explain what a sailing boat is, how it moves against the wind, and why it does not fall over."


def several(setup: Setup) -> list[Result]:
    """Four answers of 100 tokens against one, on a prompt that is in the KV cache; then the lens as a whole."""
    with setup.chat("several") as chat:
        prompt = words(200)
        chat.complete(prompt, 2)

        def answers(n: int) -> float:
            return chat.complete(prompt, _TOKENS, fresh=False, n=n).timings.seconds

        pairs = alternate(setup.rounds, lambda: answers(_SAMPLES), lambda: answers(1))
        figures = pairs.figures("four_seconds", "one_seconds")
        lens = repeated(setup.rounds, lambda: _lens(chat))
    return [
        pairs.result("four answers at once, of one", pairs.ratio, "most", 2.2, figures),
        lens.result("doubt lens on 100 tokens", lens.ratio, "most", 15, lens.figures("seconds", "_"), "s"),
    ]


def _lens(chat: Chat) -> float:
    """Answer, then draw the samples as the window does and compare them; return the seconds after the answer."""
    answer = chat.ask([_QUESTION], _TOKENS, "lens")
    # The longest that the window lets them be.
    sampling = SamplingParams(n=_SAMPLES, max_tokens=5 * answer.usage.completion_tokens // 4)
    request = GenerationRequest(-1, (ChatMessage(Role.USER, _QUESTION),), sampling, conversation="lens")
    started, texts = time.perf_counter(), [""] * _SAMPLES
    for event in chat.engine.generate(request):
        if isinstance(event, Delta):
            texts[event.index] += event.text
    agreement(answer.text, texts)
    return time.perf_counter() - started
