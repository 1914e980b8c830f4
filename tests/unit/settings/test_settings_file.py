import subprocess
import sys
from pathlib import Path

import pytest

from desktopchat.core.errors import UserError
from desktopchat.settings.file import Settings
from desktopchat.settings.options import OPTIONS


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "settings.toml"


def test_defaults_are_right_values_and_keys_are_unique():
    assert [option.problem(option.default) for option in OPTIONS] == [None] * len(OPTIONS)
    assert len({option.key for option in OPTIONS}) == len(OPTIONS)
    assert all(option.title and option.help.endswith(".") for option in OPTIONS)


def test_missing_file_means_defaults(path: Path):
    settings = Settings.load(path)
    assert settings["look.theme"] == "system"
    assert settings["model.n_ctx"] == 0
    assert settings.warnings == ()
    settings.save()
    assert not path.exists()


def test_round_trip(path: Path):
    settings = Settings.load(path)
    settings["model.n_ctx"] = 4096
    settings["model.flash_attn"] = "on"
    settings["chat.system_prompt"] = 'Say "你好"\nand 🙂'
    settings.save()
    again = Settings.load(path)
    assert (again["model.n_ctx"], again["model.flash_attn"]) == (4096, "on")
    assert again["chat.system_prompt"] == 'Say "你好"\nand 🙂'
    assert [file.name for file in path.parent.iterdir()] == [path.name]


def test_comments_unknown_keys_and_later_edits_stay(path: Path):
    path.write_text('# mine\n[look]\ntheme = "dark" # at night\nglow = 3\n[other]\nx = 1\n')
    settings = Settings.load(path)
    path.write_text(path.read_text() + "[model]\nn_threads = 2\n")
    settings["look.theme"] = "light"
    settings.save()
    assert path.read_text() == (
        '# mine\n[look]\ntheme = "light" # at night\nglow = 3\n[other]\nx = 1\n[model]\nn_threads = 2\n'
    )


@pytest.mark.parametrize(
    ("line", "told"),
    [
        ('[look]\ntheme = "pink"', "should be one of system, light, dark"),
        ("[look]\ntheme = 3", "is 3, but should be one of"),
        ("[model]\nn_ctx = -1", "is -1, but should be a whole number from 0 to 134217728; 0 is used."),
        ("[model]\nn_ctx = true", "is True, but"),
        ('[model]\nn_ctx = "8k"', "is '8k', but"),
        ("[chat]\nsystem_prompt = 1", "should be text"),
    ],
)
def test_bad_value_is_told_and_the_default_used(path: Path, line: str, told: str):
    path.write_text(line)
    settings = Settings.load(path)
    assert len(settings.warnings) == 1
    assert told in settings.warnings[0]
    assert all(settings[option.key] == option.default for option in OPTIONS)


def test_value_where_a_table_belongs(path: Path):
    path.write_text("model = 3\n")
    settings = Settings.load(path)
    assert settings["model.n_ctx"] == 0
    settings["model.n_ctx"] = 512
    settings.save()
    assert Settings.load(path)["model.n_ctx"] == 512


@pytest.mark.parametrize("content", [b"[look\n", b"\xff\xfe\x00", b"a = 1\na = 2"])
def test_broken_file_is_kept_aside(path: Path, content: bytes):
    for name in ("settings.bad", "settings.bad1"):
        path.write_bytes(content)
        settings = Settings.load(path)
        assert settings["look.theme"] == "system"
        assert f"kept as {name}" in settings.warnings[0]
        assert (path.parent / name).read_bytes() == content
        assert not path.exists()


def test_file_broken_while_running_is_kept_aside_on_save(path: Path):
    settings = Settings.load(path)
    path.write_text("[look")
    settings["look.theme"] = "dark"
    settings.save()
    assert path.with_suffix(".bad").read_text() == "[look"
    assert Settings.load(path)["look.theme"] == "dark"
    assert len(settings.warnings) == 1


def test_wrong_value_cannot_be_set(path: Path):
    settings = Settings.load(path)
    with pytest.raises(UserError, match="Theme cannot be 'pink'"):
        settings["look.theme"] = "pink"
    assert settings["look.theme"] == "system"


@pytest.mark.parametrize("kind", ["folder gone", "a folder in the way"])
def test_failed_save_tells_and_can_be_repeated(path: Path, kind: str):
    settings = Settings.load(path)
    settings["look.theme"] = "dark"
    if kind == "folder gone":
        path.parent.rmdir()
    else:
        path.mkdir()
    with pytest.raises(UserError, match="could not be saved"):
        settings.save()
    if kind == "folder gone":
        path.parent.mkdir()
    else:
        path.rmdir()
    settings.save()
    assert Settings.load(path)["look.theme"] == "dark"
    assert list(path.parent.iterdir()) == [path]


def test_reading_settings_does_not_import_tomlkit():
    code = "import sys; import desktopchat.settings.file; print('tomlkit' in sys.modules)"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout == "False\n"


def test_a_value_for_one_run_is_used_and_never_written(tmp_path: Path):
    settings = Settings.load(tmp_path / "settings.toml")
    settings.override("model.n_gpu_layers", "-1")
    settings.override("model.n_ctx", "1024")
    settings.override("model.tensor_split", "3,1.5")
    settings.override("model.kv_type", "q8_0")
    assert settings["model.n_ctx"] == 1024
    assert settings["model.tensor_split"] == "3,1.5"
    settings["look.theme"] = "dark"
    settings.save()
    assert Settings.load(tmp_path / "settings.toml")["model.n_ctx"] == 0


@pytest.mark.parametrize(
    ("key", "value"),
    [("model.size", "1"), ("model.n_ctx", "many"), ("model.kv_type", "q4"), ("model.tensor_split", "1,"), ("", "")],
)
def test_a_value_for_one_run_must_be_right(tmp_path: Path, key: str, value: str):
    with pytest.raises(UserError):
        Settings.load(tmp_path / "settings.toml").override(key, value)
