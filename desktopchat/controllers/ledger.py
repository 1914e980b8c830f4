"""What all answers cost, and the prices that they are compared with."""

from collections.abc import Callable, Mapping

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.cost import LedgerBy, LedgerRow, Prices
from desktopchat.core.errors import UserError
from desktopchat.core.notice import Notice
from desktopchat.settings.options import OPTIONS, Value
from desktopchat.storage.database import Database
from desktopchat.storage.ledger import read_ledger

PRICES = ("cost.prompt_price", "cost.completion_price")
FIELDS = (*PRICES, "cost.currency", "cost.watts")


class LedgerController(QObject):
    """Reads the ledger on the thread of the database.

    Attributes:
        noticed: Notice.
    """

    noticed = Signal(object)

    def __init__(
        self, storage: TaskRunner, database: Database, preferences: Preferences, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._storage = storage
        self._database = database
        self._preferences = preferences

    def read(self, by: LedgerBy, done: Callable[[tuple[LedgerRow, ...]], None]) -> None:
        """Read the rows, then call `done`."""
        self._storage.run(lambda: read_ledger(self._database, by), done, self._on_failed)

    @property
    def prices(self) -> Prices:
        """What a cloud would ask."""
        prompt, completion = (str(self._preferences[key]) for key in PRICES)
        first = {option.key: option.default for option in OPTIONS}
        return Prices(
            float(prompt) if prompt else None,
            float(completion) if completion else None,
            str(self._preferences["cost.currency"]),
            all(self._preferences[key] == first[key] for key in PRICES),
        )

    @property
    def values(self) -> dict[str, str]:
        """What can be changed, as text, by the key of its option."""
        return {key: str(self._preferences[key]) for key in FIELDS}

    def change(self, values: Mapping[str, str]) -> None:
        """Keep other values, all or none.

        Raises:
            UserError: One of them cannot be.
        """
        types = {option.key: option.type for option in OPTIONS}
        wanted: dict[str, Value] = {}
        for key, text in values.items():
            written = text.strip()
            wanted[key] = int(written) if types[key] is int and written.isdecimal() else written
        self._preferences.expect(wanted)
        for key, value in wanted.items():
            self._preferences.set(key, value)

    def _on_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))
