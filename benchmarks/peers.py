"""llama.cpp's own programs, of the source that the installed llama-cpp-python was built from."""

import http.client
import json
import os
import shutil
import socket
import subprocess
import sys
import tarfile
import time
from importlib.metadata import version
from pathlib import Path
from typing import Any

_PROGRAMS = ("llama-bench", "llama-server")


def source(cache: Path) -> Path:
    """Return llama.cpp's source of the installed llama-cpp-python, fetching it where that has not been done.

    Raises:
        subprocess.CalledProcessError: It could not be fetched; the reason was shown.
    """
    release = version("llama-cpp-python")
    folder = cache / f"llama.cpp-{release}"
    if not (found := sorted(folder.glob("*/vendor/llama.cpp"))):
        folder.mkdir(parents=True, exist_ok=True)
        package = f"llama-cpp-python=={release}"
        pip = [sys.executable, "-m", "pip"]
        _do(*pip, "download", "--no-deps", "--no-binary=:all:", "--no-build-isolation", "-d", str(folder), package)
        (archive,) = folder.glob("*.tar.gz")
        with tarfile.open(archive) as packed:
            packed.extractall(folder, filter="data")
        found = sorted(folder.glob("*/vendor/llama.cpp"))
    return found[0]


def build(cache: Path) -> tuple[Path, Path]:
    """Return llama-bench and llama-server, building them where that has not been done.

    Raises:
        subprocess.CalledProcessError: A step of the build failed; its output was shown.
    """
    release = version("llama-cpp-python")
    folder = cache / f"llama.cpp-{release}"
    programs = [folder / "build" / "bin" / name for name in _PROGRAMS]
    if not all(program.exists() for program in programs):
        print(f"Building llama-bench and llama-server of llama-cpp-python {release}, some 10 minutes ...", flush=True)
        code = source(cache)
        cmake = shutil.which("cmake")
        if cmake is None:
            _do(sys.executable, "-m", "pip", "install", "cmake", "ninja")
            cmake = shutil.which("cmake", path=str(Path(sys.executable).parent))
        ninja = ["-G", "Ninja"] if shutil.which("ninja") else []
        options = ["-DCMAKE_BUILD_TYPE=Release", "-DLLAMA_CURL=OFF", "-DLLAMA_BUILD_TESTS=OFF"]
        _do(str(cmake), "-S", str(code), "-B", str(folder / "build"), *ninja, *options)
        jobs = str(os.cpu_count() or 1)
        _do(str(cmake), "--build", str(folder / "build"), "--parallel", jobs, "--target", *_PROGRAMS)
    return programs[0], programs[1]


def _do(*command: str) -> None:
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL)


class LlamaBench:
    """llama-bench with our settings: these threads, batches of 512, flash attention where ours has it."""

    def __init__(self, program: Path, model: Path, threads: int, *, flash: bool) -> None:
        self._command = [str(program), "-m", str(model), "-t", str(threads), "-b", "512", "-ub", "512"]
        self._command += ["-fa", "on" if flash else "off", "-r", "1", "-o", "json"]

    def rate(self, prompt: int, generated: int) -> float:
        """Return tokens/s of one test: of a prompt, or of a generation."""
        command = [*self._command, "-p", str(prompt), "-n", str(generated)]
        output = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL).stdout
        (test,) = json.loads(output)
        return float(test["avg_ts"])

    def peak_memory(self, prompt: int, generated: int) -> int:
        """Return the most resident memory in bytes that it had with a context of both lengths together."""
        command = [*self._command, "-p", "0", "-n", "0", "-pg", f"{prompt},{generated}"]
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        peak = 0
        while process.poll() is None:
            peak = max(peak, peak_memory(process.pid))
            time.sleep(0.02)
        return peak


def peak_memory(pid: int) -> int:
    """Return the most resident memory that a process has had, in bytes; 0 where it has ended (Linux alone)."""
    try:
        lines = Path(f"/proc/{pid}/status").read_text("ascii", "replace").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) << 10 for line in lines if line.startswith("VmHWM:")), 0)


class LlamaServer:
    """llama-server with its defaults, on the loopback.

    Args:
        options: More of its options.
    """

    def __init__(self, program: Path, model: Path, n_ctx: int, *options: str) -> None:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self._port = probe.getsockname()[1]
        command = [str(program), "-m", str(model), "-c", str(n_ctx), "--port", str(self._port)]
        self._process = subprocess.Popen([*command, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        deadline = time.monotonic() + 60
        while not self._is_ready():
            if self._process.poll() is not None or time.monotonic() > deadline:
                self.close()
                raise RuntimeError("llama-server did not start")
            time.sleep(0.1)

    def __enter__(self) -> "LlamaServer":
        return self

    def __exit__(self, *_error: object) -> None:
        self.close()

    def close(self) -> None:
        """End it."""
        self._process.kill()
        self._process.wait()

    @property
    def address(self) -> str:
        """Where it answers."""
        return f"http://127.0.0.1:{self._port}"

    def rate(self, prompt: str, tokens: int, **sampling: Any) -> float:
        """Return tokens/s from the first token to the last as they arrive; the prompt stays in its cache."""
        body = {"prompt": prompt, "n_predict": tokens, "stream": True, "ignore_eos": True, "cache_prompt": True}
        connection = http.client.HTTPConnection("127.0.0.1", self._port)
        connection.request(
            "POST", "/completion", json.dumps({**body, **sampling}), {"Content-Type": "application/json"}
        )
        first = last = 0.0
        count = 0
        for line in connection.getresponse():
            if line.startswith(b"data: "):
                last = time.perf_counter()
                first = first or last
                answer = json.loads(line[6:])
                count = answer["timings"]["predicted_n"] if answer.get("stop") else count
        connection.close()
        return (count - 1) / (last - first)

    def _is_ready(self) -> bool:
        connection = http.client.HTTPConnection("127.0.0.1", self._port, timeout=5)
        try:
            connection.request("GET", "/health")
            return connection.getresponse().status == 200
        except OSError:
            return False
        finally:
            connection.close()
