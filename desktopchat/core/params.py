"""Load and sampling parameters: their names, ranges, defaults and explanations."""

from dataclasses import dataclass, fields, replace
from typing import Any, Literal

from desktopchat.core.adapter import Adapter
from desktopchat.core.errors import UserError
from desktopchat.core.modelfile import ModelFile
from desktopchat.core.sentence import Sentence

# llama.cpp's default order (common/common.h). Penalties, DRY and the logit bias always come before, the draw after.
SAMPLER_ORDER = ("top_n_sigma", "top_k", "typical_p", "top_p", "min_p", "xtc", "temperature")
# Parameters beyond OpenAI's API, called here as llama-server calls them.
LLAMA_NAMES = (
    "top_k",
    "min_p",
    "typical_p",
    "top_n_sigma",
    "xtc_probability",
    "xtc_threshold",
    "dynatemp_range",
    "dynatemp_exponent",
    "repeat_penalty",
    "repeat_last_n",
    "dry_multiplier",
    "dry_base",
    "dry_allowed_length",
    "mirostat",
    "mirostat_tau",
    "mirostat_eta",
)
# In place of the name of a template: no template but plain text, and the built-in one that fits the vocabulary.
PLAIN_TEMPLATE, FITTING_TEMPLATE = "none", "fitting"
NO_PROJECTOR = "none"
# Those of llama.cpp's own that people may know by name (`llama_chat_builtin_templates`).
BUILT_IN_TEMPLATES = (
    "chatml",
    "command-r",
    "deepseek",
    "deepseek3",
    "falcon3",
    "gemma",
    "gpt-oss",
    "granite",
    "llama2",
    "llama3",
    "mistral-v1",
    "mistral-v3",
    "mistral-v7",
    "openchat",
    "phi3",
    "phi4",
    "vicuna",
    "zephyr",
)
# They stand in the prompt as part of the template, so no other text may be given.
REASONING_EFFORTS = ("low", "medium", "high")


@dataclass(frozen=True, slots=True)
class SamplingParams:
    """How the next token is chosen and when to stop. Names follow llama.cpp and the OpenAI API.

    Attributes:
        temperature: Divides the logits; 0 takes the likeliest token always.
        max_tokens: Longest answer in tokens; 0 means up to the context window.
        top_k: Keep the k likeliest tokens; 0 turns it off.
        top_p: Keep the smallest set with this much probability; 1 turns it off.
        min_p: Drop tokens below this share of the likeliest one; 0 turns it off.
        typical_p: Locally typical sampling (arXiv 2202.00666); 1 turns it off.
        top_n_sigma: Keep logits within n standard deviations of the best (arXiv 2411.07641); -1 turns it off.
        xtc_probability: Chance to exclude top choices, leaving the least likely above `xtc_threshold`; 0 is off.
        dynatemp_range: The temperature varies by up to this with the entropy; 0 is off.
        dynatemp_exponent: How entropy maps to that temperature.
        repeat_penalty: Divides the logits of recent tokens; 1 turns it off.
        frequency_penalty: Subtracted for each occurrence among recent tokens.
        presence_penalty: Subtracted once for a recent token.
        repeat_last_n: How many tokens of the answer are recent.
        dry_multiplier: Strength of the penalty on repeated sequences ("don't repeat yourself"); 0 is off.
        dry_base, dry_allowed_length: It grows as multiplier * base ** (length - allowed length).
        mirostat: 0 is off, 1 or 2 the version (arXiv 2007.14966); it replaces every truncation.
        mirostat_tau, mirostat_eta: Its target surprise in bits and its learning rate.
        logit_bias: Pairs of token id and what is added to its logit; -100 and below bans it.
        grammar: GBNF that the answer must follow; empty is none.
        json_schema: JSON schema that the answer must follow, as text; empty is none.
        samplers: Order of the truncating samplers and the temperature.
        seed: Start of the random numbers; None draws one, which the answer then reports.
        stop: Strings that end the answer and are not part of it.
        n: Number of answers.
        enable_thinking: Whether the model may think before it answers, where its chat template asks; None leaves it
            to the template.
        reasoning_effort: How much it thinks, where its chat template asks; empty leaves it to the template.
        preset: Name of the preset that was chosen last, for whoever asks where the values come from.
        persona: Name of the persona that the system prompt comes from; empty when it comes from none.
    """

    temperature: float = 0.7
    max_tokens: int = 1024
    top_k: int = 40
    top_p: float = 0.95
    min_p: float = 0.05
    typical_p: float = 1.0
    top_n_sigma: float = -1.0
    xtc_probability: float = 0.0
    xtc_threshold: float = 0.1
    dynatemp_range: float = 0.0
    dynatemp_exponent: float = 1.0
    repeat_penalty: float = 1.0
    frequency_penalty: float = 0.0
    presence_penalty: float = 0.0
    repeat_last_n: int = 64
    dry_multiplier: float = 0.0
    dry_base: float = 1.75
    dry_allowed_length: int = 2
    mirostat: int = 0
    mirostat_tau: float = 5.0
    mirostat_eta: float = 0.1
    logit_bias: tuple[tuple[int, float], ...] = ()
    grammar: str = ""
    json_schema: str = ""
    samplers: tuple[str, ...] = SAMPLER_ORDER
    seed: int | None = None
    stop: tuple[str, ...] = ()
    n: int = 1
    enable_thinking: bool | None = None
    reasoning_effort: str = ""
    preset: str = ""
    persona: str = ""

    def validated(self) -> "SamplingParams":
        """Return self.

        Raises:
            UserError: A value is outside its range; the text names the range.
        """
        for spec in PARAMETERS:
            value = getattr(self, spec.name)
            if value is not None and not spec.minimum <= value <= spec.maximum:
                raise UserError(
                    Sentence(
                        "{name} is {value}, but must be from {least} to {most}.",
                        name=spec.name,
                        value=f"{value:g}",
                        least=f"{spec.minimum:g}",
                        most=f"{spec.maximum:g}",
                    ),
                    "Give a value inside that range.",
                )
        if any(not text for text in self.stop):
            raise UserError("A stop string is empty.", "Leave it out or give it text.")
        if unknown := set(self.samplers) - set(SAMPLER_ORDER):
            raise UserError(
                Sentence("There is no sampler called {name}.", name=min(unknown)),
                Sentence("Choose from {names}.", names=", ".join(SAMPLER_ORDER)),
            )
        if self.reasoning_effort not in ("", *REASONING_EFFORTS):
            raise UserError(
                Sentence("“{name}” is no reasoning effort.", name=self.reasoning_effort),
                Sentence("Choose from {names}.", names=", ".join(REASONING_EFFORTS)),
            )
        if self.grammar and self.json_schema:
            raise UserError("A grammar and a JSON schema cannot both be followed.", "Give one of them.")
        return self

    def to_dict(self) -> dict[str, Any]:
        """Return the values as JSON can hold them."""
        values = {field.name: getattr(self, field.name) for field in fields(self)}
        values |= {"stop": list(self.stop), "samplers": list(self.samplers)}
        values["logit_bias"] = [list(pair) for pair in self.logit_bias]
        return values

    @classmethod
    def from_dict(cls, values: dict[str, Any]) -> "SamplingParams":
        """Build from `to_dict`'s result; unknown names are ignored, missing ones take the default."""
        known = {field.name for field in fields(cls)}
        given = {name: value for name, value in values.items() if name in known}
        for name in ("stop", "samplers"):
            if name in given:
                given[name] = tuple(given[name])
        if "logit_bias" in given:
            given["logit_bias"] = tuple((token, bias) for token, bias in given["logit_bias"])
        return cls(**given)

    def changed(self, **values: Any) -> "SamplingParams":
        """Return a copy with some values replaced."""
        return replace(self, **values)


@dataclass(frozen=True, slots=True)
class ParameterSpec:
    """What the parameter panel, the command line and validation know of one sampling parameter.

    Attributes:
        folded: Shown only when the person unfolds the panel.
    """

    name: str
    title: str
    help: str
    minimum: float
    maximum: float
    step: float
    decimals: int = 0
    folded: bool = True


PARAMETERS: tuple[ParameterSpec, ...] = (
    ParameterSpec(
        "temperature", "Temperature", "Low is careful and repeatable, high is varied.", 0, 5, 0.1, 2, folded=False
    ),
    ParameterSpec(
        "max_tokens", "Max tokens", "Longest answer; 0 means as long as it fits.", 0, 1_000_000, 128, folded=False
    ),
    ParameterSpec("top_k", "Top-k", "Choose among the k likeliest tokens; 0 is off.", 0, 1_000_000, 10),
    ParameterSpec("top_p", "Top-p", "Choose among tokens that share this much probability; 1 is off.", 0, 1, 0.05, 2),
    ParameterSpec("min_p", "Min-p", "Drop tokens below this share of the likeliest; 0 is off.", 0, 1, 0.01, 2),
    ParameterSpec("typical_p", "Typical-p", "Prefer tokens of typical surprise; 1 is off.", 0, 1, 0.05, 2),
    ParameterSpec(
        "top_n_sigma", "Top-n-sigma", "Keep logits within n deviations of the best; -1 is off.", -1, 10, 0.1, 2
    ),
    ParameterSpec("xtc_probability", "XTC chance", "How often top choices are excluded; 0 is off.", 0, 1, 0.05, 2),
    ParameterSpec("xtc_threshold", "XTC threshold", "What counts as a top choice; above 0.5 it is off.", 0, 1, 0.01, 2),
    ParameterSpec(
        "dynatemp_range", "Dynamic range", "How far the temperature follows the entropy; 0 is off.", 0, 5, 0.1, 2
    ),
    ParameterSpec("dynatemp_exponent", "Dynamic exponent", "How entropy maps to temperature.", 0, 10, 0.1, 2),
    ParameterSpec("repeat_penalty", "Repeat penalty", "Above 1 it avoids repetition; 1 is off.", 0.5, 3, 0.05, 2),
    ParameterSpec("frequency_penalty", "Frequency penalty", "Avoids frequent words; 0 is off.", -2, 2, 0.1, 2),
    ParameterSpec("presence_penalty", "Presence penalty", "Avoids words already used; 0 is off.", -2, 2, 0.1, 2),
    ParameterSpec(
        "repeat_last_n", "Penalty window", "How many tokens of the answer the penalties see.", 0, 1_000_000, 16
    ),
    ParameterSpec("dry_multiplier", "DRY", "Punishes repeated sequences; 0 is off, 0.8 is usual.", 0, 5, 0.1, 2),
    ParameterSpec("dry_base", "DRY base", "How fast that grows with the length of the repetition.", 1, 4, 0.05, 2),
    ParameterSpec("dry_allowed_length", "DRY length", "Repetitions up to this many tokens are free.", 1, 100, 1),
    ParameterSpec("mirostat", "Mirostat", "0 is off, 1 or 2 the version; it replaces the truncations.", 0, 2, 1),
    ParameterSpec("mirostat_tau", "Mirostat tau", "Target surprise in bits.", 0, 20, 0.1, 2),
    ParameterSpec("mirostat_eta", "Mirostat eta", "Learning rate.", 0, 1, 0.01, 2),
    ParameterSpec("seed", "Seed", "The same seed gives the same answer; empty draws one.", 0, 4_294_967_294, 1),
    ParameterSpec("n", "Answers", "How many answers to generate at once.", 1, 16, 1),
)


@dataclass(frozen=True, slots=True)
class LoadParams:
    """How a model is put into memory. Zero and -1 mean "chosen for this machine".

    Attributes:
        n_ctx: Context window in tokens; 0 takes what the model was trained for, capped by free memory.
        n_gpu_layers: Layers on the GPU; -1 puts all there that fit.
        n_threads: CPU threads; 0 takes the physical cores.
        n_batch: Tokens of the prompt evaluated at a time.
        flash_attn: "auto" is on for a CPU that likes it (`Device`), and llama.cpp's own choice on a GPU.
        kv_type: Type of the KV cache; "auto" is f16, or q8_0 where only that lets all layers fit on a GPU.
        n_cpu_experts: Layers whose experts stay on the CPU although the rest is on a GPU; -1 is as many as must.
        tensor_split: Share of the layers for each GPU; empty goes by their free memory.
        learned: By how much weights, KV cache and compute buffers were larger than predicted at the last load.
        must_fit: Refuse to load what needs more memory than is free.
        lookup: Speculative decoding with drafts from the text so far. It switches itself off where it does
            not pay, and at temperature 0 where it would change the answer: mostly, but for a kv_type of q8_0.
        draft: A small model of the same vocabulary that drafts too; it is loaded beside the other one.
        template: In place of the chat template of the file: the name of a built-in one, `PLAIN_TEMPLATE`,
            `FITTING_TEMPLATE`, or Jinja source; empty takes the file's own.
        projector: File of the projector that pictures are looked at through; empty takes the one that belongs to the
            model, `NO_PROJECTOR` none.
        rpc: Host and port of llama.cpp's RPC servers that take a share of the layers on the GPU, as one.
        adapters: Applied to the model at once; one that cannot be is left out with a warning.
    """

    n_ctx: int = 0
    n_gpu_layers: int = -1
    n_threads: int = 0
    n_batch: int = 512
    flash_attn: Literal["auto", "on", "off"] = "auto"
    kv_type: Literal["auto", "f16", "q8_0"] = "auto"
    n_cpu_experts: int = -1
    tensor_split: tuple[float, ...] = ()
    learned: tuple[float, float, float] = (1.0, 1.0, 1.0)
    must_fit: bool = True
    lookup: bool = True
    draft: ModelFile | None = None
    template: str = ""
    rpc: tuple[str, ...] = ()
    adapters: tuple[Adapter, ...] = ()
    projector: str = ""
