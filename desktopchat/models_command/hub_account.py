"""`desktopchat models token` and `endpoint`: who we are at the model hub, and which one is asked."""

import os

from desktopchat.console import say, write
from desktopchat.core.endpoint import VARIABLE, setting_with, setting_without
from desktopchat.core.endpoint import endpoint as read_endpoint
from desktopchat.core.errors import NetworkError
from desktopchat.server_command import take_key
from desktopchat.session import Session


def token(session: Session, what: str) -> int:
    """Do one of set, forget and status.

    Raises:
        UserError: Nothing was changed.
    """
    hub = session.hubs(session.settings())[0]
    if what == "set":
        take_key(session, hub)
    elif what == "forget":
        gone = session.server_keys.forget(hub)
        write("The keyring has forgotten the token.\n" if gone else f"There is no token for {hub.label}.\n")
    elif session.server_keys.key_of(hub) is None:
        write(f"There is no token for {hub.label}; models without terms need none.\n")
    else:
        write(f"The keyring keeps a token for {hub.label}. “desktopchat models endpoint test” tries it.\n")
    return 0


def endpoint(session: Session, what: str, address: str) -> int:
    """Do one of list, test, use and forget.

    Returns:
        1 when a hub that was tested does not answer.

    Raises:
        UserError: Nothing was changed.
    """
    settings = session.settings()
    if what in ("use", "forget"):
        change = setting_with if what == "use" else setting_without
        settings["hub.endpoint"] = change(settings["hub.endpoint"], read_endpoint(address))
        settings.save()
    if what != "test":
        for place, hub in enumerate(session.hubs(settings)):
            write(f"{hub.base}{'' if place else '  (is asked)'}\n")
        if os.environ.get(VARIABLE):
            say(f"{VARIABLE} is set in the environment and goes before the settings.")
        return 0
    hubs = [read_endpoint(address)] if address else session.hubs(settings)
    bad = 0
    for hub in hubs:
        inquiry = session.inquiry(settings, hub)
        try:
            report = inquiry.test()
        except NetworkError as error:
            bad = 1
            write(f"{hub.base}: {error}\n")
        else:
            who = f", knows the token of {report.account}" if report.account else ""
            write(f"{hub.base}: answers in {report.seconds:.1f} s{who}\n")
        finally:
            inquiry.close()
    return bad
