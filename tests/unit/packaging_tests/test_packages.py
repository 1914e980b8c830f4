"""What packages are made of."""

import ast
import gzip
import os
import subprocess
import sys
import tarfile
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from devtools import frozen, linux, package, portable
from devtools.comparing import differences
from devtools.manual import manual
from devtools.sbom import sbom

from desktopchat import __version__
from desktopchat.cli.parser import build_parser
from desktopchat.engine.backends import manifest
from desktopchat.engine.backends.folders import installed_version

ROOT = Path(__file__).resolve().parents[3]
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="packages of Linux")


def test_the_manual_knows_every_command_and_option() -> None:
    page = manual("1.2.3", "2026-01-02")
    parser = build_parser()
    commands = next(action for action in parser._actions if action.dest == "command")
    assert commands.choices is not None
    for name in commands.choices:
        assert f".SS {name}".replace("-", "\\-") in page
    for action in parser._actions:
        for option in action.option_strings:
            assert option.replace("-", "\\-") in page
    assert not [line for line in page.splitlines() if line.startswith("'")]


def test_there_is_one_version() -> None:
    assert package.version(ROOT) == __version__


def test_the_date_is_that_of_the_environment_first(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1234")
    assert package.source_date(ROOT) == 1234
    monkeypatch.delenv("SOURCE_DATE_EPOCH")
    assert package.source_date(ROOT) > 1_600_000_000


def make_program(folder: Path) -> Path:
    (folder / "_internal").mkdir(parents=True)
    (folder / "desktopchat").write_text("#!/bin/sh\n")
    (folder / "desktopchat").chmod(0o755)
    (folder / "_internal" / "data.txt").write_text("x")
    (folder / "_internal" / "link").symlink_to("data.txt")
    return folder


@LINUX
def test_an_archive_is_the_same_whenever_it_is_made(tmp_path: Path) -> None:
    made = []
    for name in ("one", "two"):
        (tmp_path / name).mkdir()
        file = linux.archive(make_program(tmp_path / name / "p"), tmp_path / name, "1.0", 1_700_000_000)
        made.append(file.read_bytes())
    assert made[0] == made[1]
    with tarfile.open(file) as packed:
        names = {member.name: member for member in packed}
    assert names["desktopchat-1.0/desktopchat"].mode == 0o755
    assert names["desktopchat-1.0/_internal/link"].issym()
    assert names["desktopchat-1.0/data/README.txt"].mtime == 1_700_000_000


@LINUX
def test_the_launcher_says_what_an_old_system_lacks(tmp_path: Path) -> None:
    folder = make_program(tmp_path / "p")
    (folder / "desktopchat").write_text('#!/bin/sh\necho started "$@"\n')
    assert linux.finish_folder(ROOT, folder) == "2.17"  # nothing asks for more
    done = subprocess.run([folder / "desktopchat", "a b"], capture_output=True, text=True, check=True)
    assert done.stdout == "started a b\n"
    text = (folder / "desktopchat").read_text()
    (folder / "desktopchat").write_text(text.replace(" 17 ", " 999 "))
    done = subprocess.run([folder / "desktopchat"], capture_output=True, text=True, check=False)
    assert done.returncode == 1
    assert "newer system" in done.stderr
    assert done.stdout == ""


@LINUX
def test_the_launcher_shows_it_to_somebody_without_a_terminal(tmp_path: Path) -> None:
    folder = make_program(tmp_path / "p")
    linux.finish_folder(ROOT, folder)
    launcher = folder / "desktopchat"
    launcher.write_text(launcher.read_text().replace(" 17 ", " 999 "))
    resources = folder / "_internal" / "desktopchat" / "_resources"
    resources.mkdir(parents=True)
    (resources / "tell.sh").write_bytes((ROOT / "resources" / "tell.sh").read_bytes())
    shown = tmp_path / "shown"
    os.mkfifo(shown)
    zenity = tmp_path / "zenity"
    zenity.write_text(f'#!/bin/sh\necho "$@" > "{shown}"\n')
    zenity.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "DISPLAY": ":0"}
    subprocess.run([launcher], env=environment, stderr=subprocess.DEVNULL, check=False)
    assert "needs glibc 2.17 or newer" in shown.read_text()  # waits for it


@LINUX
def test_what_lies_in_share(tmp_path: Path) -> None:
    linux.share(ROOT, tmp_path, "1.2.3", 1_700_000_000)
    described = ET.parse(tmp_path / "metainfo/org.desktopchat.desktopchat.metainfo.xml")
    (release,) = described.iter("release")
    assert release.attrib == {"version": "1.2.3", "date": "2023-11-14"}
    assert ET.parse(tmp_path / "mime/packages/desktopchat.xml").getroot().tag.endswith("mime-info")
    assert (tmp_path / "icons/hicolor/48x48/apps/desktopchat.png").read_bytes().startswith(b"\x89PNG")
    page = gzip.decompress((tmp_path / "man/man1/desktopchat.1.gz").read_bytes()).decode()
    assert page.startswith(".TH DESKTOPCHAT 1")


@pytest.mark.parametrize(
    ("name", "kind"),
    [
        ("libggml-cpu-haswell.so", "cpu"),
        ("libggml-vulkan.so", "vulkan"),
        ("ggml-rpc.dll", "rpc"),
        ("libggml-base.so.0", ""),
        ("libggml.so", ""),
        ("libllama.so", ""),
    ],
)
def test_what_a_library_computes_on(name: str, kind: str) -> None:
    assert frozen._backend_of(Path(name)) == kind


def test_a_backend_for_gpus_gets_a_folder_of_its_own(tmp_path: Path) -> None:
    libraries, target = tmp_path / "llama_cpp" / "lib", tmp_path / "resources" / "backends" / "vulkan"
    libraries.mkdir(parents=True)
    ending = {"win32": ".dll", "darwin": ".dylib"}.get(sys.platform, ".so")
    names = [f"lib{name}{ending}" for name in ("llama", "ggml-cpu-x64", "ggml-vulkan")]
    for name in names:
        (libraries / name).write_text(name)
    portable.split_off(libraries, "vulkan", target)
    assert sorted(path.name for path in libraries.iterdir()) == sorted(names[:2])
    found = manifest.read(target)
    assert sorted(found.files) == sorted(names)
    manifest.require_fit(found, installed_version())
    manifest.require_files(target, found, whole=True)
    assert (target / names[0]).read_text() == names[0]


def test_the_list_of_parts_names_each_once() -> None:
    parts = sbom("1.2.3", ["numpy", "Jinja2"], "0c1e570", ROOT / "packaging" / "requirements", 1_700_000_000)
    assert parts == sbom("1.2.3", ["Jinja2", "numpy"], "0c1e570", ROOT / "packaging" / "requirements", 1_700_000_000)
    names = [one["name"] for one in parts["components"]]
    assert names == ["Jinja2", "numpy", "llama.cpp", "Qt", "CPython"]
    jinja = parts["components"][0]
    assert jinja["purl"].startswith("pkg:pypi/jinja2@")
    assert all(len(one["value"]) == 64 for one in jinja["properties"])
    assert parts["metadata"]["timestamp"] == "2023-11-14T22:13:20Z"
    assert parts["dependencies"][0]["dependsOn"] == [one["bom-ref"] for one in parts["components"]]


def test_the_recipe_of_the_program_is_python() -> None:
    """It is run by PyInstaller alone, which tests do without."""
    tree = ast.parse((ROOT / "packaging" / "desktopchat.spec").read_text("utf-8"))
    assert {"Analysis", "COLLECT"} <= {
        node.func.id for node in ast.walk(tree) if isinstance(node, ast.Call) and isinstance(node.func, ast.Name)
    }


@LINUX
def test_what_came_out_otherwise_is_listed(tmp_path: Path) -> None:
    one, other = make_program(tmp_path / "one"), make_program(tmp_path / "other")
    assert differences(one, other) == []
    (one / "_internal" / "old").touch()
    (other / "_internal" / "new").touch()
    (other / "_internal" / "data.txt").write_text("y")
    (other / "desktopchat").chmod(0o700)
    (other / "_internal" / "link").unlink()
    (other / "_internal" / "link").symlink_to("new")
    assert differences(one, other) == [
        "another content: _internal/data.txt",
        "another content: _internal/link",
        "only the second time: _internal/new",
        "only the first time: _internal/old",
        "other rights: desktopchat",
    ]
