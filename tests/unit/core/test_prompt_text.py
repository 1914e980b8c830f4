"""Where the fields of a prompt are."""

import pytest

from desktopchat.core.prompt_text import fields_in


@pytest.mark.parametrize(
    ("text", "shown", "fields"),
    [
        ("plain", "plain", []),
        ("To {language}: {text}", "To {language}: {text}", ["{language}", "{text}"]),
        ("In {length=five sentences}.", "In five sentences.", ["five sentences"]),
        ("In {length=}!", "In !", [""]),
        ("{a b}{c=d}", "{a b}d", ["{a b}", "d"]),
        ('{"json": 1} {} { x } {1}', '{"json": 1} {} { x } {1}', []),
        ("{Sprache=中文} 你好", "中文 你好", ["中文"]),
    ],
)
def test_fields(text: str, shown: str, fields: list[str]) -> None:
    plain, places = fields_in(text)
    assert plain == shown
    assert [plain[begin:end] for begin, end in places] == fields


def test_places_are_counted_as_qt_counts() -> None:
    _, places = fields_in("😀 {a} 😀 {b=😀}")
    assert places == [(3, 6), (10, 12)]
