"""`desktopchat models quantize`: makes a smaller model of a large one, and says what that costs."""

import json
from dataclasses import asdict
from pathlib import Path
from typing import Any

from desktopchat.console import say, write
from desktopchat.core.errors import EngineError
from desktopchat.core.memory_words import size_text
from desktopchat.core.sentence import reason_of
from desktopchat.engine import quantizing
from desktopchat.engine.quantizing import Measured
from desktopchat.models_command.progress import ProgressLine
from desktopchat.session import Session

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
    path, text = Path(source.path), _text(text_file)
    target = output or quantizing.place_for(source.name, quant, session.paths.models)
    ftype = quantizing.check(path, source.name, quant, target)
    log = session.paths.logs / "quantize.log"
    line = ProgressLine()
    try:
        quantizing.quantize(path, target, ftype, log, lambda done, of: _show(line, target.name, done, of))
        both = [(one, _measured(one, text, log, line)) for one in (path, target)] if text else []
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


def _as_json(path: Path, found: Measured) -> dict[str, Any]:
    return {"path": str(path), "size": path.stat().st_size, **asdict(found)}
