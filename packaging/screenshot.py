#!/usr/bin/env python3
"""Take the screenshots of the README: the real app in a real window, driven by keys.

.venv/bin/python packaging/screenshot.py [NAME]...    takes those of VIEWS, or all of them

Those of the README go into resources/screenshots, the others, which are there to be looked at, into build/screenshots.

Needs Xvfb and xdotool, which `packaging/dev.py test` gets, and the starter model. The first answer was put
into the store beforehand, to show code and other scripts; the second is typed for and really given.
"""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "end2end")]

from program import engine_child, query, wait_for  # noqa: E402  (the path has to be set first)
from PySide6.QtGui import QImage  # noqa: E402
from xvfb import Display, Screenshot  # noqa: E402

from desktopchat.core.chat import FinishReason, MessageState, Timings, Usage  # noqa: E402
from desktopchat.core.modelfile import ModelIdentity  # noqa: E402
from desktopchat.core.params import SamplingParams  # noqa: E402
from desktopchat.library import starter  # noqa: E402
from desktopchat.paths import Paths  # noqa: E402
from desktopchat.storage.conversations import ConversationStore  # noqa: E402
from desktopchat.storage.database import Database  # noqa: E402
from desktopchat.storage.state import LAST_CONVERSATION, SIZE_HINT  # noqa: E402

README = {"light", "dark", "chinese", "palette", "explain", "glass"}
SIZE = (1180, 780)
PATIENCE = 30.0  # seconds
QUESTION = "你好，今天天气怎么样？And how warm is this computer?"
PROMPT = "What is a cat? Answer in one sentence."
EARLIER = (
    "A name for a sailing boat",
    "为什么天空是蓝色的？",
    "Plan five dinners for a small kitchen 🍲",
    "Regular expression for ISO dates",
)
ANSWER = """你好！我看不到窗外的天气 🌦️，因为我只在这台电脑上运行。But its own thermometer can be read:

```python
def read_celsius(path: str) -> float:
    \"\"\"Return the temperature in °C.\"\"\"
    with open(path) as sensor:
        return int(sensor.read()) / 1000
```

Call it with a `temp` file below `/sys/class/thermal`; in Fahrenheit it is $F = \\frac{9}{5} C + 32$. ☔"""


@dataclass(frozen=True)
class View:
    """One picture: how the window looks, and what is pressed and typed when the answer is there."""

    name: str
    theme: str
    language: str = "en"
    scale: int = 1
    keys: tuple[str, ...] = ()
    typed: str = ""
    cards: bool = False


# What opens each card; one picture of each is taken where a view asks for them.
CARDS = {
    "outline": "shift+F6",
    "versions": "ctrl+F6",
    "compare": "shift+F7",
    "explain": "shift+F5",
    "prompt": "ctrl+shift+F5",
    "ledger": "shift+F9",
    "glass": "ctrl+F9",
    "doubt": "ctrl+shift+F9",
    "personas": "shift+F4",
    "hub": "F11",
    "downloads": "shift+F11",
    "library": "ctrl+shift+m",
    "endpoint": "shift+F8",
    "keys": "F1",
    "reference": "shift+F1",
    "program": "ctrl+k",
}
NAMED = {"program": "Ask from a program"}  # by the palette
VIEWS = (
    View("light", "light"),
    View("dark", "dark"),
    View("contrast", "contrast"),
    View("chinese", "light", language="zh_CN"),
    View("large", "light", scale=2),
    View("palette", "dark", keys=("ctrl+k",), typed="temp"),
    View("palette-chinese", "light", language="zh_CN", keys=("ctrl+k",)),
    View("keys", "light", keys=("F1",)),
    View("explain", "light", keys=("shift+F5",), typed="++++++"),
    View("glass", "dark", keys=("ctrl+F9",), typed="The capital of France is"),
    View("cards", "light", cards=True),
    View("cards-dark", "dark", cards=True),
    View("cards-chinese", "light", language="zh_CN", cards=True),
    View("cards-large", "light", scale=2, cards=True),
)


def main() -> int:
    for view in VIEWS:
        if sys.argv[1:] and view.name not in sys.argv[1:]:
            continue
        size = [view.scale * side for side in SIZE]
        with tempfile.TemporaryDirectory() as folder, Display(*size) as display:
            data = Path(folder)
            (data / "settings.toml").write_text(f'[look]\ntheme = "{view.theme}"\nlanguage = "{view.language}"\n')
            prepare(data)
            target = ROOT / ("resources" if view.name in README else "build") / "screenshots" / f"{view.name}.png"
            target.parent.mkdir(parents=True, exist_ok=True)
            for name, shown in take(display, data, view):
                named = target.with_stem("-".join(filter(None, (target.stem, name))))
                save(shown, named)
                print(f"{named.relative_to(ROOT)}: {named.stat().st_size / 1000:.0f} kB")
    return 0


def prepare(data: Path) -> None:
    """Link the model and store what was said before."""
    model = find_model()
    (data / "models").mkdir()
    (data / "models" / model.name).symlink_to(model)
    database = Database(data / "desktopchat.db")
    store = ConversationStore(database)
    for title in EARLIER:
        store.create(title)
    sampling = SamplingParams(temperature=0.0, max_tokens=256)
    conversation = store.create(sampling=sampling)
    _, answer = store.add_turn(conversation.id, None, QUESTION, model=ModelIdentity("scripted"), sampling=sampling)
    store.finish(
        answer.id,
        content=ANSWER,
        state=MessageState.COMPLETE,
        finish_reason=FinishReason.STOP,
        seed=None,
        usage=Usage(),
        timings=Timings(),
    )
    store.set_state(LAST_CONVERSATION, conversation.id)
    store.set_state(SIZE_HINT, True)  # what is said once would cover what is to be seen
    database.close()


def find_model() -> Path:
    if given := os.environ.get("DESKTOPCHAT_TEST_MODEL"):
        return Path(given)
    if found := starter.find(Paths.resolve().models):
        return found
    sys.exit("There is no starter model. Type: python3 packaging/dev.py run")


def take(display: Display, data: Path, view: View) -> Iterator[tuple[str, Screenshot]]:
    """Start the app, ask, and yield what it shows when the answer is there, and each card where they are wanted."""
    process = subprocess.Popen(
        [sys.executable, "-m", "desktopchat", "--data-dir", str(data)],
        env={
            **os.environ,
            "DISPLAY": display.name,
            "QT_QPA_PLATFORM": "xcb",
            "QT_SCALE_FACTOR": str(view.scale),
            "PYTHONPATH": str(ROOT),
        },
    )
    try:
        window = wait_for(lambda: display.window(process.pid), "the window")
        display.focus(window)
        display.xdotool("mousemove", *(str(view.scale * side) for side in SIZE))
        wait_for(lambda: engine_child(process), "the engine")
        display.type(PROMPT)
        display.press("Return")
        sql = "SELECT 1 FROM message WHERE role = 'assistant' AND state = 'complete'"
        wait_for(lambda: len(query(data, sql)) == 2, "the answer")
        if view.keys:
            display.press(*view.keys)
            settled(display)
        if view.typed:
            display.type(view.typed)
        yield "", at_rest(display)
        if view.cards:
            display.press("ctrl+r")  # a second version of the answer
            wait_for(lambda: len(query(data, sql)) == 3, "the second answer")
        for name, key in CARDS.items() if view.cards else ():
            display.press(key)
            settled(display)
            if name in NAMED:
                display.type(NAMED[name])
                settled(display)
                display.press("Return")
                settled(display)
            yield name, at_rest(display)
            for _ in range(3):  # what runs, the card, and what it left
                display.press("Escape")
                settled(display)
        display.press("ctrl+q")
        process.wait(PATIENCE)
    finally:
        process.kill()
        process.wait()


def at_rest(display: Display) -> Screenshot:
    """Return what is shown when nothing changes any more, or after a while."""
    shown, until = display.screenshot(), time.monotonic() + PATIENCE
    while (later := settled(display)) != shown and time.monotonic() < until:
        shown = later
    return shown


def settled(display: Display) -> Screenshot:
    """Return what is shown a moment later: the last words may not be painted yet."""
    time.sleep(0.7)
    return display.screenshot()


def save(shown: Screenshot, target: Path) -> None:
    image = QImage(shown.pixels, shown.width, shown.height, 4 * shown.width, QImage.Format.Format_RGB32)
    if not image.save(str(target), "PNG", 0):  # the smallest file
        sys.exit(f"{target} cannot be written.")


if __name__ == "__main__":
    sys.exit(main())
