"""The engine's process dies in every way and at any moment: no letter is lost, and the next answer comes."""

import os
import random
import signal
import struct
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from desktopchat.core.chat import FinishReason, MessageState
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.storage.state import LAST_MODEL
from tests.running_app import RunningApp, engines, pipe_end, running_app
from tests.tiny_models import VOCABULARY, write_tiny

pytestmark = [
    pytest.mark.skipif(sys.platform != "linux", reason="kills by signals and finds pipes in /proc"),
    pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True),
    pytest.mark.timeout(1800),
]

MOMENTS = ("load", "prompt", "stream")
LONGEST_GAP = 0.1  # seconds
# In the short form, which runs beside whatever else a machine does, only a real stall counts.
LONGEST_GAP_ANYWHERE = 0.5
# Only letters: the first character of a rare script makes Qt search all fonts, which is no matter of the engine.
BANNED = tuple(
    (token, -100.0) for token in range(VOCABULARY) if chr(max(token - 3, 0)) not in "abcdefghijklmnopqrstuvwxyz "
)
LONG_PROMPT = "the sea " * 600  # evaluated for about a second by the tiny model
LOAD = LoadParams(n_ctx=8192, n_batch=128)
ENDLESS = SamplingParams(max_tokens=0, seed=1, logit_bias=BANNED)


def by_signal(number: int) -> Callable[[int], None]:
    return lambda pid: os.kill(pid, number)


def into_pipe(data: bytes, *, writable: bool) -> Callable[[int], None]:
    def strike(pid: int) -> None:
        pipe = pipe_end(pid, writable=writable)
        try:
            os.write(pipe, data)
        finally:
            os.close(pipe)

    return strike


# How the process is made to die, and a word of what the window must say of it.
DEATHS: dict[str, tuple[Callable[[int], None], str]] = {
    "abort": (by_signal(signal.SIGABRT), "gave up"),
    "segfault": (by_signal(signal.SIGSEGV), "SIGSEGV"),
    "kill": (by_signal(signal.SIGKILL), "killed by the system"),
    "hang": (by_signal(signal.SIGSTOP), "no sign of life"),
    "garbage": (into_pipe(b"\x05\x00\x00\x00{{{{{" + bytes(range(256)), writable=True), "nobody understands"),
    "huge frame": (into_pipe(struct.pack("<I", 2 << 30), writable=True), "nobody understands"),
    # The child takes a broken frame for the end of the app, and exits with 0.
    "exit": (into_pipe(struct.pack("<I", 2 << 30), writable=False), "exit code 0"),
}


def begin(app: RunningApp, moment: str, delay: random.Random) -> None:
    """Bring the app to a random point of a moment, with an answer under way or waited for."""
    app.chat.set_sampling(ENDLESS)
    if moment == "load":
        app.models.unload()
        app.wait(lambda: app.models.loaded is None)
        app.chat.send("is anybody there?")
        app.wait(engines)
        app.qtbot.wait(delay.randrange(500))
    elif moment == "prompt":
        with app.qtbot.waitSignal(app.chat.prompt_progressed):
            app.chat.send(LONG_PROMPT)
        app.qtbot.wait(delay.randrange(300))
    else:
        app.chat.send("tell me a story")
        app.wait(lambda: app.shown and app.shown[-1].content)
        app.qtbot.wait(delay.randrange(300))


def die(app: RunningApp, kind: str, moment: str, delay: random.Random) -> float:
    """Let the engine die once and see what becomes of it; return the seconds until that was noticed."""
    strike, word = DEATHS[kind]
    app.notices.clear()
    app.new_conversation()
    begin(app, moment, delay)
    (process,) = engines()
    strike(process.pid)
    struck = time.monotonic()
    cancelled = kind == "hang" and delay.random() < 0.5
    if cancelled:
        app.qtbot.wait(100)
        app.chat.stop()
    app.wait(lambda: not app.chat.answering and not app.models.loading)
    noticed = time.monotonic() - struck
    app.wait_idle()

    answer, kept = app.shown[-1], app.stored()[-1]
    assert kept.content == answer.content, "what was shown is not what is stored"
    assert moment != "stream" or answer.content
    if cancelled and app.notices[-1].cause == "Loading was stopped.":
        assert noticed < 1, "Esc ends a load at once"
    else:
        assert kept.finish_reason is FinishReason.ERROR
        assert kept.state is (MessageState.INTERRUPTED if kept.content else MessageState.FAILED)
        said = [notice.cause for notice in app.notices]
        assert any(word in text or (cancelled and "did not stop" in text) for text in said), said
        assert app.notices[-1].cure
        assert noticed < (4 if cancelled else 9 if kind == "hang" else 2)
    assert not psutil.pid_exists(process.pid)

    app.chat.set_sampling(ENDLESS.changed(max_tokens=3))
    if not app.models.available:
        app.models.open_file(str(app.store.get_state(LAST_MODEL)))
        app.wait(lambda: app.models.loaded)
    app.commands["message.continue" if kept.content else "message.regenerate"]()
    app.wait(lambda: app.chat.answering)
    app.wait_idle()
    again = app.stored()[-1]
    assert again.state is MessageState.COMPLETE, app.notices
    assert again.content.startswith(kept.content)
    assert len(again.content) > len(kept.content)
    assert [m.content for m in app.shown] == [m.content for m in app.stored()]
    assert len(engines()) == 1
    return noticed


@pytest.mark.parametrize("kind", DEATHS)
def test_the_engine_dies(
    kind: str, qtbot: QtBot, tmp_path: Path, soak: bool, record_property: Callable[[str, object], None]
) -> None:
    model = write_tiny(tmp_path / "tiny.gguf", **{"llama.context_length": 8192})
    delay = random.Random(kind)
    noticed: list[float] = []
    said: Counter[str] = Counter()
    with running_app(qtbot, tmp_path, LOAD) as app:
        assert app.open_model(model) is None
        for turn in range(50 if soak else 3):
            noticed.append(die(app, kind, MOMENTS[turn % len(MOMENTS)], delay))
            said.update(notice.cause for notice in app.notices)
        longest, culprit = app.meter.longest, app.meter.culprit
    print(
        f"{kind}: {len(noticed)} times, noticed within {max(noticed):.2f} s, loop held {longest * 1000:.0f} ms",
        said,
        culprit,
    )
    assert longest < (LONGEST_GAP if soak else LONGEST_GAP_ANYWHERE), culprit
