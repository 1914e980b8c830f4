"""Versions of desktopchat that its makers announce: what such a list says, and what it means for the one that runs."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from desktopchat.core.errors import UpdateError
from desktopchat.core.sentence import Sentence

# Where versions are announced, for as long as nobody names another place in the settings; the project has none so far.
ADDRESS = ""
# Who may announce them: Ed25519, in Base64; `packaging/release.py key` makes one. Several, so that a new key can come
# before the old one goes. Nobody may so far: a key comes with the address.
PUBLIC_KEYS: tuple[str, ...] = ()
# What stands before the signature, and before what is signed, so that the key signs nothing that could be mistaken.
MARK = "desktopchat-update 1"

_VERSION = re.compile(r"\d{1,5}(\.\d{1,5}){1,3}")
_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")
_NAME = re.compile(r"[\w.+~-]{1,100}", re.ASCII)
_SYSTEM = re.compile(r"[a-z0-9]+-[\w.-]{1,30}", re.ASCII)
_HASH = re.compile(r"[0-9a-f]{64}")
_ADDRESS = re.compile(r"https://[^\s\"<>\\]{3,500}")
_MOST_NEWS = 20  # sentences
_LONGEST_NEWS = 500  # characters
_MOST_FILES = 50


@dataclass(frozen=True, slots=True)
class ReleaseFile:
    """A file that people install.

    Attributes:
        system: What it is for, as in "linux-x86_64".
        size: In bytes.
        sha256: In hexadecimal.
    """

    system: str
    name: str
    address: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Release:
    """A version that was announced.

    Attributes:
        day: When, as in 2026-11-27.
        news: What is new, in sentences, by language; "en" is there.
        files: For all systems.
    """

    version: str
    day: str
    news: Mapping[str, tuple[str, ...]]
    files: tuple[ReleaseFile, ...]

    @classmethod
    def parse(cls, text: bytes) -> "Release":
        """Read a list, whose signature was found good.

        Raises:
            ValueError: It does not say what such a list says.
        """
        try:
            told = json.loads(text)
            news = {str(language): _news(sentences) for language, sentences in told["news"].items()}
            files = tuple(_file(one) for one in told["files"])
            version, day = _matching(_VERSION, told["version"]), _matching(_DAY, told["day"])
        except (KeyError, TypeError, AttributeError, RecursionError) as error:
            raise ValueError(f"{type(error).__name__}: {error}") from None
        if "en" not in news or not 0 < len(files) <= _MOST_FILES:
            raise ValueError("no English news, or no files")
        return cls(version, day, news, files)

    def news_in(self, language: str) -> tuple[str, ...]:
        """Return what is new, in a language or in English."""
        return self.news.get(language) or self.news["en"]


@dataclass(frozen=True, slots=True)
class Offer:
    """What an announced version means here.

    Attributes:
        present: The version that runs.
        system: That it runs on.
    """

    release: Release
    present: str
    system: str

    @property
    def is_newer(self) -> bool:
        """Whether it is newer than the one that runs."""
        return _order(self.release.version) > _order(self.present)

    @property
    def files(self) -> tuple[ReleaseFile, ...]:
        """Those to choose from; none where there is nothing to gain."""
        return tuple(one for one in self.release.files if one.system == self.system) if self.is_newer else ()

    @property
    def sentence(self) -> Sentence:
        """What it comes to."""
        version, day, present = self.release.version, self.release.day, self.present
        if self.files:
            return Sentence(
                "desktopchat {version} of {day} is there; this is {present}.", version=version, day=day, present=present
            )
        if self.is_newer:
            return Sentence(
                "desktopchat {version} of {day} is there, but not for this system, {system}; this is {present}.",
                version=version,
                day=day,
                system=self.system,
                present=present,
            )
        if _order(version) == _order(present):
            return Sentence("This is desktopchat {present}, the newest version.", present=present)
        return Sentence(
            "This is desktopchat {present}, newer than {version} of {day}, the newest one that was announced.",
            present=present,
            version=version,
            day=day,
        )


def no_address() -> UpdateError:
    """Nobody has said whom to ask."""
    return UpdateError(
        "This desktopchat does not know where new versions are announced.",
        "Look where you got it, or put the address of its makers' list under updates.address in the settings.",
    )


def no_list(host: str, status: int) -> UpdateError:
    """It sent something else."""
    return UpdateError(
        Sentence("{host} has no list of versions at that address: it answered {status}.", host=host,
                 status=str(status)),
        "See whether updates.address in the settings is right, or try again later.",
    )  # fmt: skip


def not_signed(host: str) -> UpdateError:
    """The list bears no signature."""
    return UpdateError(
        Sentence("What {host} sent is not signed, so nothing of it is believed.", host=host),
        "See whether updates.address in the settings is that of a list of versions.",
    )


def badly_signed(host: str) -> UpdateError:
    """The signature is not that of the makers."""
    return UpdateError(
        Sentence("What {host} sent was not signed by the makers of desktopchat, or was changed on its way.", host=host),
        "Install nothing that it names, and try again from another network.",
    )


def malformed(host: str, details: str) -> UpdateError:
    """It is signed, and makes no sense."""
    return UpdateError(
        Sentence("The list of versions of {host} cannot be read by this version.", host=host),
        "Look for a newer desktopchat where you got this one.",
        details,
    )


def _order(version: str) -> tuple[int, ...]:
    parts = [int(part) for part in version.split(".")]
    while parts and parts[-1] == 0:  # 1.0 is 1.0.0
        parts.pop()
    return tuple(parts)


def _news(sentences: Any) -> tuple[str, ...]:
    if not isinstance(sentences, list) or len(sentences) > _MOST_NEWS:
        raise ValueError("not so many sentences")
    for one in sentences:
        if not isinstance(one, str) or len(one) > _LONGEST_NEWS or not one.isprintable():
            raise ValueError("no sentence")
    return tuple(sentences)


def _file(told: Mapping[str, Any]) -> ReleaseFile:
    size = told["size"]
    if type(size) is not int or not 0 < size < 1 << 40:
        raise ValueError("no size")
    return ReleaseFile(
        _matching(_SYSTEM, told["system"]),
        _matching(_NAME, told["name"]),
        _matching(_ADDRESS, told["address"]),
        size,
        _matching(_HASH, told["sha256"]),
    )


def _matching(rule: re.Pattern[str], text: Any) -> str:
    if not isinstance(text, str) or not rule.fullmatch(text):
        raise ValueError(f"{str(text)[:100]!r} does not look like {rule.pattern}")
    return text
