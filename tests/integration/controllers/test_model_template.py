"""The chat template that a person chooses for a model, and one that fails."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from desktopchat.core.errors import TemplateError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.engine.api import GenerationEvent, GenerationRequest, LoadEvent
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.state import MODEL_TEMPLATES

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


class Listening(ScriptedEngine):
    """Remembers how it was loaded."""

    params = LoadParams()

    def load(self, model: ModelFile, params: LoadParams) -> Iterator[LoadEvent]:
        self.params = params
        yield from super().load(model, params)


class Refusing(ScriptedEngine):
    """Has a chat template that fails."""

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        raise TemplateError("It fails.", "Choose another.")


def test_a_chosen_template_is_used_and_kept(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    engine = Listening(0)
    rig = make_rig(engine)
    rig.load()
    assert engine.params.template == ""
    with rig.qtbot.waitSignal(rig.models.template_changed):
        rig.models.set_template("chatml")
    assert engine.params.template == "chatml" == rig.models.identity.template
    rig.drain()
    assert rig.store.get_state(MODEL_TEMPLATES) == {"scripted": "chatml"}
    file = tmp_path / "own.jinja"
    file.write_text("{{ messages }}", encoding="utf-8")
    with rig.qtbot.waitSignal(rig.models.template_changed):
        rig.models.read_template(str(file))
    assert engine.params.template == "{{ messages }}"
    with rig.qtbot.waitSignal(rig.models.template_changed):
        rig.models.set_template("")
    rig.drain()
    assert engine.params.template == ""
    assert rig.store.get_state(MODEL_TEMPLATES) == {}


def test_a_file_that_is_no_template_changes_nothing(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    rig = make_rig()
    rig.load()
    rig.models.read_template(str(tmp_path / "none"))
    rig.wait(lambda: bool(rig.notices))
    assert "none is no chat template" in rig.notices[-1].cause
    assert rig.models.templates == {}


def test_a_template_that_fails_offers_another(make_rig: Callable[..., Rig]) -> None:
    rig = make_rig(Refusing(0))
    rig.load()
    rig.say("hello")
    assert rig.notices[-1].command == "model.template"
