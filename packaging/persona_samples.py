#!/usr/bin/env python3
"""Have a conversation with each persona that comes along, in English and in Chinese, with a real model.

.venv/bin/python packaging/persona_samples.py FILE.gguf

They go into tests/data/personas, where they show what a change of a persona or another model makes of it.
"""

import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from desktopchat.core.chat import ChatMessage, Role  # noqa: E402  (the path has to be set first)
from desktopchat.core.params import LoadParams, SamplingParams  # noqa: E402
from desktopchat.core.persona import Persona, read_persona  # noqa: E402
from desktopchat.engine.api import Delta, Engine, GenerationRequest  # noqa: E402
from desktopchat.engine.process import ProcessEngine  # noqa: E402
from desktopchat.library.folder import inspect  # noqa: E402

SAMPLES = ROOT / "tests" / "data" / "personas"
PERSONAS = ROOT / "resources" / "personas"
MAX_TOKENS = 160


@dataclass(frozen=True, slots=True)
class Talk:
    """What is said to a persona."""

    questions: tuple[str, str]
    fields: dict[str, str] = field(default_factory=dict)


_SHOP = "We are open from 9 to 17, Monday to Friday. Parcels are sent within two days. Shipping costs 5 euros."
_SHOP_ZH = "营业时间为周一至周五 9 点至 17 点。包裹两天内发出。运费 30 元。"
_SOURCES = "[1] The lighthouse of Vega was built in 1887.\n[2] It has been without a keeper since 1984."
_SOURCES_ZH = "[1] 维加灯塔建于 1887 年。\n[2] 自 1984 年起无人看守。"

TALKS = {
    "en": {
        "assistant": Talk(("What is a good way to learn to swim?", "And how long does it take?")),
        "customer service": Talk(
            ("When are you open?", "Can I pay with a cheque?"), {"company": "North Parcel", "information": _SHOP}
        ),
        "news writer": Talk(
            ("The old bridge over the Mill Brook is closed from Monday for repairs.", "Make the headline shorter.")
        ),
        "blog writer": Talk(("Write about keeping bees on a balcony.", "Give it another beginning.")),
        "story writer": Talk(("A letter arrives forty years late.", "Go on.")),
        "tutor": Talk(("How do I solve 3x + 4 = 19?", "I get x = 5. Is that right?")),
        "quiz": Talk(("Begin.", "Paris"), {"number": "3"}),
        "translator": Talk(("Good morning, how are you?", "今天天气很好。")),
        "answers with sources": Talk(("When was the lighthouse built?", "How tall is it?"), {"sources": _SOURCES}),
        "creative": Talk(("A name for a small bakery.", "Something with the sea in it.")),
    },
    "zh": {
        "assistant": Talk(("怎样学游泳比较好？", "需要多长时间？")),
        "customer service": Talk(("你们几点营业？", "可以用支票付款吗？"), {"公司": "北方快递", "资料": _SHOP_ZH}),
        "news writer": Talk(("磨坊溪上的老桥从周一起封闭维修。", "把标题改短一些。")),
        "blog writer": Talk(("写一写在阳台上养蜂。", "换一个开头。")),
        "story writer": Talk(("一封信迟到了四十年。", "继续。")),
        "tutor": Talk(("3x + 4 = 19 怎么解？", "我算出 x = 5，对吗？")),
        "quiz": Talk(("开始。", "巴黎"), {"题数": "3"}),
        "translator": Talk(("早上好，你好吗？", "The weather is fine today.")),
        "answers with sources": Talk(("灯塔是哪一年建的？", "它有多高？"), {"资料": _SOURCES_ZH}),
        "creative": Talk(("给一家小面包店起个名字。", "名字里要有海。")),
    },
}


def persona_of(language: str, name: str) -> Persona:
    """Return one that comes along."""
    return read_persona(name, (PERSONAS / language / f"{name}.md").read_text("utf-8"))


def main() -> int:
    """Write all of them."""
    if len(sys.argv) != 2:
        print(__doc__)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        engine = ProcessEngine(Path(folder) / "engine.log")
        try:
            model = inspect(Path(sys.argv[1]))
            for _ in engine.load(model, LoadParams(n_ctx=4096)):
                pass
            for number, (language, name) in enumerate((one, other) for one in TALKS for other in TALKS[one]):
                path = SAMPLES / language / f"{name}.md"
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text("\n\n".join(_told(engine, model.name, language, name, 2 * number + 1)) + "\n", "utf-8")
                print(path.relative_to(ROOT))
        finally:
            engine.close()
    return 0


def _told(engine: Engine, model: str, language: str, name: str, number: int) -> Iterator[str]:
    persona, talk = persona_of(language, name), TALKS[language][name]
    system = persona.filled(talk.fields)
    sampling = SamplingParams(**persona.values, seed=1).changed(max_tokens=MAX_TOKENS)
    yield f"# {persona.name}"
    yield f"{model}, temperature {sampling.temperature:g}, seed 1, at most {MAX_TOKENS} tokens"
    yield f"## System\n\n{system}"
    said = [ChatMessage(Role.SYSTEM, system)]
    for place, question in enumerate(talk.questions):
        said.append(ChatMessage(Role.USER, question))
        events = engine.generate(GenerationRequest(number + place, tuple(said), sampling))
        answer = "".join(event.text for event in events if isinstance(event, Delta)).strip()
        said.append(ChatMessage(Role.ASSISTANT, answer))
        yield f"## Person\n\n{question}"
        yield f"## Model\n\n{answer}"


if __name__ == "__main__":
    sys.exit(main())
