"""A request for which the program itself waits."""

import threading
from collections.abc import Iterator
from dataclasses import replace

import pytest

from desktopchat.core.chat import ChatMessage, FinishReason, Role
from desktopchat.core.errors import CancelledError, ContextOverflowError, EngineCrashedError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import ChoiceFinished, Delta, GenerationEvent, GenerationRequest
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.server.answers import Answers
from desktopchat.server.engine_host import EngineHost
from desktopchat.server.queue import DroppedError, EngineQueue
from desktopchat.server.waiting import Streamed, answered


class DyingEngine(ScriptedEngine):
    """Dies in the middle of so many answers."""

    def __init__(self, deaths: int) -> None:
        super().__init__(0)
        self.deaths = deaths

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        for event in super().generate(request):
            yield event
            if isinstance(event, Delta) and self.deaths:
                self.deaths -= 1
                self.unload()
                raise EngineCrashedError("It died.")


def asked(number: int, text: str) -> GenerationRequest:
    return GenerationRequest(number, (ChatMessage(Role.USER, text),))


def the_answer(running: "Running", request: GenerationRequest) -> Answers:
    (found,) = answered(running.host.queue, [request])
    if not isinstance(found, Answers):
        raise found
    return found


class Running:
    """A host at work."""

    def __init__(self, deaths: int = 0) -> None:
        self.said: list[str] = []
        self.host = EngineHost(DyingEngine(deaths), ModelFile("", "x", 0, "none"), LoadParams(), self.said.append)
        self.host.load()
        self._thread = threading.Thread(target=self.host.run)

    def __enter__(self) -> "Running":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.host.queue.close()
        self._thread.join()


def test_it_waits_for_the_answer() -> None:
    with Running() as running:
        found = the_answer(running, asked(1, "say: a b c"))
        assert (found.each[0].text, found.usage.completion_tokens) == ("a b c", 3)


def test_an_engine_that_dies_is_tried_once_more_from_the_start() -> None:
    with Running(deaths=1) as running:
        assert the_answer(running, asked(1, "say: a b c")).each[0].text == "a b c"
        assert running.said == ["It died. The model is loaded again."]


def test_a_second_death_is_told_and_the_next_request_works() -> None:
    with Running(deaths=2) as running:
        with pytest.raises(EngineCrashedError):
            the_answer(running, asked(1, "say: a b c"))
        assert the_answer(running, asked(2, "say: d")).each[0].text == "d"


def test_a_refusal_is_told_at_once() -> None:
    with Running() as running:
        with pytest.raises(ContextOverflowError):
            the_answer(running, asked(1, "word " * 5000))
        assert running.said == []


def test_nobody_waits_for_a_queue_that_is_closed() -> None:
    running = Running()
    closing = threading.Timer(0.05, running.host.queue.close)
    closing.start()
    with pytest.raises(DroppedError):
        the_answer(running, asked(1, "say: a"))
    closing.join()


def test_several_are_asked_ahead_and_told_in_their_order() -> None:
    made: list[int] = []

    def requests() -> Iterator[GenerationRequest]:
        for number in range(1, 8):
            made.append(number)
            yield asked(number, f"say: {number}")

    with Running() as running:
        outcomes = answered(running.host.queue, requests(), at_once=3)
        assert made == []
        texts = [next(outcomes).each[0].text]
        assert made == [1, 2, 3]
        texts += [one.each[0].text for one in outcomes]
    assert texts == ["1", "2", "3", "4", "5", "6", "7"]


def test_what_is_under_way_is_abandoned_with_the_iterator() -> None:
    endless = SamplingParams(max_tokens=0)
    requests = [asked(1, "say: a"), *(replace(asked(number, "on and on"), sampling=endless) for number in (2, 3))]
    with Running() as running:
        outcomes = answered(running.host.queue, requests, at_once=3)
        next(outcomes)
        outcomes.close()
        assert the_answer(running, asked(4, "say: d")).each[0].text == "d"


def test_a_row_that_is_refused_is_an_outcome_among_others() -> None:
    with Running() as running:
        texts = ["say: a", "word " * 5000, "say: b"]
        requests = (asked(number, text) for number, text in enumerate(texts, 1))
        first, second, third = answered(running.host.queue, requests, at_once=2)
        assert (first.each[0].text, third.each[0].text) == ("a", "b")
        assert isinstance(second, ContextOverflowError)


def test_an_answer_is_told_while_it_is_written_and_can_be_stopped() -> None:
    with Running() as running:
        job = Streamed(replace(asked(1, "on and on"), sampling=SamplingParams(max_tokens=0)))
        running.host.queue.submit(job)
        events = job.events()
        while not isinstance(next(events), Delta):
            pass
        running.host.queue.cancel(job)
        ended = [event.reason for event in events if isinstance(event, ChoiceFinished)]
        assert ended == [FinishReason.CANCELLED]


def test_one_that_waits_is_stopped_before_it_begins() -> None:
    queue = EngineQueue()
    job = Streamed(asked(1, "say: a"))
    queue.submit(job)
    queue.cancel(job)
    with pytest.raises(CancelledError):
        next(job.events())


def test_an_engine_that_dies_ends_what_is_seen_and_is_not_loaded_for_nobody() -> None:
    with Running(deaths=1) as running:
        job = Streamed(asked(1, "say: a b c"), running.host.queue.close)
        running.host.queue.submit(job)
        with pytest.raises(EngineCrashedError):
            list(job.events())
    assert running.said == []
