"""The tokens of answers with what could have come in their place."""

from desktopchat.core.token_log import TokenLog
from desktopchat.storage.database import Database


class TokenLogs:
    """Blocking calls on the thread of the database. A log goes with its message."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def read(self, message_id: int) -> TokenLog:
        """Return the log of an answer; empty when there is none, or it is damaged: nothing else depends on it."""
        rows = self._database.execute("SELECT content FROM token_log WHERE message_id = ?", (message_id,))
        try:
            return TokenLog.unpack(rows[0][0]) if rows else TokenLog()
        except ValueError:
            return TokenLog()

    def keep(self, message_id: int, log: TokenLog) -> None:
        """Keep the log of an answer in place of the one that there was."""
        self._database.execute(
            "INSERT INTO token_log (message_id, tokens, content) VALUES (?, ?, ?)"
            " ON CONFLICT (message_id) DO UPDATE SET tokens = excluded.tokens, content = excluded.content",
            (message_id, len(log), log.pack()),
        )

    def go_on(self, message_id: int, before: str, log: TokenLog) -> None:
        """Keep what has come of an answer behind what is known of it.

        Args:
            before: What it had said already, or thought while it said nothing.
            log: What has come since.
        """
        whole = self.read(message_id).begun(before) if before else TokenLog()
        whole.join(log)
        self.keep(message_id, whole)
