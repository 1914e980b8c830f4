"""Batch: the rows of a file are asked, and written with the answers to another file."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from desktopchat.core.answer_file import AnswerFile
from desktopchat.core.chat import ChatMessage, FinishReason, Role
from desktopchat.core.errors import (
    ContextOverflowError,
    EmptyPromptError,
    EngineError,
    NoModelError,
    PurposeError,
    TableError,
    TemplateError,
    UserError,
)
from desktopchat.core.params import SamplingParams
from desktopchat.core.prompt_text import filled, has_field
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.core.table import Table, cell, delimiter_of, read_table
from desktopchat.core.whole_file import save
from desktopchat.engine.api import GenerationRequest
from desktopchat.server.answers import Answers, finish_of

LARGEST = 256 << 20  # bytes of a file
_ADDED = ("answer", "finish_reason", "error", "prompt_tokens", "completion_tokens")
# These concern one row; after any other error the next row would meet the same one.
_OF_A_ROW = (ContextOverflowError, EmptyPromptError, EngineError, TemplateError)
_OF_ALL = (NoModelError, PurposeError)
_AHEAD = 2  # rows in the queue for each that is answered, so that one that takes long holds up no other


@dataclass(frozen=True, slots=True)
class How:
    """How each row is asked.

    Attributes:
        prompt: {column} in it is the value of that column; {column=something} stands in for an empty one.
        sampling: Its JSON schema is what every answer follows.
        model: Name of the model that answers.
    """

    prompt: str
    system: str
    sampling: SamplingParams
    model: str


def read_rows(data: bytes, name: str) -> Table:
    """Read what was read of a file up to a byte over `LARGEST`.

    Raises:
        TableError: It is too large, or not sound.
    """
    if len(data) > LARGEST:
        raise TableError(
            Sentence("{name} is larger than {most} MiB.", name=name, most=LARGEST >> 20), "Split it into several files."
        )
    return read_table(data, name)


def unreadable(name: str, error: OSError) -> TableError:
    """Return what is said of a file that cannot be read."""
    return TableError(
        Sentence("{name} cannot be read: {why}.", name=name, why=reason_of(error)), "Check that it is there and yours."
    )


class Batch:
    """Answers rows, each once, however often it is begun. `close` must be called.

    Args:
        table: The rows.
        name: Where they come from.
        output: File for the answers, which is gone on with if it was begun in the same way. `.batch` beside it keeps
            how it was asked.

    Attributes:
        total: Rows.
        done: Rows that are answered.
        failed: Those of them that have an error in the place of an answer.

    Raises:
        TableError: Rows, prompt and schema do not go together, or the output was begun in another way.
    """

    def __init__(self, table: Table, name: str, output: Path, how: How) -> None:
        delimiter = delimiter_of(output.name, table.delimiter)
        self._parts = _parts(how.sampling.json_schema) if delimiter else ()
        _check_columns(table, self._parts, name)
        self._table = table
        self._how = how
        self._prompts = tuple(_prompts(how.prompt, table, name))
        self.total = len(self._prompts)
        self.done = self.failed = 0
        self._output = output
        self._kept = output.with_name(f"{output.name}.batch")
        columns = (*table.columns, *self._parts, *_ADDED) if delimiter else ()
        self._file = AnswerFile(output, columns, delimiter)
        try:
            _check_how(output, self._kept, how, is_new=self._file.is_new)
            there = self._file.resume(table, name)
        except BaseException:
            self.close()
            raise
        self.done = len(there)
        self.failed = sum(bool(row.get("error")) for row in there)

    def at_once(self, seats: int) -> int:
        """Return how many rows may be under way.

        What is answered together is rounded a little otherwise from one time to the next, so that those who want the
        same answers again are answered one by one.

        Args:
            seats: Answers that the engine writes together.
        """
        return 1 if self._how.sampling.seed is not None else _AHEAD * seats if seats > 1 else 1

    def requests(self) -> Iterator[GenerationRequest]:
        """Yield what is to be asked for each row that has no answer yet."""
        system = [ChatMessage(Role.SYSTEM, self._how.system)] if self._how.system.strip() else []
        for place in range(self.done, self.total):
            messages = (*system, ChatMessage(Role.USER, self._prompts[place]))
            yield GenerationRequest(place + 1, messages, self._how.sampling)

    def add(self, outcome: Answers | UserError) -> None:
        """Write the next row, with what came of asking it.

        Raises:
            UserError: The outcome, where it does not concern this row alone, or of the disk; the row can be asked
                again.
        """
        row = self._row(outcome)
        self.done += 1  # first, for whatever ends the program may do so in the middle of a row
        self.failed += bool(row["error"])
        self._file.append(row)

    def close(self) -> None:
        """Let others write the file. One in which nothing is that anybody could go on with is taken away."""
        self._file.close()
        if self._file.is_new and self.total and not self.done:
            for one in (self._output, self._kept):
                one.unlink(missing_ok=True)

    def _row(self, outcome: Answers | UserError) -> dict[str, Any]:
        row = {**self._table.rows[self.done], **dict.fromkeys((*self._parts, *_ADDED))}
        if isinstance(outcome, Answers):
            return row | self._told(outcome)
        if isinstance(outcome, _OF_A_ROW) and not isinstance(outcome, _OF_ALL):
            return row | {"error": str(outcome)}
        raise outcome

    def _told(self, found: Answers) -> dict[str, Any]:
        (answer,) = found.each
        told: dict[str, Any] = {
            "answer": answer.text.strip(),
            "finish_reason": finish_of(answer),
            "error": None,
            "prompt_tokens": found.usage.prompt_tokens,
            "completion_tokens": found.usage.completion_tokens,
        }
        if not self._how.sampling.json_schema:
            return told
        if answer.reason is not FinishReason.STOP:
            count = found.usage.completion_tokens
            return told | {"error": f"The answer was cut after {count:,} tokens. Raise max tokens."}
        try:
            value = json.loads(answer.text)
            json.dumps(value, allow_nan=False, ensure_ascii=False).encode()
        except (ValueError, RecursionError):
            return told | {"error": "The answer is no JSON. Try another model."}
        if self._parts:
            return told | ({one: value.get(one) for one in self._parts} if isinstance(value, dict) else {})
        return told | {"answer": value}


def _parts(schema: str) -> tuple[str, ...]:
    """Return the names of the top properties of what follows a schema: they have columns of their own."""
    if not schema:
        return ()
    try:
        found = json.loads(schema)
    except (ValueError, RecursionError) as error:
        raise TableError("This is no JSON schema.", "Check it for errors.", str(error)) from error
    properties = found.get("properties") if isinstance(found, dict) else None
    return tuple(properties) if isinstance(properties, dict) else ()


def _check_columns(table: Table, parts: tuple[str, ...], name: str) -> None:
    for one in (*parts, *_ADDED):
        if one in table.columns:
            raise TableError(
                Sentence("{name} has a column “{column}”, where the answer belongs.", name=name, column=one),
                "Give it another name.",
            )
    for one in parts:
        if one in _ADDED:
            raise TableError(
                Sentence("The schema has a property “{name}”, as a column of the output is called.", name=one),
                "Rename it.",
            )


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
                Sentence(
                    "Row {number} of {name} has no “{column}”, which the prompt asks for.",
                    number=number,
                    name=name,
                    column=error.args[0],
                ),
                Sentence("Its columns are {columns}; name some of them in the prompt.", columns=", ".join(row)),
            ) from error


def _check_how(output: Path, kept: Path, how: How, *, is_new: bool) -> None:
    """See that what is there was asked in the same way, and note how it is asked."""
    wanted = {
        "prompt": how.prompt,
        "system prompt": how.system,
        "schema": how.sampling.json_schema,
        "model": how.model,
        "max tokens": how.sampling.max_tokens,
        "temperature": how.sampling.temperature,
        "seed": how.sampling.seed,
    }
    if is_new:
        save(kept, [json.dumps(wanted, ensure_ascii=False, indent=2) + "\n"])
        return
    try:
        before = json.loads(kept.read_bytes())
    except (OSError, ValueError, RecursionError):
        before = None
    if not isinstance(before, dict):
        raise TableError(
            Sentence("{path} is there already, from elsewhere.", path=output), "Choose another name for the output."
        )
    if others := [name for name in wanted if before.get(name) != wanted[name]]:
        raise TableError(
            Sentence("{path} was begun with another {what}.", path=output, what=" and ".join(others)),
            Sentence("Give the same, choose another output, or delete {path} to begin anew.", path=output),
        )


def asked_before(output: Path) -> str:
    """Return the prompt with which a file was begun; empty when none was."""
    try:
        before = json.loads(output.with_name(f"{output.name}.batch").read_bytes())
    except (OSError, ValueError, RecursionError):
        return ""
    prompt = before.get("prompt") if isinstance(before, dict) else None
    return prompt if isinstance(prompt, str) else ""
