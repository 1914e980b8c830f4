"""What is loaded before the window is there."""

import subprocess
import sys


def loaded_by(module: str) -> set[str]:
    code = f"import sys, {module}; print(*sys.modules)"
    result = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True)
    return set(result.stdout.split())


def test_an_empty_window_needs_little_of_the_program() -> None:
    loaded = loaded_by("desktopchat.app")
    assert "desktopchat.ui.shell" in loaded
    late = {"application", "ui.main_window", "controllers.chat", "controllers.store_care", "engine.api"}
    assert not {f"desktopchat.{name}" for name in late} & loaded


def test_window_needs_no_engine_and_no_formats() -> None:
    loaded = loaded_by("desktopchat.application")
    assert "desktopchat.ui.main_window" in loaded
    late = {"desktopchat.engine.process", "desktopchat.engine.wire", "desktopchat.exchange.writing", "msgspec"}
    assert not late & loaded
