"""From messages, texts and tokens to what a model evaluates."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from desktopchat.core.chat import ChatMessage, Role
from desktopchat.core.errors import ContextOverflowError, EmptyPromptError, PictureError, UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import NO_PROJECTOR, LoadParams
from desktopchat.core.picture import Picture
from desktopchat.core.sentence import Sentence
from desktopchat.engine.api import GenerationRequest, PromptSettings
from desktopchat.engine.llama.model import LoadedModel
from desktopchat.engine.llama.native import AbortFlag, Native
from desktopchat.engine.llama.vision import Vision
from desktopchat.engine.template import Prompt, Segment, template_arguments
from desktopchat.engine.turns import oldest_turn


@dataclass(frozen=True, slots=True)
class Asked:
    """A prompt as tokens.

    Attributes:
        opened: What it has of the answer already.
        pictures: Those in it, in their order.
    """

    tokens: list[int]
    opened: str = ""
    pictures: tuple[Picture, ...] = ()


class Prompts:
    """Makes the prompts of a loaded model.

    Attributes:
        vision: Looks at pictures; None until one comes.
    """

    def __init__(self, native: Native, loaded: LoadedModel, abort: AbortFlag) -> None:
        self._native = native
        self._loaded = loaded
        self._abort = abort
        self.vision: Vision | None = None

    def fitted(self, request: GenerationRequest) -> tuple[Asked, list[ChatMessage], int]:
        """Return the prompt of a request, its messages, and how many of the oldest were left out.

        Raises:
            EmptyPromptError: There is nothing to answer.
            ContextOverflowError: The prompt does not fit, and nothing may be left out.
            UserError: A token does not exist.
        """
        n_ctx = self._loaded.n_ctx
        messages, left_out = list(request.messages), 0
        asked = self.of(request, messages)
        if request.overflow != "stop" and not request.is_plain:
            # Room for an answer, but never more than a quarter: what was said matters more.
            room = min(request.sampling.max_tokens or n_ctx, n_ctx // 4)
            while len(asked.tokens) + room > n_ctx and (count := oldest_turn(messages)):
                start = int(messages[0].role is Role.SYSTEM)
                del messages[start : start + count]
                left_out += count
                asked = self.of(request, messages)
        if len(asked.tokens) >= n_ctx:
            raise too_long(len(asked.tokens), n_ctx)
        return asked, messages, left_out

    def of(self, request: GenerationRequest, messages: Sequence[ChatMessage]) -> Asked:
        """Return the prompt that a request makes of these messages, or has itself.

        Raises:
            EmptyPromptError: There is nothing to answer.
            UserError: A token does not exist.
        """
        if request.prompt_tokens:
            n_vocab = self._loaded.n_vocab
            if wrong := next((one for one in request.prompt_tokens if not 0 <= one < n_vocab), None):
                raise UserError(
                    Sentence("There is no token {token}.", token=str(wrong)),
                    Sentence("This model's tokens go from 0 to {last}.", last=str(n_vocab - 1)),
                )
            return Asked(list(request.prompt_tokens))
        rendered = Prompt(())
        if request.prompt is not None:
            rendered = Prompt((Segment(request.prompt, trusted=False),) if request.prompt else ())
        elif any(message.content.strip() or message.pictures for message in messages):
            arguments = template_arguments(PromptSettings.of(request.sampling, request.tools))
            rendered = self._loaded.template.render(messages, arguments)
        if not rendered.segments:
            raise EmptyPromptError("The prompt is empty.", "Type something to answer.")
        return self.asked(rendered)

    def asked(self, prompt: Prompt) -> Asked:
        """Return a prompt that the template made as tokens."""
        segments = list(prompt.segments)
        if segments[-1].picture is not None:
            segments.append(Segment("\n", trusted=True))  # an answer follows a token
        pictures = tuple(segment.picture for segment in segments if segment.picture is not None)
        look = self._eyes().tokens if pictures else None
        return Asked(self._loaded.tokenize(segments, look), prompt.opened, pictures)

    def close(self) -> None:
        """Free what looks at pictures."""
        if self.vision is not None:
            self.vision.close()
        self.vision = None

    def _eyes(self) -> Vision:
        """Return what looks at pictures; the projector is loaded when the first one comes.

        Raises:
            PictureError: The model cannot see, or this backend cannot.
            ModelFileError: Its projector cannot be used.
        """
        if self.vision is None:
            info = self._loaded.info
            path = projector_of(info.file, self._loaded.params)
            if not path:
                raise PictureError(
                    Sentence("{name} cannot look at pictures: it has no projector.", name=info.file.name),
                    "Put its mmproj file beside it and load it again, or take the picture out.",
                )
            self.vision = Vision(self._native, self._loaded, path, self._abort)
        return self.vision


def too_long(count: int, n_ctx: int) -> ContextOverflowError:
    """Return the refusal of a prompt of so many tokens."""
    return ContextOverflowError(
        Sentence(
            "The prompt has {count} tokens, but the context window holds {size}"
            " with room for at least one token of answer.",
            count=count,
            size=n_ctx,
        ),
        "Shorten it, start a new conversation, or load the model with a larger context.",
    )


def projector_of(file: ModelFile, params: LoadParams) -> str:
    """Return the path of the projector to use; empty when there is none."""
    return "" if params.projector == NO_PROJECTOR else params.projector or file.projector
