"""The catalogue that comes with the program."""

from desktopchat.core.hub_names import is_repository, quant_of
from desktopchat.library.catalog import read_catalog
from desktopchat.resources import resource

ENTRIES = read_catalog(resource("catalog.json"))


def test_the_gpt_family_is_there() -> None:
    families = {entry.family for entry in ENTRIES}
    assert families >= {"gpt-oss", "GPT-2", "Qwen", "Llama", "Gemma", "Mistral", "Phi", "SmolLM"}


def test_every_entry_says_all() -> None:
    assert len({(entry.repo, entry.quant) for entry in ENTRIES}) == len(ENTRIES)
    for entry in ENTRIES:
        assert is_repository(entry.repo)
        assert quant_of(f"x-{entry.quant}.gguf") == entry.quant
        assert entry.licence
        assert all(len(language) == 2 for language in entry.languages)
        assert entry.reason.endswith(".")
        # From 4 bits to 9 for each parameter, and up to 12 where a large vocabulary belongs to a tiny model.
        assert 0.5 <= entry.size / entry.parameters <= 1.5
