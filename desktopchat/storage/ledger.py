"""What all answers took, and what was generated beside them, by day, model or conversation."""

from itertools import groupby

from desktopchat.core.cost import LedgerBy, LedgerRow, total
from desktopchat.storage.database import Database

# How the answers are put together, and the name of each lot, which is looked up but once.
_LOTS = {
    LedgerBy.DAY: ("date(created_at, 'unixepoch', 'localtime')", "lot"),
    LedgerBy.MODEL: ("ifnull(model_id, 0)", "ifnull((SELECT name FROM model WHERE id = lot), '')"),
    LedgerBy.CONVERSATION: ("conversation_id", "(SELECT title FROM conversation WHERE id = lot)"),
}
# The counts are of all answers that were generated at once (`Usage.answers`): each bears its share.
_ROWS = """
    SELECT {name}, sum(is_answer), sum(asked / shared + asked_before), sum(written / shared + written_before),
        sum(took / shared + took_before), sum(iif(watts, 0, joules)), sum(iif(watts, joules, 0)),
        ifnull(min(nullif(watts, 0)), 0), max(watts), sum(is_answer AND joules = 0)
    FROM (
        SELECT {lot} AS lot, is_answer,
            CAST(max(1, ifnull(usage ->> 'answers', 1)) AS REAL) AS shared,
            ifnull(usage ->> 'prompt_tokens', 0) AS asked,
            ifnull(usage ->> 'completion_tokens', 0) AS written,
            ifnull(usage ->> 'earlier_prompt_tokens', 0) AS asked_before,
            ifnull(usage ->> 'earlier_completion_tokens', 0) AS written_before,
            ifnull(timings ->> 'first_token_seconds', 0) + ifnull(timings ->> 'generation_seconds', 0) AS took,
            ifnull(timings ->> 'earlier_seconds', 0) AS took_before,
            ifnull(timings ->> 'joules', 0) AS joules,
            ifnull(timings ->> 'watts', 0) AS watts
        FROM (
            SELECT created_at, model_id, conversation_id, usage, timings, 1 AS is_answer FROM message
                WHERE role = 'assistant' AND usage <> '{{}}'
            UNION ALL SELECT created_at, model_id, conversation_id, usage, timings, 0 FROM aside
        )
    )
    WHERE asked + written + asked_before + written_before > 0
    GROUP BY lot
"""


def read_ledger(database: Database, by: LedgerBy) -> tuple[LedgerRow, ...]:
    """Return what the answers took, those in the trash too: the newest day first, else what was most written.

    Raises:
        StorageError: The file cannot be read.
    """
    lot, name = _LOTS[by]
    rows = [_row(*values) for values in database.execute(_ROWS.format(lot=lot, name=name))]
    if by is LedgerBy.DAY:
        return tuple(sorted(rows, key=lambda row: row.name, reverse=True))
    if by is LedgerBy.MODEL:
        rows = _of_one_name(rows)
    return tuple(sorted(rows, key=lambda row: row.completion_tokens, reverse=True))


def _of_one_name(rows: list[LedgerRow]) -> list[LedgerRow]:
    """Return a model that was kept in several places as one."""
    ordered = sorted(rows, key=lambda row: row.name)
    return [total(tuple(lot), name) for name, lot in groupby(ordered, key=lambda row: row.name)]


def _row(
    name: str,
    answers: int,
    asked: float,
    written: float,
    seconds: float,
    measured: float,
    estimated: float,
    least: float,
    most: float,
    unknown: int,
) -> LedgerRow:
    return LedgerRow(name, answers, round(asked), round(written), seconds, measured, estimated, (least, most), unknown)
