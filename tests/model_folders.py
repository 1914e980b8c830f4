"""Folders of models as other programs make them, with tiny files."""

import hashlib
import json
from pathlib import Path
from typing import Any

from tests.gguf_maker import gguf


def hub_cache(
    hub: Path, repo: str, revision: str, *names: str, data: bytes | None = None, is_main: bool = True
) -> Path:
    """Make a repository in the cache of huggingface-hub, and return the folder of the revision."""
    repository = hub / f"models--{repo.replace('/', '--')}"
    snapshot = repository / "snapshots" / revision
    for folder in (repository / "blobs", repository / "refs", snapshot):
        folder.mkdir(parents=True, exist_ok=True)
    for name in names:
        content = data or gguf() + name.encode()
        blob = repository / "blobs" / hashlib.sha256(content).hexdigest()
        blob.write_bytes(content)
        (snapshot / name).symlink_to(Path("..", "..", "blobs", blob.name))
    if is_main:
        (repository / "refs" / "main").write_text(revision)
    return snapshot


def ollama(models: Path, name: str, **layers: bytes) -> Path:
    """Make a model of Ollama with layers such as model and projector, and return its manifest."""
    (models / "blobs").mkdir(parents=True, exist_ok=True)
    listed: list[dict[str, Any]] = []
    for kind, data in layers.items():
        digest = hashlib.sha256(data).hexdigest()
        (models / "blobs" / f"sha256-{digest}").write_bytes(data)
        listed.append({"mediaType": f"application/vnd.ollama.image.{kind}", "digest": f"sha256:{digest}"})
    return ollama_manifest(models, name, {"schemaVersion": 2, "layers": listed})


def ollama_manifest(models: Path, name: str, manifest: object) -> Path:
    """Write a manifest."""
    model, _, tag = name.partition(":")
    path = models / "manifests" / "registry.ollama.ai" / ("library" if "/" not in model else "") / model / tag
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(manifest if isinstance(manifest, str) else json.dumps(manifest))
    return path
