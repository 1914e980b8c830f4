"""Samples of a turn: how they are asked for, that they leave no trace, and how one is kept."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from desktopchat.controllers.doubt import Doubt, DoubtController
from desktopchat.controllers.preferences import Preferences
from desktopchat.core.chat import FinishReason
from desktopchat.core.cost import LedgerBy
from desktopchat.core.errors import EngineError
from desktopchat.core.params import SamplingParams
from desktopchat.engine.api import GenerationEvent, GenerationRequest
from desktopchat.engine.scripted import ScriptedEngine
from desktopchat.settings.file import Settings
from desktopchat.storage.ledger import read_ledger
from tests.integration.controllers.conftest import Rig


class Listening(ScriptedEngine):
    """Keeps what it is asked, and fails when told to."""

    def __init__(self, rate: float = 0) -> None:
        super().__init__(rate=rate)
        self.requests: list[GenerationRequest] = []
        self.fails = False

    def generate(self, request: GenerationRequest) -> Iterator[GenerationEvent]:
        self.requests.append(request)
        if self.fails:
            raise EngineError("The engine failed.", "Load it again.")
        return super().generate(request)


class Doubting:
    """A rig with the controller, and what it told."""

    def __init__(self, rig: Rig, folder: Path) -> None:
        self.rig = rig
        preferences = Preferences(Settings.load(folder / "settings.toml"), rig.io)
        self.controller = DoubtController(rig.chat, rig.models, rig.worker, rig.storage, rig.io, rig.store, preferences)
        self.ended: list[Doubt] = []
        self.failed: list[str] = []
        self.progress: list[tuple[int, int]] = []
        self.kept: list[int] = []
        self.controller.ended.connect(self.ended.append)
        self.controller.failed.connect(self.failed.append)
        self.controller.kept.connect(self.kept.append)
        self.controller.progressed.connect(lambda *values: self.progress.append(values))

    def draw(self, count: int = 4) -> Doubt:
        self.controller.begin(self.rig.shown[-1], count)
        before = len(self.ended)
        self.rig.wait(lambda: len(self.ended) > before)
        return self.ended[-1]


@pytest.fixture
def doubting(make_rig: Callable[..., Rig], tmp_path: Path) -> Doubting:
    rig = make_rig(Listening())
    rig.load()
    return Doubting(rig, tmp_path)


def messages(rig: Rig) -> list[tuple[object, ...]]:
    return rig.storage.call(
        lambda: rig.database.execute("SELECT id, parent_id, content, trash_id FROM message ORDER BY id")
    )


def test_samples_are_of_the_same_turn_and_leave_no_trace(doubting: Doubting) -> None:
    rig = doubting.rig
    rig.chat.set_system_prompt("Be brief.")
    rig.chat.set_sampling(SamplingParams(max_tokens=3, temperature=0.4, seed=7))
    rig.say("first")
    rig.say("say:The sea is wide. It is deep.")
    before, tip = messages(rig), rig.store.get(rig.chat.conversation_id).tip_id
    doubt = doubting.draw()
    request = rig.engine.requests[-1]
    asked = rig.engine.requests[-2]
    assert request.messages == asked.messages
    assert request.conversation == asked.conversation  # the KV states of the prompt are there
    assert request.id < -1_000_000
    sampling = request.sampling
    assert (sampling.n, sampling.seed, sampling.temperature, sampling.max_tokens) == (4, None, 0.4, 64)
    assert [sample.text for sample in doubt.samples] == ["The sea is wide. It is deep."] * 4
    assert [sample.finish_reason for sample in doubt.samples] == [FinishReason.STOP] * 4
    assert [(one.text, one.agreeing) for one in doubt.sentences] == [("The sea is", 4)]
    assert doubt.usage.completion_tokens == 28
    assert messages(rig) == before
    assert rig.store.get(rig.chat.conversation_id).tip_id == tip


def test_coldest_answers_are_drawn_warmer(doubting: Doubting) -> None:
    doubting.rig.chat.set_sampling(SamplingParams(max_tokens=3, temperature=0.0))
    doubting.rig.say("first")
    assert doubting.draw(2).temperature == 0.7
    assert doubting.rig.engine.requests[-1].sampling.temperature == 0.7


def test_one_is_kept_as_another_version_and_the_answer_stays_shown(doubting: Doubting) -> None:
    rig = doubting.rig
    rig.chat.set_sampling(SamplingParams(max_tokens=2))
    rig.say("one")
    rig.say("two")
    answer, path = rig.shown[1], [message.id for message in rig.shown]
    doubting.controller.begin(answer)
    rig.wait(lambda: bool(doubting.ended))
    doubting.controller.keep(doubting.ended[0], 2)
    rig.wait(lambda: doubting.kept == [2] and rig.shown[1].siblings == 2)
    assert [message.id for message in rig.shown] == path
    rig.chat.show_sibling(answer.id, 1)
    rig.wait(lambda: len(rig.shown) == 2 and rig.shown[1].sibling == 2)
    kept = rig.shown[1]
    assert kept.content == doubting.ended[0].samples[2].text
    assert (kept.usage.answers, kept.seed) == (4, doubting.ended[0].samples[2].seed)
    (row,) = rig.storage.call(lambda: read_ledger(rig.database, LedgerBy.CONVERSATION))
    # Two answers and the four samples, of which one is an answer now.
    assert (row.answers, row.completion_tokens) == (3, 2 + 2 + doubting.ended[0].usage.completion_tokens)


def test_it_gives_way_to_an_answer(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    rig = make_rig(Listening(rate=300))
    rig.load()
    doubting = Doubting(rig, tmp_path)
    rig.chat.set_sampling(SamplingParams(max_tokens=400))
    rig.say("long")
    doubting.controller.begin(rig.shown[-1])
    rig.wait(lambda: len(doubting.progress) > 1)
    assert 0 < doubting.progress[-1][0] < 1600
    rig.chat.set_sampling(SamplingParams(max_tokens=2))
    rig.say("now")
    assert doubting.failed == ["The samples gave way to an answer. Draw them again after it."]
    assert not doubting.ended
    assert rig.texts()[-1] == "word1 word2"


def test_stopped_samples_are_not_told(make_rig: Callable[..., Rig], tmp_path: Path) -> None:
    rig = make_rig(Listening(rate=300))
    rig.load()
    doubting = Doubting(rig, tmp_path)
    rig.chat.set_sampling(SamplingParams(max_tokens=100))
    rig.say("long")
    doubting.controller.begin(rig.shown[-1])
    rig.wait(lambda: bool(doubting.progress))
    doubting.controller.stop()
    assert not doubting.controller.running
    rig.chat.set_sampling(SamplingParams(max_tokens=2))
    rig.say("now")
    assert (doubting.ended, doubting.failed) == ([], [])


def test_failure_is_said(doubting: Doubting) -> None:
    doubting.rig.say("one")
    doubting.rig.engine.fails = True
    doubting.controller.begin(doubting.rig.shown[-1])
    doubting.rig.wait(lambda: bool(doubting.failed))
    assert doubting.failed == ["The engine failed. Load it again."]
    assert not doubting.controller.running
