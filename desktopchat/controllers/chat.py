"""The conversation on screen: send, stream, stop, edit, and where every letter of it is kept."""

from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.context_meter import ContextMeter
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.generation import GenerationController
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.receipts import Receipts
from desktopchat.controllers.saving import Saving
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.chat import Conversation, Message, Role
from desktopchat.core.errors import EmptyPromptError, UserError
from desktopchat.core.modelfile import ModelIdentity
from desktopchat.core.notice import Notice
from desktopchat.core.params import SamplingParams
from desktopchat.core.prompt import turns
from desktopchat.engine.api import Overflow
from desktopchat.storage.conversations import LAST_CONVERSATION, NEW_DRAFT, ConversationStore

NEWEST = 200  # messages that are read before a conversation is shown


@dataclass(frozen=True, slots=True)
class OpenConversation:
    """What the window shows.

    Attributes:
        conversation: None for a new one, which is stored with its first message.
        messages: The last ones down to the tip; `older_read` brings those above them.
        draft: What stood in the composer.
        found_id: The message to go to, when it was opened for that.
    """

    conversation: Conversation | None
    messages: tuple[Message, ...]
    draft: str
    found_id: int | None = None


class ChatController(QObject):
    """Drives the open conversation. The store is touched on the storage thread alone.

    Attributes:
        leaving: Another conversation is about to be shown; what is not stored yet belongs to the present one.
        conversation_opened: OpenConversation, which replaces all that is shown.
        path_changed: Tuple of Message, which replaces the transcript but not the composer.
        conversation_changed: Conversation, whose title or parameters changed.
        conversations_changed: The list of conversations is no longer what it was.
        sent: The text is committed and may leave the composer.
        send_refused: Notice; the composer keeps its text.
        older_read: Tuple of Message, which stand above those that were shown.
        message_added: Message at the end of the transcript.
        text_received: Message id and new text, at most 30 times a second.
        message_changed: Message, in place of the one with its id.
        prompt_progressed: Tokens evaluated and in all; (0, 0) when it is over.
        answering_changed: Whether an answer is being written.
        sampling_changed: SamplingParams of the open conversation.
        system_prompt_changed: System prompt of the open conversation.
        context_changed, parts_counted: As those of `ContextMeter`.
        noticed: Notice.
        default_sampling: What a new conversation starts with.
    """

    leaving = Signal()
    conversation_opened = Signal(object)
    path_changed = Signal(object)
    conversation_changed = Signal(object)
    conversations_changed = Signal()
    sent = Signal()
    send_refused = Signal(object)
    older_read = Signal(object)
    message_added = Signal(object)
    text_received = Signal(int, str)
    message_changed = Signal(object)
    prompt_progressed = Signal(int, int)
    answering_changed = Signal(bool)
    sampling_changed = Signal(object)
    system_prompt_changed = Signal(str)
    context_changed = Signal(int, int)
    parts_counted = Signal(object)
    noticed = Signal(object)

    def __init__(
        self,
        worker: EngineWorker,
        models: ModelController,
        storage: TaskRunner,
        store: ConversationStore,
        overflow: Overflow = "stop",
        receipts: Receipts | None = None,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._worker = worker
        self._models = models
        self._storage = storage
        self._store = store
        self._conversation: Conversation | None = None
        self._path: tuple[Message, ...] = ()
        self.default_sampling = self._sampling = SamplingParams()
        self._system_prompt = ""
        self._sending = False
        self._draft = ""
        self._receipts = receipts or Receipts(storage, None)
        self.saving = Saving(storage, self)
        self.saving.noticed.connect(self.noticed)
        self._generation = GenerationController(
            worker, models, storage, store, overflow, self._receipts, self.saving, self
        )
        self._generation.text_received.connect(self.text_received)
        self._generation.message_changed.connect(self._on_generation_message_changed)
        self._generation.prompt_progressed.connect(self.prompt_progressed)
        self._generation.answering_changed.connect(self._on_generation_answering_changed)
        self._meter = ContextMeter(worker, models, self)
        self._meter.context_changed.connect(self.context_changed)
        self._meter.parts_counted.connect(self.parts_counted)
        self._generation.context_changed.connect(self._meter.show_running)
        self._generation.noticed.connect(self.noticed)
        models.model_loaded.connect(self._report_context)
        models.unloaded.connect(self._report_context)

    # --- what the window asks for ------------------------------------------------------------------

    @property
    def answering(self) -> bool:
        """Whether an answer is being written, or waits for its model."""
        return self._generation.answering

    @property
    def sampling(self) -> SamplingParams:
        """Parameters for the next answer, and for the present one from its next token on."""
        return self._sampling

    @property
    def conversation_id(self) -> int | None:
        """The open conversation; None for a new one."""
        return self._conversation.id if self._conversation else None

    def shutdown(self) -> None:
        """Store what there is of an answer, before the app ends."""
        self._generation.shutdown()
        self.saving.close()

    def open_last(self) -> None:
        """Open the conversation that was open when the app ended, or a new one."""
        self._storage.run(
            lambda: self._read_if_there(self._store.get_state(LAST_CONVERSATION)), self._show, self._on_storage_failed
        )

    def new_conversation(self) -> None:
        """Show an empty conversation with the default parameters and the present system prompt."""
        self._open(None)

    def open_conversation(self, conversation_id: int) -> None:
        """Show a stored conversation."""
        self._open(conversation_id)

    def open_message(self, conversation_id: int, message_id: int) -> None:
        """Show a stored conversation at one of its messages, on a branch that has it."""
        answering = self.answering

        def work() -> OpenConversation:
            if not self._store.is_shown(message_id):
                if answering:
                    raise UserError("This message stands on another branch.", "Stop the answer first.")
                self._store.select(message_id)
            opened = self._read(conversation_id)
            messages = opened.messages
            if message_id < messages[0].id:
                messages = self._store.path(conversation_id)
            return replace(opened, messages=messages, found_id=message_id)

        self._storage.run(work, self._show, self._on_storage_failed)
        self._save_open(conversation_id)

    def send(self, text: str) -> None:
        """Store what was written and ask for the answer. `sent` or `send_refused` tells what became of it."""
        if self._may_answer(text):
            self._add_turn(text, self._end())

    def _end(self) -> int | None:
        """Return what a new question follows: one whose answer was deleted is passed over, as they take turns."""
        last = self._path[-1] if self._path else None
        return None if last is None else last.parent_id if last.role is Role.USER else last.id

    def edit(self, message_id: int, text: str) -> None:
        """Ask again with other words: a new branch beside the edited message."""
        if self._may_answer(text):
            edited = next(message for message in self._path if message.id == message_id)
            self._add_turn(text, edited.parent_id)

    def regenerate(self) -> None:
        """Ask for another answer beside the last one."""
        last = next((message for message in reversed(self._path) if message.role is Role.USER), None)
        if last is None or self._conversation is None or not self._may_answer():
            return
        conversation_id, model = self._conversation.id, self._models.identity
        sampling = self._sampling

        def work() -> tuple[tuple[Message, ...], tuple[Message, ...]]:
            with self._store.together():
                first = self._store.add_reply(conversation_id, last.id, model=model, sampling=sampling)
                answers = self._with_siblings(first, model, sampling)
            return self._store.path(conversation_id), answers

        def done(result: tuple[tuple[Message, ...], tuple[Message, ...]]) -> None:
            path, answers = result
            self._show_path(path)
            self._begin(path, answers, sampling)

        self._sending = True
        self._storage.run(work, done, self._on_send_failed)

    def continue_answer(self) -> None:
        """Go on with the last answer where it was cut."""
        last = self._path[-1] if self._path else None
        if last is None or last.role is not Role.ASSISTANT or not self._may_answer():
            return
        sampling = self._sampling.changed(n=1)

        def work() -> tuple[tuple[Message, ...], Message]:
            message = self._store.resume(last.id)
            return self._store.path(message.conversation_id), message

        def done(result: tuple[tuple[Message, ...], Message]) -> None:
            path, message = result
            self._show_path(path)
            self._begin(path, (message,), sampling)

        self._sending = True
        self._storage.run(work, done, self._on_send_failed)

    def stop(self) -> None:
        """End the answer that is being written, or a load; their text stays."""
        self._generation.stop()

    def show_sibling(self, message_id: int, step: int) -> None:
        """Show the branch before (-1) or after (+1) this message's."""
        if self.answering:
            self.noticed.emit(Notice("info", "An answer is being written.", "Stop it first.", "message.stop"))
            return

        def work() -> tuple[Message, ...]:
            self._store.show_sibling(message_id, step)
            return self._store.path(self._store.message(message_id).conversation_id)

        self._storage.run(work, self._show_path, self._on_storage_failed)

    def set_sampling(self, sampling: SamplingParams) -> None:
        """Use other parameters from the next token on."""
        if sampling == self._sampling:
            return
        self._sampling = sampling
        self._generation.update_sampling(sampling)
        if self._conversation is not None:
            conversation_id = self._conversation.id
            self.saving.keep(("sampling", conversation_id), lambda: self._store.set_sampling(conversation_id, sampling))
        self.sampling_changed.emit(sampling)

    def set_system_prompt(self, text: str) -> None:
        """Use another system prompt from the next answer on."""
        if text == self._system_prompt:
            return
        self._system_prompt = text
        if self._conversation is not None:
            conversation_id = self._conversation.id
            self.saving.keep(("system", conversation_id), lambda: self._store.set_system_prompt(conversation_id, text))

    def save_draft(self, text: str) -> None:
        """Keep what stands in the composer."""
        self._draft = text
        self._count_parts()
        conversation_id = self.conversation_id
        if conversation_id is None:
            self.saving.keep(("draft", None), lambda: self._store.set_state(NEW_DRAFT, text))
        else:
            self.saving.keep(("draft", conversation_id), lambda: self._store.save_draft(conversation_id, text))

    def rename(self, conversation_id: int, title: str) -> None:
        """Give a conversation another title."""

        def work() -> Conversation:
            self._store.rename(conversation_id, title.strip())
            return self._store.get(conversation_id)

        self.saving.keep(("title", conversation_id), work, self._on_conversation_read)

    def suggest_title(self, conversation_id: int, title: str) -> None:
        """Give a conversation a title that a model made, unless a person has named it."""

        def work() -> Conversation:
            self._store.suggest_title(conversation_id, title)
            return self._store.get(conversation_id)

        self._storage.run(work, self._on_conversation_read, self._on_storage_failed)

    def save_scroll(self, scroll: tuple[int, float] | None) -> None:
        """Keep where one is reading in the open conversation; see `Conversation.scroll`."""
        if (number := self.conversation_id) is not None:
            self.saving.keep(("scroll", number), lambda: self._store.save_scroll(number, scroll))

    def reload(self) -> None:
        """Read the open conversation again, after it was changed elsewhere; a new one when it is gone."""
        conversation_id = self.conversation_id
        if conversation_id is None:
            return

        def done(opened: OpenConversation) -> None:
            if self.conversation_id != conversation_id:
                return
            if opened.conversation is None:
                self.new_conversation()
            else:
                self._conversation = opened.conversation
                self._show_path(opened.messages)
                self.conversation_changed.emit(opened.conversation)

        self._storage.run(lambda: self._read_if_there(conversation_id), done, self._on_storage_failed)

    # --- opening -----------------------------------------------------------------------------------

    def _read(self, conversation_id: int | None) -> OpenConversation:
        if conversation_id is None:
            return OpenConversation(None, (), self._store.get_state(NEW_DRAFT, ""))
        conversation = self._store.get(conversation_id)
        return OpenConversation(conversation, self._store.path(conversation_id, limit=NEWEST), conversation.draft)

    def _read_if_there(self, conversation_id: int | None) -> OpenConversation:
        try:
            return self._read(conversation_id)
        except UserError:
            return self._read(None)

    def _open(self, conversation_id: int | None) -> None:
        self._storage.run(lambda: self._read(conversation_id), self._show, self._on_storage_failed)
        self._save_open(conversation_id)

    def _save_open(self, conversation_id: int | None) -> None:
        self.saving.keep(("open",), lambda: self._store.set_state(LAST_CONVERSATION, conversation_id))

    def _show(self, opened: OpenConversation) -> None:
        self.leaving.emit()
        self._conversation = opened.conversation
        self._path = tuple(self._generation.with_running_text(message) for message in opened.messages)
        self._draft = opened.draft
        if opened.conversation is not None:
            self._sampling = opened.conversation.sampling
            self._system_prompt = opened.conversation.system_prompt
        else:
            self._sampling = self.default_sampling
        self.conversation_opened.emit(replace(opened, messages=self._path))
        self.sampling_changed.emit(self._sampling)
        self.system_prompt_changed.emit(self._system_prompt)
        self._report_context()
        self._read_older()

    def _read_older(self) -> None:
        """Read what stands above the messages that are shown."""
        if self._complete:
            return
        first = self._path[0]

        def done(older: tuple[Message, ...]) -> None:
            if self._path and self._path[0].id == first.id:
                self._path = older + self._path
                self.older_read.emit(older)
                self._report_context()

        self._storage.run(
            lambda: self._store.path(first.conversation_id, before=first.id), done, self._on_storage_failed
        )

    @property
    def _complete(self) -> bool:
        """Whether all messages down to the tip have been read."""
        return not self._path or self._path[0].parent_id < 0

    def _show_path(self, path: tuple[Message, ...]) -> None:
        if path and path[0].conversation_id != self.conversation_id:
            return
        self._path = tuple(self._generation.with_running_text(message) for message in path)
        self.path_changed.emit(self._path)
        self._report_context()
        self._read_older()

    def _on_conversation_read(self, conversation: Conversation) -> None:
        self.conversations_changed.emit()
        if conversation.id == self.conversation_id:
            self._conversation = conversation
            self.conversation_changed.emit(conversation)

    # --- sending -----------------------------------------------------------------------------------

    def _may_answer(self, text: str | None = None) -> bool:
        """Return whether a request, or this text, can be taken now; if not, say why."""
        if text is not None and not text.strip():
            self.send_refused.emit(Notice.from_error(EmptyPromptError("There is nothing to send.", "Type something.")))
            return False
        if self.answering or self._sending:
            self.send_refused.emit(
                Notice("info", "An answer is being written.", "Wait for its end, or stop it.", "message.stop")
            )
            return False
        if not self._models.available:
            self.send_refused.emit(
                Notice("warning", "There is no model to answer with.", "Open a GGUF model file.", "model.open")
            )
            return False
        return True

    def _add_turn(self, text: str, parent_id: int | None) -> None:
        sampling, system_prompt, model = self._sampling, self._system_prompt, self._models.identity
        conversation_id = self.conversation_id

        def work() -> tuple[Conversation, tuple[Message, ...], tuple[Message, ...]]:
            # Together: half of it would leave the text both sent and in the composer.
            with self._store.together():
                target = conversation_id
                if target is None:
                    target = self._store.create(sampling=sampling, system_prompt=system_prompt).id
                    self._store.set_state(LAST_CONVERSATION, target)
                    self._store.set_state(NEW_DRAFT, "")
                _, first = self._store.add_turn(target, parent_id, text, model=model, sampling=sampling)
                answers = self._with_siblings(first, model, sampling)
            return self._store.get(target), self._store.path(target), answers

        def done(result: tuple[Conversation, tuple[Message, ...], tuple[Message, ...]]) -> None:
            conversation, path, answers = result
            # A draft that the disk refused earlier is what has been sent now.
            self.saving.forget(("draft", conversation_id))
            if conversation_id == self.conversation_id:
                appended = path[:-2] == self._path
                self._conversation = conversation
                self._draft = ""
                self.sent.emit()
                self._receipts.add(path[-2])
                if appended:
                    self._path = path
                    for message in path[-2:]:
                        self.message_added.emit(message)
                else:
                    self._show_path(path)
            self._on_conversation_read(conversation)
            self._begin(path, answers, sampling)

        self._sending = True
        self._storage.run(work, done, self._on_send_failed)

    def _with_siblings(self, first: Message, model: ModelIdentity, sampling: SamplingParams) -> tuple[Message, ...]:
        """Make the other `n - 1` answers beside the first one, which stays on screen."""
        if sampling.n == 1:
            return (first,)
        others = [
            self._store.add_reply(first.conversation_id, first.parent_id, model=model, sampling=sampling)
            for _ in range(sampling.n - 1)
        ]
        self._store.select(first.id)
        return (first, *others)

    def _on_send_failed(self, error: UserError) -> None:
        self._sending = False
        self.send_refused.emit(Notice.from_error(error))

    def _begin(self, path: tuple[Message, ...], answers: tuple[Message, ...], sampling: SamplingParams) -> None:
        self._sending = False
        self._generation.begin(turns(path, self._system_prompt), answers, sampling)

    # --- reports -----------------------------------------------------------------------------------

    def _on_generation_message_changed(self, message: Message) -> None:
        self._path = tuple(message if old.id == message.id else old for old in self._path)
        self.message_changed.emit(message)

    def _on_generation_answering_changed(self, answering: bool) -> None:
        self.answering_changed.emit(answering)
        self._report_context()

    def _on_storage_failed(self, error: UserError) -> None:
        self.noticed.emit(Notice.from_error(error))

    def _report_context(self, _cause: object = None) -> None:
        self._meter.show_answered(self._path)
        self._count_parts()

    def _count_parts(self) -> None:
        if not self.answering and self._complete:
            self._meter.count(self._path, self._system_prompt, self._draft)
