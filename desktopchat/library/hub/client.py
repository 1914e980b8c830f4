"""huggingface_hub as we use it: it sends nothing of its own accord, and all that it asks goes over our connections."""

import os
from collections.abc import Iterator
from typing import Any

# Read when it is imported.
os.environ.update(
    HF_HUB_DISABLE_TELEMETRY="1",
    HF_HUB_DISABLE_IMPLICIT_TOKEN="1",
    HF_HUB_DISABLE_UPDATE_CHECK="1",
    HF_HUB_DISABLE_XET="1",
    HF_HUB_DISABLE_PROGRESS_BARS="1",
)

from huggingface_hub import HfApi, ModelInfo, set_client_factory
from huggingface_hub.utils import paginate  # type: ignore[attr-defined]

from desktopchat.core.address import ServerAddress
from desktopchat.core.hub import HubQuery, Order
from desktopchat.network.hub_client import make_client

set_client_factory(make_client)

PAGE = 50  # repositories that the hub is asked for at once
_ORDERS = {
    Order.TRENDING: "trendingScore",
    Order.DOWNLOADS: "downloads",
    Order.LIKES: "likes",
    Order.UPDATED: "lastModified",
    Order.CREATED: "createdAt",
}
_FIELDS = ["author", "downloads", "likes", "gated", "gguf", "lastModified", "pipeline_tag", "tags"]


def listed(hub: ServerAddress, query: HubQuery) -> Iterator[Any]:
    """Return what the hub finds, as it sent it; each page is asked for when it is needed.

    `HfApi.list_models` would ask for 1,000 at once, or end after the first page.
    """
    wanted = ["gguf", query.language, f"license:{query.licence}" if query.licence else ""]
    sizes = [("min", query.least), ("max", query.most)]
    parameters = {
        "filter": [one for one in wanted if one],
        "search": query.text,
        "author": query.author,
        "pipeline_tag": query.task,
        "num_parameters": ",".join(f"{name}:{_short(count)}" for name, count in sizes if count),
    }
    given: dict[str, Any] = {name: value for name, value in parameters.items() if value}
    given |= {"sort": _ORDERS[query.order], "limit": PAGE, "expand": _FIELDS}
    return iter(paginate(f"{hub.base}/api/models", params=given, headers={}))


def described(hub: ServerAddress, repo: str, revision: str = "") -> ModelInfo:
    """Return what the hub says of a repository and its files."""
    # Our connection has the token, which is nobody else's business.
    return HfApi(endpoint=hub.base, token=False).model_info(repo, revision=revision or None, files_metadata=True)


def _short(count: int) -> str:
    return f"{count // 10**9}B" if count % 10**9 == 0 else f"{count // 10**6}M"
