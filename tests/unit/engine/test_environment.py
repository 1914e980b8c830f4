from pathlib import Path

import pytest

from desktopchat.engine.environment import environment


def test_the_child_gets_what_drivers_need_and_no_keys(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("HF_TOKEN", "OPENAI_API_KEY", "DESKTOPCHAT_KEY", "PYTHONPATH"):
        monkeypatch.setenv(name, "secret")
    monkeypatch.setenv("CUDA_VISIBLE_DEVICES", "1")
    variables = environment(None)
    assert "secret" not in variables.values()
    assert variables["CUDA_VISIBLE_DEVICES"] == "1"
    assert "hugetlb=1" in variables["GLIBC_TUNABLES"]


def test_libraries_in_a_folder_find_each_other(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("sys.platform", "linux")
    monkeypatch.setenv("LD_LIBRARY_PATH", "before")
    assert environment(tmp_path)["LD_LIBRARY_PATH"] == f"{tmp_path}:before"
    assert environment(tmp_path)["LLAMA_CPP_LIB_PATH"] == str(tmp_path)
    assert "MTMD_CPP_LIB" not in environment(tmp_path)
    (tmp_path / "libmtmd.so").touch()
    assert environment(tmp_path)["MTMD_CPP_LIB"] == str(tmp_path)
