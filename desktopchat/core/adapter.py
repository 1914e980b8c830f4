"""LoRA adapters and control vectors: what their files say, and whether they fit a model.

llama.cpp takes the word of such a file for much: a missing one, a model, or parts whose ranks differ end its process.
So everything that it relies on is looked at here first (src/llama-adapter.cpp and `build_lora_mm` of
src/llama-graph.cpp tell what that is).
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from math import isfinite
from pathlib import Path
from typing import Literal

from desktopchat.core.errors import AdapterError, ModelFileError
from desktopchat.core.gguf import GGUFHeader, TensorInfo, read_header
from desktopchat.core.sentence import Sentence

Kind = Literal["lora", "control_vector"]
_Shape = tuple[int, int, int, int]

GREATEST_SCALE = 100.0
# What llama.cpp's converter writes; it can multiply by few others, and ends the process where it cannot.
TENSOR_TYPES = ("F32", "F16", "BF16", "Q8_0")
_PARTS = (".lora_a", ".lora_b")
_IGNORED = "_norm.weight"  # by llama.cpp, which can add no vector
_TOKENS, _OUTPUT = "token_embd.weight", "output.weight"
_DIRECTION = re.compile(r"direction\.([1-9]\d{0,4})", re.ASCII)
_SPLIT_NAME = re.compile(r"(.*-)\d{5}(-of-\d{5}\.gguf)", re.ASCII)
_MOST_SPLITS = 1000
_KINDS = {"lora": Sentence("a LoRA adapter"), "control_vector": Sentence("a control vector")}
_AGAIN = Sentence("Download it again.")
_OTHER = Sentence("Choose an adapter that was made for this model.")


@dataclass(frozen=True, slots=True)
class Adapter:
    """An adapter, and how much of it is wanted.

    Attributes:
        path: Absolute path of a GGUF file.
        scale: 1 takes it as it was made, 0 does nothing, and below 0 it works the other way.
        first_layer, last_layer: Between which layers a control vector works, both included; 0 leaves an end open.

    Raises:
        AdapterError: The scale or the layers are impossible.
    """

    path: str
    kind: Kind
    scale: float = 1.0
    first_layer: int = 0
    last_layer: int = 0

    def __post_init__(self) -> None:
        """Refuse what no engine could use."""
        if not (isfinite(self.scale) and abs(self.scale) <= GREATEST_SCALE):
            raise AdapterError(
                Sentence("The scale {scale} of {name} is out of range.", scale=f"{self.scale:g}", name=self.name),
                Sentence(
                    "Give a number from {least} to {most}.", least=f"{-GREATEST_SCALE:g}", most=f"{GREATEST_SCALE:g}"
                ),
            )
        if self.first_layer < 0 or self.last_layer < 0 or 0 < self.last_layer < self.first_layer:
            raise AdapterError(
                Sentence(
                    "{name} cannot work from layer {first} to layer {last}.",
                    name=self.name,
                    first=str(self.first_layer),
                    last=str(self.last_layer),
                ),
                "Give the first layer before the last one.",
            )

    @property
    def name(self) -> str:
        """What a person calls it: the file name without ending."""
        return Path(self.path).stem


@dataclass(frozen=True, slots=True)
class AdapterFile:
    """A file whose header has been read and found sound in itself.

    Attributes:
        size: Bytes.
        architecture: Of the models that a LoRA adapter is for; empty for a control vector, which does not tell.
        tensors: By name.
        data_offset: Where their data begins, in bytes.
    """

    path: str
    kind: Kind
    size: int
    architecture: str
    tensors: Mapping[str, TensorInfo]
    data_offset: int

    @property
    def name(self) -> str:
        """What a person calls it."""
        return Path(self.path).stem

    @property
    def rank(self) -> int:
        """The greatest rank of a LoRA adapter; 0 for a control vector."""
        ranks = (tensor.shape[0] for name, tensor in self.tensors.items() if name.endswith(_PARTS[1]))
        return max(ranks, default=0)


@dataclass(frozen=True, slots=True)
class Base:
    """What adapters must fit.

    Attributes:
        name: Of the model.
        layers: Number of blocks.
        embedding: Width of what goes from block to block.
        tensors: By name.
    """

    name: str
    architecture: str
    layers: int
    embedding: int
    tensors: Mapping[str, TensorInfo]


def read_base(path: Path) -> Base:
    """Read what of a model adapters must fit; of one in parts all headers are read.

    Raises:
        ModelFileError: It, or one of its parts, is missing or damaged.
    """
    header = read_header(path)
    architecture = header.text("general.architecture")
    tensors = {tensor.name: tensor for tensor in header.tensors}
    found = _SPLIT_NAME.fullmatch(path.name)
    if found:
        for number in range(2, min(header.number("split.count"), _MOST_SPLITS) + 1):
            part = read_header(path.with_name(f"{found[1]}{number:05}{found[2]}"))
            tensors |= {tensor.name: tensor for tensor in part.tensors}
    return Base(
        path.stem,
        architecture,
        header.number(f"{architecture}.block_count"),
        header.number(f"{architecture}.embedding_length"),
        tensors,
    )


def read_adapter(path: Path) -> AdapterFile:
    """Read the header of a LoRA adapter or a control vector.

    Raises:
        AdapterError: It is missing, something else, or damaged.
    """
    if path.is_dir():
        raise AdapterError(Sentence("{path} is a folder, not an adapter.", path=path), "Choose a .gguf file in it.")
    try:
        header = read_header(path)
    except ModelFileError as error:
        raise AdapterError(error.cause, "Choose another adapter, or download it again.", error.details) from error
    if header.text("general.architecture") == "controlvector":
        return _control_vector(path, header)
    if header.text("general.type") == "adapter":
        return _lora(path, header)
    if header.text("general.architecture") and header.text("general.type") in ("", "model"):
        raise AdapterError(Sentence("{name} is a model, not an adapter.", name=path.name), "Choose an adapter for it.")
    raise AdapterError(
        Sentence("{name} is neither a LoRA adapter nor a control vector.", name=path.name),
        "Choose another .gguf file.",
    )


def check_kind(file: AdapterFile, wanted: Kind) -> None:
    """Refuse an adapter that is of the other kind.

    Raises:
        AdapterError: It is.
    """
    if file.kind != wanted:
        raise AdapterError(
            Sentence("{name} is {kind}, not {wanted}.", name=file.name, kind=_KINDS[file.kind], wanted=_KINDS[wanted]),
            Sentence("Choose it as {kind}.", kind=_KINDS[file.kind]),
        )


def check_fit(file: AdapterFile, base: Base) -> None:
    """Refuse an adapter that was made for another model.

    Raises:
        AdapterError: It does not fit; the text says where.
    """
    if file.kind == "control_vector":
        _check_directions(file, base)
    else:
        _check_pairs(file, base)


def check_layers(adapter: Adapter, base: Base) -> None:
    """Refuse layers that a model does not have.

    Raises:
        AdapterError: It does not.
    """
    if max(adapter.first_layer, adapter.last_layer) >= base.layers:
        raise AdapterError(
            Sentence(
                "{name} cannot work from layer {first} to layer {last}.",
                name=adapter.name,
                first=str(adapter.first_layer),
                last=str(adapter.last_layer),
            ),
            Sentence("Choose from the layers 1 to {most} of this model.", most=str(base.layers - 1)),
        )


def layer_of(name: str) -> int:
    """Return the layer behind which a direction of a control vector is added."""
    return int(name.partition(".")[2])


def _lora(path: Path, header: GGUFHeader) -> AdapterFile:
    kind = header.text("adapter.type")
    if kind != "lora":
        raise AdapterError(
            Sentence("{name} is an adapter of an unknown kind: {kind}.", name=path.name, kind=f"“{kind}”"),
            "Choose a LoRA adapter.",
        )
    if "adapter.alora.invocation_tokens" in header.metadata:
        raise AdapterError(
            Sentence("{name} is an activated LoRA, which works only behind words of its own.", name=path.name),
            "Choose a plain LoRA adapter.",
        )
    alpha = header.metadata.get("adapter.lora.alpha", 0.0)
    if header.types.get("adapter.lora.alpha", "f32") != "f32" or not (isinstance(alpha, float) and isfinite(alpha)):
        raise _damaged(path, f"adapter.lora.alpha is {alpha!r}")
    tensors = {tensor.name: tensor for tensor in header.tensors if not tensor.name.endswith(_IGNORED)}
    for name, tensor in tensors.items():
        base_name, place = name[:-7], name[-7:]
        if place not in _PARTS:
            raise _damaged(path, f"{name!r} is no part of a LoRA adapter")
        if base_name + _PARTS[place == _PARTS[0]] not in tensors:
            raise AdapterError(
                Sentence("{name} is not whole: one of two parts for {tensor} is missing.", name=path.name, tensor=name),
                _AGAIN,
            )
        _check_type(path, tensor, TENSOR_TYPES)
    return _file(path, "lora", header, tensors)


def _control_vector(path: Path, header: GGUFHeader) -> AdapterFile:
    tensors = {tensor.name: tensor for tensor in header.tensors}
    for name, tensor in tensors.items():
        if not _DIRECTION.fullmatch(name):
            raise _damaged(path, f"{name!r} is no direction")
        _check_type(path, tensor, TENSOR_TYPES[:1])
        if _shape(tensor)[1:] != (1, 1, 1):
            raise _damaged(path, f"{name!r} has the shape {tensor.shape}")
    return _file(path, "control_vector", header, tensors)


def _file(path: Path, kind: Kind, header: GGUFHeader, tensors: dict[str, TensorInfo]) -> AdapterFile:
    if not tensors:
        raise AdapterError(Sentence("{name} has nothing in it.", name=path.name), _AGAIN)
    architecture = header.text("general.architecture") if kind == "lora" else ""
    return AdapterFile(str(path), kind, header.file_size, architecture, tensors, header.data_offset)


def _check_type(path: Path, tensor: TensorInfo, allowed: tuple[str, ...]) -> None:
    if tensor.type not in allowed:
        raise AdapterError(
            Sentence(
                "{name} has numbers of the type {type}, which cannot be used here.", name=path.name, type=tensor.type
            ),
            Sentence("Convert it again, to {types}.", types=", ".join(allowed)),
        )


def _check_pairs(file: AdapterFile, base: Base) -> None:
    if file.architecture != base.architecture:
        raise AdapterError(
            Sentence(
                "{name} is for models of the architecture {wanted}, but {model} is of {given}.",
                name=file.name,
                wanted=file.architecture,
                model=base.name,
                given=base.architecture,
            ),
            _OTHER,
        )
    for name in sorted({name[:-7] for name in file.tensors}):
        tensor = base.tensors.get(name)
        if tensor is None:
            raise AdapterError(
                Sentence(
                    "{name} changes {tensor}, which {model} does not have.",
                    name=file.name,
                    tensor=name,
                    model=base.name,
                ),
                _OTHER,
            )
        if tensor.type == "NVFP4" or (name == _TOKENS and _OUTPUT not in base.tensors):
            # llama.cpp ends the process for both: the second is used once as it is and once turned round.
            raise AdapterError(
                Sentence(
                    "{name} changes {tensor} of {model}, which llama.cpp cannot do.",
                    name=file.name,
                    tensor=name,
                    model=base.name,
                ),
                "Choose another adapter, or a model in another format.",
            )
        shapes = (_shape(tensor), *(_shape(file.tensors[name + part]) for part in _PARTS))
        if not (_pairs_of_tokens(*shapes) if name == _TOKENS else _pairs(*shapes)):
            raise AdapterError(
                Sentence(
                    "{name} does not fit {model}: {tensor} has another shape there.",
                    name=file.name,
                    model=base.name,
                    tensor=name,
                ),
                _OTHER,
            )


def _pairs(base: _Shape, a: _Shape, b: _Shape) -> bool:
    """Return whether a part `a` takes what the tensor takes, and `b` gives what it gives, for every expert."""
    fits = base[0] == a[0] and base[1] == b[1] and a[1] == b[0]
    return fits and base[1] > 1 and base[2:] == a[2:] == b[2:]


def _pairs_of_tokens(base: _Shape, a: _Shape, b: _Shape) -> bool:
    """Return the same for the table of the tokens, of which rows are taken."""
    return base[0] == b[1] and base[1] == a[1] and a[0] == b[0] and base[2:] == a[2:] == b[2:]


def _check_directions(file: AdapterFile, base: Base) -> None:
    for name, tensor in file.tensors.items():
        layer = layer_of(name)
        if layer >= base.layers:
            raise AdapterError(
                Sentence(
                    "{name} has a direction for layer {layer}, but {model} has layers 1 to {most} for that.",
                    name=file.name,
                    layer=str(layer),
                    model=base.name,
                    most=str(base.layers - 1),
                ),
                _OTHER,
            )
        if tensor.shape[0] != base.embedding:
            raise AdapterError(
                Sentence(
                    "{name} does not fit {model}: its directions have {given} numbers, not {wanted}.",
                    name=file.name,
                    model=base.name,
                    given=tensor.shape[0],
                    wanted=base.embedding,
                ),
                _OTHER,
            )


def _shape(tensor: TensorInfo) -> _Shape:
    first, second, third, fourth = (*tensor.shape, 1, 1, 1, 1)[:4]
    return first, second, third, fourth


def _damaged(path: Path, what: str) -> AdapterError:
    return AdapterError(Sentence("{name} is no sound adapter.", name=path.name), _AGAIN, f"In {path.name} {what}.")
