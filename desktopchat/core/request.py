"""A request that was made of another program or machine, as it was written down."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class MadeRequest:
    """One of them.

    Attributes:
        at: When it was made, as ISO 8601 has it, in UTC.
        purpose: What it was for.
        to: Origin of the server.
        call: Method and path.
        via: Host and port of the proxy between; empty when there was none.
        outcome: The status, or what went wrong; empty when it has not ended, or was cut off.
        sent, received: Bytes of the bodies.
    """

    at: str
    purpose: str
    to: str
    call: str
    via: str = ""
    outcome: str = ""
    sent: int = 0
    received: int = 0
