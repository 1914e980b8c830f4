"""Whatever is done in whatever order: the store holds the same tree as a plain model of it."""

import tempfile
from pathlib import Path
from typing import Any

from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import Bundle, RuleBasedStateMachine, consumes, initialize, invariant, rule

from desktopchat.core.chat import FinishReason, MessageState, Role, Timings, Usage
from desktopchat.core.params import SamplingParams
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.database import Database

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
        # The model: message id -> (conversation, parent, role, content), and conversation id -> tip.
        self.messages: dict[int, tuple[int, int | None, Role, str]] = {}
        self.tips: dict[int, int | None] = {}
        self.deleted: set[int] = set()
        self.order: list[int] = []

    def open(self) -> None:
        self.database = Database(Path(self.folder.name) / "desktopchat.db")
        self.now = getattr(self, "now", 0.0)
        self.store = ConversationStore(self.database, self.tick)

    def tick(self) -> float:
        self.now += 1
        return self.now

    def touch(self, conversation: int) -> None:
        self.order = [conversation, *(other for other in self.order if other != conversation)]

    def children(self, conversation: int, parent: int | None) -> list[int]:
        return sorted(
            key for key, (where, above, _r, _c) in self.messages.items() if (where, above) == (conversation, parent)
        )

    def newest_leaf(self, message: int) -> int:
        return max([message, *map(self.newest_leaf, self.children(self.messages[message][0], message))])

    @rule(target=conversations)
    def create(self) -> int:
        made = self.store.create()
        self.tips[made.id] = None
        self.touch(made.id)
        return made.id

    def add_turn(self, conversation: int, parent: int | None, text: str) -> int:
        user, answer = self.store.add_turn(conversation, parent, text, model="m", sampling=SAMPLING)
        self.messages[user.id] = (conversation, parent, Role.USER, text)
        self.messages[answer.id] = (conversation, user.id, Role.ASSISTANT, "")
        self.tips[conversation] = answer.id
        self.touch(conversation)
        return answer.id

    @rule(target=streaming, conversation=conversations, text=st.text(max_size=5))
    def ask_at_the_root(self, conversation: int, text: str) -> int:
        return self.add_turn(conversation, None, text)

    @rule(target=streaming, answer=answers, text=st.text(max_size=5))
    def ask_below(self, answer: int, text: str) -> int:
        return self.add_turn(self.messages[answer][0], answer, text)

    @rule(target=streaming, answer=answers)
    def regenerate(self, answer: int) -> int:
        conversation, user, _role, _content = self.messages[answer]
        assert user is not None
        made = self.store.add_reply(conversation, user, model="m", sampling=SAMPLING)
        self.messages[made.id] = (conversation, user, Role.ASSISTANT, "")
        self.tips[conversation] = made.id
        self.touch(conversation)
        return made.id

    @rule(answer=streaming, text=st.text(max_size=5))
    def save_text(self, answer: int, text: str) -> None:
        self.store.save_text(answer, text)
        self.messages[answer] = (*self.messages[answer][:3], text)

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
        message = answer
        for _level in range(up):
            message = self.messages[message][1] or message
        conversation, parent = self.messages[message][:2]
        siblings = self.children(conversation, parent)
        place = siblings.index(message)
        target = siblings[min(max(place + step, 0), len(siblings) - 1)]
        if target != message:
            self.tips[conversation] = self.newest_leaf(target)
        path = self.store.show_sibling(message, step)
        assert path[-1].id == self.tips[conversation]

    @rule(answer=st.one_of(streaming, answers))
    def select(self, answer: int) -> None:
        self.store.select(answer)
        self.tips[self.messages[answer][0]] = self.newest_leaf(answer)

    @rule(conversation=conversations)
    def delete(self, conversation: int) -> None:
        self.store.delete(conversation)
        self.deleted.add(conversation)

    @rule(conversation=conversations)
    def undelete(self, conversation: int) -> None:
        self.store.undelete(conversation)
        self.deleted.discard(conversation)

    @rule()
    def restart(self) -> None:
        self.database.close()
        self.open()

    @invariant()
    def store_is_the_model(self) -> None:
        assert [found.id for found in self.store.conversations()] == [
            conversation for conversation in self.order if conversation not in self.deleted
        ]
        assert [row[0] for row in self.database.execute("SELECT id FROM message ORDER BY id")] == sorted(self.messages)
        for conversation, tip in self.tips.items():
            expected = []
            while tip is not None:
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
