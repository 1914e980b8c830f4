"""What a model hub means by a status that is no success, each with its own sentence."""

import contextlib
import re
from collections.abc import Mapping
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from desktopchat.core.errors import GatedError, HubError, HubTokenError, NetworkError, PassingNetworkError
from desktopchat.core.sentence import Sentence

_LONGEST_WAIT = 86_400.0  # seconds
_LIMITED = re.compile(r'"\w+"\s*;\s*r\s*=\s*0\s*;\s*t\s*=\s*(\d{1,6})')
_REPO = re.compile(r"/api/models/([\w.-]+/[\w.-]+)|/([\w.-]+/[\w.-]+)/resolve/", re.ASCII)
_TOKEN_CURE = Sentence(
    "Give one of your account there: “Token of the model hub” in the menu, or desktopchat models token set."
)


def refused(
    status: int, headers: Mapping[str, str], host: str, base: str, path: str, *, has_token: bool
) -> NetworkError:
    """Return what a status means.

    Args:
        headers: With names in lower case.
        base: Address of the hub, for the link to the terms of a repository.
        path: That was asked for, behind that address.
        has_token: The hub was told who asks.
    """
    code, message = headers.get("x-error-code", ""), headers.get("x-error-message", "")
    details = f"{status} {code} {message}"[:500].strip()
    found = _REPO.match(path)
    repo = (found[1] or found[2]) if found else ""
    if status == 429:
        return _busy(host, wait_of(headers), details, has_token=has_token)
    if code == "GatedRepo":
        return _gated(repo, base, details, has_token=has_token)
    if status == 401 and (has_token or "credentials" in message.lower()):
        return HubTokenError(Sentence("{host} does not know this token.", host=host), _TOKEN_CURE, details)
    if code in ("EntryNotFound", "RevisionNotFound"):
        return HubError(
            Sentence("{repo} has changed, and does not have this file any more.", repo=repo),
            "Look at it anew.",
            details,
        )
    if repo and (code == "RepoNotFound" or status in (401, 404)):
        return HubError(
            Sentence("There is no repository called {repo} at {host}, or it is private.", repo=repo, host=host),
            "Mend its name, or give the token of an account that may see it.",
            details,
        )
    if status == 401:
        return HubTokenError(Sentence("{host} wants to know who asks.", host=host), _TOKEN_CURE, details)
    if "disabled" in message or status in (410, 451):
        return HubError(Sentence("{host} has taken {repo} down.", host=host, repo=repo), "Choose another one.", details)
    if status >= 500 or status == 408:
        error = PassingNetworkError(
            Sentence("{host} has trouble of its own (status {status}).", host=host, status=str(status)),
            "Try again in a moment, or use another hub: desktopchat models endpoint.",
            details,
        )
        error.wait = wait_of(headers)
        return error
    if status == 400:
        return HubError(
            Sentence("{host} does not understand this search.", host=host), "Take some of the filters away.", details
        )
    if status == 404:
        return HubError(
            Sentence("{host} is no model hub.", host=host), "Mend the address: desktopchat models endpoint.", details
        )
    return HubError(
        Sentence("{host} refuses this (status {status}).", host=host, status=str(status)),
        "Look at the page in a browser; a token of your account may help.",
        details,
    )


def wait_of(headers: Mapping[str, str]) -> float:
    """Return for how many seconds nothing shall be asked; 0 when the hub does not say.

    Args:
        headers: With names in lower case.
    """
    if found := _LIMITED.search(headers.get("ratelimit", "")):
        return min(float(found[1]), _LONGEST_WAIT)
    text, seconds = headers.get("retry-after", ""), 0.0
    with contextlib.suppress(ValueError):
        if re.fullmatch(r"\d{1,9}(\.\d{1,6})?", text, re.ASCII):
            seconds = float(text)
        elif text:
            at = parsedate_to_datetime(text)
            seconds = (at.replace(tzinfo=at.tzinfo or UTC) - datetime.now(UTC)).total_seconds()
    return min(max(seconds, 0.0), _LONGEST_WAIT)


def _busy(host: str, wait: float, details: str, *, has_token: bool) -> PassingNetworkError:
    cause = (
        Sentence("{host} takes no more questions for {seconds} s.", host=host, seconds=f"{wait:.0f}")
        if wait
        else Sentence("{host} takes no more questions for now.", host=host)
    )
    cure = Sentence("Try again then.") if has_token else Sentence("Try again then; a token raises the limit.")
    error = PassingNetworkError(cause, cure, details)
    error.wait = wait
    return error


def _gated(repo: str, base: str, details: str, *, has_token: bool) -> GatedError:
    page = f"{base}/{repo}"
    cause = Sentence("{repo} is given only to those who have accepted its terms.", repo=repo)
    cure = (
        Sentence(
            "Accept them at {page} with the account whose token you gave, and wait until that is granted.", page=page
        )
        if has_token
        else Sentence(
            "Accept them at {page}, then give a token: in the menu, or by desktopchat models token set.", page=page
        )
    )
    error = GatedError(cause, cure, details)
    error.page = page
    return error
