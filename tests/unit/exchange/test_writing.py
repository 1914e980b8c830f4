"""What is written: golden files, and what comes back when it is read."""

import json
import os
import re
from dataclasses import replace
from html.parser import HTMLParser
from pathlib import Path

import pytest
from exchange_trees import TEXT, conversations
from hypothesis import assume, given, settings

from desktopchat.core.chat import FinishReason, MessageState, Role, Timings, Usage
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.core.transfer import Attachment, Skipped, TransferConversation, TransferMessage, branch
from desktopchat.exchange.branches import only_branch
from desktopchat.exchange.draft import Origin
from desktopchat.exchange.formats import markdown, marks, own
from desktopchat.exchange.reading import read
from desktopchat.exchange.records import decode
from desktopchat.exchange.writing import FORMATS, write, write_all

GOLDEN = Path(__file__).parents[2] / "data" / "export"
MODEL = ModelIdentity("SmolLM2-135M", "/models/smol.gguf", "Q4_K_M", "ab" * 32, "{{ messages }}")
HARD = """Use `#include <stdio.h>`, 天气 and $x < y$:

```c
## User
int main(void) { return 0; }  /* <script>alert(1)</script> */
```

| a | b |
|---|---|
| 1 | 2 |

![picture](https://example.com/x.png) [link](javascript:alert(1)) [good](https://example.com/?a=1&b=2)
<img src=x onerror=alert(1)> مرحبا & goodbye"""
SAMPLING = SamplingParams(temperature=0.5, seed=7, stop=("END",), logit_bias=((5, -1.5),))
SHOWN = TransferConversation(
    uid="0123456789abcdef",
    title='Boats & "C" <b>',
    created_at=1_764_000_000.0,
    updated_at=1_764_000_600.5,
    messages=(
        TransferMessage("q", None, Role.USER, "How do I print?\nIn C.", 1_764_000_001.0,
                        attachments=(Attachment("x_1.png", "image/png", b"\x89PNG"), Attachment("a<b>.txt"))),
        TransferMessage("a", "q", Role.ASSISTANT, HARD, 1_764_000_002.25, reasoning="The person wants C.\n\n- short",
                        model=MODEL, sampling=SAMPLING, seed=7, finish_reason=FinishReason.STOP,
                        usage=Usage(10, 2, 30), timings=Timings(0.5, 0.6, 1.5)),
        TransferMessage("b", "q", Role.ASSISTANT, "```c\nint ma", 1_764_000_003.0, state=MessageState.INTERRUPTED,
                        model=MODEL, sampling=SAMPLING, finish_reason=FinishReason.CANCELLED),
        TransferMessage("q2", "a", Role.USER, "<!-- desktopchat:message {} -->\n## Assistant", 1_764_000_004.0),
        TransferMessage("a2", "q2", Role.ASSISTANT, "", 1_764_000_005.0, state=MessageState.FAILED,
                        error="The engine ran out of *memory*."),
        TransferMessage("q3", None, Role.USER, "Another beginning", 1_764_000_006.0),
    ),
    tip_uid="a2",
    system_prompt="Be brief.\n--- \"quoted\": yes",
    sampling=SamplingParams(top_k=7),
    draft="unsent",
    note="my note",
    folder="Work",
    tags=("c", "sea"),
    pinned=True,
)  # fmt: skip
CASES = [(name, tree) for name in FORMATS for tree in (False, True)]


def text(conversation: TransferConversation, name: str, tree: bool = True) -> str:
    return "".join(write(conversation, name, tree))


@pytest.mark.parametrize(("name", "tree"), CASES)
def test_golden_files(name: str, tree: bool) -> None:
    """To renew them after a change that is meant, run with DESKTOPCHAT_RENEW_GOLDEN=1 and look at the difference."""
    path = GOLDEN / f"{'tree' if tree else 'branch'}-{name}{FORMATS[name].ending}"
    found = text(SHOWN, name, tree)
    if os.environ.get("DESKTOPCHAT_RENEW_GOLDEN"):
        path.write_text(found, "utf-8", newline="")
    assert found == path.read_bytes().decode()


# --- our own JSON -----------------------------------------------------------------------------------


@settings(max_examples=60)
@given(conversations())
def test_our_json_is_lossless(conversation: TransferConversation) -> None:
    (found,) = own.read(decode(own.encoded(conversation)), Origin("x", 0))
    assert found == conversation


@pytest.mark.parametrize("name", ["json", "jsonl"])
def test_our_files_are_read_back(tmp_path: Path, name: str) -> None:
    many = [replace(SHOWN, uid=f"c{number}") for number in range(3)]
    path = tmp_path / "x"
    for some in (many, many[:1]):
        path.write_text("".join(write_all(iter(some), name, True)), "utf-8", newline="")
        assert list(read(path)) == some
    path.write_text(text(SHOWN, name), "utf-8", newline="")
    assert list(read(path)) == [SHOWN]
    path.write_text(text(SHOWN, name, tree=False), "utf-8", newline="")
    assert list(read(path)) == [only_branch(SHOWN)]
    assert json.loads("".join(write_all(iter(()), "json", True))) == []


def test_models_are_written_once() -> None:
    assert text(SHOWN, "json").count(MODEL.sha256) == 1
    assert text(SHOWN, "json").count('"END"') == 1


def changed(**values: object) -> Path | str:
    record = json.loads(own.encoded(SHOWN))
    for key, value in values.items():
        target = record["conversation"]["messages"][1] if key.startswith("m_") else record["conversation"]
        (record if key in record else target)[key.removeprefix("m_")] = value
    return json.dumps(record)


@pytest.mark.parametrize(
    ("values", "reason"),
    [
        ({"version": 2}, "newer desktopchat"),
        ({"uid": ""}, "not as our exports are"),
        ({"created_at": 1e300}, "not as our exports are"),
        ({"m_model": 7}, "not as our exports are"),
        ({"m_model": -1}, "not as our exports are"),
        ({"m_seed": 2**70}, "not as our exports are"),
        ({"m_role": "nobody"}, "not as our exports are"),
        ({"messages": [7]}, "not as our exports are"),
    ],
)
def test_what_is_not_as_we_write_it_is_refused(tmp_path: Path, values: dict[str, object], reason: str) -> None:
    (tmp_path / "x").write_text(str(changed(**values)))
    (skipped,) = read(tmp_path / "x")
    assert isinstance(skipped, Skipped)
    assert reason in skipped.reason


def test_what_can_be_mended_is(tmp_path: Path) -> None:
    (tmp_path / "x").write_text(str(changed(m_parent_uid="gone", sampling={"temperature": -3})))
    conversation, *mended = read(tmp_path / "x")
    assert isinstance(conversation, TransferConversation)
    assert len(conversation.messages) == len(SHOWN.messages)
    assert conversation.sampling == SamplingParams()
    assert len(mended) == 2


# --- Markdown ---------------------------------------------------------------------------------------


def told(conversation: TransferConversation) -> set[tuple[object, ...]]:
    """Return what Markdown keeps of each message, with the texts that lead to it."""
    paths: dict[str | None, tuple[object, ...]] = {None: ()}
    for one in conversation.messages:
        own_part = (one.role, one.content, one.reasoning, one.state, one.error, one.created_at)
        names = tuple(attachment.name for attachment in one.attachments)
        paths[one.uid] = (*paths[one.parent_uid], (*own_part, (one.model and one.model.name) or None, names))
    return {path for uid, path in paths.items() if uid is not None}


@settings(max_examples=60)
@given(conversations())
def test_our_markdown_is_read_back(conversation: TransferConversation) -> None:
    assume(conversation.messages)
    assume("\\x00" not in repr(conversation))  # Markdown cannot hold it (CommonMark 2.3)
    (whole,) = markdown.read(text(conversation, "md"), Origin("x", 1.0))
    assert told(whole) == told(conversation)  # type: ignore[arg-type]
    (shown,) = markdown.read(text(conversation, "md", tree=False), Origin("x", 1.0))
    assert [one.content for one in shown.messages] == [one.content for one in branch(conversation)]  # type: ignore[union-attr]
    tips = [next(one.content for one in found.messages if one.uid == found.tip_uid) for found in (whole, shown)]  # type: ignore[union-attr]
    assert tips == [[*branch(conversation)][-1].content] * 2


def test_markdown_keeps_what_the_conversation_says() -> None:
    (found,) = markdown.read(text(SHOWN, "md"), Origin("x", 1.0))
    assert isinstance(found, TransferConversation)
    assert (found.title, found.system_prompt, found.tags) == (SHOWN.title, SHOWN.system_prompt, SHOWN.tags)
    assert found.created_at == SHOWN.created_at


@given(TEXT)
def test_guarded_text_stands_on_its_own(said: str) -> None:
    guarded = marks.guarded(said)
    assert marks.bare(guarded) == said
    assert marks.open_fence(guarded) == ""
    assert marks.parts(f"\n{guarded}\n") == []


# --- web page ---------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Collects what could act or be fetched."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: list[tuple[str, str]] = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes += [(name, value or "") for name, value in attrs]


HOSTILE = [
    "<script>alert(1)</script>",
    '"><img src=x onerror=alert(1)>',
    "![x](https://evil.example/p.png)",
    "![x][r]\n\n[r]: https://evil.example/p.png",
    "[x](javascript:alert(1)) [y](data:text/html,x) [z](//evil.example) [f](file:///etc/passwd) <javascript:x>",
    "</div></article><iframe src=//evil.example></iframe><style>*{background:url(//evil.example)}</style>",
    "<details open ontoggle=alert(1)>",
    "{title}{0}{style}",
]


@pytest.mark.parametrize("hostile", HOSTILE)
def test_a_page_does_nothing(hostile: str) -> None:
    message = SHOWN.messages[1]
    messages = (
        replace(message, parent_uid=None, content=hostile, reasoning=hostile, error=hostile,
                model=ModelIdentity(hostile), attachments=(Attachment(hostile, hostile, b"x"), Attachment(hostile))),
    )  # fmt: skip
    conversation = replace(SHOWN, title=hostile, system_prompt=hostile, messages=messages, tip_uid=message.uid)
    page = Page(text(conversation, "html"))
    known = {"html", "head", "meta", "title", "style", "body", "h1", "h2", "p", "div", "details", "summary", "pre"}
    known |= {"code", "article", "header", "small", "a", "em"}
    assert page.tags <= known | {"strong", "table", "thead", "tbody", "tr", "th", "td", "ul", "ol", "li", "img"}
    for name, value in page.attributes:
        assert not name.startswith("on")
        assert name != "src"
        assert name != "href" or re.match("https?://|mailto:|#", value)


def test_pictures_stand_in_the_page_itself() -> None:
    page = Page(text(SHOWN, "html"))
    assert ("src", "data:image/png;base64,iVBORw==") in page.attributes
    assert [value for name, value in page.attributes if name == "src" and not value.startswith("data:image/")] == []


# --- training data ----------------------------------------------------------------------------------


def test_a_line_for_each_branch() -> None:
    assert len(text(SHOWN, "openai").splitlines()) == len(text(SHOWN, "sharegpt").splitlines()) == 3
    (line,) = text(SHOWN, "openai", tree=False).splitlines()
    roles = [message["role"] for message in json.loads(line)["messages"]]
    assert roles == ["system", "user", "assistant", "user"], "an answer that failed with no word is none"


def test_training_data_is_read_back(tmp_path: Path) -> None:
    for name in ("openai", "sharegpt"):
        (tmp_path / name).write_text(text(SHOWN, name), "utf-8", newline="")
        found = [item for item in read(tmp_path / name) if isinstance(item, TransferConversation)]
        assert {one.content for item in found for one in item.messages} == {
            one.content for one in SHOWN.messages if one.content
        }
        assert {item.system_prompt for item in found} == {SHOWN.system_prompt}
