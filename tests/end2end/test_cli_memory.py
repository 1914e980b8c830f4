"""The command line on memory: what the last load took, and other settings for one run."""

import json
import re
import sys
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest
from program import run
from shapes import DENSE, GB, MB, cpu

from desktopchat.core.beside import Beside
from desktopchat.core.load_plan import plan_load
from desktopchat.core.memory import DeviceMemory
from desktopchat.core.memory_words import report, shared_report
from desktopchat.core.params import LoadParams
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database
from desktopchat.storage.state import LAST_LOAD

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="uses POSIX signals and terminals")


def test_doctor_tells_what_was_planned_for_the_last_model_and_what_it_took(data_dir_with_model: Path) -> None:
    beside = (Beside("projector", "mmproj", weights=800 * MB, compute=90 * MB),)
    plan = plan_load(DENSE, LoadParams(), (cpu(16 * GB),), beside)
    took = (replace(plan.memory[0], compute=700 * MB),)
    with closing(Database(data_dir_with_model / "desktopchat.db")) as database:
        ConversationStore(database).set_state(LAST_LOAD, {"model": "large", **report(plan, took)})
    text = run(data_dir_with_model, "doctor").stdout
    assert "large: context 8,192 tokens, KV cache f16, flash attention off" in text
    assert re.search(r"CPU planned +weights 5\.2 GB, KV cache 1\.1 GB, compute \d+ MB: 6\.9 GB of 16\.0 GB free", text)
    assert re.search(r"CPU took +weights 5\.2 GB, KV cache 1\.1 GB, compute 700 MB: 7\.0 GB", text)
    assert "for pictures mmproj: weights 800 MB, compute 90 MB" in text
    last = json.loads(run(data_dir_with_model, "doctor", "--json").stdout)["last_load"]
    assert last["devices"][0]["took"]["compute"] == 700 * MB
    assert any("Flash attention is off" in reason for reason in last["reasons"])


def test_doctor_tells_what_a_shared_model_took(data_dir_with_model: Path) -> None:
    took = (DeviceMemory("CPU", 200 * MB, 0, 10 * MB), DeviceMemory("RPC0", 300 * MB, 20 * MB, 30 * MB))
    with closing(Database(data_dir_with_model / "desktopchat.db")) as database:
        last = {"model": "large", **shared_report(512, "CPU and 192.168.1.7:50052", took)}
        ConversationStore(database).set_state(LAST_LOAD, last)
    text = run(data_dir_with_model, "doctor").stdout
    assert "large: context 512 tokens, on CPU and 192.168.1.7:50052" in text
    assert re.search(r"CPU took +weights 200 MB, KV cache 0 MB, compute 10 MB: 210 MB", text)
    assert re.search(r"RPC0 took +weights 300 MB, KV cache 20 MB, compute 30 MB: 350 MB", text)


def test_a_setting_can_be_another_one_for_one_run(data_dir_with_model: Path) -> None:
    settings = ("--set", "model.n_ctx=1024", "--set", "model.kv_type=q8_0")
    result = run(data_dir_with_model, "chat", *settings, stdin="hello")
    assert "context 1,024 tokens" in result.stderr
    assert not list(data_dir_with_model.rglob("settings.toml"))


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("model.n_ctx", "is not like model.n_ctx=4096"),
        ("model.size=3", "There is no setting called model.size"),
        ("model.n_ctx=many", "model.n_ctx cannot be 'many'"),
        ("model.tensor_split=3;1", "Give empty or like 3,1"),
    ],
)
def test_a_wrong_setting_is_one_clear_sentence(data_dir_with_model: Path, given: str, said: str) -> None:
    result = run(data_dir_with_model, "chat", "--set", given)
    assert result.returncode != 0
    assert said in result.stderr
    assert "Traceback" not in result.stderr
