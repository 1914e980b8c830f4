"""The adapters of a loaded model: read, checked, put into llama.cpp and taken out again."""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, BinaryIO

import llama_cpp
import numpy as np

from desktopchat.core.adapter import (
    Adapter,
    AdapterFile,
    Base,
    check_fit,
    check_kind,
    check_layers,
    layer_of,
    read_adapter,
    read_base,
)
from desktopchat.core.errors import AdapterError, EngineMemoryError, ModelFileError
from desktopchat.core.gguf import TensorInfo
from desktopchat.core.memory import DeviceMemory
from desktopchat.core.sentence import Sentence, reason_of
from desktopchat.engine.api import Adapted
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.llama.native import Native

_Numbers = np.ndarray[Any, np.dtype[np.float32]]
_Stamp = tuple[str, int, int]
_PIECE = 1 << 24  # bytes that are read at once
# Only the numbers of a block that can be none (NaN) or infinite; BF16 is the upper half of an f32.
_BLOCKS: dict[str, np.dtype[Any]] = {"F32": np.dtype("<f4"), "F16": np.dtype("<f2"), "BF16": np.dtype("<u2")}
_BLOCKS["Q8_0"] = np.dtype([("scale", "<f2"), ("numbers", "i1", 32)])


@dataclass(slots=True)
class _Held:
    """A file that was read.

    Attributes:
        stamp: Tells whether the file is still the one that was read, and as what.
        digest: Of its content.
        lora: What llama.cpp made of it; None for a control vector.
        directions: Of a control vector, of shape (layers, width); layer 1 stands first.
        took: What it takes of each device.
    """

    stamp: _Stamp
    digest: str
    lora: Any = None
    directions: _Numbers | None = None
    took: tuple[DeviceMemory, ...] = ()


class Adapters:
    """What is applied to a model.

    Attributes:
        key: Tells apart what a KV cache depends on; empty when nothing is applied.
        adapted: What is applied.
    """

    def __init__(self, native: Native, loaded: LoadedModel) -> None:
        self._native = native
        self._loaded = loaded
        self._base: Base | None = None
        self._held: dict[str, _Held] = {}
        self._steered = False
        self.key = ""
        self.adapted = Adapted()

    def apply(self, adapters: Sequence[Adapter]) -> Adapted:
        """Apply these and no others. When one is refused, those before stay.

        Raises:
            AdapterError: A file is missing, damaged, made for another model, or there twice.
            EngineMemoryError: There was not enough memory.
        """
        paths = [adapter.path for adapter in adapters]
        if twice := next((adapter for adapter in adapters if paths.count(adapter.path) > 1), None):
            raise AdapterError(Sentence("{name} was chosen twice.", name=twice.name), "Choose it once.")
        held: dict[str, _Held] = {}
        try:
            for adapter in adapters:
                held[adapter.path] = self._hold(adapter)
            used = sorted((one for one in adapters if one.scale), key=lambda one: one.path)
            self._steer([(one, held[one.path]) for one in used if one.kind == "control_vector"])
        except BaseException:
            self._free(held, self._held)
            raise
        self._set_loras([(one, held[one.path]) for one in used if one.kind == "lora"])
        self._free(self._held, held)
        self._held = held
        self.key = " ".join(f"{held[one.path].digest}*{one.scale!r}[{_layers(one)}]" for one in used)
        self.adapted = Adapted(tuple(adapters), _sum(one.took for one in held.values()))
        return self.adapted

    def apply_sound(self, adapters: Sequence[Adapter]) -> tuple[Sentence, ...]:
        """Apply what can be applied, and return what is wrong with the others."""
        sound: list[Adapter] = []
        wrong: list[Sentence] = []
        for adapter in adapters:
            try:
                self.apply([*sound, adapter])
            except (AdapterError, EngineMemoryError) as error:
                wrong.append(error.sentence)
            else:
                sound.append(adapter)
        return tuple(wrong)

    def _hold(self, adapter: Adapter) -> _Held:
        path = Path(adapter.path)
        stamp = _stamp(adapter)
        base = self._read_base()
        check_layers(adapter, base)
        known = self._held.get(adapter.path)
        if known is not None and known.stamp == stamp:
            return known
        file = read_adapter(path)
        check_kind(file, adapter.kind)
        check_fit(file, base)
        digest, directions = self._read(path, file)
        if file.kind == "control_vector":
            return _Held(stamp, digest, directions=directions)
        lora, took = self._load_lora(file)
        return _Held(stamp, digest, lora=lora, took=took)

    def _read_base(self) -> Base:
        if self._base is None:
            try:
                base = read_base(Path(self._loaded.info.file.path))
            except ModelFileError as error:
                raise AdapterError(error.cause, "Put the file of the model back, then load it again.") from error
            # What decides about the length of what is given to llama.cpp comes from there.
            layers = int(llama_cpp.llama_model_n_layer(self._loaded.model))
            embedding = int(llama_cpp.llama_model_n_embd(self._loaded.model))
            self._base = replace(base, name=self._loaded.info.file.name, layers=layers, embedding=embedding)
        return self._base

    def _read(self, path: Path, file: AdapterFile) -> tuple[str, _Numbers | None]:
        """Look at every number, which llama.cpp does not, and return the digest and the directions, if it has any.

        Raises:
            AdapterError: It cannot be read, or has numbers that are none.
        """
        digest = hashlib.sha256()
        directions = None if file.kind == "lora" else self._nothing()
        try:
            with path.open("rb") as source:
                digest.update(source.read(file.data_offset))
                for tensor in file.tensors.values():
                    row = bytearray()
                    for piece in _pieces(source, file.data_offset, tensor):
                        digest.update(piece)
                        _check_numbers(file, tensor, piece)
                        if directions is not None:
                            row += piece
                    if directions is not None:
                        directions[layer_of(tensor.name) - 1] = np.frombuffer(row, "<f4")
        except OSError as error:
            raise AdapterError(
                Sentence("{path} cannot be read: {why}.", path=path, why=reason_of(error)),
                "See whether you may read it and the disk is well.",
            ) from error
        return digest.hexdigest(), directions

    def _load_lora(self, file: AdapterFile) -> tuple[Any, tuple[DeviceMemory, ...]]:
        self._native.last_errors.clear()
        self._native.allocated.clear()
        lora = llama_cpp.llama_adapter_lora_init(self._loaded.model, os.fsencode(file.path))
        if not lora:  # a null pointer object, which is not None but false
            if any("failed to allocate" in line for line in self._native.last_errors):
                cause = Sentence("There is not enough memory for {name}.", name=file.name)
                raise EngineMemoryError(cause, "Choose a smaller adapter, or a smaller model.")
            raise AdapterError(
                Sentence(
                    "llama.cpp cannot use {name} with {model}.", name=file.name, model=self._loaded.info.file.name
                ),
                "Choose an adapter that was made for this model.",
                "\n".join(self._native.last_errors),
            )
        plan = self._loaded.info.plan
        return lora, self._native.allocated.on(plan.memory) if plan else ()

    def _steer(self, vectors: Sequence[tuple[Adapter, _Held]]) -> None:
        """Add this much of each control vector to what goes from block to block."""
        if not vectors:
            if self._steered:
                llama_cpp.llama_set_adapter_cvec(self._loaded.context, None, 0, 0, 0, 0)
                self._steered = False
            return
        total = self._nothing()
        for adapter, held in vectors:
            assert held.directions is not None
            part = slice(max(adapter.first_layer, 1) - 1, adapter.last_layer or None)
            with np.errstate(over="ignore", invalid="ignore"):
                total[part] += np.float32(adapter.scale) * held.directions[part]
        if not np.isfinite(total).all():
            raise AdapterError("The control vectors are too strong together.", "Choose smaller scales.")
        # All layers are given each time: llama.cpp keeps for the others what they had before.
        pointer = total.ctypes.data_as(ctypes.POINTER(ctypes.c_float))
        layers, width = total.shape
        if llama_cpp.llama_set_adapter_cvec(self._loaded.context, pointer, total.size, width, 1, layers):
            raise EngineMemoryError("There is not enough memory for a control vector.", "Choose a smaller model.")
        self._steered = True

    def _nothing(self) -> _Numbers:
        base = self._read_base()
        return np.zeros((base.layers - 1, base.embedding), np.float32)

    def _set_loras(self, loras: Sequence[tuple[Adapter, _Held]]) -> None:
        pointers = (llama_cpp.llama_adapter_lora_p_ctypes * len(loras))(*(held.lora for _, held in loras))
        scales = (ctypes.c_float * len(loras))(*(adapter.scale for adapter, _ in loras))
        llama_cpp.llama_set_adapters_lora(self._loaded.context, pointers, len(loras), scales)

    @staticmethod
    def _free(these: dict[str, _Held], but: dict[str, _Held]) -> None:
        kept = {id(held) for held in but.values()}
        for held in these.values():
            if held.lora is not None and id(held) not in kept:
                llama_cpp.llama_adapter_lora_free(held.lora)


def _stamp(adapter: Adapter) -> _Stamp:
    try:
        status = Path(adapter.path).stat()
    except (OSError, ValueError):
        return adapter.kind, -1, -1  # what is wrong with it is said when it is read
    return adapter.kind, status.st_size, status.st_mtime_ns


def _pieces(source: BinaryIO, start: int, tensor: TensorInfo) -> Iterable[bytes]:
    source.seek(start + tensor.offset)
    piece = _PIECE - _PIECE % _BLOCKS[tensor.type].itemsize
    for offset in range(0, tensor.size, piece):
        wanted = min(piece, tensor.size - offset)
        data = source.read(wanted)
        if len(data) != wanted:
            raise AdapterError("The adapter was cut off while it was read.", "Try again.")
        yield data


def _check_numbers(file: AdapterFile, tensor: TensorInfo, data: bytes) -> None:
    numbers = np.frombuffer(data, _BLOCKS[tensor.type])
    if tensor.type == "Q8_0":
        numbers = numbers["scale"]
    # The exponent of a BF16 has all bits set where the number is infinite or none.
    sound = (numbers & 0x7F80 != 0x7F80) if tensor.type == "BF16" else np.isfinite(numbers)
    if not sound.all():
        raise AdapterError(
            Sentence("{name} has broken numbers in {tensor}.", name=file.name, tensor=tensor.name),
            "Download it again, or choose another adapter.",
        )


def _layers(adapter: Adapter) -> str:
    return f"{adapter.first_layer}-{adapter.last_layer}" if adapter.kind == "control_vector" else ""


def _sum(parts: Iterable[tuple[DeviceMemory, ...]]) -> tuple[DeviceMemory, ...]:
    """Return what several adapters take of each device together."""
    sizes: dict[str, int] = {}
    for part in parts:
        for memory in part:
            sizes[memory.device] = sizes.get(memory.device, 0) + memory.weights
    return tuple(DeviceMemory(device, size, 0, 0) for device, size in sizes.items())
