"""A file of JSON that is replaced as a whole."""

import json
import os
import secrets
from pathlib import Path


def write_json(path: Path, value: object) -> None:
    """Put it in the place of a file, all of it or nothing.

    Raises:
        OSError: It cannot be written.
    """
    beside = path.with_name(f".{path.name}.{secrets.token_hex(4)}")
    try:
        with beside.open("x", encoding="utf-8") as stream:
            json.dump(value, stream, ensure_ascii=False)
            stream.flush()
            os.fsync(stream.fileno())
        beside.replace(path)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
