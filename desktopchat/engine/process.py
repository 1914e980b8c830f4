"""ProcessEngine: another engine in a child process that may die without taking the window along."""

import contextlib
import itertools
import os
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Any

from desktopchat.core import own_program
from desktopchat.core.adapter import Adapter
from desktopchat.core.chat import ChatMessage
from desktopchat.core.distribution import Distribution
from desktopchat.core.embedding import Embedding
from desktopchat.core.errors import (
    CancelledError,
    EndlessTemplateError,
    EngineCrashedError,
    EngineError,
    EngineLibraryError,
    NoModelError,
    UserError,
)
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import FITTING_TEMPLATE, LoadParams, SamplingParams
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.core.token import Rendered, Token
from desktopchat.engine import crash, wire
from desktopchat.engine.api import (
    PLAIN_PROMPT,
    Adapted,
    BackendInfo,
    GenerationEvent,
    GenerationRequest,
    LoadEvent,
    ModelLoaded,
    PromptSettings,
    Take,
    never,
)
from desktopchat.engine.environment import environment
from desktopchat.engine.joined import Joined
from desktopchat.engine.libraries import Fixed, Libraries, LibraryChooser
from desktopchat.engine.pictures import SentPictures, without_data
from desktopchat.engine.states import StateStore

# Seconds that a cancelled generation may take to end before its process is killed.
CANCEL_PATIENCE = 3.0
# Seconds that a child may take to write its KV states when it is closed.
_CLOSE_PATIENCE = 5.0
# A child is asked for a sign of life this often, in seconds, and killed when it has given none for so long.
_PING_INTERVAL = 1.0
_HANG_PATIENCE = 6.0
# Seconds that a step waits for the child: no longer than what else is wanted of the engine may.
_STEP = 0.05
_LOG_LIMIT = 1 << 20  # bytes
_GARBAGE = Sentence("The engine sent something that nobody understands, so it was ended.")
_PUT_AWAY = Sentence("The model was put away.")
_LOAD_AGAIN = Sentence("Load the model again to go on.")
_UNSTOPPED = Sentence("The engine did not stop when asked, so it was ended.")
_LIFELESS = Sentence("The engine gave no sign of life, so it was ended.")


class _Ended:
    """Put into the queue of answers when the child's pipe ends."""


class _Wake:
    """Put into the queue of answers to make the waiting thread look at the clock."""


class _Child:
    """A running child with a thread for each direction of its pipe, so that nobody ever blocks on it."""

    def __init__(self, kind: str, log: Path, states: Path | None, libraries: Libraries) -> None:
        self.libraries = libraries
        self.heard_at = time.monotonic()
        self.answers: SimpleQueue[tuple[int, Any] | _Ended | _Wake] = SimpleQueue()
        self.pictures = SentPictures()
        self._outbox: SimpleQueue[bytes | None] = SimpleQueue()
        log.parent.mkdir(parents=True, exist_ok=True)
        too_long = log.exists() and log.stat().st_size > _LOG_LIMIT
        self.spoke_garbage = False
        with log.open("wb" if too_long else "ab") as errors:
            self.log_start = errors.seek(0, os.SEEK_END)
            self.process = subprocess.Popen(
                _command(kind, states),
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=environment(libraries.folder),
                creationflags=getattr(subprocess, "CREATE_NO_WINDOW", 0),
            )
        self._threads = [
            Thread(target=self._write, name="engine-writer", daemon=True),
            Thread(target=self._read, name="engine-reader", daemon=True),
        ]
        for thread in self._threads:
            thread.start()

    def send(self, serial: int, command: Any) -> None:
        self._outbox.put(wire.encode(serial, command))

    def kill(self) -> None:
        self.process.kill()

    def close(self) -> int:
        """End the child and return its exit code."""
        self.send(0, wire.Close())
        self._outbox.put(None)
        try:
            self.process.wait(_CLOSE_PATIENCE)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        for thread in self._threads:
            thread.join()
        return self.process.returncode

    def _write(self) -> None:
        assert self.process.stdin is not None
        try:
            while (frame := self._outbox.get()) is not None:
                self.process.stdin.write(frame)
                self.process.stdin.flush()
        except OSError:
            pass  # the child is gone; the reader says so
        finally:
            with contextlib.suppress(OSError):
                self.process.stdin.close()

    def _read(self) -> None:
        assert self.process.stdout is not None
        reader = wire.FrameReader(self.process.stdout, wire.ANSWERS)
        try:
            while (frame := reader.read()) is not None:
                self.heard_at = time.monotonic()
                if not isinstance(frame[1], wire.Pong):
                    self.answers.put(frame)
        except wire.CutOffError:
            pass  # it died while it sent something; how it ended tells why
        except (wire.WireError, OSError, ValueError):
            self.spoke_garbage = True
            self.process.kill()
        finally:
            self.answers.put(_Ended())
            self.process.stdout.close()


class ProcessEngine:
    """Drives a child process that hosts another engine. See `engine.api.Engine` for the methods.

    Args:
        log: File that receives what llama.cpp prints; after a crash its end tells why.
        kind: Engine in the child: "llama" or "scripted[:WORDS_PER_SECOND]".
        states: Folder for KV states; None keeps them in memory alone.
        chooser: Says which libraries of llama.cpp each child loads; None takes the built-in ones.
    """

    def __init__(
        self,
        log: Path,
        kind: str = "llama",
        states: Path | None = None,
        chooser: LibraryChooser | None = None,
    ) -> None:
        self._chooser = chooser or Fixed()
        self._log = log
        self._kind = kind
        self._states = states
        self._child: _Child | None = None
        self._libraries = Libraries()  # of the child that was started last
        self._serials = itertools.count(1)
        self._has_model = False
        self._running: int | None = None
        self._cancelled: int | None = None
        self._cancelled_at = 0.0
        self._interrupted = False
        self._lost: EngineCrashedError | None = None
        self._seats = 1
        self._joined = Joined()
        self._stepped_at = self._stepping_since = self._pinged_at = 0.0

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        """Load in a fresh process, because only the end of one surely gives all memory back."""
        self._interrupted = False
        self._lost = None
        # A child that has no model yet may have been started with other libraries.
        if self._has_model or (self._child is not None and self._child.libraries != self._chooser.choose()):
            self.unload()
        try:
            try:
                yield from self._load(wire.Load(model, params))
            except EndlessTemplateError:
                yield from self._load(wire.Load(model, replace(params, template=FITTING_TEMPLATE)))
                self._lost = None
        except UserError:
            self.unload()  # what a damaged file left behind must not meet the next model
            raise
        self._has_model = True
        self._interrupted = False  # too late for this load, and nothing to do with what may happen to the model

    def _load(self, command: wire.Load) -> Iterator[LoadEvent]:
        """Load, with other libraries where the chosen ones cannot be."""
        try:
            yield from self._call(command)
        except EngineLibraryError as error:
            if not self._chooser.give_up(self._libraries, error):
                raise
            self._lost = None
            yield from self._call(command)

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        """Answer."""
        if not self._has_model or self._child is None:
            raise self._no_model()
        self._running = request.id
        try:
            if self._cancelled == request.id:
                self._child.send(0, wire.Cancel(request.id))
            messages = self._shown(self._child, request.messages)
            yield from self._call(wire.Generate(replace(request, messages=messages)))
        finally:
            self._running = None

    @property
    def seats(self) -> int:
        """Requests that are worth joining at a time."""
        return self._seats if self._has_model else 1

    def join(self, request: GenerationRequest, take: Take) -> None:
        """Take a request up beside others."""
        if not self._has_model or self._child is None:
            raise self._no_model()
        try:
            messages = self._shown(self._child, request.messages)
        except UserError as error:
            take(error)
            return
        serial, command = next(self._serials), wire.Join(replace(request, messages=messages))
        if self._joined.add(serial, command, take):
            self._child.send(0, wire.Cancel(request.id))
        self._child.send(serial, command)

    def step(self) -> bool:
        """Pass on what has come of those who joined."""
        child = self._child
        if child is None or not self._joined:
            return False
        now = time.monotonic()
        if now > self._stepped_at + _PING_INTERVAL:
            self._stepping_since = now  # what else was asked of the child has kept it from them
        try:
            self._pass_on(child, child.answers.get(timeout=_STEP))
            for _ in range(child.answers.qsize()):
                self._pass_on(child, child.answers.get_nowait())
        except Empty:
            pass
        now = self._stepped_at = time.monotonic()
        heard_at = max(child.heard_at, self._stepping_since)
        hangs = now > heard_at + _HANG_PATIENCE
        if hangs or self._joined.is_overdue(CANCEL_PATIENCE, self._stepping_since):
            raise self._kill(child, _LIFELESS if hangs else _UNSTOPPED)
        if now > max(heard_at, self._pinged_at) + _PING_INTERVAL:
            self._pinged_at = now
            child.send(0, wire.Ping())
        return bool(self._joined)

    def _pass_on(self, child: _Child, frame: tuple[int, Any] | _Ended | _Wake) -> None:
        """Tell those who joined what a frame of theirs says.

        Raises:
            EngineError: The child has ended, or sends what cannot be.
        """
        if isinstance(frame, _Ended):
            raise self._end(child)
        if not isinstance(frame, _Wake):
            try:
                self._joined.deliver(*frame)
            except wire.WireError:
                raise self._kill(child, _GARBAGE) from None

    def make_way(self) -> None:
        """Nothing to do: the child does so by itself when it is asked something else."""

    def count_tokens(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> int:
        """Return the length of the prompt that these messages make, in tokens."""
        if not self._has_model or self._child is None:
            raise self._no_model()
        return int(self._single(wire.CountTokens(self._shown(self._child, messages), settings)).tokens)

    def rendered(self, messages: Sequence[ChatMessage], settings: PromptSettings = PLAIN_PROMPT) -> Rendered:
        """Return the prompt that these messages make."""
        if not self._has_model or self._child is None:
            raise self._no_model()
        *parts, last = self._call(wire.Render(self._shown(self._child, messages), settings))
        return Rendered(last.text, tuple(token for part in parts for token in part.tokens))

    def tokens(self, text: str) -> tuple[Token, ...]:
        """Return what a text is to the model."""
        if not self._has_model or self._child is None:
            raise self._no_model()
        *parts, _done = self._call(wire.Tokenize(text))
        return tuple(token for part in parts for token in part.tokens)

    def distribution(self, tokens: Sequence[int]) -> Distribution:
        """Return what may follow these tokens."""
        if not self._has_model or self._child is None:
            raise self._no_model()
        found: Distribution = self._single(wire.Expect(tuple(tokens)))
        return found

    def _shown(self, child: _Child, messages: Sequence[ChatMessage]) -> tuple[ChatMessage, ...]:
        """Return messages whose pictures the child has."""
        for command in child.pictures.commands_for(messages):
            child.send(0, command)
        return without_data(messages)

    def embed(self, texts: Sequence[str]) -> tuple[Embedding, ...]:
        """Return a vector for each text."""
        if not self._has_model or self._child is None:
            raise self._no_model()
        child, found = self._child, list[Embedding]()
        for answer in self._call(wire.Embed(tuple(texts))):
            found += answer.embeddings if isinstance(answer, wire.Embedded) else ()
        if len(found) != len(texts):
            raise self._kill(child, _GARBAGE)
        return tuple(found)

    def backend_info(self) -> BackendInfo:
        """Return build and devices of the child's engine."""
        info: BackendInfo = self._single(wire.Describe())
        return info

    def cancel(self, generation_id: int) -> None:
        """End a generation soon; if it has not ended after `CANCEL_PATIENCE`, the child is killed."""
        self._cancelled, self._cancelled_at = generation_id, time.monotonic()
        child = self._child
        if child is not None and (self._joined.cancel(generation_id) or self._running == generation_id):
            child.send(0, wire.Cancel(generation_id))
            child.answers.put(_Wake())

    def update_sampling(self, generation_id: int, sampling: SamplingParams) -> None:
        """Use other parameters from the next token on."""
        child = self._child
        if child is not None and self._running == generation_id:
            child.send(0, wire.UpdateSampling(generation_id, sampling))

    def interrupt(self) -> None:
        """Abandon a load by killing the child, which always works."""
        self._interrupted = True
        self._chooser.interrupt()
        child = self._child
        if child is not None and not self._has_model:
            child.kill()

    def save(self, is_wanted: Callable[[], bool] = never) -> None:
        """Nothing to do: the child saves when it is idle and when it ends."""

    def forget(self, conversation: str) -> None:
        """Remove the KV states of a conversation, also when there is no child that holds them."""
        if self._child is not None:
            self._single(wire.Forget(conversation))
        StateStore(self._states, 0, 0).forget(conversation)

    def unload(self) -> None:
        """End the child."""
        child, self._child, self._has_model = self._child, None, False
        if child is not None:
            child.close()
        self._joined.end(NoModelError(_PUT_AWAY, _LOAD_AGAIN))

    def adapt(self, adapters: Sequence[Adapter]) -> Adapted:
        """Apply these adapters and no others."""
        if not self._has_model:
            raise self._no_model()
        adapted: Adapted = self._single(wire.Adapt(tuple(adapters)))
        return adapted

    def close(self) -> None:
        """End the child."""
        self.unload()

    def _no_model(self) -> EngineError | NoModelError:
        return self._lost or NoModelError("No model is loaded.", "Open a model first.")

    def _single(self, command: Any) -> Any:
        (result,) = self._call(command)
        return result

    def _call(self, command: Any) -> Iterator[Any]:
        """Send a command and yield its answers."""
        if self._child is None:
            self._libraries = self._chooser.choose()
            try:
                self._child = _Child(self._kind, self._log, self._states, self._libraries)
            except OSError as error:
                raise EngineError(
                    Sentence("The engine cannot be started: {why}.", why=reason_of(error)),
                    Sentence("Free some space, and see that {folder} can be written.", folder=self._log.parent),
                    str(error),
                ) from error
        child, serial = self._child, next(self._serials)
        if isinstance(command, wire.Load) and self._interrupted:
            child.kill()  # asked for before there was a child
        child.send(serial, command)
        ended = False
        try:
            while not ended:
                answer = self._next(child, serial)
                if not wire.answers(command, answer):
                    raise self._kill(child, _GARBAGE)
                ended = wire.ends(command, answer)
                if isinstance(answer, wire.Failed):
                    raise answer.error()
                if isinstance(answer, ModelLoaded):
                    self._seats = answer.info.seats
                    warnings = (*child.libraries.warnings, *answer.info.warnings)
                    answer = ModelLoaded(replace(answer.info, warnings=warnings))
                yield answer
        except GeneratorExit:
            # The caller lost interest; what is still to come must not reach the next command.
            if not ended:
                if self._running is not None:
                    child.send(0, wire.Cancel(self._running))
                self.unload()
            raise

    def _next(self, child: _Child, serial: int) -> Any:
        """Return the child's next answer to a command.

        Raises:
            EngineError: The child has ended, hangs, or did not obey a cancel.
        """
        child.heard_at = time.monotonic()
        while True:
            patience = _PING_INTERVAL
            if self._running is not None and self._cancelled == self._running:
                patience = min(patience, max(0.0, self._cancelled_at + CANCEL_PATIENCE - time.monotonic()))
            try:
                frame = child.answers.get(timeout=patience)
            except Empty:
                if patience < _PING_INTERVAL and time.monotonic() >= self._cancelled_at + CANCEL_PATIENCE:
                    raise self._kill(child, _UNSTOPPED) from None
                if time.monotonic() > child.heard_at + _HANG_PATIENCE:
                    raise self._kill(child, _LIFELESS) from None
                child.send(0, wire.Ping())
                continue
            if not isinstance(frame, _Ended | _Wake) and frame[0] == serial:
                return frame[1]
            self._pass_on(child, frame)

    def _kill(self, child: _Child, cause: str) -> EngineCrashedError:
        child.kill()
        self._lost = EngineCrashedError(cause, _LOAD_AGAIN)
        self._joined.end(self._lost)
        self.unload()
        return self._lost

    def _end(self, child: _Child) -> EngineError:
        """Clear up after a child that ended by itself and return what to raise."""
        self._child, self._has_model = None, False
        exit_code = child.close()
        if self._interrupted:
            return CancelledError("Loading was stopped.")
        if child.spoke_garbage:
            self._lost = EngineCrashedError(_GARBAGE, _LOAD_AGAIN)
        else:
            self._lost = crash.explain(exit_code, self._log, child.log_start)
        self._joined.end(self._lost)
        return self._lost


def _command(kind: str, states: Path | None) -> list[str]:
    return own_program.command("--engine-child", kind, *([str(states)] if states else []))
