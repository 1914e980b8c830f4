"""A model that lies on this machine, ours or another program's, as far as its header tells."""

from dataclasses import dataclass
from enum import StrEnum

from desktopchat.core.sentence import Sentence


class Origin(StrEnum):
    """Whose folder it lies in."""

    OWN = "own"
    ADDED = "added"  # that the person named
    HUB_CACHE = "huggingface"
    LM_STUDIO = "lmstudio"
    OLLAMA = "ollama"
    GPT4ALL = "gpt4all"
    JAN = "jan"
    LLAMA_CPP = "llamacpp"

    @property
    def label(self) -> str:
        """Name of the program, as it calls itself; empty for our own folder and those that were named."""
        return _LABELS.get(self, "")


_LABELS = {
    Origin.HUB_CACHE: "Hugging Face cache",
    Origin.LM_STUDIO: "LM Studio",
    Origin.OLLAMA: "Ollama",
    Origin.GPT4ALL: "GPT4All",
    Origin.JAN: "Jan",
    Origin.LLAMA_CPP: "llama.cpp cache",
}
PROGRAMS = tuple(_LABELS)


class Kind(StrEnum):
    """What a GGUF file holds."""

    MODEL = "model"
    PROJECTOR = "projector"
    ADAPTER = "adapter"
    DAMAGED = "damaged"


class Capability(StrEnum):
    """What can be done with a model, by its header and chat template."""

    CHAT = "chat"
    REASONING = "reasoning"
    TOOLS = "tools"
    VISION = "vision"
    EMBEDDING = "embedding"
    RANKING = "ranking"


@dataclass(frozen=True, slots=True)
class Facts:
    """What the header of one file says. It is kept, so that a large file is opened once.

    Attributes:
        architecture: llama.cpp's name; empty when it does not say.
        title: What its makers call it.
        parameters: Elements of all tensors of this file.
        quant: Label such as "Q4_K_M".
        n_ctx: Context window it was trained for, in tokens.
        licence: As its makers name it, such as "apache-2.0".
        embedding: Length of its vectors, by which projectors are told.
        part, parts: Which part of a split model it is, from 0, and of how many; 0 parts when it is whole.
        trouble: What is wrong with it.
    """

    kind: Kind
    architecture: str = ""
    title: str = ""
    parameters: int = 0
    quant: str = ""
    n_ctx: int = 0
    licence: str = ""
    embedding: int = 0
    part: int = 0
    parts: int = 0
    capabilities: tuple[Capability, ...] = ()
    trouble: Sentence | None = None


@dataclass(frozen=True, slots=True)
class LocalModel:
    """A model with all of its files.

    Attributes:
        name: By which it is asked for: the name of its file, or what its program calls it.
        title: What the person calls it; empty when that is the same.
        path: Of its file, or the first of them.
        files: All of them, the projector included.
        size: Bytes of these.
        facts: Of the first file; parameters and trouble of all of them.
        projector: Path of the file through which it sees; empty when there is none.
        adapters: Files that its program applies to it.
        used: When it was loaded last, in seconds since the epoch; 0 when that is not known.
    """

    name: str
    path: str
    origin: Origin
    files: tuple[str, ...]
    size: int
    facts: Facts
    title: str = ""
    projector: str = ""
    adapters: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    used: float = 0.0

    @property
    def called(self) -> str:
        """What it is called in a list."""
        return self.title or self.name

    @property
    def answers(self) -> bool:
        """Whether one can chat with it, or at least let it go on with a text."""
        making = (Capability.EMBEDDING, Capability.RANKING)
        return self.facts.kind is Kind.MODEL and not any(one in making for one in self.facts.capabilities)

    @property
    def capabilities(self) -> tuple[Capability, ...]:
        """Return what can be done with it and its projector."""
        return (*self.facts.capabilities, *((Capability.VISION,) if self.projector else ()))

    def fits(self, words: list[str]) -> bool:
        """Return whether each of these words, in small letters, is said of it."""
        said = " ".join(
            (self.called, self.name, self.origin, self.origin.label, self.facts.architecture, self.facts.quant,
             self.facts.licence, self.facts.title, *self.tags, *self.capabilities)
        ).casefold()  # fmt: skip
        return all(word in said for word in words)
