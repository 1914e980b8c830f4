"""A model file: what it is, by its header and by what lies beside it."""

import os
from pathlib import Path

from desktopchat.core.errors import ModelFileError
from desktopchat.core.gguf import GGUFHeader, read_header
from desktopchat.core.model_shape import shape_of
from desktopchat.core.modelfile import ModelFile, Pooling
from desktopchat.core.quants import QUANTS
from desktopchat.core.sentence import Sentence
from desktopchat.library import projector as projectors

_SUFFIX = ".gguf"
# enum llama_pooling_type of llama.h
_POOLINGS: dict[int, Pooling] = {1: "mean", 2: "cls", 3: "last", 4: "rank"}
# Architectures that read a text as a whole and write none.
_ENCODERS = frozenset(
    """
    bert nomic-bert nomic-bert-moe jina-bert-v2 jina-bert-v3 modern-bert neo-bert eurobert gemma-embedding t5encoder
    llama-embed
    """.split()  # noqa: SIM905  (a list of quoted names is harder to read)
)


def inspect(path: Path | str) -> ModelFile:
    """Read the header of a model file and tell what it is.

    Raises:
        ModelFileError: There is no sound model in it; the text says what there is instead.
    """
    path = Path(os.path.abspath(path))  # noqa: PTH100, resolve() would show the target of a link
    header = read_header(path)
    kind = header.text("general.type")
    architecture = header.text("general.architecture")
    if architecture == projectors.ARCHITECTURE:
        kind = Sentence("image projector")
    if architecture == "controlvector":
        kind = Sentence("control vector")
    cure = Sentence("Choose a model.")
    if kind == "adapter" or architecture == "controlvector":
        cure = Sentence("Choose a model; adapters are put beside it with “Adapters”.")
    if kind not in ("", "model"):
        raise ModelFileError(
            Sentence("{name} is not a model of its own, but of the kind {kind}.", name=path.name, kind=kind),
            cure,
        )
    if number := header.number("split.no"):
        raise ModelFileError(
            Sentence(
                "{name} is part {part} of a model in {parts} parts.",
                name=path.name,
                part=number + 1,
                parts=header.number("split.count"),
            ),
            "Choose its first part; the others are found beside it.",
        )
    if not architecture or not header.tensors:
        raise ModelFileError(
            Sentence("{name} has no model in it.", name=path.name), "Choose another file or download it again."
        )
    projector, remark = projector_beside(path, header.number(f"{architecture}.embedding_length"))
    return ModelFile(
        path=str(path),
        name=path.stem,
        size=header.file_size,
        architecture=architecture,
        quant=quant_in(header),
        n_ctx_train=header.number(f"{architecture}.context_length"),
        n_layer=header.number(f"{architecture}.block_count"),
        chat_template=header.text("tokenizer.chat_template"),
        shape=shape_of(header),
        pooling=pooling_in(header),
        projector=projector,
        remarks=(remark,) if remark else (),
    )


def model_files(folder: Path) -> list[Path]:
    """Return the .gguf files in a folder and below it, by name; folders behind links are not entered."""
    return sorted(
        (
            Path(place, name)
            for place, _folders, names in os.walk(folder)
            for name in names
            if name.lower().endswith(_SUFFIX)
        ),
        key=lambda file: (file.name.casefold(), file),
    )


def projector_beside(path: Path, embedding: int) -> tuple[str, Sentence | None]:
    """Return the projector of a model, and what keeps one from being chosen."""
    try:
        names = [name for name in os.listdir(path.parent) if name.lower().endswith(_SUFFIX)]  # noqa: PTH208
    except OSError:
        return "", None
    is_other = [name != path.name and "mmproj" not in name.lower() for name in names]
    return projectors.pair(path, embedding, sum(is_other))


def quant_in(header: GGUFHeader) -> str:
    """Return the label of a model's numbers; empty when its header does not say."""
    return QUANTS.get(header.number("general.file_type"), "") if "general.file_type" in header.metadata else ""


def pooling_in(header: GGUFHeader) -> Pooling:
    """Return how a model makes one vector of a text, as of `ModelFile`."""
    architecture = header.text("general.architecture")
    usual: Pooling = "mean" if architecture in _ENCODERS else ""
    return _POOLINGS.get(header.number(f"{architecture}.pooling_type"), usual)
