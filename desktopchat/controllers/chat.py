"""The conversation on screen: send, stream, stop, edit, and where every letter of it is kept."""

from collections.abc import Callable
from dataclasses import replace
from functools import partial

from PySide6.QtCore import QObject, Signal

from desktopchat.controllers.asking import Asked, Asking, Question, end_of
from desktopchat.controllers.context_meter import ContextMeter
from desktopchat.controllers.engine_worker import EngineWorker
from desktopchat.controllers.generation import GenerationController
from desktopchat.controllers.models import ModelController
from desktopchat.controllers.reading import OpenConversation, Reading
from desktopchat.controllers.receipts import Receipts
from desktopchat.controllers.saving import Saving
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.attached import AttachedFile, Written
from desktopchat.core.chat import Conversation, Message, Role
from desktopchat.core.errors import EmptyPromptError, UserError
from desktopchat.core.notice import Notice
from desktopchat.core.parameter_layers import beginning_with
from desktopchat.core.params import SamplingParams
from desktopchat.engine.api import Overflow
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.state import LAST_CONVERSATION, NEW_DRAFT

_NO_MODEL = Notice("warning", "There is no model to answer with.", "Open a GGUF model file.", "model.open")


class ChatController(QObject):
    """Drives the open conversation. The store is touched on the storage thread alone.

    Attributes:
        leaving: Another conversation is about to be shown; what is not stored yet belongs to the present one.
        conversation_opened: OpenConversation, which replaces all that is shown.
        path_changed: Tuple of Message, which replaces the transcript but not the composer.
        conversation_changed: Conversation, whose title or parameters changed.
        conversations_changed: The list of conversations is no longer what it was.
        store_replaced: Nothing that was known of conversations holds any more.
        sent: The text is committed and may leave the composer.
        send_refused: Notice; the composer keeps its text.
        older_read: Tuple of Message, which stand above those that were shown.
        message_added: Message at the end of the transcript.
        text_received: Message id, new text and new reasoning, at most 30 times a second.
        message_changed: Message, in place of the one with its id.
        prompt_progressed: Tokens evaluated and in all; (0, 0) when it is over.
        answering_changed: Whether an answer is being written.
        ended: An answer has ended: the id of its conversation, and whether nobody stopped it and nothing failed.
        sampling_changed: SamplingParams of the open conversation.
        system_prompt_changed: System prompt of the open conversation.
        context_changed, parts_counted, file_counted: As those of `ContextMeter`.
        noticed: Notice.
        default_sampling: What a new conversation starts with.
    """

    leaving = Signal()
    conversation_opened = Signal(object)
    path_changed = Signal(object)
    conversation_changed = Signal(object)
    conversations_changed = Signal()
    store_replaced = Signal()
    sent = Signal()
    send_refused = Signal(object)
    older_read = Signal(object)
    message_added = Signal(object)
    text_received = Signal(int, str, str)
    message_changed = Signal(object)
    prompt_progressed = Signal(int, int)
    answering_changed = Signal(bool)
    ended = Signal(int, bool)
    sampling_changed = Signal(object)
    system_prompt_changed = Signal(str)
    context_changed = Signal(int, int)
    parts_counted = Signal(object)
    file_counted = Signal(object, int)
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
        self._draft = Written("")
        self._queue: tuple[Written, ...] = ()
        self._asking = Asking(store)
        self._reading = Reading(store)
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
        self._generation.ended.connect(self.ended)
        self._meter = ContextMeter(worker, models, self._generation.pictures, self)
        self._meter.context_changed.connect(self.context_changed)
        self._meter.parts_counted.connect(self.parts_counted)
        self._meter.file_counted.connect(self.file_counted)
        self._generation.context_changed.connect(self._meter.show_running)
        self._generation.noticed.connect(self.noticed)
        models.model_loaded.connect(self._report_context)
        models.unloaded.connect(self._report_context)

    @property
    def answering(self) -> bool:
        """Whether an answer is being written, or waits for its model."""
        return self._generation.answering

    @property
    def busy(self) -> bool:
        """Whether a message would have to wait: an answer is being written, or a question is being stored."""
        return self.answering or self._sending

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
            lambda: self._reading.read_if_there(self._store.get_state(LAST_CONVERSATION)),
            self._show,
            self._on_storage_failed,
        )

    def new_conversation(self) -> None:
        """Show an empty conversation with the default parameters and the present system prompt."""
        self._open(None)

    def open_conversation(self, conversation_id: int) -> None:
        """Show a stored conversation."""
        self._open(conversation_id)

    def open_message(self, conversation_id: int, message_id: int) -> None:
        """Show a stored conversation at one of its messages, on a branch that has it."""
        may_switch = not self.answering

        def work() -> OpenConversation:
            return self._reading.read_at(message_id, conversation_id, may_switch=may_switch)

        self._storage.run(work, self._show, self._on_storage_failed)
        self._save_open(conversation_id)

    def send(self, text: str, files: tuple[AttachedFile, ...] = ()) -> None:
        """Store what was written and ask for the answer. `sent` or `send_refused` tells what became of it."""
        written = Written(text, files)
        if self._may_answer(written):
            self._ask(self._question(written, end_of(self._path), from_draft=True))

    def edit(self, message_id: int, text: str, files: tuple[AttachedFile, ...] = ()) -> None:
        """Ask again with other words: a new branch beside the edited message."""
        written = Written(text, files)
        edited = next((message for message in self._path if message.id == message_id), None)
        if edited is None:
            self.send_refused.emit(
                Notice("info", "The message that you edit is not in this branch.", "Show its branch, or restore it.")
            )
        elif self._may_answer(written):
            self._ask(self._question(written, edited.parent_id))

    def send_to(
        self,
        conversation_id: int | None,
        written: Written,
        done: Callable[[Asked], None],
        failed: Callable[[Notice], None],
        queue: tuple[Written, ...] | None = None,
    ) -> None:
        """Send to the end of a conversation that need not be on screen; the composer is left alone.

        Args:
            conversation_id: Where; None begins one.
            written: The message.
            done: Called with what is stored.
            failed: Called when it could not be; nothing has changed.
            queue: What is left in the queue that it comes from; None when it comes from none and goes beside the
                conversation on screen, with the default parameters where it begins one.
        """
        if not self._models.available:
            failed(_NO_MODEL)
            return

        def refused(error: UserError) -> None:
            self._sending = False
            failed(Notice.from_error(error))

        question = replace(self._question(written, None), conversation_id=conversation_id, at_tip=True, queue=queue)
        if queue is None:
            question = replace(question, sampling=self.default_sampling, system_prompt="")
        self._ask(question, done, refused)

    def _question(self, written: Written, parent_id: int | None, *, from_draft: bool = False) -> Question:
        model, sampling, system_prompt = self._models.identity, self._sampling, self._system_prompt
        return Question(written, self.conversation_id, model, sampling, system_prompt, parent_id, from_draft)

    def regenerate(self, *, sampling: SamplingParams | None = None) -> None:
        """Ask for another answer beside the last one, with the present parameters or with others."""
        last = next((message for message in reversed(self._path) if message.role is Role.USER), None)
        if last is None or self._conversation is None or not self._may_answer():
            return
        question = replace(self._question(Written(""), last.id), sampling=sampling or self._sampling)

        def done(asked: Asked) -> None:
            self._show_path(asked.path)
            self._begin(asked.path, asked.answers, asked.sampling, asked.system_prompt)

        self._sending = True
        self._storage.run(lambda: self._asking.ask_again(question), done, self._on_send_failed)

    def continue_answer(self) -> None:
        """Go on with the last answer where it was cut."""
        if self._path and (last := self._path[-1]).role is Role.ASSISTANT:
            self.go_on(lambda: self._store.resume(last.id))

    def go_on(self, begun: Callable[[], Message]) -> None:
        """Go on with the last answer, which `begun` puts to streaming on the thread of the storage."""
        sampling = self._sampling.changed(n=1)

        def done(path: tuple[Message, ...]) -> None:
            self._show_path(path)
            self._begin(path, path[-1:], sampling, self._system_prompt)

        if self._may_answer():
            self._sending = True
            self._storage.run(lambda: self._store.path(begun().conversation_id), done, self._on_send_failed)

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
        if (conversation_id := self.conversation_id) is not None:
            self.saving.keep(("sampling", conversation_id), lambda: self._store.set_sampling(conversation_id, sampling))
        self.sampling_changed.emit(sampling)
        self._count_parts()  # whether the model is to think is part of the prompt

    def set_system_prompt(self, text: str) -> None:
        """Use another system prompt from the next answer on."""
        if text == self._system_prompt:
            return
        self._system_prompt = text
        if (conversation_id := self.conversation_id) is not None:
            self.saving.keep(("system", conversation_id), lambda: self._store.set_system_prompt(conversation_id, text))

    def save_draft(self, text: str) -> None:
        """Keep what stands in the composer."""
        self._draft = replace(self._draft, text=text)
        self._count_parts()
        conversation_id = self.conversation_id
        if conversation_id is None:
            self.saving.keep(("draft", None), lambda: self._store.set_state(NEW_DRAFT, text))
        else:
            self.saving.keep(("draft", conversation_id), lambda: self._store.save_draft(conversation_id, text))

    def save_files(self, files: tuple[AttachedFile, ...]) -> None:
        """Keep the files in the composer."""
        self.count_files(files)
        number = self.conversation_id
        self.saving.keep(("files", number), lambda: self._store.pending.set_files(number, files))

    def count_files(self, files: tuple[AttachedFile, ...]) -> None:
        """Count these files with what the next prompt would be."""
        self._draft = replace(self._draft, files=files)
        self._count_parts()

    def count_queue(self, queue: tuple[Written, ...]) -> None:
        """Count what waits to be sent with what the next prompt would be."""
        self._queue = queue
        self._count_parts()

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

        self._storage.run(lambda: self._reading.read_if_there(conversation_id), done, self._on_storage_failed)

    def _open(self, conversation_id: int | None) -> None:
        self._storage.run(lambda: self._reading.read(conversation_id), self._show, self._on_storage_failed)
        self._save_open(conversation_id)

    def _save_open(self, conversation_id: int | None) -> None:
        self.saving.keep(("open",), lambda: self._store.set_state(LAST_CONVERSATION, conversation_id))

    def _show(self, opened: OpenConversation) -> None:
        self.leaving.emit()
        self._conversation = opened.conversation
        self._path = tuple(self._generation.with_running_text(message) for message in opened.messages)
        self._draft = Written(opened.draft, opened.files)
        if opened.conversation is not None:
            self._sampling = opened.conversation.sampling
            self._system_prompt = opened.conversation.system_prompt
        else:
            self._sampling = beginning_with(self.default_sampling, self._sampling)
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

    def _may_answer(self, written: Written | None = None) -> bool:
        """Return whether a request, or this message, can be taken now; if not, say why."""
        if written is not None and not written:
            self.send_refused.emit(Notice.from_error(EmptyPromptError("There is nothing to send.", "Type something.")))
            return False
        if self.busy:
            self.send_refused.emit(
                Notice("info", "An answer is being written.", "Wait for its end, or stop it.", "message.stop")
            )
            return False
        if not self._models.available:
            self.send_refused.emit(_NO_MODEL)
            return False
        return True

    def _ask(
        self,
        question: Question,
        then: Callable[[Asked], None] | None = None,
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        def done(asked: Asked) -> None:
            conversation, path = asked.conversation, asked.path
            if question.from_draft:
                # A draft that the disk refused earlier is what has been sent now.
                self.saving.forget(("draft", question.conversation_id))
                self.saving.forget(("files", question.conversation_id))
            if question.belongs_to(self.conversation_id):
                self._show_asked(question, asked)
            self._on_conversation_read(conversation)
            if then is not None:
                then(asked)
            self._begin(path, asked.answers, asked.sampling, asked.system_prompt)

        self._sending = True
        self._storage.run(lambda: self._asking.ask(question), done, failed or self._on_send_failed)

    def _show_asked(self, question: Question, asked: Asked) -> None:
        path = asked.path
        appended = path[:-2] == self._path
        self._conversation = asked.conversation
        if question.from_draft:
            self._draft = Written("")
        if not question.at_tip:
            self.sent.emit()
        elif question.conversation_id is None:
            self._save_open(asked.conversation.id)
            self.saving.keep(("draft", None), partial(self._asking.take_along, asked.conversation.id, self._draft))
        self._receipts.add(path[-2])
        if appended:
            self._path = path
            for message in path[-2:]:
                self.message_added.emit(message)
        else:
            self._show_path(path)

    def _on_send_failed(self, error: UserError) -> None:
        self._sending = False
        self.send_refused.emit(Notice.from_error(error))

    def _begin(
        self, path: tuple[Message, ...], answers: tuple[Message, ...], sampling: SamplingParams, system_prompt: str
    ) -> None:
        self._sending = False
        self._generation.begin(path, system_prompt, answers, sampling)

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
            self._meter.count(self._path, self._system_prompt, self._draft, self._queue, self._sampling)
