"""What the engine's process does when the app is gone, and what ends it when it hangs."""

import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import CancelledError, EndlessTemplateError, EngineCrashedError
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine import process
from desktopchat.engine.api import Delta, GenerationRequest, ModelLoaded
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect
from tests.tiny_models import write_tiny

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="stops and kills by signals")

ROOT = Path(__file__).resolve().parents[2]
LOAD = LoadParams(n_ctx=8192, n_batch=128)
IDS = itertools.count(1)
# A parent that says when it has come to a moment, and stays there until it is killed.
PARENT = """
import sys
from pathlib import Path
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, GenerationRequest, LoadProgress, PromptProgress
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect

model, moment = Path(sys.argv[1]), sys.argv[2]
kinds = {"load": LoadProgress, "prompt": PromptProgress, "stream": Delta}
engine = ProcessEngine(model.parent / "engine.log")

def events():
    yield from engine.load(inspect(model), LoadParams(n_ctx=8192, n_batch=128))
    sampling = SamplingParams(max_tokens=0, logit_bias=((2, -100.0),))
    yield from engine.generate(GenerationRequest(1, (ChatMessage(Role.USER, "the sea " * 600),), sampling))

for event in events():
    if isinstance(event, kinds[moment]):
        print("there", flush=True)
        moment = "load"  # said once is enough
        kinds["load"] = ()
"""

# A child that answers a load, and then what no engine would say.
LIAR = """
import sys
from pathlib import Path
from desktopchat.core.chat import FinishReason, Timings, Usage
from desktopchat.engine import wire
from desktopchat.engine.api import ChoiceFinished, Delta, GenerationFinished, LoadProgress, ModelInfo, PromptProgress

lie = {lie}
reader = wire.FrameReader(sys.stdin.buffer, wire.COMMANDS)
while (frame := reader.read()) is not None:
    serial, command = frame
    if isinstance(command, wire.Load):
        answer = ModelInfo(command.model, 512, 512, "CPU", "gguf", 0.1)
        answer = wire.ModelLoaded(answer)
    elif isinstance(command, wire.Close):
        break
    else:
        answer = lie
    sys.stdout.buffer.write(wire.encode(serial, answer))
    sys.stdout.buffer.flush()
"""


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[ProcessEngine]:
    engine = ProcessEngine(tmp_path / "engine.log")
    yield engine
    engine.close()


def request(text: str = "hello") -> GenerationRequest:
    return GenerationRequest(next(IDS), (ChatMessage(Role.USER, text),), SamplingParams(max_tokens=4))


def child() -> psutil.Process:
    (process,) = psutil.Process().children()
    return process


@pytest.mark.parametrize("moment", ["load", "prompt", "stream"])
def test_no_orphan_outlives_the_app(tmp_path: Path, moment: str) -> None:
    model = write_tiny(tmp_path / "tiny.gguf", **{"llama.context_length": 8192})
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    with subprocess.Popen(
        [sys.executable, "-c", PARENT, str(model), moment], stdout=subprocess.PIPE, env=environment
    ) as parent:
        assert parent.stdout is not None
        assert parent.stdout.readline() == b"there\n"
        (orphan,) = psutil.Process(parent.pid).children()
        parent.kill()
        psutil.wait_procs([orphan], timeout=2)
        if orphan.is_running() and orphan.status() != psutil.STATUS_ZOMBIE:
            orphan.kill()
            pytest.fail("the engine outlived the app by two seconds")


def test_a_load_that_hangs_is_ended_at_once(engine: ProcessEngine, tmp_path: Path) -> None:
    model = inspect(write_tiny(tmp_path / "tiny.gguf"))
    engine.backend_info()  # starts the process
    os.kill(child().pid, signal.SIGSTOP)
    ended_at: list[float] = []

    def interrupt() -> None:
        ended_at.append(time.monotonic())
        engine.interrupt()

    timer = threading.Timer(0.3, interrupt)
    timer.start()
    with pytest.raises(CancelledError):
        list(engine.load(model, LOAD))
    assert time.monotonic() - ended_at[0] < 1
    timer.join()
    list(engine.load(model, LOAD))
    assert [event for event in engine.generate(request()) if isinstance(event, Delta)]


# A comparison that Python cannot interrupt and that takes longer than anyone lives.
ENDLESS = (
    "{% set ns = namespace(a=[1], b=[1]) %}{% for i in range(60) %}{% set ns.a = [ns.a, ns.a] %}"
    "{% set ns.b = [ns.b, ns.b] %}{% endfor %}{{ ns.a == ns.b }}"
)


def test_a_template_that_nothing_interrupts_is_replaced(engine: ProcessEngine, tmp_path: Path) -> None:
    model = inspect(write_tiny(tmp_path / "tiny.gguf", **{"tokenizer.chat_template": ENDLESS}))
    *_, loaded = engine.load(model, LOAD)
    assert isinstance(loaded, ModelLoaded)
    assert loaded.info.template == "none"
    assert loaded.info.warnings[0] == (
        "The chat template of this model comes to no end. tiny continues plain text instead."
    )
    assert [event for event in engine.generate(request()) if isinstance(event, Delta)]


def test_a_template_that_nothing_interrupts_later_is_named(engine: ProcessEngine, tmp_path: Path) -> None:
    template = "{% if messages | length > 2 %}" + ENDLESS + "{% endif %}{{ messages[0].content }}"
    model = inspect(write_tiny(tmp_path / "tiny.gguf", **{"tokenizer.chat_template": template}))
    list(engine.load(model, LOAD))
    turns = tuple(ChatMessage(role, "hi") for role in (Role.USER, Role.ASSISTANT, Role.USER))
    started = time.monotonic()
    with pytest.raises(EndlessTemplateError, match="came to no end"):
        list(engine.generate(GenerationRequest(next(IDS), turns)))
    assert time.monotonic() - started < 3
    assert not psutil.Process().children()


def test_a_crash_of_an_idle_engine_is_told_by_the_next_answer(engine: ProcessEngine, tmp_path: Path) -> None:
    model = inspect(write_tiny(tmp_path / "tiny.gguf"))
    list(engine.load(model, LOAD))
    os.kill(child().pid, signal.SIGSEGV)
    for _ in range(2):
        with pytest.raises(EngineCrashedError, match="SIGSEGV"):
            list(engine.generate(request()))
    list(engine.load(model, LOAD))
    assert [event for event in engine.generate(request()) if isinstance(event, Delta)]


@pytest.mark.parametrize(
    "lie",
    [
        'Delta(1, "x")',
        'Delta(-1, "x")',
        'Delta(0, "x", 2**31)',
        "ChoiceFinished(1, FinishReason.STOP, 1)",
        "ChoiceFinished(0, FinishReason.STOP, 2**32)",
        "PromptProgress(1, 10**18, 0)",
        "PromptProgress(-1, 1, 0)",
        "GenerationFinished(Usage(completion_tokens=2**31), Timings())",
        "GenerationFinished(Usage(), Timings(prompt_seconds=-1.0))",
        "LoadProgress(0.5)",
        "wire.Done()",
    ],
)
def test_an_answer_that_cannot_be_is_garbage(
    engine: ProcessEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lie: str
) -> None:
    monkeypatch.setattr(process, "_command", lambda *_: [sys.executable, "-c", LIAR.replace("{lie}", lie)])
    list(engine.load(inspect(write_tiny(tmp_path / "tiny.gguf")), LOAD))
    with pytest.raises(EngineCrashedError, match="nobody understands"):
        list(engine.generate(request()))
    assert not psutil.Process().children()
    with pytest.raises(EngineCrashedError, match="nobody understands"):
        engine.count_tokens(())


def test_who_dies_in_the_middle_of_a_frame_is_no_liar(
    engine: ProcessEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    dying = "import os, signal; os.read(0, 1); os.write(1, b'@\\0\\0\\0['); os.kill(os.getpid(), signal.SIGSEGV)"
    monkeypatch.setattr(process, "_command", lambda *_: [sys.executable, "-c", dying])
    with pytest.raises(EngineCrashedError, match="SIGSEGV"):
        list(engine.load(inspect(write_tiny(tmp_path / "tiny.gguf")), LOAD))
