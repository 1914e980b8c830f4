"""A model that is at work until the person, or the system, ends the program."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from types import FrameType
from typing import NoReturn

from desktopchat.console import say
from desktopchat.core.adapter import Adapter
from desktopchat.core.modelfile import ModelFile
from desktopchat.engine.api import ModelInfo
from desktopchat.server.engine_host import EngineHost
from desktopchat.session import Session
from desktopchat.settings.file import Settings

_SIGNALS = ("SIGINT", "SIGTERM", "SIGBREAK")


class StoppedError(BaseException):
    """The person, or the system, ends the program."""


def make_host(
    session: Session,
    settings: Settings,
    model: ModelFile,
    template: str,
    said: Callable[[str], None],
    adapters: Sequence[Adapter] = (),
    projector: str = "",
) -> EngineHost:
    """Make what loads a model as it is in the window, and does what is asked of it.

    Args:
        template: As of `Session.template`.
        said: Hears what the person should know.
        adapters: Take the place of those that were chosen in the window.
        projector: As of `Session.projector`.

    Raises:
        UserError: It cannot be loaded so.
    """
    params = replace(
        session.load_params(settings, session.draft_model(settings)),
        template=session.template(model, template),
        adapters=() if adapters else session.adapters(model),
        projector=session.projector(model, projector),
    )
    return EngineHost(session.create_engine(settings), model, params, said, adapters)


def load(host: EngineHost) -> ModelInfo:
    """Load the model, and say what the person should know of it; nothing is left under way when they stop it.

    Raises:
        UserError: As of `EngineHost.load`.
    """
    try:
        info = host.load()
    except (StoppedError, KeyboardInterrupt):
        host.interrupt()
        raise
    for warning in info.warnings:
        say(warning)
    return info


@contextlib.contextmanager
def at_work(host: EngineHost) -> Iterator[None]:
    """Do what is in the queue, on a thread of its own, while the block lasts."""

    def work() -> None:
        try:
            host.run()
        finally:
            host.queue.close()  # nobody waits for a thread that has failed

    thread = threading.Thread(target=work, name="engine")
    thread.start()
    try:
        yield
    finally:
        with undisturbed():
            host.stop()
            thread.join()


@contextlib.contextmanager
def told_to_stop() -> Iterator[None]:
    """Leave the block when the person or the system ends the program."""

    def stop(_number: int, _frame: FrameType | None) -> NoReturn:
        raise StoppedError

    numbers = [number for name in _SIGNALS if (number := getattr(signal, name, None)) is not None]
    before = [signal.signal(number, stop) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)


@contextlib.contextmanager
def undisturbed() -> Iterator[None]:
    """Finish the block; what would end the program is heard already."""
    numbers = [number for name in _SIGNALS if (number := getattr(signal, name, None)) is not None]
    before = [signal.signal(number, signal.SIG_IGN) for number in numbers]
    try:
        yield
    finally:
        for number, handler in zip(numbers, before, strict=True):
            signal.signal(number, handler)
