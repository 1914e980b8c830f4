"""Quantizes model files in a child, which may be ended at any moment and leaves nothing behind then."""

import contextlib
import json
import os
import subprocess
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from desktopchat.core import own_program
from desktopchat.core.errors import EngineError
from desktopchat.core.sentence import Sentence

Heard = Callable[[int, int], None]  # steps that are done, of how many


@dataclass(frozen=True, slots=True)
class Measured:
    """How good and how fast a model is.

    Attributes:
        perplexity: exp of the mean negative log-likelihood of a text's tokens; less is better.
        tokens: Of the text, over which that is the mean.
        tokens_per_second: Generation.
    """

    perplexity: float
    tokens: int
    tokens_per_second: float


def quantize(source: Path, target: Path, ftype: int, log: Path, heard: Heard) -> None:
    """Write a model in another type of numbers.

    Args:
        source: A model in F32, F16 or BF16.
        target: What must not be there yet; it gets its name when it is whole.
        ftype: llama_ftype of llama.h.
        log: Receives what llama.cpp says.

    Raises:
        EngineError: It did not work.
    """
    part = target.with_name(f".{target.name}.part")
    order = {"source": str(source), "target": str(part), "ftype": ftype, "n_threads": _threads()}
    try:
        for line in _run(order, log):
            heard(int(line.get("done", 0)), int(line.get("of", 0)))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        part.rename(target)
    finally:
        part.unlink(missing_ok=True)


def measure(model: Path, text: str, log: Path, heard: Heard) -> Measured:
    """Return how well a model foresees a text, and how fast it writes.

    Raises:
        EngineError: It did not work.
    """
    for line in _run({"model": str(model), "text": text, "n_threads": _threads()}, log):
        heard(int(line.get("done", 0)), int(line.get("of", 0)))
        if "perplexity" in line:
            return Measured(float(line["perplexity"]), int(line["tokens"]), float(line["tokens_per_second"]))
    raise _failed(log)


def _run(order: dict[str, Any], log: Path) -> Iterator[dict[str, Any]]:
    """Yield what the child says; it is ended when nobody listens any more.

    Raises:
        EngineError: It failed.
    """
    log.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with log.open("ab") as errors:
        child = subprocess.Popen(
            own_program.command("--quantize-child"),
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=errors,
            env=own_program.environment(lambda _: True),
            text=True,
            encoding="utf-8",
        )
    assert child.stdin is not None
    assert child.stdout is not None
    try:
        with contextlib.suppress(BrokenPipeError):
            child.stdin.write(json.dumps(order) + "\n")
            child.stdin.flush()  # it stays open: the child ends when it closes
        for line in child.stdout:
            yield json.loads(line)
        if child.wait() != 0:
            raise _failed(log)
    finally:
        child.kill()
        with contextlib.suppress(BrokenPipeError):
            child.stdin.close()
        child.stdout.close()
        child.wait()


def _threads() -> int:
    return psutil.cpu_count(logical=False) or 1


def _failed(log: Path) -> EngineError:
    return EngineError("llama.cpp could not do this.", Sentence("Its log says why: {path}.", path=log))
