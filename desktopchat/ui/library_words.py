"""What is said of a model of this machine, in short."""

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication, QDateTime, QLocale

from desktopchat.controllers.words import said
from desktopchat.core.hub_words import parameters_text
from desktopchat.core.local_model import Capability, Kind, LocalModel, Origin
from desktopchat.core.memory_words import size_text


def short_facts(model: LocalModel) -> str:
    """Return what stands below a name in the list."""
    if model.facts.trouble:
        return said(model.facts.trouble)
    count = parameters_text(model.facts.parameters) if model.facts.parameters else ""
    able = [capability_words(one) for one in model.capabilities if one is not Capability.CHAT]
    parts = (count, model.facts.quant, size_text(model.size), kind_words(model), *able, *_tags(model))
    return " · ".join(filter(None, parts))


def aside(model: LocalModel) -> str:
    """Return the muted words beside a name: whose it is."""
    if model.origin is Origin.ADDED:
        return QCoreApplication.translate("LibraryWords", "added")
    return model.origin.label


def facts(model: LocalModel) -> Iterator[tuple[str, str]]:
    """Return all that is known of a model, each with its label."""
    translate = QCoreApplication.translate
    found = model.facts
    if model.title:
        yield translate("LibraryWords", "Own name"), model.name
    if found.title and found.title.casefold() != model.name.casefold():
        yield translate("LibraryWords", "Its makers call it"), found.title
    yield translate("LibraryWords", "Architecture"), found.architecture
    yield translate("LibraryWords", "Parameters"), parameters_text(found.parameters) if found.parameters else ""
    yield translate("LibraryWords", "Numbers"), found.quant
    yield translate("LibraryWords", "Context"), f"{found.n_ctx:,}" if found.n_ctx else ""
    yield translate("LibraryWords", "Size"), _size(model)
    yield (
        translate("LibraryWords", "Good for"),
        ", ".join(map(capability_words, model.capabilities)) or kind_words(model),
    )
    yield translate("LibraryWords", "Licence"), found.licence
    yield translate("LibraryWords", "Tags"), " ".join(_tags(model))
    yield translate("LibraryWords", "Used last"), _day(model.used)
    yield translate("LibraryWords", "Belongs to"), model.origin.label
    yield translate("LibraryWords", "File"), model.path
    yield translate("LibraryWords", "Projector"), model.projector
    yield translate("LibraryWords", "Adapters that its program applies"), ", ".join(model.adapters)


def capability_words(capability: Capability) -> str:
    """Return what a model can do."""
    words = {
        Capability.CHAT: QCoreApplication.translate("LibraryWords", "chat"),
        Capability.REASONING: QCoreApplication.translate("LibraryWords", "reasoning"),
        Capability.TOOLS: QCoreApplication.translate("LibraryWords", "tools"),
        Capability.VISION: QCoreApplication.translate("LibraryWords", "pictures"),
        Capability.EMBEDDING: QCoreApplication.translate("LibraryWords", "vectors"),
        Capability.RANKING: QCoreApplication.translate("LibraryWords", "ranking"),
    }
    return words[capability]


def kind_words(model: LocalModel) -> str:
    """Return what a file is that is no model one chats with; empty for the usual."""
    if model.facts.kind is Kind.PROJECTOR:
        return QCoreApplication.translate("LibraryWords", "projector without its model")
    if model.facts.kind is Kind.ADAPTER:
        return QCoreApplication.translate("LibraryWords", "adapter")
    if model.facts.kind is Kind.MODEL and not model.facts.capabilities:
        return QCoreApplication.translate("LibraryWords", "goes on with a text")
    return ""


def _size(model: LocalModel) -> str:
    parts = QCoreApplication.translate("LibraryWords", "{size} in {count} files")
    return (
        parts.format(size=size_text(model.size), count=len(model.files))
        if len(model.files) > 1
        else size_text(model.size)
    )


def _tags(model: LocalModel) -> tuple[str, ...]:
    return tuple(f"#{tag}" for tag in model.tags)


def _day(seconds: float) -> str:
    if not seconds:
        return ""
    return QLocale().toString(QDateTime.fromSecsSinceEpoch(int(seconds)).date(), QLocale.FormatType.ShortFormat)
