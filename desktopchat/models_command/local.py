"""`desktopchat models list`, `show`, `add`, `remove`, `duplicates` and `move`: the models that are here."""

import json
import time
from collections.abc import Iterator
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from desktopchat.console import say, write
from desktopchat.core.errors import ModelFileError, UserError
from desktopchat.core.gguf import ArrayInfo, read_header
from desktopchat.core.hub_link import linked_repository
from desktopchat.core.hub_words import parameters_text
from desktopchat.core.local_model import Kind, LocalModel, Origin
from desktopchat.core.memory_words import size_text
from desktopchat.library import duplicates as found_twice
from desktopchat.library import trash
from desktopchat.models_command.progress import ProgressLine
from desktopchat.session import Session

if TYPE_CHECKING:
    from desktopchat.core.gguf import Value

_LONG = 100  # characters of a value


def list_models(session: Session, words: list[str], *, as_json: bool) -> int:
    """Print the models that are here, those with these words."""
    wanted = [word.casefold() for word in words]
    models = [model for model in session.library().models() if model.fits(wanted)]
    if as_json:
        print(json.dumps([_json(model) for model in models], ensure_ascii=False, indent=2))
        return 0
    for model in models:
        write(f"{model.called}\n    {' · '.join(_facts(model))}\n    {model.path}\n")
    if not models:
        say("There is nothing of that name." if wanted else "There is no model yet: desktopchat models catalog.")
    return 0


def show(session: Session, name: str, *, with_template: bool, as_json: bool) -> int:
    """Print all that the header of a model says.

    Raises:
        UserError: There is no such model, or it cannot be read.
    """
    model = session.library().named(name)
    header = read_header(Path(model.path))
    template = header.text("tokenizer.chat_template")
    if as_json:
        metadata = {key: _plain(value) for key, value in header.metadata.items()}
        print(json.dumps(_json(model) | {"metadata": metadata}, ensure_ascii=False, indent=2))
        return 0
    if with_template:
        write(template if template.endswith("\n") or not template else f"{template}\n")
        return 0
    write(f"{model.called}\n    {' · '.join(_facts(model))}\n")
    for path in model.files:
        write(f"    {path}\n")
    write(f"GGUF {header.version}, {header.tensor_count} tensors\n")
    for key, value in header.metadata.items():
        if key != "tokenizer.chat_template":
            write(f"{key} = {_short(value)}\n")
    if template:
        write(f"\nChat template:\n{template}\n")
    return 0


def add(session: Session, given: list[str], programs: list[str]) -> int:
    """Show models where they lie: files, folders, and those of other programs.

    Raises:
        UserError: There is no model there.
    """
    from desktopchat.models_command import searching

    library = session.library()
    links = {one: linked_repository(one) for one in given}
    for program in map(Origin, programs):
        found = next((offer for offer in library.offers() if offer.origin is program), None)
        if found is None and program not in library.kept.read().origins:
            raise ModelFileError(
                f"There is no model of {program.label} in its usual folder.", "Name the folder that it uses instead."
            )
        library.adopt(program)
        if found is not None:
            write(f"{program.label}: {found.count} models, {size_text(found.size)}, used where they lie\n")
    for path in given:
        if not links[path]:
            for model in library.add(Path(path)):
                write(f"{model.called}  {size_text(model.size)}  {model.path}\n")
    for link in filter(None, links.values()):
        searching.info(session, link, with_card=False, as_json=False)
        say("This one is not here yet. Fetch it: desktopchat models download.")
    if not given and not programs:
        offers = library.offers()
        for offer in offers:
            write(f"{offer.origin.value:12} {offer.origin.label}: {offer.count} models, {size_text(offer.size)}\n")
        say("Add them with --from NAME." if offers else "No other program has models in its usual folder.")
    return 0


def remove(session: Session, options: Any) -> int:
    """Put a model into the trash, empty that, or no longer look into a folder or at a program.

    Raises:
        UserError: There is no such model, or it is another program's.
    """
    library = session.library()
    if options.empty_trash:
        write(f"{size_text(trash.empty(library))} are free again.\n")
        return 0
    if options.undo:
        name = trash.bring_back(library)
        write(f"{name} is back.\n" if name else "There is nothing in the trash.\n")
        return 0
    for program in map(Origin, options.program or ()):
        library.leave(program)
        write(f"{program.label}: no longer looked at\n")
    for name in options.names:
        if library.forget(Path(name)):
            write(f"{name}: no longer looked into; nothing was deleted\n")
            continue
        thrown = trash.throw_away(library, library.named(name), others=options.others)
        write(f"{thrown.name} is in the trash. Emptying it frees {size_text(thrown.size)}.\n")
    if not options.names and not options.program:
        raise UserError("Nothing was named.", "Name a model, or a folder that was added.")
    return 0


def duplicates(session: Session, *, do_link: bool, undo: bool, as_json: bool) -> int:
    """Print which files are here more than once, and make them one when that is asked for.

    Raises:
        UserError: A file cannot be read or replaced.
    """
    library = session.library()
    line = ProgressLine()

    def heard(path: Path, share: float) -> None:
        line.show(path.name, share, f"{share:.0%}")

    if undo:
        with line:
            done = found_twice.unlink(library, heard)
        for path in done:
            write(f"{path} is a file of its own again\n")
        if not done:
            say("There is no link to undo.")
        return 0
    with line:
        plans = found_twice.duplicates(library, heard)
    if as_json:
        print(json.dumps([asdict(plan) | {"gain": plan.gain} for plan in plans], default=str, indent=2))
    for plan in plans if not as_json else ():
        write(f"{size_text(plan.size)}  {plan.kept.path} stays{_whose(plan.kept)}\n")
        for copy in plan.replaced:
            write(f"    {copy.path} can become a link to it\n")
        for copy in plan.left:
            write(f"    {copy.path} is left alone{_whose(copy)}\n")
    gain = sum(plan.gain for plan in plans)
    if not plans:
        say("No model is here twice.")
    elif not do_link:
        say(f"Links would free {size_text(gain)}. Nothing was changed; --link does it, --undo takes it back.")
    else:
        with line:
            freed = sum(found_twice.link(library, plan, heard) for plan in plans)
        say(f"{size_text(freed)} are free again.")
    return 0


def move(session: Session, target: Path) -> int:
    """Move our own folder of models.

    Raises:
        UserError: It cannot be moved; the old folder is still used.
    """
    from desktopchat import instance
    from desktopchat.library import moving

    library, settings = session.library(), session.settings()
    lock = instance.InstanceLock(session.paths.data)
    lock.acquire()  # the window would go on with the old folder

    def switch(folder: Path) -> None:
        library.moved(folder)
        settings["models.folder"] = str(folder)
        settings.save()

    try:
        with ProgressLine() as line:
            count = moving.move(
                session.paths.models, target, switch, lambda path, share: line.show(path.name, share, f"{share:.0%}")
            )
    finally:
        lock.release()
    write(f"{count} files are in {library.folder} now.\n")
    return 0


def _whose(copy: found_twice.Copy) -> str:
    return f" ({copy.origin.label})" if copy.origin.label else ""


def _facts(model: LocalModel) -> Iterator[str]:
    facts = model.facts
    if facts.trouble:
        yield str(facts.trouble)
        return
    if facts.parameters:
        yield f"{parameters_text(facts.parameters)} parameters"
    yield from filter(None, (facts.architecture, facts.quant))
    yield size_text(model.size)
    if facts.kind is not Kind.MODEL:
        yield facts.kind.value
    if facts.n_ctx:
        yield f"context {facts.n_ctx:,}"
    if facts.licence:
        yield f"licence {facts.licence}"
    yield from map(str, model.capabilities)
    if model.origin.label:
        yield f"of {model.origin.label}"
    if model.used:
        yield f"used {time.strftime('%Y-%m-%d', time.localtime(model.used))}"
    yield from (f"#{tag}" for tag in model.tags)


def _json(model: LocalModel) -> dict[str, Any]:
    told = asdict(model) | {"title": model.called, "capabilities": model.capabilities}
    facts = told.pop("facts")
    facts["trouble"] = str(model.facts.trouble) if model.facts.trouble else None
    facts["model_name"] = facts.pop("title")
    return told | {name: value for name, value in facts.items() if name not in told}


def _plain(value: "Value") -> Any:
    return f"{value.length} x {value.type}" if isinstance(value, ArrayInfo) else value


def _short(value: "Value") -> str:
    if isinstance(value, ArrayInfo):
        return f"{value.length:,} items of the type {value.type}"
    text = str(list(value) if isinstance(value, tuple) else value).replace("\n", " ")
    return text if len(text) <= _LONG else f"{text[:_LONG]}…"
