from pathlib import Path

import pytest

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
