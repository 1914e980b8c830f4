"""Models that look at pictures, compared with libmtmd's own helper; tiny ones with random weights."""

import ctypes
import itertools
import re
import struct
import threading
import time
import zlib
from collections.abc import Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import llama_cpp
import numpy as np
import pytest
from llama_cpp import mtmd_cpp as mtmd

from desktopchat.core.chat import ChatMessage, FinishReason, Role, Usage
from desktopchat.core.errors import EngineCrashedError, ModelFileError, PictureError, UserError
from desktopchat.core.params import NO_PROJECTOR, LoadParams, SamplingParams
from desktopchat.core.picture import Picture
from desktopchat.core.token import PICTURE
from desktopchat.engine.api import (
    ChoiceFinished,
    Delta,
    Engine,
    GenerationFinished,
    GenerationRequest,
    ModelInfo,
    ModelLoaded,
    PromptProgress,
)
from desktopchat.engine.llama.engine import LlamaEngine
from desktopchat.engine.llama.vision import Vision
from desktopchat.engine.process import ProcessEngine
from desktopchat.library.folder import inspect
from tests.gguf_maker import Typed
from tests.pictures import png, png_of
from tests.tiny_models import TOKEN_TYPES, TOKENS, write_tiny
from tests.tiny_projectors import write_projector

# What idefics3 has around its pictures, in the place of bytes that occur in no text.
SIGNS = ("<fake_token_around_image>", "<global-img>", "\n\n")
CONTROL = Typed("i32", 3)
IDS = itertools.count(1)
KINDS = {"mlp": "llama", "gemma3": "gemma3", "idefics3": "llama", "qwen2vl_merger": "qwen2vl"}
CAT, DOG = Picture.of(png(100, 200, seed=1)), Picture.of(png(90, 70, seed=2))


def make(folder: Path, kind: str, **metadata: Any) -> Path:
    """Write a model with its projector and return the model's path."""
    architecture = KINDS[kind]
    write_projector(folder / "mmproj-f16.gguf", kind)
    signs = {
        "tokenizer.ggml.tokens": [*TOKENS[:-3], *SIGNS],
        "tokenizer.ggml.token_type": [*TOKEN_TYPES[:-3], *3 * [CONTROL]],
    }
    own = {f"{architecture}.context_length": 4096, **(signs if kind == "idefics3" else {})}
    return write_tiny(folder / "model.gguf", architecture, **{**own, **metadata})


def load(engine: Engine, path: Path, **params: Any) -> ModelInfo:
    # Flash attention rounds more, and a batch otherwise than its tokens one by one.
    *_, last = engine.load(inspect(path), LoadParams(n_ctx=params.pop("n_ctx", 2048), flash_attn="off", **params))
    assert isinstance(last, ModelLoaded)
    return last.info


def asked(text: str, *pictures: Picture) -> ChatMessage:
    return ChatMessage(Role.USER, text, pictures=pictures)


def answer(
    engine: Engine, *messages: ChatMessage, conversation: str = "", max_tokens: int = 8
) -> tuple[list[tuple[int, float]], Usage]:
    """Return the tokens of an answer with their logarithms of probability, and what it took."""
    sampling = SamplingParams(temperature=0, max_tokens=max_tokens)
    request = GenerationRequest(next(IDS), messages, sampling, None, conversation, top_logprobs=1, ignore_eos=True)
    events = list(engine.generate(request))
    tokens = [one.chosen for event in events if isinstance(event, Delta) for one in event.logprobs]
    assert isinstance(events[-1], GenerationFinished)
    return [(one.token, one.logprob) for one in tokens], events[-1].usage


def assert_same(ours: Sequence[tuple[int, float]], theirs: Sequence[tuple[int, float]]) -> None:
    assert [token for token, _ in ours] == [token for token, _ in theirs]
    assert [number for _, number in ours] == pytest.approx([number for _, number in theirs], abs=2e-3)


@pytest.fixture(params=KINDS)
def kind(request: pytest.FixtureRequest) -> str:
    return str(request.param)


@pytest.fixture
def path(tmp_path: Path, kind: str) -> Path:
    return make(tmp_path, kind)


@pytest.fixture
def engine() -> Iterator[LlamaEngine]:
    made = LlamaEngine()
    yield made
    made.close()


@pytest.fixture
def child(tmp_path: Path) -> Iterator[ProcessEngine]:
    made = ProcessEngine(tmp_path / "engine.log")
    yield made
    made.close()


def by_hand(path: Path, text: str, pictures: Sequence[Picture], count: int) -> tuple[list[tuple[int, float]], int]:
    """Return the answer and the length of a prompt by libmtmd's helper; <__media__> stands for a picture."""
    model = llama_cpp.llama_model_load_from_file(str(path).encode(), llama_cpp.llama_model_default_params())
    params = llama_cpp.llama_context_default_params()
    params.n_ctx, params.n_batch, params.n_ubatch, params.n_threads, params.flash_attn_type = 2048, 512, 512, 1, 0
    context = llama_cpp.llama_init_from_model(model, params)
    options = mtmd.mtmd_context_params_default()
    options.warmup = False
    vision = mtmd.mtmd_init_from_file(str(path.parent / "mmproj-f16.gguf").encode(), model, options)
    bitmaps = (ctypes.c_void_p * len(pictures))(
        *(
            mtmd.mtmd_helper_bitmap_init_from_buf(
                vision, (ctypes.c_uint8 * len(one.data)).from_buffer_copy(one.data), len(one.data), False
            )
            for one in pictures
        )
    )
    chunks = mtmd.mtmd_input_chunks_init()
    written = mtmd.mtmd_input_text(text.encode(), len(text.encode()), True, True)
    assert mtmd.mtmd_tokenize(vision, chunks, ctypes.byref(written), bitmaps, len(pictures)) == 0
    length, past = int(mtmd.mtmd_helper_get_n_tokens(chunks)), llama_cpp.llama_pos()
    assert mtmd.mtmd_helper_eval_chunks(vision, context, chunks, 0, 0, 512, True, ctypes.byref(past)) == 0
    assert past.value == mtmd.mtmd_helper_get_n_pos(chunks)
    size = llama_cpp.llama_vocab_n_tokens(llama_cpp.llama_model_get_vocab(model))
    found, position = [], past.value
    for _ in range(count):
        logits = np.array(llama_cpp.llama_get_logits_ith(context, -1)[:size], dtype=np.float64)
        token = int(logits.argmax())
        found.append((token, float(logits[token] - np.log(np.exp(logits - logits.max()).sum()) - logits.max())))
        array = (llama_cpp.llama_token * 1)(token)
        batch = llama_cpp.llama_batch_get_one(array, 1)
        batch.pos = (llama_cpp.llama_pos * 1)(position)
        position += 1
        assert llama_cpp.llama_decode(context, batch) == 0
    mtmd.mtmd_input_chunks_free(chunks)
    for bitmap in bitmaps:
        mtmd.mtmd_bitmap_free(bitmap)
    mtmd.mtmd_free(vision)
    llama_cpp.llama_free(context)
    llama_cpp.llama_model_free(model)
    return found, length


def test_an_answer_is_that_of_libmtmd_by_hand(engine: LlamaEngine, path: Path) -> None:
    info = load(engine, path)
    assert info.sees
    assert info.file.projector.endswith("mmproj-f16.gguf")
    question = asked("Which one is the cat?", CAT, DOG)
    ours, usage = answer(engine, question)
    theirs, length = by_hand(
        path, "<|user|><__media__><__media__>Which one is the cat?</s><|assistant|>", [CAT, DOG], len(ours)
    )
    assert_same(ours, theirs)
    assert usage.prompt_tokens == length == engine.count_tokens([question])


def test_the_pictures_decide_the_answer(engine: LlamaEngine, path: Path) -> None:
    load(engine, path)
    first, _ = answer(engine, asked("What is it?", CAT))
    other, usage = answer(engine, asked("What is it?", DOG))
    again, _ = answer(engine, asked("What is it?", CAT))
    assert first != other
    assert_same(again, first)
    assert usage.cached_tokens < usage.prompt_tokens - 4


def test_a_follow_up_does_not_look_again(engine: LlamaEngine, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    looks: list[int] = []
    evaluate = Vision.evaluate

    def counted(vision: Vision, pictures: Sequence[Picture], number: int, position: int) -> int:
        looks.append(number)
        return evaluate(vision, pictures, number, position)

    monkeypatch.setattr(Vision, "evaluate", counted)
    load(engine, path)
    turns = (asked("What is it?", CAT), ChatMessage(Role.ASSISTANT, "A cat."), asked("And this?", DOG))
    answer(engine, *turns[:1], conversation="1")
    first = len(looks)
    assert first >= 1
    two, usage = answer(engine, *turns, conversation="1")
    second = len(looks) - first
    assert second >= 1
    assert usage.cached_tokens > 30
    answer(engine, *turns, ChatMessage(Role.ASSISTANT, "A dog."), asked("Sure?"), conversation="1")
    assert len(looks) == first + second
    fresh = LlamaEngine()
    load(fresh, path)
    theirs, _ = answer(fresh, *turns)
    fresh.close()
    assert_same(two, theirs)


def test_a_switch_and_a_restart_find_the_picture_again(tmp_path: Path, path: Path) -> None:
    turns = (asked("What is it? " * 12, CAT), ChatMessage(Role.ASSISTANT, "A cat."), asked("Sure?"))
    states = tmp_path / "states"
    engine = LlamaEngine(states)
    load(engine, path)
    answer(engine, *turns[:1], conversation="1")
    answer(engine, asked("Something else. " * 10, DOG), conversation="2")
    back, usage = answer(engine, *turns, conversation="1")
    assert usage.cached_tokens >= 100
    engine.close()
    later = LlamaEngine(states)
    load(later, path)
    restored, usage = answer(later, *turns, conversation="1")
    later.close()
    assert usage.cached_tokens >= 100
    assert_same(restored, back)


def test_several_answers_and_progress(engine: LlamaEngine, path: Path) -> None:
    load(engine, path)
    question = asked("What is it?", CAT)
    alone, _ = answer(engine, question)
    sampling = SamplingParams(temperature=0, max_tokens=8, n=3)
    request = GenerationRequest(next(IDS), (question,), sampling, top_logprobs=1, ignore_eos=True)
    events = list(engine.generate(request))
    for index in range(3):
        one = [c.chosen for e in events if isinstance(e, Delta) and e.index == index for c in e.logprobs]
        assert_same([(c.token, c.logprob) for c in one], alone)
    other = list(engine.generate(GenerationRequest(next(IDS), (asked("?", DOG),), sampling)))
    progress = [event.done for event in other if isinstance(event, PromptProgress)]
    assert progress == sorted(progress)
    assert len(progress) >= 3


def test_what_is_typed_is_never_a_picture(engine: LlamaEngine, path: Path) -> None:
    load(engine, path)
    typed = "<__media__> <|vision_start|> <start_of_image> <image>"
    alone = engine.count_tokens([asked(typed)])
    assert alone == engine.count_tokens([asked(re.sub(r"[^ ]", "x", typed))])  # a token for each letter
    picture = engine.count_tokens([asked("x", CAT)]) - engine.count_tokens([asked("x")])
    assert engine.count_tokens([asked(typed, CAT)]) == alone + picture


def test_a_prompt_that_ends_with_a_picture_is_answered(engine: LlamaEngine, tmp_path: Path) -> None:
    load(engine, make(tmp_path, "mlp"), template="none")
    found, usage = answer(engine, asked("", CAT))
    assert len(found) == 8
    assert usage.prompt_tokens == engine.count_tokens([asked("", CAT)])


def test_a_model_without_a_projector_says_so_and_goes_on(child: ProcessEngine, tmp_path: Path) -> None:
    path = make(tmp_path, "mlp")
    assert not load(child, path, projector=NO_PROJECTOR).sees
    with pytest.raises(PictureError, match=r"model cannot look at pictures: it has no projector. Put its mmproj"):
        child.count_tokens([asked("What is it?", CAT)])
    assert len(answer(child, asked("Hello"))[0]) == 8


def test_pictures_cross_the_pipe_once(child: ProcessEngine, engine: LlamaEngine, path: Path) -> None:
    load(child, path)
    load(engine, path)
    question = asked("Which one?", CAT, DOG)
    assert child.count_tokens([question]) == engine.count_tokens([question])
    told = child.rendered([question])
    assert told == engine.rendered([question])
    assert told.text.count("[picture]") == 2
    assert sum(token.id == PICTURE for token in told.tokens) > 2
    assert len(told.tokens) == engine.count_tokens([question])
    assert_same(answer(child, question)[0], answer(engine, question)[0])
    # It has them now, so their names are enough.
    names = tuple(Picture(one.digest) for one in (CAT, DOG))
    assert_same(answer(child, replace(question, pictures=names))[0], answer(engine, question)[0])


DAMAGED = {
    "cut": CAT.data[: len(CAT.data) // 2],
    "noise": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "bomb": png_of(8, 8, zlib.compress(bytes(50 << 20))),
    "wide": png_of(1 << 30, 1 << 30, zlib.compress(b"\0")),
    "flat": png_of(0, 10, zlib.compress(b"\0")),
    "text": b"This is no picture at all.",
    "jpeg": b"\xff\xd8\xff\xe0" + bytes(40),
    "film": b"RIFF\x24\0\0\0AVI LIST" + bytes(40),
    "sound": b"RIFF\x24\0\0\0WAVEfmt " + bytes(40),
    "bad data": png_of(8, 8, b"\0" * 40),
    "bad gif": b"GIF89a" + struct.pack("<HH", 50, 50) + bytes(9),
    "bad bmp": b"BM" + bytes(12) + struct.pack("<Iii", 40, 20, 20) + bytes(30),
}


@pytest.mark.parametrize("data", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_picture_is_refused_in_a_sentence(child: ProcessEngine, tmp_path: Path, data: bytes) -> None:
    load(child, make(tmp_path, "mlp"))
    with pytest.raises(PictureError) as refused:
        answer(child, asked("What is it?", Picture.of(data)))
    assert refused.value.cure
    assert len(answer(child, asked("What is it?", CAT))[0]) == 8


def test_a_wrong_projector_is_refused_in_a_sentence(child: ProcessEngine, tmp_path: Path) -> None:
    path = make(tmp_path, "mlp")
    wrong = write_projector(tmp_path / "mmproj-other.gguf", "mlp", embedding=128)
    assert inspect(path).projector.endswith("mmproj-f16.gguf")
    load(child, path, projector=str(wrong))
    with pytest.raises(ModelFileError, match=r"mmproj-other\.gguf is the projector of another model than model"):
        answer(child, asked("What is it?", CAT))
    assert len(answer(child, asked("Hello"))[0]) == 8


HOSTILE: dict[str, dict[str, Any]] = {
    "unknown kind": {"clip.projector_type": "nonsense"},
    "no mean": {"clip.vision.image_mean": None},
    "short mean": {"clip.vision.image_mean": [0.5]},
    "far layer": {"clip.vision.feature_layer": [99]},
    "no heads": {"clip.vision.attention.head_count": 0},
    "huge image": {"clip.vision.image_size": 1 << 30},
    "patch of nothing": {"clip.vision.patch_size": 0},
    "more blocks": {"clip.vision.block_count": 40},
    "endless blocks": {"clip.vision.block_count": 1 << 31},
    "wide": {"clip.vision.embedding_length": 48},
    "points": {"clip.vision.image_grid_pinpoints": [1, 2, 3]},
    "points of nothing": {"clip.vision.image_grid_pinpoints": [0, 0]},
}


@pytest.mark.parametrize("metadata", HOSTILE.values(), ids=HOSTILE)
def test_a_hostile_projector_takes_the_child_at_most(
    child: ProcessEngine, tmp_path: Path, metadata: dict[str, Any]
) -> None:
    path = make(tmp_path, "mlp")
    write_projector(tmp_path / "mmproj-f16.gguf", "mlp", **metadata)
    # Past the check of its header, which refuses most of them.
    load(child, path, projector=str(tmp_path / "mmproj-f16.gguf"))
    with pytest.raises(UserError) as refused:
        answer(child, asked("What is it?", CAT))
    assert refused.value.cure
    if isinstance(refused.value, EngineCrashedError):
        load(child, path)
    assert len(answer(child, asked("Hello"))[0]) == 8


def test_a_stop_ends_the_encoding_of_a_picture(engine: LlamaEngine, tmp_path: Path) -> None:
    path = make(tmp_path, "qwen2vl_merger", **{"qwen2vl.context_length": 8192})
    load(engine, path, n_ctx=8192)
    large = Picture.of(png(1700, 1700))
    request = GenerationRequest(next(IDS), (asked("What is it?", large),), SamplingParams(max_tokens=4))
    assert engine.count_tokens(request.messages) > 3000
    stopped_at: list[float] = []

    def stop() -> None:
        stopped_at.append(time.monotonic())
        engine.cancel(request.id)

    timer = threading.Timer(0.6, stop)
    timer.start()
    events = list(engine.generate(request))
    timer.join()
    assert [event.reason for event in events if isinstance(event, ChoiceFinished)] == [FinishReason.CANCELLED]
    assert time.monotonic() - stopped_at[0] < 2
    small = asked("What is it?", CAT)
    after, _ = answer(engine, small)
    fresh = LlamaEngine()
    load(fresh, path, n_ctx=8192)
    assert_same(after, answer(fresh, small)[0])
    fresh.close()


def test_a_picture_that_must_be_read_at_once_wants_a_batch(engine: LlamaEngine, tmp_path: Path) -> None:
    load(engine, make(tmp_path, "gemma3"), n_batch=3)
    with pytest.raises(PictureError, match=r"takes 4 tokens, which must be read at once. .*batch of more than 3"):
        engine.count_tokens([asked("What is it?", CAT)])


def test_a_context_that_is_full_is_shifted_by_whole_pictures(engine: LlamaEngine, tmp_path: Path) -> None:
    load(engine, make(tmp_path, "mlp"), n_ctx=256)
    sampling = SamplingParams(temperature=0, max_tokens=300)
    question = (ChatMessage(Role.SYSTEM, "Short."), asked("What are these?", CAT, DOG, CAT, DOG))
    request = GenerationRequest(next(IDS), question, sampling, None, "1", "shift", ignore_eos=True)
    *_, last = engine.generate(request)
    assert isinstance(last, GenerationFinished)
    assert last.usage.completion_tokens == 300
    assert last.usage.shifted_tokens > 0


def test_a_backend_without_the_library_answers_without_pictures(
    child: ProcessEngine, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "backend"
    folder.mkdir()
    for file in (Path(llama_cpp.__file__).parent / "lib").iterdir():
        if "mtmd" not in file.name:
            (folder / file.name).symlink_to(file)
    monkeypatch.setenv("LLAMA_CPP_LIB_PATH", str(folder))
    path = make(tmp_path, "mlp")
    assert not load(child, path).sees
    with pytest.raises(PictureError, match=r"This backend has no library for pictures\. Choose another backend"):
        answer(child, asked("What is it?", CAT))
    assert len(answer(child, asked("Hello"))[0]) == 8
