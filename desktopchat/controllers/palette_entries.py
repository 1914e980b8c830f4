"""The rows of the palette that need no search: commands, choices of settings, and parameters with their values."""

import re
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from enum import StrEnum

from PySide6.QtCore import QCoreApplication

from desktopchat.commands.command import Command
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.words import menu_name, told
from desktopchat.core.address import ServerAddress
from desktopchat.core.errors import UserError
from desktopchat.core.fuzzy import folded
from desktopchat.core.local_model import LocalModel
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import PARAMETERS, ParameterSpec, SamplingParams
from desktopchat.core.prompt_text import Prompt
from desktopchat.settings.options import OPTIONS, Option

_VALUE = re.compile(r"^(?P<name>.*?\S)[\s=:]+(?P<value>-?\d+(?:[.,]\d+)?)$")


class EntryKind(StrEnum):
    """What a row stands for."""

    COMMAND = "command"
    CONVERSATION = "conversation"
    MODEL = "model"
    SETTING = "setting"
    PARAMETER = "parameter"
    MESSAGE = "message"
    PROMPT = "prompt"


@dataclass(frozen=True, slots=True)
class Entry:
    """One row.

    Attributes:
        name: What is searched and shown.
        about: Muted words after it.
        target: By kind: id of the command, id of the conversation, path of the model, key and value of the option,
            name and value of the parameter, text of the prompt, or the Hit.
        key: The key of a command, as it is shown.
        refused: Why it cannot be chosen now; empty when it can.
        completion: What the field says after it was chosen; then the palette stays open.
        marks: Places in `name` of what was typed.
        id: Under which its uses are counted.
        plain: What is searched of the name.
        extra: Folded words that find it too.
    """

    kind: EntryKind
    name: str
    about: str = ""
    target: object = None
    key: str = ""
    refused: str = ""
    completion: str = ""
    marks: tuple[int, ...] = ()
    id: str = ""
    plain: str = field(default="", compare=False)
    extra: str = field(default="", compare=False)


def command_entry(command: Command, key: str, refused: str) -> Entry:
    """Return the row of a command."""
    title, help_text = told("Command", command.title), told("Command", command.help)
    return Entry(
        EntryKind.COMMAND,
        title.rstrip("…"),
        help_text,
        command.id,
        key,
        refused,
        id=f"command:{command.id}",
        plain=folded(title),
        extra=folded(f"{menu_name(command.menu)} {title} {help_text} {command.title} {command.id}"),
    )


def model_entry(model: LocalModel) -> Entry:
    """Return the row of a model file."""
    name = model.called
    return Entry(
        EntryKind.MODEL,
        name,
        model.origin.label,
        model.path,
        id=f"model:{model.path}",
        plain=folded(name),
        extra=folded(" ".join((name, model.name, model.origin.label, *model.tags))),
    )


def server_entries(preferences: Preferences) -> Iterator[Entry]:
    """Return the row of each model of a server that was used."""
    for text in str(preferences["network.servers"]).split():
        with suppress(UserError):  # the person may have written it
            address = ServerAddress.parse(text)
            name = ModelFile.at(address).name
            found = folded(f"{name} {address.label}")
            yield Entry(EntryKind.MODEL, name, address.label, str(address), id=f"model:{address}", plain=folded(name),
                        extra=found)  # fmt: skip


def prompt_entry(prompt: Prompt) -> Entry:
    """Return the row of a prompt."""
    return Entry(
        EntryKind.PROMPT,
        prompt.name,
        prompt.beginning,
        prompt.text,
        id=f"prompt:{prompt.name}",
        plain=folded(prompt.name),
        extra=folded(f"{prompt.name} {prompt.beginning}"),
    )


def conversation_entry(conversation_id: int, title: str) -> Entry:
    """Return the row of a conversation."""
    name = title or QCoreApplication.translate("Palette", "New conversation")
    return Entry(EntryKind.CONVERSATION, name, "", conversation_id, id=f"conversation:{conversation_id}")


def setting_entries(preferences: Preferences) -> Iterator[Entry]:
    """Return a row for each choice of each setting, and one for each number."""
    now = QCoreApplication.translate("Palette", "now")
    pair = QCoreApplication.translate("Palette", "{setting}: {choice}")
    for option in OPTIONS:
        value = preferences[option.key]
        title, help_text = told("Option", option.title), told("Option", option.help)
        for choice in option.choices:
            name = pair.format(setting=title, choice=told("Choice", choice))
            yield Entry(
                EntryKind.SETTING,
                name,
                f"{now} · {help_text}" if choice == value else help_text,
                (option.key, choice),
                id=f"setting:{option.key}={choice}",
                plain=folded(name),
                extra=folded(f"{name} {option.title} {option.key} {choice}"),
            )
        if option.type is int:
            yield _to_be_filled(EntryKind.SETTING, title, help_text, value, option.key)


def parameter_entries(sampling: SamplingParams) -> Iterator[Entry]:
    """Return a row for each parameter, which asks for its value."""
    for spec in PARAMETERS:
        title, help_text = told("Parameter", spec.title), told("Parameter", spec.help)
        yield _to_be_filled(EntryKind.PARAMETER, title, help_text, getattr(sampling, spec.name), spec.name)


def values_typed(text: str) -> Iterator[Entry]:
    """Return the parameters and settings that a text such as "temperature 0.2" gives a value, the likely one first."""
    found = _VALUE.match(text.strip())
    if found is None:
        return
    words, value = folded(found["name"]).replace("-", " ").replace("_", " ").split(), found["value"].replace(",", ".")
    numbers = [option for option in OPTIONS if option.type is int]
    named: Iterable[tuple[str, str, ParameterSpec | Option]] = [
        *((told("Parameter", spec.title), spec.name, spec) for spec in PARAMETERS),
        *((told("Option", option.title), option.key, option) for option in numbers),
    ]
    fitting = []
    for title, name, one in named:
        spoken = f"{folded(title).replace('-', ' ')} {name.replace('_', ' ').replace('.', ' ')}"
        begins = [any(part.startswith(word) for part in spoken.split()) for word in words]
        if all(begins):
            fitting.append((not spoken.startswith(words[0]), len(spoken), one))
    for _later, _length, one in sorted(fitting, key=lambda found: found[:2]):
        yield _value_entry(one, float(value))


def _value_entry(one: ParameterSpec | Option, number: float) -> Entry:
    """Return the row that gives a parameter or a setting this value."""
    if isinstance(one, ParameterSpec):
        kind, context, name, decimals = EntryKind.PARAMETER, "Parameter", one.name, one.decimals
    else:
        kind, context, name, decimals = EntryKind.SETTING, "Option", one.key, 0
    value = round(number, decimals) if decimals else round(number)
    return Entry(
        kind,
        f"{told(context, one.title)} {value}",
        told(context, one.help),
        (name, value),
        refused="" if one.minimum <= number <= one.maximum else _range_words(one.minimum, one.maximum),
        id=f"{kind.value}:{name}",
    )


def _range_words(least: float, most: float) -> str:
    words = QCoreApplication.translate("Palette", "It goes from {least} to {most}.")
    return words.format(least=f"{least:g}", most=f"{most:,.10g}")


def _to_be_filled(kind: EntryKind, title: str, help_text: str, value: object, name: str) -> Entry:
    words = QCoreApplication.translate("Palette", "now {value}; type a value after it")
    shown = QCoreApplication.translate("Palette", "none") if value is None else f"{value}"
    return Entry(
        kind,
        title,
        f"{words.format(value=shown)} · {help_text}",
        (name, value),
        completion=f"{title} ",
        id=f"{kind.value}:{name}",
        plain=folded(title),
        extra=folded(f"{title} {name}"),
    )
