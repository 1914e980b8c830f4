"""Real servers of the OpenAI API for the tests, each a process on the loopback."""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from urllib.error import URLError
from urllib.request import urlopen

PROGRAM_VARIABLE = "DESKTOPCHAT_LLAMA_SERVER"
ROOT = Path(__file__).resolve().parents[1]
N_CTX = 1024
_PATIENCE = 90.0  # seconds until a model is loaded on a busy machine


def llama_server() -> Path | None:
    """Return llama.cpp's own server: the one that is named, or the one that benchmarks/peers.py has built."""
    if named := os.environ.get(PROGRAM_VARIABLE):
        return Path(named)
    return next(iter(sorted((ROOT / ".venv" / "cache").glob("llama.cpp-*/build/bin/llama-server"))), None)


@contextlib.contextmanager
def running(kind: str, model: Path, *options: str) -> Iterator[str]:
    """Run a server and yield its address.

    Args:
        kind: "llama-server", or "llama_cpp.server", which comes with the tests.
        options: More of its options.
    """
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    if kind == "llama-server":
        command = [str(llama_server()), "-m", str(model), "-c", str(N_CTX), "--port", port, "-b", "256", "-t", "2"]
    else:
        command = [sys.executable, "-m", "llama_cpp.server", "--model", str(model), "--port", port]
        command += ["--n_ctx", str(N_CTX), "--n_threads", "2", "--model_alias", "starter"]
    process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _wait(process, f"http://127.0.0.1:{port}/v1/models")
        yield f"http://127.0.0.1:{port}"
    finally:
        process.kill()
        process.wait()


def _wait(process: "subprocess.Popen[bytes]", url: str) -> None:
    deadline = time.monotonic() + _PATIENCE
    while process.poll() is None and time.monotonic() < deadline:
        try:
            with urlopen(url, timeout=5):
                return
        except (URLError, OSError):
            time.sleep(0.1)
    raise RuntimeError(f"the server did not start: {process.args}")
