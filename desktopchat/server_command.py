"""`desktopchat server`: the keys of servers, those that were used, and every connection that was made."""

import getpass
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from desktopchat.console import say, write
from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import KeyringError, ServerKeyError
from desktopchat.core.secret import Secret
from desktopchat.session import Session
from desktopchat.settings.file import Settings


def run(session: Session, action: str, address: str | None) -> int:
    """Do one of list, key, forget and log.

    Raises:
        UserError: Nothing was changed.
    """
    if action == "log":
        for line in connections(session.paths.connections_file):
            write(f"{line}\n")
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


def connections(file: Path) -> Iterator[str]:
    """Return a line for each connection that was made, in the order in which they ended."""
    asked: dict[str, dict[str, Any]] = {}
    for part in (file.with_suffix(".old.jsonl"), file):
        if not part.exists():
            continue
        for line in part.read_text("utf-8").splitlines():
            entry = json.loads(line)
            if "request" in entry:
                asked[entry["request"]] = entry
            elif (found := asked.pop(entry["ended"], None)) is not None:
                yield _line(found, entry)
    for left in asked.values():
        yield _line(left, {})


def _line(entry: dict[str, Any], end: dict[str, Any]) -> str:
    via = f" via {entry['via']}" if "via" in entry else ""
    sizes = f"{end.get('sent', 0):,} bytes sent, {end.get('received', 0):,} received"
    what = f"{entry['purpose']}: {entry['to']}{via} {entry['call']}"
    return f"{entry['at']}  {what} · {end.get('outcome', 'cut off')} · {sizes}"
