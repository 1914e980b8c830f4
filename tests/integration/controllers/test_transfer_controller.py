"""Import and export as the window does them, with the real reading child."""

import json
from pathlib import Path
from typing import Any

import pytest

from desktopchat.controllers.transfer import TransferController
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams

Rig = Any  # tests.integration.controllers.conftest.Rig; test folders are no packages


@pytest.fixture
def transfer(rig: Rig) -> TransferController:
    transfer = TransferController(rig.chat, rig.io, rig.storage, rig.stores)
    transfer.noticed.connect(rig.notices.append)
    return transfer


def run(rig: Rig, transfer: TransferController, *paths: Path) -> Notice:
    with rig.qtbot.waitSignal(transfer.importing_changed, check_params_cb=lambda on: not on, timeout=30_000):
        transfer.import_files([str(path) for path in paths])
    rig.drain()
    last: Notice = rig.notices[-1]
    return last


def export(rig: Rig, transfer: TransferController, path: Path, form: str = "json") -> None:
    found = next(one for one in transfer.formats if one.name == form)
    before = len(rig.notices)
    transfer.export(rig.chat.conversation_id, found, form == "json", str(path))
    rig.wait(lambda: len(rig.notices) > before)


def test_what_is_exported_comes_back_once(rig: Rig, transfer: TransferController, tmp_path: Path) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=2))
    rig.say("keep me")
    path = tmp_path / "kept.json"
    export(rig, transfer, path)
    assert rig.notices[-1].cause == f"Exported to {path}."
    assert path.stat().st_mode & 0o777 == 0o600
    conversation = rig.chat.conversation_id
    assert "1 was already here" in run(rig, transfer, path).cause
    rig.shelving.delete_conversation(conversation)
    rig.wait(lambda: rig.chat.conversation_id is None)
    rig.shelving.purge(days=0)
    rig.drain()
    assert run(rig, transfer, path).cause == "Imported 1 conversation with 2 messages."
    rig.wait(lambda: rig.conversations.rowCount() == 1)
    (found,) = rig.storage.call(rig.stores.shelf.recent)
    assert [message.content for message in rig.storage.call(lambda: rig.store.path(found.id))] == [
        "keep me",
        "word1 word2",
    ]


def test_export_of_the_shown_branch_is_readable(rig: Rig, transfer: TransferController, tmp_path: Path) -> None:
    rig.chat.set_sampling(SamplingParams(max_tokens=1))
    rig.say("天气 & <b>")
    path = tmp_path / "chat.md"
    export(rig, transfer, path, "md")
    assert "天气 & <b>" in path.read_text("utf-8")


def test_bad_file_is_told_and_good_one_beside_it_taken(rig: Rig, transfer: TransferController, tmp_path: Path) -> None:
    bad, good = tmp_path / "bad.json", tmp_path / "good.jsonl"
    bad.write_bytes(b"\x00\x01not at all")
    messages = [{"role": "user", "content": "hi"}, {"role": "assistant", "content": "hello"}]
    good.write_text(json.dumps({"messages": messages}) + "\n", "utf-8")
    notice = run(rig, transfer, bad)
    assert notice.level == "error"
    assert "bad.json" in notice.cause
    assert run(rig, transfer, bad, good).cause.startswith("Imported 1 conversation with 2 messages")


def test_import_that_is_stopped_keeps_what_it_has(rig: Rig, transfer: TransferController, tmp_path: Path) -> None:
    path = tmp_path / "many.jsonl"
    lines = (
        json.dumps({"messages": [{"role": "user", "content": f"q{n}"}, {"role": "assistant", "content": f"a{n}"}]})
        for n in range(5_000)
    )
    path.write_text("\n".join(lines), "utf-8")
    transfer.import_files([str(path)])
    rig.wait(lambda: rig.conversations.rowCount() > 0)
    with rig.qtbot.waitSignal(transfer.importing_changed, check_params_cb=lambda on: not on, timeout=30_000):
        transfer.stop()
    count = rig.storage.call(lambda: rig.database.execute("SELECT count(*) FROM conversation"))[0][0]
    assert 0 < count < 5_000
    assert rig.storage.call(lambda: rig.database.execute("PRAGMA foreign_key_check")) == []
    run(rig, transfer, path)
    assert rig.storage.call(lambda: rig.database.execute("SELECT count(*) FROM conversation")) == [(5_000,)]
