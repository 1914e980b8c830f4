"""What the doctor says of the models."""

import os
from pathlib import Path

import pytest

from desktopchat.doctor_models import models_lines, models_report
from desktopchat.library import trash
from desktopchat.paths import Paths
from desktopchat.session import Session
from tests.gguf_maker import METADATA, gguf, write_gguf


@pytest.fixture
def session(tmp_path: Path) -> Session:
    paths = Paths.resolve(tmp_path)
    paths.models.mkdir()
    return Session(paths, "scripted", debug=False)


def causes(session: Session) -> list[str]:
    return [str(problem.cause) for problem in models_report(session)[1] if "free" not in problem.cause]


def test_sound_models_give_no_trouble(session: Session) -> None:
    write_gguf(session.paths.models / "a.gguf")
    report, _ = models_report(session)
    assert report is not None
    assert (report["models"], report["size"], report["unfinished"]) == (1, len(gguf()), [])
    assert next(models_lines(report)).startswith("models               1 in 0 MB, ")
    assert causes(session) == []


def test_what_is_of_no_use_is_named(session: Session) -> None:
    models = session.paths.models
    write_gguf(models / "a.gguf")
    write_gguf(models / "sub" / "b.gguf")
    (models / "cut.gguf").write_bytes(gguf()[:100])
    (models / "gone.gguf").write_bytes(gguf({**METADATA, "general.license": "mit"}))
    part = models / "new.gguf.part"
    part.write_bytes(b"x" * 3_000_000)
    (models / "old.gguf.1.bad").write_bytes(b"x")
    os.utime(part, (1_000_000_000, 1_000_000_000))
    library = session.library()
    trash.throw_away(library, library.named("gone"))
    damaged, forgotten, twice = causes(session)
    assert damaged == "Damaged or incomplete: cut.gguf."
    assert forgotten == "Downloads that nobody went on with for a month take 3 MB: new.gguf.part."
    assert twice == "Models that seem to be here twice take 0 MB."
    report, _ = models_report(session)
    assert report is not None
    assert (report["trash"]["models"], len(report["unfinished"]), report["duplicates"]["files"]) == (1, 2, 1)
