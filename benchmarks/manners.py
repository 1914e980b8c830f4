"""The bars for what should not be noticed: speculation that loses nothing, memory, and stopping at once."""

import statistics
from dataclasses import replace

from benchmarks.chat import Run
from benchmarks.peers import peak_memory
from benchmarks.rounds import Result, alternate, words
from benchmarks.setup import Setup

_COPIED = (
    "The old harbour lies at the end of a long valley, where the river meets the sea. Every morning the boats go out "
    "before the sun is up, and every evening they come back with fish, with news and sometimes with strangers. The "
    "people of the town know each other by name, and they know each boat by the sound of its engine. In winter, when "
    "the storms come, the women and men sit together in the large hall by the church and mend nets, tell stories and "
    "wait for better weather. Nobody there is rich, but nobody has ever gone hungry for long."
)
_REPEAT = "Repeat this text with one word changed: write “lake” instead of “sea”.\n\n{}"
_FRESH = "Write a long story about a clockmaker who finds a letter that was never meant for her."


def lookup(setup: Setup) -> list[Result]:
    """Prompt lookup against plain decoding, where it can copy and where it cannot."""
    with setup.chat("lookup", lookup=True) as with_lookup, setup.chat("plain", lookup=False) as without:
        results = []
        for name, turns, bar in (
            ("lookup on a copying task, of plain", [_REPEAT.format(_COPIED), _COPIED[:40]], 1.25),
            ("lookup on fresh text, of plain", [_FRESH], 0.97),
        ):
            runs: dict[str, Run] = {}

            def ours(turns: list[str] = turns, runs: dict[str, Run] = runs) -> float:
                runs["lookup"] = with_lookup.ask(turns, 256, temperature=0)
                return runs["lookup"].rate

            def plain(turns: list[str] = turns, runs: dict[str, Run] = runs) -> float:
                runs["plain"] = without.ask(turns, 256, temperature=0)
                return runs["plain"].rate

            ours(), plain()  # evaluates the prompts
            pairs = alternate(setup.rounds, ours, plain)
            usage = runs["lookup"].usage
            same = runs["lookup"].text == runs["plain"].text
            figures = {
                "same_text": same,
                "drafted": usage.drafted_tokens,
                "accepted": usage.accepted_tokens,
                "tokens": usage.completion_tokens,
                **pairs.figures("lookup_tokens_per_second", "plain_tokens_per_second"),
            }
            result = pairs.result(name, pairs.ratio if same else 0.0, "least", bar, figures)
            if not same:  # which no disturbance excuses
                notes = (*pairs.notes, f"the text differs from plain decoding's; the ratio was {pairs.ratio:.3f}")
                result = replace(result, notes=notes, disturbed=False)
            results.append(result)
    return results


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
