from pathlib import Path

import pytest

from desktopchat.core.errors import EngineLibraryError
from desktopchat.engine import crash


@pytest.mark.parametrize(
    ("exit_code", "log", "cause", "cure"),
    [
        (-6, "CUDA error: out of memory", "memory", "smaller context"),
        (1, "ggml_backend_alloc: failed to allocate buffer", "memory", "smaller"),
        (-6, "CUDA error: device lost", "graphics driver", "fewer GPU layers"),
        (-9, "", "killed by the system", "Close other programs"),
        (-6, "GGML_ASSERT(x) failed", "gave up", "another model"),
        (-11, "nothing telling", "SIGSEGV", "Load the model again"),
        (-4, "nothing telling", "built for another processor", "set the program up again"),
        (3, "", "exit code 3", "Load the model again"),
        (-99, "", "signal 99", "Load the model again"),
        (None, "", "no exit code", "Load the model again"),
    ],
)
def test_the_cause_is_named(tmp_path: Path, exit_code: int | None, log: str, cause: str, cure: str) -> None:
    path = tmp_path / "engine.log"
    path.write_text("old line\n" * 10_000 + log)
    error = crash.explain(exit_code, path)
    assert cause in error.cause
    assert cure in error.cure
    assert log in error.details


def test_a_missing_log_is_no_trouble(tmp_path: Path) -> None:
    assert crash.explain(-11, tmp_path / "none").details == "SIGSEGV"


NO_LIBRARY = "RuntimeError: Failed to load shared library"
NOT_THERE = "cannot open shared object file: No such file or directory"


@pytest.mark.parametrize(
    ("log", "cause", "cure"),
    [
        (f"{NO_LIBRARY} '/a/libllama.so': libcuda.so.1: {NOT_THERE}", "need libcuda.so.1,", "NVIDIA's driver"),
        (f"{NO_LIBRARY} '/a/libllama.so': libcublas.so.13: {NOT_THERE}", "need libcublas.so.13,", "CUDA runtime"),
        (f"{NO_LIBRARY} '/a/libllama.so': libvulkan.so.1: {NOT_THERE}", "need libvulkan.so.1,", "Vulkan loader"),
        (f"{NO_LIBRARY} '/a/libllama.so': libodd.so: {NOT_THERE}", "need libodd.so,", "another backend"),
        (
            f"{NO_LIBRARY} '/a/l.dylib': dlopen: Library not loaded: @rpath/libomp.dylib",
            "need libomp.dylib,",
            "another",
        ),
        (f"{NO_LIBRARY} '/a/libllama.so': /a/libggml.so.0: file too short", "missing or damaged", "another backend"),
        ("FileNotFoundError: Shared library with base name 'llama' not found", "missing or damaged", "another backend"),
        ("AttributeError: /a/libllama.so: undefined symbol: llama_new", "not of the version", "another backend"),
    ],
)
def test_libraries_that_cannot_be_loaded_are_named(tmp_path: Path, log: str, cause: str, cure: str) -> None:
    path = tmp_path / "engine.log"
    path.write_text(f"Traceback (most recent call last):\n{log}\n")
    error = crash.explain(1, path)
    assert isinstance(error, EngineLibraryError)
    assert cause in error.cause
    assert cure in error.cure
