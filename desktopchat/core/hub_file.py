"""A file of a repository on a model hub."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class HubFile:
    """One file, as the hub describes it. Nothing of it can be trusted.

    Attributes:
        repo: Name of the repository, "owner/name".
        commit: Hash of the commit it belongs to; what a branch names would change under a download.
        path: In the repository, with "/" between folders.
        size: In bytes.
        sha256: In small hexadecimal letters; empty for a small file, of which the hub keeps none.
    """

    repo: str
    commit: str
    path: str
    size: int
    sha256: str
