"""Files as other programs write them, as far as their source or public descriptions show; see the formats' modules."""

import json
import zipfile
from pathlib import Path
from typing import Any

from PySide6.QtCore import QBuffer, QByteArray, QDataStream, QIODevice, QUrl


def dump(path: Path, value: Any) -> Path:
    path.write_text(json.dumps(value, ensure_ascii=False), "utf-8")
    return path


def dump_lines(path: Path, *values: Any) -> Path:
    path.write_text("".join(json.dumps(value, ensure_ascii=False) + "\n" for value in values), "utf-8")
    return path


def archive(path: Path, members: dict[str, bytes | str]) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as target:
        for name, content in members.items():
            target.writestr(name, content)
    return path


# --- ChatGPT ----------------------------------------------------------------------------------------


def node(
    parent: str | None, role: str = "", said: str | list[Any] | dict[str, Any] = "", **values: Any
) -> dict[str, Any]:
    """A node of `mapping`; without a role it holds no message. `said` may be the whole content."""
    if not role:
        return {"message": None, "parent": parent, "children": []}
    content = said if isinstance(said, dict) else {"content_type": "text", "parts": [said]}
    author = {"role": role, "name": values.pop("name", None), "metadata": {}}
    message = {"author": author, "content": content, "create_time": None, "metadata": {}, "recipient": "all"}
    return {"message": message | values, "parent": parent, "children": []}


def chatgpt(mapping: dict[str, Any], tip: str, uid: str = "c1", title: str = "Boats") -> dict[str, Any]:
    for name, one in mapping.items():
        one["id"] = name
        if one["message"]:
            one["message"]["id"] = name
        if one["parent"] in mapping:
            mapping[one["parent"]]["children"].append(name)
    return {
        "title": title,
        "create_time": 1_700_000_000.25,
        "update_time": 1_700_000_900.5,
        "mapping": mapping,
        "current_node": tip,
        "conversation_id": uid,
        "id": uid,
        "is_archived": False,
        "moderation_results": [],
    }


def simple_chatgpt(uid: str = "c1", question: str = "What is a boat?", answer: str = "It floats.") -> dict[str, Any]:
    mapping = {
        "root": node(None),
        "q": node("root", "user", question, create_time=1_700_000_001.0),
        "a": node("q", "assistant", answer, metadata={"model_slug": "gpt-4"}),
    }
    return chatgpt(mapping, "a", uid)


# --- GPT4All ----------------------------------------------------------------------------------------


class Chat:
    """Writes a `.chat` file with Qt's own QDataStream, in the order of GPT4All's `serialize` methods."""

    def __init__(self, version: int = 12) -> None:
        self.version = version
        self.data = QByteArray()
        self._buffer = QBuffer(self.data)
        self._buffer.open(QIODevice.OpenModeFlag.WriteOnly)
        self.stream = QDataStream(self._buffer)
        self.stream.writeUInt32(0xF5D553CC)
        self.stream.writeInt32(version)
        self.stream.setVersion(QDataStream.Version.Qt_6_2)

    def head(self, messages: int, uid: str = "7d7d8", name: str = "Boats", model: str = "Llama 3") -> "Chat":
        stream = self.stream
        stream.writeInt64(1_700_000_000)
        for text in (uid, name, "User", model):
            stream.writeQString(text)
        if self.version >= 3:
            stream.writeQStringList(["Documents"])
        if self.version < 11:
            self._model_state()
        stream.writeInt32(messages)
        return self

    def _model_state(self) -> None:
        stream, version = self.stream, self.version
        if version >= 6:
            stream.writeBool(version < 10)
        if version >= 2:
            stream.writeInt32(1)  # kind of model
            stream.writeInt32(0)  # version of the state
        stream.writeQString("")
        stream.writeQString("")
        stream.writeUInt32(12)
        if version >= 10:
            return
        if version < 4:
            stream.writeUInt32(0)
        stream.writeUInt32(12)
        if version >= 7:
            stream.writeUInt32(2048)
        if version < 9:
            stream.writeUInt64(3)
            stream.writeRawData(b"\xff" * 12)
        stream.writeUInt64(2)
        stream.writeRawData(b"\xff" * 8)
        stream << QByteArray(b"state" * 100)

    def message(
        self,
        kind: str,
        said: str,
        *,
        stopped: bool = False,
        failed: bool = False,
        files: tuple[tuple[str, bytes], ...] = (),
        parts: tuple[tuple[Any, ...], ...] = (),
    ) -> "Chat":
        stream, version = self.stream, self.version
        if version < 12:
            stream.writeInt32(7)
        stream.writeQString(f"{kind}: ")
        stream.writeQString(said)
        if version < 10:
            stream.writeQString("the prompt")
        stream.writeQString("")
        for flag in (False, stopped, True, False):
            stream.writeBool(flag)
        if version >= 11 and kind == "Response":
            stream.writeBool(failed)
        if version >= 8:
            stream.writeInt64(1)
            for text in ("Documents", "/d/boats.txt", "boats.txt", "Boats", "", "2024", "Boats float."):
                stream.writeQString(text)
            for place in (1, -1, -1):
                stream.writeInt32(place)
        elif version >= 3:
            stream.writeQString('1. "Boats". In boats.txt. [Context](context://1)')
            stream.writeQStringList(["Boats float."])
        if version >= 10:
            stream.writeInt64(len(files))
            for url, content in files:
                stream << QUrl(url)
                stream << QByteArray(content)
        if version >= 12:
            stream.writeInt64(len(parts))
            for part in parts:
                self._part(*part)
        return self

    def _part(self, kind: str, said: str, *below: tuple[Any, ...]) -> None:
        stream = self.stream
        stream.writeQString(f"{kind}: ")
        stream.writeQString(said)
        if kind == "ToolCall":
            stream.writeQString("javascript_interpret")
            stream.writeInt64(4)
            for name, type_, value in (("code", 0, "print(1)"), ("n", 2, 3), ("x", 1, 0.5), ("b", 5, True)):
                stream.writeQString(name)
                stream.writeInt32(type_)
                stream.writeQVariant(value)
            stream.writeQString("1")
            stream.writeInt32(0)
            stream.writeQString("")
        if kind == "Think":
            stream.writeInt32(1500)
        stream.writeInt64(len(below))
        for part in below:
            self._part(*part)

    def save(self, path: Path) -> Path:
        path.write_bytes(self.data.data())
        return path


# --- one of each ------------------------------------------------------------------------------------


def samples() -> dict[str, Any]:
    """Return what is in a small file of each format of JSON; a tuple has a line for each of its parts."""
    turns = [{"role": "user", "content": "Hi"}, {"role": "assistant", "content": "Hello"}]
    block = {"type": "contentBlock", "content": [{"type": "text", "text": "Hello"}], "style": {"type": "thinking"}}
    versions = [
        {"type": "singleStep", "role": "user", "content": [{"type": "text", "text": "Hi"}]},
        {"type": "multiStep", "role": "assistant", "senderInfo": {"senderName": "m"}, "steps": [block, block]},
    ]
    webui = {
        "q": {"parentId": None, "role": "user", "content": "Hi", "files": [{"name": "f"}], "timestamp": 1.7e9},
        "a": {"parentId": "q", "role": "assistant", "content": "Hello", "error": {"content": "E"}, "model": "m"},
    }
    part = {"type": "text", "text": {"value": "Hi", "annotations": []}}
    jan = {"id": "1", "thread_id": "t", "role": "assistant", "content": [part], "created_at": 1.7e12, "metadata": {}}
    claude = {"uuid": "1", "sender": "human", "text": "Hi", "content": [{"type": "text", "text": "Hi"}], "files": []}
    header = {"user_name": "U", "character_name": "C", "create_date": "2023-9-27 @16h 30m 15s", "chat_metadata": {}}
    swiped = {"name": "C", "is_user": False, "mes": "a", "swipes": ["a", "b"], "swipe_id": 0, "swipe_info": [{}, {}]}
    return {
        "chatgpt": [simple_chatgpt()],
        "claude": [{"uuid": "u", "name": "N", "created_at": "2024-05-01T10:00:00Z", "chat_messages": [claude] * 2}],
        "open-webui": [{"id": "w", "title": "T", "chat": {"history": {"messages": webui, "currentId": "a"}}}],
        "lm-studio": {"name": "N", "createdAt": 1.7e12, "messages": [{"versions": versions, "currentlySelected": 1}]},
        "jan": (jan, {**jan, "id": "2", "role": "user"}),
        "silly-tavern": (header, swiped, {"name": "U", "is_user": True, "mes": "x", "send_date": 1.7e12}),
        "openai": ({"messages": turns}, {"messages": turns[:1]}),
        "messages": turns,
        "sharegpt": [{"id": "s", "conversations": [{"from": "human", "value": "Hi"}, {"from": "gpt", "value": "Yo"}]}],
    }
