"""`desktopchat server`: the keys of servers, those that were used, and every connection that was made."""

import getpass
import sys

from desktopchat.console import say, write
from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import KeyringError, ServerKeyError
from desktopchat.core.request import MadeRequest
from desktopchat.core.secret import Secret
from desktopchat.network.reading import made_requests
from desktopchat.session import Session
from desktopchat.settings.file import Settings


def run(session: Session, action: str, address: str | None) -> int:
    """Do one of list, key, forget and log.

    Raises:
        UserError: Nothing was changed.
    """
    if action == "log":
        for made in made_requests(session.paths.connections_file):
            write(f"{_line(made)}\n")
    elif action == "list":
        for one in str(Settings.load(session.paths.settings_file)["network.servers"]).split():
            kept = session.server_keys.key_of(ServerAddress.parse(one)) is not None
            write(f"{one}{'  (key in the keyring)' if kept else ''}\n")
    elif action == "key":
        take_key(session, ServerAddress.parse(address or ""))
    else:
        gone = session.server_keys.forget(ServerAddress.parse(address or ""))
        write("The keyring has forgotten the key.\n" if gone else "The keyring keeps no key for this server.\n")
    return 0


def take_key(session: Session, address: ServerAddress) -> None:
    """Read a key from the terminal, where it is not shown, or a line of standard input, and let the keyring keep it.

    Raises:
        UserError: There is none to read.
    """
    try:
        text = getpass.getpass(f"Key for {address.label}: ") if sys.stdin.isatty() else sys.stdin.readline()
    except EOFError:
        text = ""
    if not text.strip():
        raise ServerKeyError("There is no key.", "Type it, or pipe it in.")
    try:
        session.server_keys.keep(address, Secret.typed(text))
    except KeyringError as error:
        say(str(error))
    else:
        say("The keyring keeps the key.")


def _line(made: MadeRequest) -> str:
    via = f" via {made.via}" if made.via else ""
    sizes = f"{made.sent:,} bytes sent, {made.received:,} received"
    return f"{made.at}  {made.purpose}: {made.to}{via} {made.call} · {made.outcome or 'cut off'} · {sizes}"
