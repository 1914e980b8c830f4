"""Server-sent events (WHATWG HTML, 9.2), as far as an answer needs them: what stands behind "data:"."""

MOST_EVENT = 1 << 20  # bytes; a token with twenty alternatives has some thousands


class EventReader:
    """Takes bytes as they arrive and returns the data of each event that is complete."""

    def __init__(self) -> None:
        self._rest = b""
        self._data: list[bytes] = []
        self._size = 0

    def feed(self, part: bytes) -> list[bytes]:
        """Return the data of the events that this part completes.

        Raises:
            ValueError: An event is longer than any can be.
        """
        # A lone CR, which the standard also takes for the end of a line, is sent by no server that we know of.
        *lines, self._rest = (self._rest + part).split(b"\n")
        if len(self._rest) > MOST_EVENT:
            raise ValueError(f"a line of over {MOST_EVENT:,} bytes")
        events = []
        for line in lines:
            line = line.removesuffix(b"\r")
            if line.startswith(b"data:"):
                self._size += len(line)
                if self._size > MOST_EVENT:
                    raise ValueError(f"an event of over {MOST_EVENT:,} bytes")
                self._data.append(line[5:].removeprefix(b" "))
            elif not line and self._data:
                events.append(b"\n".join(self._data))
                self._data, self._size = [], 0
        return events
