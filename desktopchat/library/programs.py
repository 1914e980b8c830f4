"""Where other programs keep their models, and how these are called there. They are read in place, never written."""

import json
import os
import re
import sys
from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from pathlib import Path
from typing import Any

from desktopchat.core.local_model import Origin
from desktopchat.library.found import MOST_FILES, Found, gguf_files

_MOST_MANIFEST = 1 << 20  # bytes
_MOST_YAML = 64 << 10
_MOST_LAYERS = 64
_DIGEST = re.compile(r"sha256[:-]([0-9a-f]{64})", re.ASCII)
_LAYER = "application/vnd.ollama.image."
_REPO = re.compile(r"models--([\w.-]{1,96})--([\w.-]{1,96})", re.ASCII)
_YAML_PATH = "model_path:"

Finder = Callable[[Path], Iterator[Found]]


def places(origin: Origin, home: Path | None = None, environment: Mapping[str, str] | None = None) -> list[Path]:
    """Return the folders in which a program usually keeps its models here, whether they are there or not."""
    home = home or Path.home()
    env = os.environ if environment is None else environment
    roaming = Path(env.get("APPDATA") or home / "AppData" / "Roaming")
    local = Path(env.get("LOCALAPPDATA") or home / "AppData" / "Local")
    support = home / "Library" / "Application Support"
    cache = Path(env.get("XDG_CACHE_HOME") or home / ".cache")
    share = Path(env.get("XDG_DATA_HOME") or home / ".local" / "share")
    config = Path(env.get("XDG_CONFIG_HOME") or home / ".config")
    match origin:
        case Origin.HUB_CACHE:
            if given := env.get("HF_HUB_CACHE") or env.get("HUGGINGFACE_HUB_CACHE"):
                return [Path(given).expanduser()]
            return [Path(env.get("HF_HOME") or cache / "huggingface").expanduser() / "hub"]
        case Origin.LM_STUDIO:
            moved = _line(home / ".lmstudio-home-pointer")
            return [*([Path(moved) / "models"] if moved else []), home / ".lmstudio" / "models",
                    home / ".cache" / "lm-studio" / "models"]  # fmt: skip
        case Origin.OLLAMA:
            if given := env.get("OLLAMA_MODELS"):
                return [Path(given).expanduser()]
            return [home / ".ollama" / "models", *([] if sys.platform == "win32" else _OLLAMA_SERVICE)]
        case Origin.GPT4ALL:
            return [_by_system(local / "nomic.ai" / "GPT4All", support / "nomic.ai" / "GPT4All",
                               share / "nomic.ai" / "GPT4All")]  # fmt: skip
        case Origin.JAN:
            data = _by_system(roaming / "Jan" / "data", support / "Jan" / "data", config / "Jan" / "data")
            older = home / "jan"
            return [data / "llamacpp" / "models", data / "models", older / "models", home / "cortexcpp" / "models"]
        case Origin.LLAMA_CPP:
            if given := env.get("LLAMA_CACHE"):
                return [Path(given).expanduser()]
            return [_by_system(local / "llama.cpp", home / "Library" / "Caches" / "llama.cpp", cache / "llama.cpp")]
    return []


_OLLAMA_SERVICE = [Path("/usr/share/ollama/.ollama/models"), Path("/var/lib/ollama/.ollama/models")]


def find(origin: Origin, folder: Path) -> Iterator[Found]:
    """Return what lies in a folder that a program made, or in any other folder for `Origin.ADDED` and `OWN`."""
    return islice(_FINDERS.get(origin, _plain(origin))(folder), MOST_FILES)


def _plain(origin: Origin) -> Finder:
    return lambda folder: (Found(path, origin) for path in gguf_files(folder))


def _hub_cache(folder: Path) -> Iterator[Found]:
    """Give each file of a repository once, from the newest revision that has it."""
    for repository in _folders(folder):
        if not _REPO.fullmatch(repository.name):
            continue
        seen = set()
        for revision in _revisions(repository):
            for path in gguf_files(revision):
                inside = path.relative_to(revision)
                if inside not in seen:
                    seen.add(inside)
                    yield Found(path, Origin.HUB_CACHE)


def _revisions(repository: Path) -> list[Path]:
    main = _line(repository / "refs" / "main")
    found = [(one.name == main, _changed(one), one) for one in _folders(repository / "snapshots")]
    return [one for *_, one in sorted(found, reverse=True)]


def _ollama(folder: Path) -> Iterator[Found]:
    """Give what each manifest names: manifests/registry/owner/name/tag lists the files in blobs/."""
    blobs = folder / "blobs"
    for host in _folders(folder / "manifests"):
        for owner in _folders(host):
            for model in _folders(owner):
                for manifest in _files(model):
                    layers = _layers(manifest)
                    paths = {kind: [path for digest in digests if (path := _blob(blobs, digest)) is not None]
                             for kind, digests in layers.items()}  # fmt: skip
                    if not paths.get("model"):
                        continue
                    whole = model.name if owner.name == "library" else f"{owner.name}/{model.name}"
                    projectors = paths.get("projector", [])
                    yield Found(
                        paths["model"][0],
                        Origin.OLLAMA,
                        f"{whole}:{manifest.name}",
                        str(projectors[0]) if projectors else "",
                        tuple(map(str, paths.get("adapter", []))),
                    )


def _layers(manifest: Path) -> dict[str, list[str]]:
    """Return the digests of a manifest by kind of layer; nothing of it is believed but that."""
    try:
        with manifest.open("rb") as file:
            text = file.read(_MOST_MANIFEST + 1)
        layers: Any = json.loads(text)["layers"] if len(text) <= _MOST_MANIFEST else []
    except (OSError, ValueError, TypeError, KeyError, RecursionError):
        return {}
    found: dict[str, list[str]] = {}
    for layer in layers[:_MOST_LAYERS] if isinstance(layers, list) else ():
        kind, digest = (layer.get("mediaType"), layer.get("digest")) if isinstance(layer, dict) else ("", "")
        if isinstance(kind, str) and isinstance(digest, str) and kind.startswith(_LAYER):
            found.setdefault(kind.removeprefix(_LAYER), []).append(digest)
    return found


def _blob(blobs: Path, digest: str) -> Path | None:
    if (match := _DIGEST.fullmatch(digest)) is None:
        return None
    path = blobs / f"sha256-{match[1]}"
    return path if _is_file(path) else None


def _jan(folder: Path) -> Iterator[Found]:
    """Give the files in the folder, and those elsewhere that a model.yml names, by the name of its folder."""
    named: set[Path] = set()
    for path in _named(folder, "model.yml"):
        lines = _text(path, _MOST_YAML).splitlines()
        # A line of YAML is all that is needed of it.
        named_path = next((line for line in lines if line.startswith(_YAML_PATH)), "")
        named_path = named_path.removeprefix(_YAML_PATH).strip().strip("\"'")
        if not named_path:
            continue
        # From Jan's data folder, or from the folder of the model; or an absolute path when it was imported.
        for base in (path.parent, folder.parent.parent, folder.parent, folder):
            model = Path(os.path.normpath(base / named_path))
            if model.suffix.lower() == ".gguf" and _is_file(model):
                named.add(model)
                yield Found(model, Origin.JAN, path.parent.relative_to(folder).as_posix())
                break
    for path in gguf_files(folder):
        if path not in named:
            yield Found(path, Origin.JAN, path.parent.name if path.stem == "model" else "")


def _llama_cpp(folder: Path) -> Iterator[Found]:
    return (Found(path, Origin.LLAMA_CPP) for path in gguf_files(folder, deepest=0))


def _gpt4all(folder: Path) -> Iterator[Found]:
    return (
        Found(path, Origin.GPT4ALL) for path in gguf_files(folder, deepest=1) if not path.name.startswith("incomplete-")
    )


_FINDERS: dict[Origin, Finder] = {
    Origin.HUB_CACHE: _hub_cache,
    Origin.OLLAMA: _ollama,
    Origin.JAN: _jan,
    Origin.LLAMA_CPP: _llama_cpp,
    Origin.GPT4ALL: _gpt4all,
}


def _named(folder: Path, name: str) -> Iterator[Path]:
    waiting = [(folder, 0)]
    while waiting:
        place, depth = waiting.pop()
        if _is_file(path := place / name):
            yield path
        elif depth < 3:  # owner/repository/variant
            waiting += [(below, depth + 1) for below in _folders(place)]


def _folders(folder: Path) -> list[Path]:
    return [path for path in _listed(folder) if os.path.isdir(path) and not path.is_symlink()]  # noqa: PTH112


def _files(folder: Path) -> list[Path]:
    return [path for path in _listed(folder) if _is_file(path) and not path.is_symlink()]


def _listed(folder: Path) -> list[Path]:
    try:
        with os.scandir(folder) as entries:
            names = [entry.name for entry in islice(entries, MOST_FILES) if not entry.name.startswith(".")]
    except OSError:
        return []
    return [folder / name for name in sorted(names)]


def _is_file(path: Path) -> bool:
    return os.path.isfile(path)  # noqa: PTH113, Path.is_file() fails where one may not look


def _line(path: Path) -> str:
    return _text(path, 4096).strip().partition("\n")[0].strip()


def _text(path: Path, most: int) -> str:
    try:
        with path.open("rb") as file:
            return file.read(most).decode("utf-8", "replace")
    except OSError:
        return ""


def _changed(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0.0


def _by_system(windows: Path, mac: Path, other: Path) -> Path:
    return windows if sys.platform == "win32" else mac if sys.platform == "darwin" else other
