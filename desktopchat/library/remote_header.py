"""Reads the header of a GGUF file where it lies on a model hub, without the gigabytes behind it."""

import io
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import cast

from desktopchat.core.errors import HubError
from desktopchat.core.gguf import GGUFHeader, read_header_of
from desktopchat.core.hub_file import HubFile
from desktopchat.core.sentence import Sentence
from desktopchat.network import faults, hub_faults
from desktopchat.network.fetching import Fetcher
from desktopchat.network.ledger import Purpose

# A vocabulary of 262,144 tokens makes a header of 16 MB; the shortest have a tenth of a megabyte.
_PIECE = 1 << 20
MOST = 48 << 20  # bytes
_RANGE = re.compile(r"bytes (\d{1,18})-\d{1,18}/(?:\d{1,18}|\*)", re.ASCII)


def read_remote_headers(fetcher: Fetcher, files: Sequence[HubFile]) -> GGUFHeader:
    """Return the header of a model on the hub; of one in parts that of the first, with the tensors of all.

    Args:
        fetcher: Asks the hub; it is closed at the end.
        files: The parts in their order; most models have one.

    Raises:
        ModelFileError: It is no GGUF file, or damaged.
        NetworkError: It cannot be had.
        AbandonedError: The fetcher was told to stop.
    """
    try:
        headers = [_read(fetcher, file) for file in files]
    finally:
        fetcher.close()
    return replace(
        headers[0],
        tensors=tuple(tensor for header in headers for tensor in header.tensors),
        file_size=sum(header.file_size for header in headers),
    )


def _read(fetcher: Fetcher, file: HubFile) -> GGUFHeader:
    remote = _RemoteFile(fetcher, file)
    # It gives bytes as a file does, which is all that the reader wants.
    buffered = cast("io.BufferedReader", io.BufferedReader(remote, _PIECE))
    return read_header_of(buffered, file.path.rpartition("/")[2], file.size)


class _RemoteFile(io.RawIOBase):
    """A file on the hub of which only those pieces are fetched that are read."""

    def __init__(self, fetcher: Fetcher, file: HubFile) -> None:
        self._fetcher = fetcher
        self._file = file
        self._position = 0
        self._fetched = 0

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True

    def tell(self) -> int:
        return self._position

    def seek(self, offset: int, whence: int = io.SEEK_SET) -> int:
        start = {io.SEEK_SET: 0, io.SEEK_CUR: self._position, io.SEEK_END: self._file.size}[whence]
        self._position = start + offset
        return self._position

    def readinto(self, buffer: object) -> int:
        """Fetch the next piece.

        Raises:
            NetworkError: It cannot be had, or the header is too long to be one.
        """
        view = memoryview(cast("bytearray", buffer)).cast("B")
        count = min(len(view), self._file.size - self._position)
        if count <= 0:
            return 0
        self._fetched += count
        if self._fetched > MOST:
            raise HubError(
                Sentence("The header of {name} is too long to look at from here.", name=self._file.path),
                "Download it if you know that it is a model.",
            )
        data = self._piece(count)
        view[: len(data)] = data
        self._position += len(data)
        return len(data)

    def _piece(self, count: int) -> bytes:
        last = self._position + count - 1
        path = self._file.url_path
        wanted = {"Accept": "*/*", "Range": f"bytes={self._position}-{last}"}
        stream, _ = self._fetcher.open(Purpose.HUB_HEADER, path, wanted)
        try:
            if stream.status == 206:
                found = _RANGE.fullmatch(stream.headers.get("content-range", ""))
                if found is None or int(found[1]) != self._position:
                    raise faults.cut(stream.host, stream.headers.get("content-range", "")[:100])
                return stream.read(count)
            if stream.status == 200:
                raise HubError(
                    Sentence("{host} gives no parts of files, so nobody can look before a download.", host=stream.host),
                    "Look at another hub or mirror, or download it.",
                )
            address = self._fetcher.address
            raise hub_faults.refused(
                stream.status, stream.headers, stream.host, address.base, path, has_token=self._fetcher.has_key
            )
        finally:
            stream.close()
