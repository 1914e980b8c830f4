"""The bars for what should not be noticed: speculation that loses nothing, memory, and stopping at once."""

import statistics
from dataclasses import replace
from typing import Any

from benchmarks.chat import Chat, Run
from benchmarks.peers import peak_memory
from benchmarks.rounds import Result, alternate, words
from benchmarks.setup import Setup
from desktopchat.engine.llama.engine import LlamaEngine

_COPIED = (
    "The old harbour lies at the end of a long valley, where the river meets the sea. Every morning the boats go out "
    "before the sun is up, and every evening they come back with fish, with news and sometimes with strangers. The "
    "people of the town know each other by name, and they know each boat by the sound of its engine. In winter, when "
    "the storms come, the women and men sit together in the large hall by the church and mend nets, tell stories and "
    "wait for better weather. Nobody there is rich, but nobody has ever gone hungry for long."
)
_REPEAT = "Repeat this text with one word changed: write “lake” instead of “sea”.\n\n{}"
_FRESH = "Write a long story about a clockmaker who finds a letter that was never meant for her."


_COPY = _REPEAT.format(_COPIED)
# At temperature 0 the text must be that of plain decoding. So drafts are made only where a batch gives the bits of
# single tokens, which on a CPU a KV cache of 8 bits does; with one of 16 bits they are refused and nothing may be lost.
# When sampling, rounding decides now and then: two runs may part, and only their speed is compared.
_LOOKUPS: tuple[tuple[str, str, dict[str, Any], float, float], ...] = (
    ("lookup on a copying task at 0, 8-bit KV, of plain", _COPY, {"kv_type": "q8_0"}, 0.0, 1.25),
    ("lookup on fresh text at 0, 8-bit KV, of plain", _FRESH, {"kv_type": "q8_0"}, 0.0, 0.97),
    ("lookup on a copying task at 0, refused, of plain", _COPY, {}, 0.0, 0.97),
    ("lookup on fresh text at 0.8, of plain", _FRESH, {}, 0.8, 0.97),
)


def lookup(setup: Setup) -> list[Result]:
    """Prompt lookup against plain decoding, where it can copy and where it cannot."""
    return [_lookup(setup, *case) for case in _LOOKUPS]


def _lookup(setup: Setup, name: str, question: str, load: dict[str, Any], temperature: float, bar: float) -> Result:
    ours: list[Run] = []
    plain: list[Run] = []
    # In one process, where the one setting is turned on and off: two processes differ by more than what is measured,
    # even when they do the same, depending on where their memory happens to lie.
    engine = LlamaEngine()
    with Chat(setup.model, engine, n_threads=setup.threads, **load) as chat:
        loaded = engine._loaded
        assert loaded is not None

        def rate(runs: list[Run], *, lookup: bool) -> float:
            loaded.params = replace(loaded.params, lookup=lookup)
            runs.append(chat.ask([question], 256, temperature=temperature))
            return runs[-1].rate

        # What is exact is found out once for so many cells: those of the question, and those that the answer reaches.
        chat.ask([question, _COPIED, _COPY], 256, temperature=temperature)
        chat.ask([question], 256, temperature=temperature)
        # The bar is close to 1 and the machine's own speed changes by 5 % from run to run.
        rounds = 2 * setup.rounds - 1
        pairs = alternate(rounds, lambda: rate(ours, lookup=True), lambda: rate(plain, lookup=False))
    usage = ours[-1].usage
    figures = {
        "drafted": usage.drafted_tokens,
        "accepted": usage.accepted_tokens,
        "tokens": usage.completion_tokens,
        **pairs.figures("lookup_tokens_per_second", "plain_tokens_per_second"),
    }
    result = pairs.result(name, pairs.ratio, "least", bar, figures)
    if temperature:
        return result
    figures["same_text"] = same = len({run.text for run in ours + plain}) == 1
    if not same:  # which no disturbance excuses
        notes = (*pairs.notes, f"the text differs from plain decoding's; the ratio was {pairs.ratio:.3f}")
        return replace(result, value=0.0, notes=notes, disturbed=False)
    if not usage.drafted_tokens:
        notes = (*pairs.notes, "nothing was drafted, for a batch gives other bits than single tokens")
        return replace(result, notes=notes)
    return result


def memory(setup: Setup) -> Result:
    """Most resident memory of the child beyond llama-bench's, with the same context and work."""
    theirs = setup.bench.peak_memory(512, 128)
    with setup.chat(n_ctx=640) as chat:
        text = chat.prompt_of(511)
        chat.complete(text, 128)
        ours = peak_memory(chat.pid)
    figures = {"desktopchat_mb": round(ours / 1e6, 1), "llama_bench_mb": round(theirs / 1e6, 1)}
    return Result("child's memory beyond llama-bench's", (ours - theirs) / 1e6, "most", 60, "MB", figures)


def stop(setup: Setup) -> list[Result]:
    """From a cancel to the last event, at several moments of an evaluation and of an answer."""
    with setup.chat() as chat:
        long = words(min(3000, chat.info.n_ctx // 2))
        results = []
        for name, prompt in (("stop in a prompt", long), ("stop in an answer", "The")):
            times = [1000 * chat.stop_seconds(prompt, 0.2 + 0.037 * round_) for round_ in range(setup.rounds)]
            figures = {"milliseconds": [round(time, 2) for time in times]}
            results.append(Result(name, statistics.median(times), "most", 50, "ms", figures))
    return results
