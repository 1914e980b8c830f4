"""The frozen program, as people get it.

In short: with the llama.cpp of this machine, as a folder, and on this system. To build llama.cpp for all processors
takes half an hour of the ninety minutes that all tests have, and a clean Debian takes rights that tests do not have;
`packaging/smoke.py` does both, and .github/workflows/packages.yml runs it.
"""

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT / "packaging"))

import smoke  # noqa: E402  (the path has to be set first)

from tests.update_server import UpdateServer  # noqa: E402

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="needs an X server that shows nothing")
SIZE = 200  # MB at most, unpacked


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The program's folder."""
    work = tmp_path_factory.mktemp("frozen")
    code = "import sys; from devtools.package import main; sys.exit(main())"
    places = ["--work", str(work), "--out", str(work / "dist")]
    subprocess.run(
        [sys.executable, "-c", code, "--llama", "installed", "--only", "folder", *places],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(map(str, (ROOT / "packaging", ROOT)))},
        check=True,
    )
    return work / "frozen" / "desktopchat"


@pytest.mark.timeout(600)
def test_the_frozen_program_answers_and_survives_its_engine(
    folder: Path, tmp_path: Path, starter_model: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    smoke.try_all(smoke.Here(tmp_path, folder / "desktopchat"), starter_model, time.monotonic())
    assert "llama.cpp" in capsys.readouterr().out


@pytest.mark.timeout(600)
def test_it_knows_a_forged_list_of_versions(folder: Path, tmp_path: Path) -> None:
    """Which takes the library that checks signatures, in a part of the program that is loaded by nothing else."""
    with UpdateServer() as server:
        done = subprocess.run(
            [folder / "desktopchat", "--data-dir", tmp_path, "--set", f"updates.address={server.address}", "update"],
            capture_output=True,
            text=True,
            check=False,
        )
    assert done.returncode == 1
    assert "was not signed by the makers of desktopchat" in done.stderr
    assert server.asked


@pytest.mark.timeout(600)
def test_it_is_small_and_has_its_licences(folder: Path) -> None:
    files = [path for path in folder.rglob("*") if path.is_file() and not path.is_symlink()]
    assert sum(path.stat().st_size for path in files) < SIZE * 1e6
    assert {"LICENSE", "Python.txt", "THIRD-PARTY.md"} <= {path.name for path in (folder / "licences").iterdir()}
    assert not [path for path in files if path.name.startswith(("libQt6Qml", "libQt6Quick", "libstdc++"))]
    assert (folder / "_internal/desktopchat/_resources/translations/desktopchat_zh_CN.qm").exists()
