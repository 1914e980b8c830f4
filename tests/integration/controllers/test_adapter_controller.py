"""The adapters that a person puts beside a model: applied, remembered, and taken back when they are refused."""

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from desktopchat.controllers.adapters import AdapterController
from desktopchat.core.adapter import Adapter
from desktopchat.core.adapter_choices import AdapterChoice
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.notice import Notice
from desktopchat.engine.api import Adapted
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.storage.state import MODEL_ADAPTERS
from tests.adapter_maker import directions, pairs, write_control_vector, write_lora
from tests.tiny_models import write_tiny

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


class Counting(ScriptedEngine):
    """Remembers what it was given."""

    def __init__(self) -> None:
        super().__init__(0)
        self.given: list[tuple[Adapter, ...]] = []

    def adapt(self, adapters: Sequence[Adapter]) -> Adapted:
        self.given.append(tuple(adapters))
        return super().adapt(adapters)


class Shelf:
    """The controllers with a tiny model in memory, and adapters in its folder."""

    def __init__(self, make_rig: Callable[..., Rig], folder: Path, engine: ScriptedEngine | None = None) -> None:
        folder.mkdir(exist_ok=True)
        base = write_tiny(folder / "base.gguf")
        self.model = ModelFile(str(base), "base", base.stat().st_size, "llama")
        self.folder = folder
        self.rig = make_rig(engine)
        self.adapters = AdapterController(
            self.rig.worker, self.rig.models, self.rig.io, self.rig.storage, self.rig.store, folder
        )
        self.notices: list[Notice] = []
        self.adapters.noticed.connect(self.notices.append)

    def load(self) -> None:
        with self.rig.qtbot.waitSignal(self.rig.models.model_loaded):
            self.rig.models.load(self.model)

    def look(self) -> tuple[AdapterChoice, ...]:
        with self.rig.qtbot.waitSignal(self.adapters.listed) as caught:
            self.adapters.look()
        found: tuple[AdapterChoice, ...] = caught.args[0]
        return found

    def set(self, *choices: AdapterChoice) -> None:
        with self.rig.qtbot.waitSignal(self.rig.models.adapted):
            self.adapters.set(choices)


def choice(path: Path, scale: float = 1.0, *, on: bool = True) -> AdapterChoice:
    return AdapterChoice(Adapter(str(path), "lora", scale), on)


def test_what_fits_the_model_is_found(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    shelf = Shelf(make_rig, tmp_path / "models")
    lora = write_lora(shelf.folder / "pirate.gguf", pairs())
    vector = write_control_vector(shelf.folder / "Formal.gguf", directions())
    write_lora(shelf.folder / "foreign.gguf", pairs(), **{"general.architecture": "qwen2"})
    (shelf.folder / "broken.gguf").write_bytes(b"GGUF")
    shelf.load()
    assert shelf.look() == (
        AdapterChoice(Adapter(str(vector), "control_vector"), on=False),
        AdapterChoice(Adapter(str(lora), "lora"), on=False),
    )
    assert shelf.adapters.choices == ()


def test_what_is_chosen_is_applied_named_and_remembered(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    shelf = Shelf(make_rig, tmp_path / "models", Counting())
    lora = write_lora(shelf.folder / "pirate.gguf", pairs())
    shelf.load()
    shelf.set(choice(lora, 0.8))
    rig = shelf.rig
    assert rig.models.loaded.full_name == "base + pirate×0.8"
    rig.say("Hello")
    assert rig.shown[-1].model == "base + pirate×0.8"
    rig.models.ensure_loaded()
    rig.models.unload()
    rig.wait(lambda: rig.models.loaded is None)
    with rig.qtbot.waitSignal(rig.models.model_loaded):
        rig.models.ensure_loaded()
    assert rig.models.loaded.full_name == "base + pirate×0.8"
    assert rig.store.get_state(MODEL_ADAPTERS) == {"base": [[str(lora), "lora", 0.8, 0, 0, True]]}
    shelf.set(choice(lora, 1, on=False))
    rig.drain()
    assert rig.models.loaded.full_name == "base"
    assert rig.store.get_state(MODEL_ADAPTERS) == {}


def test_one_that_is_refused_is_off_again(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    shelf = Shelf(make_rig, tmp_path / "models")
    lora = write_lora(shelf.folder / "pirate.gguf", pairs())
    shelf.load()
    shelf.set(choice(lora, 0.5))
    gone = choice(shelf.folder / "gone.gguf")
    with shelf.rig.qtbot.waitSignal(shelf.adapters.changed):
        shelf.adapters.set((choice(lora, 0.7), gone))
    assert "gone.gguf does not exist." in shelf.notices[-1].cause
    assert shelf.adapters.choices == (choice(lora, 0.5),)
    assert shelf.rig.models.loaded.full_name == "base + pirate×0.5"


def test_many_changes_at_once_end_with_the_last(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    engine = Counting()
    shelf = Shelf(make_rig, tmp_path / "models", engine)
    lora = write_lora(shelf.folder / "pirate.gguf", pairs())
    shelf.load()
    for step in range(1, 11):
        shelf.adapters.set((choice(lora, step / 10),))
    shelf.rig.wait(lambda: shelf.rig.models.loaded.adapters == (choice(lora, 1).adapter,))
    assert len(engine.given) == 2


def test_a_file_from_elsewhere_is_looked_at_and_put_on(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    shelf = Shelf(make_rig, tmp_path / "models")
    lora = write_lora(tmp_path / "elsewhere.gguf", pairs())
    shelf.load()
    with shelf.rig.qtbot.waitSignal(shelf.rig.models.adapted):
        shelf.adapters.add(str(lora))
    assert shelf.adapters.choices == (choice(lora),)
    assert shelf.look() == (choice(lora),)
    shelf.adapters.add(str(shelf.folder / "base.gguf"))
    shelf.rig.wait(lambda: bool(shelf.notices))
    assert "base.gguf is a model, not an adapter." in shelf.notices[-1].cause
    assert shelf.adapters.choices == (choice(lora),)
