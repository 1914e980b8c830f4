"""What to lower, one step after the other, when there is not enough memory for a model."""

from dataclasses import dataclass, replace

from desktopchat.core.modelfile import ModelFile
from desktopchat.core.params import LoadParams
from desktopchat.core.sentence import Sentence

# Context window that the engine takes without a wish, unless the model was trained for less.
_AUTOMATIC_N_CTX = 8192
_LEAST_N_CTX = 512


@dataclass(frozen=True, slots=True)
class Rung:
    """A step down; it keeps what the steps before have lowered.

    Attributes:
        words: What it does, as a sentence.
    """

    params: LoadParams
    words: Sentence


def rungs(params: LoadParams, file: ModelFile, n_ctx: int, *, on_gpu: bool) -> tuple[Rung, ...]:
    """Return the steps from how the model was to be loaded down to the least memory.

    Args:
        n_ctx: Context window that was in use, in tokens; 0 when the model was never loaded.
        on_gpu: Whether layers of the model were on a GPU.
    """
    n_ctx = n_ctx or params.n_ctx or min(file.n_ctx_train or _AUTOMATIC_N_CTX, _AUTOMATIC_N_CTX)
    steps = []
    if n_ctx // 2 >= _LEAST_N_CTX:
        params = replace(params, n_ctx=n_ctx // 2)
        steps.append(Rung(params, Sentence("Load the model with half the context, {count} tokens.", count=n_ctx // 2)))
    if params.kv_type != "q8_0":
        params = replace(params, kv_type="q8_0")
        steps.append(Rung(params, Sentence("Load the model with a KV cache of half the size (q8_0).")))
    if on_gpu:
        layers = params.n_gpu_layers if params.n_gpu_layers > 0 else file.n_layer
        if layers > 1:
            params = replace(params, n_gpu_layers=layers // 2)
            steps.append(
                Rung(
                    params,
                    Sentence(
                        "Load the model with {count} of its layers on the GPU, the rest on the CPU.", count=layers // 2
                    ),
                )
            )
        params = replace(params, n_gpu_layers=0)
        steps.append(Rung(params, Sentence("Load the model on the CPU alone.")))
    return tuple(steps)
