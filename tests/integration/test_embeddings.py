"""Vectors of texts, compared with those of llama.cpp's own server and of its API called by hand."""

import ctypes
import itertools
import json
from collections.abc import Iterator
from pathlib import Path
from urllib.request import Request, urlopen

import llama_cpp
import numpy as np
import pytest
import servers

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.embedding import Embedding
from desktopchat.core.errors import EmptyPromptError, EngineError, NoModelError, PurposeError, TextTooLongError
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import Delta, Engine, GenerationRequest, ModelInfo, ModelLoaded
from desktopchat.engine.child import create_engine
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect
from desktopchat.library.shelf import Library
from tests.tiny_models import EMBEDDING, write_tiny

TEXTS = ("the cat sat on the mat", "a dog ran", "the bright moon, the old river mill")
IDS = itertools.count(1)
POOLINGS = {"mean": 1, "cls": 2, "last": 3}
# llama.cpp keeps the one it was given last, which may have gone with the engine of another test.
QUIET = llama_cpp.llama_log_callback(lambda *_: None)


def load(engine: Engine, path: Path, **params: int) -> ModelInfo:
    *_, last = engine.load(inspect(path), LoadParams(**params))
    assert isinstance(last, ModelLoaded)
    return last.info


def answered(engine: Engine) -> str:
    sampling = SamplingParams(temperature=0, max_tokens=4)
    request = GenerationRequest(next(IDS), (ChatMessage(Role.USER, "Hello"),), sampling)
    return "".join(event.text for event in engine.generate(request) if isinstance(event, Delta))


def numbers(embedding: Embedding) -> "np.ndarray[tuple[int], np.dtype[np.float64]]":
    return np.array(embedding.values)


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    made = ProcessEngine(tmp_path / "engine.log")
    yield made
    made.close()


@pytest.fixture
def bert(tmp_path: Path) -> Path:
    return write_tiny(tmp_path / "bert.gguf", "bert")


def by_hand(path: Path, texts: tuple[str, ...], pooling: int) -> list["np.ndarray[tuple[int], np.dtype[np.float64]]"]:
    """Return vectors from llama.cpp's API, each text in a context of its own."""
    llama_cpp.llama_log_set(QUIET, ctypes.c_void_p(0))
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
    vocab = llama_cpp.llama_model_get_vocab(model)
    found = []
    for text in texts:
        params = llama_cpp.llama_context_default_params()
        params.n_ctx = params.n_batch = params.n_ubatch = 64
        params.embeddings, params.pooling_type, params.n_threads = True, pooling, 1
        context = llama_cpp.llama_init_from_model(model, params)
        tokens = (llama_cpp.llama_token * 64)()
        count = llama_cpp.llama_tokenize(vocab, text.encode(), len(text.encode()), tokens, 64, True, False)
        assert llama_cpp.llama_decode(context, llama_cpp.llama_batch_get_one(tokens, count)) == 0
        pointer = llama_cpp.llama_get_embeddings_seq(context, 0)
        found.append(np.array(pointer[: llama_cpp.llama_model_n_embd(model)]))
        llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return [vector / np.linalg.norm(vector) for vector in found]


@pytest.mark.parametrize("pooling", POOLINGS)
def test_vectors_are_those_of_the_api_for_every_pooling(engine: Engine, tmp_path: Path, pooling: str) -> None:
    path = write_tiny(tmp_path / "bert.gguf", "bert", **{"bert.pooling_type": POOLINGS[pooling]})
    info = load(engine, path)
    assert info.file.pooling == pooling
    assert info.n_ctx == 64
    ours = engine.embed(TEXTS)
    for one, other in zip(ours, by_hand(path, TEXTS, POOLINGS[pooling]), strict=True):
        assert len(one.values) == EMBEDDING
        np.testing.assert_allclose(numbers(one), other, atol=2e-4)
        assert np.linalg.norm(numbers(one)) == pytest.approx(1, abs=1e-6)
    # Begin and end of the text are tokens too.
    assert [one.tokens for one in ours] == [8, 5, 10]


def test_a_decoder_gives_the_vectors_of_the_api_beside_its_answers(engine: Engine, tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "llama.gguf")
    load(engine, path)
    texts = ("the cat sat", "the dog ran")
    for one, other in zip(engine.embed(texts), by_hand(path, texts, POOLINGS["mean"]), strict=True):
        np.testing.assert_allclose(numbers(one), other, atol=2e-4)
    answer = answered(engine)
    assert engine.embed(texts) == engine.embed(texts)
    assert answered(engine) == answer


def test_many_texts_at_once_are_each_text_alone(engine: Engine, bert: Path) -> None:
    load(engine, bert)
    texts = [f"the {'cat ' * (number % 20)}sat on {'mat ' * (number % 7)}" for number in range(150)]
    together = engine.embed(texts)
    for text, one in zip(texts, together, strict=True):
        (alone,) = engine.embed([text])
        assert alone.tokens == one.tokens
        np.testing.assert_allclose(numbers(alone), numbers(one), atol=2e-4)


def test_what_is_alike_is_near(engine: Engine, starter_model: Path) -> None:
    load(engine, starter_model)
    cats, kittens, taxes = engine.embed(
        ["The cat sleeps on the sofa.", "A kitten is sleeping on the couch.", "Corporate tax rates rose in 2019."]
    )
    assert cats.similarity(kittens) > cats.similarity(taxes) + 0.05
    assert cats.similarity(cats) == pytest.approx(1, abs=1e-5)


def test_a_text_that_is_too_long_or_empty_is_refused_by_its_number(engine: Engine, bert: Path) -> None:
    load(engine, bert)
    with pytest.raises(TextTooLongError, match=r"Text 2 has 72 tokens, but at most 64"):
        engine.embed(["the cat", "cat " * 70])
    with pytest.raises(EmptyPromptError, match="Text 1 is empty"):
        engine.embed([" ", "cat"])
    assert engine.embed([]) == ()
    assert len(engine.embed(["cat"])) == 1


def test_without_a_model_there_are_no_vectors(engine: Engine) -> None:
    with pytest.raises(NoModelError):
        engine.embed(["cat"])


def test_a_model_for_vectors_is_not_offered_for_a_chat_and_says_why(engine: Engine, bert: Path) -> None:
    write_tiny(bert.parent / "answers.gguf")
    folder = bert.parent
    models = Library(folder, folder / "library.json", folder / "headers.json").models()
    assert [model.name for model in models if model.answers] == ["answers"]
    load(engine, bert)
    with pytest.raises(PurposeError, match=r"bert compares texts and writes none\. Choose a model that answers"):
        list(engine.generate(GenerationRequest(1, (ChatMessage(Role.USER, "Hello"),))))
    with pytest.raises(PurposeError):
        engine.count_tokens([ChatMessage(Role.USER, "Hello")])
    engine.forget("1")
    assert len(engine.embed(["cat"])) == 1


def test_a_model_that_judges_pairs_has_no_vectors(engine: Engine, tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "judge.gguf", "bert", **{"bert.pooling_type": 4})
    (model,) = Library(tmp_path, tmp_path / "library.json", tmp_path / "headers.json").models()
    assert not model.answers
    with pytest.raises(EngineError, match="judges how well two texts match"):
        load(engine, path)


def test_what_stands_in_a_text_is_no_control_token(tmp_path: Path) -> None:
    engine = create_engine("llama")
    load(engine, write_tiny(tmp_path / "llama.gguf"))
    (plain,) = engine.embed(["</s>"])
    assert plain.tokens == len("</s>") + 4  # the begin, and a space of three bytes before the text
    engine.close()


@pytest.mark.skipif(servers.llama_server() is None, reason=f"{servers.PROGRAM_VARIABLE} names no llama-server")
@pytest.mark.parametrize("kind", ["bert", "starter"])
def test_vectors_are_those_of_llama_server(engine: Engine, bert: Path, starter_model: Path, kind: str) -> None:
    path = bert if kind == "bert" else starter_model
    load(engine, path, n_ctx=64 if kind == "bert" else 512)
    ours = engine.embed(TEXTS)
    options = ["--embeddings", "--pooling", "mean", "-ub", "256"]
    with servers.running("llama-server", path, *options) as address:
        body = json.dumps({"input": TEXTS, "encoding_format": "float"}).encode()
        request = Request(f"{address}/v1/embeddings", body, {"Content-Type": "application/json"})
        with urlopen(request, timeout=60) as answer:
            theirs = json.load(answer)
    for one, other in zip(ours, theirs["data"], strict=True):
        np.testing.assert_allclose(numbers(one), np.array(other["embedding"]), atol=3e-4)
    assert sum(one.tokens for one in ours) == theirs["usage"]["prompt_tokens"]
