"""Projectors: the files through which a model sees, and which model each belongs to."""

import re
from dataclasses import dataclass
from pathlib import Path

from desktopchat.core.errors import ModelFileError
from desktopchat.core.gguf import GGUFHeader, read_header
from desktopchat.core.sentence import Sentence

ARCHITECTURE = "clip"
# Only files with such a name are looked into when a model looks for its projector: a folder may hold hundreds.
_NAMES = ("mmproj", "projector", "clip", "vision")
# Of the tensors before the model's own: one of them has a side as long as the model's vectors.
_LAST_TENSORS = ("mm.", "resampler.", "adapter.", "v.deepstack", "model.")
_LABELS = re.compile(r"(?i)mmproj|projector|clip|vision|model|(?:[iu]?q\d\w*|(?:b?f|fp)\d+|gguf)(?=[^a-z0-9]|$)")
_PREFERRED = ("f16", "q8_0", "bf16", "f32")  # where the same projector lies there in several types
_LIMITS = {
    "block_count": 512,
    "embedding_length": 1 << 16,
    "feed_forward_length": 1 << 18,
    "attention.head_count": 1024,
    "projection_dim": 1 << 18,
    "image_size": 1 << 14,
    "patch_size": 1 << 10,
}
# libmtmd divides by these, or ends the process where they are missing.
_REQUIRED = ("block_count", "embedding_length", "attention.head_count", "image_size", "patch_size")


@dataclass(frozen=True, slots=True)
class ProjectorFile:
    """A projector whose header has been read and found sound.

    Attributes:
        sides: Lengths of a model's vectors that it may be for.
    """

    path: str
    name: str
    size: int
    sides: frozenset[int]

    def may_fit(self, embedding: int) -> bool:
        """Return whether it may be for a model with vectors of this length."""
        return embedding in self.sides


def inspect_projector(path: Path | str) -> ProjectorFile:
    """Read the header of a projector.

    Raises:
        ModelFileError: There is no sound projector for pictures in it.
    """
    path = Path(path)
    header = read_header(path)
    if header.text("general.architecture") != ARCHITECTURE:
        raise ModelFileError(
            Sentence("{name} is no projector.", name=path.name), "Choose the mmproj file that came with the model."
        )
    if not header.metadata.get("clip.has_vision_encoder"):
        raise ModelFileError(
            Sentence("{name} is not for pictures.", name=path.name), "Choose the mmproj file that came with the model."
        )
    for key, most in _LIMITS.items():
        value = header.metadata.get(f"clip.vision.{key}")
        least = int(key in _REQUIRED)
        is_number = isinstance(value, int) and not isinstance(value, bool) and least <= value <= most
        if not is_number and (value is not None or least):
            raise ModelFileError(
                Sentence("The projector {name} is damaged: its {key} is {value}.", name=path.name, key=key,
                         value=str(value)),
                "Download it again.",
            )  # fmt: skip
    return ProjectorFile(str(path.absolute()), path.stem, header.file_size, _sides(header))


def pair(model: Path, embedding: int, others: int) -> tuple[str, Sentence | None]:
    """Return the path of the projector that belongs to a model, and what keeps one from being chosen.

    Args:
        embedding: Length of the model's vectors.
        others: How many other models lie in the folder.
    """
    fitting = [one for path in _candidates(model.parent) if (one := _inspected(path)) and one.may_fit(embedding)]
    named = [one for one in fitting if _is_of(one.name, model.stem)]
    # A projector that names no model is of the only one in its folder.
    chosen = named or [one for one in fitting if not others or not _core(one.name)]
    kinds = {_core(one.name) for one in chosen}
    if len(kinds) > 1:
        names = ", ".join(one.name for one in chosen)
        return "", Sentence("There are several projectors for {model}: {names}.", model=model.stem, names=names)
    chosen.sort(key=lambda one: (_preference(one.name), one.name))
    return (chosen[0].path if chosen else ""), None


def _candidates(folder: Path) -> list[Path]:
    try:
        return sorted(
            path
            for path in folder.iterdir()
            if path.suffix.lower() == ".gguf" and any(name in path.name.lower() for name in _NAMES)
        )
    except OSError:
        return []


def _inspected(path: Path) -> ProjectorFile | None:
    try:
        return inspect_projector(path)
    except ModelFileError:
        return None


def _sides(header: GGUFHeader) -> frozenset[int]:
    sides = {header.number("clip.vision.projection_dim")}
    for tensor in header.tensors:
        if tensor.name.startswith(_LAST_TENSORS):
            sides.update(tensor.shape)
    return frozenset(sides - {0})


def _core(name: str) -> str:
    """Return what is left of a file's name without the words that say what kind of file it is."""
    return re.sub(r"[^a-z0-9]", "", _LABELS.sub("", name).lower())


def _is_of(projector: str, model: str) -> bool:
    one, other = _core(projector), _core(model)
    return bool(one) and (other.startswith(one) or one.startswith(other))


def _preference(name: str) -> int:
    label = re.split(r"[^a-z0-9_]", name.lower())[-1]
    return _PREFERRED.index(label) if label in _PREFERRED else len(_PREFERRED)
