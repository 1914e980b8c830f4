"""`desktopchat backend`: which builds of llama.cpp there are, what they reach here, and which one is taken."""

from pathlib import Path

from desktopchat.console import say, write
from desktopchat.core.backend import AUTOMATIC, Tried
from desktopchat.core.errors import UserError
from desktopchat.engine.backends.folders import Folders
from desktopchat.engine.backends.packs import Packs
from desktopchat.engine.libraries import VARIABLE
from desktopchat.session import Session


def run(session: Session, action: str, what: str) -> int:
    """Do one of list, use, test, add, rollback and remove.

    Args:
        what: Name, file or folder; may be empty for list and test.

    Returns:
        1 when a backend that was tested does not work.

    Raises:
        UserError: Nothing was changed.
    """
    packs = Packs(session.paths.backends)
    if action == "use":
        return _use(session, what)
    if action == "add":
        name = packs.add(Path(what))
        say(f"The backend {name} is there. “desktopchat backend use {name}” takes it; auto does so where it is best.")
        return _show(session, name, anew=True)
    if action == "rollback":
        version = packs.roll_back(what)
        say(f"The backend {what} is again that of version {version}.")
        return _show(session, what, anew=True)
    if action == "remove":
        packs.remove(what)
        say(f"The backend {what} is removed.")
        return 0
    return _show(session, what, anew=action == "test")


def _use(session: Session, name: str) -> int:
    if name != AUTOMATIC:
        Folders(session.paths.backends, session.backends_beside).get(name)  # says so when there is none
    settings = session.settings()
    settings["engine.backend"] = name
    settings.save()
    return _show(session, "" if name == AUTOMATIC else name, anew=False)


def _show(session: Session, name: str, *, anew: bool) -> int:
    backends = session.backends(session.settings()).all(anew=anew)
    shown = [one for one in backends if not name or one.backend.name == name]
    if not shown:
        raise UserError(f"There is no backend called {name}.", "“desktopchat backend list” shows those that there are.")
    for one in shown:
        for line in lines(one):
            write(f"{line}\n")
    if any(one.backend.name == VARIABLE for one in backends):
        say(f"{VARIABLE} is set in the environment and goes before every choice.")
    return 1 if name and not all(one.trial is not None and one.trial.works for one in shown) else 0


def lines(one: Tried) -> list[str]:
    """Return what is said of a backend: its name and version, then its devices or why it does not work."""
    backend, trial = one.backend, one.trial
    about = [backend.origin.value] if backend.origin.value != backend.name else []
    about += [backend.version] if backend.version else []
    about += ["in use"] if one.in_use else []
    about += [f"rolls back to {backend.before}"] if backend.before else []
    head = f"{backend.name:12} {', '.join(about)}".rstrip()
    said = [f"  {device.name}: {device.description}" for device in (trial.devices if trial else ())]
    if one.cause:
        said.append(f"  {one.cause} {one.cure}".rstrip())
    return [head, *said]
