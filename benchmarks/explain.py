"""The bars for looking into answers: the size of kept tokens, how fast they open, and another way from one of them.

    .venv/bin/python benchmarks/explain.py --model FILE

An answer of 4,000 tokens is written by the model, kept, and read again; then other answers begin at its tokens.
"""

import argparse
import itertools
import statistics
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from desktopchat.core.chat import ChatMessage, Message, MessageState, Role
from desktopchat.core.draws import Draws
from desktopchat.core.fork import fork
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.token import ALTERNATIVES
from desktopchat.core.token_log import TokenLog
from desktopchat.engine.api import Delta, GenerationFinished, GenerationRequest
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect
from desktopchat.storage.database import Database
from desktopchat.storage.stores import Stores

TOKENS = 4000
_QUESTION = "Tell me everything about the sea, the sky, the wind and the people who live by the shore. " * 8
# Seconds between two ways. The engine keeps its states a second after an answer, as it does for somebody who reads, so
# that some of the ways are asked for while it is at that.
_PAUSES = (1.05, 1.1, 1.2, 1.5)
_IDS = itertools.count(1)


def main() -> int:
    """Measure, print, and return 1 when a bar is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, required=True)
    parser.add_argument("--tokens", type=int, default=TOKENS)
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        engine = ProcessEngine(Path(folder) / "engine.log", states=Path(folder) / "states")
        list(engine.load(inspect(given.model), LoadParams(n_ctx=given.tokens + 1024)))
        try:
            results = measured(engine, Path(folder), given.tokens)
        finally:
            engine.close()
    for name, value, most, unit in results:
        print(f"{name:<58} {value:>9,.1f} {unit:<2}   at most {most:,.0f}   {'ok' if value <= most else 'MISSED'}")
    return int(any(value > most for _, value, most, _ in results))


def measured(engine: ProcessEngine, folder: Path, count: int) -> list[tuple[str, float, float, str]]:
    """Return name, value, bar and unit of each measurement."""
    question = ChatMessage(Role.USER, _QUESTION)
    sampling = SamplingParams(max_tokens=count, seed=1, temperature=1.0)
    log, text = TokenLog(), ""
    while len(log) < count:  # it must not end, as most small models do early
        ends = {one.token for step in log for one in (step.chosen, *step.top) if one.kind == "end"}
        sampling = sampling.changed(logit_bias=(*sampling.logit_bias, *((token, -100.0) for token in ends)))
        request = GenerationRequest(next(_IDS), (question,), sampling, conversation="1", top_logprobs=ALTERNATIVES)
        log, text = TokenLog(), ""
        for event in engine.generate(request):
            if isinstance(event, Delta):
                log.add(event.logprobs)
                text += event.text
    answer = Message(2, 1, 1, Role.ASSISTANT, text, MessageState.COMPLETE, 0.0, sampling=sampling)

    path = folder / "desktopchat.db"
    database = Database(path)
    store = Stores(database).conversations
    kept = store.add_turn(store.create().id, None, "?", model=ModelIdentity("m"), sampling=sampling)[1]
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    before = path.stat().st_size
    keeping = median(lambda: store.tokens.keep(kept.id, log))
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    size = path.stat().st_size - before
    reading = median(lambda: store.tokens.read(kept.id))
    draws = Draws(log, sampling)
    trying = median(lambda: draws.flips(1.4))
    database.close()

    pauses = itertools.cycle(_PAUSES)

    def begin(place: int, interrupted: bool) -> tuple[float, int]:
        choice = next((one for one in log[place].top[1:] if one.kind == "text" and one.text.isascii()), None)
        if choice is None:
            return 0.0, 0
        time.sleep(next(pauses))
        if interrupted:  # by a question of another conversation, as when a title is made
            other = GenerationRequest(next(_IDS), (ChatMessage(Role.USER, "Hello"),), SamplingParams(max_tokens=4))
            list(engine.generate(other))
        begun = fork(answer, log, place, choice)
        turns = (question, ChatMessage(Role.ASSISTANT, begun.content))
        asked = GenerationRequest(
            next(_IDS), turns, sampling.changed(max_tokens=1), conversation="1", top_logprobs=ALTERNATIVES
        )
        started = time.perf_counter()
        seconds, evaluated = 0.0, 0
        for event in engine.generate(asked):
            if isinstance(event, Delta):
                seconds = seconds or time.perf_counter() - started
            elif isinstance(event, GenerationFinished):
                evaluated = event.usage.prompt_tokens - event.usage.cached_tokens
        return seconds or time.perf_counter() - started, evaluated

    # Downwards, so that none is behind what the one before has cut off; the first is not counted.
    places = range(count - 50, 50, -max(1, count // 16))
    results = [
        (f"{len(log):,} tokens with {ALTERNATIVES} alternatives each, on the disk", size / 1000, 1000, "kB"),
        ("read and opened", 1000 * reading, 50, "ms"),
        ("packed and written", 1000 * keeping, 250, "ms"),
        ("tried at another temperature", 1000 * trying, 250, "ms"),
    ]
    for name, interrupted in (("another way from a token", False), ("the same after another question", True)):
        begin(count - 2, interrupted=False)
        found = [one for one in (begin(place, interrupted) for place in places) if one[1]]
        results += [
            (f"{name}: first token, median", 1000 * statistics.median(seconds for seconds, _ in found), 100, "ms"),
            (f"{name}: first token, slowest", 1000 * max(seconds for seconds, _ in found), 100, "ms"),
            (f"{name}: tokens that are evaluated, most", max(tokens for _, tokens in found), 4, ""),
        ]
    return results


def median(work: Callable[[], object], times: int = 9) -> float:
    """Return how long something takes, in seconds."""
    taken = []
    for _ in range(times):
        started = time.perf_counter()
        work()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken)


if __name__ == "__main__":
    sys.exit(main())
