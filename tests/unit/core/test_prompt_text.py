"""Where the fields of a prompt are."""

import pytest

from desktopchat.core.prompt_text import fields_in, filled, has_field


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
    plain, found = fields_in(text)
    assert plain == shown
    assert [plain[begin:end] for [(begin, end)] in found] == fields


def test_places_are_counted_as_qt_counts() -> None:
    _, fields = fields_in("😀 {a} 😀 {b=😀}")
    assert fields == [[(3, 6)], [(10, 12)]]


def test_a_name_that_comes_again_is_the_same_field() -> None:
    plain, fields = fields_in("{a} and {b}, {a=sea} or {a=hill}")
    assert plain == "sea and {b}, sea or sea"
    assert fields == [[(0, 3), (13, 16), (20, 23)], [(8, 11)]]


def test_places_that_touch_are_fields_of_their_own() -> None:
    assert fields_in("{a}{a} {a}") == ("{a}{a} {a}", [[(0, 3)], [(3, 6), (7, 10)]])


@pytest.mark.parametrize(
    ("text", "result"),
    [
        ("{a} and {a}", "1 {b} and 1 {b}"),
        ("{b=sea}, {b}", "sea, sea"),
        ("{empty=sea}{empty}|", "seasea|"),
        ("[{empty}]", "[]"),
        ("{Price (USD)} {1st}", "9 x"),
        ('{"json": 1} {} { a } {2nd}', '{"json": 1} {} { a } {2nd}'),
        ("{a=other}", "1 {b}"),
    ],
)
def test_values_are_put_into_fields(text: str, result: str) -> None:
    assert filled(text, {"a": "1 {b}", "empty": "", "Price (USD)": "9", "1st": "x"}) == result


def test_a_field_without_a_value_is_named() -> None:
    with pytest.raises(KeyError, match="b c"):
        filled("{a} {b c}", {"a": "1"})


def test_fields_are_seen() -> None:
    assert [has_field(text, ["1st"]) for text in ("{a}", "{1st}", "{a=b}", "{2nd}", "plain")] == [1, 1, 1, 0, 0]
