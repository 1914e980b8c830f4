"""Makes of what a hub sent what the program works with: whatever it sent, that is small and has the right types."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import TYPE_CHECKING, Any

from desktopchat.core.hub import Gate, HubModel, HubRepo
from desktopchat.core.hub_file import HubFile
from desktopchat.core.hub_names import arranged, is_repository, is_safe

if TYPE_CHECKING:
    from huggingface_hub import ModelInfo

_MOST_FILES = 10_000
_MOST_TAGS = 1000
_LARGEST = 1 << 50  # bytes of a file
_MOST = 1 << 53  # of anything that is counted
_HASH = re.compile("[0-9a-f]{64}")
_COMMIT = re.compile("[0-9a-f]{40}")
# Two letters among the tags are a language; these are all that there are (ISO 639-1).
_CODES = (
    "aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de dv dz ee "
    "el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id ie ig ii ik io is "
    "it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu lv mg mh mi mk ml mn mr ms "
    "mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu rm rn ro ru rw sa sc sd se sg si sk "
    "sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi "
    "yo za zh zu"
)
_LANGUAGES = frozenset(_CODES.split())


def model_of(sent: Any) -> HubModel | None:
    """Return a repository of a list; None when nothing can be had under its name.

    Raises:
        ValueError: It is none.
    """
    if not isinstance(sent, dict):
        raise ValueError("it is no list of repositories")
    repo = sent.get("id")
    if not isinstance(repo, str) or not is_repository(repo):
        return None
    return _model(
        repo,
        tags=sent.get("tags"),
        gguf=sent.get("gguf"),
        gated=sent.get("gated"),
        downloads=sent.get("downloads"),
        likes=sent.get("likes"),
        task=sent.get("pipeline_tag"),
        updated=sent.get("lastModified"),
    )


def repo_of(info: "ModelInfo", repo: str) -> HubRepo:
    """Return a repository with its files.

    Raises:
        ValueError: It is none.
    """
    commit = info.sha
    if not isinstance(commit, str) or not _COMMIT.fullmatch(commit):
        raise ValueError("it names no commit")
    card: Any = info.card_data
    licence = _texts(getattr(card, "license", None))
    if licence[:1] == ["other"]:
        licence = [*_texts(getattr(card, "license_name", None)), *licence]
    model = _model(
        repo,
        tags=[*(f"license:{one}" for one in licence), *_texts(info.tags)],
        gguf=info.gguf,
        gated=info.gated,
        downloads=info.downloads,
        likes=info.likes,
        task=info.pipeline_tag,
        updated=info.last_modified,
        languages=_texts(getattr(card, "language", None)),
        bases=_texts(getattr(card, "base_model", None)),
    )
    siblings = (info.siblings or [])[:_MOST_FILES]
    names = [one.rfilename for one in siblings if isinstance(one.rfilename, str)]
    files = [_file(repo, commit, one) for one in siblings if isinstance(one.rfilename, str)]
    ggufs = [file for file in files if file.path.lower().endswith(".gguf")]
    variants, projectors, others = arranged(file for file in ggufs if is_safe(file.path))
    extras = [file for file in files if _is_imatrix(file.path) and is_safe(file.path)]
    left_out = sum(not is_safe(file.path) for file in ggufs)
    return HubRepo(model, commit, variants, projectors, (*others, *extras), left_out, "README.md" in names)


def _model(
    repo: str,
    *,
    tags: Any,
    gguf: Any,
    gated: Any,
    downloads: Any,
    likes: Any,
    task: Any,
    updated: Any,
    languages: Iterable[str] = (),
    bases: Iterable[str] = (),
) -> HubModel:
    named = _texts(tags)
    header = gguf if isinstance(gguf, dict) else {}
    licences = [tag.removeprefix("license:") for tag in named if tag.startswith("license:")]
    spoken = [one for one in (*languages, *named) if one in _LANGUAGES]
    # "base_model:quantized:owner/name" says what was done to it, and stands beside one without.
    made_from = [tag.rpartition(":")[2] for tag in named if tag.startswith("base_model:")]
    return HubModel(
        repo,
        downloads=_count(downloads),
        likes=_count(likes),
        licence=next(iter(licences), ""),
        gate=Gate.MANUAL if gated == "manual" else Gate.AUTO if gated else Gate.OPEN,
        languages=tuple(dict.fromkeys(spoken)),
        task=next(iter(_texts(task)), ""),
        updated=_day(updated),
        architecture=next(iter(_texts(header.get("architecture"))), ""),
        parameters=_count(header.get("total")),
        n_ctx=_count(header.get("context_length")),
        base_models=tuple(dict.fromkeys(one for one in (*bases, *made_from) if is_repository(one)))[:5],
    )


def _file(repo: str, commit: str, sibling: Any) -> HubFile:
    lfs = sibling.lfs
    digest = lfs.sha256 if lfs is not None and isinstance(lfs.sha256, str) else ""
    size = sibling.size if lfs is None else lfs.size
    return HubFile(repo, commit, sibling.rfilename, _count(size, _LARGEST), digest if _HASH.fullmatch(digest) else "")


def _is_imatrix(path: str) -> bool:
    name = path.rpartition("/")[2].lower()
    return "imatrix" in name and not name.endswith(".gguf")


def _count(value: Any, most: int = _MOST) -> int:
    return value if type(value) is int and 0 <= value <= most else 0


def _texts(value: Any) -> list[str]:
    """Return the short texts in what should be a text or a list of them."""
    values = value[:_MOST_TAGS] if isinstance(value, list) else [value]
    return [one[:200] for one in values if isinstance(one, str) and one]


def _day(value: Any) -> str:
    if isinstance(value, datetime):
        return value.date().isoformat()
    return value[:10] if isinstance(value, str) and re.match(r"\d{4}-\d\d-\d\d", value, re.ASCII) else ""
