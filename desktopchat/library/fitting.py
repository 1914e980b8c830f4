"""How the variants of a repository of the hub would fit here, from the header of one of them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from threading import Event

from desktopchat.core.device import Device
from desktopchat.core.errors import AbandonedError
from desktopchat.core.fit import FittedVariant, fit_of, scaled
from desktopchat.core.gguf import GGUFHeader
from desktopchat.core.hub import HubRepo, HubVariant
from desktopchat.core.model_shape import shape_of
from desktopchat.core.params import LoadParams
from desktopchat.library.remote_header import read_remote_headers
from desktopchat.network.fetching import Fetcher

_MOST_MODELS = 4  # of one repository whose headers are read; most have one model


class FitInquiry:
    """Looks at one repository; `stop` may be called from any thread, and ends it for good.

    Args:
        make_fetcher: Makes what asks the hub for files.
    """

    def __init__(self, make_fetcher: Callable[[], Fetcher]) -> None:
        self._make_fetcher = make_fetcher
        self._fetcher: Fetcher | None = None
        self._over = Event()

    def look(
        self, repo: HubRepo, params: LoadParams, devices: Sequence[Device], bandwidths: Mapping[str, float]
    ) -> tuple[FittedVariant, ...] | None:
        """Return how each variant fits, from the smallest to the largest; None when it was stopped.

        The variants of a model differ in the sizes of their weights alone, so that one header tells of all of them.

        Args:
            params, devices, bandwidths: As of `fit_of`.

        Raises:
            ModelFileError: A file is damaged.
            NetworkError: It cannot be had.
        """
        try:
            return tuple(self._fitted(repo, params, devices, bandwidths))
        except AbandonedError:
            return None

    def stop(self) -> None:
        """End it at once. From any thread; never blocks."""
        self._over.set()
        if (fetcher := self._fetcher) is not None:
            fetcher.abandon()

    def _fitted(
        self, repo: HubRepo, params: LoadParams, devices: Sequence[Device], bandwidths: Mapping[str, float]
    ) -> Iterator[FittedVariant]:
        headers: dict[str, tuple[HubVariant, GGUFHeader]] = {}
        for variant in repo.variants:
            model = variant.name.removesuffix(variant.quant) if variant.quant else variant.name
            if not variant.missing and model not in headers and len(headers) < _MOST_MODELS:
                headers[model] = variant, self._read(variant)
            fit = None
            if not variant.missing and model in headers:
                measured, header = headers[model]
                shape = shape_of(header)
                if variant is not measured:
                    shape = scaled(shape, variant.size - header.data_offset)
                fit = fit_of(shape, params, devices, bandwidths)
            yield FittedVariant(variant, fit)

    def _read(self, variant: HubVariant) -> GGUFHeader:
        self._fetcher = fetcher = self._make_fetcher()
        if self._over.is_set():
            fetcher.abandon()
        return read_remote_headers(fetcher, variant.files)
