"""The command line as people and scripts use it, with the real model."""

import json
import os
import re
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from bad_models import damaged
from disks import Disk
from gguf_maker import METADATA, gguf
from program import ROOT, command, engine_child, environment, query, run, started, texts, wait_for
from terminals import in_terminal

from tests.adapter_maker import directions, pairs, write_control_vector, write_lora

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals and terminals")

PROMPT = "What is a cat?"
SHORT = ("--max-tokens", "12", "--temperature", "0")


def complaint(result: subprocess.CompletedProcess[str], code: int = 1) -> str:
    """Return the one line that a failed command says, and check that it is one."""
    assert (result.returncode, result.stdout) == (code, "")
    assert re.fullmatch(r"desktopchat: [^\n]+\.\n", result.stderr), result.stderr
    assert "Traceback" not in result.stderr
    return result.stderr


# --- ask ------------------------------------------------------------------------------------------


def test_ask_streams_an_answer(data_dir_with_model: Path) -> None:
    with started(data_dir_with_model, "ask", "--max-tokens", "40", PROMPT, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = os.read(process.stdout.fileno(), 4096)
        assert process.poll() is None, "the answer came only when all of it was there"
        rest = process.stdout.read()
        assert process.wait() == 0
    answer = (first + rest).decode()
    assert len(answer.split()) > 5
    assert "<|" not in answer
    assert answer.endswith("\n")


def test_ask_reads_the_prompt_from_standard_input(data_dir_with_model: Path) -> None:
    given = run(data_dir_with_model, "ask", *SHORT, PROMPT)
    read = run(data_dir_with_model, "ask", *SHORT, "-", stdin=PROMPT)
    assert (read.returncode, read.stderr) == (0, "")
    assert read.stdout == given.stdout


def test_ask_json_tells_all(data_dir_with_model: Path) -> None:
    result = run(data_dir_with_model, "ask", "--json", "--n", "2", "--seed", "7", "--max-tokens", "8", PROMPT)
    assert (result.returncode, result.stderr) == (0, "")
    answer = json.loads(result.stdout)
    assert answer["model"] == "SmolLM2-135M-Instruct.Q4_1"
    assert [choice["index"] for choice in answer["choices"]] == [0, 1]
    assert all(choice["text"] and choice["finish_reason"] == "length" for choice in answer["choices"])
    usage, timings = answer["usage"], answer["timings"]
    assert usage["completion_tokens"] == 16
    assert usage["total_tokens"] == usage["prompt_tokens"] + 16
    assert 0 < timings["first_token_seconds"] < 60
    assert 0 < timings["generation_seconds"] < 60


def test_ask_gives_several_answers(data_dir_with_model: Path) -> None:
    result = run(data_dir_with_model, "ask", "--n", "2", "--temperature", "1.5", "--max-tokens", "12", PROMPT)
    first, second = re.fullmatch(r"\[1 of 2\]\n(.+?)\n\n\[2 of 2\]\n(.+?)\n\n", result.stdout, re.DOTALL).groups()  # type: ignore[union-attr]
    assert first != second


def test_ask_stops_where_told(data_dir_with_model: Path) -> None:
    whole = run(data_dir_with_model, "ask", *SHORT, PROMPT).stdout.strip()
    word = whole.split()[3]
    cut = run(data_dir_with_model, "ask", *SHORT, "--stop", "never to be seen", "--stop", word, PROMPT)
    assert cut.stdout.strip() == whole[: whole.index(word)].strip()
    as_json = run(data_dir_with_model, "ask", *SHORT, "--json", "--stop", word, PROMPT)
    assert json.loads(as_json.stdout)["choices"][0]["finish_reason"] == "stop"


def test_ask_with_a_seed_is_repeatable(data_dir_with_model: Path) -> None:
    options = ("--temperature", "1.5", "--max-tokens", "16")
    once, again, other = (
        run(data_dir_with_model, "ask", *options, "--seed", seed, PROMPT).stdout for seed in ("7", "7", "8")
    )
    assert once == again
    assert once != other


def test_ask_with_temperature_zero_is_repeatable(data_dir_with_model: Path) -> None:
    once, again = (run(data_dir_with_model, "ask", *SHORT, PROMPT).stdout for _ in range(2))
    assert once == again


def test_ask_obeys_a_system_prompt(data_dir_with_model: Path) -> None:
    def prompt_tokens(*options: str) -> int:
        result = run(data_dir_with_model, "ask", "--json", *SHORT, *options, PROMPT)
        return int(json.loads(result.stdout)["usage"]["prompt_tokens"])

    assert prompt_tokens("--system", "You are a pirate. " * 20) > prompt_tokens() + 60


def test_ask_takes_a_model_by_file_and_by_name(data_dir_with_model: Path, starter_model: Path, tmp_path: Path) -> None:
    by_name = run(data_dir_with_model, "ask", "--model", "smollm2", *SHORT, PROMPT)
    by_file = run(tmp_path / "elsewhere", "ask", "--model", str(starter_model), *SHORT, PROMPT)
    assert by_name.returncode == by_file.returncode == 0
    assert by_name.stdout == by_file.stdout


def test_ask_keeps_what_came_before_ctrl_c(data_dir: Path) -> None:
    with started(data_dir, "ask", "hi", engine="scripted:50", stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        first = os.read(process.stdout.fileno(), 4096)
        process.send_signal(signal.SIGINT)
        rest = process.stdout.read()
        assert process.wait() == 130
    words = (first + rest).decode().split()
    assert words == [f"word{number}" for number in range(1, len(words) + 1)]


def test_options_stand_before_and_behind_the_command(data_dir: Path) -> None:
    for arguments in (("ask", "--engine", "scripted:0", "say: hi"), ("--engine", "scripted:0", "ask", "say: hi")):
        result = subprocess.run(
            [sys.executable, "-m", "desktopchat", "--data-dir", str(data_dir), *arguments],
            env=environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
        assert (result.returncode, result.stdout) == (0, "hi\n")
    assert (data_dir / "logs").is_dir()


def test_data_folder_comes_from_the_environment(data_dir: Path, tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "desktopchat", "ask", "--engine", "scripted:0", "say: hi"]
    subprocess.run(arguments, env=environment(DESKTOPCHAT_DATA_DIR=str(data_dir)), check=True, capture_output=True)
    assert (data_dir / "logs").is_dir()


def test_temporary_profile_leaves_nothing(tmp_path: Path) -> None:
    arguments = [sys.executable, "-m", "desktopchat", "--temp-profile", "chat", "--engine", "scripted:0"]
    subprocess.run(
        arguments, env=environment(TMPDIR=str(tmp_path)), check=True, capture_output=True, input=b"say: hello\n"
    )
    assert not list(tmp_path.iterdir())


# --- bad input --------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "arguments",
    [
        ("ask",),
        ("ask", "--n", "0", "hi"),
        ("ask", "--temperature", "-1", "hi"),
        ("ask", "--max-tokens", "many", "hi"),
        ("sing",),
        ("--engine", "steam", "ask", "hi"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_2(data_dir: Path, arguments: tuple[str, ...]) -> None:
    result = run(data_dir, *arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("usage: ")
    assert "error: " in result.stderr
    assert not data_dir.exists()


@pytest.mark.parametrize(
    ("kind", "words"),
    [
        ("missing", "does not exist"),
        ("folder", "is a folder"),
        ("web page", "is a web page"),
        ("text", "not a GGUF"),
        ("empty", "is empty"),
        ("cut off", "is cut off"),
        ("unknown architecture", "warpnet"),
        ("without tensors", "has no model in it"),
        ("fatal", "gave up on this model"),
    ],
)
def test_bad_model_file(data_dir: Path, starter_model: Path, tmp_path: Path, kind: str, words: str) -> None:
    path = damaged(kind, starter_model, tmp_path)
    assert words in complaint(run(data_dir, "ask", "--model", str(path), "hi"))


def test_engine_that_is_killed(data_dir_with_model: Path) -> None:
    arguments = ("ask", "--max-tokens", "0", "Count from 1 to 1000, every number.")
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(data_dir_with_model, *arguments, **streams) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        os.read(process.stdout.fileno(), 1)
        child = engine_child(process)
        assert child is not None
        child.send_signal(signal.SIGSEGV)
        process.stdout.read()
        assert process.wait() == 1
        error = process.stderr.read().decode()
    assert re.fullmatch(r"desktopchat: [^\n]*SIGSEGV[^\n]*\.\n", error)


def test_no_model_at_all(data_dir: Path) -> None:
    assert "There is no model yet" in complaint(run(data_dir, "ask", "hi"))


def test_only_a_damaged_model(data_dir: Path, starter_model: Path) -> None:
    (data_dir / "models").mkdir(parents=True)
    damaged("cut off", starter_model, data_dir / "models")
    assert "is cut off" in complaint(run(data_dir, "ask", "hi"))


def test_unknown_model_name(data_dir_with_model: Path) -> None:
    line = complaint(run(data_dir_with_model, "ask", "--model", "gpt-9", "hi"))
    assert "SmolLM2-135M-Instruct.Q4_1" in line, "it should say which there are"


def test_prompt_longer_than_the_context(data_dir_with_model: Path) -> None:
    line = complaint(run(data_dir_with_model, "ask", "-", stdin="word " * 20_000))
    assert re.search(r"20,\d\d\d tokens.*8,192", line)


@pytest.mark.parametrize("arguments", [("",), (" \n\t",), ("-",)], ids=["nothing", "blanks", "empty input"])
def test_empty_prompt(data_dir_with_model: Path, arguments: tuple[str, ...]) -> None:
    assert "The prompt is empty" in complaint(run(data_dir_with_model, "ask", *arguments))


def test_input_that_is_no_utf8_is_answered(data_dir: Path) -> None:
    read = run(data_dir, "ask", "-", engine="scripted:0", stdin=b"say: caf\xe9")
    given = run(data_dir, "ask", os.fsdecode(b"say: caf\xe9"), engine="scripted:0")
    chatted = run(data_dir, "chat", engine="scripted:0", stdin=b"say: caf\xe9\n")
    assert read.stdout == given.stdout == "caf\N{REPLACEMENT CHARACTER}\n"
    assert (read.returncode, given.returncode, chatted.returncode) == (0, 0, 0)
    assert chatted.stdout.endswith("\ncaf\N{REPLACEMENT CHARACTER}\n")


@pytest.mark.parametrize("kind", ["below a file", "in the kernel"])
@pytest.mark.parametrize("arguments", [("ask", "hi"), ("chat",)], ids=["ask", "chat"])
def test_data_folder_that_cannot_be_written(tmp_path: Path, kind: str, arguments: tuple[str, ...]) -> None:
    file = tmp_path / "file"
    file.touch()
    folder = file / "data" if kind == "below a file" else Path("/proc/desktopchat")
    line = complaint(run(folder, *arguments, engine="scripted:0"))
    assert str(folder) in line
    assert "--data-dir" in line


def test_output_that_nobody_takes(data_dir: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        result = subprocess.run(
            command(data_dir, "ask", "say: hello", engine="scripted:0"),
            env=environment(), stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert result.returncode == 1
    assert re.fullmatch(r"desktopchat: [^\n]*No space left[^\n]*\.\n", result.stderr)
    with started(
        data_dir, "ask", "hi", engine="scripted:100", stdout=subprocess.PIPE, stderr=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        assert process.stderr is not None
        os.read(process.stdout.fileno(), 1)
        process.stdout.close()
        assert process.wait() == 1
        assert process.stderr.read() == b""


# --- full disk --------------------------------------------------------------------------------------


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[Disk]:
    disk = Disk(tmp_path / "disk")
    yield disk
    disk.close()


@pytest.mark.skipif(sys.platform != "linux", reason="needs a disk that can be filled")
def test_full_disk_loses_nothing_and_is_told(disk: Disk) -> None:
    data = disk.folder / "data"
    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
    with started(data, "chat", engine="scripted:0", **pipes) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        assert process.stderr is not None

        def ask(text: str) -> None:
            assert process.stdin is not None
            process.stdin.write(f"{text}\n".encode())
            process.stdin.flush()

        assert b"scripted" in process.stderr.readline()
        ask("say: first")
        assert [process.stdout.readline() for _ in range(2)] == [b"> say: first\n", b"first\n"]
        wait_for(lambda: texts(data) == ["say: first", "first"], "the first answer in the database")
        disk.fill(process)
        ask("say: second" + "x" * 50_000)
        error = process.stderr.readline().decode()
        assert re.fullmatch(r"[^\n]*\b(full|disk)\b[^\n]*\.\n", error), error
        disk.free(process)
        ask("say: third")
        process.stdin.close()
        assert b"\nthird\n" in process.stdout.read()
        assert process.wait() == 0, "the last prompt was answered"
        assert process.stderr.read() == b""
    assert texts(data)[:2] == ["say: first", "first"]
    assert texts(data)[-2:] == ["say: third", "third"]


def test_start_on_a_full_disk(tmp_path: Path) -> None:
    disk = Disk(tmp_path / "disk")
    try:
        if not disk.is_real:
            pytest.skip("this user may not mount a small disk")
        disk.fill(None)  # type: ignore[arg-type]
        line = complaint(run(disk.folder / "data", "ask", "hi", engine="scripted:0"))
        assert "No space left" in line
    finally:
        disk.close()


# --- chat -------------------------------------------------------------------------------------------


def test_chat_from_a_pipe_keeps_the_thread(data_dir_with_model: Path) -> None:
    result = run(data_dir_with_model, "chat", stdin="Say hello in three words.\n\nAnd in French?\n")
    assert result.returncode == 0
    assert re.match(r"SmolLM2-135M-Instruct.Q4_1 · CPU, \d+ threads? · context 8,192 tokens\n", result.stderr)
    prompts = re.findall(r"^> (.*)$", result.stdout, re.MULTILINE)
    assert prompts == ["Say hello in three words.", "And in French?"]
    kept = texts(data_dir_with_model)
    assert [kept[0], kept[2]] == prompts
    assert all(answer in result.stdout for answer in (kept[1], kept[3]))
    assert kept[1]


def test_a_chat_outlives_its_engine(data_dir_with_model: Path) -> None:
    def answers() -> int:
        there = (data_dir_with_model / "desktopchat.db").exists()
        wanted = "SELECT id FROM message WHERE role = 'assistant' AND state = 'complete'"
        return len(query(data_dir_with_model, wanted)) if there else 0

    pipes = {"stdin": subprocess.PIPE, "stdout": subprocess.DEVNULL, "stderr": subprocess.PIPE}
    with started(data_dir_with_model, "chat", **pipes) as process:
        assert process.stdin is not None
        assert process.stderr is not None
        process.stdin.write(b"Say hello.\n")
        process.stdin.flush()
        process.stderr.readline()  # what has loaded
        wait_for(lambda: answers() == 1, "the first answer")
        child = engine_child(process)
        assert child is not None
        child.kill()
        process.stdin.write(b"And again.\n")
        process.stdin.flush()
        wait_for(lambda: answers() == 2, "the second answer")
        process.stdin.close()
        assert process.wait() == 0
        assert process.stderr.read().decode().endswith(" The model is loaded again.\n")


def test_chat_without_input_shows_a_sample(data_dir_with_model: Path) -> None:
    result = run(data_dir_with_model, "chat")
    assert result.returncode == 0
    prompt, _, answer = result.stdout.partition("\n")
    assert prompt == "> What is a cat? Answer in one sentence."
    assert len(answer.split()) > 3


def test_start_without_a_display_chats(data_dir: Path) -> None:
    result = run(data_dir, engine="scripted:0", stdin="say: hello\n")
    assert (result.returncode, result.stdout) == (0, "> say: hello\nhello\n")
    assert "There is no display" in result.stderr


def test_second_chat_on_the_same_data_is_refused(data_dir: Path) -> None:
    with started(data_dir, "chat", engine="scripted:0", stdin=subprocess.PIPE, stderr=subprocess.PIPE) as process:
        assert process.stderr is not None
        process.stderr.readline()
        assert "already running" in complaint(run(data_dir, "chat", engine="scripted:0"))
        assert run(data_dir, "ask", "say: hi", engine="scripted:0").returncode == 0, "ask keeps nothing"


def test_chat_in_a_terminal(data_dir: Path) -> None:
    with in_terminal(data_dir, "chat", engine="scripted:50") as terminal:
        terminal.wait_for("Ctrl+D ends.")
        terminal.wait_for("> ")
        terminal.type("go on for long\n")
        terminal.wait_for("word5 ")
        terminal.type("\x03")
        stopped = terminal.wait_for("\n> ", after=terminal.wait_for("word6"))
        terminal.type("say: still here\n")
        answered = terminal.wait_for("\nstill here", after=stopped)
        terminal.wait_for("> ", after=answered)
        terminal.type("\x04")
        assert terminal.wait() == 0
    _prompt, stopped_answer, _second, answer = texts(data_dir)
    words = stopped_answer.split()
    assert words == [f"word{number}" for number in range(1, len(words) + 1)]
    assert len(words) < 1024
    assert answer == "still here"


def test_ctrl_c_at_the_prompt_goes_on(data_dir: Path) -> None:
    with in_terminal(data_dir, "chat", engine="scripted:0") as terminal:
        first = terminal.wait_for("> ")
        terminal.type("half a though\x03")
        second = terminal.wait_for("\n> ", after=first)
        terminal.type("say: good\n")
        terminal.wait_for("\ngood", after=second)
        terminal.type("\x04")
        assert terminal.wait() == 0
    assert texts(data_dir) == ["say: good", "good"]


def test_no_escape_reaches_a_terminal(data_dir: Path, tmp_path: Path) -> None:
    evil = tmp_path / "\x1b[31mred\nline\x9b.gguf"
    evil.write_bytes(gguf({**METADATA, "general.type": "\x1b]0;title\x07"}))
    cases = [
        (("ask", "say: \x1b[31mred \x9b2J \x07 end"), "scripted:0", 0, "[31mred"),
        (("ask", "--model", str(evil), "hi"), "process", 1, "is not a model of its own"),
        (("ask", "--model", str(tmp_path / "\x1b[2J"), "hi"), "process", 1, "does not exist"),
    ]
    for arguments, engine, code, words in cases:
        with in_terminal(data_dir, *arguments, engine=engine) as terminal:
            assert terminal.wait() == code
        shown = terminal.shown.decode()
        assert words in shown
        assert not re.search(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f]", shown), shown


# --- doctor -----------------------------------------------------------------------------------------


def test_doctor_tells_what_is_there(data_dir_with_model: Path) -> None:
    result = run(data_dir_with_model, "doctor")
    assert (result.returncode, result.stderr) == ("is not installed" in result.stdout, "")
    for word in ("PySide6-Essentials", "llama-cpp-python", "SQLite", str(data_dir_with_model), "device", "SmolLM2"):
        assert word in result.stdout
    assert "There is no display" in result.stdout


def test_doctor_json_is_for_programs(data_dir_with_model: Path) -> None:
    report = json.loads(run(data_dir_with_model, "doctor", "--json").stdout)
    assert report["paths"]["data"] == str(data_dir_with_model)
    assert report["engine"]["devices"][0]["total"] > 2**20
    assert report["model"]["architecture"] == "llama"
    assert report["display"] is False
    missing = [f"{name} is not installed." for name, version in report["packages"].items() if version is None]
    told = [problem["problem"] for problem in report["problems"]]
    problems = [problem for problem in told if not problem.startswith("The GPU ")]  # of this machine
    assert problems == [*missing, "There is no display to show the window on."]


def test_doctor_names_trouble_and_cure(tmp_path: Path) -> None:
    file = tmp_path / "file"
    file.touch()
    result = run(file / "data", "doctor")
    assert result.returncode == 1
    assert "Problem: The folder" in result.stdout
    assert "Problem: There is no model yet." in result.stdout
    assert result.stdout.count("Problem: ") == result.stdout.count("Cure: ")
    assert result.stderr == ""


# --- network ----------------------------------------------------------------------------------------

_WATCHER = """
import os, sys
def watch(event, arguments, target=os.environ["SOCKETS_TO"]):
    if event.startswith("socket."):
        with open(target, "a", encoding="utf-8") as file:
            file.write(f"{event} {arguments}\\n")
sys.addaudithook(watch)
"""


def test_ask_opens_no_socket_in_python(data_dir_with_model: Path, tmp_path: Path) -> None:
    hooks, target = tmp_path / "hooks", tmp_path / "sockets"
    hooks.mkdir()
    (hooks / "sitecustomize.py").write_text(_WATCHER)
    changes = {"PYTHONPATH": os.pathsep.join((str(hooks), str(ROOT))), "SOCKETS_TO": str(target)}
    probe = [sys.executable, "-c", "import socket; socket.socket().close()"]
    subprocess.run(probe, env=environment(**changes), check=True)
    assert "socket.__new__" in target.read_text(), "the watcher sees nothing"
    target.unlink()
    # In this process, because the engine's child gets no variables of others and so no watcher.
    result = run(data_dir_with_model, "ask", *SHORT, PROMPT, engine="inprocess", **changes)
    assert result.returncode == 0
    assert not target.exists(), target.read_text()


@pytest.mark.skipif(not shutil.which("strace"), reason="strace is not installed")
def test_ask_opens_no_internet_socket(data_dir_with_model: Path, tmp_path: Path) -> None:
    calls = tmp_path / "calls"
    tracer = ["strace", "-f", "-q", "-e", "trace=socket,connect,execve", "-o", str(calls)]
    subprocess.run(
        [*tracer, *command(data_dir_with_model, "ask", *SHORT, PROMPT)],
        env=environment(), check=True, capture_output=True,
    )  # fmt: skip
    seen = calls.read_text()
    assert "--engine-child" in seen, "the engine's process was not watched"
    assert "AF_INET" not in seen


# --- adapters -------------------------------------------------------------------------------------


def test_ask_applies_adapters(data_dir_with_model: Path, tmp_path: Path) -> None:
    lora = write_lora(tmp_path / "pirate.gguf", pairs({"blk.3.ffn_down.weight": (1536, 576)}))
    vector = write_control_vector(tmp_path / "calm.gguf", directions(tuple(range(1, 30)), 576))
    plain = run(data_dir_with_model, "ask", *SHORT, PROMPT)
    adapters = ("--lora", f"{lora}=0.5", "--control-vector", f"{vector}=0.8:5-9")
    result = run(data_dir_with_model, "ask", "--json", *SHORT, *adapters, PROMPT)
    assert (result.returncode, result.stderr) == (0, "")
    told = json.loads(result.stdout)
    assert told["model"].endswith(" + pirate×0.5 + calm×0.8")
    assert told["choices"][0]["text"].strip() != plain.stdout.strip()


def test_an_adapter_that_does_not_fit_is_refused_in_one_line(data_dir_with_model: Path, tmp_path: Path) -> None:
    lora = write_lora(tmp_path / "tiny.gguf", pairs())
    said = complaint(run(data_dir_with_model, "ask", "--lora", str(lora), PROMPT))
    assert "tiny does not fit" in said
    said = complaint(run(data_dir_with_model, "chat", "--control-vector", str(tmp_path / "none.gguf"), stdin="Hi\n"))
    assert "none.gguf does not exist." in said
    said = complaint(run(data_dir_with_model, "bench", "--lora", str(lora)))
    assert "tiny does not fit" in said
    wrong = run(data_dir_with_model, "ask", "--lora", f"{lora}=strong", PROMPT)
    assert wrong.returncode == 2
    assert "“strong” is no scale like 0.8" in wrong.stderr
