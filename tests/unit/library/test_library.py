"""All models of a machine."""

import errno
import json
from pathlib import Path

import pytest

from desktopchat.core.errors import ModelFileError
from desktopchat.core.local_model import Capability, Kind, Origin
from desktopchat.library import kept, trash
from desktopchat.library.shelf import Library
from tests.gguf_maker import METADATA, gguf, write_gguf
from tests.model_folders import hub_cache, ollama
from tests.tiny_projectors import write_projector

THINKING = "{% if enable_thinking %}<think>{% endif %}{{ tools }}{{ messages }}"


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("OLLAMA_MODELS", "HF_HUB_CACHE", "HF_HOME", "LLAMA_CACHE", "XDG_CACHE_HOME", "XDG_DATA_HOME",
                 "XDG_CONFIG_HOME", "HUGGINGFACE_HUB_CACHE"):  # fmt: skip
        monkeypatch.delenv(name, raising=False)
    return tmp_path / "home"


@pytest.fixture
def library(tmp_path: Path, home: Path) -> Library:
    (tmp_path / "models").mkdir()
    return opened(tmp_path)


def opened(tmp_path: Path) -> Library:
    return Library(tmp_path / "models", tmp_path / "library.json", tmp_path / "headers.json", tmp_path / "home")


def names(library: Library) -> list[str]:
    return [model.called for model in library.models()]


def test_facts_are_those_of_the_header(library: Library) -> None:
    write_gguf(library.folder / "a.gguf", chat_template=THINKING, file_type=15)
    write_gguf(library.folder / "b-Q8_0.gguf", chat_template="", file_type=9999)
    (library.folder / "embeds.gguf").write_bytes(gguf({**METADATA, "llama.pooling_type": 1, "general.license": "mit"}))
    first, second, third = library.models()
    assert (first.facts.architecture, first.facts.quant, first.facts.n_ctx) == ("llama", "Q4_K_M", 2048)
    assert first.facts.parameters == 64 * 100 + 65 + 1
    assert first.capabilities == (Capability.CHAT, Capability.REASONING, Capability.TOOLS)
    assert (second.facts.quant, second.capabilities, second.answers) == ("Q8_0", (), True)
    assert (third.facts.licence, third.capabilities, third.answers) == ("mit", (Capability.EMBEDDING,), False)
    assert first.fits(["llama", "tools"])
    assert not first.fits(["llama", "mit"])


def test_each_header_is_read_once(library: Library, tmp_path: Path) -> None:
    path = write_gguf(library.folder / "a.gguf")
    write_gguf(library.folder / "b.gguf")
    library.models()
    assert library.index.reads == 2
    library.models()
    assert library.index.reads == 2
    other = opened(tmp_path)
    assert (names(other), other.index.reads) == (["a", "b"], 0)
    path.write_bytes(gguf({**METADATA, "general.license": "mit"}))
    assert (other.models()[0].facts.licence, other.index.reads) == ("mit", 1)


@pytest.mark.parametrize("text", ["", "[]", '{"version": 1}', '{"version": 1, "files": {"/a": [1, 2, [3], ""]}}', "{"])
def test_damaged_index_is_made_again(library: Library, tmp_path: Path, text: str) -> None:
    write_gguf(library.folder / "a.gguf")
    (tmp_path / "headers.json").write_text(text)
    assert names(library) == ["a"]
    assert json.loads((tmp_path / "headers.json").read_text())["version"] == 1


@pytest.mark.parametrize("text", ["[]", "{", '{"added": 3, "titles": {"x": 1}, "tags": {"x": [1]}, "other": 1}'])
def test_damaged_decisions_hide_no_model(library: Library, tmp_path: Path, text: str) -> None:
    write_gguf(library.folder / "a.gguf")
    (tmp_path / "library.json").write_text(text)
    assert names(library) == ["a"]


def test_damaged_models_are_listed_with_their_sentence(library: Library) -> None:
    (library.folder / "cut.gguf").write_bytes(gguf()[:200])
    (library.folder / "page.gguf").write_text("<html>")
    cut, page = library.models()
    assert (cut.facts.kind, page.facts.kind) == (Kind.DAMAGED, Kind.DAMAGED)
    assert "cut off" in str(cut.facts.trouble)
    assert "web page" in str(page.facts.trouble)
    with pytest.raises(ModelFileError, match="web page"):
        library.find("page")


def test_parts_are_one_model(library: Library) -> None:
    for number in (1, 2, 3):
        (library.folder / f"big-0000{number}-of-00003.gguf").write_bytes(
            gguf({**METADATA, "split.no": number - 1, "split.count": 3})
        )
    (model,) = library.models()
    assert (len(model.files), model.facts.parameters, model.facts.trouble) == (3, 3 * 6466, None)
    assert model.size == sum(Path(path).stat().st_size for path in model.files)
    assert library.named("big").path.endswith("big-00001-of-00003.gguf")
    (library.folder / "big-00002-of-00003.gguf").unlink()
    assert "1 of its 3 parts is missing" in str(library.models()[0].facts.trouble)


def test_projector_belongs_to_its_model(library: Library) -> None:
    model = write_gguf(library.folder / "sees" / "tiny.gguf")
    projector = write_projector(model.parent / "mmproj-tiny-F16.gguf")
    lone = write_projector(library.folder / "mmproj-other.gguf")
    found = {one.name: one for one in library.models()}
    assert found["tiny"].projector == str(projector)
    assert Capability.VISION in found["tiny"].capabilities
    assert found["tiny"].size == model.stat().st_size + projector.stat().st_size
    assert found[lone.stem].facts.kind is Kind.PROJECTOR
    assert projector.stem not in found


def test_other_programs_are_asked_about_first(library: Library, home: Path) -> None:
    ollama(home / ".ollama" / "models", "qwen3:8b", model=gguf())
    hub_cache(home / ".cache" / "huggingface" / "hub", "acme/tiny", "abc", "tiny.gguf")
    assert names(library) == []
    assert [(offer.origin, offer.count) for offer in library.offers()] == [(Origin.HUB_CACHE, 1), (Origin.OLLAMA, 1)]
    library.adopt(Origin.OLLAMA)
    assert names(library) == ["qwen3:8b"]
    assert [offer.origin for offer in library.offers()] == [Origin.HUB_CACHE]
    library.leave(Origin.OLLAMA)
    assert names(library) == []


def test_adopted_model_keeps_its_name_and_projector(library: Library, home: Path, tmp_path: Path) -> None:
    seen = write_projector(tmp_path / "p.gguf").read_bytes()
    ollama(home / ".ollama" / "models", "llava:7b", model=gguf(), projector=seen, adapter=b"a")
    library.adopt(Origin.OLLAMA)
    file = library.find("llava")
    assert file.name == "llava:7b"
    assert Path(file.projector).read_bytes() == seen
    assert "not applied" in str(file.remarks[0])
    assert library.inspect(file.path) == file
    assert library.models()[0].size == len(gguf()) + len(seen)


def test_added_folder_and_file(library: Library, tmp_path: Path) -> None:
    folder = write_gguf(tmp_path / "x" / "y" / "a.gguf").parent.parent
    file = write_gguf(tmp_path / "z.gguf")
    assert [model.name for model in library.add(folder)] == ["a"]
    assert library.add(folder / "y")
    library.add(file)
    assert names(library) == ["a", "z"]
    assert library.kept.read().added == [str(folder), str(file)]
    assert library.forget(folder)
    assert not library.forget(folder)
    assert names(library) == ["z"]
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelFileError, match="no model in"):
        library.add(tmp_path / "empty")
    with pytest.raises(ModelFileError, match="does not exist"):
        library.add(tmp_path / "missing.gguf")


def test_one_file_by_two_ways_is_listed_once(library: Library) -> None:
    path = write_gguf(library.folder / "sub" / "a.gguf")
    library.add(path.parent)
    (library.folder / "b.gguf").symlink_to(path)
    assert len(library.models()) == 1


def test_decisions_last(library: Library, tmp_path: Path) -> None:
    path = str(write_gguf(library.folder / "a.gguf"))
    library.rename(path, "  My\nmodel ")
    library.tag(path, ["small", "small", " of  mine", ""])
    library.note_use(path)
    (model,) = opened(tmp_path).models()
    assert (model.called, model.name, model.tags) == ("My model", "a", ("small", "of mine"))
    assert model.used > 0
    assert library.named("my mo").path == path
    assert library.find("A.gguf").path == path
    library.rename(path, "")
    library.tag(path, [])
    assert names(library) == ["a"]
    assert library.kept.read().tags == {}


def test_not_found(library: Library) -> None:
    with pytest.raises(ModelFileError, match=r"no model called x.*Put a .gguf"):
        library.find("x")
    write_gguf(library.folder / "a-1.gguf")
    write_gguf(library.folder / "a-2.gguf")
    with pytest.raises(ModelFileError, match=r"fits more than one.*a-1\.gguf, .*a-2\.gguf"):
        library.find("a")
    with pytest.raises(ModelFileError, match=r"no model called x.*a-1, a-2"):
        library.find("x")
    with pytest.raises(ModelFileError, match="does not exist"):
        library.find("folder/x.gguf")


def test_decisions_stay_with_the_content_of_a_file(library: Library, tmp_path: Path) -> None:
    path = write_gguf(library.folder / "a.gguf", file_type=15)
    write_gguf(library.folder / "b.gguf", file_type=7)
    library.rename(str(path), "Mine")
    library.tag(str(path), ["good"])
    assert names(library) == ["b", "Mine"]
    (library.folder / "sub").mkdir()
    path.rename(library.folder / "sub" / "c.gguf")
    again = opened(tmp_path)
    assert names(again) == ["b", "Mine"]
    assert again.named("Mine").tags == ("good",)
    assert (again.take_renames(), again.take_renames()) == ([("a", "c")], [])
    # What is in the trash keeps its own, and a copy gets none of it.
    write_gguf(library.folder / "d.gguf", file_type=15)
    trash.throw_away(again, again.named("Mine"))
    assert names(again) == ["b", "d"]
    trash.bring_back(again)
    assert names(again) == ["b", "d", "Mine"]


def test_trash_and_back(library: Library) -> None:
    path = write_gguf(library.folder / "a.gguf")
    record = path.with_name("a.gguf.json")
    record.write_text("{}")
    size = path.stat().st_size
    thrown = trash.throw_away(library, library.named("a"))
    assert (thrown.name, thrown.size) == ("a", size + 2)
    assert names(library) == []
    assert not record.exists()
    assert trash.bring_back(library) == "a"
    assert path.read_bytes() == gguf()
    assert record.exists()
    assert not (library.folder / ".trash").exists()
    trash.throw_away(library, library.named("a"))
    assert trash.empty(library) == size + 2
    assert trash.bring_back(library) == ""
    assert list(library.folder.iterdir()) == []


def test_nothing_lies_in_the_trash_unlisted(library: Library, monkeypatch: pytest.MonkeyPatch) -> None:
    path = write_gguf(library.folder / "a.gguf")

    def full(_path: Path, _value: object) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as broken:
        broken.setattr(kept, "write_json", full)
        with pytest.raises(ModelFileError, match="cannot be written"):
            trash.throw_away(library, library.named("a"))
    assert path.exists()
    assert names(library) == ["a"]
    assert trash.contents(library) == ()


def test_what_was_listed_and_never_got_into_the_trash_is_passed_over(
    library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("a", "b"):
        write_gguf(library.folder / f"{name}.gguf")
    trash.throw_away(library, library.named("a"))
    with monkeypatch.context() as killed:
        killed.setattr(trash, "_move", _die)
        with pytest.raises(KeyboardInterrupt):
            trash.throw_away(library, library.named("b"))
    assert names(library) == ["b"]
    assert [thrown.name for thrown in trash.contents(library)] == ["a"]
    assert trash.bring_back(library) == "a"
    assert trash.bring_back(library) == ""
    assert names(library) == ["a", "b"]


def _die(_moves: object) -> None:
    raise KeyboardInterrupt


def test_what_came_in_the_meantime_is_not_overwritten(library: Library) -> None:
    path = write_gguf(library.folder / "a.gguf")
    trash.throw_away(library, library.named("a"))
    path.write_bytes(b"new")
    with pytest.raises(ModelFileError, match="Another file is called"):
        trash.bring_back(library)
    assert path.read_bytes() == b"new"
    path.unlink()
    assert trash.bring_back(library) == "a"


def test_files_of_others_are_left_alone(library: Library, home: Path, tmp_path: Path) -> None:
    manifest = ollama(home / ".ollama" / "models", "qwen3:8b", model=gguf())
    library.adopt(Origin.OLLAMA)
    with pytest.raises(ModelFileError, match=r"another program: Ollama\. Remove it there: ollama rm qwen3:8b\."):
        trash.throw_away(library, library.named("qwen3:8b"), others=True)
    assert manifest.exists()
    assert names(library) == ["qwen3:8b"]
    added = write_gguf(tmp_path / "x" / "b.gguf")
    library.add(added)
    with pytest.raises(ModelFileError, match="not in our own folder"):
        trash.throw_away(library, library.named("b"))
    assert added.exists()
    trash.throw_away(library, library.named("b"), others=True)
    assert not added.exists()
    trash.bring_back(library)
    assert added.exists()


def test_projector_of_another_model_stays(library: Library) -> None:
    for quant in ("Q4_0", "Q8_0"):
        write_gguf(library.folder / f"tiny-{quant}.gguf")
    projector = write_projector(library.folder / "mmproj-tiny-F16.gguf")
    trash.throw_away(library, library.named("tiny-Q4_0"))
    assert projector.exists()
    trash.throw_away(library, library.named("tiny-Q8_0"))
    assert not projector.exists()


def test_links_give_no_room_back(library: Library, tmp_path: Path) -> None:
    outside = write_gguf(tmp_path / "x.gguf")
    (library.folder / "hard.gguf").hardlink_to(outside)
    assert trash.throw_away(library, library.named("hard")).size == 0
    assert trash.empty(library) == 0
    assert outside.exists()


def test_edited_list_of_the_trash_moves_nothing_else(library: Library, tmp_path: Path) -> None:
    victim = tmp_path / "victim"
    victim.write_text("x")
    moves = [[str(tmp_path / "new"), str(victim)], ["a"], 3]
    (tmp_path / "library.json").write_text(json.dumps({"trash": [{"name": "x", "size": 1, "moves": moves}]}))
    assert trash.empty(library) == 0
    assert victim.exists()
