"""What is made of the files of other programs."""

import json
from pathlib import Path
from typing import Any

import pytest
from exchange_makers import chatgpt, dump, dump_lines, node, simple_chatgpt

from desktopchat.core.chat import MessageState
from desktopchat.core.errors import ImportFileError
from desktopchat.core.transfer import Attachment, Mended, Skipped, TransferConversation
from desktopchat.exchange.draft import seconds
from desktopchat.exchange.order import is_orderly
from desktopchat.exchange.reading import read


def only(path: Path) -> TransferConversation:
    """Return the one conversation of a file in which nothing is wrong."""
    (conversation,) = read(path)
    assert isinstance(conversation, TransferConversation)
    assert is_orderly(conversation.messages, conversation.tip_uid)
    return conversation


def said(conversation: TransferConversation) -> list[tuple[str, str]]:
    return [(message.role.value, message.content) for message in conversation.messages]


def links(conversation: TransferConversation) -> dict[str, str | None]:
    """Return for each text the text that it follows."""
    by_uid = {message.uid: message.content for message in conversation.messages}
    return {one.content: by_uid.get(one.parent_uid or "") for one in conversation.messages}


def tip(conversation: TransferConversation) -> str:
    return next(message.content for message in conversation.messages if message.uid == conversation.tip_uid)


# --- ChatGPT ----------------------------------------------------------------------------------------


def test_chatgpt_branches(tmp_path: Path) -> None:
    mapping = {
        "root": node(None),
        "sys": node("root", "system", ""),
        "q": node("sys", "user", "What is a boat?", create_time=1_700_000_001.5),
        "a1": node("q", "assistant", "It floats.", metadata={"model_slug": "gpt-4"}),
        "a2": node("q", "assistant", "A vessel.", create_time=1_700_000_003.0),
        "q2": node("a1", "user", "Why?"),
        "b": node("q2", "assistant", "Wood.", status="finished_partial_completion"),
    }
    conversation = only(dump(tmp_path / "x", [chatgpt(mapping, "b")]))
    assert conversation.uid == "chatgpt:c1"
    assert conversation.title == "Boats"
    assert (conversation.created_at, conversation.updated_at) == (1_700_000_000.25, 1_700_000_900.5)
    assert links(conversation) == {
        "What is a boat?": None, "It floats.": "What is a boat?", "A vessel.": "What is a boat?",
        "Why?": "It floats.", "Wood.": "Why?",
    }  # fmt: skip
    assert tip(conversation) == "Wood."
    by_text = {message.content: message for message in conversation.messages}
    assert by_text["It floats."].model.name == "gpt-4"  # type: ignore[union-attr]
    assert by_text["It floats."].created_at == 1_700_000_001.5, "a null time is that of the message before"
    assert by_text["Wood."].state is MessageState.INTERRUPTED
    assert {message.uid for message in conversation.messages} == {"q", "a1", "a2", "q2", "b"}


def test_chatgpt_hidden_and_system_texts_are_the_system_prompt(tmp_path: Path) -> None:
    hidden = {"is_visually_hidden_from_conversation": True}
    about = {"content_type": "user_editable_context", "user_profile": "I sail.", "user_instructions": "Be brief."}
    mapping = {
        "sys": node(None, "system", "Knowledge ends in 2023."),
        "me": node("sys", "user", about, metadata=hidden),
        "q": node("me", "user", "Hi"),
        "a": node("q", "assistant", "Hello"),
    }
    conversation = only(dump(tmp_path / "x", [chatgpt(mapping, "a")]))
    assert said(conversation) == [("user", "Hi"), ("assistant", "Hello")]
    assert conversation.system_prompt == "Knowledge ends in 2023.\n\nI sail.\n\nBe brief."


def test_chatgpt_thoughts_and_tools_belong_to_the_answer(tmp_path: Path) -> None:
    thoughts = {"content_type": "thoughts", "thoughts": [{"summary": "Sum", "content": "one and one"}]}
    code = {"content_type": "code", "language": "python", "text": "print('```')"}
    mapping = {
        "q": node(None, "user", "1 + 1?"),
        "t": node("q", "assistant", thoughts),
        "r": node("t", "assistant", {"content_type": "reasoning_recap", "content": "Thought for 2s"}),
        "c": node("r", "assistant", code, recipient="python"),
        "o": node("c", "tool", {"content_type": "execution_output", "text": "2"}, name="python"),
        "a": node("o", "assistant", "Two.", metadata={"model_slug": "o3"}),
    }
    conversation = only(dump(tmp_path / "x", [chatgpt(mapping, "a")]))
    answer = conversation.messages[1]
    assert len(conversation.messages) == 2
    assert answer.reasoning == "Sum\none and one\n\nThought for 2s"
    assert answer.content == (
        "*Call of python*\n\n```python\nprint('```')\n```\n\n*Result of python*\n\n```\n2\n```\n\nTwo."
    )
    assert (answer.uid, conversation.tip_uid) == ("a", "a")


def test_chatgpt_pictures_are_named(tmp_path: Path) -> None:
    picture = {"content_type": "image_asset_pointer", "asset_pointer": "file-service://file-77", "width": 9}
    spoken = {"content_type": "audio_transcription", "text": "spoken words"}
    unnamed = {"content_type": "image_asset_pointer", "asset_pointer": "sediment://file_88"}
    content = {"content_type": "multimodal_text", "parts": [picture, "See", spoken, unnamed, None]}
    metadata = {"attachments": [{"id": "file-77", "name": "boat.png", "mime_type": "image/png"}]}
    mapping = {"q": node(None, "user", content, metadata=metadata), "a": node("q", "assistant", "Nice.")}
    question = only(dump(tmp_path / "x", [chatgpt(mapping, "a")])).messages[0]
    assert question.content == "See\n\nspoken words"
    assert question.attachments == (Attachment("boat.png", "image/png"), Attachment("file_88"))


def test_chatgpt_damaged_links_are_mended(tmp_path: Path) -> None:
    mapping = {"q": node("gone", "user", "Hi"), "a": node("q", "assistant", "Hello"), "x": "no node"}
    del mapping["x"]
    record = chatgpt(mapping, "nowhere")
    record["mapping"]["x"] = "no node"
    conversation, skipped, mended = read(dump(tmp_path / "c.json", [record]))
    assert isinstance(conversation, TransferConversation)
    assert said(conversation) == [("user", "Hi"), ("assistant", "Hello")]
    assert skipped == Skipped("c.json, conversation 1, message 3", "It is no message.")
    assert isinstance(mended, Mended)


# --- the others -------------------------------------------------------------------------------------


def test_claude(tmp_path: Path) -> None:
    record = {
        "uuid": "u1", "name": "Boats", "created_at": "2024-05-01T10:00:00.000000Z",
        "updated_at": "2024-05-02T10:00:00Z",
        "chat_messages": [
            {"uuid": "1", "text": "Hi", "sender": "human", "created_at": "2024-05-01T10:00:01Z", "content": [],
             "attachments": [{"file_name": "a.txt", "file_type": "text/plain", "extracted_content": "AAA"}],
             "files": [{"file_name": "b.png"}]},
            {"uuid": "2", "text": "joined", "sender": "assistant", "content": [
                {"type": "thinking", "thinking": "hm"}, {"type": "text", "text": "Hello"},
                {"type": "tool_use", "name": "repl", "input": {"x": 1}},
                {"type": "tool_result", "name": "repl", "content": [{"type": "text", "text": "1"}]}]},
        ],
    }  # fmt: skip
    conversation = only(dump(tmp_path / "x", [record]))
    assert conversation.uid == "claude:u1"
    assert conversation.created_at == 1_714_557_600.0
    question, answer = conversation.messages
    assert question.attachments == (Attachment("a.txt", "text/plain", b"AAA"), Attachment("b.png"))
    assert answer.reasoning == "hm"
    assert answer.content.startswith("Hello\n\n*Call of repl*\n\n```json\n")
    assert answer.content.endswith("*Result of repl*\n\n```\n1\n```")


def test_claude_branches(tmp_path: Path) -> None:
    root = "00000000-0000-4000-8000-000000000000"
    messages = [
        {"uuid": uid, "parent_message_uuid": parent, "sender": sender, "text": uid, "content": []}
        for uid, parent, sender in (("q", root, "human"), ("a", "q", "assistant"), ("b", "q", "assistant"))
    ]
    record = {"uuid": "u", "name": "", "chat_messages": messages, "current_leaf_message_uuid": "a"}
    conversation = only(dump(tmp_path / "x", [record]))
    assert links(conversation) == {"q": None, "a": "q", "b": "q"}
    assert (tip(conversation), conversation.title) == ("a", "q")


def open_webui_chat() -> dict[str, Any]:
    thoughts = (
        '<details type="reasoning" done="true" duration="2">\n<summary>Thought</summary>\n&gt; a &lt; b\n</details>'
    )
    messages = {
        "q": {"id": "q", "parentId": None, "childrenIds": ["a", "b"], "role": "user", "content": "Hi",
              "timestamp": 1_700_000_001, "files": [{"type": "file", "name": "x.pdf"}]},
        "a": {"id": "a", "parentId": "q", "childrenIds": [], "role": "assistant", "model": "llama3:8b",
              "content": f"{thoughts}\nHello", "timestamp": 1_700_000_002},
        "b": {"id": "b", "parentId": "q", "childrenIds": [], "role": "assistant", "content": "",
              "error": {"content": "Out of memory"}},
    }  # fmt: skip
    return {
        "id": "w1", "title": "Boats", "created_at": 1_700_000_000, "updated_at": 1_700_000_009, "pinned": True,
        "archived": False, "meta": {"tags": ["sea"]}, "folder_id": None,
        "chat": {"title": "Boats", "models": ["llama3:8b"], "params": {"system": "Be brief."},
                 "history": {"messages": messages, "currentId": "a"}, "messages": [], "timestamp": 1_700_000_000_000},
    }  # fmt: skip


def test_open_webui(tmp_path: Path) -> None:
    conversation = only(dump(tmp_path / "x", [open_webui_chat()]))
    assert conversation.uid == "open-webui:w1"
    assert (conversation.system_prompt, conversation.tags, conversation.pinned) == ("Be brief.", ("sea",), True)
    question, answer, failed = conversation.messages
    assert question.attachments == (Attachment("x.pdf"),)
    assert (answer.content, answer.reasoning) == ("Hello", "a < b")
    assert answer.model.name == "llama3:8b"  # type: ignore[union-attr]
    assert (failed.state, failed.error) == (MessageState.FAILED, "Out of memory")
    assert conversation.tip_uid == "a"


def test_open_webui_of_old(tmp_path: Path) -> None:
    chat = {"title": "T", "messages": [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]}
    assert said(only(dump(tmp_path / "x", [{"id": "w", "chat": chat}]))) == [("user", "Hi"), ("assistant", "Hello")]


def test_lm_studio(tmp_path: Path) -> None:
    def user(text: str) -> dict[str, Any]:
        version = {
            "type": "singleStep",
            "role": "user",
            "content": [
                {"type": "text", "text": text},
                {"type": "file", "fileIdentifier": "boat.png", "fileType": "image"},
            ],
        }
        return {"versions": [version], "currentlySelected": 0}  # fmt: skip

    def step(text: str, **values: Any) -> dict[str, Any]:
        return {"type": "contentBlock", "content": [{"type": "text", "text": text}], **values}

    def version(*steps: dict[str, Any]) -> dict[str, Any]:
        return {"type": "multiStep", "role": "assistant", "senderInfo": {"senderName": "qwen3"}, "steps": list(steps)}

    thinking = step("hm", style={"type": "thinking", "ended": True})
    answers = {"versions": [version(thinking, step("One")), version(step("Two"), {"type": "debugInfoBlock"})],
               "currentlySelected": 0}  # fmt: skip
    record = {"name": "Boats", "pinned": False, "createdAt": 1_700_000_000_123, "systemPrompt": "Be brief.",
              "messages": [user("Hi"), answers, user("More"), {"versions": [version(step("End"))]}]}  # fmt: skip
    path = dump(tmp_path / "1.conversation.json", record)
    conversation = only(path)
    assert links(conversation) == {"Hi": None, "One": "Hi", "Two": "Hi", "More": "One", "End": "More"}
    assert (tip(conversation), conversation.system_prompt) == ("End", "Be brief.")
    assert conversation.created_at == pytest.approx(1_700_000_000.123)
    assert conversation.messages[1].reasoning == "hm"
    assert conversation.messages[0].attachments == (Attachment("boat.png"),)
    # It has no ids of its own: what grows keeps those that it was given.
    record["messages"].append(user("And?"))
    grown = only(dump(path, record))
    assert grown.uid == conversation.uid
    assert {one.uid for one in conversation.messages} < {one.uid for one in grown.messages}


def jan_message(uid: str, role: str, text: str, time: float, **values: Any) -> dict[str, Any]:
    return {
        "id": uid, "object": "thread.message", "thread_id": "t1", "role": role, "created_at": time, "status": "ready",
        "content": [{"type": "text", "text": {"value": text, "annotations": []}}], "metadata": {}, **values,
    }  # fmt: skip


def test_jan(tmp_path: Path) -> None:
    call = {"tool": {"function": {"name": "search", "arguments": '{"q":1}'}}, "response": {"content": [{"text": "2"}]}}
    reasoning = [{"type": "reasoning", "text": {"value": "hm"}}, {"type": "text", "text": {"value": "Yes"}}]
    messages = dump_lines(
        tmp_path / "messages.jsonl",
        jan_message("m1", "user", "Hi", 1_700_000_001_000),
        jan_message("m2", "assistant", "<think>so</think>\n\nHello", 1_700_000_002_000),
        jan_message("m3", "user", "More", 1_700_000_003_000),
        jan_message("m4", "assistant", "", 1_700_000_004_000, content=reasoning, metadata={"tool_calls": [call]}),
    )
    thread = dump(tmp_path / "thread.json", {
        "id": "t1", "object": "thread", "title": "Boats", "created": 1_700_000_000, "updated": 1_700_000_009,
        "assistants": [{"id": "jan", "instructions": "Be brief.", "model": {"id": "gemma3"}}]})  # fmt: skip
    conversation = only(messages)
    assert (conversation.uid, conversation.title, conversation.system_prompt) == ("jan:t1", "Boats", "Be brief.")
    assert [message.created_at for message in conversation.messages][:2] == [1_700_000_001.0, 1_700_000_002.0]
    assert conversation.messages[1].reasoning == "so"
    assert conversation.messages[1].model.name == "gemma3"  # type: ignore[union-attr]
    assert conversation.messages[3].reasoning == "hm"
    assert conversation.messages[3].content.startswith("Yes\n\n*Call of search*")
    assert only(thread) == only(messages) == conversation, "either file of a thread may be named"
    assert [item.uid for item in read(tmp_path) if isinstance(item, TransferConversation)] == ["jan:t1"]


def test_jan_of_old_and_alone(tmp_path: Path) -> None:
    # Its own documentation shows a message without a time in milliseconds, and threads may have lost their file.
    path = dump_lines(tmp_path / "messages.jsonl", jan_message("0", "user", "Hi!?", 1_698_983_503))
    conversation = only(path)
    assert (conversation.uid, conversation.title, conversation.created_at) == ("jan:t1", "Hi!?", 1_698_983_503.0)
    thread = dump(tmp_path / "a.json", {"id": "t", "object": "thread", "assistants": []})
    path.unlink()
    assert list(read(thread)) == [
        Skipped("a.json", "It is a thread of Jan; its messages.jsonl does not lie beside it.")
    ]


def test_silly_tavern(tmp_path: Path) -> None:
    header = {"user_name": "You", "character_name": "Mira", "create_date": "2023-9-27 @16h 30m 15s 250ms",
              "chat_metadata": {}}  # fmt: skip
    path = dump_lines(
        tmp_path / "x.jsonl",
        header,
        {"name": "Mira", "is_user": False, "mes": "Welcome!", "send_date": "September 27, 2023 4:31pm",
         "swipes": ["Welcome.", "Ahoy."], "swipe_id": 0},
        {"name": "You", "is_user": True, "mes": "Hi", "send_date": "2023-09-27T16:32:00.000Z"},
        {"name": "Mira", "is_user": False, "mes": "Aye", "extra": {"reasoning": "hm", "model": "m"},
         "swipes": ["No", "Aye"], "swipe_id": 1, "swipe_info": [{"send_date": 1_700_000_000_000, "extra": {}}, {}]},
        {"name": "System", "is_user": False, "is_system": True, "mes": "note", "extra": {"type": "comment"}},
    )  # fmt: skip
    conversation = only(path)
    assert links(conversation) == {"Welcome!": None, "Ahoy.": None, "Hi": "Welcome!", "No": "Hi", "Aye": "Hi"}
    assert (conversation.title, conversation.system_prompt, tip(conversation)) == ("Mira", "note", "Aye")
    by_text = {message.content: message for message in conversation.messages}
    assert by_text["Aye"].reasoning == "hm"
    assert by_text["No"].created_at == 1_700_000_000.0
    assert by_text["Hi"].created_at == 1_695_832_320.0
    assert conversation.created_at == 1_695_832_215.25
    assert only(path).uid == conversation.uid


def test_openai_messages(tmp_path: Path) -> None:
    record = {"messages": [
        {"role": "system", "content": "Be brief."},
        {"role": "user", "content": [{"type": "text", "text": "See"}, {"type": "image_url", "image_url": {}}]},
        {"role": "assistant", "content": None, "tool_calls": [{"function": {"name": "f", "arguments": "{}"}}]},
        {"role": "tool", "content": "1"},
        {"role": "assistant", "content": "One", "reasoning_content": "hm"},
        {"role": "nobody", "content": "?"},
    ]}  # fmt: skip
    conversation, skipped = read(dump_lines(tmp_path / "x", record))
    assert isinstance(conversation, TransferConversation)
    assert conversation.system_prompt == "Be brief."
    question, answer = conversation.messages
    assert (question.content, question.attachments) == ("See", (Attachment("image_url"),))
    assert answer.content == "*Call of f*\n\n```\n{}\n```\n\n*Result of a tool*\n\n```\n1\n```\n\nOne"
    assert answer.reasoning == "hm"
    assert skipped == Skipped("x, line 1, message 6", "It does not say who speaks.")


def test_bare_messages(tmp_path: Path) -> None:
    messages = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    assert said(only(dump(tmp_path / "x", messages))) == [("user", "Hi"), ("assistant", "Hello")]
    assert said(only(dump_lines(tmp_path / "x", *messages))) == [("user", "Hi"), ("assistant", "Hello")]


def test_sharegpt(tmp_path: Path) -> None:
    turns = [{"from": "system", "value": "S"}, {"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Hello"}]
    conversation = only(dump(tmp_path / "x", [{"id": "s1", "conversations": turns}]))
    assert conversation.uid == "sharegpt:s1"
    assert conversation.system_prompt == "S"
    assert said(conversation) == [("user", "Hi"), ("assistant", "Hello")]


@pytest.mark.parametrize("style", ["## {}", "**{}:**", "### {}:", "__{}__", "# {} (gpt-4)"])
def test_markdown_of_others(tmp_path: Path, style: str) -> None:
    path = tmp_path / "x.md"
    text = [style.format("User"), "", "What is `#`?", "", "```", style.format("User"), "```", "", "---", ""]
    path.write_text("\n".join(["# Boats", "", *text, style.format("ChatGPT"), "", "It *floats*.", ""]))
    conversation = only(path)
    assert said(conversation) == [
        ("user", f"What is `#`?\n\n```\n{style.format('User')}\n```"), ("assistant", "It *floats*."),
    ]  # fmt: skip
    assert conversation.title == "Boats"


def test_markdown_with_text_after_the_name(tmp_path: Path) -> None:
    path = tmp_path / "x.md"
    path.write_text("**You:** Hi\nthere\n\n**Assistant:** Hello\n")
    assert said(only(path)) == [("user", "Hi\nthere"), ("assistant", "Hello")]


# --- all of them ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text", ["", "just words", "# A\n\ntext", "{}", "[]", "[1, 2]", '{"a": 1}', "## User\n\nHi", "\0"]
)
def test_files_of_no_known_format_are_refused_with_a_cure(tmp_path: Path, text: str) -> None:
    path = tmp_path / "notes.txt"
    path.write_text(text)
    with pytest.raises(ImportFileError, match=r"notes.txt holds no conversation.* Give an export of ChatGPT"):
        list(read(path))


def test_bad_records_are_told_by_place_and_the_rest_comes_in(tmp_path: Path) -> None:
    good, later = json.dumps(simple_chatgpt("c1")), json.dumps(simple_chatgpt("c2"))
    path = tmp_path / "c.json"
    path.write_text(f'[{good}, {{"mapping": tru}}, {{"a": 1}}, {{"mapping": {{}}}}, {later}]')
    items = list(read(path))
    assert [item.uid for item in items if isinstance(item, TransferConversation)] == ["chatgpt:c1", "chatgpt:c2"]
    assert [item for item in items if isinstance(item, Skipped)] == [
        Skipped("c.json, conversation 2", "It is no JSON: expecting value."),
        Skipped("c.json, conversation 3", "It is no conversation that is known here."),
        Skipped("c.json, conversation 4", "It has no messages."),
    ]


def test_a_file_that_is_damage_alone_is_told_of(tmp_path: Path) -> None:
    path = tmp_path / "c.json"
    path.write_text(json.dumps([simple_chatgpt()])[:-20])
    assert list(read(path)) == [Skipped("c.json, conversation 1", "It ends in the middle.")]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32"])
def test_every_unicode_encoding_is_read(tmp_path: Path, encoding: str) -> None:
    path = tmp_path / "x"
    path.write_bytes(json.dumps([simple_chatgpt(question="天气 é 😀")], ensure_ascii=False).encode(encoding))
    assert only(path).messages[0].content == "天气 é 😀"
    path.write_bytes("## User\n\n天气\n\n## Assistant\n\n晴".encode(encoding))
    assert said(only(path)) == [("user", "天气"), ("assistant", "晴")]


def test_latin_1_and_nul_and_half_surrogates(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(json.dumps([simple_chatgpt(question="é", answer="a\0b")], ensure_ascii=False).encode("latin-1"))
    assert said(only(path)) == [("user", "é"), ("assistant", "a\N{REPLACEMENT CHARACTER}b")]
    dump(path, [simple_chatgpt(question="half")])
    path.write_text(path.read_text().replace("half", "\\ud83d"))
    assert said(only(path))[0] == ("user", "\N{REPLACEMENT CHARACTER}")


@pytest.mark.parametrize(
    ("value", "time"),
    [
        (1_700_000_000, 1.7e9), (1_700_000_000_000, 1.7e9), (1.7e18, 1.7e9), ("2023-11-14T22:13:20+00:00", 1.7e9),
        ("2023-11-14T22:13:20", 1.7e9), (None, 0), ("soon", 0), (-5, 0), (True, 0), (float("nan"), 0), (10**400, 0),
        (float("inf"), 0), ([1], 0),
    ],
)  # fmt: skip
def test_times_of_every_unit(value: object, time: float) -> None:
    assert seconds(value) == time


def test_the_same_file_gives_the_same_ids(tmp_path: Path) -> None:
    lines = [{"messages": [{"role": "user", "content": "a"}, {"role": "assistant", "content": "b"}] * 2}] * 2
    path = dump_lines(tmp_path / "x", *lines)
    first, second = read(path), read(path)
    assert list(first) == list(second)
