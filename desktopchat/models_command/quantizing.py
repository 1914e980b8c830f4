"""`desktopchat models quantize`: makes a smaller model of a large one, and says what that costs."""

import json
import shutil
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktopchat.console import say, write
from desktopchat.core.errors import EngineError, ModelFileError
from desktopchat.core.gguf import read_header
from desktopchat.core.memory_words import size_text
from desktopchat.core.sentence import reason_of
from desktopchat.engine import quantizing
from desktopchat.engine.quantizing import Measured
from desktopchat.library.folder import QUANTS
from desktopchat.models_command.progress import ProgressLine
from desktopchat.session import Session

_WHOLE = frozenset({"F32", "F16", "BF16"})
# llama.cpp makes these with an importance matrix alone (src/llama-quant.cpp).
_NEED_MATRIX = frozenset({"IQ1_S", "IQ1_M", "IQ2_XXS", "IQ2_XS", "IQ2_S", "Q2_K_S"})
_TYPES = {name: number for number, name in QUANTS.items() if name not in _NEED_MATRIX}
_LONGEST_TEXT = 4 << 20  # bytes


def quantize(
    session: Session, model: str, quant: str, output: Path | None, text_file: Path | None, *, as_json: bool
) -> int:
    """Write the model in another type of numbers.

    Raises:
        UserError: It cannot be done; there is no new file then.
    """
    quant = quant.upper()
    source = session.choose_model(model)
    if quant not in _TYPES:
        why = "needs an importance matrix, which is not made here" if quant in _NEED_MATRIX else "is no type of numbers"
        raise EngineError(f"{quant} {why}.", f"Choose one of {', '.join(_TYPES)}.")
    if not {tensor.type for tensor in read_header(Path(source.path)).tensors} <= _WHOLE:
        raise EngineError(
            f"{source.name} is quantized already; made smaller again it would lose twice.",
            "Take the same model in F16 or BF16.",
        )
    text = _text(text_file)
    target = output or session.paths.models / f"{_stem(source.name)}-{quant}.gguf"
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    if target.exists():
        raise ModelFileError(f"{target} is there already.", "Name another file with --output.")
    if shutil.disk_usage(target.parent).free < source.size:
        raise ModelFileError(
            f"{target} may need {size_text(source.size)}, which are not free.",
            "Free some space, or name another disk with --output.",
        )
    log = session.paths.logs / "quantize.log"
    line = ProgressLine()
    try:
        path = Path(source.path)
        quantizing.quantize(path, target, _TYPES[quant], log, lambda done, of: _show(line, target.name, done, of))
        both = [(one, _measured(one, text, log, line)) for one in (path, target)] if text else []
    except OSError as error:
        raise EngineError(f"{target} cannot be written: {reason_of(error)}.", "See that its disk has room.") from error
    finally:
        line.end()
    if as_json:
        told = {"path": str(target), "quant": quant, "size": target.stat().st_size, "source_size": source.size}
        print(json.dumps(told | {"compared": [_as_json(*one) for one in both]}, indent=2))
        return 0
    write(f"{target}\n{size_text(source.size)} became {size_text(target.stat().st_size)}.\n")
    for one, found in both:
        write(
            f"{one.stem}: {found.tokens_per_second:.1f} tokens/s, perplexity {found.perplexity:.3f}"
            f" over {found.tokens:,} tokens\n"
        )
    return 0


def _measured(path: Path, text: str, log: Path, line: ProgressLine) -> Measured:
    return quantizing.measure(path, text, log, lambda done, of: _show(line, f"reading with {path.stem}", done, of))


def _show(line: ProgressLine, name: str, done: int, of: int) -> None:
    if of:
        line.show(name, done / of, f"{done} of {of}")


def _text(file: Path | None) -> str:
    if file is None:
        return ""
    try:
        with file.open("rb") as source:
            text = source.read(_LONGEST_TEXT + 1)
    except OSError as error:
        raise EngineError(f"{file} cannot be read: {reason_of(error)}.", "Name another text file.") from error
    if len(text) > _LONGEST_TEXT:
        say(f"Only the first {size_text(_LONGEST_TEXT)} of {file} are read.")
    if not (found := text[:_LONGEST_TEXT].decode("utf-8", "replace")).strip():
        raise EngineError(f"{file} is empty.", "Name a text of a page or more.")
    return found


def _stem(name: str) -> str:
    """Return the name of a model without its type."""
    stem, _, last = name.rpartition("-")
    return stem if stem and last.upper() in QUANTS.values() else name


def _as_json(path: Path, found: Measured) -> dict[str, Any]:
    return {"path": str(path), "size": path.stat().st_size, **asdict(found)}
