"""What can go wrong on the way to a server and back, each with its own sentence."""

import errno
import socket
import ssl
from collections.abc import Iterator

import httpx2

from desktopchat.core.errors import LineError, NetworkError, PassingNetworkError
from desktopchat.core.sentence import Sentence, reason_of

_AGAIN = Sentence("Try again in a moment.")
_ONLINE = Sentence("Mend the address, or see whether you are online.")


def too_slow_to_connect(host: str, seconds: float) -> NetworkError:
    """It took no connection."""
    return LineError(
        Sentence("{host} took no connection for {seconds} s.", host=host, seconds=f"{seconds:g}"),
        "See whether the server runs, and whether it can be reached from here.",
    )


def too_slow_to_answer(host: str, seconds: float) -> NetworkError:
    """It took the connection and sent nothing."""
    return LineError(
        Sentence("{host} sent no answer for {seconds} s.", host=host, seconds=f"{seconds:g}"),
        "See whether the server is busy; a shorter conversation or a smaller model is answered sooner.",
    )


def stalled(host: str, seconds: float) -> NetworkError:
    """It began and then sent nothing more."""
    return LineError(
        Sentence("{host} fell silent for {seconds} s in the middle of its answer.", host=host, seconds=f"{seconds:g}"),
        "What came is kept; ask again.",
    )


def cut(host: str, details: str = "") -> NetworkError:
    """It began and then closed the connection."""
    return LineError(
        Sentence("{host} broke off in the middle of its answer.", host=host),
        "What came is kept; ask again.",
        details,
    )


def malformed(host: str, details: str = "") -> NetworkError:
    """What it sent is no answer."""
    return NetworkError(
        Sentence("{host} sent something that is no answer.", host=host),
        "See whether the address is that of an OpenAI-compatible server.",
        details,
    )


def empty(host: str) -> NetworkError:
    """It began an answer with nothing in it; some servers do that when they fail inside."""
    return NetworkError(
        Sentence("{host} sent an empty answer.", host=host),
        "Look into its log, or ask less: the conversation may be too long for it.",
    )


def too_large(host: str) -> NetworkError:
    """It did not stop sending."""
    return NetworkError(
        Sentence("{host} sent more than any answer has, so the connection was closed.", host=host),
        "Ask again with a smaller number of tokens, or use another server.",
    )


def redirected(host: str, target: str) -> NetworkError:
    """It sends on to somebody else, who was not asked."""
    return NetworkError(
        Sentence("{host} sends on to {target}, which is another server, so nothing was sent there.", host=host,
                 target=target[:200]),
        "Connect to that address itself if you trust it.",
    )  # fmt: skip


def unsafe_redirect(host: str, target: str) -> NetworkError:
    """It sends on to where nothing is encrypted, or into the network here."""
    return NetworkError(
        Sentence("{host} sends on to {target}, which is not a safe place, so nothing was asked there.", host=host,
                 target=target[:200]),
        "Use another server; this one is not set up well.",
    )  # fmt: skip


def endless(host: str) -> NetworkError:
    """It sends on for ever."""
    return NetworkError(
        Sentence("{host} sends on from one address to the next for ever.", host=host),
        "Try again later, or use another server.",
    )


def offline() -> NetworkError:
    """The person wants no connections."""
    return NetworkError(
        "The program makes no connections, because it is set to be offline.", "Set “Offline” to off in the settings."
    )


def of(error: Exception, host: str, *, begun: bool) -> NetworkError:
    """Return what a failure of the connection means.

    Args:
        begun: The answer had begun.
    """
    details = f"{type(error).__name__}: {error}"
    if begun:
        return cut(host, details)
    causes = list(_causes(error))
    if isinstance(error, httpx2.ProxyError):
        return NetworkError(
            Sentence("The proxy of this system does not let us to {host}.", host=host),
            "Ask whoever runs the proxy, or take it out of the settings of the system.",
            details,
        )
    if isinstance(error, httpx2.InvalidURL | UnicodeError):
        return NetworkError(Sentence("There is no host called {host}.", host=host), _ONLINE, details)
    if isinstance(error, httpx2.ConnectError):
        return _unconnected(causes, host, details)
    if isinstance(error, httpx2.RemoteProtocolError) and "disconnected" not in str(error):
        return malformed(host, details)
    return PassingNetworkError(Sentence("{host} closed the connection before it answered.", host=host), _AGAIN, details)


def unreachable(error: Exception, host: str) -> NetworkError:
    """Return why a plain connection could not be made."""
    return _unconnected(list(_causes(error)), host, f"{type(error).__name__}: {error}")


def _unconnected(causes: list[BaseException], host: str, details: str) -> NetworkError:
    for cause in causes:
        match cause:
            case ssl.SSLCertVerificationError():
                return NetworkError(
                    Sentence("{host} cannot prove that it is {host_again}: its certificate is not valid.",
                             host=host, host_again=host),
                    "Tell whoever runs the server; without a valid certificate nothing is sent.",
                    f"{cause.verify_message} · {details}",
                )  # fmt: skip
            case ssl.SSLError():
                return NetworkError(
                    Sentence("{host} does not encrypt as https demands.", host=host),
                    "Begin the address with http if the server is on this machine or in your own network.",
                    details,
                )
            case socket.gaierror() | UnicodeError():
                return LineError(Sentence("There is no host called {host}.", host=host), _ONLINE, details)
            case ConnectionRefusedError():
                return _refused(host, details)
    # Several addresses may have been tried: the reasons are then joined in the text alone.
    if any("refused" in str(cause).lower() or getattr(cause, "errno", 0) == errno.ECONNREFUSED for cause in causes):
        return _refused(host, details)
    reason = next((reason_of(cause) for cause in causes if isinstance(cause, OSError)), Sentence(""))
    if not reason:
        return LineError(Sentence("{host} cannot be reached.", host=host), _ONLINE, details)
    return LineError(Sentence("{host} cannot be reached: {why}.", host=host, why=reason), _ONLINE, details)


def _refused(host: str, details: str) -> NetworkError:
    return LineError(
        Sentence("No server answers at {host}.", host=host), "Start the server there, or mend the address.", details
    )


def _causes(error: BaseException) -> Iterator[BaseException]:
    """Return an error with all that led to it, the members of groups too."""
    pending: list[BaseException] = [error]
    seen: set[int] = set()
    while pending:
        cause = pending.pop(0)
        if id(cause) in seen:
            continue
        seen.add(id(cause))
        yield cause
        if isinstance(cause, BaseExceptionGroup):
            pending += cause.exceptions
        pending += [one for one in (cause.__cause__, cause.__context__) if one is not None]
