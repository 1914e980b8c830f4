"""`desktopchat serve`: the local endpoint without a window."""

import threading

from desktopchat import log
from desktopchat.console import say, write
from desktopchat.core.errors import NetworkError
from desktopchat.hosting import StoppedError, load, make_host, told_to_stop, undisturbed
from desktopchat.network.listening import Sockets, is_loopback, listen
from desktopchat.server.app import create_app
from desktopchat.server.asking import Asker
from desktopchat.server.desk import Desk
from desktopchat.server.endpoint import Endpoint
from desktopchat.server.engine_host import EngineHost
from desktopchat.session import Session
from desktopchat.settings.file import Settings
from desktopchat.storage.endpoint_key import EndpointKey


def run(
    session: Session,
    host: str,
    port: int,
    model: str | None,
    template: str = "",
    *,
    is_open: bool = False,
    logs_requests: bool = False,
) -> int:
    """Serve until Ctrl+C or SIGTERM.

    Args:
        is_open: Other machines may ask too.

    Raises:
        UserError: What went wrong before the first request.
    """
    if not is_loopback(host) and not is_open:
        raise NetworkError(
            f"With --host {host} other machines could ask too.",
            "Add --lan if they may; they need the key all the same.",
        )
    log.configure(session.paths.logs, session.debug)
    settings = session.settings()
    for warning in settings.warnings:
        say(warning)
    sockets = listen(host, port)  # first, for loading takes its time
    try:
        with told_to_stop():
            engine = make_host(session, settings, session.choose_model(model), template, say)
            try:
                _serve(session, settings, engine, sockets, host, is_open=is_open, logs_requests=logs_requests)
            finally:
                with undisturbed():
                    engine.close()
    except StoppedError:
        pass
    finally:
        for one in sockets:
            one.close()
    return 0


def show_key(session: Session, *, is_new: bool) -> int:
    """Print the key, which is made when there is none, or when another one is wanted."""
    key = EndpointKey(session.paths.data)
    found = None if is_new else key.get()
    write(f"{(found or key.make()).text}\n")
    if is_new:
        say("An endpoint that runs knows the key before until it is started again.")
    return 0


def _serve(
    session: Session,
    settings: Settings,
    engine: EngineHost,
    sockets: Sockets,
    host: str,
    *,
    is_open: bool,
    logs_requests: bool,
) -> None:
    info = load(engine)
    keys = EndpointKey(session.paths.data)
    kept = keys.get()
    key = kept or keys.make()
    options = session.endpoint_options(settings, logs_requests=logs_requests)
    desk = Desk(Asker(engine.queue), lambda: engine.info, lambda: options)
    thread = threading.Thread(target=engine.run, name="engine")
    thread.start()
    endpoint = Endpoint(create_app(desk, lambda: key, is_open=is_open), sockets)
    try:
        address = f"[{host}]" if ":" in host else host
        say(f"{info.file.name} · {info.device} · context {info.n_ctx:,} tokens")
        if is_open and not is_loopback(host):
            say("Every machine that reaches this one can ask, if it knows the key. Nothing is encrypted on the way.")
        if kept is None:
            say(f"The key of this endpoint is {key.text}. desktopchat serve --show-key tells it again.")
        say(f"Serving at http://{address}:{endpoint.port}/v1. Ctrl+C ends.")
        while thread.is_alive():
            thread.join(1.0)  # a wait without an end cannot be interrupted on Windows
    finally:
        with undisturbed():
            engine.queue.close()
            endpoint.close()
            thread.join()
