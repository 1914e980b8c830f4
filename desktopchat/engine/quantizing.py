"""Quantizes model files in a child, which may be ended at any moment and leaves nothing behind then."""

import contextlib
import json
import os
import shutil
import subprocess
from collections.abc import Callable, Generator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psutil

from desktopchat.core import own_program
from desktopchat.core.errors import EngineError, ModelFileError
from desktopchat.core.free_name import give_name
from desktopchat.core.gguf import read_header
from desktopchat.core.memory_words import size_text
from desktopchat.core.quants import MADE_HERE, NEED_MATRIX, QUANTS, WHOLE
from desktopchat.core.sentence import Sentence, reason_of

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


def place_for(name: str, quant: str, folder: Path) -> Path:
    """Return the file for a model in another type of numbers."""
    stem, _, last = name.rpartition("-")
    return folder / f"{stem if stem and last.upper() in QUANTS.values() else name}-{quant}.gguf"


def check(source: Path, name: str, quant: str, target: Path) -> int:
    """See whether a model can be made smaller, and return the llama_ftype for it.

    Raises:
        EngineError: llama.cpp cannot, or should not.
        ModelFileError: Something is called so already, there is no room for it, or the model is damaged.
    """
    if quant in NEED_MATRIX:
        raise EngineError(
            Sentence("{quant} needs an importance matrix, which is not made here.", quant=quant),
            Sentence("Choose one of {names}.", names=", ".join(MADE_HERE)),
        )
    if quant not in MADE_HERE:
        raise EngineError(
            Sentence("{quant} is no type of numbers.", quant=quant),
            Sentence("Choose one of {names}.", names=", ".join(MADE_HERE)),
        )
    header = read_header(source)
    if not {tensor.type for tensor in header.tensors} <= WHOLE:
        raise EngineError(
            Sentence("{name} is quantized already; made smaller again it would lose twice.", name=name),
            "Take the same model in F16 or BF16.",
        )
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if target.exists():
        raise ModelFileError(
            Sentence("{path} is there already.", path=target), "Move it away, or give the new one another name."
        )
    if shutil.disk_usage(target.parent).free < header.file_size:
        raise ModelFileError(
            Sentence("{path} may need {size}, which are not free.", path=target, size=size_text(header.file_size)),
            "Free some space, or choose another disk.",
        )
    return MADE_HERE[quant]


def quantize(source: Path, target: Path, ftype: int, log: Path, heard: Heard) -> None:
    """Write a model in another type of numbers.

    Args:
        source: A model in F32, F16 or BF16.
        target: What must not be there yet; it gets its name when it is whole.
        ftype: llama_ftype of llama.h.
        log: Receives what llama.cpp says.

    Raises:
        EngineError: It did not work.
        ModelFileError: It cannot be written, or something is called so by now, which is left as it is.
    """
    part = target.with_name(f".{target.name}.part")
    order = {"source": str(source), "target": str(part), "ftype": ftype, "n_threads": _threads()}
    try:
        with contextlib.closing(_run(order, log)) as lines:
            for line in lines:
                heard(int(line.get("done", 0)), int(line.get("of", 0)))
        with part.open("rb+") as file:
            os.fsync(file.fileno())
        give_name(part, target)
    except FileExistsError:
        raise ModelFileError(
            Sentence("{path} is there already.", path=target), "Move it away, or give the new one another name."
        ) from None
    except OSError as error:
        raise ModelFileError(
            Sentence("{path} cannot be written: {why}.", path=target, why=reason_of(error)),
            "See that its disk has room.",
        ) from error
    finally:
        part.unlink(missing_ok=True)


def measure(model: Path, text: str, log: Path, heard: Heard) -> Measured:
    """Return how well a model foresees a text, and how fast it writes.

    Raises:
        EngineError: It did not work.
    """
    with contextlib.closing(_run({"model": str(model), "text": text, "n_threads": _threads()}, log)) as lines:
        for line in lines:
            heard(int(line.get("done", 0)), int(line.get("of", 0)))
            if "perplexity" in line:
                return Measured(float(line["perplexity"]), int(line["tokens"]), float(line["tokens_per_second"]))
    raise _failed(log)


def _run(order: dict[str, Any], log: Path) -> Generator[dict[str, Any]]:
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
