"""Several requests answered together: each step evaluates what all of them need next, in one batch."""

from __future__ import annotations

import logging
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from threading import Lock

import llama_cpp

from desktopchat.core.chat import FinishReason, Timings, Usage
from desktopchat.core.errors import EngineError, UserError
from desktopchat.core.memory import SEQUENCES
from desktopchat.engine.api import (
    ChoiceFinished,
    GenerationEvent,
    GenerationFinished,
    GenerationRequest,
    PromptProgress,
    Take,
)
from desktopchat.engine.in_turn import CURE
from desktopchat.engine.llama.batch import Batch
from desktopchat.engine.llama.batching import BatchProbe
from desktopchat.engine.llama.cache import Cache
from desktopchat.engine.llama.evaluating import AbortedError, NoSlotError, evaluate
from desktopchat.engine.llama.member import Lane, Member
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.llama.native import AbortFlag, Native
from desktopchat.engine.llama.writing import SEND_INTERVAL, Writer, seeds_of
from desktopchat.engine.prefix import common_length
from desktopchat.engine.speculation import Drafter, Speculation

_log = logging.getLogger(__name__)
# Tokens from which on it is worth it to share what another request has evaluated, or is about to.
_WORTHWHILE = 64
_LONGEST_INTERVAL = 0.2  # seconds that text of one among many may wait
_MARGIN = 32  # tokens of answer that must fit when a request is begun beside others
_REMEMBERED = 64  # ids that were cancelled before they came


class Crew:
    """Those who are answered together, and those who wait for it.

    Each answer has a sequence of the KV cache. Where the cache is full, the youngest request gives its cells back and
    goes on later: what was in them is kept or evaluated again, so that nothing of it is lost. While they pause, the
    cache is empty of them.

    Args:
        cache: Of the sequence 0, where what an answer leaves rests until it is wanted again.
        probe: Knows whether a draft changes nothing at temperature 0.
        answer_alone: Answers a request while nobody else is there.
        drafters: Makes what guesses the next tokens of an answer.
    """

    def __init__(
        self,
        native: Native,
        loaded: LoadedModel,
        cache: Cache,
        probe: BatchProbe,
        abort: AbortFlag,
        answer_alone: Callable[[GenerationRequest, Take], None],
        drafters: Callable[[], Sequence[Drafter]],
    ) -> None:
        self._native = native
        self._loaded = loaded
        self.cache = cache
        self.probe = probe
        self._abort = abort
        self._answer_alone = answer_alone
        self._drafters = drafters
        self._free = list(range(1, SEQUENCES))
        self._waiting: deque[Member] = deque()
        self._active: list[Member] = []
        self._batch = Batch(loaded.n_batch)
        self._lock = Lock()
        self._evaluates = False
        self._makes_way = False
        self._cancelled: tuple[int, ...] = ()

    @property
    def is_busy(self) -> bool:
        """Whether there is anybody."""
        return bool(self._active or self._waiting)

    def join(self, member: Member) -> None:
        """Take a request up."""
        self._waiting.append(member)

    def cancel(self, generation_id: int) -> None:
        """End a request soon, also one that has not come yet. From any thread."""
        self._cancelled = (*self._cancelled[-_REMEMBERED:], generation_id)
        with self._lock:
            if self._evaluates and any(member.request.id == generation_id for member in self._active):
                self._abort.set()

    def make_way(self) -> None:
        """Cut the step short that runs or begins next. From any thread."""
        with self._lock:
            self._makes_way = True
            if self._evaluates:
                self._abort.set()

    def step(self) -> None:
        """Evaluate what all need next, and tell what has come of it."""
        try:
            self._step()
        except UserError as error:
            self._fail_active(error)
        except Exception as error:
            _log.exception("requests failed together")
            self._fail_active(EngineError("The engine failed inside.", CURE, f"{type(error).__name__}: {error}"))

    def pause(self) -> None:
        """Give the whole KV cache to another; the next step goes on where this one stopped."""
        for member in reversed(self._active):
            self._put_away(member)
        self._active.clear()

    def close(self, error: UserError) -> None:
        """End all, for this reason, and free what llama.cpp has for it."""
        self._fail_active(error)
        while self._waiting:
            member = self._waiting.popleft()
            member.forget()
            member.take(error)
        self._batch.close()

    # --- who comes and who goes -----------------------------------------------------------------------

    def _step(self) -> None:
        self._end_cancelled()
        while self._waiting and self._fits(self._waiting[0]):
            member = self._waiting.popleft()
            if member.alone:
                self._answer_alone(member.request, member.take)
                return
            try:
                self._begin(member)
            except UserError as error:
                self._release(member)
                member.forget()
                member.take(error)
        if not self._active:
            return
        started = time.perf_counter()
        filled = self._fill()
        draft: list[int] = []
        try:
            draft, probed = self._drafted(filled)
            started += probed
            self._evaluate()
        except (AbortedError, NoSlotError) as error:
            for _, lane, _, _ in filled:
                llama_cpp.llama_memory_seq_rm(self._loaded.memory, lane.sequence, lane.known, -1)
            if isinstance(error, NoSlotError):
                self._make_room()
            return
        mixed = len({id(member) for member, _, _, _ in filled}) > 1
        for member, lane, count, row in filled:
            assert member.writer is not None
            member.writer.step_started = started
            # As many messages for all of them together as for one, for each takes time from the cores that compute.
            member.writer.interval = min(SEND_INTERVAL * len(filled), _LONGEST_INTERVAL)
            lane.known += count
            member.mixed |= mixed or self._loaded.is_rounded(lane.known)
            if row >= 0:
                self._write(member, lane, row)
                self._check_draft(member, lane, draft, started)
            elif not member.first_token_at:
                member.take(PromptProgress(lane.known, len(member.prompt), member.reused))

    def _fits(self, member: Member) -> bool:
        """Return whether a request can be begun, or gone on with, beside those that are under way."""
        if not self._active:
            return True
        if member.alone or len(self._free) < member.seats:
            return False
        if sum(one.size for one in self._active) + member.size + _MARGIN > self._loaded.n_ctx:
            return False
        # What one of them is about to evaluate need not be evaluated twice.
        tokens = member.lanes[0].tokens if member.lanes else member.prompt
        lanes = (lane for one in self._active for lane in one.lanes if not lane.follows)
        return all(common_length(lane.tokens, tokens) - lane.known < _WORTHWHILE for lane in lanes)

    def _begin(self, member: Member) -> None:
        """Begin a request, or go on with it, from the longest part of it that is in the cache.

        Raises:
            UserError: Its grammar or schema cannot be used.
        """
        if not self._active:
            self._loaded.resume()
        self.probe.begin()
        request = member.request
        if member.writer is None:
            member.began_at = time.perf_counter()
            member.writer = Writer(self._loaded, request, lambda: request.id in self._cancelled)
            for index, seed in enumerate(seeds_of(request.sampling)):
                member.answers.append(member.writer.begin(index, seed, member.opened))
            if request.sampling.n == 1 and (drafters := self._drafters()):
                member.speculation = Speculation(*drafters)
        sequences = [self._free.pop() for _ in range(member.seats)]
        if not member.lanes:
            member.prompt, member.reused = self._arrange(member, member.prompt, sequences[0])
            member.lanes = [Lane(answer, list(member.prompt)) for answer in member.answers]
            member.lanes[0].known = member.reused
            member.take(PromptProgress(member.reused, len(member.prompt), member.reused))
        else:
            lead = member.lanes[0]
            wanted, lead.known = self._arrange(member, lead.tokens, sequences[0])
            if wanted != lead.tokens:  # others follow these very tokens
                lead.known = min(lead.known, common_length(wanted, lead.tokens))
                llama_cpp.llama_memory_seq_rm(self._loaded.memory, sequences[0], lead.known, -1)
        for lane, sequence in zip(member.lanes, sequences, strict=True):
            lane.sequence, lane.follows = sequence, lane is not member.lanes[0]
        self._active.append(member)
        self._active.sort(key=lambda one: one.joined_at)

    def _arrange(self, member: Member, tokens: list[int], sequence: int) -> tuple[list[int], int]:
        """Put what is known of a prompt into a sequence.

        Returns:
            Tokens that spell the prompt and begin with the known ones, and how many those are: not all.
        """
        lanes = [lane for one in self._active for lane in one.lanes if lane.known >= _WORTHWHILE]
        found = [(self.cache.match(lane.tokens[: lane.known], tokens), lane) for lane in lanes]
        wanted = self.cache.arrange(member.request.conversation, tokens)
        if len(wanted) >= self._loaded.n_ctx:  # the model's own tokens may be more than the tokenizer's
            self.cache.clear()
            wanted = tokens
        known = min(len(self.cache.tokens), len(wanted) - 1)
        member.shared = 0
        if found:
            best, lane = max(found, key=lambda one: one[0].covered)
            if best.covered >= known + _WORTHWHILE:
                wanted = lane.tokens[: best.kept] + tokens[best.covered :]
                member.shared = known = min(best.kept, len(wanted) - 1)
                llama_cpp.llama_memory_seq_cp(self._loaded.memory, lane.sequence, sequence, 0, known)
                return wanted, known
        self.cache.move_to(sequence, known)
        return wanted, known

    def _end_cancelled(self) -> None:
        for members in (self._active, self._waiting) if self._cancelled else ():
            for member in [one for one in members if one.request.id in self._cancelled]:
                members.remove(member)
                ended = {answer.index for answer in member.answers} - {lane.answer.index for lane in member.lanes}
                for lane in member.lanes:
                    assert member.writer is not None
                    for event in member.writer.finish(lane.answer, FinishReason.CANCELLED):
                        member.take(event)
                    ended.add(lane.answer.index)
                for index, seed in enumerate(seeds_of(member.request.sampling)):
                    if index not in ended:
                        member.take(ChoiceFinished(index, FinishReason.CANCELLED, seed))
                self._leave(member)

    def _make_room(self) -> None:
        """Let something go where the cache is full."""
        if self.cache.tokens:
            self.cache.put_away()
        elif len(self._active) > 1:
            self._put_away(self._active.pop())
        else:
            (member,) = self._active
            for lane in list(member.lanes):
                self._end_lane(member, lane, FinishReason.LENGTH)

    def _put_away(self, member: Member) -> None:
        """Take a request out of the cache, to go on with it later."""
        self._keep(member)
        self.cache.put_away()
        self._release(member)
        self._waiting.appendleft(member)

    def _leave(self, member: Member) -> None:
        """Tell the end of a request, whose answers have been told."""
        self._keep(member)
        if self._active:
            self.cache.put_away()  # so that they need not look over it
        self._release(member)
        now = time.perf_counter()
        written = sum(answer.count for answer in member.answers)
        member.forget()
        repeatable = not member.mixed and not member.reused
        drafted, accepted = (one.drafted, one.accepted) if (one := member.speculation) else (0, 0)
        counts = (len(member.prompt), member.reused, written, member.left_out, 0, drafted, accepted)
        usage = Usage(*counts, repeatable=repeatable)
        first_at = member.first_token_at or now
        timings = Timings(member.prompt_seconds, first_at - member.joined_at, now - first_at)
        member.take(GenerationFinished(usage, timings))

    def _keep(self, member: Member) -> None:
        """Leave what a request has in the cache for whoever goes on there."""
        if member.lanes and (lane := member.lanes[0]).known:
            self.cache.adopt(member.request.conversation, lane.tokens[: lane.known], lane.sequence)

    def _release(self, member: Member) -> None:
        for lane in member.lanes:
            self._release_lane(lane)

    def _release_lane(self, lane: Lane) -> None:
        if lane.sequence >= 0:
            llama_cpp.llama_memory_seq_rm(self._loaded.memory, lane.sequence, -1, -1)
            self._free.append(lane.sequence)
        lane.sequence, lane.known = -1, 0

    def _fail_active(self, error: UserError) -> None:
        failed, self._active = self._active, []
        for member in failed:
            self._release(member)
            member.forget()
            member.take(error)

    # --- one step -------------------------------------------------------------------------------------

    def _fill(self) -> list[tuple[Member, Lane, int, int]]:
        """Put what is next into the batch.

        Returns:
            For each lane that has a part in it: how many of its tokens, and the row of the last one, or -1 where
            more are to come.
        """
        lanes = [(member, lane) for member in self._active for lane in member.lanes if not lane.follows]
        lanes.sort(key=lambda one: one[1].pending > 1)  # those who write wait for none who reads
        batch, filled = self._batch, []
        batch.clear()
        for member, lane in lanes:
            count = min(lane.pending, self._loaded.n_batch - batch.size)
            for place in range(lane.known, lane.known + count):
                batch.add(lane.tokens[place], place, lane.sequence, wanted=place == len(lane.tokens) - 1)
            if count:
                filled.append((member, lane, count, batch.size - 1 if count == lane.pending else -1))
        return filled

    def _drafted(self, filled: list[tuple[Member, Lane, int, int]]) -> tuple[list[int], float]:
        """Guess what follows the only token in the batch, and put that behind it.

        Returns:
            The guess, and seconds that say nothing about the cost of a step.
        """
        member, lane, _, row = filled[0]
        if self._batch.size > 1 or row < 0 or member.speculation is None:
            return [], 0.0
        room = self._loaded.n_ctx - len(lane.tokens)
        if limit := member.request.sampling.max_tokens:
            room = min(room, limit - lane.answer.count - 1)
        greedy = member.request.sampling.temperature <= 0
        if greedy:
            room = 0 if member.mixed else min(room, self.probe.room(lane.known) - 1)
        draft, probed = member.speculation.propose(lane.tokens[:-1], lane.tokens[-1], room), 0.0
        if draft and greedy:
            began = time.perf_counter()
            exact = self.probe.is_exact(
                lane.known, self._batch, lambda _: self._evaluate(), lane.sequence, self._free[-1]
            )
            self._fill()  # once more, for the probe has used the batch
            draft, probed = draft if exact else [], time.perf_counter() - began
        for place, token in enumerate(draft, 1):
            self._batch.add(token, lane.known + place, lane.sequence)
        member.mixed |= bool(draft) and not greedy
        return draft, probed

    def _check_draft(self, member: Member, lane: Lane, draft: list[int], started: float) -> None:
        """Take as many tokens of the draft as the model itself has drawn now."""
        if member.speculation is None or self._batch.size != 1 + len(draft):
            return
        if not draft:
            member.speculation.plain_step(time.perf_counter() - started)
            if member.request.sampling.temperature <= 0 and lane.sequence >= 0:
                self.probe.note(lane.tokens[lane.known - 1], lane.known - 1)
            return
        accepted = 0
        while accepted < len(draft) and lane.sequence >= 0 and lane.tokens[-1] == draft[accepted]:
            accepted += 1
            lane.known += 1
            self._write(member, lane, accepted)
        if lane.sequence >= 0:
            llama_cpp.llama_memory_seq_rm(self._loaded.memory, lane.sequence, lane.known, -1)
        member.speculation.draft_step(len(draft), accepted, time.perf_counter() - started, len(lane.tokens))

    def _evaluate(self) -> None:
        with self._lock:
            self._abort.clear()
            self._evaluates = True
            makes_way = self._makes_way
        try:
            if makes_way or any(member.request.id in self._cancelled for member in self._active):
                raise AbortedError
            evaluate(self._native, self._loaded, self._abort, self._batch.native)
        finally:
            with self._lock:
                self._evaluates = self._makes_way = False
                self._abort.clear()

    def _write(self, member: Member, lane: Lane, row: int) -> None:
        """Draw the next token of an answer, and of those that have waited for its prompt."""
        writing = [lane, *self._followed(member, lane)]
        if not member.first_token_at:
            member.take(PromptProgress(len(member.prompt), len(member.prompt), member.reused))
            member.first_token_at = time.perf_counter()
            member.prompt_seconds = member.first_token_at - member.began_at
        for one in writing:
            if one.pending:
                continue  # what it had written is to be evaluated again
            one.answer.row = row
            assert member.writer is not None
            ended = _told(member, member.writer.accept(one.answer, member.writer.sample(one.answer)))
            one.tokens.append(one.answer.token)
            if ended:
                self._drop(member, one)
            elif len(one.tokens) > self._loaded.n_ctx:
                self._end_lane(member, one, FinishReason.LENGTH)

    def _end_lane(self, member: Member, lane: Lane, reason: FinishReason) -> None:
        assert member.writer is not None
        for event in member.writer.finish(lane.answer, reason):
            member.take(event)
        self._drop(member, lane)

    def _drop(self, member: Member, lane: Lane) -> None:
        """Take an answer that has ended out; with the last one its request leaves."""
        if len(member.lanes) == 1:
            self._active.remove(member)
            self._leave(member)
        else:
            member.lanes.remove(lane)
            self._release_lane(lane)

    def _followed(self, member: Member, lead: Lane) -> Sequence[Lane]:
        """Give the prompt to those of a request that wait for it, and return them."""
        followed = [lane for lane in member.lanes if lane.follows]
        for lane in followed:
            length = len(member.prompt)
            llama_cpp.llama_memory_seq_cp(self._loaded.memory, lead.sequence, lane.sequence, 0, length)
            lane.known, lane.follows = length, False
        return followed


def _told(member: Member, events: Generator[GenerationEvent, None, bool]) -> bool:
    """Tell what an answer brings; return what its generator does."""
    while True:
        try:
            member.take(next(events))
        except StopIteration as end:
            return bool(end.value)
