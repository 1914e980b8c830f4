"""Models in the folders of other programs."""

import os
import sys
from pathlib import Path

import pytest

from desktopchat.core.local_model import PROGRAMS, Origin
from desktopchat.library.found import gguf_files
from desktopchat.library.programs import find, places
from tests.gguf_maker import gguf
from tests.model_folders import hub_cache, ollama, ollama_manifest

DIGEST = "0" * 64


def found(origin: Origin, folder: Path) -> dict[str, str]:
    return {one.name or one.path.stem: str(one.path.relative_to(folder)) for one in find(origin, folder)}


def written(path: Path, data: bytes | None = None) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(gguf() if data is None else data)
    return path


def test_plain_folder(tmp_path: Path) -> None:
    names = ("a.gguf", "sub/B.GGUF", "c.gguf.part", ".hidden/d.gguf", ".e.gguf", "readme.txt")
    for name in names:
        written(tmp_path / name)
    (tmp_path / "sub" / "round").symlink_to(tmp_path)
    (tmp_path / "self.gguf").symlink_to("self.gguf")
    (tmp_path / "link.gguf").symlink_to("a.gguf")
    (tmp_path / "folder.gguf").mkdir()
    names_found = [str(path.relative_to(tmp_path)) for path in gguf_files(tmp_path)]
    assert names_found == ["a.gguf", "link.gguf", str(Path("sub", "B.GGUF"))]


def test_depth_ends(tmp_path: Path) -> None:
    written(tmp_path / "/".join("abcdefgh") / "in.gguf")
    written(tmp_path / "/".join("abcdefghi") / "too_deep.gguf")
    assert [path.name for path in gguf_files(tmp_path)] == ["in.gguf"]
    assert list(gguf_files(tmp_path / "missing")) == []


def test_hub_cache_gives_each_file_of_the_newest_revision(tmp_path: Path) -> None:
    older = hub_cache(tmp_path, "acme/tiny-GGUF", "aaa", "tiny.gguf", "only-old.gguf")
    newer = hub_cache(tmp_path, "acme/tiny-GGUF", "bbb", "tiny.gguf")
    os.utime(older, (2_000_000_000, 2_000_000_000))
    (tmp_path / "datasets--acme--texts" / "snapshots" / "x").mkdir(parents=True)
    written(tmp_path / "datasets--acme--texts" / "snapshots" / "x" / "no.gguf")
    hub_cache(tmp_path, "acme/..", "ccc", "ok.gguf")
    paths = {one.path for one in find(Origin.HUB_CACHE, tmp_path)}
    assert newer / "tiny.gguf" in paths
    assert older / "only-old.gguf" in paths
    assert older / "tiny.gguf" not in paths
    assert not any("datasets" in str(path) for path in paths)


def test_ollama_pairs_the_layers(tmp_path: Path) -> None:
    ollama(tmp_path, "qwen3:8b", model=gguf(), template=b"{{ .Prompt }}", license=b"MIT")
    ollama(tmp_path, "someone/llava:latest", model=gguf() + b"2", projector=b"p", adapter=b"a")
    models = {one.name: one for one in find(Origin.OLLAMA, tmp_path)}
    assert set(models) == {"qwen3:8b", "someone/llava:latest"}
    assert models["qwen3:8b"].path.read_bytes() == gguf()
    assert models["qwen3:8b"].projector == ""
    assert Path(models["someone/llava:latest"].projector).read_bytes() == b"p"
    assert [Path(path).read_bytes() for path in models["someone/llava:latest"].adapters] == [b"a"]


@pytest.mark.parametrize(
    "manifest",
    [
        "",
        "[]",
        "{",
        "[" * 100_000,
        '{"layers": 3}',
        '{"layers": [3, null, {"mediaType": 1, "digest": 2}]}',
        '{"layers": [], "x": "' + "x" * (2 << 20) + '"}',
        {"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "sha256:../../../secret.gguf"}]},
        {"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": "/etc/passwd"}]},
        {"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{DIGEST}\n"}]},
        {"layers": [{"mediaType": "application/vnd.ollama.image.model", "digest": f"sha256:{DIGEST}"}]},
    ],
    ids=range(11),
)
def test_hostile_manifest_is_inert(tmp_path: Path, manifest: object) -> None:
    written(tmp_path / "secret.gguf")
    models = tmp_path / "a" / "models"
    ollama(models, "good:1b", model=gguf())
    ollama_manifest(models, "bad:1b", manifest)
    assert [one.name for one in find(Origin.OLLAMA, models)] == ["good:1b"]


def test_manifests_behind_links_are_not_read(tmp_path: Path) -> None:
    models = tmp_path / "models"
    manifest = ollama(models, "good:1b", model=gguf())
    (manifest.parent / "again").symlink_to(manifest)
    (manifest.parent.parent / "round").symlink_to(models / "manifests")
    assert [one.name for one in find(Origin.OLLAMA, models)] == ["good:1b"]


def test_jan_by_its_yaml_and_by_its_folders(tmp_path: Path) -> None:
    models = tmp_path / "data" / "llamacpp" / "models"
    written(models / "acme" / "tiny" / "model.gguf")
    (models / "acme" / "tiny" / "model.yml").write_text(
        "name: Tiny\nmodel_path: llamacpp/models/acme/tiny/model.gguf\n"
    )
    elsewhere = written(tmp_path / "elsewhere" / "other.gguf")
    (models / "imported").mkdir()
    (models / "imported" / "model.yml").write_text(f"model_path: '{elsewhere}'\nsize_bytes: 3\n")
    (models / "wrong").mkdir()
    (models / "wrong" / "model.yml").write_text("model_path: ../../../../../../../etc/passwd\n")
    (models / "spaces").mkdir()
    (models / "spaces" / "model.yml").write_text("model_path:" + " " * 60_000 + '"\n')
    written(models / "older" / "model.gguf")
    assert {one.name: one.path for one in find(Origin.JAN, models)} == {
        "acme/tiny": models / "acme" / "tiny" / "model.gguf",
        "imported": elsewhere,
        "older": models / "older" / "model.gguf",
    }


def test_the_simple_ones(tmp_path: Path) -> None:
    written(tmp_path / "acme_tiny-GGUF_tiny-Q4_K_M.gguf")
    written(tmp_path / "incomplete-big.gguf")
    written(tmp_path / "publisher" / "repo" / "file.gguf")
    assert set(found(Origin.LLAMA_CPP, tmp_path)) == {"acme_tiny-GGUF_tiny-Q4_K_M", "incomplete-big"}
    assert set(found(Origin.GPT4ALL, tmp_path)) == {"acme_tiny-GGUF_tiny-Q4_K_M"}
    assert "file" in found(Origin.LM_STUDIO, tmp_path)


@pytest.mark.skipif(sys.platform != "linux", reason="the places of Linux")
def test_places(tmp_path: Path) -> None:
    given = {"OLLAMA_MODELS": "/o", "HF_HUB_CACHE": "/h", "LLAMA_CACHE": "/l"}
    assert places(Origin.OLLAMA, tmp_path, given) == [Path("/o")]
    assert places(Origin.HUB_CACHE, tmp_path, given) == [Path("/h")]
    assert places(Origin.HUB_CACHE, tmp_path, {"HF_HOME": "/hf"}) == [Path("/hf/hub")]
    assert places(Origin.HUB_CACHE, tmp_path, {"XDG_CACHE_HOME": "/c"}) == [Path("/c/huggingface/hub")]
    assert places(Origin.LLAMA_CPP, tmp_path, given) == [Path("/l")]
    (tmp_path / ".lmstudio-home-pointer").write_text("/moved\n")
    assert places(Origin.LM_STUDIO, tmp_path, {})[0] == Path("/moved/models")
    assert all(places(origin, tmp_path, {}) for origin in PROGRAMS)
    assert places(Origin.ADDED, tmp_path, {}) == []
