"""Pictures to numbers that a model reads: llama.cpp's libmtmd with the projector of the model."""

from __future__ import annotations

import ctypes
import hashlib
import os
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import llama_cpp
import numpy as np

from desktopchat.core.errors import EngineError, ModelFileError, PictureError
from desktopchat.core.picture import Picture, PictureShape, shape_of
from desktopchat.core.sentence import Sentence
from desktopchat.engine.llama.native import AbortFlag, Native
from desktopchat.engine.media import picture_tokens

if TYPE_CHECKING:
    from desktopchat.engine.llama.model import LoadedModel

_SAMPLE = 1 << 20  # bytes at both ends of a projector that tell it from others
_MOST_LAYOUTS = 256
# The encoder is asked to go on after so many of its one to three thousand steps: often enough to stop at once, seldom
# enough to cost nothing.
_STEPS = 16
_ABORTED = 2  # as llama_decode says it
_TEXT = 0  # enum mtmd_input_chunk_type


@dataclass(frozen=True, slots=True)
class _Layout:
    """What a picture takes in a prompt.

    Attributes:
        tokens: Those of the texts around it, and the numbers of `engine.media` for its parts.
        places: Which of libmtmd's chunks the parts are.
    """

    tokens: list[int]
    places: list[int]


class Vision:
    """The projector of a loaded model, freed by `close`.

    Args:
        path: The projector's file.
        abort: Ends the encoding of a picture too.

    Raises:
        ModelFileError: libmtmd cannot use it with this model.
        PictureError: The backend has no libmtmd.
    """

    def __init__(self, native: Native, loaded: LoadedModel, path: str, abort: AbortFlag) -> None:
        self._mtmd = library()
        self._native = native
        self._loaded = loaded
        self._abort = abort
        self._identity = _identity(Path(path))
        self._layouts: dict[str, _Layout] = {}
        self._opened: tuple[str, Any] | None = None  # the picture whose parts are being evaluated
        self._step = 0
        # llama.cpp keeps the pointer.
        self._on_step = llama_cpp.ggml_backend_sched_eval_callback(self._goes_on)
        native.last_errors.clear()
        native.listen_to(self._mtmd.mtmd_helper_log_set)
        params = self._mtmd.mtmd_context_params_default()
        params.use_gpu = loaded.on_gpu
        params.print_timings = False
        params.n_threads = loaded.n_threads
        params.warmup = False
        params.cb_eval = self._on_step
        self._context = self._mtmd.mtmd_init_from_file(os.fsencode(path), loaded.model, params)
        if not self._context:
            raise _load_failure(Path(path).name, loaded.info.file.name, native.last_errors)
        if not self._mtmd.mtmd_support_vision(self._context):
            self.close()
            raise ModelFileError(
                Sentence("{name} is not for pictures.", name=Path(path).name), "Choose another projector."
            )

    def tokens(self, picture: Picture) -> list[int]:
        """Return what a picture takes in a prompt, without decoding it.

        Raises:
            PictureError: It is damaged or too large.
        """
        return self._layout(picture).tokens

    def _layout(self, picture: Picture) -> _Layout:
        known = self._layouts.pop(picture.digest, None)
        if known is None:
            shape = shape_of(picture.data)
            width, height = (shape.height, shape.width) if shape.turned > 4 else (shape.width, shape.height)
            chunks = self._chunks(self._mtmd.mtmd_bitmap_init(width, height, None))
            try:
                known = self._laid_out(picture.digest, chunks)
            finally:
                self._mtmd.mtmd_input_chunks_free(chunks)
        self._layouts[picture.digest] = known  # the one used last goes last
        while len(self._layouts) > _MOST_LAYOUTS:
            del self._layouts[next(iter(self._layouts))]
        return known

    def _laid_out(self, digest: str, chunks: Any) -> _Layout:
        mtmd, layout = self._mtmd, _Layout([], [])
        for place in range(mtmd.mtmd_input_chunks_size(chunks)):
            chunk = mtmd.mtmd_input_chunks_get(chunks, place)
            count = int(mtmd.mtmd_input_chunk_get_n_tokens(chunk))
            if mtmd.mtmd_input_chunk_get_type(chunk) == _TEXT:
                words = mtmd.mtmd_input_chunk_get_tokens_text(chunk, ctypes.byref(ctypes.c_size_t()))
                # What this vocabulary has not is -1.
                layout.tokens.extend(token for token in words[:count] if token >= 0)
                continue
            positions = int(mtmd.mtmd_input_chunk_get_n_pos(chunk))
            layout.tokens.extend(picture_tokens(f"{digest} {place} {self._identity}", count, positions))
            layout.places.append(place)
            most = self._loaded.n_batch
            if count > most and mtmd.mtmd_decode_use_non_causal(self._context, chunk):
                raise PictureError(
                    Sentence("A picture takes {count} tokens, which must be read at once.", count=count),
                    Sentence("Load the model with a batch of more than {most} tokens.", most=most),
                )
        return layout

    def evaluate(self, pictures: Sequence[Picture], number: int, position: int) -> int:
        """Put a part of a picture into the KV cache, and return what llama_decode would.

        Args:
            pictures: Those of the prompt, in their order.
            number: Which of all their parts, from 0.
            position: Where it begins.

        Raises:
            PictureError: It cannot be decoded.
        """
        for picture in pictures:
            places = self._layout(picture).places
            if number < len(places):
                return self._evaluate(picture, places[number], position)
            number -= len(places)
        raise EngineError("A picture is missing.", "Ask again.")

    def _evaluate(self, picture: Picture, place: int, position: int) -> int:
        mtmd = self._mtmd
        if self._opened is None or self._opened[0] != picture.digest:
            self.release()
            self._opened = picture.digest, self._chunks(self._decoded(picture))
        chunk = mtmd.mtmd_input_chunks_get(self._opened[1], place)
        result = mtmd.mtmd_encode_chunk(self._context, chunk)
        if self._abort.is_set():
            return _ABORTED
        if result:
            return int(result)
        numbers = mtmd.mtmd_get_output_embd(self._context)
        return int(
            mtmd.mtmd_helper_decode_image_chunk(
                self._context,
                self._loaded.context,
                chunk,
                numbers,
                position,
                0,
                self._loaded.n_batch,
                ctypes.byref(llama_cpp.llama_pos()),
                mtmd.mtmd_helper_post_decode_callback(),
                None,
            )
        )

    def _goes_on(self, _tensor: Any, is_asked: bool, _data: Any) -> bool:
        """Return whether to pause after a step of the encoder, or, after one, whether to go on."""
        if is_asked:
            self._step += 1
            return self._step % _STEPS == 0
        return not self._abort.is_set()

    def _decoded(self, picture: Picture) -> Any:
        """Return the pixels as libmtmd wants them."""
        mtmd, shape = self._mtmd, shape_of(picture.data)
        options = mtmd.mtmd_helper_init_opt_default()
        # What is no picture would be taken for a film and given to another program, which is not to be found so.
        options.video_params.ffmpeg_bin_dir = b"/nowhere"
        data = (ctypes.c_uint8 * len(picture.data)).from_buffer_copy(picture.data)
        found = mtmd.mtmd_helper_bitmap_init_from_buf_wrapper(self._context, data, len(picture.data), False, options)
        bitmap = found.bitmap
        size = (shape.width, shape.height)
        if not bitmap or (mtmd.mtmd_bitmap_get_nx(bitmap), mtmd.mtmd_bitmap_get_ny(bitmap)) != size:
            if bitmap:
                mtmd.mtmd_bitmap_free(bitmap)
            raise PictureError(
                "The picture is damaged.", "Take it out, or save it again in a picture program and attach that."
            )
        return bitmap if shape.turned == 1 else self._turned(bitmap, shape)

    def _turned(self, bitmap: Any, shape: PictureShape) -> Any:
        """Return the pixels as the photographer saw them."""
        mtmd = self._mtmd
        stored = np.ctypeslib.as_array(mtmd.mtmd_bitmap_get_data(bitmap), shape=(shape.height, shape.width, 3))
        upright = np.ascontiguousarray(upright_of(stored, shape.turned))
        height, width, _ = upright.shape
        pointer = upright.ctypes.data_as(ctypes.POINTER(ctypes.c_uint8))
        turned = mtmd.mtmd_bitmap_init(width, height, pointer)
        mtmd.mtmd_bitmap_free(bitmap)
        return turned

    def _chunks(self, bitmap: Any) -> Any:
        """Return what libmtmd makes of a picture; the bitmap is its own from then on."""
        mtmd = self._mtmd
        part = mtmd.mtmd_input_part(None, bitmap)
        parts = (ctypes.POINTER(mtmd.mtmd_input_part) * 1)(ctypes.pointer(part))
        chunks = mtmd.mtmd_input_chunks_init()
        failed = mtmd.mtmd_tokenize_from_parts(self._context, chunks, parts, 1, False)
        mtmd.mtmd_bitmap_free(bitmap)
        if failed:
            mtmd.mtmd_input_chunks_free(chunks)
            raise PictureError(
                "The model cannot make anything of a picture of this size.",
                "Take it out, or attach it in another size.",
                "\n".join(self._native.last_errors),
            )
        return chunks

    def release(self) -> None:
        """Free the pixels of the picture that was evaluated last."""
        if self._opened is not None:
            self._mtmd.mtmd_input_chunks_free(self._opened[1])
        self._opened = None

    def close(self) -> None:
        """Free the projector."""
        self.release()
        if self._context:
            self._mtmd.mtmd_free(self._context)
        self._context = None


def library() -> Any:
    """Return libmtmd, from the folder that llama.cpp's other libraries come from.

    Raises:
        PictureError: It is not there.
    """
    if folder := os.environ.get("LLAMA_CPP_LIB_PATH"):
        os.environ["MTMD_CPP_LIB"] = folder
    try:
        from llama_cpp import mtmd_cpp
    except (OSError, RuntimeError, AttributeError) as error:
        raise PictureError(
            "This backend has no library for pictures.", "Choose another backend, or take the picture out.", str(error)
        ) from error
    return mtmd_cpp


def has_library() -> bool:
    """Return whether libmtmd is there."""
    try:
        library()
    except PictureError:
        return False
    return True


def upright_of(pixels: np.ndarray[Any, np.dtype[np.uint8]], turned: int) -> np.ndarray[Any, np.dtype[np.uint8]]:
    """Return a picture, of shape (height, width, 3), as EXIF's orientation says it is to be seen."""
    if turned > 4:
        pixels = pixels.transpose(1, 0, 2)
    if turned in (3, 4, 7, 8):
        pixels = pixels[::-1]
    return pixels[:, ::-1] if turned in (2, 3, 6, 7) else pixels


def _pieces_of(path: Path) -> Iterator[bytes]:
    with path.open("rb") as file:
        yield file.read(_SAMPLE)
        size = file.seek(0, os.SEEK_END)
        file.seek(-min(_SAMPLE, size), os.SEEK_END)
        yield file.read()
        yield str(size).encode()


def _identity(path: Path) -> str:
    digest = hashlib.sha256()
    for piece in _pieces_of(path):
        digest.update(piece)
    return digest.hexdigest()


def _load_failure(name: str, model: str, errors: list[str]) -> ModelFileError:
    text = "\n".join(errors)
    if "mismatch between text model" in text:
        return ModelFileError(
            Sentence("{name} is the projector of another model than {model}.", name=name, model=model),
            "Choose the one that came with the model.",
            text,
        )
    return ModelFileError(
        Sentence("The projector {name} is damaged or of a kind that this llama.cpp does not know.", name=name),
        "Download it again, or update desktopchat; without pictures the model answers all the same.",
        text,
    )
