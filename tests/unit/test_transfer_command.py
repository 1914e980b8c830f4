"""`desktopchat export` and `desktopchat import`, as they are typed."""

import json
import os
from contextlib import closing
from pathlib import Path

import pytest
from exchange_makers import archive, dump, simple_chatgpt

from desktopchat import cli, transfer_command
from desktopchat.cli.parser import build_parser
from desktopchat.core.errors import ImportFileError, StorageError
from desktopchat.exchange.process import Reading
from desktopchat.instance import InstanceLock
from desktopchat.storage.database import Database
from desktopchat.storage.stores import Stores
from desktopchat.storage.transfer import TransferStore


@pytest.fixture
def run(data_dir: Path, capsys: pytest.CaptureFixture[str]):  # type: ignore[no-untyped-def]
    """Run a command line and return exit code, output and errors."""

    def run(*arguments: str | Path) -> tuple[int, str, str]:
        umask = os.umask(0o022)
        try:
            code = cli.main([str(arguments[0]), "--data-dir", str(data_dir), *map(str, arguments[1:])])
        finally:
            os.umask(umask)
        said = capsys.readouterr()
        return code, said.out, said.err

    return run


@pytest.fixture
def chats(tmp_path: Path) -> Path:
    return dump(tmp_path / "c.json", [simple_chatgpt("c1", "One?"), simple_chatgpt("c2", "Two?")])


def test_an_import_tells_what_came_of_it(run, tmp_path: Path, chats: Path) -> None:  # type: ignore[no-untyped-def]
    assert run("import", chats) == (0, "Imported 2 conversations with 4 messages.\n", "")
    bad = tmp_path / "d.json"
    bad.write_text(f'[{json.dumps(simple_chatgpt("c1", "One?"))}, {json.dumps(simple_chatgpt("c3"))}, {{"x": 1}}]')
    skipped = "1 record was skipped.\n  d.json, conversation 3: It is no conversation that is known here.\n"
    code, out, err = run("import", bad)
    assert (code, err) == (0, "")
    assert out == "Imported 1 conversation with 2 messages; 1 was already here; " + skipped
    code, out, err = run("import", bad, chats)
    assert (code, err) == (0, "")
    assert out == "Imported 0 conversations with 0 messages; 4 were already here; " + skipped


def test_an_import_of_nothing_fails_with_a_cure(run, tmp_path: Path, chats: Path) -> None:  # type: ignore[no-untyped-def]
    (tmp_path / "x.txt").write_text("words")
    code, out, err = run("import", tmp_path / "x.txt")
    assert (code, out) == (1, "Imported 0 conversations with 0 messages.\n")
    assert err.startswith("desktopchat: x.txt holds no conversation in a format that is known here. Give an export of")
    code, out, err = run("import", tmp_path / "nowhere", chats)
    assert (code, out) == (0, "Imported 2 conversations with 4 messages.\n")
    assert "nowhere cannot be read: No such file or directory." in err


def test_a_file_of_nothing_but_damage_does_not_fill_the_screen(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    path = tmp_path / "x"
    path.write_text(json.dumps(simple_chatgpt()) + "\n" + "{}\n" * 2_000)
    code, out, _err = run("import", path)
    lines = out.splitlines()
    assert (code, len(lines), lines[-1]) == (0, 102, "  and 1,900 more.")
    assert lines[0] == "Imported 1 conversation with 2 messages; 2,000 records were skipped."


def test_what_is_in_the_trash_is_told(run, data_dir: Path, chats: Path) -> None:  # type: ignore[no-untyped-def]
    run("import", chats)
    with closing(Database(data_dir / "desktopchat.db")) as database:
        stores = Stores(database)
        stores.trash.delete_conversation(stores.transfer.conversation_ids()[0])
    assert run("import", chats)[1] == (
        "Imported 0 conversations with 0 messages; 2 were already here; 1 of these is in the trash.\n"
    )


def test_a_full_disk_keeps_and_tells_what_came_before(run, chats: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    take = TransferStore.take

    def failing(self: TransferStore, conversation):  # type: ignore[no-untyped-def]
        if conversation.uid == "chatgpt:c2":
            raise StorageError("The disk is full.", "Free some space.")
        return take(self, conversation)

    monkeypatch.setattr(TransferStore, "take", failing)
    code, out, err = run("import", chats)
    assert (code, out) == (1, "Imported 1 conversation with 2 messages.\n")
    assert err == "desktopchat: The disk is full. Free some space.\n"


def test_a_child_that_dies_costs_what_comes_after(run, chats: Path, monkeypatch: pytest.MonkeyPatch) -> None:  # type: ignore[no-untyped-def]
    def dying(self: Reading):  # type: ignore[no-untyped-def]
        yield from list(whole(self))[:1]
        raise ImportFileError("It could not be read to its end.", "Split it.")

    whole = Reading.__iter__
    monkeypatch.setattr(Reading, "__iter__", dying)
    code, out, err = run("import", chats)
    assert (code, out) == (0, "Imported 1 conversation with 2 messages.\n")
    assert err == "desktopchat: It could not be read to its end. Split it.\n"


def test_nothing_is_imported_while_the_window_is_open(run, data_dir: Path, chats: Path) -> None:  # type: ignore[no-untyped-def]
    with InstanceLock(data_dir):
        code, out, err = run("import", chats)
    assert (code, out) == (1, "")
    assert "is already running" in err


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_all_that_is_exported_can_be_imported(run, tmp_path: Path, chats: Path, name: str) -> None:  # type: ignore[no-untyped-def]
    run("import", chats)
    file = tmp_path / f"out.{name}"
    assert run("export", "--all", "--format", name, "--output", file) == (0, "", "")
    assert file.stat().st_mode & 0o777 == 0o600
    assert run("export", "--all", "--format", name)[1] == file.read_text()
    assert run("import", file)[1] == "Imported 0 conversations with 0 messages; 2 were already here.\n"
    zipped = archive(tmp_path / "z.zip", {"a/b": file.read_text()})
    assert run("import", "--data-dir", tmp_path / "other", zipped)[1] == "Imported 2 conversations with 4 messages.\n"
    assert run("export", "--data-dir", tmp_path / "other", "--all", "--format", name)[1] == file.read_text()


def test_one_conversation_is_exported_by_its_title(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    record = simple_chatgpt("c1", "One?")
    record["title"] = "A <boat>"
    other = simple_chatgpt("c2", "Two?")
    other["title"] = "Another boat"
    run("import", dump(tmp_path / "c.json", [record, other]))
    code, out, err = run("export", "a <", "--format", "md")
    assert (code, err) == (0, "")
    assert out.startswith('---\ntitle: "A <boat>"\n')
    code, out, err = run("export", "boat")
    assert (code, out) == (1, "")
    assert err.startswith("desktopchat: “boat” may be any of 2 conversations. Give a number: ")
    assert run("export", "ship")[2].startswith("desktopchat: There is no conversation “ship”.")
    number = err.partition("number: ")[2].split()[0]
    assert run("export", number, "--format", "openai")[0] == 0


def test_there_may_be_nothing_to_export(run, data_dir: Path) -> None:  # type: ignore[no-untyped-def]
    code, out, err = run("export", "--all")
    assert (code, out) == (1, "")
    assert err == f"desktopchat: There are no conversations in {data_dir} yet. Start desktopchat once.\n"


def test_branches_and_trees(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    record = simple_chatgpt("c1", "One?")
    record["mapping"]["b"] = {**record["mapping"]["a"], "message": {**record["mapping"]["a"]["message"], "id": "b"}}
    run("import", dump(tmp_path / "c.json", [record]))
    assert len(run("export", "--all", "--format", "openai")[1].splitlines()) == 1
    assert len(run("export", "--all", "--format", "openai", "--tree")[1].splitlines()) == 2
    counts = [
        len(json.loads(run("export", "Boats", "--format", "jsonl", *flags)[1])["conversation"]["messages"])
        for flags in ((), ("--tree",), ("--branch",))
    ]
    assert counts == [3, 3, 2]


def test_a_folder_of_pages(run, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    titles = ["Boats", "boats", "../../etc/x", "CON", "", "天气?"]
    records = [simple_chatgpt(f"c{number}", f"Q{number}") | {"title": title} for number, title in enumerate(titles)]
    run("import", dump(tmp_path / "c.json", records))
    folder = tmp_path / "out"
    code, out, err = run("export", "--all", "--format", "md", "--output", folder)
    assert (code, out, err) == (0, "", f"desktopchat: Wrote 6 files into {folder}.\n".removeprefix("desktopchat: "))
    assert sorted(path.name for path in folder.iterdir()) == sorted(
        ["Boats.md", "boats 2.md", "etc x.md", "conversation CON.md", "Q4.md", "天气.md"]
    )
    assert {path.stat().st_mode & 0o777 for path in folder.iterdir()} == {0o600}
    code, _out, err = run("export", "--all", "--format", "html")
    assert code == 1
    assert "Name a folder for them with --output." in err


def test_an_export_that_fails_leaves_what_was_there(run, tmp_path: Path, chats: Path) -> None:  # type: ignore[no-untyped-def]
    run("import", chats)
    file = tmp_path / "out.json"
    file.write_text("before")
    assert run("export", "nothing", "--output", file)[0] == 1
    code, _out, err = run("export", "--all", "--output", tmp_path / "no" / "out.json")
    assert code == 1
    assert "cannot be written: No such file or directory." in err
    assert file.read_text() == "before"
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".part"] == []


@pytest.mark.parametrize(
    "arguments", [["export"], ["export", "--all", "x"], ["import"], ["export", "x", "--format", "y"]]
)
def test_wrong_usage(run, arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(SystemExit) as caught:
        run(*arguments)
    assert caught.value.code == 2
    capsys.readouterr()


def test_every_format_can_be_asked_for() -> None:
    help_text = build_parser().parse_args(["export", "x", "--format", "md"])
    assert help_text.format == "md"
    for name in transfer_command.FORMATS:
        assert build_parser().parse_args(["export", "x", "--format", name]).format == name
