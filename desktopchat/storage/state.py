"""Small things that the window remembers, each under a key."""

import json
from contextlib import closing
from pathlib import Path
from typing import Any

from desktopchat.core.passphrase import Passphrase
from desktopchat.storage.connection import errors_told, open_connection
from desktopchat.storage.database import Database

LAST_MODEL = "model.last"  # path of the model loaded last
MODEL_PROJECTORS = "model.projectors"  # projectors in place of those beside the models, by the models' names
MODEL_TEMPLATES = "model.templates"  # chat templates in place of the models' own, by the models' names
MODEL_ADAPTERS = "model.adapters"  # adapters at hand (`core.adapter_choices`), by the models' names
MODEL_HASHES = "model.hashes"  # path -> [size, time of change in ns, SHA-256]
MODEL_MEMORY = "model.memory"  # path -> [size, three factors that correct the next prediction]
BANDWIDTHS = "model.bandwidths"  # what devices reached, as of `core.bandwidth`
LAST_LOAD = "model.last_load"  # what was planned and taken, as `core.memory_words.report` tells it
LAST_CONVERSATION = "conversation.last"  # id of the open conversation, or null for a new one
NEW_DRAFT = "conversation.new_draft"  # what stands in the composer of a new conversation
WINDOW_LAYOUT = "window.layout"
PALETTE_USES = "palette.uses"
PARAMETER_LAYERS = "parameters"  # defaults and presets
ASK_DRAFT = "ask.draft"  # what stands in the small window
SIZE_HINT = "hint.size"  # whether the person has been told what size of model this machine holds

_VALUE = "SELECT value FROM state WHERE key = ?"


def get_state(database: Database, key: str, default: Any = None) -> Any:
    """Return what is remembered under a key.

    Raises:
        StorageError: The file cannot be read.
    """
    rows = database.execute(_VALUE, (key,))
    return json.loads(rows[0][0]) if rows else default


def read_state(path: Path, key: Passphrase | None, name: str) -> Any:
    """Return what `get_state` would, without becoming a second one that writes; None when missing.

    Raises:
        StorageError: The file cannot be read.
    """
    with errors_told(path), closing(open_connection(path, read_only=True, key=key)) as connection:
        rows = connection.execute(_VALUE, (name,)).fetchall()
    return json.loads(str(rows[0][0])) if rows else None
