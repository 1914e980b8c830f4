"""Models are compared with the hash that came with them."""

import hashlib
from pathlib import Path

import pytest

from desktopchat.core.hub_file import HubFile
from desktopchat.core.local_model import Origin
from desktopchat.library.checking import check
from desktopchat.library.part import Record
from desktopchat.library.shelf import Library
from desktopchat.library.verifying import Verdict
from tests.gguf_maker import gguf, write_gguf
from tests.model_folders import hub_cache, ollama


@pytest.fixture
def library(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Library:
    for name in ("OLLAMA_MODELS", "HF_HUB_CACHE", "HF_HOME", "XDG_CACHE_HOME", "HUGGINGFACE_HUB_CACHE"):
        monkeypatch.delenv(name, raising=False)
    (tmp_path / "models").mkdir()
    return Library(tmp_path / "models", tmp_path / "library.json", tmp_path / "headers.json", tmp_path / "home")


def verdict(library: Library, name: str) -> Verdict:
    return check(library.named(name), library.index).verdict


def test_download(library: Library) -> None:
    path = write_gguf(library.folder / "a.gguf")
    assert verdict(library, "a") is Verdict.UNKNOWN
    digest = hashlib.sha256(gguf()).hexdigest()
    Record(HubFile("acme/tiny", "c" * 40, "a.gguf", len(gguf()), digest)).write(path)
    shares: list[float] = []
    checked = check(library.named("a"), library.index, shares.append)
    assert (checked.verdict, checked.sha256) == (Verdict.SOUND, digest)
    assert library.index.sha256(path) == digest
    path.write_bytes(gguf()[:-1] + b"\1")
    assert library.index.sha256(path) == ""
    assert verdict(library, "a") is Verdict.DAMAGED


def test_names_that_are_hashes(library: Library, tmp_path: Path) -> None:
    manifest = ollama(tmp_path / "home" / ".ollama" / "models", "tiny:1b", model=gguf(), projector=b"projector")
    hub_cache(tmp_path / "home" / ".cache" / "huggingface" / "hub", "acme/tiny", "abc", "cached.gguf")
    library.adopt(Origin.OLLAMA)
    library.adopt(Origin.HUB_CACHE)
    assert verdict(library, "tiny:1b") is Verdict.SOUND
    assert verdict(library, "cached") is Verdict.SOUND
    for blob in (manifest.parents[4] / "blobs").iterdir():
        if blob.read_bytes() == b"projector":
            blob.write_bytes(b"projectoR")
    assert verdict(library, "tiny:1b") is Verdict.DAMAGED
