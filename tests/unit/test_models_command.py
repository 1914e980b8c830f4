"""`desktopchat models`: the model hub in the terminal."""

import io
import json
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import keyring
import pytest
from hub_server import TOKEN, HubServer, Repo
from key_rings import MemoryKeyring

from desktopchat.cli import main

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
def run(tmp_path: Path, ring: MemoryKeyring, capsys: pytest.CaptureFixture[str]) -> object:
    def call(*arguments: str) -> tuple[int, str, str]:
        code = main(["--data-dir", str(tmp_path), "models", *arguments])
        return (code, *capsys.readouterr())

    return call


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
