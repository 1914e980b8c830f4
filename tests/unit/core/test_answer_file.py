"""A file of answers goes on where it was cut, and takes no rows but those that belong to it."""

from pathlib import Path
from typing import Any

import pytest

from desktopchat.core.answer_file import AnswerFile
from desktopchat.core.errors import TableError
from desktopchat.core.table import Table, read_written

GIVEN = Table(("q", "n"), ({"q": 'a "b"\n', "n": 1}, {"q": "c\r", "n": None}, {"q": "d,e"}), "")
COLUMNS = ("q", "n", "answer")


def answered(place: int) -> dict[str, Any]:
    return {**GIVEN.rows[place], "answer": f"of\n{place}"}


def write(path: Path, delimiter: str) -> list[int]:
    """Write what is missing; return which rows that were."""
    file = AnswerFile(path, COLUMNS if delimiter else (), delimiter)
    try:
        missing = list(range(len(file.resume(GIVEN, "in")), len(GIVEN.rows)))
        for place in missing:
            file.append(answered(place))
        return missing
    finally:
        file.close()


@pytest.mark.parametrize("delimiter", [",", ""])
def test_a_kill_at_any_byte_costs_one_row_at_most(tmp_path: Path, delimiter: str) -> None:
    path = tmp_path / "out"
    assert write(path, delimiter) == [0, 1, 2]
    whole = path.read_bytes()
    costs = set()
    for cut in range(len(whole) + 1):
        path.write_bytes(whole[:cut])
        kept = len(read_written(whole, "out", delimiter).rows) - len(write(path, delimiter))
        assert path.read_bytes() == whole
        costs.add(kept)
    assert costs == {0, 1, 2, 3}


def test_rows_of_others_are_refused_and_stay(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    write(path, ",")
    before = path.read_bytes()
    for rows, said in (
        (({"q": "other", "n": 1}, *GIVEN.rows[1:]), "Row 1 of"),
        (GIVEN.rows[:2], "Row 3 of"),
    ):
        file = AnswerFile(path, COLUMNS, ",")
        with pytest.raises(TableError, match=said):
            file.resume(Table(GIVEN.columns, rows, ""), "in")
        file.close()
    file = AnswerFile(path, ("q", "n", "x", "answer"), ",")
    with pytest.raises(TableError, match="other columns"):
        file.resume(GIVEN, "in")
    file.close()
    assert path.read_bytes() == before


def test_one_writes_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "out.csv"
    first = AnswerFile(path, COLUMNS, ",")
    with pytest.raises(TableError, match="Another program writes"):
        AnswerFile(path, COLUMNS, ",")
    first.close()
    AnswerFile(path, COLUMNS, ",").close()


def test_a_place_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    with pytest.raises(TableError, match="cannot be written: No such file or directory"):
        AnswerFile(tmp_path / "none" / "out.csv", COLUMNS, ",")
    with pytest.raises(TableError, match="cannot be written: Is a directory"):
        AnswerFile(tmp_path, COLUMNS, ",")
