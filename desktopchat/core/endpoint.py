"""Where the model hub is: the usual one, another one, or a mirror of it."""

from dataclasses import replace

from desktopchat.core.address import ServerAddress

USUAL = "https://huggingface.co"
VARIABLE = "HF_ENDPOINT"


def endpoint(text: str) -> ServerAddress:
    """Read the address of a model hub, whose name is enough.

    Raises:
        UserError: It is none, or everyone could read on the way what is looked for.
    """
    address = ServerAddress.parse(text)
    has_path = "/" in text.partition("://")[2].strip("/") if "://" in text else "/" in text.strip("/")
    return replace(address, path=address.path if has_path else "", model="")


def endpoints(setting: str, variable: str = "") -> tuple[ServerAddress, ...]:
    """Return the hub that is asked, and behind it the others that may be asked instead.

    Args:
        setting: Addresses with a space between.
        variable: What the environment says, which goes before the settings.

    Raises:
        UserError: One of them is no address.
    """
    found = [endpoint(text) for text in (*variable.split()[:1], *setting.split())]
    return tuple(dict.fromkeys(found or [endpoint(USUAL)]))


def setting_with(setting: str, first: ServerAddress) -> str:
    """Return the setting with this hub before the others.

    Raises:
        UserError: The setting holds what is no address.
    """
    # The usual one need not be remembered.
    others = [one.base for one in endpoints(setting) if one != first and one.base != USUAL]
    return " ".join([first.base, *others] if others or first.base != USUAL else [])


def setting_without(setting: str, gone: ServerAddress) -> str:
    """Return the setting without this hub.

    Raises:
        UserError: The setting holds what is no address.
    """
    left = [one.base for one in endpoints(setting) if one != gone]
    return "" if left == [USUAL] else " ".join(left)


def page_of(hub: ServerAddress, repo: str) -> str:
    """Return the address of the page of a repository, for a browser."""
    return f"{hub.base}/{repo}"
