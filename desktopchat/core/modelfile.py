"""A model on disk, as far as its header tells, or one that a server has."""

from dataclasses import dataclass
from typing import Literal

from desktopchat.core.address import ServerAddress, is_address
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.sentence import Sentence

Pooling = Literal["", "mean", "cls", "last", "rank"]


@dataclass(frozen=True, slots=True)
class ModelFile:
    """A GGUF file whose header has been read and found sound (`library.folder.inspect`), or a server's model.

    Attributes:
        path: Absolute path, or the address of a server with the name of the model there (`core.address`).
        name: What a person calls it: the file name without ending.
        size: Bytes.
        architecture: llama.cpp's name, such as "llama" or "gemma3".
        quant: Label such as "Q4_K_M"; empty when the header does not say.
        n_ctx_train: Context window it was trained for, in tokens; 0 when unknown.
        n_layer: Number of blocks; 0 when unknown.
        chat_template: The chat template that the file brings; empty when there is none.
        shape: What decides how much memory it takes; None when the header was not read.
        pooling: How it makes one vector of the tokens of a text, when it was made for that and not to answer;
            "rank" makes none, but a judgement on two texts.
        projector: Path of the file through which it sees; empty when there is none.
        remarks: What a person should know of the file.
    """

    path: str
    name: str
    size: int
    architecture: str
    quant: str = ""
    n_ctx_train: int = 0
    n_layer: int = 0
    chat_template: str = ""
    shape: ModelShape | None = None
    pooling: Pooling = ""
    projector: str = ""
    remarks: tuple[Sentence, ...] = ()

    @classmethod
    def at(cls, address: ServerAddress) -> "ModelFile":
        """Return the model at an address; of its file nothing is known."""
        name = address.model
        if name.lower().endswith(".gguf"):  # llama-server calls a model by the path of its file
            name = name.replace("\\", "/").rpartition("/")[2][:-5]
        return cls(str(address), name or address.label, 0, "server")

    @property
    def is_served(self) -> bool:
        """Whether a server has it."""
        return is_address(self.path)

    @property
    def identity(self) -> "ModelIdentity":
        """What is stored with the answers of this model, without the hash of the file."""
        return ModelIdentity(self.name, self.path, self.quant, template=self.chat_template)


@dataclass(frozen=True, slots=True)
class ModelIdentity:
    """Which model wrote an answer, in enough detail to tell it from every other.

    Attributes:
        name: What a person calls it.
        path: Where the file lay; empty when unknown, such as for an imported answer.
        quant: Label such as "Q4_K_M".
        sha256: Of the file, in hexadecimal digits; empty until it has been computed.
        template: The chat template that made the prompt, as text; empty when there was none.
    """

    name: str
    path: str = ""
    quant: str = ""
    sha256: str = ""
    template: str = ""
