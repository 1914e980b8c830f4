"""Whether a model of the hub fits is told from its header alone, before anything is downloaded."""

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
from file_server import FileServer
from gguf_maker import write_gguf
from model_zoo import MAKERS, write_model
from pytestqt.qtbot import QtBot
from running_app import running_app

from desktopchat.cli import main
from desktopchat.core.endpoint import endpoint
from desktopchat.core.errors import HubError, LineError, ModelFileError, UserError
from desktopchat.core.fit import FitPlace
from desktopchat.core.gguf import read_header
from desktopchat.core.hub import HubModel, HubRepo
from desktopchat.core.hub_file import HubFile
from desktopchat.core.hub_names import arranged
from desktopchat.core.model_shape import shape_of
from desktopchat.core.params import LoadParams
from desktopchat.library import remote_header
from desktopchat.library.remote_header import read_remote_headers
from desktopchat.network.connection import Connection, Patience
from desktopchat.network.fetching import Fetcher
from desktopchat.network.ledger import Ledger


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[FileServer]:
    with FileServer() as made:
        monkeypatch.setenv("HF_ENDPOINT", made.url)
        yield made


def fetcher(hub: FileServer, folder: Path) -> Fetcher:
    ledger = Ledger(folder / "connections.jsonl")
    return Fetcher(endpoint(hub.url), lambda to, key: Connection(to, ledger, key), patience=Patience(5, 5))


@pytest.mark.parametrize("architecture", MAKERS)
def test_header_there_is_the_header_here(hub: FileServer, architecture: str, tmp_path: Path) -> None:
    path = write_model(tmp_path / f"{architecture}.gguf", architecture)
    file = hub.add(path.name, path)
    assert read_remote_headers(fetcher(hub, tmp_path), [file]) == read_header(path)


def test_only_the_header_is_fetched(hub: FileServer, starter_model: Path, tmp_path: Path) -> None:
    file = hub.add("starter.gguf", starter_model)
    header = read_remote_headers(fetcher(hub, tmp_path), [file])
    assert header == read_header(starter_model)
    assert hub.sent <= header.data_offset + (1 << 20)
    assert "look whether a model fits" in (tmp_path / "connections.jsonl").read_text("utf-8")


def test_parts_are_one_model(hub: FileServer, tmp_path: Path) -> None:
    whole = read_header(write_model(tmp_path / "llama.gguf", "llama"))
    files = [hub.add(f"tiny-0000{number}-of-00002.gguf", tmp_path / "llama.gguf") for number in (1, 2)]
    both = read_remote_headers(fetcher(hub, tmp_path), files)
    assert both.tensors == whole.tensors * 2
    assert both.file_size == 2 * whole.file_size


def test_each_trouble_has_its_sentence(hub: FileServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = hub.add("tiny.gguf", write_gguf(tmp_path / "tiny.gguf"))

    def refused(kind: type[UserError], file: HubFile = file) -> str:
        with pytest.raises(kind) as caught:
            read_remote_headers(fetcher(hub, tmp_path), [file])
        return str(caught.value)

    hub.fail("cdn", ignores_range=True)
    assert "gives no parts of files" in refused(HubError)
    hub.fail("cdn", begins_at=7)
    assert "broke off" in refused(LineError)
    hub.fail("cdn", drop_after=10)
    assert "broke off" in refused(LineError)
    hub.fail("hub", status=503)
    assert "has trouble of its own" in refused(UserError)
    assert "does not have this file" in refused(HubError, HubFile(file.repo, file.commit, "gone.gguf", 99, ""))
    assert "is not a GGUF model" in refused(ModelFileError, hub.add("text.gguf", b"some text that is no model"))
    assert "is cut off" in refused(ModelFileError, hub.add("cut.gguf", (tmp_path / "tiny.gguf").read_bytes()[:200]))
    monkeypatch.setattr(remote_header, "MOST", 100)
    assert "too long to look at" in refused(HubError)


def test_terminal_tells_of_what_is_here_and_there(
    hub: FileServer, starter_model: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    content = starter_model.read_bytes()
    hub.add("smol-Q4_1.gguf", content)
    hub.add("smol-Q8_0.gguf", content + bytes(50_000_000))
    hub.add("smol-Q2_K-00002-of-00002.gguf", content)

    def without_free(told: dict[str, object]) -> dict[str, object]:
        return {name: value for name, value in told.items() if name != "free"}  # which changes all the time

    def fit(*arguments: str) -> list[dict[str, object]]:
        assert main(["models", "fit", *arguments, "--json", "--data-dir", str(tmp_path)]) == 0
        found: list[dict[str, object]] = json.loads(capsys.readouterr().out, object_hook=without_free)
        return found

    lacking, small, large = fit("acme/tiny-GGUF", "--context", "2048")
    assert (lacking["quant"], lacking["fits"]) == ("Q2_K", None), "a part is missing"
    (local,) = fit(str(starter_model), "--context", "2048")
    assert {**small, "recommended": False, "quant": "Q4_1"} == local
    assert (small["fits"], small["context"], small["recommended"]) == ("cpu", 2048, False)
    assert (large["fits"], large["recommended"]) == ("cpu", True)
    assert hub.sent < 5 << 20
    assert [one["quant"] for one in fit("acme/tiny-GGUF:q8_0")] == ["Q8_0"]
    assert main(["models", "fit", "acme/tiny-GGUF:Q5_K", "--data-dir", str(tmp_path)]) == 1
    assert "Choose one of" in capsys.readouterr().err


def test_window_tells_how_each_variant_fits(qtbot: QtBot, hub: FileServer, starter_model: Path, tmp_path: Path) -> None:
    content = starter_model.read_bytes()
    files = [hub.add("smol-Q4_1.gguf", content), hub.add("smol-Q8_0.gguf", content + bytes(50_000_000))]
    variants, _, _ = arranged(files)
    repo = HubRepo(HubModel("acme/tiny-GGUF"), files[0].commit, variants)
    with running_app(qtbot, tmp_path, LoadParams(n_ctx=2048)) as app:
        app.preferences.set("hub.endpoint", hub.url)
        with qtbot.waitSignal(app.fits.fitted, timeout=20_000) as seen:
            app.fits.look_at(repo)
        _, found = seen.args
        assert [(one.variant.quant, one.fit.place) for one in found] == [
            ("Q4_1", FitPlace.CPU),
            ("Q8_0", FitPlace.CPU),
        ]
        assert shape_of(read_header(starter_model)).n_ctx_train == found[0].fit.most_n_ctx
        hub.fail("cdn", status=500, times=9)
        with qtbot.waitSignal(app.fits.failed, timeout=20_000):
            app.fits.look_at(repo)
        with qtbot.assertNotEmitted(app.fits.fitted, wait=0):
            app.fits.look_at(repo)
            app.fits.leave()
