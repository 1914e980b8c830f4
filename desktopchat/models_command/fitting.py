"""`desktopchat models fit`: whether a model would fit here, before it is downloaded or loaded."""

import contextlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from desktopchat.console import write
from desktopchat.core.bandwidth import bandwidths
from desktopchat.core.device import Device
from desktopchat.core.errors import HubError, StorageError
from desktopchat.core.fit import Fit, FitPlace, FittedVariant, fit_of, recommended
from desktopchat.core.hub_names import variant_called
from desktopchat.core.memory_words import size_text
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.session import Session
from desktopchat.settings.file import Settings
from desktopchat.storage.state import BANDWIDTHS, read_state

_PLACES = {
    FitPlace.GPU: "all on the GPU",
    FitPlace.PARTLY: "partly on the GPU",
    FitPlace.CPU: "on the CPU",
    FitPlace.NOWHERE: "does not fit",
}
_UNKNOWN = "?"


def fit(session: Session, what: str, n_ctx: int, kv_type: str, *, as_json: bool) -> int:
    """Print how a model of this computer, or each variant of a repository of the hub, would fit.

    Returns:
        1 when nothing fits.

    Raises:
        UserError: There is no such model, or it cannot be looked at.
    """
    settings = session.settings()
    params = replace(session.load_params(settings, None), must_fit=False)
    params = replace(params, n_ctx=n_ctx or params.n_ctx, kv_type=kv_type or params.kv_type)  # type: ignore[arg-type]
    local = _local(session, what)
    devices, known = _devices(session, settings), _bandwidths(session)
    rows: list[tuple[str, int, Fit | None]]
    if local is not None:
        assert local.shape is not None
        one = fit_of(local.shape, params, devices, known)
        rows, best = [(local.quant or _UNKNOWN, local.size, one)], -1
    else:
        variants = _remote(session, settings, what, params, devices, known)
        rows = [(one.variant.quant or one.variant.name, one.variant.size, one.fit) for one in variants]
        sized = [(quant, found) for quant, _, found in rows if found is not None]
        place = recommended(sized)
        best = next(n for n, row in enumerate(rows) if row[2] is sized[place][1]) if place >= 0 else -1
    if as_json:
        print(json.dumps([_as_json(*row, is_best=n == best) for n, row in enumerate(rows)], indent=2))
    else:
        for number, row in enumerate(rows):
            write(f"{_line(*row)}{'  (recommended)' if number == best else ''}\n")
        if local is not None:
            for reason in (*one.plan.reasons, *one.plan.warnings):
                write(f"    {reason}\n")
    return 0 if any(found and found.place is not FitPlace.NOWHERE for _, _, found in rows) else 1


def _local(session: Session, what: str) -> ModelFile | None:
    """Return the model of this computer that is meant; None when a repository of the hub is."""
    if what.count("/") == 1 and not what.startswith((".", "/", "~")) and not what.lower().endswith(".gguf"):
        return None
    if what.startswith("https://"):
        return None
    return session.choose_model(what)


def _remote(
    session: Session,
    settings: Settings,
    what: str,
    params: LoadParams,
    devices: Sequence[Device],
    known: Mapping[str, float],
) -> tuple[FittedVariant, ...]:
    name, _, quant = what.partition(":") if not what.startswith("https:") else (what, "", "")
    inquiry = session.inquiry(settings)
    try:
        repo = inquiry.repository(name)
    finally:
        inquiry.close()
    if quant:
        chosen = variant_called(repo, quant)
        if chosen is None:
            names = ", ".join(one.quant or one.name for one in repo.variants)
            raise HubError(f"There is nothing called {quant} in {name}.", f"Choose one of {names}.")
        repo = replace(repo, variants=(chosen,))
    if not repo.variants:
        raise HubError(f"There is no model file (GGUF) in {name}.", "Find one: desktopchat models search.")
    found = session.fit_inquiry(settings).look(repo, params, devices, known)
    assert found is not None  # nobody stops it
    return found


def _devices(session: Session, settings: Settings) -> tuple[Device, ...]:
    with contextlib.closing(session.create_engine(settings)) as engine:
        return engine.backend_info().devices


def _bandwidths(session: Session) -> dict[str, float]:
    if session.paths.database.exists():
        with contextlib.suppress(StorageError):
            return bandwidths(read_state(session.paths.database, session.key, BANDWIDTHS))
    return {}


def _line(quant: str, size: int, found: Fit | None) -> str:
    start = f"{quant:12} {size_text(size):>9}"
    if found is None:
        return f"{start}  nobody can tell"
    plan = found.plan
    takes = ", ".join(f"{device.name} {size_text(part.total)}" for device, part in _used(found))
    words = [_PLACES[found.place], f"context {plan.n_ctx:,} takes {takes}"]
    if found.place is FitPlace.NOWHERE and (lack := plan.lacking) is not None:
        words.append(f"{lack[0].name} has {size_text(lack[0].free)} free")
    if found.most_n_ctx:
        words.append(f"context up to {found.most_n_ctx:,}")
    if found.speed:
        words.append(f"about {found.speed:.2g} tokens/s" if found.speed < 10 else f"about {found.speed:.0f} tokens/s")
    return f"{start}  {'; '.join(words)}"


def _used(found: Fit) -> list[tuple[Device, Any]]:
    plan = found.plan
    return [(device, part) for device, part in zip(plan.devices, plan.whole, strict=True) if part.total]


def _as_json(quant: str, size: int, found: Fit | None, *, is_best: bool) -> dict[str, Any]:
    told: dict[str, Any] = {"quant": quant, "size": size, "recommended": is_best, "fits": None}
    if found is None:
        return told
    return told | {
        "fits": found.place.value,
        "context": found.plan.n_ctx,
        "kv_type": found.plan.kv_type,
        "most_context": found.most_n_ctx,
        "tokens_per_second": round(found.speed, 2) or None,
        "devices": [
            {"name": device.name, "free": device.free, "weights": part.weights, "kv": part.kv, "compute": part.compute}
            for device, part in _used(found)
        ],
        "reasons": [str(reason) for reason in (*found.plan.reasons, *found.plan.warnings)],
    }
