"""Names of a hub cannot lead out of the folder of the models."""

import os
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from desktopchat.core.errors import DownloadError
from desktopchat.core.hub_file import HubFile
from desktopchat.library.places import place_for

HOSTILE = [
    "../x.gguf",
    "a/../../x.gguf",
    "/etc/x.gguf",
    "//host/share/x.gguf",
    "\\\\host\\x.gguf",
    "..\\x.gguf",
    "C:x.gguf",
    "C:/x.gguf",
    "a//x.gguf",
    "./x.gguf",
    "a/./x.gguf",
    ".x.gguf",
    "-x.gguf",
    "~/x.gguf",
    "$HOME.gguf",
    "x.gguf.",
    "x.gguf ",
    "a./x.gguf",
    "con.gguf",
    "COM1.gguf",
    "aux/x.gguf",
    "lpt9.x.gguf",
    "x\n.gguf",
    "x\x00.gguf",
    "x\x1b[2J.gguf",
    "x\u202efugg.gguf",
    "x\u200b.gguf",
    "x:stream.gguf",
    "x|y.gguf",
    "x*.gguf",
    "a/b/c/d.gguf",
    "x" * 200 + ".gguf",
    "漢" * 100 + ".gguf",
    "x.bin",
    "x.gguf.part",
    "x.gguf.json",
    "",
    ".gguf",
]


def file(path: str, repo: str = "acme/tiny-GGUF") -> HubFile:
    return HubFile(repo, "c" * 40, path, 1, "")


@pytest.mark.parametrize("path", HOSTILE, ids=ascii)
def test_hostile_name_is_refused(tmp_path: Path, path: str) -> None:
    with pytest.raises(DownloadError) as caught:
        place_for(tmp_path, file(path))
    assert str(caught.value).isprintable()


@pytest.mark.parametrize("repo", ["..", "../x", "a/..", "/etc", "a/b/c", "a\\b/c", "C:/x", "a/con\n", "", "a/", "-a/b"])
def test_hostile_repository_is_refused(tmp_path: Path, repo: str) -> None:
    with pytest.raises(DownloadError):
        place_for(tmp_path, file("x.gguf", repo))


@pytest.mark.parametrize("path", ["tiny.Q4_K_M.gguf", "Q8_0/big-00001-of-00002.gguf", "模型 (1)+a.GGUF"])
def test_usual_name_is_kept(tmp_path: Path, path: str) -> None:
    assert place_for(tmp_path, file(path)) == tmp_path.joinpath("acme", "tiny-GGUF", *path.split("/"))


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=300)
@given(
    path=st.lists(
        st.text(st.characters() | st.sampled_from("./\\: \x00\n~-"), max_size=12) | st.sampled_from(["..", "nul", "a"]),
        max_size=5,
    ).map(lambda steps: "/".join(steps) + ".gguf")
)
def test_no_name_leads_out(tmp_path: Path, path: str) -> None:
    try:
        place = place_for(tmp_path, file(path))
    except DownloadError:
        return
    folder = tmp_path / "acme" / "tiny-GGUF"
    assert Path(os.path.realpath(place)) == place
    assert place.is_relative_to(folder)
    assert place != folder
    place.parent.mkdir(parents=True, exist_ok=True)
    place.with_name(f"{place.name}.part.json").write_text("it can be")


def test_link_that_leads_out_is_refused(tmp_path: Path) -> None:
    outside = tmp_path / "outside"
    outside.mkdir()
    models = tmp_path / "models"
    (models / "acme").mkdir(parents=True)
    (models / "acme" / "tiny-GGUF").symlink_to(outside)
    with pytest.raises(DownloadError, match="leads out"):
        place_for(models, file("x.gguf"))


def test_link_in_the_place_of_the_file_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "acme" / "tiny-GGUF"
    folder.mkdir(parents=True)
    (folder / "x.gguf").symlink_to(tmp_path / "elsewhere")
    with pytest.raises(DownloadError, match="leads out"):
        place_for(tmp_path, file("x.gguf"))


def test_folder_of_models_may_be_a_link(tmp_path: Path) -> None:
    (tmp_path / "disk").mkdir()
    (tmp_path / "models").symlink_to(tmp_path / "disk")
    assert place_for(tmp_path / "models", file("x.gguf")).name == "x.gguf"


@pytest.mark.skipif(sys.platform != "linux", reason="the file systems of others know no two such names")
@pytest.mark.parametrize("name", ["X.gguf", "x.GGUF", "ｘ.gguf"])
def test_names_that_some_systems_mix_up_are_refused(tmp_path: Path, name: str) -> None:
    folder = tmp_path / "acme" / "tiny-GGUF"
    folder.mkdir(parents=True)
    (folder / name).touch()
    with pytest.raises(DownloadError, match="mixed up"):
        place_for(tmp_path, file("x.gguf"))


def test_repository_in_other_letters_is_the_same(tmp_path: Path) -> None:
    (tmp_path / "Acme" / "Tiny-gguf").mkdir(parents=True)
    assert place_for(tmp_path, file("x.gguf")).parent == tmp_path / "Acme" / "Tiny-gguf"
