"""Arguments of the command line, each read from the text that was given."""

import argparse
import os
import re
from pathlib import Path

from desktopchat.core.adapter import Adapter, Kind
from desktopchat.core.address import ServerAddress, helper
from desktopchat.core.endpoint import endpoint
from desktopchat.core.errors import UserError
from desktopchat.core.hub_words import size_range

_SCALE = r"([-+.\d]+)"
_SCALE_AND_LAYERS = r"([-+.\d]+)(?::(\d{1,5})-(\d{1,5}))?"


def number(given: str) -> int:
    """Read a number from 1 to 1000."""
    if given.isdecimal() and 1 <= int(given) <= 1000:
        return int(given)
    raise argparse.ArgumentTypeError(f"“{given}” is not a number from 1 to 1000")


def port(given: str) -> int:
    """Read the number of a port; 0 takes a free one."""
    if given.isdecimal() and int(given) <= 65_535:
        return int(given)
    raise argparse.ArgumentTypeError(f"“{given}” is not a number from 0 to 65535")


def tokens(given: str) -> int:
    """Read a length of a context window."""
    if given.isdecimal() and 1 <= int(given) <= 2**27:
        return int(given)
    raise argparse.ArgumentTypeError(f"“{given}” is no number of tokens")


def override(given: str) -> tuple[str, str]:
    """Read the name of a setting and its value."""
    name, equals, value = given.partition("=")
    if name and equals:
        return name, value
    raise argparse.ArgumentTypeError(f"“{given}” is not like model.n_ctx=4096")


def lora(given: str) -> Adapter:
    """Read a LoRA adapter with its scale."""
    return _adapter(given, "lora", _SCALE)


def control_vector(given: str) -> Adapter:
    """Read a control vector with its scale and layers."""
    return _adapter(given, "control_vector", _SCALE_AND_LAYERS)


def _adapter(given: str, kind: Kind, pattern: str) -> Adapter:
    path, equals, rest = text(given).rpartition("=")
    found = re.fullmatch(pattern, rest, re.ASCII) if equals else None
    if found is None and equals and not rest.lower().endswith(".gguf"):
        raise argparse.ArgumentTypeError(f"“{rest}” is no scale like 0.8")
    scale, first, last = (*found.groups("0"), "0", "0")[:3] if found else ("1", "0", "0")
    try:
        # abspath() and not resolve(), which would show the target of a link.
        place = os.path.abspath(path if found else text(given))  # noqa: PTH100
        return Adapter(place, kind, float(scale), int(first), int(last))
    except (UserError, ValueError) as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def text(argument: str) -> str:
    """Return an argument as proper text: bytes that are no UTF-8 arrive as lone surrogates, which nobody else takes."""
    return argument.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def own_file(given: str) -> Path:
    """Read the name of a file that is to stay."""
    if given == "-":
        raise argparse.ArgumentTypeError("a file is needed, which what was stopped can go on with")
    return Path(given)


def server(given: str) -> str:
    """Read the address of a server."""
    try:
        return str(ServerAddress.parse(text(given)))
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def hub(given: str) -> str:
    """Read the address of a model hub."""
    try:
        return endpoint(text(given)).base
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def parameters(given: str) -> tuple[int, int]:
    """Read from how many parameters to how many; 0 is no limit."""
    try:
        return size_range(given)
    except ValueError:
        raise argparse.ArgumentTypeError(f"“{given}” is no size like 1B-8B, 30B- or 500M") from None


def rpc_helper(given: str) -> str:
    """Read the address of an RPC server."""
    try:
        return helper(text(given)).label
    except UserError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def engine(given: str) -> str:
    """Read which engine to take."""
    name, _, rate = given.partition(":")
    if given in ("process", "inprocess", "scripted"):
        return given
    try:
        if name == "scripted" and 0 <= float(rate) < float("inf"):
            return given
    except ValueError:
        pass
    raise argparse.ArgumentTypeError(f"“{given}” is neither process, inprocess nor scripted[:WORDS_PER_SECOND]")
