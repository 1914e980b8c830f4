"""Stands in for llama-server in its own tests: llama-server with another model, or our endpoint without a key.

The tests send no key, and want one only where they give it; so what guards the endpoint is told it here.
"""

import argparse
import os
import signal
import sys
import tempfile
import threading
from dataclasses import replace
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from starlette.types import ASGIApp, Receive, Scope, Send  # noqa: E402  (the path comes first)

from desktopchat.core.params import LoadParams  # noqa: E402
from desktopchat.core.secret import Secret  # noqa: E402
from desktopchat.engine.process import ProcessEngine  # noqa: E402
from desktopchat.library.folder import inspect  # noqa: E402
from desktopchat.network.listening import listen  # noqa: E402
from desktopchat.server.app import create_app  # noqa: E402
from desktopchat.server.asking import Asker  # noqa: E402
from desktopchat.server.desk import Desk, EndpointOptions  # noqa: E402
from desktopchat.server.endpoint import Endpoint  # noqa: E402
from desktopchat.server.engine_host import EngineHost  # noqa: E402

_FREE = "sk-stand-in"


class WithKey:
    """Adds a key to whoever has none."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass a call on."""
        if scope["type"] == "http":
            kept = [pair for pair in scope["headers"] if pair[0] != b"authorization"]
            scope = {**scope, "headers": [*kept, (b"authorization", f"Bearer {_FREE}".encode())]}
        await self._app(scope, receive, send)


def main() -> None:
    """Serve until the end."""
    parser = argparse.ArgumentParser(allow_abbrev=False)
    parser.add_argument("--answer-with", type=Path, required=True)
    parser.add_argument("--reference", type=Path)
    parser.add_argument("--port", type=int, default=8080)
    parser.add_argument("--host", default="127.0.0.1")
    parser.add_argument("--ctx-size", type=int, default=2048)
    parser.add_argument("--parallel", type=int, default=1)
    parser.add_argument("--alias", default="")
    parser.add_argument("--api-key", default="")
    parser.add_argument("--chat-template", default="")
    parser.add_argument("--n-predict", default="")
    for ignored in ("--hf-repo", "--hf-file", "--model-url", "--temp", "--seed"):
        parser.add_argument(ignored)
    options, rest = parser.parse_known_args()
    if options.reference is not None:
        _become_the_reference(options, rest)
    _serve(options)


def _become_the_reference(options: argparse.Namespace, rest: list[str]) -> None:
    command = [str(options.reference), "--model", str(options.answer_with), "--host", options.host]
    command += ["--port", str(options.port), "--ctx-size", str(max(2048, options.ctx_size)), *rest]
    for name in ("parallel", "alias", "api_key", "chat_template", "temp", "seed"):
        if value := getattr(options, name):
            command += [f"--{name.replace('_', '-')}", str(value)]
    os.execv(command[0], command)


def _serve(options: argparse.Namespace) -> None:
    log = Path(tempfile.gettempdir()) / "desktopchat-stand-in.log"
    model: Any = replace(inspect(options.answer_with), name=options.alias or "starter")
    params = LoadParams(n_ctx=max(2048, options.ctx_size), template=options.chat_template)
    host = EngineHost(ProcessEngine(log), model, params)
    ended = threading.Event()
    signal.signal(signal.SIGTERM, lambda *_: ended.set())
    host.load()
    desk = Desk(Asker(host.queue), lambda: host.info, lambda: EndpointOptions(("*",), wraps_prompts=False))
    app: ASGIApp = create_app(desk, lambda: Secret(options.api_key or _FREE))
    thread = threading.Thread(target=host.run)
    thread.start()
    endpoint = Endpoint(app if options.api_key else WithKey(app), listen(options.host, options.port))
    ended.wait()
    host.queue.close()
    endpoint.close()
    thread.join()
    host.close()


if __name__ == "__main__":
    main()
