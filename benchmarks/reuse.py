"""The bars for what is kept: follow-ups, switches, regenerated answers, reopened conversations."""

import itertools
import statistics
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from benchmarks.chat import Chat, Run
from benchmarks.native import Native
from benchmarks.rounds import Pairs, Result, alternate, repeated, words
from benchmarks.setup import Setup

CONVERSATION = 4000  # tokens
_ANSWER = 24  # tokens
# What differs comes first, so that no question finds the beginning of another one in the cache.
_QUESTION = "{}: what else does the text say about these words, and about the way in which all of it ends?"
_MOST_NEW = 64  # tokens of a question with all that the template puts around it


class _Talk:
    """A conversation of 4,000 tokens whose state is in the child's KV cache."""

    def __init__(self, chat: Chat) -> None:
        self._chat = chat
        self._text = chat.prompt_of(min(CONVERSATION, chat.info.n_ctx * 3 // 4) - _ANSWER)
        self.cold = chat.ask([self._text], _ANSWER, "long", temperature=0)
        self._history = [self._text, self.cold.text]
        self._numbers = itertools.count()

    def follow_up(self, chat: Chat | None = None) -> Run:
        """Ask a question that was not asked before."""
        question = _QUESTION.format(words(4, seed=next(self._numbers)))
        return (chat or self._chat).ask([*self._history, question], 2, "long", temperature=0)

    def again(self, chat: Chat | None = None) -> Run:
        """Ask for another answer to the first question."""
        return (chat or self._chat).ask([self._text], 2, "long", seed=next(self._numbers))


@contextmanager
def _native(setup: Setup, chat: Chat, depth: int) -> Iterator[Native]:
    native = Native(setup.model, chat.info.n_ctx, setup.threads, flash=setup.flash)
    try:
        native.fill(depth)
        yield native
    finally:
        native.close()


def follow_up(setup: Setup) -> Result:
    """First token of a follow-up, against the bare evaluation of its new tokens at that depth."""
    with setup.chat("follow-up", n_threads=setup.threads) as chat:
        talk = _Talk(chat)
        talk.follow_up()  # the first one also evaluates what ends the first answer
        pairs, figures = _against_bare(setup, chat, talk, talk.follow_up)
    return pairs.result("follow-up, of its new tokens alone", pairs.ratio, "most", 1.15, figures)


def switch_back(setup: Setup) -> Result:
    """First token after a switch to another conversation and back, beyond the evaluation of its new tokens."""
    other = words(300, seed=99)
    with setup.chat("switch", n_threads=setup.threads) as chat:
        talk = _Talk(chat)

        def switch() -> Run:
            chat.ask([other], 16, "short", temperature=0)
            return talk.follow_up()

        talk.follow_up()
        pairs, figures = _against_bare(setup, chat, talk, switch)
    extra = 1000 * pairs.difference
    return pairs.result("switch back, beyond its new tokens", extra, "most", 100, figures, "ms")


def _against_bare(setup: Setup, chat: Chat, talk: _Talk, ask: Callable[[], Run]) -> tuple[Pairs, dict[str, Any]]:
    """Run a question in turn with the bare evaluation of as many tokens as the one before it evaluated.

    The engine's threads must be fixed: to it, the bare evaluation is a busy program that it would give way to.

    Raises:
        RuntimeError: More than a question was evaluated.
    """
    evaluated = [ask().evaluated]

    def first() -> float:
        run = ask()
        evaluated.append(run.evaluated)
        return run.first

    with _native(setup, chat, talk.cold.usage.prompt_tokens) as native:
        pairs = alternate(setup.rounds, first, lambda: native.seconds(evaluated[-1]))
    if max(evaluated) > _MOST_NEW:
        raise RuntimeError(f"{max(evaluated)} tokens were evaluated for one question")
    figures = {"new_tokens": evaluated, "conversation_tokens": talk.cold.usage.prompt_tokens}
    return pairs, figures | pairs.figures("first_token_seconds", "bare_evaluation_seconds")


def regenerate(setup: Setup) -> Result:
    """Prompt tokens that another answer to the same question evaluates."""
    with setup.chat("regenerate") as chat:
        talk = _Talk(chat)
        runs = [talk.again() for _ in range(setup.rounds)]
    figures = {"first_token_seconds": [round(run.first, 4) for run in runs]}
    most = max(run.evaluated for run in runs)
    return Result("regenerate, prompt tokens evaluated", most, "most", 0, "tokens", figures)


def reopen(setup: Setup) -> list[Result]:
    """First token in a new process, with the state from disk, of what it takes to evaluate the conversation again.

    A retry evaluates nothing; of a question the bare evaluation of its own tokens is taken off.
    """
    with setup.chat("reopen") as chat:
        talk = _Talk(chat)
        talk.follow_up()
        chat.engine.forget("long")

        def evaluate_again() -> float:
            chat.engine.forget("long")
            return talk.follow_up().first

        cold = repeated(min(2, setup.rounds), evaluate_again)
    again = statistics.median(cold.first)

    def reopened(ask: Callable[[Chat], Run]) -> Run:
        with setup.chat("reopen", n_threads=setup.threads) as later:
            later.complete("The", 8)  # the model is loaded and warm
            return ask(later)

    question, figures = _against_bare(setup, chat, talk, lambda: reopened(talk.follow_up))
    retry = repeated(setup.rounds, lambda: reopened(talk.again).first)
    cold_figures = {"evaluated_again_seconds": cold.first}
    retry_figures = {"first_token_seconds": retry.first} | cold_figures
    results = [
        question.result(
            "reopened, beyond its new tokens", question.difference / again, "most", 0.02, figures | cold_figures
        ),
        retry.result("reopened, a retry", statistics.median(retry.first) / again, "most", 0.02, retry_figures),
    ]
    return [replace(one, notes=one.notes + cold.notes, disturbed=one.disturbed or cold.disturbed) for one in results]
