"""Files of every format with anything wrong in them: never more than a sentence, and what comes in can be stored."""

import copy
import json
import random
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from exchange_makers import Chat, archive, samples

from desktopchat.core.chat import Role
from desktopchat.core.errors import ImportFileError
from desktopchat.core.transfer import Skipped, TransferConversation, TransferMessage
from desktopchat.exchange.formats import own
from desktopchat.exchange.order import is_orderly
from desktopchat.exchange.reading import read
from desktopchat.exchange.writing import write

OURS = TransferConversation(
    "u", "T", 5.0, 6.0, (TransferMessage("q", None, Role.USER, "Hi", 5.0),
                         TransferMessage("a", "q", Role.ASSISTANT, "```\nHello", 5.5)), "a",
)  # fmt: skip
WRONG: tuple[Any, ...] = (
    None, True, 0, -1, 7, 1e300, 2**70, 10**5000, float("nan"), "", "x", "\ud800", "\0", "q", "a", "user", [], [None],
    [[]], {}, {"a": 1}, {"type": "text", "text": 5}, [{"type": []}], "2023-99-99 @99h 99m 99s",
    "September 99, 2023 4:30pm",
)  # fmt: skip


def records() -> dict[str, Any]:
    return {**samples(), "own": json.loads(own.encoded(OURS))}


def places(value: Any) -> Iterator[tuple[Any, Any]]:
    """Return every container in a value with each of its keys or indexes."""
    for key, inner in list(value.items() if isinstance(value, dict) else enumerate(value)):
        yield value, key
        if isinstance(inner, dict | list):
            yield from places(inner)


def dumped(value: Any) -> str:
    # What Python itself refuses to write is a number with too many digits.
    def one(part: Any) -> str:
        return json.dumps(part).replace(json.dumps(_HUGE), "9" * 5000)

    return "\n".join(map(one, value)) if isinstance(value, tuple) else one(value)


_HUGE = "a huge number"


def check(path: Path) -> list[Any]:
    """Read a file; all that comes of it must be sound."""
    try:
        items = list(read(path))
    except ImportFileError:
        return []
    for item in items:
        if isinstance(item, TransferConversation):
            assert is_orderly(item.messages, item.tip_uid)
            assert item.uid
            assert all("".join(write(item, name, True)).encode() for name in ("md", "html", "json"))
        elif isinstance(item, Skipped):
            assert "should be (" not in item.reason, "nobody thought of this form"
            assert item.reason.endswith(".")
            assert item.place
    return items


@pytest.mark.parametrize("name", records())
def test_any_value_may_be_wrong(tmp_path: Path, name: str, soak: bool) -> None:
    original = records()[name]
    count = len(list(places(list(original) if isinstance(original, tuple) else original)))
    chance = random.Random(1)
    for place in range(count):
        for wrong in WRONG if soak else chance.sample(WRONG, 8):
            value = copy.deepcopy(original)
            box = list(value) if isinstance(value, tuple) else value
            container, key = list(places(box))[place]
            container[key] = _HUGE if wrong == 10**5000 else wrong
            (tmp_path / "x").write_text(dumped(tuple(box) if isinstance(value, tuple) else box))
            check(tmp_path / "x")
        value = copy.deepcopy(original)
        box = list(value) if isinstance(value, tuple) else value
        container, key = list(places(box))[place]
        del container[key]
        (tmp_path / "x").write_text(dumped(tuple(box) if isinstance(value, tuple) else box))
        check(tmp_path / "x")


@pytest.mark.parametrize("name", [*records(), "md", "gpt4all", "zip"])
def test_any_byte_may_be_wrong(tmp_path: Path, name: str, soak: bool) -> None:
    path = tmp_path / "x"
    if name == "md":
        data = "".join(write(OURS, "md", True)).encode()
    elif name == "gpt4all":
        parts = (("Think", "hm"), ("ToolCall", "c"), ("ToolResponse", "r"))
        data = (
            Chat()
            .head(2)
            .message("Prompt", "Hi", files=(("f", b"x"),))
            .message("Response", "", parts=parts)
            .data.data()
        )
    elif name == "zip":
        data = archive(path, {"c.json": dumped(records()["chatgpt"])}).read_bytes()
    else:
        data = dumped(records()[name]).encode()
    path.write_bytes(data)
    assert [item for item in check(path) if isinstance(item, TransferConversation)], "whole, it is read"
    chance = random.Random(2)
    for _ in range(2000 if soak else 150):
        damaged = bytearray(data)
        for _change in range(chance.randint(1, 3)):
            place = chance.randrange(len(damaged) or 1)
            match chance.randrange(4):
                case 0:
                    damaged[place : place + 1] = bytes([chance.randrange(256)])
                case 1:
                    damaged[place:place] = chance.choice(
                        [b"\0", b"\xff", b'"', b"\\", b"}", b"[", b"\xed\xa0\x80", b"\n"]
                    )
                case 2:
                    del damaged[place : place + chance.randint(1, 40)]
                case 3:
                    del damaged[max(4, place) :]
        path.write_bytes(damaged)
        check(path)


MANY = 40_000


def hostile() -> dict[str, Any]:
    """Files that make much of every loop inside of another one."""
    user, answer = {"author": {"role": "user"}}, {"author": {"role": "assistant"}}
    messages = {"same": {"uuid": "1", "sender": "human", "text": "x"}, "text": {"role": "user", "content": "x"}}
    thought = '<details type="reasoning" '
    swiped = {"name": "C", "is_user": False, "mes": "a", "swipes": ["a"] * MANY, "swipe_id": 0}
    chat = {"messages": [{"role": "assistant", "content": thought * MANY + ">" + (thought + ">") * MANY}]}
    return {
        "one id": [{"uuid": "u", "chat_messages": [{**messages["same"], "text": str(n)} for n in range(MANY)]}],
        "same text": [messages["text"]] * MANY,
        "swipes": ({"user_name": "U", "character_name": "C"}, swiped),
        "circle": [{"mapping": {"c": {"message": user, "parent": "d"}, "d": {"message": answer, "parent": "c"},
                                **{str(n): {"message": user, "parent": "c"} for n in range(MANY)}}}],
        "row": [{"mapping": {str(n): {"message": answer, "parent": str(n - 1)} for n in range(MANY)}}],
        "reasoning": [{"id": "1", "chat": chat}],
        "time": ({"user_name": "U", "character_name": "C", "create_date": "1" * 5 * MANY}, swiped | {"swipes": []}),
    }  # fmt: skip


@pytest.mark.parametrize("name", hostile())
def test_nothing_takes_for_ever(tmp_path: Path, name: str) -> None:
    """The limit is that of the test itself: each of these would take hours if it took the square of its length."""
    (tmp_path / "x").write_text(dumped(hostile()[name]))
    assert [item for item in read(tmp_path / "x") if isinstance(item, TransferConversation)]


@pytest.mark.parametrize("line", ["\n", "---\n", "**gpt \n", "> ", "<!-- desktopchat:message {", "`\n", "# "])
def test_no_markdown_takes_for_ever(tmp_path: Path, line: str) -> None:
    (tmp_path / "x").write_text("## User\n" + line * 5 * MANY + "\n## Assistant\n" + line * 5 * MANY)
    assert [item for item in read(tmp_path / "x") if isinstance(item, TransferConversation)]
