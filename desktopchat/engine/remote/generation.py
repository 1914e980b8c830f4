"""One request to a server: called as often as it takes, and read as it arrives."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec

from desktopchat.core.address import ServerAddress
from desktopchat.core.chat import ChatMessage, FinishReason, Role
from desktopchat.core.errors import AbandonedError, ContextOverflowError, NetworkError
from desktopchat.core.params import SamplingParams
from desktopchat.core.sentence import Sentence
from desktopchat.engine.api import GenerationEvent, GenerationRequest
from desktopchat.engine.remote.answers import Answers
from desktopchat.engine.remote.counting import Estimate
from desktopchat.engine.remote.events import EventReader
from desktopchat.engine.remote.replies import Part, Refusal, refused
from desktopchat.engine.remote.request import DISPENSABLE, body
from desktopchat.engine.remote.server import ServedModel, fault_of, patiently
from desktopchat.engine.turns import oldest_turn
from desktopchat.network import faults
from desktopchat.network.connection import Connection, Stream
from desktopchat.network.ledger import Purpose

_MOST_REFUSAL = 64 << 10  # bytes
MOST_ANSWER = 256 << 20  # bytes; a million tokens with their probabilities are less
_SEED_LIMIT = 0xFFFFFFFF  # as of the engine here
_DONE = b"[DONE]"


@dataclass(frozen=True, slots=True)
class Served:
    """A model of a server, ready to be asked."""

    connection: Connection
    address: ServerAddress
    model: ServedModel
    estimate: Estimate


class _RefusedFieldsError(Exception):
    """The server does not know some of the fields; they are left out the next time."""


class Generation:
    """Runs one request.

    Args:
        seed: To draw with when the person gave none.
        is_cancelled: Whether the person wants no more.
    """

    def __init__(self, served: Served, request: GenerationRequest, seed: int, is_cancelled: Callable[[], bool]) -> None:
        self._served = served
        self._request = request
        self._is_cancelled = is_cancelled
        self._messages = list(request.messages)
        self._left_out = 0
        sampling = request.sampling
        first = seed if sampling.seed is None else sampling.seed
        self._seeds = [(first + index) % _SEED_LIMIT for index in range(sampling.n)]
        self._without: set[str] = set()
        self._at_once = served.model.slots or sampling.n
        estimate = served.estimate.of(self._prompt_messages())
        self._answers = Answers(sampling, self._seeds, served.connection.host, estimate, self._begun())
        self._decoder = msgspec.json.Decoder(Part)

    def run(self) -> Iterator[GenerationEvent]:
        """Yield the events of the request."""
        answers = self._answers
        try:
            while missing := answers.missing:
                yield from self._call(missing[: self._at_once])
        except AbandonedError:
            pass
        answers.end_call()
        yield from answers.finish(FinishReason.CANCELLED)
        self._served.estimate.learn(self._prompt_messages(), answers.prompt_tokens)
        yield answers.finished(self._left_out)

    def change(self, sampling: SamplingParams) -> None:
        """Look after other limits from now on."""
        self._answers.limit_changed = True
        self._answers.sampling = sampling

    def _begun(self) -> str:
        """Return the answer that is to be continued.

        Raises:
            NetworkError: The server cannot.
        """
        last = self._messages[-1] if self._messages else None
        if self._request.prompt is not None or last is None or last.role is not Role.ASSISTANT:
            return ""
        if not self._served.model.is_llama:
            raise NetworkError(
                Sentence("{host} cannot continue an answer.", host=self._served.address.label),
                "Ask again for another answer, or continue with a model here.",
            )
        return last.content

    def _prompt_messages(self) -> Sequence[ChatMessage]:
        return self._messages if self._request.prompt is None else [ChatMessage(Role.USER, self._request.prompt)]

    def _call(self, indexes: Sequence[int]) -> Iterator[GenerationEvent]:
        """Ask for some of the answers."""
        yield from self._answers.begin(indexes)
        stream = self._open(indexes)
        if stream is None:  # it takes only one at a time
            return
        try:
            yield from self._read(stream)
        finally:
            stream.close()
        self._answers.end_call()

    def _open(self, indexes: Sequence[int]) -> Stream | None:
        """Return the beginning of an answer, after as many attempts as it takes.

        Raises:
            UserError: The server refuses.
        """
        while True:
            fields = body(
                self._request,
                tuple(self._messages),
                self._request.sampling,
                self._served.model.id,
                self._seeds[indexes[0]],
                len(indexes),
                is_llama=self._served.model.is_llama,
            )
            if "max_tokens" in self._without and "max_tokens" in fields:
                fields["max_completion_tokens"] = fields["max_tokens"]  # OpenAI's newer models
            encoded = msgspec.json.encode({name: fields[name] for name in fields if name not in self._without})
            try:
                return patiently(self._served.connection, lambda: self._try(encoded, fields))  # noqa: B023
            except ContextOverflowError:
                if not self._leave_out():
                    raise
            except _RefusedFieldsError:
                if self._at_once == 1 and len(indexes) > 1:
                    return None

    def _try(self, encoded: bytes, fields: dict[str, Any]) -> Stream:
        self._stop_when_cancelled()
        connection, model = self._served.connection, self._served.model.id
        call = "/chat/completions" if self._request.prompt is None else "/completions"
        stream = connection.stream(Purpose.ANSWER, f"{self._served.address.path}{call}", encoded)
        if stream.status == 200:
            return stream
        try:
            refusal = stream.read(_MOST_REFUSAL)
        finally:
            stream.close()
        fault = fault_of(connection, stream.status, refusal, model, stream.headers.get("retry-after", ""))
        if stream.status in (400, 422) and not isinstance(fault, ContextOverflowError):
            self._do_without(Refusal(refusal).message, fields)
        raise fault

    def _do_without(self, message: str, fields: dict[str, Any]) -> None:
        """Leave out what the server's message names, where that is not what the person asked for.

        Raises:
            _RefusedFieldsError: There was such a field.
        """
        words = {word.strip("'\"`.,:;()[]") for word in message.replace("/", " ").split()}
        if "n" in words and fields.get("n", 1) > 1:
            self._at_once = 1
            raise _RefusedFieldsError
        usual = SamplingParams()
        for name in DISPENSABLE:
            wanted = getattr(self._request.sampling, name, None) != getattr(usual, name, None)
            if name in words and name not in self._without and name in fields:
                if wanted and name != "max_tokens":
                    continue
                self._without.add(name)
                raise _RefusedFieldsError

    def _leave_out(self) -> bool:
        """Leave out the oldest turn, if the person allows it and there is one."""
        if self._request.overflow == "stop" or self._request.prompt is not None:
            return False
        count = oldest_turn(self._messages)
        start = int(self._messages[0].role is Role.SYSTEM)
        del self._messages[start : start + count]
        self._left_out += count
        return count > 0

    def _read(self, stream: Stream) -> Iterator[GenerationEvent]:
        """Read the answers of one call."""
        host, answers = self._served.connection.host, self._answers
        reader, received = EventReader(), 0
        if not stream.headers.get("content-type", "").startswith("text/event-stream"):
            raise faults.malformed(host, f"its type is {stream.headers.get('content-type', 'not told')[:100]}")
        for piece in stream:
            received += len(piece)
            if received > MOST_ANSWER:
                raise faults.too_large(host)
            try:
                events = reader.feed(piece)
            except ValueError as error:
                raise faults.malformed(host, str(error)) from error
            for event in events:
                if event == _DONE:
                    yield from answers.end_stream(complete=True)
                    return
                part = self._part(event)
                for one in answers.take(part):
                    yield one
                    self._stop_when_cancelled()
            if answers.ended_here:
                return  # what the server would still say is not wanted
        yield from answers.end_stream(complete=False)

    def _part(self, event: bytes) -> Part:
        """Return what an event says.

        Raises:
            UserError: It says that the server failed, or nothing that can be understood.
        """
        served = self._served
        try:
            part = self._decoder.decode(event)
        except (msgspec.DecodeError, RecursionError) as error:
            raise faults.malformed(served.connection.host, str(error)) from error
        if part.error is not None:
            code = part.error.get("code") if isinstance(part.error, dict) else None
            status = code if isinstance(code, int) and 400 <= code < 600 else 500
            raise refused(
                status,
                Refusal(part.error),
                served.connection.host,
                served.model.id,
                0.0,
                has_key=served.connection.key is not None,
            )
        return part

    def _stop_when_cancelled(self) -> None:
        if self._is_cancelled():
            raise AbandonedError
