"""What is loaded before the window is there."""

import subprocess
import sys


def test_window_needs_no_engine_and_no_formats() -> None:
    code = "import sys, desktopchat.app; print(*sys.modules)"
    loaded = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout.split()
    assert "desktopchat.ui.main_window" in loaded
    late = {"desktopchat.engine.process", "desktopchat.engine.wire", "desktopchat.exchange.writing", "msgspec"}
    assert not late & set(loaded)
