"""How a model will be put into memory, decided before it is loaded, with the reasons and what it will take."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace

from desktopchat.core.beside import Beside, placed
from desktopchat.core.device import Device
from desktopchat.core.memory import CPU, DeviceMemory, KVType, Placing, memory_of, read_for_a_token, together
from desktopchat.core.model_shape import ModelShape
from desktopchat.core.params import LoadParams
from desktopchat.core.sentence import Sentence

# Without a wish the context is at most this long: KV memory grows with it, and few chats need more.
AUTOMATIC_N_CTX = 8192
_USUAL_N_CTX = 4096  # of a model that does not say what it was trained for
# Lengths of a key that CUDA has flash attention for (ggml_cuda_get_best_fattn_kernel in ggml-cuda/fattn.cu); for
# others llama.cpp leaves it off by itself.
_FLASH_HEADS = frozenset((40, 64, 72, 80, 96, 112, 128, 192, 256, 320, 512, 576))
_SHORTEST_AUTOMATIC = 2048
LEAST_N_CTX = 256  # llama.cpp allocates no less, and aborts on less
REACHES_NO_GPU = Sentence(
    "This engine reaches no GPU: the layers that were to be there are on the CPU. “desktopchat doctor” says why."
)
# Of the free memory, what is chosen without a wish may take: on the CPU other programs need some next, and a GPU
# also holds what its driver and the desktop take.
_CPU_SHARE = 0.7
_GPU_SHARE = 0.9


@dataclass(frozen=True, slots=True)
class LoadPlan:
    """What was decided and what it will take.

    Attributes:
        n_ctx: Context window in tokens.
        kv_type: Type of the KV cache.
        flash_attn: Whether flash attention is expected.
        n_gpu_layers: Layers on GPUs; the output counts as one.
        n_cpu_experts: Blocks whose experts stay on the CPU although the rest of them is on a GPU.
        split: Shares of the layers for each GPU.
        memory: What will be allocated for the model on each device, the CPU first.
        devices: These devices, with what was free before.
        reasons: Why so, for people.
        warnings: What was asked for and cannot be had.
        beside: What is loaded beside the model, and where it will be.
        reads: Bytes of weights that one token makes each of these devices read, which is what bounds the speed.
    """

    n_ctx: int
    kv_type: KVType
    flash_attn: bool
    n_gpu_layers: int
    n_cpu_experts: int
    split: tuple[float, ...]
    memory: tuple[DeviceMemory, ...]
    devices: tuple[Device, ...]
    reasons: tuple[Sentence, ...] = ()
    warnings: tuple[Sentence, ...] = ()
    beside: tuple[Beside, ...] = ()
    reads: tuple[int, ...] = ()

    @property
    def loaded(self) -> tuple[DeviceMemory, ...]:
        """What is allocated on each device at once: the model with its adapters."""
        return _added(self.memory, (one for one in self.beside if one.kind == "adapter"))

    @property
    def whole(self) -> tuple[DeviceMemory, ...]:
        """What will be allocated on each device in the end."""
        return _added(self.memory, self.beside)

    @property
    def total(self) -> int:
        """Bytes on all devices."""
        return sum(part.total for part in self.whole)

    @property
    def lacking(self) -> tuple[Device, DeviceMemory] | None:
        """The first device that has not enough free memory, and what it would need; None when all fits."""
        for device, part in zip(self.devices, self.whole, strict=True):
            if device.free and part.total > device.free:
                return device, part
        return None

    def applied(self, params: LoadParams) -> LoadParams:
        """Return the parameters with nothing left open."""
        return replace(
            params,
            n_ctx=self.n_ctx,
            kv_type=self.kv_type,
            # Of a GPU llama.cpp itself knows whether it has any.
            flash_attn=params.flash_attn if self.n_gpu_layers else "on" if self.flash_attn else "off",
            n_gpu_layers=self.n_gpu_layers,
            n_cpu_experts=self.n_cpu_experts,
            tensor_split=self.split,
        )


def plan_load(
    shape: ModelShape, params: LoadParams, devices: Sequence[Device], beside: Sequence[Beside] = ()
) -> LoadPlan:
    """Decide how to load a model.

    Args:
        devices: All that the engine can compute on. Without a GPU among them everything is on the CPU.
        beside: What is to find room too.
    """
    return _Planner(shape, params, devices, beside).plan()


def gpus_of(devices: Sequence[Device]) -> tuple[Device, ...]:
    """Return the GPUs that llama.cpp puts layers on: integrated ones only when there is no other."""
    kinds = [device for device in devices if device.kind == "gpu"] or [d for d in devices if d.kind == "igpu"][:1]
    return tuple(kinds)


class _Planner:
    def __init__(
        self, shape: ModelShape, params: LoadParams, devices: Sequence[Device], beside: Sequence[Beside]
    ) -> None:
        self._shape = shape
        self._params = params
        self._beside = beside
        self._gpus = gpus_of(devices)
        cpu = next((device for device in devices if device.kind == "cpu"), Device(CPU, "", "cpu", 0, 0))
        self._devices = (cpu, *self._gpus)
        self._layers = len(shape.blocks) + 1
        self._reasons: list[Sentence] = []
        self._warnings: list[Sentence] = []

    def plan(self) -> LoadPlan:
        params = self._params
        kv_type = self._given_kv_type()
        placing = Placing(
            n_ctx=self._wanted_n_ctx(),
            n_batch=params.n_batch,
            kv_type=kv_type or "f16",
            gpus=tuple(gpu.name for gpu in self._gpus),
            split=params.tensor_split or tuple(float(gpu.free) for gpu in self._gpus),
            n_cpu_experts=max(0, params.n_cpu_experts),
        )
        placing = self._with_layers(placing, may_quantise=kv_type is None)
        placing = self._with_context(placing)
        self._explain(placing)
        return LoadPlan(
            n_ctx=placing.n_ctx,
            kv_type=placing.kv_type,
            flash_attn=placing.flash_attn,
            n_gpu_layers=placing.n_gpu_layers,
            n_cpu_experts=placing.n_cpu_experts,
            split=placing.split,
            memory=self._memory(placing),
            devices=self._devices,
            reasons=tuple(self._reasons),
            warnings=tuple(self._warnings),
            beside=self._placed(placing),
            reads=read_for_a_token(self._shape, placing),
        )

    def _given_kv_type(self) -> KVType | None:
        """Return the type that was asked for; None when it is left to us."""
        wanted = self._params.kv_type
        if wanted == "q8_0" and not self._shape.allows_q8_0:
            self._warnings.append(Sentence("This model can have no KV cache in q8_0, so it gets one in f16."))
            return "f16"
        if wanted != "f16" and self._params.flash_attn == "off":
            if wanted == "q8_0":
                self._warnings.append(
                    Sentence("A KV cache in q8_0 needs flash attention, which is switched off, so it is in f16.")
                )
            return "f16"
        return None if wanted == "auto" else wanted

    def _wanted_n_ctx(self) -> int:
        if self._params.n_ctx:
            return max(self._params.n_ctx, LEAST_N_CTX)
        return max(min(self._shape.n_ctx_train or _USUAL_N_CTX, AUTOMATIC_N_CTX), LEAST_N_CTX)

    def _memory(self, placing: Placing) -> tuple[DeviceMemory, ...]:
        """Return what will be allocated, with what was learned from the last load and with the drafting model."""
        found = memory_of(self._shape, placing)
        draft = self._params.draft
        if draft is not None and draft.shape is not None:
            other = replace(placing, n_gpu_layers=len(draft.shape.blocks) + 1 if placing.n_gpu_layers else 0)
            found = together(found, memory_of(draft.shape, other))
        weights, kv, compute = self._params.learned
        return tuple(
            DeviceMemory(part.device, int(part.weights * weights), int(part.kv * kv), int(part.compute * compute))
            for part in found
        )

    def _placed(self, placing: Placing) -> tuple[Beside, ...]:
        return tuple(replace(one, memory=placed(one, placing)) for one in self._beside)

    def _whole(self, placing: Placing) -> tuple[DeviceMemory, ...]:
        return _added(self._memory(placing), self._placed(placing))

    def _fits_gpus(self, placing: Placing) -> bool:
        return all(
            not gpu.free or part.total <= gpu.free * _GPU_SHARE
            for gpu, part in zip(self._gpus, self._whole(placing)[1:], strict=True)
        )

    def _with_layers(self, placing: Placing, *, may_quantise: bool) -> Placing:
        wanted = self._params.n_gpu_layers
        if not self._gpus:
            if wanted > 0:
                self._warnings.append(REACHES_NO_GPU)
            return self._with_attention(replace(placing, n_gpu_layers=0, n_cpu_experts=0))
        if wanted >= 0:
            return self._with_attention(replace(placing, n_gpu_layers=min(wanted, self._layers)))
        whole = self._with_attention(replace(placing, n_gpu_layers=self._layers))
        if self._fits_gpus(whole):
            self._reasons.append(Sentence("All layers are on the GPU: there is room for them."))
            return whole
        if self._shape.expert_blocks and self._params.n_cpu_experts < 0:
            count = _least(len(self._shape.blocks), lambda n: self._fits_gpus(replace(whole, n_cpu_experts=n)))
            if count is not None:
                self._reasons.append(
                    Sentence(
                        "The experts of {count} layers are on the CPU, so that all else fits on the GPU.", count=count
                    )
                )
                return replace(whole, n_cpu_experts=count)
        if may_quantise and self._shape.allows_q8_0:
            smaller = self._with_attention(replace(whole, kv_type="q8_0"))
            if self._fits_gpus(smaller):
                self._reasons.append(Sentence("The KV cache is in q8_0, so that all layers fit on the GPU."))
                return smaller
        left_out = _least(
            self._layers,
            lambda n: self._fits_gpus(self._with_attention(replace(placing, n_gpu_layers=self._layers - n))),
        )
        count = self._layers - (self._layers if left_out is None else left_out)
        self._reasons.append(
            Sentence("{count} of {all} layers are on the GPU: more do not fit.", count=count, all=self._layers)
            if count
            else Sentence("No layer is on the GPU: none fits.")
        )
        return self._with_attention(replace(placing, n_gpu_layers=count))

    def _with_attention(self, placing: Placing) -> Placing:
        """Decide on flash attention: not every CPU is faster with it, but q8_0 values need it."""
        wanted = self._params.flash_attn
        here = self._shape.head in _FLASH_HEADS if placing.n_gpu_layers else self._devices[0].likes_flash
        automatic = here or placing.kv_type != "f16"
        return replace(placing, flash_attn=automatic if wanted == "auto" else wanted == "on")

    def _with_context(self, placing: Placing) -> Placing:
        """Shorten a context that nobody asked for until there is room."""
        if self._params.n_ctx:
            return placing
        cpu = self._devices[0]
        while placing.n_ctx // 2 >= _SHORTEST_AUTOMATIC and cpu.free:
            if self._whole(placing)[0].total <= cpu.free * _CPU_SHARE:
                break
            placing = replace(placing, n_ctx=placing.n_ctx // 2)
        return placing

    def _explain(self, placing: Placing) -> None:
        if not self._params.n_ctx:
            trained = self._shape.n_ctx_train or _USUAL_N_CTX
            if placing.n_ctx < self._wanted_n_ctx():
                reason = Sentence(
                    "The context has {count} tokens: more would leave too little memory.", count=placing.n_ctx
                )
            elif placing.n_ctx < trained:
                reason = Sentence(
                    "The context has {count} tokens, which few chats need; the model was trained for {trained}.",
                    count=placing.n_ctx,
                    trained=trained,
                )
            else:
                reason = Sentence(
                    "The context has {count} tokens, for which the model was trained.", count=placing.n_ctx
                )
            self._reasons.insert(0, reason)
        if self._params.flash_attn == "auto":
            if not placing.flash_attn:
                reason = Sentence("Flash attention is off: on this CPU it is slower.")
                if placing.n_gpu_layers:
                    reason = Sentence(
                        "Flash attention is off: GPUs have none for heads of {size} numbers.", size=self._shape.head
                    )
            elif placing.n_gpu_layers:
                reason = Sentence("Flash attention is on: on a GPU it saves memory.")
            elif self._devices[0].likes_flash:
                reason = Sentence("Flash attention is on: on this CPU it is faster.")
            else:
                reason = Sentence("Flash attention is on: a KV cache in q8_0 needs it.")
            self._reasons.append(reason)


def _least(most: int, fits: Callable[[int], bool]) -> int | None:
    """Return the least number from 0 to `most` that fits, when more of it always takes less; None when none does."""
    if not fits(most):
        return None
    low, high = 0, most
    while low < high:
        middle = (low + high) // 2
        if fits(middle):
            high = middle
        else:
            low = middle + 1
    return low


def _added(memory: tuple[DeviceMemory, ...], beside: Iterable[Beside]) -> tuple[DeviceMemory, ...]:
    for one in beside:
        memory = together(memory, one.memory)
    return memory
