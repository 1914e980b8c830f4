"""`desktopchat embed`: texts as vectors, for scripts."""

import json
import sys
from collections.abc import Sequence

from desktopchat.console import write
from desktopchat.session import Session
from desktopchat.terminal import forgive_broken_text, loaded_model


def run(session: Session, texts: Sequence[str], model: str | None, as_json: bool) -> int:
    """Print a vector for each text.

    Args:
        texts: "-" stands for the lines of the standard input that are not empty.

    Raises:
        UserError: What went wrong.
    """
    forgive_broken_text()
    wanted: list[str] = []
    for text in texts:
        wanted += [line for line in map(str.strip, sys.stdin) if line] if text == "-" else [text]
    with loaded_model(session, model) as (host, info):
        found = host.engine.embed(wanted)
    if as_json:
        answer = {
            "model": info.file.name,
            "embeddings": [
                {"text": text, "tokens": one.tokens, "vector": [float(f"{number:.8g}") for number in one.values]}
                for text, one in zip(wanted, found, strict=True)
            ],
        }
        write(json.dumps(answer, ensure_ascii=False) + "\n")
        return 0
    for one in found:
        write(" ".join(f"{number:.6f}" for number in one.values) + "\n")
    return 0
