"""Reads the header of a GGUF file and refuses what llama.cpp could crash, hang or run out of memory on.

The layout is that of GGUF 2 and 3 (ggml/docs/gguf.md); the limits are ours, far above every real model.
Only the header is read, in small pieces, so memory stays flat whatever lengths a damaged file claims.
"""

import stat
import struct
from dataclasses import dataclass, field
from math import prod
from pathlib import Path
from typing import BinaryIO

from desktopchat.core.errors import ModelFileError
from desktopchat.core.sentence import Sentence, reason_of

MAX_KEYS = 65_536
MAX_TENSORS = 65_536
MAX_HEADER = 256 * 2**20  # bytes
MAX_TEXT = 32 * 2**20  # bytes of all strings that are kept
MAX_STRINGS = 4 * 2**20  # items of all string arrays together; the largest vocabularies have 262,144
MAX_DIMENSIONS = 4
MAX_TENSOR_NAME = 63  # bytes
SHORT_ARRAY = 64  # items; longer arrays are only counted
BLOCK_ARRAY = 512  # items of an array with a number for each block, of which llama.cpp knows no more (LLAMA_MAX_LAYERS)
MAX_NUMBERS = 65_536  # of all arrays together that are kept

_MAGIC = b"GGUF"
_VERSIONS = (2, 3)
_AGAIN = Sentence("Download it again.")
_CHOOSE = Sentence("Choose a .gguf file.")
_AS_GGUF = Sentence("Download the model as a .gguf file.")

_SCALARS = {
    0: struct.Struct("<B"),
    1: struct.Struct("<b"),
    2: struct.Struct("<H"),
    3: struct.Struct("<h"),
    4: struct.Struct("<I"),
    5: struct.Struct("<i"),
    6: struct.Struct("<f"),
    7: struct.Struct("<?"),
    10: struct.Struct("<Q"),
    11: struct.Struct("<q"),
    12: struct.Struct("<d"),
}
_U32, _U64 = _SCALARS[4], _SCALARS[10]
_STRING, _ARRAY = 8, 9
_TYPE_NAMES = ("u8", "i8", "u16", "i16", "u32", "i32", "f32", "bool", "string", "array", "u64", "i64", "f64")

# Elements and bytes of one block of each tensor type, from ggml_blck_size() and ggml_type_size() of
# ggml 0.25.3. The missing numbers were removed from ggml, which refuses them as well.
TENSOR_TYPES: dict[int, tuple[str, int, int]] = {
    0: ("F32", 1, 4),
    1: ("F16", 1, 2),
    2: ("Q4_0", 32, 18),
    3: ("Q4_1", 32, 20),
    6: ("Q5_0", 32, 22),
    7: ("Q5_1", 32, 24),
    8: ("Q8_0", 32, 34),
    9: ("Q8_1", 32, 36),
    10: ("Q2_K", 256, 84),
    11: ("Q3_K", 256, 110),
    12: ("Q4_K", 256, 144),
    13: ("Q5_K", 256, 176),
    14: ("Q6_K", 256, 210),
    15: ("Q8_K", 256, 292),
    16: ("IQ2_XXS", 256, 66),
    17: ("IQ2_XS", 256, 74),
    18: ("IQ3_XXS", 256, 98),
    19: ("IQ1_S", 256, 50),
    20: ("IQ4_NL", 32, 18),
    21: ("IQ3_S", 256, 110),
    22: ("IQ2_S", 256, 82),
    23: ("IQ4_XS", 256, 136),
    24: ("I8", 1, 1),
    25: ("I16", 1, 2),
    26: ("I32", 1, 4),
    27: ("I64", 1, 8),
    28: ("F64", 1, 8),
    29: ("IQ1_M", 256, 56),
    30: ("BF16", 1, 2),
    34: ("TQ1_0", 256, 54),
    35: ("TQ2_0", 256, 66),
    39: ("MXFP4", 32, 17),
    40: ("NVFP4", 64, 36),
    41: ("Q1_0", 128, 18),
    42: ("Q2_0", 64, 18),
}

_MOST_BEHIND = 1 << 20  # bytes behind the tensors, where some programs put things of their own

# Keys below the architecture's name, with the greatest value that can be meant; the least is 1.
_SHAPE_LIMITS = {"block_count": 65_536, "context_length": 2**27, "embedding_length": 2**24}

# What people take for a model, by its first bytes.
_WEB_PAGE = (
    Sentence("{name} is a web page, not a model."),
    Sentence("Open the page in a browser and download the .gguf file there."),
)
_OTHER_FORMATS = (
    (
        (b"version https://git-lfs",),
        Sentence("{name} is a Git LFS pointer, not the model itself."),
        Sentence("Download the file that it points to."),
    ),
    ((b"<!doctype html", b"<html"), *_WEB_PAGE),
    (
        (b"pk\x03\x04",),
        Sentence("{name} is a zip archive or a PyTorch checkpoint, not a GGUF model."),
        _CHOOSE,
    ),
    ((b"tjgg", b"fmgg", b"lmgg"), Sentence("{name} is in the old GGML format."), _AS_GGUF),
)


@dataclass(frozen=True, slots=True)
class ArrayInfo:
    """An array that was too long to keep.

    Attributes:
        type: Type of an item, such as "string" or "f32".
        length: Number of items.
    """

    type: str
    length: int


Scalar = bool | int | float | str
Value = Scalar | tuple[Scalar, ...] | ArrayInfo


@dataclass(frozen=True, slots=True)
class TensorInfo:
    """Where a tensor lies.

    Attributes:
        shape: Elements per dimension, the fastest first.
        type: ggml's name, such as "Q4_K".
        offset: Bytes after the start of the tensor data.
        size: Bytes.
    """

    name: str
    shape: tuple[int, ...]
    type: str
    offset: int
    size: int


@dataclass(frozen=True, slots=True)
class GGUFHeader:
    """All that stands before the tensor data.

    Attributes:
        version: 2 or 3.
        metadata: Scalars, strings and short arrays as they are, longer arrays as ArrayInfo.
        tensors: In the order of the file.
        data_offset: Where the tensor data begins, in bytes.
        file_size: Bytes.
        types: Of the values of `metadata`, such as "f32".
    """

    version: int
    metadata: dict[str, Value]
    tensors: tuple[TensorInfo, ...]
    data_offset: int
    file_size: int
    types: dict[str, str] = field(default_factory=dict)

    @property
    def tensor_count(self) -> int:
        """Number of tensors."""
        return len(self.tensors)

    def text(self, key: str) -> str:
        """Return a string of the metadata; empty when it is missing or something else."""
        value = self.metadata.get(key)
        return value if isinstance(value, str) else ""

    def number(self, key: str) -> int:
        """Return a whole number of the metadata; 0 when it is missing or something else."""
        value = self.metadata.get(key)
        return value if isinstance(value, int) else 0

    def numbers(self, key: str, count: int) -> tuple[int, ...]:
        """Return as many whole numbers, none below 0: an array, or one number that holds for all; else noughts."""
        value = self.metadata.get(key)
        given = value if isinstance(value, tuple) else (value,) * count
        found = [max(0, item) if isinstance(item, int) else 0 for item in given[:count]]
        return tuple(found + [0] * (count - len(found)))


def read_header(path: Path) -> GGUFHeader:
    """Read and check the header of a GGUF file.

    Raises:
        ModelFileError: The file is missing, unreadable, something else, cut off or damaged.
    """
    try:
        # exists() is also False for names that the system cannot have, where stat() raises ValueError.
        if not path.exists():
            raise ModelFileError(Sentence("{path} does not exist.", path=path), "Choose another model file.")
        status = path.stat()
        if stat.S_ISDIR(status.st_mode):
            raise ModelFileError(
                Sentence("{path} is a folder, not a model file.", path=path), "Choose a .gguf file in it."
            )
        if not stat.S_ISREG(status.st_mode):
            raise ModelFileError(Sentence("{path} is not a regular file.", path=path), _CHOOSE)
        if status.st_size == 0:
            raise ModelFileError(Sentence("{name} is empty.", name=path.name), _AGAIN)
        with path.open("rb", buffering=2**18) as file:
            return read_header_of(file, path.name, status.st_size)
    except OSError as error:
        raise ModelFileError(
            Sentence("{path} cannot be read: {why}.", path=path, why=reason_of(error)),
            "See whether you may read it and the disk is well.",
        ) from error


def read_header_of(file: BinaryIO, name: str, size: int) -> GGUFHeader:
    """Read and check the header at the beginning of something that can be read and sought in.

    Args:
        name: What errors call it.
        size: Bytes of the whole file.

    Raises:
        ModelFileError: It is something else, cut off or damaged.
    """
    return _Reader(file, name, size).header()


class _Reader:
    """Goes once through the file, and never reads or believes a length before it has checked it."""

    def __init__(self, file: BinaryIO, name: str, size: int) -> None:
        self._file = file
        self._name = name
        self._size = size
        self._position = 0
        self._text = 0
        self._strings = 0
        self._numbers = 0

    def header(self) -> GGUFHeader:
        version = self._version()
        tensor_count, key_count = self._u64(), self._u64()
        if tensor_count > MAX_TENSORS:
            raise self._damaged(f"it claims {tensor_count:,} tensors")
        if key_count > MAX_KEYS:
            raise self._damaged(f"it claims {key_count:,} keys")
        metadata: dict[str, Value] = {}
        types: dict[str, str] = {}
        for _index in range(key_count):
            key = self._string()
            if key in metadata:
                raise self._damaged(f"the key {key!r} stands there twice")
            kind = self._u32()
            metadata[key] = self._value(kind, SHORT_ARRAY if key.startswith("tokenizer.") else BLOCK_ARRAY)
            types[key] = _TYPE_NAMES[kind]
        self._check_shape(metadata)
        tensors = self._tensors(tensor_count, alignment := self._alignment(metadata))
        data_offset = _padded(self._position, alignment)
        if tensors and (promised := data_offset + tensors[-1].offset + tensors[-1].size) > self._size:
            raise ModelFileError(
                Sentence(
                    "{name} is cut off: it has {size}, its header promises {promised}.",
                    name=self._name,
                    size=_bytes_text(self._size),
                    promised=_bytes_text(promised),
                ),
                _AGAIN,
            )
        if tensors and self._size - promised > max(promised, _MOST_BEHIND):
            raise ModelFileError(
                Sentence(
                    "{name} does not match its header: it has {size}, but only {promised} are described there.",
                    name=self._name,
                    size=_bytes_text(self._size),
                    promised=_bytes_text(promised),
                ),
                _AGAIN,
            )
        return GGUFHeader(version, metadata, tensors, data_offset, self._size, types)

    def _version(self) -> int:
        start = self._file.read(64)
        if start[:4] != _MAGIC[: len(start)]:
            raise self._other_format(start)
        self._file.seek(0)
        self._take(4)
        version = self._u32()
        if version in _VERSIONS:
            return version
        if version and version & 0xFFFF == 0:
            raise ModelFileError(
                Sentence("{name} is made for big-endian machines.", name=self._name),
                "Download the little-endian version of the model.",
            )
        if version == 1:
            raise ModelFileError(
                Sentence("{name} is in GGUF version 1, which is too old.", name=self._name), "Download a newer version."
            )
        raise ModelFileError(
            Sentence(
                "{name} is in GGUF version {version}, but desktopchat knows versions 2 and 3.",
                name=self._name,
                version=str(version),
            ),
            "Update desktopchat, or download the file again if it should be an older version.",
        )

    def _other_format(self, start: bytes) -> ModelFileError:
        for magics, cause, cure in _OTHER_FORMATS:
            if start.lstrip().lower().startswith(magics):
                return ModelFileError(cause.about(name=self._name), cure)
        if start[8:9] == b"{":  # after the length of the JSON header
            return ModelFileError(
                Sentence("{name} is a safetensors file, not a GGUF model.", name=self._name),
                _AS_GGUF,
            )
        if not start.strip(b"\0"):
            return ModelFileError(
                Sentence("{name} begins with zeros: its download never finished.", name=self._name), _AGAIN
            )
        return ModelFileError(Sentence("{name} is not a GGUF model.", name=self._name), _CHOOSE)

    def _value(self, kind: int, longest: int) -> Value:
        if kind == _STRING:
            return self._string()
        if kind != _ARRAY:
            return self._scalar(kind)
        kind, length = self._u32(), self._u64()
        if kind == _STRING:
            return self._string_array(length)
        if kind not in _SCALARS:
            raise self._damaged(f"an array has items of type {kind}")
        if length > longest or self._numbers + length > MAX_NUMBERS:
            self._skip(length * _SCALARS[kind].size)
            return ArrayInfo(_TYPE_NAMES[kind], length)
        self._numbers += length
        return tuple(self._scalar(kind) for _index in range(length))

    def _string_array(self, length: int) -> Value:
        self._strings += length
        if self._strings > MAX_STRINGS:
            raise self._damaged(f"it claims {self._strings:,} strings")
        if length <= SHORT_ARRAY:
            return tuple(self._string() for _index in range(length))
        for _index in range(length):
            self._skip(self._u64())
        return ArrayInfo("string", length)

    def _tensors(self, count: int, alignment: int) -> tuple[TensorInfo, ...]:
        tensors: list[TensorInfo] = []
        names: set[str] = set()
        expected = 0
        for _index in range(count):
            tensor = self._tensor()
            if tensor.name in names:
                raise self._damaged(f"the tensor {tensor.name!r} stands there twice")
            # The same rule as in ggml: one after the other, without a gap.
            if tensor.offset != expected:
                raise self._damaged(f"the tensor {tensor.name!r} lies at {tensor.offset:,} instead of {expected:,}")
            expected = _padded(tensor.offset + tensor.size, alignment)
            names.add(tensor.name)
            tensors.append(tensor)
        return tuple(tensors)

    def _tensor(self) -> TensorInfo:
        name = self._string(MAX_TENSOR_NAME)
        dimensions = self._u32()
        if dimensions > MAX_DIMENSIONS:
            raise self._damaged(f"the tensor {name!r} claims {dimensions:,} dimensions")
        shape = tuple(self._u64() for _index in range(dimensions))
        number, offset = self._u32(), self._u64()
        if number not in TENSOR_TYPES:
            raise ModelFileError(
                Sentence("{name} has a tensor of the unknown type {number}.", name=self._name, number=str(number)),
                "Update desktopchat if the model is new, or download it again.",
            )
        type_name, block, block_bytes = TENSOR_TYPES[number]
        row = shape[0] if shape else 1
        if 0 in shape or row % block or prod(shape) > 2**62:
            raise self._damaged(f"the tensor {name!r} has the impossible shape {shape}")
        return TensorInfo(name, shape, type_name, offset, prod(shape) // block * block_bytes)

    def _check_shape(self, metadata: dict[str, Value]) -> None:
        architecture = metadata.get("general.architecture")
        for suffix, greatest in _SHAPE_LIMITS.items():
            value = metadata.get(key := f"{architecture}.{suffix}", 1)
            if type(value) is not int or not 1 <= value <= greatest:
                raise self._damaged(f"{key} is {value!r}")

    def _alignment(self, metadata: dict[str, Value]) -> int:
        value = metadata.get("general.alignment", 32)
        if type(value) is not int or not 1 <= value <= 2**20 or value & (value - 1):
            raise self._damaged(f"general.alignment is {value!r}")
        return value

    def _string(self, limit: int = MAX_TEXT) -> str:
        length = self._u64()
        self._text += length
        if length > limit or self._text > MAX_TEXT:
            raise self._damaged(f"it claims a string of {length:,} bytes")
        return self._take(length).decode("utf-8", "replace")

    def _scalar(self, kind: int) -> Scalar:
        if kind not in _SCALARS:
            raise self._damaged(f"a value has the type {kind}")
        scalar = _SCALARS[kind]
        value: Scalar = scalar.unpack(self._take(scalar.size))[0]
        return value

    def _u32(self) -> int:
        value: int = _U32.unpack(self._take(4))[0]
        return value

    def _u64(self) -> int:
        value: int = _U64.unpack(self._take(8))[0]
        return value

    def _take(self, count: int) -> bytes:
        self._advance(count)
        data = self._file.read(count)
        if len(data) != count:  # somebody cuts it while we read
            raise self._cut_off()
        return data

    def _skip(self, count: int) -> None:
        self._advance(count)
        # read() of a few bytes comes from the buffer; seek() is a system call.
        if count <= 4096:
            self._file.read(count)
        else:
            self._file.seek(self._position)

    def _advance(self, count: int) -> None:
        self._position += count
        if self._position > MAX_HEADER:
            raise self._damaged(f"it would be longer than {_bytes_text(MAX_HEADER)}")
        if self._position > self._size:
            raise self._cut_off()

    def _cut_off(self) -> ModelFileError:
        return ModelFileError(
            Sentence(
                "{name} is cut off or damaged: its header does not end within its {size}.",
                name=self._name,
                size=_bytes_text(self._size),
            ),
            _AGAIN,
        )

    def _damaged(self, what: str) -> ModelFileError:
        return ModelFileError(
            Sentence("{name} has a damaged header.", name=self._name), _AGAIN, f"In the header of {self._name} {what}."
        )


def _padded(position: int, alignment: int) -> int:
    return -(-position // alignment) * alignment


def _bytes_text(count: int) -> str | Sentence:
    for unit, factor in (("GB", 10**9), ("MB", 10**6), ("kB", 10**3)):
        if count >= factor:
            return f"{count / factor:,.1f} {unit}"
    return Sentence("{count} bytes", count=str(count))
