"""The ledger: a file in which every request stands before it leaves, with what it was for and where it went."""

import contextlib
import json
import secrets
import threading
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from desktopchat.core.errors import NetworkError
from desktopchat.core.sentence import Sentence, reason_of

LIMIT = 8 << 20  # bytes; what is older is kept in one file more


class Purpose(StrEnum):
    """Why something is asked of another program or machine. There is no request without one."""

    MODELS = "list models"
    ANSWER = "answer"
    COUNT = "count tokens"
    EMBED = "make vectors"
    SHARE = "share a model"
    HUB_SEARCH = "search the model hub"
    HUB_INFO = "look at a model of the hub"
    HUB_TEST = "test the model hub"
    HUB_HEADER = "look whether a model fits"
    DOWNLOAD = "download a model"
    UPDATES = "look for updates"


class Ledger:
    """Writes one line of JSON when a request is made, and one when it has ended. Never what was said, and no key."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._lock = threading.Lock()

    def opened(self, purpose: Purpose, to: str, call: str, via: str = "") -> str:
        """Write down a request that is about to be made and return its name there.

        Args:
            to: Origin of the server.
            call: Method and path; what stands behind a question mark is left out, for it may be what somebody typed.
            via: Host and port of the proxy between.

        Raises:
            NetworkError: It cannot be written down, so it must not be made.
        """
        name = secrets.token_hex(6)
        entry: dict[str, Any] = {"request": name, "purpose": purpose, "to": to, "call": call.partition("?")[0]}
        if via:
            entry["via"] = via
        try:
            self._write(entry)
        except OSError as error:
            raise NetworkError(
                Sentence("The list of connections cannot be written: {why}.", why=reason_of(error)),
                Sentence("Nothing was sent. Free some space, and see that {path} can be written.", path=self._path),
                str(error),
            ) from error
        return name

    def closed(self, name: str, outcome: str, sent: int, received: int) -> None:
        """Write down how a request ended.

        Args:
            outcome: The status, or what went wrong.
            sent, received: Bytes of the bodies.
        """
        entry = {"ended": name, "outcome": outcome, "sent": sent, "received": received}
        with contextlib.suppress(OSError):  # that it was made stands there already
            self._write(entry)

    def _write(self, entry: dict[str, Any]) -> None:
        line = json.dumps({"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}, ensure_ascii=False)
        with self._lock:
            if self._path.exists() and self._path.stat().st_size > LIMIT:
                self._path.replace(self._path.with_suffix(".old.jsonl"))
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with self._path.open("a", encoding="utf-8") as file:
                file.write(f"{line}\n")
