#!/usr/bin/env python3
"""Prove the Vulkan backend on any Linux machine, with Mesa's software driver in the place of a GPU.

.venv/bin/python packaging/vulkan.py --model FILE [--apt]

Builds the backend (some ten minutes on two cores the first time), adds it to an empty profile as a person would, and
lets the app's own engine answer with all layers on the device and then with the built-in libraries on the CPU. The exit
code is 1 when a layer was not offloaded, the answer is no sane text, or it begins unlike that of the CPU. Computing
takes a minute or two, most of it for the driver to compile the shaders.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging")]

import backend  # noqa: E402  (the path has to be set first)
from devtools import system  # noqa: E402
from devtools.console import SetupError, say  # noqa: E402

from desktopchat.core.backend import BUILT_IN  # noqa: E402
from desktopchat.core.chat import ChatMessage, Role  # noqa: E402
from desktopchat.core.errors import UserError  # noqa: E402
from desktopchat.core.params import LoadParams, SamplingParams  # noqa: E402
from desktopchat.engine.api import Delta, GenerationRequest, ModelLoaded, TokenLogprobs  # noqa: E402
from desktopchat.engine.backends.choice import Backends  # noqa: E402
from desktopchat.engine.backends.folders import Folders  # noqa: E402
from desktopchat.engine.process import ProcessEngine  # noqa: E402
from desktopchat.library.folder import inspect  # noqa: E402

PACKAGES = ("libvulkan-dev", "glslc", "spirv-headers", "mesa-vulkan-drivers")
SECONDS = 120  # for the trial: the first start of the driver is slow
TOKENS = 24
SAME = 3  # tokens at the beginning; then another rounding may have led elsewhere
LOGPROB = 0.15  # that the first token may differ by
_QUESTION = "What is a cat? Answer in one sentence."


@dataclass(frozen=True, slots=True)
class Answer:
    """What a backend answered.

    Attributes:
        tokens: With their log-probabilities.
        devices: Names of those that the model is on.
        offloaded: What llama.cpp says of it: "31/31"; empty when it says nothing.
        seconds: From the request to the end.
    """

    text: str
    tokens: tuple[TokenLogprobs, ...]
    devices: tuple[str, ...]
    offloaded: str
    seconds: float


def main() -> int:
    """Build, answer and compare; return the exit code."""
    options = _options()
    # Without it ggml passes over devices that are a CPU, and the model would be computed without Vulkan.
    os.environ["GGML_VK_VISIBLE_DEVICES"] = "0"
    try:
        provide(install=options.apt)
        pack = options.pack or backend.make("vulkan", options.out, options.work, options.jobs, [], [])
        with tempfile.TemporaryDirectory(prefix="desktopchat-vulkan-") as name:
            there = answer(Path(name), "vulkan", options.model, pack)
            here = answer(Path(name), BUILT_IN, options.model)
    except (SetupError, UserError) as error:
        say(str(error))
        return 1
    for title, one in (("Vulkan", there), ("CPU", here)):
        place = f"{', '.join(one.devices)}, {one.offloaded or 'no'} layers offloaded"
        print(f"{title}: {place}, {len(one.tokens)} tokens in {one.seconds:.1f} s\n  {one.text.strip()!r}")
    faults = list(compare(there, here))
    for fault in faults:
        say(fault)
    print("Vulkan does not work." if faults else "Vulkan works.")
    return 1 if faults else 0


def provide(*, install: bool) -> None:
    """See that what is needed is there.

    Raises:
        SetupError: Something is missing.
    """
    missing = [
        one for one in PACKAGES if subprocess.run(["dpkg", "-s", one], capture_output=True, check=False).returncode
    ]
    if missing and install:
        with tempfile.TemporaryDirectory() as folder:
            system.provide(missing, "Vulkan", Path(folder) / "apt.log")
    elif missing:
        raise SetupError(f"These packages are missing: {' '.join(missing)}. Install them, or give --apt.")


def answer(folder: Path, wanted: str, model: Path, pack: Path | None = None) -> Answer:
    """Let the engine answer with a backend of a profile, all layers on its device.

    Raises:
        UserError: It cannot.
    """
    backends = Backends(Folders(folder / "backends"), folder, lambda: wanted, SECONDS)
    if pack is not None:
        backends.packs.add(pack)
    log = folder / f"{wanted}.log"
    engine = ProcessEngine(log, chooser=backends)
    try:
        params = LoadParams(n_ctx=512, n_gpu_layers=-1 if pack else 0, lookup=False)
        *_, loaded = engine.load(inspect(model), params)
        assert isinstance(loaded, ModelLoaded)
        for warning in loaded.info.warnings:
            say(warning)
        started = time.perf_counter()
        sampling = SamplingParams(temperature=0, max_tokens=TOKENS)
        turns = (ChatMessage(Role.USER, _QUESTION),)
        events = list(engine.generate(GenerationRequest(1, turns, sampling, top_logprobs=1)))
        seconds = time.perf_counter() - started
    finally:
        engine.close()
    deltas = [event for event in events if isinstance(event, Delta)]
    offloaded = re.search(r"offloaded (\d+/\d+) layers", log.read_text("utf-8", "replace"))
    return Answer(
        "".join(delta.text for delta in deltas),
        tuple(token for delta in deltas for token in delta.logprobs),
        tuple(part.device for part in loaded.info.took if part.weights),
        offloaded[1] if offloaded else "",
        seconds,
    )


def compare(there: Answer, here: Answer) -> list[str]:
    """Return what is wrong with an answer of Vulkan, beside that of the CPU."""
    faults = []
    done, _, whole = there.offloaded.partition("/")
    if not whole or done != whole:
        faults.append(f"Not all layers were offloaded: {there.offloaded or 'none'}.")
    if not any("Vulkan" in name for name in there.devices):
        faults.append(f"The model is on {', '.join(there.devices) or 'nothing'}, and not on Vulkan.")
    words = re.findall(r"[A-Za-z]{2,}", there.text)
    if len(set(words)) < 5:
        faults.append("The answer is no sentence.")
    first = [[token.chosen.token for token in one.tokens[:SAME]] for one in (there, here)]
    if len(first[0]) < SAME or first[0] != first[1]:
        faults.append(f"The first {SAME} tokens differ.")
    elif abs(there.tokens[0].chosen.logprob - here.tokens[0].chosen.logprob) > LOGPROB:
        faults.append("The first token is of another probability.")
    return faults


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Prove the Vulkan backend with Mesa's software driver.")
    parser.add_argument("--model", type=Path, required=True, metavar="FILE", help="a GGUF file, best a tiny one")
    parser.add_argument("--apt", action="store_true", help="install the packages of Debian that are missing")
    parser.add_argument("--pack", type=Path, metavar="FILE", help="take this pack and build none")
    out, work = ROOT / "build" / "backends", ROOT / ".venv" / "cache" / "backends"
    parser.add_argument("--out", type=Path, default=out, metavar="FOLDER", help="for the pack")
    parser.add_argument("--work", type=Path, default=work, metavar="FOLDER", help="for what is compiled")
    parser.add_argument("--jobs", type=int, default=os.cpu_count() or 1, metavar="N", help="files compiled at once")
    return parser.parse_args()


if __name__ == "__main__":
    sys.exit(main())
