"""How the variants of a repository of the hub would fit here, from the header of one of them."""

from collections.abc import Callable, Mapping, Sequence

from desktopchat.core.device import Device
from desktopchat.core.fit import FittedVariant, fit_of, scaled
from desktopchat.core.gguf import GGUFHeader
from desktopchat.core.hub import HubRepo, HubVariant
from desktopchat.core.hub_file import HubFile
from desktopchat.core.model_shape import shape_of
from desktopchat.core.params import LoadParams

_MOST_MODELS = 4  # of one repository whose headers are read; most have one model


def fitted(
    repo: HubRepo,
    read: Callable[[Sequence[HubFile]], GGUFHeader],
    params: LoadParams,
    devices: Sequence[Device],
    bandwidths: Mapping[str, float],
) -> tuple[FittedVariant, ...]:
    """Return how each variant fits, from the smallest to the largest.

    The variants of a model differ in the sizes of their weights alone, so that one header tells of all of them.

    Args:
        read: Reads a header on the hub (`library.remote_header`).
        params, devices, bandwidths: As of `fit_of`.

    Raises:
        ModelFileError: A file is damaged.
        NetworkError: It cannot be had.
    """
    headers: dict[str, tuple[HubVariant, GGUFHeader]] = {}
    found = []
    for variant in repo.variants:
        model = variant.name.removesuffix(variant.quant) if variant.quant else variant.name
        if not variant.missing and model not in headers and len(headers) < _MOST_MODELS:
            headers[model] = variant, read(variant.files)
        fit = None
        if not variant.missing and model in headers:
            measured, header = headers[model]
            shape = shape_of(header)
            if variant is not measured:
                shape = scaled(shape, variant.size - header.data_offset)
            fit = fit_of(shape, params, devices, bandwidths)
        found.append(FittedVariant(variant, fit))
    return tuple(found)
