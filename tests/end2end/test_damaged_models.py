"""Damaged and hostile model files, opened one after the other in one running app, which outlives them all."""

import random
import struct
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

import psutil
import pytest
from pytestqt.qtbot import QtBot

from desktopchat.core.chat import MessageState
from desktopchat.core.params import LoadParams, SamplingParams
from tests.running_app import RunningApp, engines, running_app
from tests.tiny_models import write_tiny

pytestmark = [
    pytest.mark.qt_log_ignore("does not support propagateSizeHints", extend=True),
    pytest.mark.timeout(3000),
]

ABSURD = (0, 1, 2**15, 2**31 - 1, 2**31, 2**32 - 1)
HOSTILE_TEMPLATES = (
    "{% for a in range(10000000) %}{% for b in range(10000000) %}{% endfor %}{% endfor %}",
    "{{ 'a' * 4000000000 }}",
    "{% for x in range(99999) %}{{ 'a' * 99999 }}{% endfor %}",
    "{{ raise_exception('no') }}",
    "{{ ''.__class__.__mro__[1].__subclasses__() }}",
    "{% for %}",
    "{{ messages | tojson }}{{ 1 / 0 }}",
    "",
)


def changed_numbers(folder: Path) -> Iterator[Path]:
    """Yield models in whose header one number is absurd."""
    for key in ("block_count", "embedding_length", "attention.head_count", "context_length", "rope.dimension_count"):
        for value in ABSURD:
            yield write_tiny(folder / "number.gguf", **{f"llama.{key}": value})


def hostile_templates(folder: Path) -> Iterator[Path]:
    for template in HOSTILE_TEMPLATES:
        yield write_tiny(folder / "template.gguf", **{"tokenizer.chat_template": template})


def random_damage(folder: Path, good: bytes, header: int, seed: int) -> Path:
    """Write a copy that is cut off, or has bytes or a count changed, most often in the header."""
    chance = random.Random(seed)
    data = bytearray(good)
    kind = chance.choice(["cut", "flip", "flips", "count", "noise", "zeros"])
    place = chance.randrange(header if chance.random() < 0.9 else len(data))
    if kind == "cut":
        del data[chance.randrange(len(data)) :]
    elif kind == "flip":
        data[place] ^= 1 << chance.randrange(8)
    elif kind == "flips":
        for _ in range(20):
            data[chance.randrange(header)] ^= 1 << chance.randrange(8)
    elif kind == "count":
        struct.pack_into("<Q", data, min(place, len(data) - 8), chance.choice(ABSURD) << chance.randrange(32))
    elif kind == "noise":
        data[place : place + 64] = chance.randbytes(64)
    else:
        data[place : place + 64] = bytes(64)
    path = folder / "mutant.gguf"
    path.write_bytes(data)
    return path


def outcome(app: RunningApp, path: Path) -> str:
    """Open a file as a person would; if it loads, ask something. Return what became of it."""
    app.wait_idle()  # the model before may have died of being counted with, which is told while this one loads
    notice = app.open_model(path)
    if notice is not None:
        assert notice.cause
        assert notice.cure
        return f"refused: {notice.cause.replace(path.stem, 'it')[:60]}"
    app.new_conversation()
    app.notices.clear()
    app.chat.send("hello")
    app.wait(lambda: app.shown and not app.chat.answering, seconds=40)
    app.wait_idle()
    answer = app.stored()[-1]
    if answer.state is MessageState.COMPLETE:
        return "answered"
    assert answer.error
    return f"failed: {answer.error[:60]}"


def test_no_file_ends_the_app(qtbot: QtBot, tmp_path: Path, soak: bool) -> None:
    control = write_tiny(tmp_path / "control.gguf")
    good = control.read_bytes()
    header = good.rindex(b"ffn_down.weight") + 64  # the last tensor that is named; weights follow
    outcomes: Counter[str] = Counter()
    with running_app(qtbot, tmp_path, LoadParams()) as app:
        app.chat.set_sampling(SamplingParams(max_tokens=2, temperature=0))
        assert outcome(app, control) == "answered"
        for source in (changed_numbers, hostile_templates):
            for number, path in enumerate(source(tmp_path)):
                if soak or number % 6 == 0 or source is hostile_templates:
                    outcomes[outcome(app, path)] += 1
        for seed in range(1000 - outcomes.total() if soak else 30):
            outcomes[outcome(app, random_damage(tmp_path, good, header, seed))] += 1
            assert len(engines()) <= 1
        assert outcome(app, control) == "answered"
        assert psutil.Process().memory_info().rss < 1 << 30
    assert engines() == []
    print(f"{outcomes.total()} files:", *outcomes.most_common(), sep="\n")
