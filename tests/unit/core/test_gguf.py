import os
import struct
import time
import tracemalloc
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktopchat.core.errors import ModelFileError
from desktopchat.core.gguf import MAX_KEYS, MAX_STRINGS, MAX_TENSORS, TENSOR_TYPES, ArrayInfo, TensorInfo, read_header
from tests.gguf_maker import METADATA, TENSORS, Tensor, Typed, gguf, header, string, value

SOUND = gguf()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "model.gguf"


def refused(path: Path, content: bytes) -> ModelFileError:
    path.write_bytes(content)
    with pytest.raises(ModelFileError) as caught:
        read_header(path)
    assert caught.value.cause.endswith(".")
    assert caught.value.cure.endswith(".")
    return caught.value


@pytest.mark.parametrize("version", [2, 3])
def test_sound_file(path: Path, version: int):
    path.write_bytes(gguf(version=version))
    found = read_header(path)
    assert found.version == version
    assert found.metadata["general.architecture"] == "llama"
    assert found.metadata["llama.rope.freq_base"] == 10000.0
    assert found.metadata["tokenizer.ggml.add_bos_token"] is False
    assert found.metadata["tokenizer.ggml.tokens"] == ArrayInfo("string", 100)
    assert found.metadata["tokenizer.ggml.scores"] == ArrayInfo("f32", 100)
    assert found.metadata["general.languages"] == ("en", "zh")
    assert found.tensor_count == 3
    assert found.tensors[0] == TensorInfo("token_embd.weight", (64, 100), "Q4_1", 0, 4000)
    assert found.tensors[2] == TensorInfo("scale", (), "F32", 4288, 4)  # 4000 + 260, padded to a multiple of 32
    assert found.data_offset % 32 == 0
    assert found.file_size == found.data_offset + 4292 == path.stat().st_size


def test_every_scalar_type_and_empty_array(path: Path):
    values = {
        "u8": 200,
        "u16": 60_000,
        "u32": 2**32 - 1,
        "i32": -5,
        "bool": True,
        "u64": 2**64 - 1,
        "i64": -1,
        "f64": 0.1,
    }
    path.write_bytes(gguf({**{name: Typed(name, number) for name, number in values.items()}, "none": []}, []))
    found = read_header(path)
    assert found.metadata == {**values, "none": ()}
    assert found.number("u64") == 2**64 - 1
    assert found.number("missing") == 0
    assert found.text("u64") == ""


def test_other_alignment(path: Path):
    path.write_bytes(gguf({**METADATA, "general.alignment": 8}, []))
    assert read_header(path).data_offset % 8 == 0


@pytest.mark.parametrize("number", TENSOR_TYPES)
def test_every_tensor_type_has_its_size(path: Path, number: int):
    name, block, size = TENSOR_TYPES[number]
    path.write_bytes(gguf(METADATA, [Tensor("a", (block * 2, 3), number, size * 6)]))
    assert read_header(path).tensors[0] == TensorInfo("a", (block * 2, 3), name, 0, size * 6)


def test_truncated_anywhere(path: Path):
    """Every length from nothing to one byte less than all is refused with a sentence."""
    for length in range(len(SOUND)):
        error = refused(path, SOUND[:length])
        if length == 0:
            assert error.cause == "model.gguf is empty."
        elif length >= 4:
            assert "is cut off" in error.cause, length


def test_truncated_data_names_both_sizes(path: Path):
    tensors = [Tensor("a", (1_000_000, 10), 0, 0)]
    error = refused(path, gguf(METADATA, tensors) + bytes(12_300_000))
    assert error.cause == "model.gguf is cut off: it has 12.3 MB, its header promises 40.0 MB."
    assert error.cure == "Download it again."


def test_header_of_a_smaller_model_names_both_sizes(path: Path):
    error = refused(path, SOUND + bytes(12_300_000))
    assert error.cause == "model.gguf does not match its header: it has 12.3 MB, but only 6.8 kB are described there."
    assert error.cure == "Download it again."
    path.write_bytes(SOUND + bytes(1_000_000))  # what some programs put behind the tensors
    assert read_header(path).tensor_count


@pytest.mark.parametrize(
    ("content", "cause"),
    [
        (b"version https://git-lfs.github.com/spec/v1\noid sha256:1\n", "is a Git LFS pointer, not the model itself."),
        (b"\n<!DOCTYPE HTML><html><title>x</title></html>", "is a web page, not a model."),
        (b"<html lang=en>", "is a web page, not a model."),
        (b"PK\x03\x04" + bytes(60), "is a zip archive or a PyTorch checkpoint, not a GGUF model."),
        (struct.pack("<Q", 40) + b'{"__metadata__":{}}', "is a safetensors file, not a GGUF model."),
        (b"tjgg" + bytes(60), "is in the old GGML format."),
        (bytes(100), "begins with zeros: its download never finished."),
        (b"hello", "is not a GGUF model."),
        (b"GG", "is cut off or damaged: its header does not end within its 2 bytes."),
        (b"GGUF\0\0\0\x03" + bytes(16), "is made for big-endian machines."),
        (b"GGUF\x01\0\0\0" + bytes(16), "is in GGUF version 1, which is too old."),
        (b"GGUF\x04\0\0\0" + bytes(16), "is in GGUF version 4, but desktopchat knows versions 2 and 3."),
        (b"GGUF\0\0\0\0" + bytes(16), "is in GGUF version 0, but desktopchat knows versions 2 and 3."),
    ],
)
def test_something_else(path: Path, content: bytes, cause: str):
    assert refused(path, content).cause == f"model.gguf {cause}"


def length(count: int) -> bytes:
    return struct.pack("<Q", count)


def array(kind: int, count: int) -> bytes:
    return string("a") + struct.pack("<IIQ", 9, kind, count)


@pytest.mark.parametrize(
    ("content", "details"),
    [
        (header([], MAX_KEYS + 1, 0), "claims 65,537 keys"),
        (header([], 0, MAX_TENSORS + 1), "claims 65,537 tensors"),
        (header([length(2**63)], 1, 0), "claims a string of 9,223,372,036,854,775,808 bytes"),
        (header([string("a"), struct.pack("<I", 13)], 1, 0), "a value has the type 13"),
        (header([array(9, 1)], 1, 0), "an array has items of type 9"),
        (header([array(77, 1)], 1, 0), "an array has items of type 77"),
        (header([array(8, MAX_STRINGS + 1)], 1, 0), "claims 4,194,305 strings"),
        (header([array(4, 2**62)], 1, 0), "would be longer than 268.4 MB"),
        (header([string("a") + value(1)] * 2, 2, 0), "the key 'a' stands there twice"),
        (gguf({**METADATA, "llama.block_count": 0}), "llama.block_count is 0"),
        (gguf({**METADATA, "llama.block_count": "many"}), "llama.block_count is 'many'"),
        (gguf({**METADATA, "llama.context_length": 2**27 + 1}), "llama.context_length is 134217729"),
        (gguf({**METADATA, "llama.embedding_length": Typed("i32", -1)}), "llama.embedding_length is -1"),
        (gguf({**METADATA, "general.alignment": 0}), "general.alignment is 0"),
        (gguf({**METADATA, "general.alignment": 48}), "general.alignment is 48"),
        (gguf(METADATA, [Tensor("a", (1, 1, 1, 1, 1), 0, 4)]), "claims 5 dimensions"),
        (gguf(METADATA, [Tensor("a", (33,), 2, 18)]), "has the impossible shape (33,)"),
        (gguf(METADATA, [Tensor("a", (0,), 0, 0)]), "has the impossible shape (0,)"),
        (gguf(METADATA, [Tensor("a", (2**63, 2**63), 0, 0)]), "has the impossible shape"),
        (gguf(METADATA, [Tensor("a" * 64, (1,), 0, 4)]), "claims a string of 64 bytes"),
        (gguf(METADATA, [TENSORS[0], TENSORS[0]]), "the tensor 'token_embd.weight' stands there twice"),
        (gguf(METADATA, [Tensor("a", (8,), 0, 32, offset=32)]), "lies at 32 instead of 0"),
        (gguf(METADATA, [TENSORS[1], Tensor("a", (8,), 0, 32, offset=0)]), "lies at 0 instead of 288"),
    ],
)
def test_damaged_header(path: Path, content: bytes, details: str):
    error = refused(path, content)
    assert error.cause == "model.gguf has a damaged header."
    assert details in error.details


def test_unknown_tensor_type(path: Path):
    error = refused(path, gguf(METADATA, [Tensor("a", (32,), 31, 18)]))
    assert error.cause == "model.gguf has a tensor of the unknown type 31."
    assert "Update desktopchat" in error.cure


def test_paths_that_are_no_model(tmp_path: Path):
    for path, cause in [
        (tmp_path / "missing.gguf", "does not exist."),
        (tmp_path / "a\0b", "does not exist."),
        (tmp_path / "a\udfff\ud800", "does not exist."),
        (tmp_path, "is a folder, not a model file."),
    ]:
        with pytest.raises(ModelFileError) as caught:
            read_header(path)
        assert caught.value.cause == f"{path} {cause}"
    with pytest.raises(ModelFileError, match="cannot be read: File name too long"):
        read_header(tmp_path / ("x" * 300))


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="no named pipes")
def test_named_pipe_is_refused_without_waiting(path: Path):
    os.mkfifo(path)
    with pytest.raises(ModelFileError, match="is not a regular file"):
        read_header(path)


@settings(
    derandomize=True, deadline=None, max_examples=600, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(
    changes=st.lists(
        st.tuples(st.integers(0, len(gguf(tensors=[])) + 200), st.binary(min_size=1, max_size=8)), max_size=4
    ),
    cut=st.none() | st.integers(0, len(SOUND)),
    tail=st.binary(max_size=4),
)
def test_mutations_are_read_or_refused(path: Path, changes: list[tuple[int, bytes]], cut: int | None, tail: bytes):
    """Whatever happens to the bytes: a header whose tensors lie within the file, or a ModelFileError."""
    content = bytearray(SOUND)
    for place, data in changes:
        content[place : place + len(data)] = data
    path.write_bytes(content[:cut] + tail)
    try:
        found = read_header(path)
    except ModelFileError:
        return
    assert all(found.data_offset + tensor.offset + tensor.size <= path.stat().st_size for tensor in found.tensors)


@pytest.mark.parametrize("filler", ["", "some words of a token"])
def test_large_vocabulary_is_fast_and_needs_little_memory(path: Path, filler: str):
    """262,144 tokens and 514,906 merges, as the largest vocabularies in use have."""
    arrays = {"tokens": 262_144, "merges": 514_906}
    pieces = [
        string(name) + struct.pack("<IIQ", 9, 8, count) + string(filler) * count for name, count in arrays.items()
    ]
    path.write_bytes(header(pieces, 2, 0))
    started = time.perf_counter()
    found = read_header(path)
    seconds = time.perf_counter() - started
    assert found.metadata == {name: ArrayInfo("string", count) for name, count in arrays.items()}
    assert seconds < 1
    tracemalloc.start()
    try:
        read_header(path)
        assert tracemalloc.get_traced_memory()[1] < 2_000_000
    finally:
        tracemalloc.stop()


def test_greatest_kept_text_stays_within_memory(path: Path):
    """Strings are kept up to 32 MB, even when one wide character makes Python store them four times as large."""
    text = b"a" * (32 * 2**20 - 9) + "🙂".encode()
    path.write_bytes(header([string("a"), struct.pack("<I", 8), string(text)], 1, 0))
    tracemalloc.start()
    try:
        assert len(read_header(path).text("a")) == len(text) - 3
        assert tracemalloc.get_traced_memory()[1] < 300_000_000
    finally:
        tracemalloc.stop()
    assert (
        "claims a string"
        in refused(path, header([string("a"), struct.pack("<I", 8), string(text + b"12345678")], 1, 0)).details
    )
