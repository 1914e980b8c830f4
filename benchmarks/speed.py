"""The bars for speed: prompts, generation, depth, log-probabilities, and a busy machine."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from benchmarks.peers import LlamaServer
from benchmarks.rounds import Result, alternate
from benchmarks.setup import Setup
from benchmarks.wide_model import write_wide

# Both sides draw alike; the values are llama-server's own defaults.
_SAMPLING: dict[str, Any] = {"temperature": 0.8, "top_k": 40, "top_p": 0.95, "min_p": 0.05}
_HOG = "while True: pass"


def generation(setup: Setup) -> Result:
    """Tokens/s over 128 tokens from an empty context, against llama-bench's tg128.

    llama-bench makes its context as large as these tokens; one of 8,192 costs llama.cpp itself 5 % of them on a CPU.
    Both sides are new processes in each round: where their memory lies makes 2 %, in llama.cpp's own programs too.
    """

    def ours() -> float:
        with setup.chat(n_ctx=256) as chat:
            chat.complete("The", 32)  # llama-bench warms up as well
            return chat.complete("The", 129).rate

    pairs = alternate(setup.rounds, ours, lambda: setup.bench.rate(0, 128))
    figures = pairs.figures("desktopchat_tokens_per_second", "llama_bench_tokens_per_second")
    return pairs.result("generation, of llama-bench tg128", pairs.ratio, "least", 0.97, figures)


def prompt(setup: Setup) -> Result:
    """Tokens/s of a prompt of 512 tokens up to its first token, against llama-bench's pp512."""
    with setup.chat() as chat:
        text = chat.prompt_of(512)

        def ours() -> float:
            chat.complete("The", 32)
            run = chat.complete(text, 1)
            return run.usage.prompt_tokens / run.first

        pairs = alternate(setup.rounds, ours, lambda: setup.bench.rate(512, 0))
    figures = pairs.figures("desktopchat_tokens_per_second", "llama_bench_tokens_per_second")
    return pairs.result("prompt, of llama-bench pp512", pairs.ratio, "least", 0.97, figures)


def depth(setup: Setup) -> Result:
    """Tokens/s at a depth of 3,000 tokens, against llama-server with its defaults."""
    with setup.chat(n_ctx=4096) as chat, LlamaServer(setup.server, setup.model, 4096) as server:
        text = chat.prompt_of(3000)
        chat.complete(text, 8, **_SAMPLING)  # both sides have evaluated the prompt before the first round
        server.rate(text, 8, **_SAMPLING)
        pairs = alternate(
            setup.rounds,
            lambda: chat.complete(text, 65, fresh=False, **_SAMPLING).rate,
            lambda: server.rate(text, 65, **_SAMPLING),
        )
    figures = pairs.figures("desktopchat_tokens_per_second", "llama_server_tokens_per_second")
    return pairs.result("at 3,000 tokens, of llama-server", pairs.ratio, "least", 1.1, figures)


def logprobs(setup: Setup) -> Result:
    """Tokens/s with the top 10 log-probabilities against without, on the model itself."""
    with setup.chat() as chat:
        pairs = alternate(
            setup.rounds,
            lambda: chat.complete("The", 129, top_logprobs=10).rate,
            lambda: chat.complete("The", 129).rate,
        )
        size = chat.info.n_vocab
    figures = pairs.figures("with_tokens_per_second", "without_tokens_per_second")
    name = f"top-10 log-probabilities, vocabulary {size:,}"
    return pairs.result(name, pairs.ratio, "least", 0.93, figures)


def wide_logprobs(setup: Setup) -> Result:
    """The same on a model with a vocabulary of 262,144 and random weights."""
    model = write_wide(setup.folder / "wide.gguf")
    with setup.chat(model=model, n_ctx=1024) as chat:
        pairs = alternate(
            setup.rounds,
            lambda: chat.complete("The", 129, top_logprobs=10).rate,
            lambda: chat.complete("The", 129).rate,
        )
    figures = pairs.figures("with_tokens_per_second", "without_tokens_per_second")
    name = "top-10 log-probabilities, vocabulary 262,144"
    return pairs.result(name, pairs.ratio, "least", 0.93, figures)


def busy(setup: Setup) -> Result:
    """Tokens/s while another program keeps one core busy, against the idle machine."""
    with setup.chat() as chat:

        def beside_another() -> float:
            with _busy_core():
                return chat.complete("The", 257).rate

        def alone() -> float:
            chat.complete("The", 64)
            return chat.complete("The", 257).rate

        pairs = alternate(setup.rounds, beside_another, alone)
    figures = pairs.figures("busy_tokens_per_second", "idle_tokens_per_second")
    return pairs.result("beside a busy program, of idle", pairs.ratio, "least", 0.5, figures)


@contextmanager
def _busy_core() -> Iterator[None]:
    # In a session of its own, as another program of the person would be: Linux shares cores by session.
    hog = subprocess.Popen([sys.executable, "-c", _HOG], start_new_session=True)
    try:
        yield
    finally:
        hog.kill()
        hog.wait()
