"""`--server` on the command line: the real program asks a server and nobody else."""

import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from faulty_server import Exchange, FaultyServer, answer, event
from program import run, started, wait_for
from test_cli import complaint

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")

KEYRING = {"PYTHON_KEYRING_BACKEND": "keyring.backends.fail.Keyring"}


@pytest.fixture
def server() -> Iterator[FaultyServer]:
    with FaultyServer() as made:
        yield made


def test_a_server_answers_without_a_model_here(server: FaultyServer, data_dir: Path) -> None:
    server.chat(answer("A cat", " purrs."))
    result = run(data_dir, "ask", "--server", f"127.0.0.1:{server.port}", "What is a cat?", **KEYRING)
    assert (result.returncode, result.stdout, result.stderr) == (0, "A cat purrs.\n", "")
    assert server.asked()[0].fields["messages"] == [{"role": "user", "content": "What is a cat?"}]
    log = run(data_dir, "server", "log").stdout.splitlines()
    assert len(log) == 2
    assert f"answer: {server.address} POST /v1/chat/completions · 200" in log[1]
    assert "cat" not in "".join(log)


def test_a_fault_is_one_sentence(server: FaultyServer, data_dir: Path) -> None:
    server.chat(lambda one: one.reply(400, {"error": {"message": "no"}}))
    result = run(data_dir, "ask", "--server", server.address, "Hi", **KEYRING)
    assert "refused the request" in complaint(result)


def test_a_server_that_wants_a_key_says_where_to_give_it(server: FaultyServer, data_dir: Path) -> None:
    server.on("GET /v1/models", lambda one: one.reply(401, {"error": "key"}))
    result = run(data_dir, "ask", "--server", server.address, "Hi", **KEYRING)
    assert f"wants a key. Let the keyring keep it: desktopchat server key {server.address}/v1." in complaint(result)


def test_ctrl_c_keeps_what_came(server: FaultyServer, data_dir: Path) -> None:
    def slowly(exchange: Exchange) -> None:
        exchange.stream(event("Once"))
        exchange.wait_for_the_end()

    server.chat(slowly)
    arguments = ("ask", "--server", server.address, "Tell me a story")
    with started(data_dir, *arguments, stdout=subprocess.PIPE, stderr=subprocess.PIPE, changes=KEYRING) as process:
        assert process.stdout is not None
        assert process.stdout.read(4) == b"Once"
        process.send_signal(signal.SIGINT)
        wait_for(lambda: process.poll() is not None, "the end")
        assert process.returncode == 130
        assert process.stdout.read() == b"\n"
