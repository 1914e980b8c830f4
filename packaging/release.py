#!/usr/bin/env python3
"""Announce a version: the list that `desktopchat update` asks for, signed.

.venv/bin/python packaging/release.py key FILE                      makes a key, which never goes into the repository
.venv/bin/python packaging/release.py sign --key FILE --at ADDRESS --news en TEXT [--news zh_CN TEXT] dist/*

The first prints the line for PUBLIC_KEYS in desktopchat/core/release.py. The second writes dist/desktopchat.update,
with size and hash of each package; ADDRESS is the folder that all of them are put at. The list itself is put wherever
ADDRESS in that file, or updates.address in people's settings, points to.
"""

import argparse
import base64
import hashlib
import json
import os
import re
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

from cryptography.hazmat.primitives import serialization  # noqa: E402  (the path has to be set first)
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey  # noqa: E402
from devtools.console import SetupError, say  # noqa: E402
from devtools.package import version  # noqa: E402

from desktopchat.core.errors import UpdateError  # noqa: E402
from desktopchat.core.release import MARK, PUBLIC_KEYS  # noqa: E402
from desktopchat.network.updates import believed, signed_text  # noqa: E402

NAME = "desktopchat.update"
_MACHINES = {"amd64": "x86_64", "arm64": "aarch64"}  # Debian's names, and those of Linux
_SYSTEMS = (
    (re.compile(r"desktopchat_[\d.]+_(\w+)\.deb"), "linux-{}"),
    (re.compile(r"desktopchat-[\d.]+-linux-(\w+)\.tar\.xz"), "linux-{}"),
    (re.compile(r"desktopchat-[\d.]+-(\w+)\.AppImage"), "linux-{}"),
    (re.compile(r"desktopchat-[\d.]+-windows-x86_64\.exe"), "win32-amd64"),
    (re.compile(r"desktopchat-[\d.]+-macos-(\w+)\.dmg"), "darwin-{}"),
)


def make_key(file: Path) -> str:
    """Write a new private key for its owner alone; return the public one, in Base64.

    Raises:
        SetupError: There is such a file.
    """
    key = Ed25519PrivateKey.generate()
    packed = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    try:
        with os.fdopen(os.open(file, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as target:
            target.write(packed)
    except FileExistsError as error:
        raise SetupError(f"{file} is there already. Take another name: nobody can make a lost key again.") from error
    return public_key(key)


def read_key(file: Path) -> Ed25519PrivateKey:
    """Return a private key.

    Raises:
        SetupError: It cannot be read, or is none.
    """
    try:
        key = serialization.load_pem_private_key(file.read_bytes(), None)
    except (OSError, ValueError, TypeError) as error:
        raise SetupError(f"{file} cannot be read as a key: {error}") from error
    if not isinstance(key, Ed25519PrivateKey):
        raise SetupError(f"{file} is no Ed25519 key.")
    return key


def public_key(key: Ed25519PrivateKey) -> str:
    """Return the public key of a private one, in Base64."""
    raw = key.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    return base64.b64encode(raw).decode()


def sign(key: Ed25519PrivateKey, told: dict[str, Any]) -> bytes:
    """Return a list with its signature before it."""
    text = (json.dumps(told, ensure_ascii=False, indent=1) + "\n").encode()
    return f"{MARK} {base64.b64encode(key.sign(signed_text(text))).decode()}\n".encode() + text


def described(packages: Sequence[Path], at: str, news: dict[str, list[str]], number: str, day: str) -> dict[str, Any]:
    """Return what a list says of packages.

    Args:
        at: Address of the folder that they are put at.
        news: What is new, by language.
        day: When it is announced, as in 2026-11-27.

    Raises:
        SetupError: None of them is a package of this version.
    """
    files = []
    for package in packages:
        system = system_of(package.name)
        if not system:
            continue
        if f"-{number}-" not in package.name and f"_{number}_" not in package.name:
            raise SetupError(f"{package.name} is not of version {number}. Take old packages away first.")
        with package.open("rb") as content:
            digest = hashlib.file_digest(content, "sha256").hexdigest()
        address = f"{at.rstrip('/')}/{package.name}"
        size = package.stat().st_size
        files.append({"system": system, "name": package.name, "address": address, "size": size, "sha256": digest})
    if not files:
        raise SetupError("There is no package among these files.")
    return {"version": number, "day": day, "news": news, "files": files}


def system_of(name: str) -> str:
    """Return what a package is for, by its name; empty for other files."""
    for pattern, system in _SYSTEMS:
        if found := pattern.fullmatch(name):
            return system.format(*(_MACHINES.get(machine, machine) if system[0] == "l" else machine
                                   for machine in found.groups()))  # fmt: skip
    return ""


def main() -> int:
    """Make a key or a list; return the exit code."""
    parser = argparse.ArgumentParser(description="Announce a version of desktopchat.")
    commands = parser.add_subparsers(dest="command", required=True, metavar="COMMAND")
    making = commands.add_parser("key", help="make a key")
    making.add_argument("file", type=Path, metavar="FILE", help="for the private key; keep it, and keep it to yourself")
    signing = commands.add_parser("sign", help="write the list of a version")
    signing.add_argument("packages", nargs="+", type=Path, metavar="PACKAGE", help="other files are passed over")
    signing.add_argument("--key", type=Path, required=True, metavar="FILE", help="the private key")
    signing.add_argument("--at", required=True, metavar="ADDRESS", help="where the packages are put, https")
    signing.add_argument(
        "--news", nargs=2, action="append", required=True, metavar=("LANGUAGE", "SENTENCE"), help="may be repeated"
    )
    signing.add_argument("--out", type=Path, default=ROOT / "dist" / NAME, metavar="FILE", help="for the list")
    options = parser.parse_args()
    try:
        if options.command == "key":
            print(f'PUBLIC_KEYS: tuple[str, ...] = ("{make_key(options.file)}",)')
            return 0
        key = read_key(options.key)
        news: dict[str, list[str]] = {}
        for language, sentence in options.news:
            news.setdefault(language, []).append(sentence)
        day = time.strftime("%Y-%m-%d", time.gmtime())
        text = sign(key, described(options.packages, options.at, news, version(ROOT), day))
        try:
            believed(text, "this program", (public_key(key),))  # what nobody could read is not written
        except UpdateError as error:
            raise SetupError(f"{error} {error.details}") from error
        options.out.write_bytes(text)
        if public_key(key) not in PUBLIC_KEYS:
            say("This key is none of PUBLIC_KEYS in desktopchat/core/release.py: no desktopchat will believe the list.")
        print(options.out)
    except SetupError as error:
        say(str(error))
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
