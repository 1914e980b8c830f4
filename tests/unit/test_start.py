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


def test_window_needs_what_the_first_letter_needs() -> None:
    """What is imported here is waited for at each start; `parts` and `ui.command_groups` say how to come later."""
    own = {name.removeprefix("desktopchat.") for name in loaded_by("desktopchat.application") if "desktopchat." in name}
    first = {"commands", "controllers", "core", "drawing", "engine", "library", "settings", "storage", "ui"}
    assert {name.partition(".")[0] for name in own if "." in name} == first
    early = {f"ui.{name}_commands" for name in ("composer", "parameter", "reading", "search", "window")}
    assert {name for name in own if name.endswith("_commands")} == early
    # The words on what a load takes stand beside the card about it.
    assert {name for name in own if name.endswith("_card") or ".card" in name} == {"ui.memory_card"}
    late = {"adapters", "backends", "bandwidth_log", "downloads", "endpoint", "fits", "hub", "library", "model_work"}
    late |= {"palette", "quick_ask", "renames", "servers", "size_hint", "titles", "transfer"}
    assert not {f"controllers.{name}" for name in late} & own
    assert not {"core.hub", "core.local_model", "core.outline", "core.transfer", "library.shelf", "ui.text_entry"} & own
    assert len(own) < 245, "each module is a millisecond of each start"
