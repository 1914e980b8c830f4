"""Choose the version of every dependency, and keep it with its hashes, for all Pythons and systems that we support."""

import re
import subprocess
import sys
import tempfile
from collections.abc import Iterable, Sequence
from pathlib import Path

from devtools.console import SetupError, say

# pip itself too, so that its output is the one that we know how to read. The rest builds llama-cpp-python and us.
BUILD_TOOLS = ("pip", "hatchling>=1.27", "editables", "scikit-build-core[pyproject]", "cmake", "ninja")
# Programs of the endpoint's tests, each generation in a folder of its own, for two cannot live in one.
CLIENTS = {"client-openai-0.28": "openai==0.28.1", "client-openai": "openai>=2"}
# They make what people install; its version decides what is in it.
PACKAGE_TOOLS = ("pyinstaller>=6.22,<7", "pyinstaller-hooks-contrib")
# Has a lock of its own, because it is compiled, alone and with flags.
ENGINE = "llama-cpp-python"

_HEADER = "# Made by `packaging/dev.py lock`. Do not edit.\n"


def renew(root: Path, arguments: Sequence[str] = ()) -> None:
    """Write the locks. What is in them stays as it is where it fits, unless `arguments` hold uv's `--upgrade`.

    Raises:
        SetupError: uv cannot be had, or finds no solution.
    """
    folder = root / "packaging" / "requirements"
    with tempfile.TemporaryDirectory() as scratch:
        uv = _uv(Path(scratch))

        def compile_lock(name: str, source: Sequence[str], stdin: str, constraints: Iterable[Path]) -> str:
            output = Path(scratch) / f"{name}.txt"
            names = (name,) if name in CLIENTS else ("build", "run", "engine", "test", "package")
            kept = [folder / f"{part}.txt" for part in names]
            # uv keeps the versions that it finds in its output.
            output.write_text(join(blocks("".join(path.read_text() for path in kept if path.exists()))))
            command = [str(uv), "pip", "compile", *source, *arguments, "--output-file", str(output), "--quiet"]
            command += ["--universal", "--python-version", "3.11", "--generate-hashes"]
            command += ["--no-emit-index-url", "--no-emit-find-links", "--no-header", "--no-annotate"]
            for path in constraints:
                command += ["--constraint", str(path)]
            if subprocess.run(command, input=stdin, text=True, cwd=root, check=False).returncode != 0:
                raise SetupError("uv found no versions that fit together; its words are above.")
            return output.read_text()

        build = Path(scratch) / "build.txt"
        everything = Path(scratch) / "run.txt"
        compile_lock("build", ["-"], "\n".join(BUILD_TOOLS), [])
        compile_lock("run", ["pyproject.toml"], "", [build])
        package = compile_lock("package", ["-"], "\n".join(PACKAGE_TOOLS), [build, everything])
        test = compile_lock("test", ["pyproject.toml", "--extra", "test"], "", [build, everything])

        clients = {name: blocks(compile_lock(name, ["-"], wanted, [])) for name, wanted in CLIENTS.items()}

        tools = blocks(build.read_text())
        packages = blocks(everything.read_text())
        engine = [block for block in packages if name_of(block) == ENGINE]
        rest = [block for block in packages if block not in engine]
        extra = [block for block in blocks(test) if block not in packages and block not in tools]
        makers = [block for block in blocks(package) if block not in packages and block not in tools]
    locks = {"build": tools, "run": rest, "engine": engine, "test": extra, "package": makers, **clients}
    for name, content in locks.items():
        (folder / f"{name}.txt").write_text(_HEADER + join(content), newline="\n")
        say(f"{name}.txt: {len(content)} packages")
    notices = root / "resources" / "licences" / "THIRD-PARTY.md"
    notices.write_text(renew_versions(notices.read_text(), rest + engine), newline="\n")


def blocks(lock: str) -> list[str]:
    """Return the requirements of a lock, each with its hashes, without repetitions."""
    found = re.findall(r"^[\w.-]+==.*(?:\n +--hash=.*)*", lock, re.MULTILINE)
    # Browsers are none of the systems that we support.
    return sorted({block for block in found if "== 'emscripten'" not in block})


def join(requirements: Iterable[str]) -> str:
    """Return the text of a lock."""
    return "".join(f"{requirement}\n" for requirement in requirements)


def name_of(block: str) -> str:
    """Return the name of a requirement of a lock."""
    return block.partition("==")[0]


def versions_of(requirements: Iterable[str]) -> dict[str, str]:
    """Return the locked version of every package; several when they depend on the Python."""
    versions: dict[str, str] = {}
    for block in requirements:
        version = block.partition("==")[2].split()[0]
        name = name_of(block)
        versions[name] = f"{versions[name]}, {version}" if name in versions else version
    return versions


def renew_versions(notices: str, requirements: Iterable[str]) -> str:
    """Bring the versions in the list of third-party licences up to date.

    Raises:
        SetupError: A package is not in the list: somebody has to look its licence up.
    """
    for name, version in versions_of(requirements).items():
        notices, count = re.subn(
            rf"^\| {re.escape(name)} \|[^|]*\|", f"| {name} | {version} |", notices, flags=re.MULTILINE
        )
        if not count:
            raise SetupError(f"{name} is new. Write a line with its licence into resources/licences/THIRD-PARTY.md.")
    return notices


def _uv(scratch: Path) -> Path:
    venv = scratch / "uv"
    scripts = venv / ("Scripts" if sys.platform == "win32" else "bin")
    say("Fetching uv.")
    commands = (
        [sys.executable, "-m", "venv", str(venv)],
        [str(scripts / "python"), "-m", "pip", "install", "--quiet", "uv"],
    )
    for arguments in commands:
        if subprocess.run(arguments, check=False).returncode != 0:
            raise SetupError("uv cannot be fetched; the reason is above.")
    return scripts / "uv"
