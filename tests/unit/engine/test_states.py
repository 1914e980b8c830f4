import os
import stat
from pathlib import Path

import pytest

from desktopchat.engine import states
from desktopchat.engine.states import State, StateStore


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "states"


def make(folder: Path | None, memory: int = 10_000, disk: int = 100_000, model: str = "m") -> StateStore:
    store = StateStore(folder, memory, disk)
    store.use_model(model)
    return store


def tokens_of(store: StateStore, owner: str) -> list[list[int]]:
    return [tokens for _, tokens in store.candidates(owner)]


def state(owner: str, *tokens: int, size: int = 100) -> State:
    return State(owner, list(tokens), bytes([len(tokens)]) * size)


def test_a_state_comes_back_from_disk_in_another_run(folder: Path) -> None:
    store = make(folder)
    kept = state("7", 1, 2, 3)
    store.put(kept)
    store.save()
    again = make(folder)
    ((name, tokens),) = again.candidates("7")
    assert tokens == [1, 2, 3]
    assert again.get(name) == kept
    assert list(again.candidates("8")) == [(name, [1, 2, 3])]  # in memory now, so any conversation may use it


def test_a_state_that_is_used_again_goes_last(folder: Path) -> None:
    store = make(folder)
    store.put(state("1", 1))
    store.put(state("2", 2))
    assert store.covered("1", [1, 2]) == 1
    assert store.covered("3", [2]) == 0
    assert [tokens for _, tokens in store.candidates("3")] == [[2], [1]]


def test_a_state_that_cannot_be_cut_serves_as_a_whole_or_not_at_all() -> None:
    store = make(None)
    store.use_model("m", cuttable=False)
    store.put(state("1", 1, 2))
    assert [store.covered("1", tokens) for tokens in ([1], [1, 3], [1, 2, 3])] == [0, 0, 2]


def test_writing_is_put_off_when_something_else_is_wanted(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(states, "SLICE", 10)
    store = make(folder)
    store.put(state("7", 1, 2))
    for calls in range(20):  # 10 slices are read for the checksum, then as many are written
        answers = iter([False] * calls + [True])
        store.save(lambda answers=answers: next(answers))
        assert not folder.exists() or not list(folder.iterdir())
    store.save()
    assert tokens_of(make(folder), "7") == [[1, 2]]


def test_what_is_on_disk_is_not_written_again_when_memory_is_full(folder: Path) -> None:
    store = make(folder, memory=150)
    store.put(state("1", 1))
    store.save()
    (file,) = folder.iterdir()
    file.unlink()
    store.put(state("2", 2))
    store.put(state("3", 3))
    assert [path.name.split("-")[1] for path in folder.iterdir()] == ["2"]


def test_files_are_private(folder: Path) -> None:
    store = make(folder)
    store.put(state("7", 1))
    before = os.umask(0)
    try:
        store.save()
    finally:
        os.umask(before)
    (file,) = folder.iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700


def test_another_model_or_setting_sees_nothing(folder: Path) -> None:
    store = make(folder, model="m q8_0")
    store.put(state("7", 1))
    store.save()
    assert tokens_of(make(folder, model="m f16"), "7") == []
    store.use_model("m f16")
    assert tokens_of(store, "7") == []


def test_a_longer_state_of_a_branch_replaces_the_shorter_one(folder: Path) -> None:
    store = make(folder)
    store.put(state("7", 1, 2))
    store.save()
    store.put(state("7", 1, 2, 3))
    store.put(state("7", 1, 9))
    store.save()
    assert sorted(tokens_of(make(folder), "7")) == [[1, 2, 3], [1, 9]]


def test_states_that_cannot_be_cut_are_all_kept_with_their_logits(folder: Path) -> None:
    store = StateStore(folder, 10_000, 100_000)
    store.use_model("m", cuttable=False)
    prompt = State("7", [1, 2], b"state", b"logits")
    store.put(prompt)
    store.put(state("7", 1, 2, 3))
    store.save()
    again = StateStore(folder, 10_000, 100_000)
    again.use_model("m", cuttable=False)
    found = {tuple(tokens): again.get(name) for name, tokens in list(again.candidates("7"))}
    assert found == {(1, 2): prompt, (1, 2, 3): state("7", 1, 2, 3)}


def test_memory_is_limited_and_the_rest_goes_to_disk(folder: Path) -> None:
    store = make(folder, memory=250)
    for owner in ("1", "2", "3"):
        store.put(state(owner, int(owner)))
    assert len(list(folder.iterdir())) == 1
    assert tokens_of(store, "1") == [[2], [3], [1]]
    for name, tokens in store.candidates("1"):
        found = store.get(name)
        assert found is not None
        assert found.tokens == tokens


def test_disk_is_limited_and_the_oldest_goes_first(folder: Path) -> None:
    store = make(folder, disk=1500)
    for number in range(10):
        store.put(state(str(number), number, size=200))
        store.save()
        for file in folder.glob(f"*-{number}-*"):
            os.utime(file, (number, number))
    owners = {file.name.split("-")[1] for file in folder.iterdir()}
    assert "9" in owners
    assert "0" not in owners
    assert sum(file.stat().st_size for file in folder.iterdir()) <= 1500


def test_a_state_that_would_fill_the_disk_share_is_not_written(folder: Path) -> None:
    store = make(folder, disk=1000)
    store.put(state("7", 1, size=900))
    store.save()
    assert not folder.exists() or not list(folder.iterdir())


def test_a_conversation_takes_its_states_along(folder: Path) -> None:
    store = make(folder)
    store.put(state("7", 1))
    store.put(state("77", 2))
    store.save()
    store.forget("7")
    assert tokens_of(store, "7") == [[2]]
    assert tokens_of(make(folder), "7") == []
    assert tokens_of(make(folder), "77") == [[2]]


def test_a_half_written_state_goes_like_a_whole_one(folder: Path) -> None:
    store = make(folder, disk=1000)
    store.put(state("7", 1, 2))
    store.save()
    (whole,) = folder.iterdir()
    half = whole.with_suffix(".kv.part")
    half.write_bytes(bytes(50))
    store.forget("7")
    assert list(folder.iterdir()) == []
    half.write_bytes(bytes(900))
    store.put(state("8", 1, 2, size=200))
    store.save()
    assert half not in folder.iterdir()


@pytest.mark.parametrize("damage", ["cut", "flip", "empty", "foreign", "long header"])
def test_a_damaged_file_is_dropped(folder: Path, damage: str) -> None:
    store = make(folder)
    store.put(state("7", 1, 2, 3))
    store.save()
    (file,) = folder.iterdir()
    data = bytearray(file.read_bytes())
    if damage == "cut":
        del data[-10:]
    elif damage == "flip":
        data[-5] ^= 1
    elif damage == "empty":
        data.clear()
    elif damage == "foreign":
        data[:4] = b"GGUF"
    else:
        data[8:12] = b"\xff\xff\xff\x7f"
    file.write_bytes(data)
    again = make(folder)
    assert [found for name, _ in again.candidates("7") if (found := again.get(name))] == []
    assert list(folder.iterdir()) == []


def test_without_a_folder_everything_stays_in_memory() -> None:
    store = make(None)
    store.put(state("7", 1))
    store.save()
    assert tokens_of(store, "x") == [[1]]


def test_states_without_owner_are_not_written(folder: Path) -> None:
    store = make(folder)
    store.put(state("", 1))
    store.save()
    assert not folder.exists()


def test_an_unwritable_folder_costs_nothing_but_the_state(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    store = make(tmp_path / "file" / "states")
    store.put(state("7", 1))
    store.save()
    assert tokens_of(store, "7") == [[1]]
