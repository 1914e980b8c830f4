"""`desktopchat models search`, `info` and `catalog`: what the hub has, and what we suggest."""

import argparse
import json
from collections.abc import Iterator
from dataclasses import asdict
from itertools import chain, islice
from typing import Any

from desktopchat.console import say, write
from desktopchat.core.catalog import CatalogEntry
from desktopchat.core.endpoint import page_of
from desktopchat.core.hub import Gate, HubModel, HubQuery, HubRepo, HubVariant, Order
from desktopchat.core.hub_file import HubFile
from desktopchat.core.hub_names import usual
from desktopchat.core.hub_words import count_text, parameters_text
from desktopchat.core.memory_words import size_text
from desktopchat.library.catalog import read_catalog
from desktopchat.resources import resource
from desktopchat.session import Session

_GATES = {Gate.AUTO: "terms to accept", Gate.MANUAL: "terms to accept, then somebody decides"}


def query_of(options: argparse.Namespace) -> HubQuery:
    """Return what the command line looks for."""
    least, most = options.size
    return HubQuery(
        " ".join(options.text),
        options.author,
        options.task,
        options.language,
        options.licence,
        least,
        most,
        Order(options.sort),
    )


def search(session: Session, query: HubQuery, limit: int, *, as_json: bool) -> int:
    """Print what the hub finds."""
    inquiry = session.inquiry(session.settings())
    try:
        found = islice(chain.from_iterable(inquiry.pages(query)), limit)
        if as_json:
            print(json.dumps([_model_json(model) for model in found], ensure_ascii=False, indent=2))
            return 0
        none = True
        for model in found:
            none = False
            write(f"{model.repo}\n    {' · '.join(_facts(model))}\n")
    finally:
        inquiry.close()
    if none:
        say("The hub has nothing like that. Try a shorter name, or fewer filters.")
    return 0


def info(session: Session, repo: str, *, with_card: bool, as_json: bool) -> int:
    """Print what is in a repository."""
    inquiry = session.inquiry(session.settings())
    try:
        found = inquiry.repository(repo)
        card = inquiry.card(found) if with_card else ""
    finally:
        inquiry.close()
    if as_json:
        told = _repo_json(found) | ({"card": card} if with_card else {})
        print(json.dumps(told, ensure_ascii=False, indent=2))
        return 0
    for line in _lines(found, page_of(inquiry.hub, found.model.repo)):
        write(f"{line}\n")
    if card:
        write(f"\n{card}")
    return 0


def catalog(*, as_json: bool) -> int:
    """Print the models that we suggest."""
    entries = read_catalog(resource("catalog.json"))
    if as_json:
        print(json.dumps([asdict(entry) for entry in entries], ensure_ascii=False, indent=2))
        return 0
    for entry in entries:
        write("\n".join(_entry_lines(entry)) + "\n")
    return 0


def _entry_lines(entry: CatalogEntry) -> Iterator[str]:
    yield f"{entry.name}  ({entry.family})"
    facts = [f"about {size_text(entry.size)}", entry.licence, entry.use.value, " ".join(entry.languages)]
    yield f"    {entry.repo}:{entry.quant} · {' · '.join(facts)}"
    yield f"    {entry.reason}"


def _facts(model: HubModel) -> Iterator[str]:
    if model.parameters:
        yield f"{parameters_text(model.parameters)} parameters"
    if model.architecture:
        yield model.architecture
    if model.n_ctx:
        yield f"context {model.n_ctx:,}"
    yield f"licence {model.licence}" if model.licence else "no licence named"
    if model.gate:
        yield _GATES[model.gate]
    if model.languages:
        yield " ".join(model.languages[:8]) + ("…" if len(model.languages) > 8 else "")
    yield f"{count_text(model.downloads)} downloads"
    yield f"{count_text(model.likes)} likes"
    if model.updated:
        yield model.updated


def _lines(repo: HubRepo, page: str) -> Iterator[str]:
    model = repo.model
    yield model.repo
    yield f"    {' · '.join(_facts(model))}"
    if model.task:
        yield f"    for {model.task}"
    if model.base_models:
        yield f"    made from {', '.join(model.base_models)}"
    yield f"    {page}"
    if model.gate:
        yield f"    Its terms have to be accepted there before anything can be downloaded ({_GATES[model.gate]})."
    chosen = usual(repo)
    for variant in repo.variants:
        yield _variant_line(variant, is_usual=variant is chosen)
    for place, file in enumerate(repo.projectors):
        use = "comes with the model, for pictures" if place == 0 else "another projector"
        yield f"{'mmproj':12} {size_text(file.size):>9}  {file.path} ({use})"
    for file in repo.others:
        yield f"{'other':12} {size_text(file.size):>9}  {file.path}"
    if repo.left_out:
        yield f"Left out, because no file may be called so: {repo.left_out}"
    if not repo.variants:
        yield "There is no model file (GGUF) in this repository."


def _variant_line(variant: HubVariant, *, is_usual: bool) -> str:
    remarks = ["the usual choice"] if is_usual else []
    remarks += [f"{len(variant.files)} parts"] if len(variant.files) > 1 else []
    remarks += [f"parts missing: {variant.missing}"] if variant.missing else []
    remarks += ["no hash to verify"] if not all(file.sha256 for file in variant.files) else []
    remark = f" ({', '.join(remarks)})" if remarks else ""
    return f"{variant.quant or '?':12} {size_text(variant.size):>9}  {variant.name}{remark}"


def _model_json(model: HubModel) -> dict[str, Any]:
    told = asdict(model)
    told["gated"] = told.pop("gate") or False
    return told


def _repo_json(repo: HubRepo) -> dict[str, Any]:
    chosen = usual(repo)
    return _model_json(repo.model) | {
        "commit": repo.commit,
        "usual": chosen.quant if chosen else None,
        "variants": [
            {
                "name": one.name,
                "quant": one.quant,
                "size": one.size,
                "missing_parts": one.missing,
                "files": [_file_json(file) for file in one.files],
            }
            for one in repo.variants
        ],
        "projectors": [_file_json(file) for file in repo.projectors],
        "others": [_file_json(file) for file in repo.others],
        "left_out": repo.left_out,
    }


def _file_json(file: HubFile) -> dict[str, Any]:
    return {"path": file.path, "size": file.size, "sha256": file.sha256 or None}
