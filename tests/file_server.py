"""The part of a model hub that gives out files: it sends on to a second server, and fails as it is told to."""

import contextlib
import json
import socket
import threading
import time
from dataclasses import dataclass, field
from hashlib import sha1, sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Literal
from urllib.parse import unquote, urlsplit

from desktopchat.core.hub_file import HubFile

Who = Literal["hub", "cdn"]
TOKEN = "hf_canary0123456789"
_BLOCK = 1 << 20


@dataclass
class Fault:
    """What an answer does wrong.

    Attributes:
        times: Answers that do so.
        status: In place of the file; or of the redirection, with its Location among the headers.
        drop_after: Bytes of the body after which the connection is closed.
        reset: The connection is reset then, so that what is under way is lost.
        stall_after: Bytes after which nothing more comes.
        flip: Byte of the file that is another one.
        length: Told in place of the true one.
        begins_at: Byte that it begins with, in place of the one that was asked for.
        pace: Bytes a second.
    """

    who: Who
    times: int = 1
    status: int = 0
    headers: dict[str, str] = field(default_factory=dict)
    drop_after: int | None = None
    reset: bool = False
    stall_after: int | None = None
    flip: int | None = None
    length: int | None = None
    begins_at: int | None = None
    ignores_range: bool = False
    chunked: bool = False
    pace: int = 0


@dataclass(frozen=True)
class Asked:
    """One request."""

    method: str
    path: str
    headers: dict[str, str]


class FileServer:
    """A hub and the server that it sends on to.

    Attributes:
        gated: Repositories that only the token opens.
        links_last: Answers of the second server that a signed link is good for.
        sent: Bytes of bodies that left the second server.
    """

    def __init__(self) -> None:
        self.gated: set[str] = set()
        self.links_last = 1 << 30
        self.sent = 0
        self.asked: dict[Who, list[Asked]] = {"hub": [], "cdn": []}
        self.closing = threading.Event()
        self._lock = threading.Lock()
        self._files: dict[str, bytes | Path] = {}
        self._described: dict[str, HubFile] = {}
        self._faults: list[Fault] = []
        self._used: dict[str, int] = {}
        self._signature = 0
        self._servers = {who: _Server(handler, self) for who, handler in (("hub", _Hub), ("cdn", _Cdn))}
        self._threads = [
            threading.Thread(target=server.serve_forever, args=[0.02], name="file-server")
            for server in self._servers.values()
        ]
        for thread in self._threads:
            thread.start()

    def __enter__(self) -> "FileServer":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._servers['hub'].server_port}"

    @property
    def cdn_url(self) -> str:
        return f"http://127.0.0.1:{self._servers['cdn'].server_port}"

    def add(self, path: str, content: bytes | Path, repo: str = "acme/tiny-GGUF", digest: str | None = None) -> HubFile:
        """Give out a file, and return how the hub describes it."""
        commit = sha1(repo.encode()).hexdigest()
        self._files[f"{repo}/{path}"] = content
        if isinstance(content, bytes):
            size, found = len(content), sha256(content)
        else:
            size, found = content.stat().st_size, sha256()
            with content.open("rb") as source:
                while block := source.read(_BLOCK):
                    found.update(block)
        file = HubFile(repo, commit, path, size, found.hexdigest() if digest is None else digest)
        self._described[f"{repo}/{path}"] = file
        return file

    def fail(self, who: Who, **how: Any) -> None:
        """Let the next answers do something wrong."""
        self._faults.append(Fault(who, **how))

    def close(self) -> None:
        self.closing.set()
        for server in self._servers.values():
            server.shutdown()
            server.cut()
            server.server_close()
        for thread in self._threads:
            thread.join()

    def fault(self, who: Who) -> Fault:
        with self._lock:
            for one in self._faults:
                if one.who == who and one.times > 0:
                    one.times -= 1
                    return one
        return Fault(who)

    def described(self, repo: str) -> dict[str, Any] | None:
        """Return what the hub says of a repository."""
        files = {name[len(repo) + 1 :]: file for name, file in self._described.items() if name.startswith(f"{repo}/")}
        siblings = [
            {"rfilename": path, "size": file.size, "lfs": {"sha256": file.sha256, "size": file.size, "pointerSize": 1}}
            for path, file in files.items()
        ]
        commit = sha1(repo.encode()).hexdigest()
        return {"id": repo, "sha": commit, "tags": ["gguf"], "siblings": siblings} if files else None

    def content(self, name: str) -> bytes | Path | None:
        return self._files.get(name)

    def link(self, name: str) -> str:
        with self._lock:
            self._signature += 1
            return f"{self.cdn_url}/{name}?signature={self._signature}"

    def is_fresh(self, signature: str) -> bool:
        with self._lock:
            self._used[signature] = self._used.get(signature, 0) + 1
            return self._used[signature] <= self.links_last

    def count(self, sent: int) -> None:
        with self._lock:
            self.sent += sent


class _Server(ThreadingHTTPServer):
    daemon_threads = False
    block_on_close = True

    def __init__(self, handler: type[BaseHTTPRequestHandler], files: FileServer) -> None:
        self.files = files
        self._live: set[socket.socket] = set()
        super().__init__(("127.0.0.1", 0), handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        self._live.add(request)
        super().process_request(request, client_address)

    def shutdown_request(self, request: Any) -> None:
        self._live.discard(request)
        super().shutdown_request(request)

    def cut(self) -> None:
        for request in list(self._live):
            with contextlib.suppress(OSError):
                request.shutdown(socket.SHUT_RDWR)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """A client that has gone away is no news."""


class _Handler(BaseHTTPRequestHandler):
    who: Who
    protocol_version = "HTTP/1.1"
    server: _Server

    def do_HEAD(self) -> None:
        self.do_GET()

    def do_GET(self) -> None:
        files = self.server.files
        headers = {name.lower(): value for name, value in self.headers.items()}
        files.asked[self.who].append(Asked(self.command, self.path, headers))
        fault = files.fault(self.who)
        if fault.status and self.who == "hub":
            self.reply(fault.status, fault.headers)
        else:
            self.serve(files, fault)

    def serve(self, files: FileServer, fault: Fault) -> None:
        raise NotImplementedError

    def log_message(self, *_words: object) -> None:
        pass

    def reply(self, status: int, headers: dict[str, str], body: bytes = b"{}") -> None:
        self.send_response(status)
        for name, value in ({"Content-Length": str(len(body))} | headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(body)


class _Hub(_Handler):
    who = "hub"

    def serve(self, files: FileServer, fault: Fault) -> None:
        whole = unquote(urlsplit(self.path).path).lstrip("/")
        if whole.startswith("api/models/"):
            self.describe(files, whole.removeprefix("api/models/").partition("/revision/")[0])
            return
        repo, _, rest = whole.partition("/resolve/")
        commit, _, path = rest.partition("/")
        if repo in files.gated and self.headers.get("Authorization") != f"Bearer {TOKEN}":
            status = 403 if self.headers.get("Authorization") else 401
            self.reply(status, {"X-Error-Code": "GatedRepo", "X-Error-Message": f"Access to {repo} is restricted."})
        elif files.content(f"{repo}/{path}") is None:
            self.reply(404, {"X-Error-Code": "EntryNotFound"})
        else:
            self.reply(302, {"Location": files.link(f"{repo}/{path}"), "X-Repo-Commit": commit} | fault.headers)

    def describe(self, files: FileServer, repo: str) -> None:
        told = files.described(repo)
        if told is None:
            self.reply(404, {"X-Error-Code": "RepoNotFound"})
        else:
            self.reply(200, {"Content-Type": "application/json"}, json.dumps(told).encode())


class _Cdn(_Handler):
    who = "cdn"

    def serve(self, files: FileServer, fault: Fault) -> None:
        parts = urlsplit(self.path)
        content = files.content(unquote(parts.path).lstrip("/"))
        if content is None or not files.is_fresh(parts.query):
            self.reply(403, {}, b"<Error><Code>AccessDenied</Code></Error>")
            return
        if fault.status:
            self.reply(fault.status, fault.headers)
            return
        size = len(content) if isinstance(content, bytes) else content.stat().st_size
        start = self.start(fault)
        if start is not None and start >= size:
            self.reply(416, {"Content-Range": f"bytes */{size}"})
            return
        etag = '"the-file"'
        headers = {"Content-Length": str(size - (start or 0)), "ETag": etag, "Accept-Ranges": "bytes"}
        if start is not None:
            start = start if fault.begins_at is None else fault.begins_at
            headers["Content-Range"] = f"bytes {start}-{size - 1}/{size}"
        if fault.length is not None:
            headers["Content-Length"] = str(fault.length)
        if fault.chunked:
            del headers["Content-Length"]
            headers["Transfer-Encoding"] = "chunked"
        self.send_response(200 if start is None else 206)
        for name, value in (headers | fault.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if self.command != "HEAD":
            self.send_body(content, start or 0, size, fault)

    def start(self, fault: Fault) -> int | None:
        asked = self.headers.get("Range", "")
        fits = self.headers.get("If-Range", '"the-file"') == '"the-file"'
        return int(asked[len("bytes=") : -1]) if asked and fits and not fault.ignores_range else None

    def send_body(self, content: bytes | Path, start: int, size: int, fault: Fault) -> None:
        ends = [size - start, fault.drop_after, fault.stall_after, fault.length]
        end = start + min(one for one in ends if one is not None)
        if isinstance(content, Path):
            self.send_file(content, start, end, fault)
        else:
            data = bytearray(content)
            if fault.flip is not None:
                data[fault.flip] ^= 1
            step = max(1, fault.pace // 50) if fault.pace else _BLOCK
            for place in range(start, end, step):
                piece = bytes(data[place : min(place + step, end)])
                if fault.chunked:
                    self.wfile.write(b"%x\r\n%s\r\n" % (len(piece), piece))
                else:
                    self.wfile.write(piece)
                self.server.files.count(len(piece))
                if fault.pace and self.server.files.closing.wait(len(piece) / fault.pace):
                    return
        if fault.chunked:
            self.wfile.write(b"0\r\n\r\n")
        if fault.stall_after is not None:
            self.server.files.closing.wait()
        if fault.drop_after is not None or fault.length is not None:
            self.close_connection = True
        if fault.reset:
            self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")

    def send_file(self, path: Path, start: int, end: int, fault: Fault) -> None:
        """Send a large file, past Python's memory; or at a pace."""
        with path.open("rb") as source:
            place = start
            while place < end:
                begun = time.monotonic()
                count = self.connection.sendfile(source, place, min(end - place, fault.pace // 50 or end - place))
                self.server.files.count(count)
                place += count
                if fault.pace:
                    time.sleep(max(0.0, count / fault.pace - (time.monotonic() - begun)))
