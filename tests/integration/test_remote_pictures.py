"""Pictures and vectors over a server: what is sent, and what is made of its answers."""

import base64
import itertools
import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import servers
from faulty_server import FaultyServer, answer, models
from remote_rig import HELLO, Rig

from desktopchat.core.address import ServerAddress
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import EmptyPromptError, NetworkError, NoModelError, PictureError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.core.picture import Picture
from desktopchat.engine.api import Delta, Engine, GenerationFinished, GenerationRequest
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.engine.remote.engine import RemoteEngine
from desktopchat.library.folder import inspect
from desktopchat.network.connection import Connection
from desktopchat.network.ledger import Ledger
from tests.pictures import gif, jpeg, png
from tests.tiny_models import write_tiny
from tests.tiny_projectors import write_projector

IDS = itertools.count(1)
CAT = Picture.of(png(60, 40, seed=1))


def shown(*pictures: Picture, text: str = "What is it?") -> GenerationRequest:
    return GenerationRequest(next(IDS), (ChatMessage(Role.USER, text, pictures=pictures),), SamplingParams(seed=1))


def test_pictures_go_as_parts_of_the_message_before_its_words(rig: Rig, server: FaultyServer) -> None:
    server.chat(answer("A cat"))
    assert rig.load(server.address).info.sees
    rig.ask(shown(CAT, Picture.of(jpeg())))
    rig.ask(shown(Picture.of(gif()), text=""))
    rig.ask(HELLO)
    two, one, none = (exchange.fields["messages"][0]["content"] for exchange in server.asked())
    assert [part["type"] for part in two] == ["image_url", "image_url", "text"]
    address = two[0]["image_url"]["url"]
    assert address.startswith("data:image/png;base64,")
    assert base64.b64decode(address.partition(",")[2]) == CAT.data
    assert two[1]["image_url"]["url"].startswith("data:image/jpeg;base64,")
    assert two[2]["text"] == "What is it?"
    assert [part["type"] for part in one] == ["image_url"]
    assert none == "Hello"


def test_a_server_that_refuses_pictures_says_so_itself(rig: Rig, server: FaultyServer) -> None:
    words = "image input is not supported by this model"
    server.chat(lambda one: one.reply(400, {"error": {"message": words, "type": "invalid_request_error"}}))
    rig.load(server.address)
    error = rig.fault(shown(CAT))
    assert isinstance(error, NetworkError)
    assert words in error.details
    assert error.cure


def test_a_server_that_tells_that_it_is_blind_is_believed(rig: Rig, server: FaultyServer) -> None:
    server.on("GET /v1/models", models("one", owned_by="llamacpp"))
    server.on("GET /props", lambda one: one.reply(200, {"total_slots": 1, "modalities": {"vision": False}}))
    assert not rig.load(server.address).info.sees
    server.on("GET /props", lambda one: one.reply(200, {"total_slots": 1, "modalities": {"vision": True}}))
    assert rig.load(server.address).info.sees
    server.on("GET /props", lambda one: one.reply(200, {"total_slots": 1, "modalities": "none"}))
    assert rig.load(server.address).info.sees


def test_a_damaged_picture_is_not_sent(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    with pytest.raises(PictureError):
        rig.ask(shown(Picture.of(b"\x89PNG\r\n\x1a\n nothing")))
    assert not server.asked()


def test_pictures_count_in_an_estimate(rig: Rig, server: FaultyServer) -> None:
    rig.load(server.address)
    alone = rig.engine.count_tokens(shown().messages)
    assert rig.engine.count_tokens(shown(CAT, CAT).messages) > alone + 500


# --- vectors ---------------------------------------------------------------------------------------------


def vectors(*numbers: list[float], tokens: int = 6) -> dict[str, object]:
    data = [{"index": place, "embedding": one} for place, one in enumerate(numbers)]
    return {"data": data[::-1], "usage": {"prompt_tokens": tokens, "total_tokens": tokens}}


def test_vectors_come_in_the_order_of_the_texts_with_length_1(rig: Rig, server: FaultyServer) -> None:
    server.on("POST /v1/embeddings", lambda one: one.reply(200, vectors([3.0, 4.0], [0.0, 2.0])))
    rig.load(server.address)
    first, second = rig.engine.embed(["aaaa", "bb"])
    assert first.values == pytest.approx((0.6, 0.8))
    assert second.values == pytest.approx((0, 1))
    assert (first.tokens, second.tokens) == (4, 2)
    (asked,) = server.asked("POST /v1/embeddings")
    assert asked.fields == {"model": "one", "input": ["aaaa", "bb"], "encoding_format": "float"}
    assert [line["purpose"] for line in rig.ledger() if "purpose" in line][-1] == "make vectors"


def test_many_texts_go_in_several_requests(rig: Rig, server: FaultyServer) -> None:
    def reply(exchange: object) -> None:
        texts = exchange.fields["input"]  # type: ignore[attr-defined]
        exchange.reply(200, vectors(*[[float(len(text)), 1.0] for text in texts]))  # type: ignore[attr-defined]

    server.on("POST /v1/embeddings", reply)
    rig.load(server.address)
    found = rig.engine.embed(["x" * (number + 1) for number in range(150)])
    assert len(found) == 150
    assert [len(one.fields["input"]) for one in server.asked("POST /v1/embeddings")] == [64, 64, 22]
    assert found[99].values[0] / found[99].values[1] == pytest.approx(100)


@pytest.mark.parametrize(
    ("status", "body", "words"),
    [
        (501, {"error": {"message": "This server does not support embeddings."}}, "failed inside"),
        (404, {"error": {"message": "no such route"}}, "no such service"),
        (400, {"error": {"message": "no pooling"}}, "refused the request"),
        (200, {"data": []}, ""),
        (200, {"data": [{"index": 0, "embedding": []}]}, ""),
        (200, {"data": [{"index": 5, "embedding": [1.0]}]}, ""),
        (200, {"data": "nothing"}, ""),
        (200, {"data": [{"index": 0, "embedding": ["x"]}]}, ""),
    ],
)
def test_what_goes_wrong_is_told_in_a_sentence(
    rig: Rig, server: FaultyServer, status: int, body: dict[str, object], words: str
) -> None:
    server.on("POST /v1/embeddings", lambda one: one.reply(status, json.dumps(body).encode()))
    rig.load(server.address)
    with pytest.raises(NetworkError) as refused:
        rig.engine.embed(["Hello"])
    assert words in refused.value.cause
    assert refused.value.cure


def test_without_a_model_or_a_text_there_is_no_request(rig: Rig, server: FaultyServer) -> None:
    with pytest.raises(NoModelError):
        rig.engine.embed(["Hello"])
    rig.load(server.address)
    with pytest.raises(EmptyPromptError, match="Text 2"):
        rig.engine.embed(["Hello", ""])
    assert rig.engine.embed([]) == ()
    assert not server.asked("POST /v1/embeddings")


# --- llama.cpp's own server ------------------------------------------------------------------------------

needs_server = pytest.mark.skipif(
    servers.llama_server() is None, reason=f"{servers.PROGRAM_VARIABLE} names no llama-server"
)


@pytest.fixture
def remote(tmp_path: Path) -> Iterator[RemoteEngine]:
    ledger = Ledger(tmp_path / "connections.jsonl")
    made = RemoteEngine(lambda address, key: Connection(address, ledger, key), lambda _: None)
    yield made
    made.close()


def answered(engine: Engine, request: GenerationRequest) -> tuple[list[tuple[int, float]], int]:
    events = list(engine.generate(request))
    tokens = [one.chosen for event in events if isinstance(event, Delta) for one in event.logprobs]
    assert isinstance(events[-1], GenerationFinished)
    return [(one.token, one.logprob) for one in tokens], events[-1].usage.prompt_tokens


@needs_server
@pytest.mark.parametrize(("kind", "architecture"), [("mlp", "llama"), ("qwen2vl_merger", "qwen2vl")])
def test_an_answer_to_a_picture_is_that_of_llama_server(
    remote: RemoteEngine, tmp_path: Path, kind: str, architecture: str
) -> None:
    path = write_tiny(tmp_path / "model.gguf", architecture, **{f"{architecture}.context_length": 2048})
    projector = write_projector(tmp_path / "mmproj-f16.gguf", kind)
    message = ChatMessage(Role.USER, "What is it?", pictures=(CAT,))
    sampling = SamplingParams(temperature=0, max_tokens=6, seed=1)
    request = GenerationRequest(next(IDS), (message,), sampling, top_logprobs=1)
    local = LlamaEngine()
    list(local.load(inspect(path), LoadParams(n_ctx=servers.N_CTX, flash_attn="off")))
    ours, length = answered(local, request)
    local.close()
    with servers.running("llama-server", path, "--mmproj", str(projector), "-fa", "off", "--jinja") as address:
        list(remote.load(ModelFile.at(ServerAddress.parse(address)), LoadParams()))
        theirs, their_length = answered(remote, request)
    assert length == their_length
    # The server keeps back the tokens of a letter that did not become whole.
    assert len(theirs) >= 3
    for (token, number), (their_token, their_number) in zip(ours, theirs, strict=False):
        assert token == their_token
        assert number == pytest.approx(their_number, abs=2e-3)


@needs_server
def test_vectors_of_llama_server_come_with_length_1(remote: RemoteEngine, tmp_path: Path) -> None:
    path = write_tiny(tmp_path / "bert.gguf", "bert")
    local = LlamaEngine()
    list(local.load(inspect(path), LoadParams()))
    texts = ["the cat sat", "a dog ran on the old mill"]
    ours = local.embed(texts)
    local.close()
    with servers.running("llama-server", path, "--embeddings") as address:
        list(remote.load(ModelFile.at(ServerAddress.parse(address)), LoadParams()))
        theirs = remote.embed(texts)
    for one, other in zip(ours, theirs, strict=True):
        assert one.similarity(other) == pytest.approx(1, abs=1e-3)
