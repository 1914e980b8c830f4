"""What is said of a model of the hub, in short."""

from collections.abc import Iterator

from PySide6.QtCore import QCoreApplication

from desktopchat.core.catalog import CatalogEntry, Use
from desktopchat.core.hub import Gate, HubModel, HubVariant
from desktopchat.core.hub_words import count_text, parameters_text
from desktopchat.core.memory_words import size_text

_MOST_LANGUAGES = 6


def short_facts(found: HubModel | CatalogEntry) -> str:
    """Return what stands below a name in the list."""
    if isinstance(found, CatalogEntry):
        about = QCoreApplication.translate("HubWords", "about {size}").format(size=size_text(found.size))
        return " · ".join((about, found.licence, use_words(found.use)))
    parts = [parameters_text(found.parameters) if found.parameters else "", found.licence]
    parts += [gate_words(found.gate)] if found.gate else []
    downloads = QCoreApplication.translate("HubWords", "{count} downloads")
    return " · ".join(filter(None, (*parts, downloads.format(count=count_text(found.downloads)))))


def facts(model: HubModel) -> str:
    """Return what is known of a repository."""
    return " · ".join(_facts(model))


def catalog_facts(entry: CatalogEntry) -> str:
    """Return what we know of a model that we suggest."""
    parts = [
        QCoreApplication.translate("HubWords", "{count} parameters").format(count=parameters_text(entry.parameters)),
        QCoreApplication.translate("HubWords", "about {size} as {quant}").format(
            size=size_text(entry.size), quant=entry.quant
        ),
        QCoreApplication.translate("HubWords", "licence {name}").format(name=entry.licence),
        use_words(entry.use),
        " ".join(entry.languages),
    ]
    return " · ".join(parts)


def gate_words(gate: Gate) -> str:
    """Return what a repository wants before it gives its files."""
    if gate is Gate.MANUAL:
        return QCoreApplication.translate("HubWords", "terms, then a yes")
    return QCoreApplication.translate("HubWords", "terms") if gate else ""


def use_words(use: Use) -> str:
    """Return what a model is good for."""
    words = {
        Use.CHAT: QCoreApplication.translate("HubWords", "chat"),
        Use.REASONING: QCoreApplication.translate("HubWords", "reasoning"),
        Use.CODE: QCoreApplication.translate("HubWords", "code"),
        Use.WRITING: QCoreApplication.translate("HubWords", "writing"),
        Use.VISION: QCoreApplication.translate("HubWords", "pictures"),
        Use.EMBEDDING: QCoreApplication.translate("HubWords", "vectors"),
        Use.HISTORY: QCoreApplication.translate("HubWords", "history"),
    }
    return words[use]


def variant_words(variant: HubVariant, *, is_usual: bool) -> str:
    """Return the size of a variant, and what is special about it."""
    parts = [size_text(variant.size)]
    if is_usual:
        parts.insert(0, QCoreApplication.translate("HubWords", "the usual choice"))
    if len(variant.files) > 1:
        parts.insert(0, QCoreApplication.translate("HubWords", "{count} parts").format(count=len(variant.files)))
    if variant.missing:
        parts.insert(0, QCoreApplication.translate("HubWords", "parts missing: {count}").format(count=variant.missing))
    if not all(file.sha256 for file in variant.files):
        parts.insert(0, QCoreApplication.translate("HubWords", "cannot be verified"))
    return " · ".join(parts)


def _facts(model: HubModel) -> Iterator[str]:
    translate = QCoreApplication.translate
    if model.parameters:
        yield translate("HubWords", "{count} parameters").format(count=parameters_text(model.parameters))
    if model.architecture:
        yield model.architecture
    if model.n_ctx:
        yield translate("HubWords", "context {count}").format(count=f"{model.n_ctx:,}")
    if model.licence:
        yield translate("HubWords", "licence {name}").format(name=model.licence)
    else:
        yield translate("HubWords", "no licence named")
    if model.languages:
        more = "…" if len(model.languages) > _MOST_LANGUAGES else ""
        yield " ".join(model.languages[:_MOST_LANGUAGES]) + more
    yield translate("HubWords", "{count} downloads").format(count=count_text(model.downloads))
    yield translate("HubWords", "{count} likes").format(count=count_text(model.likes))
    if model.updated:
        yield translate("HubWords", "changed {day}").format(day=model.updated)
    if model.base_models:
        yield translate("HubWords", "made from {names}").format(names=", ".join(model.base_models[:2]))
