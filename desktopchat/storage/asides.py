"""What was generated beside the answers, titles and samples that nobody kept: for the ledger alone."""

import json
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace

from desktopchat.core.chat import Timings, Usage
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.storage.database import Database
from desktopchat.storage.tables import model_id


class AsideStore:
    """Blocking calls on the thread of the database. What was generated for a conversation goes with it."""

    def __init__(self, database: Database, clock: Callable[[], float]) -> None:
        self._database = database
        self._clock = clock

    def add(self, conversation_id: int, model: ModelIdentity, usage: Usage, timings: Timings, count: int) -> list[int]:
        """Note what texts took that were generated at once.

        Args:
            usage, timings: Of all of them together.
            count: How many there were.

        Returns:
            The ids of their rows.
        """
        usage = replace(usage, answers=count)
        timings = replace(timings, joules=timings.joules / count)
        with self._database.transaction():
            values = (
                conversation_id,
                model_id(self._database, model),
                self._clock(),
                json.dumps(asdict(usage)),
                json.dumps(asdict(timings)),
            )
            sql = "INSERT INTO aside (conversation_id, model_id, created_at, usage, timings) VALUES (?, ?, ?, ?, ?)"
            return [self._database.insert(sql, values) for _ in range(count)]

    def remove(self, ids: Sequence[int]) -> None:
        """Forget texts that are counted as messages now."""
        with self._database.transaction():
            for number in ids:
                self._database.execute("DELETE FROM aside WHERE id = ?", (number,))
