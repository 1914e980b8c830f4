"""Stand-ins for what the composer works with."""

from collections.abc import Callable, Sequence
from typing import Any

from PySide6.QtCore import QObject, Signal

from desktopchat.core.attached import attach_text
from desktopchat.core.local_model import Facts, Kind, LocalModel
from desktopchat.core.local_model import Origin as Whose
from desktopchat.core.persona import Persona
from desktopchat.core.prompt_text import Prompt


class FakeAttaching(QObject):
    attached = Signal(object)
    reading_changed = Signal(int)
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.paths: list[str] = []
        self.made: list[tuple[str, bytes]] = []

    def read(self, paths: Sequence[str]) -> None:
        self.paths += paths

    def paste(self, name: str, text: bytes) -> None:
        self.attached.emit(attach_text(name, text.decode()))

    def make(self, name: str, make: Callable[[], bytes]) -> None:
        self.made.append((name, make()))


class FakeQueue(QObject):
    changed = Signal(object, bool)
    added = Signal()
    refused = Signal(object)
    taken = Signal(object)
    removed = Signal()
    noticed = Signal(object)
    is_running = False

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[tuple[Any, ...]] = []

    def __getattr__(self, name: str) -> Any:
        return lambda *values: self.calls.append((name, *values))


class FakeHistory(QObject):
    shown = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.steps: list[int] = []

    def step(self, step: int) -> None:
        self.steps.append(step)

    def restart(self) -> None:
        """The real one begins at the draft again."""


class FakePrompts(QObject):
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.prompts = [Prompt("explain", "Explain {what}."), Prompt("translate", "To {language=French}: {text}")]
        self.saved: list[tuple[str, str]] = []

    def list(self, done: Callable[[list[Prompt]], None]) -> None:
        done(self.prompts)

    def save(self, name: str, text: str) -> None:
        self.saved.append((name, text))


class FakePersonas(QObject):
    noticed = Signal(object)

    def __init__(self) -> None:
        super().__init__()
        self.personas = [
            Persona("Pirate", "Arr.", "Speaks like one", {"temperature": 1.2}),
            Persona("Tutor", "Teach {subject=maths} to {who}.\n\nNotes:\n{notes=}", "", {"temperature": 0.4}),
        ]
        self.cards: list[str] = []

    def list(self, done: Callable[[Sequence[Persona]], None]) -> None:
        done(self.personas)

    def take_card(self, path: str) -> None:
        self.cards.append(path)


class FakeWriting:
    def __init__(self) -> None:
        self.personas = FakePersonas()
        self.attaching, self.queue = FakeAttaching(), FakeQueue()
        self.history, self.prompts = FakeHistory(), FakePrompts()
        facts = Facts(Kind.MODEL, "qwen2", quant="Q4_0")
        path = "/models/qwen.gguf"
        self.models = [LocalModel("qwen", path, Whose.OWN, (path,), 400_000_000, facts)]

    def list_models(self, done: Callable[[list[LocalModel]], None]) -> None:
        done(self.models)
