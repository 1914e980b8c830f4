"""The contract of all engines over RemoteEngine, against real servers.

llama.cpp's own server takes a long time to build, so it is asked where there is one: `DESKTOPCHAT_LLAMA_SERVER` names
it, and a run of benchmarks/setup.py leaves one behind. The other server comes with the packages of the tests.
"""

import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
from test_engine_contract import (  # noqa: F401  (these tests are collected here once more)
    loaded,
    reasons,
    request,
    test_a_bad_parameter_is_refused_with_its_range,
    test_a_cancel_before_the_start_counts,
    test_a_cancel_ends_it_and_keeps_the_text,
    test_a_cancel_from_another_thread_reaches_a_running_answer,
    test_a_cancel_of_an_old_answer_changes_nothing,
    test_a_closed_iterator_leaves_the_engine_usable,
    test_a_plain_prompt_is_continued,
    test_a_shorter_limit_counts_from_the_next_token_on,
    test_an_answer_streams_and_is_accounted_for,
    test_an_empty_prompt_is_refused,
    test_backend_info_needs_no_model,
    test_n_answers_come_at_once,
    test_unload_gives_the_model_back,
    test_without_a_model_nothing_is_answered,
    text_of,
    user,
)

from desktopchat.core.address import Place, ServerAddress
from desktopchat.core.chat import ChatMessage, FinishReason, Role
from desktopchat.core.errors import CancelledError, ContextOverflowError, NetworkError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    Engine,
    GenerationFinished,
    GenerationRequest,
    LoadProgress,
    ModelLoaded,
    PromptProgress,
)
from desktopchat.engine.remote.engine import RemoteEngine
from desktopchat.network.connection import Connection
from desktopchat.network.ledger import Ledger

LLAMA = pytest.param(
    "llama-server",
    marks=pytest.mark.skipif(
        servers.llama_server() is None,
        reason=f"{servers.PROGRAM_VARIABLE} names no llama-server, and benchmarks/setup.py has built none",
    ),
)


@pytest.fixture(scope="module", params=[LLAMA, "llama_cpp.server"])
def server(request: pytest.FixtureRequest, starter_model: Path) -> Iterator[tuple[str, str]]:
    with servers.running(request.param, starter_model) as address:
        yield request.param, address


@pytest.fixture
def kind(server: tuple[str, str]) -> str:
    return server[0]


@pytest.fixture
def model(server: tuple[str, str], starter_model: Path) -> ModelFile:
    name = str(starter_model) if server[0] == "llama-server" else "starter"
    return ModelFile.at(ServerAddress.parse(server[1]).of_model(name))


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    ledger = Ledger(tmp_path / "connections.jsonl")
    made = RemoteEngine(lambda address, key: Connection(address, ledger, key), lambda _: None)
    yield made
    made.close()
    made.close()


def test_a_load_reports_progress_and_ends_with_the_model(engine: Engine, model: ModelFile, kind: str) -> None:
    *progress, last = engine.load(model, LoadParams())
    fractions = [event.fraction for event in progress if isinstance(event, LoadProgress)]
    assert len(fractions) == len(progress) > 1
    assert fractions == sorted(fractions)
    assert fractions[-1] == 1
    assert isinstance(last, ModelLoaded)
    assert last.info.file == model
    assert last.info.n_ctx == (servers.N_CTX if kind == "llama-server" else 0)
    assert last.info.place is Place.BESIDE
    assert last.info.estimates == (kind != "llama-server")


def test_the_only_model_need_not_be_named(engine: Engine, model: ModelFile) -> None:
    nameless = ModelFile.at(ServerAddress.parse(model.path).of_model(""))
    *_, last = engine.load(nameless, LoadParams())
    assert isinstance(last, ModelLoaded)
    assert last.info.file == model


def test_prompt_progress_reaches_the_whole_prompt(loaded: Engine, kind: str) -> None:  # noqa: F811
    events = list(loaded.generate(request(user("word " * 700))))
    progress = [event for event in events if isinstance(event, PromptProgress)]
    assert len(progress) >= (4 if kind == "llama-server" else 2)
    assert [p.done for p in progress] == sorted(p.done for p in progress)
    assert progress[-1].done == progress[-1].total >= 700


def test_a_stop_string_ends_it_unseen(loaded: Engine, kind: str) -> None:  # noqa: F811
    sampling = SamplingParams(temperature=0, max_tokens=8)
    plain = text_of(list(loaded.generate(request(user("Tell me a long story."), sampling=sampling))))
    stop = plain.strip().split()[1]
    sampling = SamplingParams(temperature=0, max_tokens=8, stop=(stop,))
    events = list(loaded.generate(request(user("Tell me a long story."), sampling=sampling)))
    assert reasons(events) == [FinishReason.STOP]
    assert plain.startswith(text_of(events))
    assert stop not in text_of(events)
    # Only llama-server is not told of it, so that we know which one it was; the others save tokens that cost money.
    told = next(event.stop for event in events if isinstance(event, ChoiceFinished))
    assert told == (stop if kind == "llama-server" else "")


def test_a_load_is_abandoned(engine: Engine, model: ModelFile) -> None:
    events = engine.load(model, LoadParams())
    next(events)
    engine.interrupt()
    with pytest.raises(CancelledError):
        list(events)
    list(engine.load(model, LoadParams()))
    assert text_of(list(engine.generate(request(user("Tell me a long story.")))))


def test_a_prompt_beyond_the_context_is_refused(loaded: Engine, kind: str) -> None:  # noqa: F811
    with pytest.raises(ContextOverflowError if kind == "llama-server" else NetworkError) as caught:
        list(loaded.generate(request(user("word " * 5000))))
    # The other server begins an answer before it looks at the prompt, and then can only say nothing.
    told = "5,031 tokens, but the context window holds 1,024" if kind == "llama-server" else "sent an empty answer"
    assert told in caught.value.cause
    assert reasons(list(loaded.generate(request(user("Tell me a long story."))))) == [FinishReason.LENGTH]


def test_an_answer_is_continued_or_refused(loaded: Engine, kind: str) -> None:  # noqa: F811
    begun = ChatMessage(Role.ASSISTANT, "The three primary colours are red,")
    wanted = request(user("Name the primary colours."), begun, sampling=SamplingParams(temperature=0, max_tokens=6))
    if kind != "llama-server":
        with pytest.raises(NetworkError, match="cannot continue"):
            list(loaded.generate(wanted))
        return
    events = list(loaded.generate(wanted))
    assert "red" not in text_of(events)[:4]
    assert "blue" in text_of(events) or "yellow" in text_of(events) or "green" in text_of(events)


def test_the_seed_repeats_an_answer(loaded: Engine) -> None:  # noqa: F811
    def answer(seed: int) -> str:
        sampling = SamplingParams(max_tokens=20, seed=seed, temperature=1)
        return text_of(list(loaded.generate(request(user("Tell me a story."), sampling=sampling))))

    answer(1)  # the first one evaluates the prompt in one batch, the others from the cache
    assert answer(1) == answer(1)
    assert answer(1) != answer(2)


def test_a_seed_that_was_drawn_is_reported(loaded: Engine) -> None:  # noqa: F811
    seeds = {
        event.seed
        for _ in range(3)
        for event in loaded.generate(request(user("Tell me."), sampling=SamplingParams(max_tokens=2)))
        if isinstance(event, ChoiceFinished)
    }
    assert len(seeds) == 3


def test_probabilities_come_with_each_token(loaded: Engine, kind: str) -> None:  # noqa: F811
    wanted = GenerationRequest(
        request().id, (user("Tell me about cats."),), SamplingParams(max_tokens=4, seed=1), top_logprobs=3
    )
    if kind != "llama-server":
        pytest.skip("this server must be started with logits_all, which makes it several times as slow")
    entries = [entry for event in loaded.generate(wanted) if isinstance(event, Delta) for entry in event.logprobs]
    assert len(entries) == 4
    assert all(len(entry.top) == 3 and entry.chosen.logprob <= 0 for entry in entries)


def test_the_reading_of_a_prompt_is_abandoned_at_once(loaded: Engine) -> None:  # noqa: F811
    wanted = request(user("hello world " * 400))
    timer = threading.Timer(0.3, loaded.cancel, [wanted.id])
    timer.start()
    events = list(loaded.generate(wanted))
    timer.join()
    assert reasons(events) == [FinishReason.CANCELLED]
    assert text_of(events) == ""
    assert reasons(list(loaded.generate(request(user("Tell me a long story."))))) == [FinishReason.LENGTH]


def test_the_oldest_turns_are_left_out_when_that_is_allowed(loaded: Engine, kind: str) -> None:  # noqa: F811
    if kind != "llama-server":
        pytest.skip("this server does not say that a prompt is too long")
    turns = [user("word " * 600), ChatMessage(Role.ASSISTANT, "yes"), user("word " * 600)]
    wanted = GenerationRequest(request().id, tuple(turns), SamplingParams(max_tokens=4, seed=1), overflow="drop_oldest")
    *_, last = loaded.generate(wanted)
    assert isinstance(last, GenerationFinished)
    assert last.usage.left_out_messages == 2
