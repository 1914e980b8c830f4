"""The engine's child process: serves another engine over its standard input and output.

Started as `python -m desktopchat --engine-child KIND [STATES]` (`process.ProcessEngine`). It ends when its input
closes, also in the middle of a computation, so that no orphan keeps memory when the app is killed.
"""

import contextlib
import faulthandler
import logging
import os
import signal
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Lock, Thread
from typing import Any, BinaryIO

from desktopchat.core.errors import EngineError, EngineMemoryError, UserError
from desktopchat.engine import wire
from desktopchat.engine.api import Engine, GenerationEvent, LoadProgress
from desktopchat.engine.pictures import HeldPictures

# Seconds without a command after which KV states are written: an answer is being read then.
_IDLE = 1.0
# A command without an answer has what it does written to the log this often, in seconds: more often than the
# parent takes to give up on a process that hangs, so that it knows what hung.
TRACE_INTERVAL = 4.0
# Seconds after which the process ends itself when a chat template cannot be ended otherwise.
_TEMPLATE_SECONDS = 1.8


def main(kind: str, states: str = "") -> int:
    """Serve an engine until the input ends.

    Args:
        kind: "llama" or "scripted[:WORDS_PER_SECOND]".
        states: Folder for KV states; empty keeps them in memory alone.
    """
    # Native code prints to the descriptors 1 and 2: from here on both are the log, the pipe keeps its own.
    output = os.fdopen(os.dup(1), "wb", buffering=0)
    os.dup2(2, 1)
    source = os.fdopen(os.dup(0), "rb")
    os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
    logging.basicConfig(stream=sys.stderr, level=logging.INFO, format="%(asctime)s %(levelname)s %(message)s")
    _forbid_core_dump()
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl+C in a terminal is the app's to answer
    _Server(source, output, kind, Path(states) if states else None).run()
    return 0


def create_engine(kind: str, states: Path | None = None) -> Engine:
    """Make an engine in this process. llama.cpp is imported here and not before.

    Args:
        kind, states: As of `main`.
    """
    name, _, option = kind.partition(":")
    if name == "scripted":
        from desktopchat.engine.scripted import ScriptedEngine

        return ScriptedEngine.from_option(option)
    from desktopchat.engine.guard import Bounds
    from desktopchat.engine.llama.engine import LlamaEngine

    return LlamaEngine(states, Bounds(last_seconds=_TEMPLATE_SECONDS))


def _forbid_core_dump() -> None:
    """Keep conversations out of core files."""
    with contextlib.suppress(ImportError, ValueError, OSError):
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))


@contextlib.contextmanager
def _traced() -> Iterator[None]:
    """Write to the log what every thread does, even while one of them never gives the interpreter free."""
    faulthandler.dump_traceback_later(TRACE_INTERVAL, repeat=True)
    try:
        yield
    finally:
        faulthandler.cancel_dump_traceback_later()


class _Server:
    def __init__(self, source: BinaryIO, output: BinaryIO, kind: str, states: Path | None) -> None:
        self._reader = wire.FrameReader(source, wire.COMMANDS)
        self._output = output
        self._kind = kind
        self._states = states
        self._send_lock = Lock()
        self._commands: SimpleQueue[tuple[int, Any]] = SimpleQueue()
        self._engine: Engine | None = None
        self._pictures = HeldPictures()
        self._has_joined = False

    def run(self) -> None:
        Thread(target=self._read, name="pipe-reader", daemon=True).start()
        engine = self._engine = create_engine(self._kind, self._states)
        while True:
            if (found := self._next_command(engine)) is None:
                self._has_joined = engine.step()
                continue
            serial, command = found
            if isinstance(command, wire.Close):
                engine.close()
                return
            try:
                if isinstance(command, wire.Join):
                    self._join(engine, serial, command)
                    continue
                with _traced():
                    for answer in self._obey(engine, command):
                        if not isinstance(answer, LoadProgress):
                            faulthandler.cancel_dump_traceback_later()
                        self._send(serial, answer)
            except MemoryError as error:
                memory = EngineMemoryError(
                    "The engine ran out of memory.", "Choose a smaller context or model.", str(error)
                )
                self._send(serial, wire.Failed.of(memory))
            except UserError as error:
                self._send(serial, wire.Failed.of(error))
            except Exception as error:
                logging.exception("the engine failed")
                failure = EngineError(
                    "The engine failed inside.",
                    "Try again; if it happens again, load the model again.",
                    f"{type(error).__name__}: {error}",
                )
                self._send(serial, wire.Failed.of(failure))

    def _join(self, engine: Engine, serial: int, command: wire.Join) -> None:
        def take(outcome: GenerationEvent | UserError) -> None:
            self._send(serial, wire.Failed.of(outcome) if isinstance(outcome, UserError) else outcome)

        request = replace(command.request, messages=self._pictures.put_in(command.request.messages))
        with _traced():
            engine.join(request, take)
        self._has_joined = True

    def _next_command(self, engine: Engine) -> tuple[int, Any] | None:
        """Return what is to be done next; None when that is to go on with what has joined."""
        if self._has_joined:
            try:
                return self._commands.get_nowait()
            except Empty:
                return None
        try:
            return self._commands.get(timeout=_IDLE)
        except Empty:
            engine.save(lambda: not self._commands.empty())
            return self._commands.get()

    def _read(self) -> None:
        try:
            while (frame := self._reader.read()) is not None:
                serial, command = frame
                if isinstance(command, wire.Ping):
                    self._send(serial, wire.Pong())
                elif self._engine is not None and isinstance(command, wire.Cancel):
                    self._engine.cancel(command.generation_id)
                elif self._engine is not None and isinstance(command, wire.UpdateSampling):
                    self._engine.update_sampling(command.generation_id, command.sampling)
                elif isinstance(command, wire.HoldPicture | wire.DropPicture):
                    self._pictures.obey(command)
                else:
                    self._commands.put((serial, command))
                    if self._engine is not None and not isinstance(command, wire.Join):
                        self._engine.make_way()
                if isinstance(command, wire.Close):
                    return  # the main thread ends by itself
        except wire.WireError:
            logging.exception("the app sent no frame")
        # The app is gone. The main thread may be deep in native code, so nothing can be asked of it.
        os._exit(0)

    def _obey(self, engine: Engine, command: Any) -> Iterable[Any]:
        match command:
            case wire.Load(model, params):
                yield from engine.load(model, params)
            case wire.Generate(request):
                yield from engine.generate(replace(request, messages=self._pictures.put_in(request.messages)))
            case wire.CountTokens(messages, settings):
                yield wire.TokenCount(engine.count_tokens(self._pictures.put_in(messages), settings))
            case wire.Render(messages, settings):
                rendered = engine.rendered(self._pictures.put_in(messages), settings)
                yield from wire.slices(rendered.tokens)
                yield wire.PromptText(rendered.text)
            case wire.Tokenize(text):
                yield from wire.slices(engine.tokens(text))
                yield wire.Done()
            case wire.Expect(tokens):
                yield engine.distribution(tokens)
            case wire.Embed(texts):
                for start in range(0, len(texts), wire.EMBED_SLICE):
                    yield wire.Embedded(engine.embed(texts[start : start + wire.EMBED_SLICE]))
                yield wire.Done()
            case wire.Describe():
                yield engine.backend_info()
            case wire.Forget(conversation):
                engine.forget(conversation)
                yield wire.Done()
            case wire.Cancel(generation_id):  # came before the engine existed
                engine.cancel(generation_id)
            case wire.UpdateSampling(generation_id, sampling):
                engine.update_sampling(generation_id, sampling)
            case wire.Adapt(adapters):
                yield engine.adapt(adapters)

    def _send(self, serial: int, answer: Any) -> None:
        frame = memoryview(wire.encode(serial, answer))
        with self._send_lock:
            while frame:
                frame = frame[self._output.write(frame) :]
