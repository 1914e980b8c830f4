"""A models folder, and what downloads into it from a hub that does everything wrong."""

from collections.abc import Sequence
from pathlib import Path
from typing import Any

from desktopchat.core.download import DownloadState
from desktopchat.core.endpoint import endpoint
from desktopchat.core.hub_file import HubFile
from desktopchat.core.secret import Secret
from desktopchat.library.download import FileDownload
from desktopchat.library.part import part_of
from desktopchat.library.places import place_for
from desktopchat.library.speed_limit import SpeedLimit
from desktopchat.network.connection import Connection, Patience
from desktopchat.network.fetching import Fetcher
from desktopchat.network.ledger import Ledger
from tests.file_server import FileServer

CONTENT = bytes(range(251)) * 20_000  # 5 MB
NAME = "tiny.Q4_K_M.gguf"


class Rig:
    """A models folder and what downloads into it."""

    def __init__(self, folder: Path, server: FileServer) -> None:
        self.models = folder / "models"
        self.models.mkdir()
        self.ledger_file = folder / "connections.jsonl"
        self.server = server
        self.offline = False
        self.states: list[tuple[DownloadState, str]] = []

    def make(
        self, file: HubFile, token: str = "", silence: float = 5, rate: int = 0, mirrors: Sequence[FileServer] = ()
    ) -> FileDownload:
        ledger = Ledger(self.ledger_file)

        def connect(to: Any, key: Secret | None) -> Connection:
            return Connection(to, ledger, key, is_offline=lambda: self.offline)

        key = Secret(token) if token else None
        fetcher = Fetcher(endpoint(self.server.url), connect, key, Patience(5, silence))
        made: FileDownload = FileDownload(
            file,
            place_for(self.models, file),
            fetcher,
            SpeedLimit(lambda: rate),
            lambda: self.states.append((made.state, str(made.reason))),
            (Fetcher(endpoint(one.url), connect, None, Patience(5, silence)) for one in mirrors),
        )
        return made

    def fetch(self, file: HubFile, **how: Any) -> FileDownload:
        made = self.make(file, **how)
        made.run()
        return made

    def target(self, file: HubFile) -> Path:
        return self.models / file.repo / file.path

    def holds(self, file: HubFile, content: bytes = CONTENT) -> bool:
        target = self.target(file)
        return target.read_bytes() == content and not part_of(target).exists()

    def asked_ranges(self) -> list[str]:
        return [one.headers.get("range", "") for one in self.server.asked["cdn"]]
