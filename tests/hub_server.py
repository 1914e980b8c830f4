"""A model hub on the loopback: it finds and describes what a test puts there, and fails as it is told to."""

import contextlib
import json
import socket
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, unquote, urlencode, urlsplit

TOKEN = "hf_canary0123456789"  # of an account that may see everything


@dataclass
class Repo:
    """One repository.

    Attributes:
        files: Sizes of those of which only size and hash matter, contents of the others.
        more: What its description has besides, or in place of what it would have.
    """

    id: str
    files: dict[str, int | bytes]
    gated: str | bool = False
    private: bool = False
    tags: tuple[str, ...] = ("gguf", "text-generation", "license:apache-2.0", "en")
    downloads: int = 100
    more: dict[str, Any] = field(default_factory=dict)

    @property
    def commit(self) -> str:
        return sha1(self.id.encode()).hexdigest()

    def listed(self) -> dict[str, Any]:
        return {
            "id": self.id,
            "author": self.id.partition("/")[0],
            "downloads": self.downloads,
            "likes": self.downloads // 10,
            "gated": self.gated,
            "lastModified": "2026-11-01T10:00:00.000Z",
            "pipeline_tag": "text-generation",
            "tags": list(self.tags),
            "gguf": {"total": 7_000_000_000, "architecture": "llama", "context_length": 8192},
        } | self.more

    def described(self) -> dict[str, Any]:
        return {"sha": self.commit, "siblings": [_sibling(*file) for file in self.files.items()]} | self.listed()


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]

    @property
    def token(self) -> str:
        return self.headers.get("authorization", "").removeprefix("Bearer ")


Fault = Callable[["Handler"], None]


class HubServer:
    """Serves until it is left.

    Attributes:
        repos: Its repositories by name.
        generated: So many more are found behind those, each made when it is asked for.
        asked: What was asked, in order.
        page: Most repositories in a page, whatever was asked for.
    """

    def __init__(self, *repos: Repo) -> None:
        self.repos = {repo.id: repo for repo in repos}
        self.generated = 0
        self.asked: list[Asked] = []
        self.page = 100
        self.closing = threading.Event()
        self._faults: dict[str, list[Fault]] = {}
        self._server = _Server(self)
        self.address = f"http://127.0.0.1:{self._server.server_port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=[0.02], name="hub-server")
        self._thread.start()

    def __enter__(self) -> "HubServer":
        return self

    def __exit__(self, *_error: object) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.cut()
        self._server.server_close()
        self._thread.join()

    def on(self, start: str, *faults: Fault) -> None:
        """Answer the next requests whose path begins so with these faults, and well after them."""
        self._faults[start] = list(faults)

    def fault_for(self, path: str) -> Fault | None:
        for start, faults in self._faults.items():
            if path.startswith(start) and faults:
                return faults.pop(0)
        return None

    def listed(self, start: int) -> Iterator[tuple[int, dict[str, Any]]]:
        """Return what there is, from a place on, with the place behind each."""
        own = sorted(self.repos.values(), key=lambda repo: -repo.downloads)
        for place, repo in enumerate(own[start:], start + 1):
            if not repo.private:
                yield place, repo.listed()
        for number in range(max(start - len(own), 0), self.generated):
            yield len(own) + number + 1, generated(number)


def generated(number: int) -> dict[str, Any]:
    """Return one of many repositories."""
    families = ("Qwen", "Llama", "Gemma", "Mistral", "Phi", "SmolLM")
    licences = ("apache-2.0", "llama3.1", "gemma", "mit")
    family = families[number % len(families)]
    return {
        "id": f"maker-{number % 97}/{family}-{number:05}-GGUF",
        "downloads": 1_000_000 - number * 90,
        "likes": 10_000 - number // 2,
        "gated": "manual" if number % 50 == 7 else False,
        "lastModified": f"2026-{number % 11 + 1:02}-{number % 28 + 1:02}T10:00:00.000Z",
        "pipeline_tag": "text-generation",
        "tags": ["gguf", f"license:{licences[number % len(licences)]}", ("en", "zh", "de")[number % 3], "region:us"],
        "gguf": {"total": (number % 70 + 1) * 10**9, "architecture": family.lower(), "context_length": 32768},
    }


class Handler(BaseHTTPRequestHandler):
    """Answers one connection."""

    protocol_version = "HTTP/1.1"
    server: "_Server"

    def do_GET(self) -> None:
        hub, parts = self.server.hub, urlsplit(self.path)
        path, query = unquote(parts.path), parse_qs(parts.query)
        hub.asked.append(Asked(path, query, {name.lower(): value for name, value in self.headers.items()}))
        with contextlib.suppress(OSError):
            if (fault := hub.fault_for(path)) is not None:
                fault(self)
            elif path == "/api/models":
                self.search(query)
            elif path == "/api/whoami-v2":
                self.reply({"type": "user", "name": "alice"} if self._may else None, 200 if self._may else 401)
            elif path.startswith("/api/models/"):
                self._describe(path.removeprefix("/api/models/"))
            else:
                self._resolve(path)

    @property
    def _may(self) -> bool:
        return self.server.hub.asked[-1].token == TOKEN

    def reply(self, body: object, status: int = 200, **headers: str) -> None:
        content = body if isinstance(body, bytes) else json.dumps(body).encode()
        self.send_response(status)
        for name, value in {"Content_Length": str(len(content)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(content)

    def refuse(self, status: int, code: str, message: str) -> None:
        self.reply({"error": message}, status, X_Error_Code=code, X_Error_Message=message)

    def search(self, query: dict[str, list[str]]) -> None:
        hub = self.server.hub
        limit, start = min(int(query.get("limit", ["1000"])[0]), hub.page), int(query.get("cursor", ["0"])[0])
        found: list[dict[str, Any]] = []
        for place, one in hub.listed(start):
            if not _fits(one, query):
                continue
            found.append(one)
            if len(found) == limit:
                following = urlencode({**query, "cursor": place}, doseq=True)
                self.reply(found, Link=f'<{hub.address}/api/models?{following}>; rel="next"')
                return
        self.reply(found)

    def _describe(self, name: str) -> None:
        repo = self.server.hub.repos.get(name)
        if repo is None or (repo.private and not self._may):
            self.refuse(404 if self._may else 401, "RepoNotFound", "Repository not found")
        else:
            self.reply(repo.described())

    def _resolve(self, path: str) -> None:
        name, _, rest = path.lstrip("/").partition("/resolve/")
        repo, file = self.server.hub.repos.get(name), rest.partition("/")[2]
        content = repo.files.get(file) if repo else None
        if repo is not None and repo.gated and not self._may:
            self.refuse(401, "GatedRepo", f"Access to model {name} is restricted")
        elif not isinstance(content, bytes):
            self.refuse(404, "EntryNotFound", "Entry not found")
        else:
            self.reply(content)

    def log_message(self, *_words: object) -> None:
        """Say nothing."""


class _Server(ThreadingHTTPServer):
    daemon_threads = False  # those are waited for, so that none is left after a test

    def __init__(self, hub: HubServer) -> None:
        self.hub = hub
        self._live: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._live.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._live.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        """End the connections that are kept open."""
        for request in list(self._live):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of one who went away."""


# --- faults -------------------------------------------------------------------------------------------


def refusing(status: int, **headers: str) -> Fault:
    """Answer with a status that is no success."""
    return lambda handler: handler.reply({"error": "no"}, status, **headers)


def saying(body: object) -> Fault:
    """Answer with something else."""
    return lambda handler: handler.reply(body)


def sending_on(target: str, status: int = 302) -> Fault:
    """Send on to another address."""
    return lambda handler: handler.reply(b"", status, Location=target)


def breaking_off(handler: Handler) -> None:
    """Promise more than is sent."""
    handler.close_connection = True
    handler.wfile.write(b"HTTP/1.1 200 OK\r\nContent-Length: 1000\r\n\r\n[{")
    handler.wfile.flush()


def dropping(handler: Handler) -> None:
    """Close without a word."""
    handler.close_connection = True
    handler.connection.shutdown(socket.SHUT_RDWR)


def silent(handler: Handler) -> None:
    """Send nothing until the other side, or the test, has had enough."""
    handler.close_connection = True
    handler.connection.settimeout(0.05)
    while not handler.server.hub.closing.is_set():
        try:
            if not handler.connection.recv(1):
                return
        except TimeoutError:
            continue


def _sibling(name: str, content: int | bytes) -> dict[str, Any]:
    size = content if isinstance(content, int) else len(content)
    told: dict[str, Any] = {"rfilename": name, "size": size, "blobId": sha1(name.encode()).hexdigest()}
    if isinstance(content, int):
        told["lfs"] = {"sha256": sha256(name.encode()).hexdigest(), "size": size, "pointerSize": 134}
    return told


def _fits(one: dict[str, Any], query: dict[str, list[str]]) -> bool:
    text, author = query.get("search", [""])[0].lower(), query.get("author", [""])[0]
    parts = [part.split(":") for part in query.get("num_parameters", [""])[0].split(",") if part]
    sizes = {name: float(size[:-1]) * {"M": 1e6, "B": 1e9}[size[-1]] for name, size in parts}
    count = (one.get("gguf") or {}).get("total", 0)
    return (
        set(query.get("filter", [])) <= set(one["tags"])
        and text in one["id"].lower()
        and author in ("", one["id"].partition("/")[0])
        and query.get("pipeline_tag", [""])[0] in ("", one["pipeline_tag"])
        and sizes.get("min", 0) <= count <= sizes.get("max", 1e15)
    )
