"""Each persona that comes along was talked to, as it is now, in both languages."""

import re
from pathlib import Path

import persona_samples
import pytest

ALL = [(path.parent.name, path.stem) for path in sorted(persona_samples.PERSONAS.glob("*/*.md"))]


@pytest.mark.parametrize(("language", "name"), ALL, ids="-".join)
def test_a_conversation_with_it_is_kept(language: str, name: str) -> None:
    persona, talk = persona_samples.persona_of(language, name), persona_samples.TALKS[language][name]
    kept = Path(persona_samples.SAMPLES / language / f"{name}.md").read_text("utf-8")
    assert f"## System\n\n{persona.filled(talk.fields)}\n\n## Person\n" in kept, "run packaging/persona_samples.py"
    for question in talk.questions:
        assert f"## Person\n\n{question}\n\n## Model\n\n" in kept
    assert len(re.findall(r"^## Model\n\n\S", kept, re.MULTILINE)) == 2
