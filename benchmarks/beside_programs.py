"""Many requests through the one queue: rows that are answered together, and the window's question beside programs."""

import itertools
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import closing, contextmanager

from PySide6.QtCore import QCoreApplication, Qt

from benchmarks.rounds import Result, alternate, words
from benchmarks.setup import Setup
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, GenerationRequest
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect
from desktopchat.server.engine_host import EngineHost
from desktopchat.server.queue import DroppedError, EngineQueue
from desktopchat.server.waiting import answered

_ROWS = 24
_TOKENS = 48
_PROGRAMS = 8
_N_CTX = 8192
_IDS = itertools.count(1)


def _asked(length: int, number: int, tokens: int) -> GenerationRequest:
    message = ChatMessage(Role.USER, words(length, number))
    sampling = SamplingParams(max_tokens=tokens, seed=number)
    return GenerationRequest(next(_IDS), (message,), sampling, ignore_eos=True)


def rows(setup: Setup) -> Result:
    """Rows/s of a batch with as many at once as the engine has seats for, against one after the other."""
    engine = ProcessEngine(setup.folder / "rows.log")
    host = EngineHost(engine, inspect(setup.model), LoadParams(n_ctx=_N_CTX, lookup=False))
    seats = host.load().seats
    thread = threading.Thread(target=host.run)
    thread.start()
    numbers = itertools.count(100)

    def speed(at_once: int) -> float:
        requests = [_asked(40, next(numbers), _TOKENS) for _ in range(_ROWS)]
        started = time.perf_counter()
        for _ in answered(host.queue, requests, at_once):
            pass
        return _ROWS / (time.perf_counter() - started)

    try:
        speed(1)
        pairs = alternate(setup.rounds, lambda: speed(2 * seats), lambda: speed(1))
    finally:
        host.queue.close()
        thread.join()
        host.close()
    figures = pairs.figures("together_rows_per_second", "one_by_one_rows_per_second")
    return pairs.result(f"rows with {seats} seats, of one by one", pairs.ratio, "least", 1.1, figures)


class _Moments(deque[Delta]):
    """Takes what an answer brings, and notes when the first of it came."""

    first = 0.0

    def append(self, delta: Delta) -> None:
        self.first = self.first or time.perf_counter()
        super().append(delta)


def question(setup: Setup) -> Result:
    """Time to the first token of the window's question while programs are answered, against the same without them."""
    app = QCoreApplication.instance() or QCoreApplication([])
    worker = EngineWorker(lambda: ProcessEngine(setup.folder / "question.log"))
    loaded, ended = threading.Event(), threading.Event()
    worker.model_loaded.connect(lambda _: loaded.set(), Qt.ConnectionType.DirectConnection)
    worker.generation_finished.connect(lambda *_: ended.set(), Qt.ConnectionType.DirectConnection)
    worker.load(inspect(setup.model), LoadParams(n_ctx=_N_CTX, lookup=False))
    loaded.wait()
    numbers = itertools.count(1000)

    def first_of() -> float:
        ended.clear()
        moments = _Moments()
        started = time.perf_counter()
        worker.generate(_asked(100, next(numbers), 8), moments)
        ended.wait()
        return moments.first - started

    def beside() -> float:
        with _programs(worker):
            return first_of()

    try:
        first_of()
        pairs = alternate(setup.rounds, beside, first_of)
    finally:
        worker.close()
        app.processEvents()
    figures = pairs.figures("beside_programs_seconds", "alone_seconds")
    return pairs.result(f"window's question beside {_PROGRAMS} programs", pairs.ratio, "most", 1.5, figures)


@contextmanager
def _programs(worker: EngineWorker) -> Iterator[None]:
    """Let programs ask without an end, until the block ends; it begins once all are being answered."""
    queue = EngineQueue(heard=lambda: worker.serve(queue))
    written = threading.Event()

    def ask() -> None:
        numbers = itertools.count(5000)
        requests = (_asked(40, next(numbers), _TOKENS if number else 1) for number in itertools.count())
        with closing(answered(queue, requests, _PROGRAMS + 1)) as outcomes:
            try:
                for _ in outcomes:
                    written.set()  # the first of them has been answered, so that the others are at it
            except DroppedError:
                pass

    thread = threading.Thread(target=ask)
    thread.start()
    written.wait()
    time.sleep(0.3)
    yield
    queue.close()
    thread.join()
