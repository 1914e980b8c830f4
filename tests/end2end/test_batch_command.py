"""`desktopchat batch`, with rows that are asked once each, whatever ends the program in between."""

import csv
import json
import signal
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from program import engine_child, run, started, wait_for
from test_cli import complaint

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals")

ECHO = ("--prompt", "say: {text}")


def rows_of(path: Path) -> list[dict[str, Any]]:
    """Return the rows of a file of answers, without those that are being written."""
    if path.suffix == ".jsonl":
        lines = path.read_text("utf-8").splitlines(keepends=True) if path.exists() else []
        return [json.loads(line) for line in lines if line.endswith("\n")]
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def numbered(path: Path, count: int) -> Path:
    """Write a file with so many rows, each of which says which one it is."""
    path.write_text("".join(f'{{"text": "row {number}", "n": {number}}}\n' for number in range(count)), "utf-8")
    return path


def test_rows_get_answers(tmp_path: Path, data_dir: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text('text,note\n"a, ""b""\nc",x\n天气,\n', "utf-8")
    result = run(data_dir, "batch", str(source), str(out), *ECHO, engine="scripted:0")
    assert (result.returncode, result.stdout) == (0, "")
    assert result.stderr.endswith(f"2 rows in {out}.\n")
    assert [(row["text"], row["note"], row["answer"], row["error"]) for row in rows_of(out)] == [
        ('a, "b"\nc', "x", 'a, "b"\nc', ""),
        ("天气", "", "天气", ""),
    ]
    assert [row["completion_tokens"] for row in rows_of(out)] == ["2", "1"]
    before = out.read_bytes()
    assert run(data_dir, "batch", str(source), str(out), *ECHO, engine="scripted:0").returncode == 0
    assert out.read_bytes() == before


def test_standard_input_and_json_lines(tmp_path: Path, data_dir: Path) -> None:
    out = tmp_path / "out.jsonl"
    given = '{"text": "hi", "more": [1]}\n{"text": "", "x": null}\n'
    template = tmp_path / "prompt.md"
    template.write_text("say: {text=nothing}")
    options = ("--prompt-file", str(template))
    result = run(data_dir, "batch", "-", str(out), *options, engine="scripted:0", stdin=given)
    assert result.returncode == 0
    first, second = rows_of(out)
    assert first == {
        "text": "hi", "more": [1], "answer": "hi", "finish_reason": "stop", "error": None,
        "prompt_tokens": 2, "completion_tokens": 1,
    }  # fmt: skip
    assert (second["text"], second["x"], second["answer"]) == ("", None, "nothing")


def test_rows_that_fail_say_why_and_the_others_go_on(tmp_path: Path, data_dir: Path) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_text(f"text\nshort\n{'long ' * 5000}\nlast\n")
    result = run(data_dir, "batch", str(source), str(out), *ECHO, engine="scripted:0")
    assert result.returncode == 1
    assert result.stderr.endswith(f"3 rows in {out}, of which 1 failed; error says why.\n")
    assert [bool(row["error"]) for row in rows_of(out)] == [False, True, False]
    assert "context window holds" in rows_of(out)[1]["error"]
    assert run(data_dir, "batch", str(source), str(out), *ECHO, engine="scripted:0").returncode == 1


def test_a_schema_makes_columns_and_what_breaks_it_is_an_error(tmp_path: Path, data_dir: Path) -> None:
    source, schema = tmp_path / "in.jsonl", tmp_path / "schema.json"
    texts = ['{"kind": "a b", "sure": true}', "no JSON", "[1]", '{"kind": "x y z w v u"}']
    source.write_text("".join(json.dumps({"text": text}) + "\n" for text in texts))
    schema.write_text('{"type": "object", "properties": {"kind": {"type": "string"}, "sure": {"type": "boolean"}}}')
    options = (*ECHO, "--schema", str(schema), "--max-tokens", "5")
    for name in ("out.csv", "out.jsonl"):
        assert run(data_dir, "batch", str(source), str(tmp_path / name), *options, engine="scripted:0").returncode == 1
    good, bad, _, cut = rows_of(tmp_path / "out.csv")
    assert (good["kind"], good["sure"], good["error"]) == ("a b", "true", "")
    assert (bad["answer"], bad["error"]) == ("no JSON", "The answer is no JSON. Try another model.")
    assert (cut["kind"], cut["error"]) == ("", "The answer was cut after 5 tokens. Raise max tokens.")
    good, bad, _, _ = rows_of(tmp_path / "out.jsonl")
    assert (good["answer"], bad["answer"]) == ({"kind": "a b", "sure": True}, "no JSON")


@pytest.mark.parametrize(
    ("data", "options", "said"),
    [
        (b"text\nhi\n", ("--prompt", "{other}"), "Row 1 of {in} has no “other”, which the prompt asks for."),
        (b"text\nhi\n", (), "has no “prompt”"),
        (b"text\nhi\n", ("--prompt", "hi"), "The prompt names no column"),
        (b"text,answer\nhi,\n", ECHO, "has a column “answer”, where the answer belongs."),
        (b"text,text\n", ECHO, "two columns called “text”"),
        (b"text\n\xe4\n", ECHO, "Line 2 of {in} is not in UTF-8."),
        (b"text\na\0b\n", ECHO, "has a NUL character in it."),
        (b"text\n" + b"x" * (10 << 20), ECHO, "is no sound CSV."),
        (b"text\nhi\n", (*ECHO, "--prompt-file", "none.md"), ""),
        (b"text\nhi\n", ("--prompt-file", "none.md"), "none.md cannot be read: No such file or directory."),
        (b"text\nhi\n", (*ECHO, "--schema", "{in}"), "is no JSON schema."),
    ],
    ids=range(11),
)
def test_bad_input_is_one_sentence_and_nothing_is_written(
    tmp_path: Path, data_dir: Path, data: bytes, options: tuple[str, ...], said: str
) -> None:
    source, out = tmp_path / "in.csv", tmp_path / "out.csv"
    source.write_bytes(data)
    options = tuple(one.replace("{in}", str(source)) for one in options)
    result = run(data_dir, "batch", str(source), str(out), *options, engine="scripted:0")
    if said:
        assert said.replace("{in}", str(source)) in complaint(result)
    else:
        assert result.returncode == 2
    assert not list(tmp_path.glob("out*"))


def test_other_files_and_other_questions_are_refused(tmp_path: Path, data_dir: Path) -> None:
    source, out = numbered(tmp_path / "in.jsonl", 2), tmp_path / "out.jsonl"
    given = ("batch", str(source), str(out))
    assert run(data_dir, *given, *ECHO, engine="scripted:0").returncode == 0
    before = out.read_bytes()
    other = complaint(run(data_dir, *given, "--prompt", "{text}", "--seed", "3", engine="scripted:0"))
    assert f"{out} was begun with another prompt and seed. Give the same, choose another output, or delete" in other
    assert "cannot be both" in complaint(run(data_dir, "batch", str(source), str(source), *ECHO, engine="scripted:0"))
    taken = tmp_path / "taken.csv"
    taken.write_text("mine\n")
    refused = complaint(run(data_dir, "batch", str(source), str(taken), *ECHO, engine="scripted:0"))
    assert "is there already, from elsewhere" in refused
    numbered(source, 1)
    assert "does not come from row 2" in complaint(run(data_dir, *given, *ECHO, engine="scripted:0"))
    assert (out.read_bytes(), taken.read_text()) == (before, "mine\n")
    numbered(source, 5)  # more rows are more to do
    assert run(data_dir, *given, *ECHO, engine="scripted:0").returncode == 0
    assert [row["n"] for row in rows_of(out)] == [0, 1, 2, 3, 4]


def test_ctrl_c_ends_it_and_the_same_command_goes_on(tmp_path: Path, data_dir: Path) -> None:
    source, out = numbered(tmp_path / "in.jsonl", 30), tmp_path / "out.jsonl"
    given = ("batch", str(source), str(out), *ECHO)
    with started(data_dir, *given, engine="scripted:20", stderr=subprocess.PIPE) as process:
        wait_for(lambda: len(rows_of(out)) >= 3, "three rows")
        process.send_signal(signal.SIGINT)
        assert process.wait(10) == 130
        assert process.stderr is not None
        last = process.stderr.read().decode().splitlines()[-1]
    done = len(rows_of(out))
    assert 3 <= done < 30
    assert last == f"Stopped after {done} of 30 rows. The same command goes on from there."
    assert run(data_dir, *given, engine="scripted:0").returncode == 0
    assert [(row["n"], row["answer"]) for row in rows_of(out)] == [(n, f"row {n}") for n in range(30)]


def test_two_do_not_write_one_file(tmp_path: Path, data_dir: Path) -> None:
    source, out = numbered(tmp_path / "in.jsonl", 200), tmp_path / "out.jsonl"
    given = ("batch", str(source), str(out), *ECHO)
    with started(data_dir, *given, engine="scripted:20", stderr=subprocess.DEVNULL):
        wait_for(lambda: rows_of(out), "a row")
        assert "Another program writes" in complaint(run(data_dir, *given, engine="scripted:0"))


def test_a_kill_costs_no_row_and_doubles_none(tmp_path: Path, data_dir: Path) -> None:
    source, out = numbered(tmp_path / "in.jsonl", 150), tmp_path / "out.csv"
    given = ("batch", str(source), str(out), *ECHO)
    for wanted in (1, 20, 60):
        with started(data_dir, *given, engine="scripted:200", stderr=subprocess.DEVNULL) as process:
            wait_for(lambda n=wanted: out.exists() and out.read_bytes().count(b"\n") > n, "some rows")
            process.kill()
            process.wait()
        out.write_bytes(out.read_bytes() + b'row 99,"9')  # as of a machine that lost its power
    assert run(data_dir, *given, engine="scripted:0").returncode == 0
    assert [(row["n"], row["answer"]) for row in rows_of(out)] == [(str(n), f"row {n}") for n in range(150)]


def test_a_model_follows_the_schema_through_kills_of_all_kinds(tmp_path: Path, data_dir_with_model: Path) -> None:
    source, out, schema = tmp_path / "in.csv", tmp_path / "out.csv", tmp_path / "schema.json"
    animals = ("cat", "dog", "hen", "cow", "pig", "fox", "bee", "owl")
    source.write_text("animal\n" + "".join(f"{one}\n" for one in animals))
    kind = {"enum": ["bird", "mammal", "insect"]}
    schema.write_text(json.dumps({"type": "object", "properties": {"kind": kind}, "required": ["kind"]}))
    given = ("batch", str(source), str(out), "--schema", str(schema), "--temperature", "0", "--max-tokens", "40")
    given += ("--prompt", "What kind of animal is a {animal}? Answer in JSON.")
    with started(data_dir_with_model, *given, stderr=subprocess.DEVNULL) as process:
        wait_for(lambda: out.exists() and len(rows_of(out)) >= 1, "a row")
        if (child := engine_child(process)) is not None:
            child.kill()
        wait_for(lambda: len(rows_of(out)) >= 3, "rows of the engine after it")
        process.kill()
        process.wait()
    result = run(data_dir_with_model, *given)
    assert result.returncode == 0, result.stderr
    rows = rows_of(out)
    assert [row["animal"] for row in rows] == list(animals)
    assert {row["kind"] for row in rows} <= set(kind["enum"])


def test_a_schema_that_no_engine_can_follow_leaves_nothing(tmp_path: Path, data_dir_with_model: Path) -> None:
    source, out, schema = numbered(tmp_path / "in.jsonl", 2), tmp_path / "out.jsonl", tmp_path / "schema.json"
    schema.write_text('{"$ref": "#/nowhere"}')
    given = ("batch", str(source), str(out), *ECHO, "--schema", str(schema))
    assert "The JSON schema cannot be used." in complaint(run(data_dir_with_model, *given))
    assert not out.exists()
