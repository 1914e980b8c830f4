import re
from pathlib import Path

import pytest
from devtools import locks
from devtools.console import SetupError

ROOT = Path(locks.__file__).parents[2]
REQUIREMENTS = ROOT / "packaging" / "requirements"

LOCK = """\
# a comment
h11==0.16.0 ; sys_platform != 'emscripten' \\
    --hash=sha256:aa \\
    --hash=sha256:bb
numpy==2.4.6 ; python_full_version < '3.12' \\
    --hash=sha256:cc
numpy==2.5.5 ; python_full_version >= '3.12' \\
    --hash=sha256:dd
jsfetch==1.0 ; python_full_version >= '3.12' and sys_platform == 'emscripten' \\
    --hash=sha256:ee
"""


def test_a_lock_is_taken_apart_and_put_together() -> None:
    found = locks.blocks(LOCK + LOCK)
    assert [locks.name_of(block) for block in found] == ["h11", "numpy", "numpy"]
    assert found[0].endswith("--hash=sha256:bb")
    assert locks.blocks(locks.join(found)) == found


def test_versions_in_the_notices_follow_the_lock() -> None:
    notices = "| package | version |\n|---|---|\n| h11 | 0.1 | MIT |\n| numpy | | BSD |\n"
    renewed = locks.renew_versions(notices, locks.blocks(LOCK))
    assert "| h11 | 0.16.0 | MIT |" in renewed
    assert "| numpy | 2.4.6, 2.5.5 | BSD |" in renewed


def test_a_package_without_a_licence_line_stops_the_lock() -> None:
    with pytest.raises(SetupError, match="numpy is new"):
        locks.renew_versions("| h11 | 1 | MIT |\n", locks.blocks(LOCK))


@pytest.mark.parametrize("name", ["build", "run", "engine", "test", "starter"])
def test_our_locks_pin_and_hash_everything_and_name_no_place(name: str) -> None:
    text = (REQUIREMENTS / f"{name}.txt").read_text()
    lines = [line for line in text.splitlines() if not line.startswith("#")]
    assert lines
    assert all(
        re.match(r"[a-z0-9][\w.-]*==[\w.]+( ;.*)? \\$|    --hash=sha256:[0-9a-f]{64}( \\)?$", line) for line in lines
    )
    assert not re.search(r"://|^-", text, re.MULTILINE)


def test_our_locks_keep_qt_below_6_12_on_python_3_11() -> None:
    requirements = locks.blocks((REQUIREMENTS / "run.txt").read_text())
    (old,) = [b for b in requirements if b.startswith("pyside6-essentials") and "python_full_version < '3.12'" in b]
    assert old.startswith("pyside6-essentials==6.11.")


def test_our_notices_name_every_locked_package_in_its_version() -> None:
    notices = (ROOT / "resources" / "licences" / "THIRD-PARTY.md").read_text()
    requirements = locks.blocks((REQUIREMENTS / "run.txt").read_text() + (REQUIREMENTS / "engine.txt").read_text())
    assert locks.renew_versions(notices, requirements) == notices
