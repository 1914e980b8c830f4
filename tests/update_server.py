"""A place where versions are announced, on the loopback."""

import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "packaging"))

from release import public_key, sign

PATH = "/desktopchat.update"


def told(version: str = "1.1.0", system: str = "linux-x86_64") -> dict[str, Any]:
    """Return what a list says."""
    name = f"desktopchat_{version}_amd64.deb"
    file = {
        "system": system,
        "name": name,
        "address": f"https://example.com/{name}",
        "size": 56_123_456,
        "sha256": "0123456789abcdef" * 4,
    }
    news = {"en": ["It looks for updates."], "zh_CN": ["可以查找新版本。"]}
    return {"version": version, "day": "2026-11-27", "news": news, "files": [file]}


class UpdateServer:
    """Answers what it is given.

    Attributes:
        key: Signs lists; `maker` is the public one.
        body, status, location: Of the answer.
        asked: Paths that were asked for.
        held: Ends the silence; None answers at once.
    """

    def __init__(self) -> None:
        self.key = Ed25519PrivateKey.generate()
        self.maker = public_key(self.key)
        self.status, self.location = 200, ""
        self.body = self.signed(told())
        self.asked: list[str] = []
        self.held: threading.Event | None = None
        self.reached = threading.Event()
        outer = self

        class Handler(BaseHTTPRequestHandler):
            protocol_version = "HTTP/1.1"

            def do_GET(self) -> None:
                outer.asked.append(self.path)
                outer.reached.set()
                if outer.held is not None:
                    outer.held.wait()
                is_moved = outer.location and self.path == PATH
                self.send_response(302 if is_moved else outer.status)
                if is_moved:
                    self.send_header("Location", outer.location)
                body = b"" if is_moved else outer.body
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, *_: object) -> None:
                pass

        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.origin = f"http://127.0.0.1:{self._server.server_port}"
        self.address = f"{self.origin}{PATH}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,))

    def signed(self, what: dict[str, Any]) -> bytes:
        return sign(self.key, what)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        if self.held is not None:
            self.held.set()
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()
