"""What every bar is measured with."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from benchmarks.chat import Chat
from benchmarks.peers import LlamaBench
from desktopchat.engine.process import ProcessEngine


@dataclass(frozen=True, slots=True)
class Setup:
    """The model, the programs to compare with, and the effort.

    Attributes:
        folder: For logs, KV states and made models; it is removed in the end.
        threads: What llama-bench is told; ours chooses as many on an idle machine.
        flash: Whether ours has flash attention.
    """

    model: Path
    bench: LlamaBench
    server: Path
    folder: Path
    rounds: int
    threads: int
    flash: bool

    @contextmanager
    def chat(self, name: str = "chat", model: Path | None = None, **load: Any) -> Iterator[Chat]:
        """Load our engine in a child; speculative decoding is off unless `load` says so, for nobody else has it on."""
        folder = self.folder / name
        folder.mkdir(exist_ok=True)
        engine = ProcessEngine(folder / "engine.log", "llama", folder / "states")
        with Chat(model or self.model, engine, **{"lookup": False, **load}) as chat:
            yield chat
