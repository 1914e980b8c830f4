"""Two processes share one model: llama.cpp's RPC server takes some of the layers, the engine the others.

python benchmarks/sharing.py --model FILE [--source FOLDER] [--layers N]

llama.cpp's RPC backend is two files, and is compiled against the libraries of the installed llama-cpp-python in half a
minute; a build with CMAKE_ARGS=-DGGML_RPC=on has it in itself. Prints what each process held and what was answered; the
exit code is 1 when the server held nothing, or the answer begins unlike that of one process.
"""

import argparse
import contextlib
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import llama_cpp  # noqa: E402  (the path comes first)
import psutil  # noqa: E402

from benchmarks.peers import peak_memory, source  # noqa: E402
from desktopchat.core.chat import ChatMessage, Role  # noqa: E402
from desktopchat.core.params import LoadParams, SamplingParams  # noqa: E402
from desktopchat.engine.api import Delta, GenerationFinished, GenerationRequest, ModelLoaded  # noqa: E402
from desktopchat.engine.process import ProcessEngine  # noqa: E402
from desktopchat.library.folder import inspect  # noqa: E402

_DEFINES = ("-DGGML_SHARED", "-DGGML_BACKEND_SHARED")
_QUESTION = "Tell me about cats."


@dataclass(frozen=True, slots=True)
class Pack:
    """What it takes.

    Attributes:
        libraries: Folder of llama.cpp's libraries with the RPC backend among them, for LLAMA_CPP_LIB_PATH.
        server: The program that takes a share.
    """

    libraries: Path
    server: Path


@dataclass(frozen=True, slots=True)
class Answer:
    """What came out.

    Attributes:
        device: Where the model was, in words.
        resident: Memory of the engine's process in bytes.
    """

    text: str
    device: str
    resident: int
    rate: float


def build(source_folder: Path, folder: Path) -> Pack:
    """Compile the backend and the server, unless that has been done.

    Raises:
        subprocess.CalledProcessError: The compiler failed; its output was shown.
    """
    installed = Path(llama_cpp.__file__).parent / "lib"
    libraries, server = folder / "lib", folder / "ggml-rpc-server"
    if not server.exists():
        libraries.mkdir(parents=True, exist_ok=True)
        for library in installed.iterdir():
            with contextlib.suppress(FileExistsError):
                (libraries / library.name).symlink_to(library)
        common = ["c++", "-std=c++17", "-O2", "-pthread", *_DEFINES, f"-I{source_folder / 'ggml' / 'include'}"]
        rpc = source_folder / "ggml" / "src" / "ggml-rpc"
        files = [str(rpc / "ggml-rpc.cpp"), str(rpc / "transport.cpp")]
        plugin = [
            "-fPIC",
            "-shared",
            "-DGGML_BACKEND_DL",
            "-DGGML_BACKEND_BUILD",
            f"-I{source_folder / 'ggml' / 'src'}",
        ]
        backend = libraries / "libggml-rpc.so"
        linked = [f"-L{libraries}", f"-Wl,-rpath,{libraries}"]
        subprocess.run([*common, *plugin, *files, "-o", str(backend), *linked, "-lggml-base"], check=True)
        # The server looks for the backend in its own folder.
        shutil.copyfile(backend, folder / backend.name)
        program = str(source_folder / "tools" / "rpc" / "rpc-server.cpp")
        names = ["-lggml", "-lggml-base", "-lggml-cpu"]
        subprocess.run([*common, program, "-o", str(server), *linked, *names], check=True)
    return Pack(libraries, server)


@contextlib.contextmanager
def serving(pack: Pack) -> Iterator[tuple[str, psutil.Process]]:
    """Run the server on the loopback; yield its address and its process."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    process = subprocess.Popen(
        [str(pack.server), "-p", str(port)],
        cwd=pack.server.parent,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(process, port)
        yield f"127.0.0.1:{port}", psutil.Process(process.pid)
    finally:
        process.kill()
        process.wait()


def ask(model: Path, folder: Path, params: LoadParams, tokens: int = 48) -> Answer:
    """Load a model in an engine of its own and ask it, greedily."""
    engine = ProcessEngine(folder / "engine.log")
    try:
        *_, loaded = engine.load(inspect(model), params)
        assert isinstance(loaded, ModelLoaded)
        turns = (ChatMessage(Role.USER, _QUESTION),)
        events = list(engine.generate(GenerationRequest(1, turns, SamplingParams(temperature=0, max_tokens=tokens))))
        last = events[-1]
        assert isinstance(last, GenerationFinished)
        resident = sum(
            child.memory_info().rss for child in psutil.Process().children() if "--engine-child" in child.cmdline()
        )
        text = "".join(event.text for event in events if isinstance(event, Delta))
        return Answer(
            text, loaded.info.device, resident, (last.usage.completion_tokens - 1) / last.timings.generation_seconds
        )
    finally:
        engine.close()


def main() -> int:
    """Share a model, and show it; return the exit code."""
    options = _options()
    cache = ROOT / ".venv" / "cache"
    pack = build(options.source or source(cache), options.build or cache / "rpc")
    os.environ["LLAMA_CPP_LIB_PATH"] = str(pack.libraries)
    with tempfile.TemporaryDirectory(prefix="desktopchat-sharing-") as name:
        folder = Path(name)
        alone = ask(options.model, folder, LoadParams(n_ctx=1024, lookup=False))
        with serving(pack) as (address, server):
            before = server.memory_info().rss
            params = LoadParams(n_ctx=1024, lookup=False, n_gpu_layers=options.layers, rpc=(address,))
            shared = ask(options.model, folder, params)
            most = peak(server)
        log = (folder / "engine.log").read_text("utf-8", "replace")
    print(f"alone:  {alone.device} · {alone.rate:.1f} tokens/s · {alone.resident / 1e6:.0f} MB here")
    print(f"shared: {shared.device} · {shared.rate:.1f} tokens/s · {shared.resident / 1e6:.0f} MB here", end="")
    print(f" · the server grew from {before / 1e6:.0f} to {most / 1e6:.0f} MB")
    for line in dict.fromkeys(log.splitlines()):
        if any(words in line for words in ("offloaded", "model buffer size", "KV buffer size", "using device")):
            print(f"        {line[line.find('INFO') + 5 :].strip()}")
    alike = next((at for at, pair in enumerate(zip(alone.text, shared.text, strict=False)) if pair[0] != pair[1]), 0)
    print(f"answer: {shared.text.strip()!r}")
    if alone.text == shared.text:
        print("One process alone gives the same answer.")
    else:
        # The server multiplies with other code, whose sums are rounded otherwise.
        print(f"One process alone gives the same {alike} characters, and then {alone.text[alike:].strip()!r}.")
    return 0 if most - before > 10e6 and (alike > 20 or alone.text == shared.text) else 1


def peak(process: psutil.Process) -> int:
    """Return the most resident memory that a process has had, in bytes."""
    return peak_memory(process.pid) or int(process.memory_info().rss)


def _wait(process: "subprocess.Popen[bytes]", port: int) -> None:
    deadline = time.monotonic() + 30
    while process.poll() is None and time.monotonic() < deadline:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.05)
    raise RuntimeError("the RPC server did not start")


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Share a model between two processes of this machine.")
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="a GGUF file")
    parser.add_argument("--source", type=Path, metavar="FOLDER", help="llama.cpp's source of the installed version")
    parser.add_argument("--build", type=Path, metavar="FOLDER", help="where to keep what is compiled")
    parser.add_argument("--layers", type=int, default=15, metavar="N", help="layers for the server; 15 without it")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
