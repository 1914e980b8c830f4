"""Reads the catalogue that comes with the program."""

import json
from pathlib import Path

from desktopchat.core.catalog import CatalogEntry, Use
from desktopchat.core.sentence import Sentence


def read_catalog(path: Path) -> tuple[CatalogEntry, ...]:
    """Return the models of a catalogue, in its order."""
    return tuple(
        CatalogEntry(
            entry["name"],
            entry["family"],
            entry["repo"],
            entry["quant"],
            entry["about_bytes"],
            entry["parameters"],
            entry["licence"],
            tuple(entry["languages"]),
            Use(entry["use"]),
            Sentence(entry["reason"]),
        )
        for entry in json.loads(path.read_text("utf-8"))
    )
