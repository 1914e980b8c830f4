"""LoRA adapters and control vectors on disk that fit a model."""

from pathlib import Path

from desktopchat.core.adapter import AdapterFile, Base, check_fit, read_adapter, read_base
from desktopchat.core.errors import AdapterError, ModelFileError
from desktopchat.library.folder import model_files


def list_fitting(folder: Path, model: Path) -> list[AdapterFile]:
    """Return the adapters in a folder and below it that fit a model, by name. What cannot be read is left out."""
    try:
        base = read_base(model)
    except ModelFileError:
        return []
    return [found for path in model_files(folder) if (found := _fitting(path, base)) is not None]


def inspect(path: Path, model: Path) -> AdapterFile:
    """Return the adapter in a file, which fits a model.

    Raises:
        AdapterError: It does not, or there is none; the text says why.
        ModelFileError: The file of the model is gone.
    """
    file = read_adapter(path)
    check_fit(file, read_base(model))
    return file


def _fitting(path: Path, base: Base) -> AdapterFile | None:
    try:
        file = read_adapter(path)
        check_fit(file, base)
    except AdapterError:
        return None
    return file
