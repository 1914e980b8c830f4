"""KV states of conversations, kept so that going back to one evaluates nothing again.

The newest ones lie in memory, the others in private files; both are limited, and the one used longest ago
goes first. A file is used only when its model, its settings and its checksum are right, and only as far as
its tokens are those of the prompt.
"""

import contextlib
import hashlib
import json
import logging
import os
import struct
from array import array
from collections import OrderedDict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO, Any

from desktopchat.engine.api import never
from desktopchat.engine.prefix import common_length

_log = logging.getLogger(__name__)

_MAGIC = b"DCHATKV1"
_HEADER_LIMIT = 1 << 16  # bytes
_SUFFIX = ".kv"
_WRITTEN = ".kv*"  # with what a process that was killed had written half
SLICE = 8 << 20  # bytes of a state that are worked on at once, for some 10 ms


@dataclass(frozen=True, slots=True)
class State:
    """The KV cache of one token sequence.

    Attributes:
        owner: The conversation; its states are forgotten with it. Empty: never written to disk.
        tokens: What was evaluated.
        data: llama.cpp's own serialisation of it.
        logits: float32 logits after the last token, where the state ends with a prompt; else empty.
    """

    owner: str
    tokens: list[int]
    data: bytes | memoryview
    logits: bytes = b""

    @property
    def size(self) -> int:
        """Bytes that it takes, nearly."""
        return len(self.data) + len(self.logits) + 4 * len(self.tokens)


class _PutOffError(Exception):
    """There is something better to do than to write a state."""


class StateStore:
    """States by owner and tokens.

    Args:
        folder: Where files go; None keeps nothing on disk.
        memory_limit: Bytes in memory.
        disk_limit: Bytes on disk.
    """

    def __init__(self, folder: Path | None, memory_limit: int, disk_limit: int) -> None:
        self._folder = folder
        self._memory_limit = memory_limit
        self._disk_limit = disk_limit
        self._model = ""
        self._cuttable = True
        self._memory: OrderedDict[str, State] = OrderedDict()  # by name of the file, oldest first
        self._unsaved: set[str] = set()

    def use_model(self, key: str, cuttable: bool = True) -> None:
        """Forget what is in memory and answer for another model.

        Args:
            key: Names the model and every setting that its states depend on.
            cuttable: Whether a state can serve a prompt that is shorter, so that one is enough for a branch.
        """
        self._cuttable = cuttable
        self._memory.clear()
        self._unsaved.clear()
        self._model = hashlib.sha256(key.encode()).hexdigest()[:16]

    def put(self, state: State) -> None:
        """Keep a state; shorter ones of the same branch give way."""
        for name, old in list(self._memory.items()):
            if self._cuttable and old.owner == state.owner and old.tokens == state.tokens[: len(old.tokens)]:
                self._drop(name)
        name = self._name(state.owner, state.tokens)
        self._memory[name] = state
        self._unsaved.add(name)
        while len(self._memory) > 1 and sum(kept.size for kept in self._memory.values()) > self._memory_limit:
            oldest = next(iter(self._memory))
            if oldest in self._unsaved:
                self._write(oldest)
            del self._memory[oldest]

    def covered(self, owner: str, tokens: list[int]) -> int:
        """Return how many of the first tokens a state of this owner in memory serves, which counts as used just now."""
        best, chosen = 0, ""
        for name, state in self._memory.items():
            length = common_length(state.tokens, tokens) if state.owner == owner else 0
            if length > best and (self._cuttable or length == len(state.tokens)):
                best, chosen = length, name
        if chosen:
            self._memory.move_to_end(chosen)
        return best

    def candidates(self, owner: str) -> Iterator[tuple[str, list[int]]]:
        """Yield name and tokens of the states that may fit: all in memory, and the owner's on disk."""
        yield from [(name, state.tokens) for name, state in self._memory.items()]
        for path in self._files(owner):
            if path.name not in self._memory and (tokens := self._read_tokens(path)):
                yield path.name, tokens

    def get(self, name: str) -> State | None:
        """Return a state that `candidates` named; None when its file is damaged or gone."""
        state = self._memory.get(name) or self._read(name)
        if state is not None:
            self._memory[name] = state
            self._memory.move_to_end(name)
            if self._folder is not None:
                with contextlib.suppress(OSError):
                    os.utime(self._folder / name)
        return state

    def save(self, is_wanted: Callable[[], bool] = never) -> None:
        """Write what is only in memory to disk.

        Args:
            is_wanted: Says that there is something better to do; what is not written then is the next time.
        """
        with contextlib.suppress(_PutOffError):
            for name in list(self._unsaved):
                self._write(name, is_wanted)

    def forget(self, owner: str) -> None:
        """Remove every state of a conversation, of all models."""
        for name in [name for name, state in self._memory.items() if state.owner == owner]:
            self._memory.pop(name)
            self._unsaved.discard(name)
        if self._folder is not None and owner:
            for path in self._folder.glob(f"*-{_safe(owner)}-*{_WRITTEN}"):
                path.unlink(missing_ok=True)

    def _name(self, owner: str, tokens: list[int]) -> str:
        digest = hashlib.sha256(array("i", tokens).tobytes()).hexdigest()[:16]
        return f"{self._model}-{_safe(owner)}-{digest}{_SUFFIX}"

    def _drop(self, name: str) -> None:
        self._memory.pop(name, None)
        self._unsaved.discard(name)
        if self._folder is not None:
            (self._folder / name).unlink(missing_ok=True)

    def _files(self, owner: str) -> list[Path]:
        if self._folder is None or not owner:
            return []
        return sorted(self._folder.glob(f"{self._model}-{_safe(owner)}-*{_SUFFIX}"))

    def _write(self, name: str, is_wanted: Callable[[], bool] = never) -> None:
        state = self._memory[name]
        # One state must not push out all the others.
        if self._folder is None or not state.owner or state.size > self._disk_limit // 4:
            self._unsaved.discard(name)
            return
        part = self._folder / f"{name}.part"
        try:
            header = json.dumps(
                {
                    "model": self._model,
                    "tokens": len(state.tokens),
                    "bytes": len(state.data),
                    "logits": len(state.logits),
                    "sha256": _digest(_slices(is_wanted, state.data, state.logits)),
                }
            ).encode()
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as file:
                file.write(_MAGIC + struct.pack("<I", len(header)) + header)
                file.write(array("i", state.tokens).tobytes())
                file.writelines(_slices(is_wanted, state.data, state.logits))
            part.replace(self._folder / name)
        except OSError as error:  # a cache: without it the text is evaluated again
            _log.info("a KV state was not written: %s", error.strerror)
        finally:
            with contextlib.suppress(OSError):
                part.unlink(missing_ok=True)
        self._unsaved.discard(name)
        self._trim()

    def _trim(self) -> None:
        assert self._folder is not None
        files = sorted((p.stat().st_mtime, p.stat().st_size, p) for p in self._folder.glob(f"*{_WRITTEN}"))
        total = sum(size for _, size, _ in files)
        for _, size, path in files:
            if total <= self._disk_limit:
                break
            path.unlink(missing_ok=True)
            total -= size

    def _read_tokens(self, path: Path) -> list[int]:
        try:
            with path.open("rb") as file:
                return self._read_head(file)[1]
        except (OSError, ValueError, KeyError, struct.error):
            path.unlink(missing_ok=True)
            return []

    def _read(self, name: str) -> State | None:
        if self._folder is None:
            return None
        path = self._folder / name
        try:
            with path.open("rb") as file:
                header, tokens = self._read_head(file)
                data, logits = file.read(header["bytes"]), file.read(header["logits"])
        except (OSError, ValueError, KeyError, struct.error):
            path.unlink(missing_ok=True)
            return None
        if _digest((data, logits)) != header["sha256"]:
            path.unlink(missing_ok=True)
            return None
        return State(name.split("-")[1], tokens, data, logits)

    def _read_head(self, file: IO[bytes]) -> tuple[dict[str, Any], list[int]]:
        """Read up to the data.

        Raises:
            ValueError: It is no state of this model.
        """
        if file.read(len(_MAGIC)) != _MAGIC:
            raise ValueError("no KV state")
        (length,) = struct.unpack("<I", file.read(4))
        if length > _HEADER_LIMIT:
            raise ValueError("header too long")
        header: dict[str, Any] = json.loads(file.read(length))
        if header["model"] != self._model:
            raise ValueError("another model")
        tokens = array("i")
        tokens.frombytes(file.read(4 * header["tokens"]))
        if len(tokens) != header["tokens"]:
            raise ValueError("cut off")
        return header, tokens.tolist()


def _digest(parts: Iterable[bytes | memoryview]) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(part)
    return digest.hexdigest()


def _slices(is_wanted: Callable[[], bool], *parts: bytes | memoryview) -> Iterator[memoryview]:
    """Yield slices of the parts while nothing else is to be done.

    Raises:
        _PutOffError: Something is.
    """
    for part in parts:
        for start in range(0, len(part), SLICE):
            if is_wanted():
                raise _PutOffError
            yield memoryview(part)[start : start + SLICE]


def _safe(owner: str) -> str:
    return "".join(character for character in owner if character.isalnum()) or "none"
