"""What a model hub has: repositories with GGUF files, as it describes them. Nothing of it can be trusted."""

from dataclasses import dataclass
from enum import StrEnum

from desktopchat.core.hub_file import HubFile


class Gate(StrEnum):
    """Whether one must accept terms before a repository gives its files, and who decides about it then."""

    OPEN = ""
    AUTO = "auto"
    MANUAL = "manual"


class Order(StrEnum):
    """What comes first in a search."""

    TRENDING = "trending"
    DOWNLOADS = "downloads"
    LIKES = "likes"
    UPDATED = "updated"
    CREATED = "created"


@dataclass(frozen=True, slots=True)
class HubQuery:
    """What is looked for; what is empty or 0 does not matter.

    Attributes:
        text: A part of the names.
        author: Owner of the repositories.
        task: What the model is for, in the hub's words, such as "text-generation".
        language: Code such as "zh".
        licence: In the hub's words, such as "apache-2.0".
        least, most: Number of parameters.
    """

    text: str = ""
    author: str = ""
    task: str = ""
    language: str = ""
    licence: str = ""
    least: int = 0
    most: int = 0
    order: Order = Order.TRENDING


@dataclass(frozen=True, slots=True)
class HubModel:
    """A repository in a list.

    Attributes:
        repo: "owner/name".
        licence: In the hub's words; empty when it does not say.
        languages: Their codes.
        task: What the model is for, in the hub's words.
        updated: Day of the last change, as "2026-11-27".
        architecture: llama.cpp's name of it.
        parameters, n_ctx: Their number, and the context window in tokens; 0 when the hub does not know.
        base_models: Repositories that it was made from.
    """

    repo: str
    downloads: int = 0
    likes: int = 0
    licence: str = ""
    gate: Gate = Gate.OPEN
    languages: tuple[str, ...] = ()
    task: str = ""
    updated: str = ""
    architecture: str = ""
    parameters: int = 0
    n_ctx: int = 0
    base_models: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class HubVariant:
    """A model in one kind of numbers: one file, or several parts that make one.

    Attributes:
        name: Of the file, without the number of the part and the ending.
        quant: Label such as "Q4_K_M"; empty when its name does not say.
        files: In the order of the parts.
        missing: Number of parts that are not there, without which it is useless.
    """

    name: str
    quant: str
    files: tuple[HubFile, ...]
    missing: int = 0

    @property
    def size(self) -> int:
        """Bytes of all parts."""
        return sum(file.size for file in self.files)


@dataclass(frozen=True, slots=True)
class HubRepo:
    """A repository with its files.

    Attributes:
        commit: Hash of the commit that the files belong to.
        variants: From the smallest to the largest.
        projectors: Files (mmproj) through which the model sees or hears, the usual choice first.
        others: Files of the hub's library of GGUF that are no model, such as an imatrix.
        left_out: Number of GGUF files whose names no file here may have.
        has_card: Whether there is a text about the model.
    """

    model: HubModel
    commit: str
    variants: tuple[HubVariant, ...]
    projectors: tuple[HubFile, ...] = ()
    others: tuple[HubFile, ...] = ()
    left_out: int = 0
    has_card: bool = False

    def to_download(self, variant: HubVariant) -> tuple[HubFile, ...]:
        """Return all files of a variant, with the projector that belongs to it."""
        return (*variant.files, *self.projectors[:1])
