"""Rows that many messages share: each is in its table once."""

from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.database import Database
from desktopchat.storage.rows import sampling_json, storable


def model_id(database: Database, model: ModelIdentity) -> int:
    """Return the id of a model, which is added if it is new."""
    values = tuple(storable(value) for value in (model.name, model.path, model.quant, model.sha256, model.template))
    database.execute(
        "INSERT INTO model (name, path, quant, sha256, template) VALUES (?, ?, ?, ?, ?) ON CONFLICT DO NOTHING", values
    )
    rows = database.execute(
        "SELECT id FROM model WHERE (name, path, quant, sha256, template) = (?, ?, ?, ?, ?)", values
    )
    return int(rows[0][0])


def sampling_id(database: Database, sampling: SamplingParams) -> int:
    """Return the id of sampling parameters, which are added if they are new."""
    text = sampling_json(sampling)
    database.execute("INSERT INTO sampling (parameters) VALUES (?) ON CONFLICT DO NOTHING", (text,))
    return int(database.execute("SELECT id FROM sampling WHERE parameters = ?", (text,))[0][0])
