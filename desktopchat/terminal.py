"""Asking and chatting in a terminal, with the same engine and the same store as the window."""

import io
import itertools
import json
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from desktopchat import server_command
from desktopchat.console import say, write
from desktopchat.core.adapter import Adapter
from desktopchat.core.adapter_choices import adapted_name
from desktopchat.core.address import ServerAddress
from desktopchat.core.attached import check_size
from desktopchat.core.chat import ChatMessage, FinishReason, Message, MessageState, Role, Timings, Usage
from desktopchat.core.errors import EmptyPromptError, PictureError, ServerKeyError, UserError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.picture import Picture, shape_of
from desktopchat.core.prompt import turns
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    GenerationFinished,
    GenerationRequest,
    ModelInfo,
)
from desktopchat.hosting import at_work, load, make_host, undisturbed
from desktopchat.instance import InstanceLock
from desktopchat.server.engine_host import EngineHost
from desktopchat.server.queue import EngineQueue
from desktopchat.server.waiting import Streamed
from desktopchat.session import Session
from desktopchat.storage.conversations import ConversationStore

SAMPLE_PROMPT = "What is a cat? Answer in one sentence."
_SAVE_INTERVAL = 0.2  # seconds


class _Result:
    """What came out of a generation."""

    def __init__(self, n: int) -> None:
        self.texts = [""] * n
        self.thoughts = [""] * n
        self.choices: list[ChoiceFinished | None] = [None] * n
        self.usage, self.timings = Usage(), Timings()


def ask(
    session: Session,
    prompt: str,
    model: str | None,
    system: str,
    sampling: SamplingParams,
    as_json: bool,
    template: str = "",
    adapters: tuple[Adapter, ...] = (),
    pictures: Sequence[Path] = (),
    projector: str = "",
) -> int:
    """Answer one prompt on standard output.

    Raises:
        UserError: What went wrong.
    """
    forgive_broken_text()
    text = sys.stdin.read() if prompt == "-" else prompt
    if not text.strip():
        raise EmptyPromptError("The prompt is empty.", "Give some text to answer.")
    messages = [ChatMessage(Role.SYSTEM, system)] if system.strip() else []
    messages.append(ChatMessage(Role.USER, text, pictures=tuple(map(_picture, pictures))))
    with loaded_model(session, model, template, adapters, projector) as (host, info), at_work(host):
        show = _show if sampling.n == 1 and not as_json else _discard
        request = GenerationRequest(1, tuple(messages), sampling)
        # After the only question no engine is wanted any more, also where one has died of it.
        result = _generate(host.queue, request, show, host.queue.close)
    if as_json:
        write(json.dumps(_as_json(info, result), ensure_ascii=False) + "\n")
    elif sampling.n > 1:
        for number, answer in enumerate(result.texts, 1):
            write(f"[{number} of {sampling.n}]\n{answer.strip()}\n\n")
    else:
        write("\n")
    cancelled = any(choice and choice.reason is FinishReason.CANCELLED for choice in result.choices)
    return 130 if cancelled else 0


def chat(session: Session, model: str | None, template: str = "", adapters: tuple[Adapter, ...] = ()) -> int:
    """Chat line by line until the input ends; without any input answer one sample prompt.

    Raises:
        UserError: What went wrong before the first prompt.
    """
    forgive_broken_text()
    interactive = sys.stdin.isatty()
    with (
        InstanceLock(session.paths.data),
        loaded_model(session, model, template, adapters) as (host, info),
        at_work(host),
    ):
        store = ConversationStore(session.open_database())
        store.recover()
        identity = replace(info.file.identity, name=adapted_name(info.file.name, info.adapted.adapters))
        say(f"{identity.name} · {info.device} · context {info.n_ctx:,} tokens")
        if interactive:
            say("Type and press Enter. Ctrl+C stops an answer, Ctrl+D ends.")
        conversation_id: int | None = None
        path: tuple[Message, ...] = ()
        failed = 0
        for number, line in enumerate(_prompts(interactive), 1):
            try:
                if conversation_id is None:
                    conversation_id = store.create().id
                path = _turn(host.queue, store, conversation_id, path, line, number, identity)
                failed = 0
            except UserError as error:
                say(str(error))
                path = store.path(conversation_id) if conversation_id else ()
                failed = 1
        return failed


def _picture(path: Path) -> Picture:
    try:
        check_size(path.name, path.stat().st_size)
        data = path.read_bytes()
    except OSError as error:
        raise PictureError(
            Sentence("{name} cannot be read: {why}.", name=path, why=reason_of(error)),
            "Check that it is there and yours.",
        ) from error
    shape_of(data)
    return Picture.of(data)


def forgive_broken_text() -> None:
    """Read bytes that are no UTF-8 as replacement characters."""
    if isinstance(sys.stdin, io.TextIOWrapper):
        sys.stdin.reconfigure(encoding="utf-8", errors="replace")


def _turn(
    queue: EngineQueue,
    store: ConversationStore,
    conversation_id: int,
    path: tuple[Message, ...],
    text: str,
    number: int,
    model: ModelIdentity,
) -> tuple[Message, ...]:
    sampling = SamplingParams()
    parent = path[-1].id if path else None
    _, answer = store.add_turn(conversation_id, parent, text, model=model, sampling=sampling)
    path = store.path(conversation_id)
    request = GenerationRequest(number, turns(path), sampling, conversation=str(conversation_id))
    saved_at = time.monotonic()
    content, reasoning = [""], [""]  # what is not saved yet stands last

    def show(piece: str, thought: str) -> None:
        nonlocal saved_at
        content[-1] += piece
        reasoning[-1] += thought
        write(piece)
        if time.monotonic() - saved_at > _SAVE_INTERVAL:
            store.append_texts([(answer.id, content[-1], reasoning[-1])])
            saved_at = time.monotonic()
            content.append("")
            reasoning.append("")

    try:
        result = _generate(queue, request, show)
    except UserError as error:
        store.finish(
            answer.id,
            content="".join(content),
            reasoning="".join(reasoning),
            state=MessageState.INTERRUPTED if any(content + reasoning) else MessageState.FAILED,
            finish_reason=FinishReason.ERROR,
            seed=None,
            usage=Usage(),
            timings=Timings(),
            error=str(error),
        )
        raise
    finally:
        write("\n")
    choice = result.choices[0]
    store.finish(
        answer.id,
        content=result.texts[0],
        reasoning=result.thoughts[0],
        state=MessageState.COMPLETE,
        finish_reason=choice.reason if choice else FinishReason.STOP,
        seed=choice.seed if choice else None,
        usage=result.usage,
        timings=result.timings,
    )
    return store.path(conversation_id)


def _prompts(interactive: bool) -> Iterator[str]:
    for count in itertools.count():
        if interactive:
            try:
                line = input("> ")
            except EOFError:
                write("\n")
                return
            except KeyboardInterrupt:
                write("\n")
                continue
        else:
            line = sys.stdin.readline()
            if not line:
                if count == 0:
                    write(f"> {SAMPLE_PROMPT}\n")
                    yield SAMPLE_PROMPT
                return
            line = line.rstrip("\n")
        if line.strip():
            if not interactive:
                write(f"> {line}\n")
            yield line


def _generate(
    queue: EngineQueue,
    request: GenerationRequest,
    show: Callable[[str, str], None],
    told: Callable[[], None] = lambda: None,
) -> _Result:
    """Run a request; Ctrl+C ends it and keeps what there is.

    Args:
        told: As of `Streamed`.
    """
    result, job = _Result(request.sampling.n), Streamed(request, told)
    queue.submit(job)
    with _interrupts_call(lambda: queue.cancel(job)):
        for event in job.events():
            match event:
                case Delta(index, text):
                    result.texts[index] += text
                    result.thoughts[index] += event.reasoning
                    show(text, event.reasoning)
                case ChoiceFinished():
                    result.choices[event.index] = event
                case GenerationFinished(usage, timings):
                    thought = [choice for choice in result.choices if choice]
                    result.usage = replace(usage, reasoning_tokens=sum(one.reasoning_tokens for one in thought))
                    result.timings = replace(
                        timings, reasoning_seconds=max((one.reasoning_seconds for one in thought), default=0.0)
                    )
    return result


@contextmanager
def _interrupts_call(stop: Callable[[], None]) -> Iterator[None]:
    def on_interrupt(_number: int, _frame: Any) -> None:
        signal.signal(signal.SIGINT, signal.default_int_handler)  # a second one ends the program
        stop()

    before = signal.signal(signal.SIGINT, on_interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, before)


@contextmanager
def loaded_model(
    session: Session, wanted: str | None, template: str = "", adapters: tuple[Adapter, ...] = (), projector: str = ""
) -> Iterator[tuple[EngineHost, ModelInfo]]:
    """Load a model into a new engine, and end that afterwards."""
    settings = session.settings()
    for warning in settings.warnings:
        say(warning)
    model = session.choose_model(wanted)
    host = make_host(session, settings, model, template, say, adapters, projector)
    try:
        try:
            info = load(host)
        except ServerKeyError as error:
            if not sys.stdin.isatty():
                raise ServerKeyError(
                    error.cause, f"Let the keyring keep it: desktopchat server key {model.path}."
                ) from error
            say(error.cause)
            server_command.take_key(session, ServerAddress.parse(model.path))
            info = load(host)
        yield host, info
    finally:
        with undisturbed():
            host.close()


def _as_json(info: ModelInfo, result: _Result) -> dict[str, Any]:
    return {
        "model": adapted_name(info.file.name, info.adapted.adapters),
        "choices": [
            {
                "index": index,
                "text": text,
                **({"reasoning": thoughts} if thoughts else {}),
                "finish_reason": choice.reason.value if choice else None,
                "seed": choice.seed if choice else None,
            }
            for index, (text, thoughts, choice) in enumerate(
                zip(result.texts, result.thoughts, result.choices, strict=True)
            )
        ],
        "usage": {**asdict(result.usage), "total_tokens": result.usage.prompt_tokens + result.usage.completion_tokens},
        "timings": asdict(result.timings),
    }


def _show(text: str, _reasoning: str) -> None:
    write(text)


def _discard(_text: str, _reasoning: str) -> None:
    """Show nothing while it streams."""
