"""`desktopchat serve` as a process of its own."""

import contextlib
import json
import os
import queue
import re
import subprocess
import sys
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from program import PATIENCE, run, started

# Files with the key of a test, not the keyring of the person who runs it.
KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}
# Where `packaging/dev.py test` puts the clients of OpenAI's API.
CLIENTS = Path(sys.prefix) / "clients"


@dataclass
class Served:
    """An endpoint that runs.

    Attributes:
        address: With /v1.
        said: Lines of its standard error so far.
    """

    process: "subprocess.Popen[bytes]"
    data_dir: Path
    address: str
    key: str
    said: list[str] = field(default_factory=list)

    def ask(self, path: str, body: Any = None, **headers: str) -> tuple[int, Any]:
        """Return status and answer of a request."""
        given = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json", **headers}
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self.address + path, data, given)
        try:
            with urllib.request.urlopen(request, timeout=PATIENCE) as response:
                return response.status, json.loads(response.read())
        except urllib.error.HTTPError as error:
            return error.code, json.loads(error.read())

    def client(self, client: str, program: Path) -> "subprocess.CompletedProcess[str]":
        """Run a program with a client of OpenAI's API; only its environment says where to ask."""
        folder = CLIENTS / client
        assert folder.is_dir(), f"{folder} is missing: run packaging/dev.py test"
        hidden = ("OPENAI_", "http_proxy", "HTTP_PROXY", "all_proxy", "ALL_PROXY")
        kept = {name: value for name, value in os.environ.items() if not name.startswith(hidden)}
        where = {"OPENAI_API_BASE": self.address, "OPENAI_BASE_URL": self.address, "OPENAI_API_KEY": self.key}
        return subprocess.run(
            [sys.executable, str(program)],
            env={**kept, **where, "PYTHONPATH": str(folder), "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            encoding="utf-8",
            timeout=PATIENCE,
            check=False,
        )


@contextlib.contextmanager
def serving(data_dir: Path, *options: str, engine: str = "process") -> Iterator[Served]:
    """Run `desktopchat serve` on a free port."""
    key = run(data_dir, "serve", "--show-key", **KEYRING).stdout.strip()
    with started(
        data_dir, "serve", "--port", "0", *options, engine=engine, stderr=subprocess.PIPE, changes=KEYRING
    ) as process:
        said: queue.SimpleQueue[str] = queue.SimpleQueue()
        served = Served(process, data_dir, "", key)

        def read() -> None:
            assert process.stderr is not None
            for line in process.stderr:
                said.put(line.decode("utf-8"))
            said.put("")

        reader = threading.Thread(target=read)
        reader.start()
        while not served.address:
            line = said.get(timeout=PATIENCE)
            assert line, f"it ended: {served.said}"
            served.said.append(line)
            if found := re.search(r"Serving at (http://\S+/v1)\.", line):
                served.address = found[1]
        try:
            yield served
        finally:
            process.terminate()
            try:
                process.wait(PATIENCE)
            finally:
                process.kill()
                reader.join()
