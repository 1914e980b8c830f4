"""What downloads cost: python benchmarks/downloads.py [--size MB] [--kills N] [--rounds N]    exit code 1: a bar missed

Throughput: one file from a server on the loopback, to the moment where it has been verified, lies on the disk and has
its name, in turn with `curl -L` of the same file with what it takes to have that on the disk too (curl itself leaves
it in the memory of the system, and verifies nothing). Bar: 0.9 of curl. Both figures of curl are printed.

Bad line: the same file through a server that closes the connection every 20 MB, to a program that is killed by SIGKILL
and started again. Bar: what the server has sent is at most 1.05 of the file. The server counts what it has handed to
the system, so what was under way at a kill counts too; the line is one of 100 MB/s.
"""

import argparse
import os
import random
import shutil
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from desktopchat.core.address import ServerAddress  # noqa: E402  (the path comes first)
from desktopchat.core.endpoint import endpoint  # noqa: E402
from desktopchat.core.hub_file import HubFile  # noqa: E402
from desktopchat.core.secret import Secret  # noqa: E402
from desktopchat.library.download import FileDownload  # noqa: E402
from desktopchat.library.places import place_for  # noqa: E402
from desktopchat.library.speed_limit import SpeedLimit  # noqa: E402
from desktopchat.network.connection import Connection  # noqa: E402
from desktopchat.network.fetching import Fetcher  # noqa: E402
from desktopchat.network.ledger import Ledger  # noqa: E402
from tests.file_server import FileServer  # noqa: E402

_REPO, _NAME = "acme/large-GGUF", "large.Q4_K_M.gguf"
_DROP = 20_000_000  # bytes between two drops
_LINE = 100_000_000  # bytes a second of the bad line
_BAR, _MOST_SENT = 0.9, 1.05


@dataclass(frozen=True, slots=True)
class Run:
    """One download.

    Attributes:
        seconds: Until all of it was on the disk.
        written: Until it had been handed to the system.
        cpu: Seconds of processors.
        memory: Bytes that the process grew by.
    """

    seconds: float
    written: float
    cpu: float
    memory: int


def main() -> int:
    """Measure both, and tell whether the bars were met."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--size", type=int, default=1000, metavar="MB")
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--serve", nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.serve:
        return _serve(Path(options.serve[0]), options.serve[1])
    with tempfile.TemporaryDirectory(prefix="downloads-", dir=os.environ.get("TMPDIR")) as name:
        folder = Path(name)
        content = folder / "content"
        _write(content, options.size * 1_000_000)
        passed = [
            *([_throughput(folder, content, options.rounds)] if options.rounds else []),
            *([_bad_line(folder, content, options.kills)] if options.kills else []),
        ]
    return 0 if all(passed) else 1


def _throughput(folder: Path, content: Path, rounds: int) -> bool:
    with _server(content) as (url, file):
        pairs = [(_curl(folder, url, file), _ours(folder, url, file)) for _ in range(rounds + 1)]
        _, *pairs = pairs  # the first round warms up
    for number, (curl, ours) in enumerate(pairs, 1):
        print(
            f"round {number}: curl {curl.written:.2f} s, on the disk {curl.seconds:.2f} s, CPU {curl.cpu:.2f} s;  "
            f"ours {ours.written:.2f} s, verified and on the disk {ours.seconds:.2f} s, CPU {ours.cpu:.2f} s, "
            f"memory +{ours.memory / 1e6:.0f} MB"
        )
    plain = statistics.median(curl.written / ours.written for curl, ours in pairs)
    synced = statistics.median(curl.seconds / ours.seconds for curl, ours in pairs)
    speed = statistics.median(file.size / ours.seconds for _, ours in pairs)
    memory = max(ours.memory for _, ours in pairs)
    print(
        f"to the system: {plain:.2f} of curl;  to the disk: {synced:.2f} of curl (bar {_BAR}), {speed / 1e6:.0f} MB/s"
    )
    return min(plain, synced) >= _BAR and memory < 64 << 20


def _curl(folder: Path, url: str, file: HubFile) -> Run:
    target = folder / "curl.gguf"
    before = _children()
    begun = time.perf_counter()
    address = f"{url}/{file.repo}/resolve/{file.commit}/{file.path}"
    subprocess.run(["curl", "-sfL", "--noproxy", "*", "-o", target, address], check=True)
    written = time.perf_counter() - begun
    with target.open("rb") as done:
        os.fsync(done.fileno())
    run = Run(time.perf_counter() - begun, written, _children() - before, 0)
    target.unlink()
    return run


def _ours(folder: Path, url: str, file: HubFile) -> Run:
    models = folder / "models"
    ledger = Ledger(folder / "connections.jsonl")

    def connect(to: ServerAddress, key: Secret | None) -> Connection:
        return Connection(to, ledger, key)

    written = [0.0]
    begun = time.perf_counter()

    def heard() -> None:
        written[0] = written[0] or time.perf_counter() - begun

    made = FileDownload(file, place_for(models, file), Fetcher(endpoint(url), connect), SpeedLimit(lambda: 0), heard)
    process, cpu = psutil.Process(), sum(psutil.Process().cpu_times()[:2])
    with _peak(process) as peak:
        made.run()
        seconds = time.perf_counter() - begun
    run = Run(seconds, written[0], sum(process.cpu_times()[:2]) - cpu, peak[1] - peak[0])
    shutil.rmtree(models)
    return run


def _bad_line(folder: Path, content: Path, kills: int) -> bool:
    data = folder / "data"
    draw = random.Random(1)
    with FileServer() as server:
        file = server.add(_NAME, content, _REPO)
        server.fail("cdn", times=10**9, drop_after=_DROP, pace=_LINE)
        part = data / "models" / _REPO / f"{_NAME}.part"
        call = [sys.executable, "-m", "desktopchat", "--data-dir", str(data), "models", "download", _REPO]
        call += ["--endpoint", server.url]
        environment = {**os.environ, "PYTHONPATH": str(ROOT)}
        begun = time.perf_counter()
        for number in range(kills):
            process = subprocess.Popen(call, env=environment, stderr=subprocess.DEVNULL)
            wanted = (number + draw.random()) / kills * file.size
            while process.poll() is None and (not part.exists() or part.stat().st_size < wanted):
                time.sleep(0.002)
            process.send_signal(signal.SIGKILL)
            process.wait()
        done = subprocess.run(call, env=environment, check=False, capture_output=True, text=True)
        seconds = time.perf_counter() - begun
        share = server.sent / file.size
        drops = len(server.asked["cdn"]) - kills - 1
    verified = done.returncode == 0 and part.with_suffix("").stat().st_size == file.size
    print(
        f"bad line: {kills} kills, {drops} drops, {'verified' if verified else done.stderr}, "
        f"sent {share:.3f} of the file (bar {_MOST_SENT}), {seconds:.0f} s"
    )
    return verified and share <= _MOST_SENT


@contextmanager
def _server(content: Path):  # type: ignore[no-untyped-def]
    call = [sys.executable, str(Path(__file__)), "--serve", str(content), _NAME]
    with subprocess.Popen(call, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        url, commit, digest = process.stdout.readline().split()
        yield url, HubFile(_REPO, commit, _NAME, content.stat().st_size, digest)
        process.communicate("end\n")


def _serve(content: Path, name: str) -> int:
    with FileServer() as server:
        file = server.add(name, content, _REPO)
        print(server.url, file.commit, file.sha256, flush=True)
        sys.stdin.readline()
    return 0


@contextmanager
def _peak(process: psutil.Process):  # type: ignore[no-untyped-def]
    """Return the memory of a process at the beginning, and later the most it had."""
    found = [process.memory_info().rss] * 2
    over = threading.Event()

    def watch() -> None:
        while not over.wait(0.02):
            found[1] = max(found[1], process.memory_info().rss)

    thread = threading.Thread(target=watch)
    thread.start()
    try:
        yield found
    finally:
        over.set()
        thread.join()


def _children() -> float:
    times = os.times()
    return times.children_user + times.children_system


def _write(path: Path, size: int) -> None:
    draw = random.Random(0)
    with path.open("wb") as file:
        for _ in range(size // 1_000_000):
            file.write(draw.randbytes(1_000_000))


if __name__ == "__main__":
    sys.exit(main())
