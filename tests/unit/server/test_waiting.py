"""A request for which the program itself waits."""

import threading
from collections.abc import Iterator

import pytest

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import ContextOverflowError, EngineCrashedError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.engine.api import Delta, GenerationEvent, GenerationRequest
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.server.engine_host import EngineHost
from desktopchat.server.outbox import DroppedError
from desktopchat.server.waiting import answered


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
        found = answered(running.host.queue, asked(1, "say: a b c"))
        assert (found.each[0].text, found.usage.completion_tokens) == ("a b c", 3)


def test_an_engine_that_dies_is_tried_once_more_from_the_start() -> None:
    with Running(deaths=1) as running:
        assert answered(running.host.queue, asked(1, "say: a b c")).each[0].text == "a b c"
        assert running.said == ["It died. The model is loaded again."]


def test_a_second_death_is_told_and_the_next_request_works() -> None:
    with Running(deaths=2) as running:
        with pytest.raises(EngineCrashedError):
            answered(running.host.queue, asked(1, "say: a b c"))
        assert answered(running.host.queue, asked(2, "say: d")).each[0].text == "d"


def test_a_refusal_is_told_at_once() -> None:
    with Running() as running:
        with pytest.raises(ContextOverflowError):
            answered(running.host.queue, asked(1, "word " * 5000))
        assert running.said == []


def test_nobody_waits_for_a_queue_that_is_closed() -> None:
    running = Running()
    closing = threading.Timer(0.05, running.host.queue.close)
    closing.start()
    with pytest.raises(DroppedError):
        answered(running.host.queue, asked(1, "say: a"))
    closing.join()
