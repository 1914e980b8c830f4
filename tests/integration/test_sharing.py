"""A model that two processes share through llama.cpp's RPC backend.

The backend takes half a minute to compile from the source of llama.cpp, which is there where a benchmark was run.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import servers

from benchmarks import sharing
from desktopchat.core.address import Place, helper, place_of
from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import EngineCrashedError, EngineError, NetworkError, UserError
from desktopchat.core.params import LoadParams, SamplingParams
from desktopchat.engine.api import GenerationRequest, ModelLoaded
from desktopchat.engine.process import ProcessEngine
from desktopchat.engine.routed import RoutedEngine
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.library.folder import inspect
from desktopchat.network.ledger import Ledger, Purpose
from desktopchat.network.probe import probe


def source() -> Path | None:
    program = servers.llama_server()
    return next(iter(program.parents[2].glob("*/vendor/llama.cpp")), None) if program else None


NEEDS_SOURCE = pytest.mark.skipif(
    source() is None, reason="there is no source of llama.cpp beside a built llama-server"
)


@pytest.fixture(scope="module")
def pack(tmp_path_factory: pytest.TempPathFactory) -> sharing.Pack:
    found = source()
    assert found is not None
    return sharing.build(found, tmp_path_factory.mktemp("rpc"))


@pytest.fixture
def engine(pack: sharing.Pack, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ProcessEngine]:
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(pack.libraries))
    made = ProcessEngine(tmp_path / "engine.log")
    yield made
    made.close()


@NEEDS_SOURCE
def test_two_processes_share_a_model(
    pack: sharing.Pack, tmp_path: Path, starter_model: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(pack.libraries))
    alone = sharing.ask(starter_model, tmp_path, LoadParams(n_ctx=512, lookup=False), 16)
    with sharing.serving(pack) as (address, server):
        before = server.memory_info().rss
        params = LoadParams(n_ctx=512, lookup=False, n_gpu_layers=15, rpc=(address,))
        shared = sharing.ask(starter_model, tmp_path, params, 16)
        assert sharing.peak(server) - before > 40e6, "the server got no share"
    assert address in shared.device
    assert shared.text == alone.text
    assert "offloaded 15/31 layers to GPU" in (tmp_path / "engine.log").read_text("utf-8", "replace")


@NEEDS_SOURCE
def test_a_server_that_ends_is_named(pack: sharing.Pack, engine: ProcessEngine, starter_model: Path) -> None:
    with sharing.serving(pack) as (address, server):
        model = inspect(starter_model)
        *_, last = engine.load(model, LoadParams(n_ctx=512, n_gpu_layers=15, rpc=(address,)))
        assert isinstance(last, ModelLoaded)
        assert last.info.place is Place.BESIDE
        here, there = last.info.took
        assert (here.device, there.device) == ("CPU", "RPC0")
        assert model.shape is not None
        assert here.weights + there.weights == pytest.approx(model.shape.size, rel=0.05)
        assert min(there.weights, there.kv, there.compute) > 1e6
        server.kill()
        server.wait()
        turns = (ChatMessage(Role.USER, "Hello"),)
        with pytest.raises(EngineCrashedError, match="A machine that shares the model broke off"):
            list(engine.generate(GenerationRequest(1, turns, SamplingParams(max_tokens=8))))


def test_a_build_without_the_backend_says_so(tmp_path: Path, starter_model: Path) -> None:
    engine = ProcessEngine(tmp_path / "engine.log")
    try:
        with pytest.raises(EngineError, match="cannot share a model with other machines"):
            list(engine.load(inspect(starter_model), LoadParams(n_ctx=512, rpc=("127.0.0.1:1",))))
        list(engine.load(inspect(starter_model), LoadParams(n_ctx=512)))
    finally:
        engine.close()


def test_nothing_is_shared_before_it_is_written_down_and_can_be_reached(tmp_path: Path, starter_model: Path) -> None:
    ledger = Ledger(tmp_path / "connections.jsonl")

    def before_sharing(helpers: tuple[str, ...]) -> None:
        for one in helpers:
            probe(helper(one), ledger, Purpose.SHARE)

    engine = RoutedEngine(ScriptedEngine(0), lambda: ScriptedEngine(0), before_sharing)
    with pytest.raises(NetworkError, match=r"No server answers at 127\.0\.0\.1:1"):
        list(engine.load(inspect(starter_model), LoadParams(rpc=("127.0.0.1:1",))))
    assert '"share a model", "to": "127.0.0.1:1"' in (tmp_path / "connections.jsonl").read_text("utf-8")
    with pytest.raises(UserError, match="everyone could read"):
        list(engine.load(inspect(starter_model), LoadParams(rpc=("8.8.8.8:50052",))))
    engine.close()


def test_a_share_elsewhere_leaves_this_machine() -> None:
    assert place_of(()) is Place.HERE
    assert place_of(["127.0.0.1:50052"]) is Place.BESIDE
    assert place_of(["127.0.0.1:50052", "192.168.1.7:50052"]) is Place.AWAY
