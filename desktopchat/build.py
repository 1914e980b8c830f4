"""Of which parts this program was made: what `packaging/dev.py package` has written down, if it has made it."""

import json
import platform
import sys
import time
from typing import Any

from desktopchat import __version__
from desktopchat.resources import resource


def parts() -> dict[str, Any]:
    """Return what a package says of itself; empty when this runs from source."""
    try:
        found = json.loads(resource("build.json").read_text("utf-8"))
    except (OSError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def system() -> str:
    """Return what this runs on, as packages name it: "linux-x86_64", "win32-amd64", "darwin-arm64"."""
    return f"{sys.platform}-{platform.machine().lower()}"


def told() -> str:
    """Return the version and the parts, in lines."""
    lines = [f"desktopchat {__version__}"]
    if build := parts():
        day = time.strftime("%Y-%m-%d", time.gmtime(int(build["built"])))
        lines += [
            f"package for {build['system']}, of {day}",
            f"llama.cpp {build['llama_cpp']}, llama-cpp-python {build['llama_cpp_python']}",
            f"backends: {', '.join(build['backends'])}",
        ]
    else:
        lines.append("from source")
    return "\n".join(lines) + "\n"
