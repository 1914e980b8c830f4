"""What was chosen for a model stays with its file when that is called something else."""

from pathlib import Path
from typing import Any

from desktopchat.controllers.library import LibraryController
from desktopchat.controllers.parameters import ParameterController
from desktopchat.controllers.renames import Renames
from desktopchat.core.parameter_layers import Origin, Source
from desktopchat.library.shelf import Library
from desktopchat.storage.state import MODEL_PROJECTORS, MODEL_TEMPLATES, PARAMETER_LAYERS
from tests.gguf_maker import write_gguf

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


def test_choices_are_found_under_the_new_name(rig: Rig, tmp_path: Path) -> None:
    kept = Library(tmp_path / "models", tmp_path / "library.json", tmp_path / "headers.json", tmp_path / "home")
    library = LibraryController(kept, rig.models, rig.storage)
    parameters = ParameterController(rig.chat, rig.models, rig.storage, rig.store, rig.chat)
    Renames(library, rig.models, parameters, rig.storage, rig.store, rig.chat)
    layers = {"models": {"old": {"temperature": 0.3}}}
    rig.storage.call(lambda: rig.store.set_state(PARAMETER_LAYERS, layers))
    parameters.start()
    rig.drain()
    path = write_gguf(kept.folder / "old.gguf")
    kept.rename(str(path), "Mine")
    kept.models()
    path.rename(kept.folder / "new.gguf")
    rig.models.templates = {"old": "ours", "other": "theirs"}
    rig.models.projectors = {"old": "/p.gguf", "new": "/q.gguf"}
    library.refresh()
    rig.drain()
    rig.drain()
    assert rig.models.templates == {"old": "ours", "new": "ours", "other": "theirs"}
    assert rig.models.projectors == {"old": "/p.gguf", "new": "/q.gguf"}
    assert rig.storage.call(lambda: rig.store.get_state(MODEL_TEMPLATES))["new"] == "ours"
    assert rig.storage.call(lambda: rig.store.get_state(MODEL_PROJECTORS))["new"] == "/q.gguf"
    told = rig.storage.call(lambda: rig.store.get_state(PARAMETER_LAYERS))
    assert told["models"]["new"] == {"temperature": 0.3}
    assert parameters._layers.origins(parameters._layers.defaults("new"), "new")["temperature"] == Origin(Source.MODEL)
