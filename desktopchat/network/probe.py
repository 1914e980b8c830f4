"""Sees whether a server that speaks another protocol takes connections, before other code connects to it."""

import asyncio

from desktopchat.core.address import ServerAddress
from desktopchat.network import faults
from desktopchat.network.ledger import Ledger, Purpose

_PATIENCE = 5.0  # seconds


def probe(address: ServerAddress, ledger: Ledger, purpose: Purpose, *, offline: bool = False) -> None:
    """Connect, and write down that what follows is for this purpose.

    Raises:
        NetworkError: It cannot be reached, or no connection may be made.
    """
    if offline:
        raise faults.offline()
    entry = ledger.opened(purpose, address.label, "connect")
    outcome = "failed"
    try:
        asyncio.run(_connect(address.host, int(address.label.rpartition(":")[2])))
        outcome = "connected"
    except TimeoutError:
        raise faults.too_slow_to_connect(address.label, _PATIENCE) from None
    except (OSError, UnicodeError) as error:
        raise faults.unreachable(error, address.label) from error
    finally:
        ledger.closed(entry, outcome, 0, 0)


async def _connect(host: str, port: int) -> None:
    async with asyncio.timeout(_PATIENCE):
        _, writer = await asyncio.open_connection(host, port)
    writer.close()
    await writer.wait_closed()
