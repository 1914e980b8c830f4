"""`desktopchat batch`: asks the model once for each row of a file, and writes rows with answers."""

import argparse
import contextlib
import json
import sys
import threading
import time
from collections.abc import Generator, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from desktopchat import log
from desktopchat.console import say
from desktopchat.core.address import is_address
from desktopchat.core.answer_file import AnswerFile
from desktopchat.core.chat import ChatMessage, FinishReason, Role
from desktopchat.core.download_words import time_left
from desktopchat.core.errors import (
    ContextOverflowError,
    EmptyPromptError,
    EngineError,
    NoModelError,
    PurposeError,
    TableError,
    TemplateError,
)
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import SamplingParams
from desktopchat.core.prompt_text import filled, has_field
from desktopchat.core.sentence import reason_of
from desktopchat.core.table import Table, cell, delimiter_of, read_table
from desktopchat.engine.api import GenerationRequest
from desktopchat.exchange.files import save
from desktopchat.hosting import StoppedError, load, make_host, told_to_stop, undisturbed
from desktopchat.models_command.progress import ProgressLine
from desktopchat.server.answers import Answers, finish_of
from desktopchat.server.engine_host import EngineHost
from desktopchat.server.waiting import answered
from desktopchat.session import Session

_LARGEST = 256 << 20  # bytes of a file
_PROMPT = "{prompt}"
_ADDED = ("answer", "finish_reason", "error", "prompt_tokens", "completion_tokens")
# These concern one row; after any other error the next row would meet the same one.
_OF_A_ROW = (ContextOverflowError, EmptyPromptError, EngineError, TemplateError)
_OF_ALL = (NoModelError, PurposeError)
_WORDS = {"system": "system prompt", "max_tokens": "--max-tokens"}


@dataclass(frozen=True, slots=True)
class _Task:
    """What is asked of each row.

    Attributes:
        prompts: One a row.
        parts: Names of what an answer consists of, in columns of their own.
    """

    table: Table
    prompts: tuple[str, ...]
    system: str
    sampling: SamplingParams
    parts: tuple[str, ...]


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
    table = read_table(_read(options.input, name), name)
    if options.input != "-" and output.exists() and output.samefile(options.input):
        raise TableError(f"{output} cannot be both input and output.", "Choose another name for the output.")
    schema = _text(options.schema) if options.schema else ""
    delimiter = delimiter_of(output.name, table.delimiter)
    parts = _parts(schema, options.schema) if delimiter else ()
    _check_columns(table, parts, name)
    prompt = _text(options.prompt_file) if options.prompt_file else options.prompt or _PROMPT
    prompts = tuple(_prompts(prompt, table, name))
    sampling = replace(options.sampling, json_schema=schema)
    task = _Task(table, prompts, options.system, sampling, parts)
    model = session.choose_model(options.model)
    settings = {"prompt": prompt, "system": task.system, "schema": schema, "model": _name_of(model)}
    settings |= {one: getattr(sampling, one) for one in ("max_tokens", "temperature", "seed")}
    columns = (*table.columns, *parts, *_ADDED) if delimiter else ()
    kept = output.with_name(f"{output.name}.batch")
    file = AnswerFile(output, columns, delimiter)
    done = 0
    try:
        _check_settings(output, kept, settings, is_new=file.is_new)
        there = file.resume(table, name)
        failed = sum(bool(row.get("error")) for row in there)
        done = len(there)
        if done < len(prompts):
            with told_to_stop(), contextlib.closing(_answers(session, model, task, done, output.name)) as rows:
                for row in rows:
                    done += 1  # first, for whatever ends the program may do so in the middle of a row
                    failed += bool(row["error"])
                    file.append(row)
    except StoppedError:
        say(f"Stopped after {done:,} of {len(prompts):,} rows. The same command goes on from there.")
        return 130
    finally:
        file.close()
        if file.is_new and prompts and not done:
            for one in (output, kept):  # in which nothing is that anybody could go on with
                one.unlink(missing_ok=True)
    told = f"{done:,} row{'' if done == 1 else 's'} in {output}"
    say(f"{told}, of which {failed:,} failed; error says why." if failed else f"{told}.")
    return int(failed > 0)


def _name_of(model: ModelFile) -> str:
    return model.path if is_address(model.path) else model.name


def _read(source: str, name: str) -> bytes:
    try:
        if source == "-":
            data = sys.stdin.buffer.read(_LARGEST + 1)
        else:
            with Path(source).open("rb") as file:
                data = file.read(_LARGEST + 1)
    except OSError as error:
        raise TableError(f"{name} cannot be read: {reason_of(error)}.", "Check that it is there and yours.") from error
    if len(data) > _LARGEST:
        raise TableError(f"{name} is larger than {_LARGEST >> 20} MiB.", "Split it into several files.")
    return data


def _text(path: Path) -> str:
    try:
        return path.read_text("utf-8-sig")
    except OSError as error:
        raise TableError(f"{path} cannot be read: {reason_of(error)}.", "Check that it is there and yours.") from error
    except UnicodeDecodeError as error:
        raise TableError(f"{path} is not in UTF-8.", "Save it as UTF-8.") from error


def _parts(schema: str, path: Path) -> tuple[str, ...]:
    """Return the names of the top properties of what follows a schema."""
    if not schema:
        return ()
    try:
        found = json.loads(schema)
    except (ValueError, RecursionError) as error:
        raise TableError(f"{path} is no JSON schema.", "Check it for errors.", str(error)) from error
    properties = found.get("properties") if isinstance(found, dict) else None
    return tuple(properties) if isinstance(properties, dict) else ()


def _check_columns(table: Table, parts: tuple[str, ...], name: str) -> None:
    for one in (*parts, *_ADDED):
        if one in table.columns:
            raise TableError(f"{name} has a column “{one}”, where the answer belongs.", "Give it another name.")
    for one in parts:
        if one in _ADDED:
            raise TableError(f"The schema has a property “{one}”, as a column of the output is called.", "Rename it.")


def _prompts(template: str, table: Table, name: str) -> Iterator[str]:
    if not has_field(template, table.columns):
        raise TableError(
            "The prompt names no column, so all rows would be asked the same.",
            "Put the name of a column into it, in braces.",
        )
    for number, row in enumerate(table.rows, 1):
        try:
            yield filled(template, {column: cell(value) for column, value in row.items()})
        except KeyError as error:
            raise TableError(
                f"Row {number:,} of {name} has no “{error.args[0]}”, which the prompt asks for.",
                f"Its columns are {', '.join(row)}; --prompt says which of them are put where.",
            ) from error


def _check_settings(output: Path, kept: Path, settings: dict[str, Any], *, is_new: bool) -> None:
    """See that what is there was asked in the same way, and note how it is asked."""
    if is_new:
        save(kept, [json.dumps(settings, ensure_ascii=False, indent=2) + "\n"])
        return
    try:
        before = json.loads(kept.read_bytes())
    except (OSError, ValueError, RecursionError):
        before = None
    if not isinstance(before, dict):
        raise TableError(f"{output} is there already, from elsewhere.", "Choose another name for the output.")
    if others := [_WORDS.get(one, one) for one in settings if before.get(one) != settings[one]]:
        raise TableError(
            f"{output} was begun with another {' and '.join(others)}.",
            f"Give the same, choose another output, or delete {output} to begin anew.",
        )


def _answers(session: Session, model: ModelFile, task: _Task, start: int, shown: str) -> Generator[dict[str, Any]]:
    """Return the rows from one on, with their answers."""
    settings = session.settings()
    for warning in settings.warnings:
        say(warning)
    with ProgressLine() as line:

        def tell(text: str) -> None:
            line.end()
            say(text)

        host = make_host(session, settings, model, "", tell)
        try:
            load(host)
            with _at_work(host):
                total = len(task.prompts)
                began = time.monotonic()
                for place in range(start, total):
                    yield _answer(host, task, place)
                    speed = (place + 1 - start) / max(1e-3, time.monotonic() - began)
                    rest = total - place - 1
                    left = f" · {time_left(rest / speed)}" if rest else ""
                    words = f"{place + 1:,} of {total:,} rows · {speed:.2g} rows/s{left}"
                    line.show(shown, (place + 1) / total, words)
        finally:
            with undisturbed():
                host.close()


@contextlib.contextmanager
def _at_work(host: EngineHost) -> Iterator[None]:
    """Do what is in the queue, on a thread of its own, while the block lasts."""

    def work() -> None:
        try:
            host.run()
        finally:
            host.queue.close()  # nobody waits for a thread that has failed

    thread = threading.Thread(target=work, name="engine")
    thread.start()
    try:
        yield
    finally:
        with undisturbed():
            host.queue.close()
            thread.join()


def _answer(host: EngineHost, task: _Task, place: int) -> dict[str, Any]:
    messages = [ChatMessage(Role.SYSTEM, task.system)] if task.system.strip() else []
    messages.append(ChatMessage(Role.USER, task.prompts[place]))
    row = {**task.table.rows[place], **dict.fromkeys((*task.parts, *_ADDED))}
    try:
        found = answered(host.queue, GenerationRequest(place + 1, tuple(messages), task.sampling))
    except _OF_A_ROW as error:
        if isinstance(error, _OF_ALL):
            raise
        return row | {"error": str(error)}
    return row | _told(found, task)


def _told(found: Answers, task: _Task) -> dict[str, Any]:
    (answer,) = found.each
    told: dict[str, Any] = {
        "answer": answer.text.strip(),
        "finish_reason": finish_of(answer),
        "error": None,
        "prompt_tokens": found.usage.prompt_tokens,
        "completion_tokens": found.usage.completion_tokens,
    }
    if not task.sampling.json_schema:
        return told
    if answer.reason is not FinishReason.STOP:
        count = found.usage.completion_tokens
        return told | {"error": f"The answer was cut after {count:,} tokens. Raise --max-tokens."}
    try:
        value = json.loads(answer.text)
        json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
    except (ValueError, RecursionError):
        return told | {"error": "The answer is no JSON. Try another model."}
    if task.parts:
        return told | ({one: value.get(one) for one in task.parts} if isinstance(value, dict) else {})
    return told | {"answer": value}
