"""The bars for several answers at once: four of them beside one and beside llama.cpp alone, and the doubt lens."""

import time
from dataclasses import replace

from benchmarks.chat import Chat
from benchmarks.native import Native
from benchmarks.rounds import Result, alternate, repeated, words
from benchmarks.setup import Setup
from desktopchat.core.agreement import agreement
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.params import SamplingParams
from desktopchat.engine.api import Delta, GenerationRequest

_TOKENS = 100
_SAMPLES = 4
_DEPTH = 230  # tokens of the prompt with its template
_QUESTION = "Explain what a sailing boat is, how it moves against the wind, and why it does not fall over."


def several(setup: Setup) -> list[Result]:
    """Four answers of 100 tokens against one, on a prompt that is in the KV cache; then the lens as a whole.

    How much four cost depends on the model's quantisation, for llama.cpp can compute some of them in several rows at
    once and others not. So the same rows are evaluated by llama.cpp alone as well, without a sampler.
    """
    with setup.chat("several") as chat:
        prompt = words(200)
        chat.complete(prompt, 2)

        def answers(n: int) -> float:
            return chat.complete(prompt, _TOKENS, fresh=False, n=n).timings.seconds

        pairs = alternate(setup.rounds, lambda: answers(_SAMPLES), lambda: answers(1))
        figures = pairs.figures("four_seconds", "one_seconds")
        native = Native(setup.model, 2048, setup.threads, flash=setup.flash, sequences=_SAMPLES)
        native.fill(_DEPTH)
        own = alternate(setup.rounds, lambda: answers(_SAMPLES), lambda: native.seconds_together(_SAMPLES, _TOKENS))
        alone = alternate(
            setup.rounds,
            lambda: native.seconds_together(_SAMPLES, _TOKENS),
            lambda: native.seconds_together(1, _TOKENS),
        )
        native.close()
        lens = repeated(setup.rounds, lambda: _lens(chat))
    four = pairs.result("four answers at once, of one", pairs.ratio, "most", 2.2, figures)
    note = f"llama.cpp alone takes {alone.ratio:.2f} times as long for four rows as for one"
    return [
        replace(four, figures={**figures, "llama_cpp_alone": round(alone.ratio, 3)}, notes=(*four.notes, note)),
        own.result(
            "four answers at once, of their evaluation",
            own.ratio,
            "most",
            1.1,
            own.figures("four_seconds", "llama_cpp_seconds"),
        ),
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
