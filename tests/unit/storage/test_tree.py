"""Whatever is done in whatever order: the store holds the same tree as a plain model of it."""

import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    MultipleResults,
    RuleBasedStateMachine,
    consumes,
    initialize,
    invariant,
    multiple,
    precondition,
    rule,
)

from desktopchat.core.care import CopyKind
from desktopchat.core.chat import FinishReason, MessageState, Role, Timings, Usage
from desktopchat.core.errors import StorageError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.backups import Backups
from desktopchat.storage.database import Database
from desktopchat.storage.stores import Stores

SAMPLING = SamplingParams()


class Tree(RuleBasedStateMachine):
    conversations = Bundle("conversations")
    users = Bundle("users")
    answers = Bundle("answers")
    streaming = Bundle("streaming")

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.open()
        # The model: message id -> (conversation, parent, role, content), conversation id -> tip, and the trash:
        # what each deletion took away, in order.
        self.messages: dict[int, tuple[int, int, Role, str]] = {}
        self.tips: dict[int, int | None] = {}
        self.trash: list[tuple[int, str, set[int]]] = []
        self.order: list[int] = []
        # Folder -> its conversations, entry in the trash -> folder; what is pinned, in order, and what is archived.
        self.folders: dict[int, set[int]] = {}
        self.folders_in_trash: dict[int, int] = {}
        self.pinned: list[int] = []
        self.archived: set[int] = set()
        self.names: dict[int, str] = {}  # of branches

    def open(self) -> None:
        self.database = Database(Path(self.folder.name) / "desktopchat.db")
        self.now = getattr(self, "now", 0.0)
        self.stores = Stores(self.database, self.tick)
        self.store = self.stores.conversations

    def tick(self) -> float:
        self.now += 1
        return self.now

    def touch(self, conversation: int) -> None:
        self.order = [conversation, *(other for other in self.order if other != conversation)]

    def gone(self, kind: str) -> set[int]:
        return {one for _id, of, ids in self.trash for one in ids if of == kind}

    def folders_there(self) -> list[int]:
        return [folder for folder in self.folders if folder not in self.folders_in_trash.values()]

    def is_there(self, message: int) -> bool:
        return message not in self.gone("message") and self.messages[message][0] not in self.gone("conversation")

    def children(self, conversation: int, parent: int) -> list[int]:
        gone = self.gone("message")
        return sorted(
            key
            for key, (where, above, _r, _c) in self.messages.items()
            if (where, above) == (conversation, parent) and key not in gone
        )

    def newest_below(self, conversation: int, message: int) -> int:
        return max([message, *(self.newest_below(conversation, one) for one in self.children(conversation, message))])

    def newest_leaf(self, message: int) -> int:
        return self.newest_below(self.messages[message][0], message)

    def below(self, message: int) -> set[int]:
        children = self.children(self.messages[message][0], message)
        return {message}.union(*(self.below(child) for child in children))

    @rule(target=conversations)
    def create(self) -> int:
        made = self.store.create()
        self.tips[made.id] = None
        self.touch(made.id)
        return made.id

    def add_turn(self, conversation: int, parent: int | None, text: str) -> int:
        user, answer = self.store.add_turn(conversation, parent, text, model=ModelIdentity("m"), sampling=SAMPLING)
        self.messages[user.id] = (conversation, parent or -conversation, Role.USER, text)
        self.messages[answer.id] = (conversation, user.id, Role.ASSISTANT, "")
        self.tips[conversation] = answer.id
        self.touch(conversation)
        return answer.id

    @rule(target=streaming, conversation=conversations, text=st.text(max_size=5))
    def ask_at_the_root(self, conversation: int, text: str) -> int | MultipleResults[int]:
        if conversation in self.gone("conversation"):
            return multiple()
        return self.add_turn(conversation, None, text)

    @rule(target=streaming, answer=answers, text=st.text(max_size=5))
    def ask_below(self, answer: int, text: str) -> int | MultipleResults[int]:
        if not self.is_there(answer):
            return multiple()
        return self.add_turn(self.messages[answer][0], answer, text)

    @rule(target=streaming, answer=answers)
    def regenerate(self, answer: int) -> int | MultipleResults[int]:
        conversation, user, _role, _content = self.messages[answer]
        if not self.is_there(answer):
            return multiple()
        made = self.store.add_reply(conversation, user, model=ModelIdentity("m"), sampling=SAMPLING)
        self.messages[made.id] = (conversation, user, Role.ASSISTANT, "")
        self.tips[conversation] = made.id
        self.touch(conversation)
        return made.id

    @rule(answer=streaming, text=st.text(max_size=5))
    def append_text(self, answer: int, text: str) -> None:
        self.store.append_texts([(answer, text)])
        self.messages[answer] = (*self.messages[answer][:3], self.messages[answer][3] + text)

    @rule(target=answers, answer=consumes(streaming), text=st.text(max_size=5))
    def finish(self, answer: int, text: str) -> int:
        values: dict[str, Any] = {"seed": 1, "usage": Usage(1, 2, 3), "timings": Timings(1, 2, 3)}
        self.store.finish(answer, content=text, state=MessageState.COMPLETE, finish_reason=FinishReason.STOP, **values)
        self.messages[answer] = (*self.messages[answer][:3], text)
        return answer

    @rule(target=streaming, answer=consumes(answers))
    def resume(self, answer: int) -> int:
        assert self.store.resume(answer).content == self.messages[answer][3]
        return answer

    @rule(answer=st.one_of(streaming, answers), up=st.integers(0, 3), step=st.integers(-2, 2))
    def show_sibling(self, answer: int, up: int, step: int) -> None:
        if not self.is_there(answer):
            return
        message = answer
        for _level in range(up):
            message = self.messages[message][1] if self.messages[message][1] > 0 else message
        conversation, parent = self.messages[message][:2]
        siblings = self.children(conversation, parent)
        place = siblings.index(message)
        target = siblings[min(max(place + step, 0), len(siblings) - 1)]
        if target != message:
            self.tips[conversation] = self.newest_leaf(target)
        self.store.show_sibling(message, step)

    @rule(answer=st.one_of(streaming, answers))
    def select(self, answer: int) -> None:
        if not self.is_there(answer):
            return
        self.store.select(answer)
        self.tips[self.messages[answer][0]] = self.newest_leaf(answer)

    @rule(answer=answers, up=st.integers(0, 3))
    def delete_message(self, answer: int, up: int) -> None:
        if not self.is_there(answer):
            return
        message = answer
        for _level in range(up):
            message = self.messages[message][1] if self.messages[message][1] > 0 else message
        conversation, parent = self.messages[message][:2]
        ids = self.below(message)
        if any(self.store.message(one).state is MessageState.STREAMING for one in ids):
            with pytest.raises(StorageError):
                self.stores.trash.delete_message(message)
            return
        self.trash.append((self.stores.trash.delete_message(message), "message", ids))
        if self.tips[conversation] in ids:
            tip = self.newest_below(conversation, parent)
            self.tips[conversation] = tip if tip > 0 else None

    def above(self, message: int, up: int) -> int:
        """Return the message so many levels up, or the first one of its branch."""
        for _level in range(up):
            message = self.messages[message][1] if self.messages[message][1] > 0 else message
        return message

    @rule(answer=st.one_of(streaming, answers), up=st.integers(0, 3), name=st.sampled_from(["", "one", " 二 ", "3"]))
    def name_branch(self, answer: int, up: int, name: str) -> None:
        message = self.above(answer, up)
        self.stores.branches.set_name(message, name)
        self.names.pop(message, None)
        if name:
            self.names[message] = name.strip()

    @rule(target=answers, answer=st.one_of(streaming, answers), up=st.integers(0, 3))
    def take_over(self, answer: int, up: int) -> int | MultipleResults[int]:
        message = self.above(answer, up)
        if not self.is_there(message):
            return multiple()
        conversation, above, role, content = self.messages[message]
        end = self.tips[conversation]
        target = -conversation
        if end is not None:
            target = self.messages[end][1] if self.messages[end][2] is role else end
        writing = [one for one in (message, end) if one and self.store.message(one).state is MessageState.STREAMING]
        if writing or target == above or (role is Role.ASSISTANT and target < 0):
            with pytest.raises(StorageError):
                self.stores.branches.take_over(message)
            return multiple()
        copy = self.stores.branches.take_over(message)
        self.messages[copy.id] = (conversation, target, role, content)
        self.tips[conversation] = copy.id
        self.touch(conversation)
        return copy.id if role is Role.ASSISTANT else multiple()

    @rule(target=answers, answer=answers, text=st.text(min_size=1, max_size=5))
    def write_an_answer(self, answer: int, text: str) -> int | MultipleResults[int]:
        if not self.is_there(answer) or not text.strip():
            return multiple()
        conversation, above, _role, _content = self.messages[answer]
        added = self.stores.branches.add_answer(answer, text)
        self.messages[added.id] = (conversation, above, Role.ASSISTANT, text)
        self.tips[conversation] = added.id
        self.touch(conversation)
        return added.id

    @rule(answer=answers, up=st.integers(0, 3))
    def go_on_from(self, answer: int, up: int) -> None:
        message = self.above(answer, up)
        if self.is_there(message):
            self.stores.branches.continue_at(message)
            self.tips[self.messages[message][0]] = message

    @rule(conversation=conversations)
    def delete_conversation(self, conversation: int) -> None:
        if conversation not in self.gone("conversation"):
            trash_id = self.stores.trash.delete_conversation(conversation)
            self.trash.append((trash_id, "conversation", {conversation}))

    @rule(conversation=conversations, name=st.sampled_from(["Boats", "Weather"]))
    def move_to_folder(self, conversation: int, name: str) -> None:
        if conversation in self.gone("conversation"):
            return
        folder = self.stores.shelf.make_folder(name)
        self.move_out(conversation)
        self.stores.shelf.move(conversation, folder)
        self.folders.setdefault(folder, set()).add(conversation)

    @rule(conversation=conversations)
    def move_out(self, conversation: int) -> None:
        if conversation in self.gone("conversation"):
            return
        self.stores.shelf.move(conversation, None)
        for inside in self.folders.values():
            inside.discard(conversation)

    @rule(conversation=conversations)
    def pin_or_not(self, conversation: int) -> None:
        if conversation in self.gone("conversation"):
            return
        pinned = conversation in self.pinned
        self.stores.shelf.set_pinned(conversation, not pinned)
        if pinned:
            self.pinned.remove(conversation)
        else:
            self.pinned.append(conversation)

    @rule(conversation=conversations)
    def archive_or_not(self, conversation: int) -> None:
        if conversation in self.gone("conversation"):
            return
        self.stores.shelf.set_archived(conversation, conversation not in self.archived)
        self.archived ^= {conversation}

    @rule(number=st.integers(0, 3))
    def delete_folder(self, number: int) -> None:
        there = self.folders_there()
        if number < len(there):
            inside = self.folders[there[number]] - self.gone("conversation")
            trash_id = self.stores.trash.delete_folder(there[number])
            self.trash.append((trash_id, "conversation", inside))
            self.folders_in_trash[trash_id] = there[number]

    @rule(conversation=conversations)
    def import_what_was_exported(self, conversation: int) -> None:
        if conversation not in self.gone("conversation"):
            taken = self.stores.transfer.take(self.stores.transfer.give(conversation))
            assert (taken.conversation_id, taken.added, taken.is_new) == (conversation, 0, False)

    @precondition(lambda self: len(self.messages) % 7 == 6)  # it takes longer than all else
    @rule()
    def back_up_and_restore(self) -> None:
        """What a backup brings back is all that there was."""
        backups = Backups(self.database.path)
        made = backups.make(CopyKind.ASKED)
        self.store.create("made after the backup")
        self.database.exchange(lambda: backups.restore(backups.find(made.name)))
        for copy in backups.files():
            copy.path.unlink()

    @rule()
    def undo(self) -> None:
        item = self.stores.trash.undo()
        if not self.trash:
            assert item is None
            return
        trash_id, kind, ids = self.trash.pop()
        assert item is not None
        assert item.id == trash_id
        self.folders_in_trash.pop(trash_id, None)
        if kind == "message":
            self.tips[self.messages[min(ids)][0]] = self.newest_leaf(min(ids))

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.open()

    @invariant()
    def store_is_the_model(self) -> None:
        gone = self.gone("conversation")
        listed = [one for one in self.order if one not in gone and one not in self.archived]
        loose = [one for one in listed if one not in self.pinned]
        shelf = self.stores.shelf
        in_folders = {one for inside in self.folders.values() for one in inside}
        assert [found.id for found in shelf.recent()] == [one for one in loose if one not in in_folders]
        assert [found.id for found in shelf.pinned()] == [one for one in self.pinned if one in listed]
        assert {found.id for found in shelf.archived()} == self.archived - gone
        assert sorted(folder.id for folder in shelf.folders()) == sorted(self.folders_there())
        for folder in self.folders_there():
            inside = [one for one in loose if one in self.folders[folder]]
            assert [found.id for found in shelf.in_folder(folder)] == inside
        rows = self.database.execute(
            "SELECT id, conversation_id, parent_id, role, content || ifnull("
            "(SELECT group_concat(content, '' ORDER BY position) FROM streamed WHERE message_id = id), '')"
            " FROM message WHERE role <> 'root' ORDER BY id"
        )
        assert rows == [(number, *self.messages[number]) for number in sorted(self.messages)]
        assert dict(self.database.execute("SELECT message_id, name FROM branch_name")) == self.names
        in_trash = self.gone("message")
        for conversation, tip in self.tips.items():
            there = [one for one, what in self.messages.items() if what[0] == conversation and one not in in_trash]
            nodes = self.stores.branches.nodes(conversation)
            assert [(one.id, one.parent_id, one.role) for one in nodes] == [
                (one, *self.messages[one][1:3]) for one in sorted(there)
            ]
            expected = []
            while tip is not None and tip > 0:
                expected.append((tip, *self.messages[tip]))
                tip = self.messages[tip][1]
            path = self.store.path(conversation)
            assert [
                (found.id, found.conversation_id, found.parent_id, found.role, found.content) for found in path
            ] == expected[::-1]
            for found in path:
                siblings = self.children(conversation, found.parent_id)
                assert (found.sibling, found.siblings) == (siblings.index(found.id) + 1, len(siblings))

    def teardown(self) -> None:
        if hasattr(self, "database"):
            self.database.close()
            self.folder.cleanup()


TestTree = Tree.TestCase
TestTree.settings = settings(
    derandomize=True, deadline=None, max_examples=40, stateful_step_count=40, suppress_health_check=list(HealthCheck)
)
