"""`desktopchat models`: the model hub in the terminal."""

import io
import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from hub_server import TOKEN, HubServer, Repo
from key_rings import MemoryKeyring

from desktopchat.cli import main
from tests.gguf_maker import gguf, write_gguf
from tests.model_folders import ollama

TINY = Repo(
    "acme/tiny-GGUF",
    {
        "README.md": b"---\nlicense: mit\n---\n# Tiny\n",
        "tiny-Q4_K_M.gguf": 700_000_000,
        "mmproj-tiny-F16.gguf": 150_000_000,
        "../../.bashrc.gguf": 9,
    },
    gated="manual",
)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[HubServer]:
    with HubServer(TINY) as made:
        monkeypatch.setenv("HF_ENDPOINT", made.address)
        yield made


@pytest.fixture
def ring() -> Iterator[MemoryKeyring]:
    before, made = keyring.get_keyring(), MemoryKeyring()
    keyring.set_keyring(made)
    yield made
    keyring.set_keyring(before)


@pytest.fixture
def run(tmp_path: Path, ring: MemoryKeyring, capsys: pytest.CaptureFixture[str]) -> Iterator[object]:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["--data-dir", str(tmp_path), "models", *arguments])
        return (code, *capsys.readouterr())

    mask = os.umask(0o077)
    yield call
    os.umask(mask)  # which the program has changed


def test_search(run, hub: HubServer) -> None:
    hub.generated = 200
    code, out, _ = run("search", "tiny")
    assert (code, len(hub.asked)) == (0, 1)
    assert out.startswith("acme/tiny-GGUF\n    7B parameters · llama · context 8,192 · licence apache-2.0 · terms to")
    options = ["--author", "maker-1", "--language", "zh", "--size", "1B-80B", "--sort", "likes", "--json"]
    _, out, _ = run("search", *options, "--licence", "llama3.1")
    assert {(model["licence"], model["languages"][0]) for model in json.loads(out)} == {("llama3.1", "zh")}
    _, out, _ = run("search", "qwen", "--limit", "3")
    assert out.count("\n") == 6
    _, out, err = run("search", "nothing", "like", "this")
    assert (out, hub.asked[-1].query["search"]) == ("", ["nothing like this"])
    assert "fewer filters" in err


def test_info(run, hub: HubServer) -> None:
    code, out, _ = run("info", "acme/tiny-GGUF")
    assert code == 0
    assert f"{hub.address}/acme/tiny-GGUF" in out
    assert "terms have to be accepted" in out
    assert "Q4_K_M          700 MB  tiny-Q4_K_M (the usual choice)" in out
    assert "may be called so: 1" in out
    _, out, _ = run("info", "acme/tiny-GGUF", "--json")
    told = json.loads(out)
    assert (told["gated"], told["usual"], told["commit"]) == ("manual", "Q4_K_M", TINY.commit)
    assert told["variants"][0]["files"][0]["size"] == 700_000_000
    assert len(told["variants"][0]["files"][0]["sha256"]) == 64
    assert ".bashrc" not in out


def test_card_is_given_to_those_who_may_have_it(run, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    code, _, err = run("info", "acme/tiny-GGUF", "--card")
    assert code == 1
    assert f"{hub.address}/acme/tiny-GGUF, then give a token" in err
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{TOKEN}\n"))
    assert run("token", "set")[0] == 0
    _, out, _ = run("info", "acme/tiny-GGUF", "--card")
    assert out.endswith("\n# Tiny\n")


def test_token_is_kept_for_one_hub(run, hub: HubServer, ring: MemoryKeyring, monkeypatch: pytest.MonkeyPatch) -> None:
    assert "no token" in run("token", "status")[1]
    monkeypatch.setattr(sys, "stdin", io.StringIO(f"{TOKEN}\n"))
    run("token", "set")
    assert ring.kept == {("desktopchat server", hub.address): TOKEN}
    assert "keeps a token" in run("token", "status")[1]
    assert "knows the token of alice" in run("endpoint", "test")[1]
    with HubServer() as other:
        monkeypatch.setenv("HF_ENDPOINT", other.address)
        assert "no token" in run("token", "status")[1]
        run("search", "x")
        assert [asked.token for asked in other.asked] == [""]
    monkeypatch.setenv("HF_ENDPOINT", hub.address)
    assert "forgotten" in run("token", "forget")[1]
    assert ring.kept == {}


def test_mirrors_are_kept_tested_and_forgotten(run, hub: HubServer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("HF_ENDPOINT")
    assert run("endpoint", "list")[1] == "https://huggingface.co  (is asked)\n"
    with HubServer() as gone:
        pass
    run("endpoint", "use", gone.address)
    assert run("endpoint", "use", hub.address)[1] == f"{hub.address}  (is asked)\n{gone.address}\n"
    assert run("search", "tiny")[1].startswith("acme/tiny-GGUF")
    code, out, _ = run("endpoint", "test")
    assert code == 1
    assert f"{hub.address}: answers in " in out
    assert f"{gone.address}: No server answers" in out
    assert run("endpoint", "forget", gone.address)[1] == f"{hub.address}  (is asked)\n"
    assert run("endpoint", "test", hub.address)[0] == 0


def test_catalogue_needs_no_network(run, hub: HubServer) -> None:
    _, out, _ = run("catalog")
    assert "gpt-oss 20B  (gpt-oss)\n    ggml-org/gpt-oss-20b-GGUF:MXFP4 · about 12.1 GB · apache-2.0" in out
    _, out, _ = run("catalog", "--json")
    assert json.loads(out)[0]["reason"].startswith("OpenAI")
    assert hub.asked == []


def test_a_catalogue_and_wrong_names_open_no_socket(tmp_path: Path) -> None:
    code = (
        "import sys\n"
        "def seen(event, _arguments):\n"
        "    if event in ('socket.connect', 'socket.getaddrinfo', 'socket.bind'):\n"
        "        print('the network was used:', event, file=sys.stderr)\n"
        "sys.addaudithook(seen)\n"
        "from desktopchat.cli import main\n"
        f"shared = ['--data-dir', {str(tmp_path)!r}, 'models']\n"
        "for rest in (['catalog'], ['endpoint', 'list'], ['info', '../../x']):\n"
        "    main(shared + rest)\n"
    )
    ended = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert "gpt-oss" in ended.stdout
    assert "no name of a repository" in ended.stderr
    assert "the network was used" not in ended.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("search", "--size", "8B-1B"),
        ("search", "--size", "big"),
        ("search", "--sort", "name"),
        ("endpoint", "use"),
        ("endpoint", "use", "http://huggingface.co"),
        ("token", "steal"),
    ],
)
def test_wrong_usage(run, hub: HubServer, arguments: tuple[str, ...]) -> None:
    with pytest.raises(SystemExit) as ended:
        run(*arguments)
    assert ended.value.code == 2
    assert hub.asked == []


def test_offline(run, hub: HubServer) -> None:
    code, _, err = run("--set", "network.offline=on", "search", "tiny")
    assert (code, hub.asked) == (1, [])
    assert "set to be offline" in err


def test_names_drive_no_terminal(run, hub: HubServer) -> None:
    hub.repos["acme/tiny-GGUF"].more["tags"] = ["gguf", "license:\x1b]0;pwned\x07"]
    _, out, _ = run("search", "tiny", "--json")
    assert "\x1b" not in out


def test_models_that_are_here(run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("OLLAMA_MODELS", str(tmp_path / "ollama"))
    for name in ("HF_HUB_CACHE", "LLAMA_CACHE", "HF_HOME", "XDG_CACHE_HOME", "XDG_DATA_HOME", "XDG_CONFIG_HOME"):
        monkeypatch.setenv(name, str(tmp_path / "nothing"))
    ollama(tmp_path / "ollama", "tiny:1b", model=gguf())
    own = write_gguf(tmp_path / "models" / "own-Q4_1.gguf", file_type=9999)
    (tmp_path / "models" / "cut.gguf").write_bytes(gguf()[:200])
    _, out, err = run("add")
    assert "ollama       Ollama: 1 models" in out
    assert "--from NAME" in err
    run("add", "--from", "ollama")
    code, out, _ = run("list")
    assert code == 0
    assert "own-Q4_1\n    6.5k parameters · llama · Q4_1 · 0 MB · context 2,048 · chat\n" in out
    assert "cut.gguf is cut off" in out
    assert "tiny:1b\n" in out
    _, out, _ = run("list", "ollama", "--json")
    (model,) = json.loads(out)
    assert (model["title"], model["origin"], model["n_ctx"], model["kind"]) == ("tiny:1b", "ollama", 2048, "model")
    code, out, err = run("remove", "tiny:1b")
    assert (code, out) == (1, "")
    assert "ollama rm tiny:1b" in err
    _, out, _ = run("remove", "own")
    assert "own-Q4_1 is in the trash" in out
    assert not own.exists()
    assert "is back" in run("remove", "--undo")[1]
    assert own.exists()
    _, out, _ = run("remove", "--from", "ollama")
    assert "Ollama: no longer looked at" in out
    assert "tiny:1b" not in run("list")[1]


def test_header_of_a_model(run, tmp_path: Path) -> None:
    write_gguf(tmp_path / "models" / "own.gguf", chat_template="{{ messages }}\nx")
    _, out, _ = run("show", "own")
    assert "llama.context_length = 2048\n" in out
    assert "tokenizer.ggml.tokens = 100 items of the type string\n" in out
    assert run("show", "own", "--template")[1] == "{{ messages }}\nx\n"
    told = json.loads(run("show", "own", "--json")[1])
    assert told["metadata"]["general.languages"] == ["en", "zh"]
    code, _, err = run("show", "other")
    assert (code, "no model called other" in err) == (1, True)


def test_duplicates_and_move(run, tmp_path: Path) -> None:
    first = write_gguf(tmp_path / "models" / "a.gguf")
    second = write_gguf(tmp_path / "models" / "b.gguf")
    _, out, err = run("duplicates")
    assert "can become a link" in out
    assert "Nothing was changed" in err
    assert not first.samefile(second)
    run("duplicates", "--link")
    assert first.samefile(second)
    run("duplicates", "--undo")
    assert not first.samefile(second)
    target = tmp_path / "disk" / "models"
    code, out, _ = run("move", str(target))
    assert (code, out) == (0, f"2 files are in {target} now.\n")
    assert sorted(path.name for path in target.iterdir()) == ["a.gguf", "b.gguf"]
    assert str(target / "a.gguf") in run("list")[1]


def test_link_to_a_model_shows_what_is_there(run, hub: HubServer) -> None:
    code, out, err = run("add", "https://huggingface.co/acme/tiny-GGUF")
    assert code == 0
    assert "tiny-Q4_K_M (the usual choice)" in out
    assert "desktopchat models download" in err
