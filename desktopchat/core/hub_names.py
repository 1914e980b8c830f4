"""Names of a model hub: which of them a file here may have, and what those of GGUF files tell."""

import re
from collections.abc import Iterable, Sequence
from typing import Literal

from desktopchat.core.errors import UserError
from desktopchat.core.hub import HubRepo, HubVariant
from desktopchat.core.hub_file import HubFile
from desktopchat.core.sentence import Sentence

Kind = Literal["model", "projector", "imatrix", "adapter"]

_MOST_FOLDERS = 3
_LONGEST = 150  # characters
_PUNCTUATION = frozenset("._- +()")
# Names that Windows gives to devices, whatever ending they have.
_DEVICES = re.compile(r"(con|prn|aux|nul|com\d|lpt\d)(\..*)?", re.IGNORECASE)
_REPO = re.compile(r"[A-Za-z0-9][\w.-]{0,95}/[A-Za-z0-9_][\w.-]{0,95}", re.ASCII)
_PART = re.compile(r"(.+)-(\d{5})-of-(\d{5})", re.ASCII)
_MOST_PARTS = 1000
_QUANT = re.compile(
    r"(?<![A-Za-z0-9])((?:UD-)?(?:I?Q\d(?:_[A-Z0-9]{1,3}){0,3}|TQ\d_\d|MXFP4(?:_MOE)?|NVFP4|BF16|FP?16|FP?32))"
    r"(?![A-Za-z0-9])",
    re.IGNORECASE,
)
# Which projector is taken where there are several: they are small, so a good one.
_PROJECTORS = ("F16", "BF16", "Q8_0", "F32")


def repository(text: str) -> str:
    """Return the name of a repository, which may be given as its address.

    Raises:
        UserError: It is none.
    """
    name = re.sub(r"^(https?://)?(huggingface\.co|hf\.co)/", "", text.strip()).rstrip("/")
    if not is_repository(name):
        raise UserError(Sentence("“{text}” is no name of a repository.", text=text[:100]), "Write it like owner/name.")
    return name


def is_repository(name: str) -> bool:
    """Return whether a repository may be called so."""
    return bool(_REPO.fullmatch(name)) and ".." not in name and not name.endswith((".", ".git"))


def is_safe(path: str) -> bool:
    """Return whether a file below the folder of the models may be called like this one of a hub."""
    parts = path.split("/")
    return len(path) <= _LONGEST and len(parts) <= _MOST_FOLDERS and all(map(_is_safe_part, parts))


def _is_safe_part(part: str) -> bool:
    letters = all(letter in _PUNCTUATION or letter.isalnum() for letter in part)
    # Windows takes dots and spaces away from the end of a name.
    return letters and part[:1] not in ("", ".", "-", " ") and part[-1] not in ". " and not _DEVICES.fullmatch(part)


def quant_of(path: str) -> str:
    """Return the kind of numbers that a file has, such as "Q4_K_M"; empty when its name does not say."""
    found = _QUANT.findall(path.rpartition("/")[2]) or _QUANT.findall(path)
    return re.sub("^FP", "F", found[-1].upper()) if found else ""


def kind_of(path: str) -> Kind:
    """Return what a GGUF file is, by its name."""
    name = path.rpartition("/")[2].lower()
    if "mmproj" in name:
        return "projector"
    if "imatrix" in name:
        return "imatrix"
    return "adapter" if re.search(r"(?<![a-z])lora(?![a-z])", name) else "model"


def arranged(files: Iterable[HubFile]) -> tuple[tuple[HubVariant, ...], tuple[HubFile, ...], tuple[HubFile, ...]]:
    """Return the variants, the projectors and the other ones among GGUF files with safe names.

    Returns:
        See `HubRepo`.
    """
    whole: dict[str, HubVariant] = {}
    parts: dict[tuple[str, int], dict[int, HubFile]] = {}
    projectors, others = [], []
    for file in files:
        kind = kind_of(file.path)
        if kind == "projector":
            projectors.append(file)
        elif kind != "model":
            others.append(file)
        else:
            stem = file.path.removesuffix(".gguf")
            found = _PART.fullmatch(stem)
            if found and 1 <= int(found[2]) <= int(found[3]) <= _MOST_PARTS:
                parts.setdefault((found[1], int(found[3])), {})[int(found[2])] = file
            else:
                whole[stem] = HubVariant(stem, quant_of(stem), (file,))
    split = [
        HubVariant(stem, quant_of(stem), tuple(found[number] for number in sorted(found)), count - len(found))
        for (stem, count), found in parts.items()
    ]
    variants = sorted([*whole.values(), *split], key=lambda variant: (variant.size, variant.name))
    return tuple(variants), tuple(sorted(projectors, key=_rank)), tuple(others)


def usual(repo: HubRepo) -> HubVariant | None:
    """Return the variant that most people take: Q4_K_M, else what comes next to it in size."""
    ready = [variant for variant in repo.variants if not variant.missing]
    for quant in ("Q4_K_M", "UD-Q4_K_XL", "Q4_K_S", "MXFP4", "MXFP4_MOE", "Q4_0", "Q5_K_M", "Q8_0"):
        for variant in ready:
            if variant.quant == quant:
                return variant
    return ready[0] if ready else None


def variant_called(repo: HubRepo, wanted: str) -> HubVariant | None:
    """Return the variant with this quant or file name, in any case; None when there is none."""
    wanted = wanted.lower().removesuffix(".gguf")
    by_quant: Sequence[HubVariant] = [one for one in repo.variants if one.quant.lower() == wanted]
    by_name = [one for one in repo.variants if wanted in (one.name.lower(), one.name.lower().rpartition("/")[2])]
    return next(iter([*by_name, *by_quant]), None)


def _rank(file: HubFile) -> tuple[int, int, str]:
    quant = quant_of(file.path)
    return (_PROJECTORS.index(quant) if quant in _PROJECTORS else len(_PROJECTORS), file.path.count("/"), file.path)
