"""`desktopchat batch`: asks the model once for each row of a file, and writes rows with answers."""

import argparse
import contextlib
import sys
import time
from dataclasses import replace
from pathlib import Path

from desktopchat import log
from desktopchat.console import say
from desktopchat.core.address import is_address
from desktopchat.core.download_words import time_left
from desktopchat.core.errors import TableError
from desktopchat.core.modelfile import ModelFile
from desktopchat.hosting import StoppedError, at_work, load, make_host, told_to_stop, undisturbed
from desktopchat.models_command.progress import ProgressLine
from desktopchat.server.batch import LARGEST, Batch, How, read_rows, unreadable
from desktopchat.server.waiting import answered
from desktopchat.session import Session

_PROMPT = "{prompt}"


def run(session: Session, options: argparse.Namespace) -> int:
    """Answer all rows that are not answered yet.

    Returns:
        1 when rows failed, 130 when the person or the system stopped it.

    Raises:
        UserError: What went wrong; what is written already stays.
    """
    log.configure(session.paths.logs, session.debug)
    output = Path(options.output)
    name = "standard input" if options.input == "-" else options.input
    table = read_rows(_read(options.input, name), name)
    if options.input != "-" and output.exists() and output.samefile(options.input):
        raise TableError(f"{output} cannot be both input and output.", "Choose another name for the output.")
    prompt = _text(options.prompt_file) if options.prompt_file else options.prompt or _PROMPT
    sampling = replace(options.sampling, json_schema=_text(options.schema) if options.schema else "")
    model = session.choose_model(options.model)
    how = How(prompt, options.system, sampling, model.path if is_address(model.path) else model.name)
    batch = Batch(table, name, output, how)
    try:
        if batch.done < batch.total:
            with told_to_stop():
                _answer_rest(session, model, batch, output.name)
    except StoppedError:
        say(f"Stopped after {batch.done:,} of {batch.total:,} rows. The same command goes on from there.")
        return 130
    finally:
        batch.close()
    told = f"{batch.done:,} row{'' if batch.done == 1 else 's'} in {output}"
    say(f"{told}, of which {batch.failed:,} failed; error says why." if batch.failed else f"{told}.")
    return int(batch.failed > 0)


def _read(source: str, name: str) -> bytes:
    try:
        if source == "-":
            return sys.stdin.buffer.read(LARGEST + 1)
        with Path(source).open("rb") as file:
            return file.read(LARGEST + 1)
    except OSError as error:
        raise unreadable(name, error) from error


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise unreadable(str(path), error) from error
    except UnicodeDecodeError as error:
        raise TableError(f"{path} is not in UTF-8.", "Save it as UTF-8.") from error


def _answer_rest(session: Session, model: ModelFile, batch: Batch, shown: str) -> None:
    settings = session.settings()
    for warning in settings.warnings:
        say(warning)
    with ProgressLine() as line:

        def tell(text: str) -> None:
            line.end()
            say(text)

        host = make_host(session, settings, model, "", tell)
        try:
            info = load(host)
            with (
                at_work(host),
                contextlib.closing(answered(host.queue, batch.requests(), batch.at_once(info.seats))) as outcomes,
            ):
                start, began = batch.done, time.monotonic()
                for outcome in outcomes:
                    batch.add(outcome)
                    speed = (batch.done - start) / max(1e-3, time.monotonic() - began)
                    rest = batch.total - batch.done
                    left = f" · {time_left(rest / speed)}" if rest else ""
                    words = f"{batch.done:,} of {batch.total:,} rows · {speed:.2g} rows/s{left}"
                    line.show(shown, batch.done / batch.total, words)
        finally:
            with undisturbed():
                host.close()
