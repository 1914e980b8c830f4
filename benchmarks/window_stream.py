"""The bars for answers that stream into the visible window."""

import itertools
import resource
import time
from pathlib import Path

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest

from benchmarks.chat import Chat
from benchmarks.rounds import Result, alternate
from benchmarks.window_rig import LoopMeter, PaintWatch, Program, program
from desktopchat.engine.process import ProcessEngine
from desktopchat.storage.connection import open_connection
from desktopchat.storage.database import Database

_SECTION = """\
## Keeping boats

A harbour keeps boats **out of the weather**, and people *out of the water*; see `moor()` and [the rules](https://example.org).

- mooring lines, doubled at springtide
- fenders between neighbours
  1. rubber ones, inflated
  2. wooden ones, painted

```python
def moor(boat: Boat, lines: int = 4) -> None:
    for number in range(lines):
        boat.fasten(number, tension=0.5)
```

| season | visitors | weather |
|---|---:|---|
| summer | 1,204 | 晴天，有微风 |
| winter | 17 | storms |

> Whoever arrives late, anchors outside.

"""
_ANSWER = 18_000  # characters
_HISTORY = 1_000  # messages
_RATE = 200  # words a second
_MARKDOWN_TOKENS = 4_000
_CHARACTERS_PER_TOKEN = 4
_PROMPT = "Write a long story about a clockmaker who finds a letter that was never meant for her."


def _text(characters: int) -> str:
    return (_SECTION * (characters // len(_SECTION) + 1))[:characters]


def _thread_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_THREAD)
    return usage.ru_utime + usage.ru_stime


def with_history(path: Path, messages: int) -> int:
    """Make a store with one conversation of so many messages, and return the conversation's id."""
    Database(path).close()
    connection = open_connection(path)
    rows = [
        (
            number,
            1,
            number - 1 or -1,
            "user" if number % 2 else "assistant",
            f"第{number}句话：港口里有很多船。",
            number,
        )
        for number in range(1, messages + 1)
    ]
    with connection:
        connection.execute(
            "INSERT INTO conversation (id, title, created_at, updated_at, tip_id) VALUES (1, 'Boats', 1, 1, ?)",
            (messages,),
        )
        connection.executemany(
            "INSERT INTO message (id, conversation_id, parent_id, role, content, state, created_at)"
            " VALUES (?, ?, ?, ?, ?, 'complete', ?)",
            rows,
        )
    connection.close()
    return 1


def streaming(folder: Path) -> list[Result]:
    """A long answer at 200 tokens/s at the end of a long conversation, while somebody types."""
    data = folder / "streaming"
    data.mkdir()
    conversation = with_history(data / "desktopchat.db", _HISTORY)
    with program(data, f"scripted:{_RATE}") as app:
        app.chat.open_conversation(conversation)
        app.wait(lambda: len(app.window.page.transcript.messages()) >= 2)
        app.chat.set_sampling(app.chat.sampling.changed(max_tokens=0))
        app.run_for(1)
        costs, keys, meter = _stream(app, _text(_ANSWER))
    tenth = len(costs) // 8
    first, last = sum(costs[tenth : 3 * tenth]), sum(costs[-3 * tenth : -tenth])
    gaps = meter.gaps
    figures = {"gaps_over_16_ms": sorted(round(1000 * gap, 1) for gap in gaps if gap > 0.016), "looks": len(gaps)}
    return [
        Result("longest gap while it streams", 1000 * meter.longest(), "most", 33, "ms", figures),
        Result("gaps below 16 ms", 100 * meter.share_below(0.016), "least", 99, "%"),
        Result("key press to paint, longest", 1000 * max(keys), "most", 33, "ms", {"keys": len(keys)}),
        Result("GUI's CPU at the end of an answer, of its start", last / first, "most", 1.3),
    ]


def _stream(app: Program, text: str) -> tuple[list[float], list[float], LoopMeter]:
    """Stream a text; return the GUI's CPU seconds of each second, seconds from key to paint, and the gaps."""
    field = app.window.page.composer.field
    watch = PaintWatch(field.viewport())
    keys: list[float] = []
    costs: list[float] = []

    def press() -> None:
        began = time.perf_counter()
        watch.next(lambda: keys.append(time.perf_counter() - began))
        QTest.keyClick(field, Qt.Key.Key_A)

    def count() -> None:
        costs.append(_thread_seconds())

    app.chat.send("say: " + text)
    app.wait(lambda: app.chat.answering)
    meter = LoopMeter()
    timers = []
    for interval, call in ((310, press), (1000, count)):
        timer = QTimer()
        timer.timeout.connect(call)
        timer.start(interval)
        timers.append(timer)
    app.run_for(1)
    meter.restart()
    app.wait(lambda: not app.chat.answering)
    meter.stop()
    for timer in timers:
        timer.stop()
    field.clear()
    app.run_for(0.5)
    return [later - earlier for earlier, later in itertools.pairwise(costs)], keys, meter


def markdown(folder: Path) -> Result:
    """All of the GUI thread's CPU for one answer of 4,000 tokens of Markdown at 200 tokens/s."""
    data = folder / "markdown"
    text = _text(_MARKDOWN_TOKENS * _CHARACTERS_PER_TOKEN)
    duration = _MARKDOWN_TOKENS / _RATE
    with program(data, f"scripted:{round(len(text.split()) / duration)}") as app:
        app.chat.set_sampling(app.chat.sampling.changed(max_tokens=0))
        app.chat.send("say: " + text)
        app.wait(lambda: app.chat.answering)
        before, began = _thread_seconds(), time.perf_counter()
        app.wait(lambda: not app.chat.answering)
        app.run_for(0.5)
        seconds, took = _thread_seconds() - before, time.perf_counter() - began
    return Result("GUI's CPU for 4,000 tokens of Markdown", seconds, "most", 1.5, "s", {"seconds": round(took, 1)})


def real_model(folder: Path, model: Path, rounds: int) -> Result:
    """Tokens/s of the real model streaming into the window, against the same engine without one."""
    data = folder / "real"
    (data / "models").mkdir(parents=True)
    (data / "models" / model.name).symlink_to(model)
    (data / "settings.toml").write_text('[chat]\ntitles = "first_line"\n', "utf-8")
    engine = ProcessEngine(folder / "bare.log", "llama", folder / "states")
    with program(data, "process") as app, Chat(model, engine, lookup=True) as bare:
        sampling = app.chat.sampling.changed(max_tokens=256, temperature=0.8, seed=1)

        def in_window() -> float:
            app.chat.new_conversation()
            app.wait(lambda: app.chat.conversation_id is None)
            app.chat.set_sampling(sampling)
            app.chat.send(_PROMPT)
            app.wait(lambda: app.chat.answering)
            app.wait(lambda: not app.chat.answering)
            answer = app.window.page.transcript.messages()[-1]
            return (answer.usage.completion_tokens - 1) / answer.timings.generation_seconds

        def without() -> float:
            return bare.ask([_PROMPT], 256, temperature=0.8).rate

        in_window()
        without()
        pairs = alternate(rounds, in_window, without)
    figures = pairs.figures("window_tokens_per_second", "engine_tokens_per_second")
    return pairs.result("real model in the window, of without one", pairs.ratio, "least", 0.85, figures)
