"""`desktopchat serve` as people start and end it."""

import re
import signal
import socket
import sys
import threading
from pathlib import Path

import psutil
import pytest
from program import engine_child, run, wait_for
from serving import KEYRING, serving
from test_cli import complaint

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")

QUESTION = {"messages": [{"role": "user", "content": "Hi"}], "max_tokens": 4}


def test_it_serves_whoever_has_the_key(data_dir: Path) -> None:
    with serving(data_dir, engine="scripted:0") as served:
        status, answer = served.ask("/chat/completions", QUESTION)
        assert (status, answer["choices"][0]["message"]["content"]) == (200, "word1 word2 word3 word4")
        status, refusal = served.ask("/chat/completions", QUESTION, Authorization="Bearer sk-other")
        assert (status, refusal["error"]["code"]) == (401, "invalid_api_key")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_it_ends_in_good_order(data_dir: Path, number: signal.Signals) -> None:
    with serving(data_dir, engine="scripted:5") as served:
        answers: list[int] = []
        asking = threading.Thread(
            target=lambda: answers.append(served.ask("/chat/completions", {**QUESTION, "max_tokens": 500})[0])
        )
        asking.start()
        wait_for(lambda: served.ask("/health")[0] == 200, "health")
        served.process.send_signal(number)
        assert served.process.wait(10) == 0
        asking.join()
        assert len(answers) == 1
    assert not [line for line in served.said if "Traceback" in line]


def test_the_key_is_kept_and_renewed(data_dir: Path) -> None:
    first = run(data_dir, "serve", "--show-key", **KEYRING)
    assert re.fullmatch(r"sk-desktopchat-[\w-]{43}\n", first.stdout)
    assert run(data_dir, "serve", "--show-key", **KEYRING).stdout == first.stdout
    assert (data_dir / "endpoint.key").stat().st_mode & 0o777 == 0o600
    renewed = run(data_dir, "serve", "--new-key", **KEYRING).stdout
    assert renewed != first.stdout
    assert run(data_dir, "serve", "--show-key", **KEYRING).stdout == renewed


def test_a_port_in_use_is_one_sentence(data_dir: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        result = run(data_dir, "serve", "--port", str(port), engine="scripted", **KEYRING)
    assert f"Port {port} is in use by another program. Choose another one with --port" in complaint(result)


def test_no_model_is_one_sentence(data_dir: Path) -> None:
    assert "There is no model yet." in complaint(run(data_dir, "serve", "--port", "0", **KEYRING))


def test_a_bad_host_is_one_sentence(data_dir: Path) -> None:
    given = ("serve", "--lan", "--host", "no.such.host.invalid")
    assert "is no address of this machine" in complaint(run(data_dir, *given, engine="scripted", **KEYRING))


def test_other_machines_are_let_in_only_by_a_switch(data_dir: Path) -> None:
    given = ("serve", "--port", "0", "--host", "0.0.0.0")
    assert "Add --lan if they may" in complaint(run(data_dir, *given, engine="scripted", **KEYRING))
    with serving(data_dir, "--host", "0.0.0.0", "--lan", engine="scripted:0") as served:
        assert any("Every machine that reaches this one can ask" in line for line in served.said)


def test_nothing_of_a_request_is_logged_unless_asked(data_dir: Path) -> None:
    log = data_dir / "logs" / "desktopchat.log"
    with serving(data_dir, engine="scripted:0") as served:
        served.ask("/chat/completions", {"messages": [{"role": "user", "content": "canary"}], "max_tokens": 1})
    assert "chat" not in (log.read_text() if log.exists() else "")
    with serving(data_dir, "--log-requests", engine="scripted:0") as served:
        served.ask("/chat/completions", {"messages": [{"role": "user", "content": "canary"}], "max_tokens": 1})
    assert re.search(r"POST /v1/chat/completions: 200 in", log.read_text())
    assert "canary" not in log.read_text()


def test_an_engine_that_dies_is_one_error_and_the_next_request_works(data_dir_with_model: Path) -> None:
    with serving(data_dir_with_model, "--set", "model.n_ctx=1024") as served:
        long = {"messages": [{"role": "user", "content": "Tell me a story"}], "ignore_eos": True, "max_tokens": 900}
        answers: list[tuple[int, object]] = []
        asking = threading.Thread(target=lambda: answers.append(served.ask("/chat/completions", long)))
        before = served.ask("/chat/completions", QUESTION)
        asking.start()
        child = wait_for(lambda: engine_child(served.process), "the engine")
        cpu = sum(child.cpu_times()[:2])
        wait_for(lambda: sum(child.cpu_times()[:2]) > cpu + 0.3, "the answer to be on its way")
        child.kill()
        asking.join()
        assert answers[0][0] == 500
        assert answers[0][1]["error"]["type"] == "server_error"  # type: ignore[index]
        assert (before[0], served.ask("/chat/completions", QUESTION)[0]) == (200, 200)
        # One that dies while nobody asks is noticed by nobody.
        child = wait_for(lambda: engine_child(served.process), "the engine")
        child.kill()
        wait_for(lambda: child.status() == psutil.STATUS_ZOMBIE, "its end")
        assert served.ask("/chat/completions", QUESTION)[0] == 200


def test_a_port_that_cannot_be_is_wrong_usage(data_dir_with_model: Path) -> None:
    result = run(data_dir_with_model, "serve", "--port", "99999", **KEYRING)
    assert result.returncode == 2
    assert "not a number from 0 to 65535" in result.stderr
