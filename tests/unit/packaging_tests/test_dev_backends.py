import subprocess
import sys
from pathlib import Path

import pytest
from devtools import backends
from devtools.console import SetupError

from desktopchat.engine.backends.folders import package_folder

CODE = """    before();
    VkBool32 enable_best_practice = layer_settings;
    std::vector<vk::LayerSettingEXT> settings = { { 1 } };
    vk::LayerSettingsCreateInfoEXT layer_setting_info(settings);
    vk::InstanceCreateInfo instance_create_info(flags, &app_info, layers, extensions, &layer_setting_info);
    after();
"""
LINUX = pytest.mark.skipif(sys.platform != "linux", reason="names of libraries differ elsewhere")


def test_what_old_headers_do_not_know_is_left_out_once(tmp_path: Path) -> None:
    file = tmp_path / "ggml-vulkan.cpp"
    file.write_text(CODE)
    for _ in range(2):
        backends._leave_layer_settings_out(file)
        assert file.read_text() == (
            "    before();\n"
            "    vk::InstanceCreateInfo instance_create_info(flags, &app_info, layers, extensions);\n"
            "    after();\n"
        )


def test_other_code_is_not_touched(tmp_path: Path) -> None:
    file = tmp_path / "ggml-vulkan.cpp"
    other = CODE.replace("enable_best_practice", "enable_it")
    file.write_text(other)
    with pytest.raises(SetupError, match="not as expected"):
        backends._leave_layer_settings_out(file)
    assert file.read_text() == other


@LINUX
def test_libraries_are_collected_under_the_names_that_are_asked_for(tmp_path: Path) -> None:
    built = tmp_path / "bin"
    built.mkdir()
    for library in package_folder().glob("*.so"):
        (built / library.name).write_bytes(library.read_bytes())
        (built / f"{library.name}.0").symlink_to(library.name)
    (built / "llama-bench").write_text("no library")
    backends.collect([built], [], tmp_path / "out")
    names = {path.name for path in (tmp_path / "out").iterdir()}
    assert {"libllama.so", "libggml.so.0", "libggml-base.so.0", "libggml-cpu.so.0"} <= names
    assert not any(name.startswith("llama-bench") for name in names)
    # All that one of them needs of llama.cpp is there, or is loaded before it.
    for path in (tmp_path / "out").iterdir():
        told = subprocess.run(["readelf", "-d", str(path)], capture_output=True, text=True, check=True).stdout
        needed = {line.split("[")[1].rstrip("]") for line in told.splitlines() if "(NEEDED)" in line}
        assert {name for name in needed if name.startswith("libggml")} <= names


def test_a_folder_without_llama_cpp_is_refused(tmp_path: Path) -> None:
    (tmp_path / "bin").mkdir()
    with pytest.raises(SetupError, match="no libllama"):
        backends.collect([tmp_path / "bin"], [], tmp_path / "out")
