"""What of a model decides how much memory it takes, read from the header of its file.

The names of keys and tensors are those of llama.cpp (src/llama-arch.cpp); what is made of them follows
src/llama-hparams.cpp and, for the places of sliding windows, the `load_arch_hparams` of src/models/*.cpp.
"""

import re
from dataclasses import dataclass
from math import prod

from desktopchat.core.gguf import GGUFHeader, TensorInfo

_BLOCK = re.compile(r"blk\.(\d+)\.(.+)")
_EXPERT = re.compile(r"ffn_(up|down|gate|gate_up)_(ch)?exps\b")
_MOST_BLOCKS = 512  # LLAMA_MAX_LAYERS
_GREATEST = 2**24  # of a number in the header; what is above comes from a damaged file
_WIDEST = 2**40  # elements of anything made of several numbers, so that 64 bits hold what is made of it
# Of how many blocks one looks at everything, and whether it is the first of them (`load_swa_pattern`). A file may name
# the number, or the blocks one by one.
_WINDOWS = {
    "afmoe": (4, False),
    "cohere2": (4, False),
    "cohere2moe": (4, True),
    "exaone-moe": (4, False),
    "exaone4": (4, False),
    "gemma2": (2, False),
    "gemma3": (6, False),
    "gemma3n": (5, False),
    "gemma4": (1, False),
    "gpt-oss": (2, False),
    "granite_swa": (1, False),
    "laguna": (4, True),
    "llama4": (4, False),
    "mellum": (4, False),
    "mimo2": (1, False),
    "muse-glimmer": (4, False),
    "olmo2": (4, False),
    "plamo3": (8, False),
    "smallthinker": (4, True),
    "step35": (1, False),
}
# Blocks with both attention and a recurrent state; elsewhere a block has one of them.
_BOTH = "falcon-h1"
# What RWKV holds at once, in widths of what goes from block to block: src/models/rwkv7-base.cpp keeps its six mixtures
# and what is made of each of them until its scan is done.
_WKV = 19
_OWN_KEYS = {"gemma3n": 20}  # blocks that have a KV cache of their own; the others use that of one of them


@dataclass(frozen=True, slots=True)
class Block:
    """One block (layer). Widths are in elements for each token.

    Attributes:
        size: Bytes of its tensors.
        expert_size: Bytes of those that are experts.
        idle_size: Bytes of the experts that one token does not use.
        heads: Heads of its attention; 0 when it has none.
        query: Width of what the attention asks with.
        key, value: Widths of what the KV cache keeps.
        window: Its attention looks back only so far.
        conv_state, scan_state: Elements of the recurrent state of one sequence.
        feed: Width of all that the feed-forward part holds at once.
        scan: Width of all that the recurrent part holds at once.
    """

    size: int
    expert_size: int = 0
    idle_size: int = 0
    heads: int = 0
    query: int = 0
    key: int = 0
    value: int = 0
    window: bool = False
    conv_state: int = 0
    scan_state: int = 0
    feed: int = 0
    scan: int = 0


@dataclass(frozen=True, slots=True)
class ModelShape:
    """What of a model decides how much memory it takes.

    Attributes:
        blocks: In their order.
        input_size: Bytes of the tensors that stay on the CPU, which are those that tokens are looked up in.
        output_size: Bytes of the tensors after the last block; a copy of the token table when the model shares it.
        is_tied: The output shares the table of the tokens, so that on one device there is no copy.
        embedding: Width of what goes from block to block.
        vocabulary: Number of tokens.
        head: Length of a key; the type of a KV cache must divide it.
        window: Tokens that attention with a window looks back; 0 when none has one.
        n_ctx_train: Context window it was trained for, in tokens.
    """

    blocks: tuple[Block, ...]
    input_size: int
    output_size: int
    is_tied: bool
    embedding: int
    vocabulary: int
    head: int
    window: int = 0
    n_ctx_train: int = 0

    @property
    def size(self) -> int:
        """Bytes of all weights, on one device."""
        return self.input_size + sum(block.size for block in self.blocks) + (0 if self.is_tied else self.output_size)

    @property
    def expert_blocks(self) -> int:
        """Number of blocks that have experts."""
        return sum(1 for block in self.blocks if block.expert_size)

    @property
    def allows_q8_0(self) -> bool:
        """Whether the KV cache can be of the type q8_0: llama.cpp refuses it when its blocks do not divide a head."""
        return self.head % 32 == 0


def shape_of(header: GGUFHeader) -> ModelShape:
    """Return the shape of a model. Whatever the header claims, the result is made of small whole numbers."""
    return _Reader(header).shape()


class _Reader:
    def __init__(self, header: GGUFHeader) -> None:
        self._header = header
        self._architecture = header.text("general.architecture")
        self._count = min(self._number("block_count"), _MOST_BLOCKS)
        self._blocks: list[dict[str, TensorInfo]] = [{} for _block in range(self._count)]
        self._outer: dict[str, TensorInfo] = {}
        for tensor in header.tensors:
            match = _BLOCK.fullmatch(tensor.name)
            if match and len(match[1]) < 4 and int(match[1]) < self._count:
                self._blocks[int(match[1])][match[2]] = tensor
            else:
                self._outer[tensor.name] = tensor
        self._embedding = self._number("embedding_length")
        self._heads = self._numbers("attention.head_count")
        self._kv_heads = (
            self._numbers("attention.head_count_kv") if self._has("attention.head_count_kv") else self._heads
        )
        own_head = self._embedding // self._heads[0] if self._heads and self._heads[0] else 0
        self._key = self._number("attention.key_length") or own_head
        self._value = self._number("attention.value_length") or own_head
        self._experts_used = self._numbers("expert_used_count")

    def shape(self) -> ModelShape:
        windows = self._windows()
        # Blocks behind the last one that only draft (NextN) are counted, but not loaded unless one asks for it.
        drafting = self._number("nextn_predict_layers")
        used = max(0, self._count - drafting)
        own = _OWN_KEYS.get(self._architecture) or self._count - self._number("attention.shared_kv_layers")
        blocks = tuple(self._block(place, windows[place], has_cache=place < own) for place in range(used))
        blocks += (Block(0),) * (self._count - used)
        table = self._outer.get("token_embd.weight")
        inputs = [
            tensor
            for name, tensor in self._outer.items()
            if name.startswith(("token_embd.", "token_embd_norm.", "position_", "per_layer_token_", "token_types."))
        ]
        outputs = [tensor for tensor in self._outer.values() if tensor not in inputs]
        is_tied = table is not None and "output.weight" not in self._outer
        output_size = sum(tensor.size for tensor in outputs)
        return ModelShape(
            blocks=blocks,
            input_size=sum(tensor.size for tensor in inputs) + (output_size if is_tied else 0),
            output_size=output_size + (table.size if is_tied and table else 0),
            is_tied=is_tied,
            embedding=self._embedding,
            vocabulary=min(table.shape[-1], _GREATEST) if table and table.shape else 0,
            head=self._key,
            window=self._window() if any(block.window for block in blocks) else 0,
            n_ctx_train=self._header.number(f"{self._architecture}.context_length"),
        )

    def _has(self, key: str) -> bool:
        return f"{self._architecture}.{key}" in self._header.metadata

    def _number(self, key: str) -> int:
        return min(max(0, self._header.number(f"{self._architecture}.{key}")), _GREATEST)

    def _numbers(self, key: str) -> tuple[int, ...]:
        found = self._header.numbers(f"{self._architecture}.{key}", self._count)
        return tuple(min(number, _GREATEST) for number in found)

    def _window(self) -> int:
        return self._number("attention.sliding_window") or (8192 if self._architecture == "llama4" else 0)

    def _windows(self) -> tuple[bool, ...]:
        """Return which blocks have attention with a window."""
        if self._architecture not in _WINDOWS or not self._window():
            return (False,) * self._count
        period, is_dense_first = _WINDOWS[self._architecture]
        pattern = "attention.sliding_window_pattern"
        if isinstance(self._header.metadata.get(f"{self._architecture}.{pattern}"), tuple):
            return tuple(bool(number) for number in self._numbers(pattern))
        period = self._number(pattern) or period
        dense = 0 if is_dense_first else period - 1
        return tuple(place % period != dense for place in range(self._count))

    def _block(self, place: int, window: bool, *, has_cache: bool) -> Block:
        tensors = self._blocks[place]
        size = sum(tensor.size for tensor in tensors.values())
        experts = [tensor for name, tensor in tensors.items() if _EXPERT.match(name)]
        conv_state, scan_state, scan = self._recurrence(place)
        has_attention = (not scan or self._architecture == _BOTH) and self._kv_heads[place] > 0
        key = self._window_length("key", window) * self._kv_heads[place]
        value = self._window_length("value", window) * self._kv_heads[place]
        query = self._window_length("key", window) * self._heads[place]
        if compressed := self._number("attention.kv_lora_rank") if self._has("attention.key_length_mla") else 0:
            # MLA: one compressed key for all heads, with the value inside it; the query is made as long as that key.
            value = 0
            rest = self._number("attention.key_length_mla") + compressed
            query = (query + rest * self._heads[place] + self._embedding) // 2
        return Block(
            size=size,
            expert_size=sum(tensor.size for tensor in experts),
            idle_size=sum(self._idle(tensor, place) for tensor in experts),
            heads=self._heads[place] if has_attention else 0,
            query=min(query, _WIDEST) if has_attention else 0,
            key=min(key, _WIDEST) if has_attention and has_cache else 0,
            value=min(value, _WIDEST) if has_attention and has_cache else 0,
            window=window and has_attention,
            conv_state=min(conv_state, _WIDEST),
            scan_state=min(scan_state, _WIDEST),
            feed=min(self._feed(place), _WIDEST),
            scan=min(scan, _WIDEST),
        )

    def _idle(self, tensor: TensorInfo, place: int) -> int:
        """Return the bytes of the experts in a tensor, one each in its last dimension, that a token does not use."""
        count = tensor.shape[-1] if len(tensor.shape) > 2 else 0
        used = self._experts_used[place]
        return tensor.size - tensor.size * used // count if 0 < used < count else 0

    def _window_length(self, what: str, window: bool) -> int:
        length = self._key if what == "key" else self._value
        return (self._number(f"attention.{what}_length_swa") or length) if window else length

    def _feed(self, place: int) -> int:
        """Return the width of up, gate and their product; without a gate up is changed where it lies.

        What the experts give back fits in the place of up and gate, or else lies behind them.
        """
        tensors = self._blocks[place]
        used = 1
        down, up, gate = (tensors.get(f"ffn_{name}.weight") for name in ("down", "up", "gate"))
        if experts := tensors.get("ffn_down_exps.weight"):
            used = self._experts_used[place]
            down = experts
            up, gate = (tensors.get(f"ffn_{name}_exps.weight") for name in ("up", "gate"))
            up = up or tensors.get("ffn_gate_up_exps.weight")
        if down is None or not down.shape:
            return 0
        width = down.shape[0]
        is_fused = up is not None and len(up.shape) > 1 and up.shape[1] == 2 * width
        held = width * used * (3 if gate or is_fused else 1)
        given = used * self._embedding if experts else 0
        return held + (given if given > 2 * width * used else 0)

    def _recurrence(self, place: int) -> tuple[int, int, int]:
        """Return the elements of both states and the width of the computation; noughts when there is no recurrence.

        The states are `n_embd_r` and `n_embd_s` of src/llama-hparams.cpp, the width is what the graphs of
        src/models/mamba-base.cpp hold before their scan: projection, convolution, step, output and its product.
        """
        tensors = self._blocks[place]
        if self._has("wkv.head_size"):
            shifts = self._number("token_shift_count") or 2
            return shifts * self._embedding, self._embedding * self._number("wkv.head_size"), _WKV * self._embedding
        if any(name.startswith("shortconv.") for name in tensors):
            kept = max(0, self._number("shortconv.l_cache") - 1)
            return self._embedding * kept, 0, 4 * self._embedding
        if not any(name.startswith("ssm_") for name in tensors):
            return 0, 0, 0
        kept = max(0, self._number("ssm.conv_kernel") - 1)
        inner, state = self._number("ssm.inner_size"), self._number("ssm.state_size")
        if head := self._number("kda.head_dim"):
            inner = self._heads[place] * head
            return 3 * (kept or 3) * inner, head * inner, 9 * inner
        channels = inner + 2 * self._number("ssm.group_count") * state
        projection = max(
            (prod(tensors[name].shape[-1:]) for name in ("ssm_in.weight", "attn_qkv.weight") if name in tensors),
            default=0,
        )
        return kept * channels, state * inner, projection + channels + 3 * inner
