"""A question and the empty answers to it, as they come into the store."""

from dataclasses import dataclass, replace

from desktopchat.core.attached import Written
from desktopchat.core.chat import Conversation, Message, Role
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.params import SamplingParams
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import LAST_CONVERSATION, NEW_DRAFT


@dataclass(frozen=True, slots=True)
class Question:
    """What is to be stored.

    Attributes:
        conversation_id: None begins a conversation.
        sampling, system_prompt: Those of the conversation on screen.
        parent_id: The answer that it follows; None for the beginning.
        from_draft: It is what stood in the composer, which is empty now.
        at_tip: It follows the last answer of its conversation, which need not be on screen.
        queue: What is still to be sent after it, when it comes from the queue.
    """

    written: Written
    conversation_id: int | None
    model: ModelIdentity
    sampling: SamplingParams
    system_prompt: str
    parent_id: int | None = None
    from_draft: bool = False
    at_tip: bool = False
    queue: tuple[Written, ...] | None = None

    def belongs_to(self, open_id: int | None) -> bool:
        """Return whether it goes to the conversation on screen; one that begins beside it never does."""
        begins_aside = self.conversation_id is None and self.at_tip and self.queue is None
        return self.conversation_id == open_id and not begins_aside


@dataclass(frozen=True, slots=True)
class Asked:
    """What is stored: the conversation, its path with question and answer at the end, and all `n` answers."""

    conversation: Conversation
    path: tuple[Message, ...]
    answers: tuple[Message, ...]
    sampling: SamplingParams
    system_prompt: str


def end_of(path: tuple[Message, ...]) -> int | None:
    """Return what a new question follows: one whose answer was deleted is passed over, as they take turns."""
    last = path[-1] if path else None
    return None if last is None else last.parent_id if last.role is Role.USER else last.id


class Asking:
    """Blocking calls on the thread of the storage."""

    def __init__(self, store: ConversationStore) -> None:
        self._store = store

    def ask(self, question: Question) -> Asked:
        """Store a question with the empty answers to it.

        Raises:
            StorageError: Nothing was changed.
        """
        store = self._store
        # Together: half of it would leave the text both sent and unsent.
        with store.together():
            if question.conversation_id is None:
                target = store.create(sampling=question.sampling, system_prompt=question.system_prompt).id
                if question.from_draft:
                    store.set_state(LAST_CONVERSATION, target)
                    store.set_state(NEW_DRAFT, "")
            else:
                target = question.conversation_id
            if question.at_tip:
                conversation = store.get(target)  # one that was deleted is not asked any more
                parent_id = end_of(store.path(target))
                question = replace(
                    question,
                    parent_id=parent_id,
                    sampling=conversation.sampling,
                    system_prompt=conversation.system_prompt,
                )
            _, first = store.add_turn(
                target,
                question.parent_id,
                question.written.text,
                model=question.model,
                sampling=question.sampling,
                files=question.written.files,
                keeps_draft=not question.from_draft,
            )
            if question.from_draft:
                store.pending.set_files(question.conversation_id, ())
            if question.queue is not None:
                store.pending.set_queue(question.conversation_id, ())
                store.pending.set_queue(target, question.queue)
            return self._asked(question, first)

    def ask_again(self, question: Question) -> Asked:
        """Store empty answers beside those that the message `parent_id` has.

        Raises:
            StorageError: Nothing was changed.
        """
        assert question.conversation_id is not None
        assert question.parent_id is not None
        with self._store.together():
            first = self._store.add_reply(
                question.conversation_id, question.parent_id, model=question.model, sampling=question.sampling
            )
            return self._asked(question, first)

    def take_along(self, conversation_id: int, draft: Written) -> None:
        """Let what stands in the composer of a new conversation belong to the one that a message of its queue began."""
        store = self._store
        with store.together():
            store.save_draft(conversation_id, draft.text)
            store.set_state(NEW_DRAFT, "")
            store.pending.set_files(conversation_id, draft.files)
            store.pending.set_files(None, ())

    def _asked(self, question: Question, first: Message) -> Asked:
        """Make the other `n - 1` answers beside the first one, which stays on screen."""
        others = [
            self._store.add_reply(
                first.conversation_id, first.parent_id, model=question.model, sampling=question.sampling
            )
            for _ in range(question.sampling.n - 1)
        ]
        if others:
            self._store.select(first.id)
        target = first.conversation_id
        return Asked(
            self._store.get(target),
            self._store.path(target),
            (first, *others),
            question.sampling,
            question.system_prompt,
        )
