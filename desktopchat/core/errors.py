"""Errors that a person can act on. Everything else that is raised is a bug."""

from typing import ClassVar

from desktopchat.core.sentence import Sentence, joined


class UserError(Exception):
    """One sentence of cause and one of cure, fit to be shown as they are.

    Attributes:
        code: Stable name of the kind, for programs and for the engine's pipe.
        cause: What is wrong, as one sentence.
        cure: What the person can do about it, as one sentence; may be empty.
        details: Technical text that the window folds away; may be empty.
    """

    code: ClassVar[str] = "error"

    def __init__(self, cause: str, cure: str = "", details: str = "") -> None:
        super().__init__(f"{cause} {cure}".strip())
        self.cause = Sentence.of(cause)
        self.cure = Sentence.of(cure)
        self.details = details

    @property
    def sentence(self) -> Sentence:
        """Cause and cure."""
        return joined(self.cause, self.cure)


class ModelFileError(UserError):
    """The file is missing, is no GGUF, is damaged, or llama.cpp does not know it."""

    code = "model_file"


class AdapterError(UserError):
    """A LoRA adapter or control vector is missing, damaged, or made for another model."""

    code = "adapter"


class NoModelError(UserError):
    """There is no model to answer with."""

    code = "no_model"


class EmptyPromptError(UserError):
    """There is nothing to answer."""

    code = "empty_prompt"


class ContextOverflowError(UserError):
    """The prompt does not fit into the context window."""

    code = "context_overflow"


class TextTooLongError(ContextOverflowError):
    """A text is too long to become a vector."""

    code = "text_too_long"


class TemplateError(UserError):
    """The chat template of the model could not be applied."""

    code = "template"


class EngineError(UserError):
    """llama.cpp refused; the engine itself is still alive."""

    code = "engine"


class EngineCrashedError(EngineError):
    """The engine process ended, hung or sent garbage. The next load starts a new one."""

    code = "engine_crashed"


class PurposeError(EngineError):
    """The model was made for something else."""

    code = "purpose"


class HiddenPromptError(UserError):
    """Prompt and tokens are known to a server alone."""

    code = "hidden_prompt"


class EndlessTemplateError(EngineCrashedError):
    """A chat template could be ended only together with the engine process."""

    code = "endless_template"


class EngineMemoryError(EngineError):
    """There was not enough memory; a smaller context or fewer GPU layers may do."""

    code = "engine_memory"


class EngineCrashedForMemoryError(EngineCrashedError, EngineMemoryError):
    """The engine process ended because memory ran out."""

    code = "engine_crashed_for_memory"


class CancelledError(EngineError):
    """A load was cancelled by the person."""

    code = "cancelled"


class StorageError(UserError):
    """The database could not be read or written."""

    code = "storage"


class DiskError(StorageError):
    """The disk refused; the same may work when there is room, or when it is there again."""

    code = "disk"


class DamagedDatabaseError(StorageError):
    """The file is no sound database of ours."""

    code = "damaged_database"


class PassphraseError(StorageError):
    """The store is encrypted and what was given does not open it."""

    code = "passphrase"


class KeyringError(UserError):
    """The system keeps no secrets for us."""

    code = "keyring"


class NetworkError(UserError):
    """Another program or machine cannot be asked, refused, or sent no answer."""

    code = "network"


class PassingNetworkError(NetworkError):
    """What failed may well work in a moment.

    Attributes:
        wait: Seconds after which the server wants to be asked again; 0 when it did not say.
    """

    code = "network_passing"
    wait = 0.0


class LineError(NetworkError):
    """The line to another machine failed or was silent; it may be there again, sooner or later."""

    code = "line"


class ServerKeyError(NetworkError):
    """A server wants a key, or another one."""

    code = "server_key"


class ServerModelError(NetworkError):
    """A server has no model of that name."""

    code = "server_model"


class HubError(NetworkError):
    """The model hub refused, or has not what was asked for."""

    code = "hub"


class GatedError(HubError):
    """The files are given only to those who have accepted the terms.

    Attributes:
        page: Address of the page where they can be accepted.
    """

    code = "hub_gated"
    page = ""


class HubTokenError(HubError):
    """The hub does not know the token that was given, or wants one."""

    code = "hub_token"


class UpdateError(NetworkError):
    """What was sent is no list of versions by the makers of desktopchat, or nobody knows whom to ask."""

    code = "update"


class ImportFileError(UserError):
    """A file to import cannot be read, or holds no conversation that we know how to read."""

    code = "import_file"


class DownloadError(UserError):
    """A file of a model hub could not be fetched, or is not what the hub said it was."""

    code = "download"


class AttachmentError(UserError):
    """A file cannot be attached to a message."""

    code = "attachment"


class PictureError(UserError):
    """A model cannot be shown a picture, or not this one."""

    code = "picture"


class PromptFileError(UserError):
    """A prompt of the library cannot be kept under this name."""

    code = "prompt_file"


class PersonaError(UserError):
    """A persona, or a character card that is to become one, cannot be understood or kept."""

    code = "persona"


class TableError(UserError):
    """Rows of a file cannot be read, or cannot be written."""

    code = "table"


class DataFolderError(UserError):
    """The data folder cannot be used."""

    code = "data_folder"


class AlreadyRunningError(UserError):
    """Another desktopchat uses the same data folder."""

    code = "already_running"


class EngineLibraryError(EngineCrashedError):
    """The engine process could not load llama.cpp's libraries."""

    code = "engine_library"


class BackendError(UserError):
    """A folder or pack of llama.cpp's libraries cannot be used."""

    code = "backend"


class AbandonedError(Exception):
    """Another thread ended what ran."""


def error_classes() -> dict[str, type[UserError]]:
    """Return every error class by its code."""
    found: dict[str, type[UserError]] = {}
    pending: list[type[UserError]] = [UserError]
    while pending:
        kind = pending.pop()
        found[kind.code] = kind
        pending += kind.__subclasses__()
    return found
