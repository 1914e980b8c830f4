"""Sampling parameters as a native llama.cpp sampler chain."""

from __future__ import annotations

import ctypes
import json
import math
from typing import Any

import llama_cpp
import numpy as np
from llama_cpp import llama_grammar

from desktopchat.core.distribution import MOST_CANDIDATES
from desktopchat.core.errors import UserError
from desktopchat.core.params import SamplingParams
from desktopchat.core.sentence import Sentence
from desktopchat.engine.llama.logprobs import Logits, Places, is_quick, largest, logits_of
from desktopchat.engine.llama.model import LoadedModel

_SORTING = ("top_p", "typical_p", "xtc")
# Where llama.cpp's server breaks repeated sequences for DRY.
_DRY_BREAKERS = (b"\n", b":", b'"', b"*")
_BANNED = -100.0  # and below, as in the OpenAI API


class Sampler:
    """Draws the tokens of one answer.

    Penalties and DRY see the answer's own tokens and not the prompt's, which would punish the control tokens
    of the template.

    Attributes:
        likeliest: Places of the likeliest tokens of the last draw, likeliest first; None where nobody looked.

    Raises:
        UserError: The grammar or the JSON schema cannot be used.
    """

    def __init__(self, params: SamplingParams, seed: int, loaded: LoadedModel) -> None:
        self.seed = seed
        self._loaded = loaded
        self._recent: list[int] = []
        self.likeliest: Places | None = None
        self._chain = self._build(params)

    def sample(self, row: int, *, looks: bool = False) -> int:
        """Return the next token, from the logits in this row of the last batch.

        Args:
            looks: The likeliest tokens are wanted as well; `likeliest` has them where they were looked for.
        """
        self.likeliest = None
        if self._takes_likeliest:
            # llama.cpp copies the whole vocabulary before it looks: 0.1 ms a token, a tenth of a GPU's speed.
            token = int(logits_of(self._loaded, row).argmax())
        elif looks and self._first_top_k:
            # What the first sampler of the chain would leave, in the same order.
            logits = logits_of(self._loaded, row)
            self.likeliest = largest(logits, self._first_top_k)
            return self._apply(logits, self.likeliest, is_sorted=True)
        else:
            token = llama_cpp.llama_sampler_sample(self._chain, self._loaded.context, row)
        self._recent.append(token)
        return token

    def sample_logits(self, logits: Logits) -> int:
        """Return the next token, from logits that were kept, float32 of shape (vocabulary,)."""
        self.likeliest = None
        return self._apply(logits, np.arange(len(logits)), is_sorted=False)

    def _apply(self, logits: Logits, places: Places, *, is_sorted: bool) -> int:
        """Return the next token, of those at some places, which may be the largest, largest first."""
        candidates = np.zeros(len(places), dtype=[("id", np.int32), ("logit", np.float32), ("p", np.float32)])
        candidates["id"] = places
        candidates["logit"] = logits[places]
        array = llama_cpp.llama_token_data_array(
            data=candidates.ctypes.data_as(ctypes.POINTER(llama_cpp.llama_token_data)),
            size=len(candidates),
            selected=-1,
            sorted=is_sorted,
        )
        llama_cpp.llama_sampler_apply(self._chain, ctypes.byref(array))
        token = int(array.data[array.selected].id)
        llama_cpp.llama_sampler_accept(self._chain, token)
        self._recent.append(token)
        return token

    def change(self, params: SamplingParams) -> None:
        """Use other parameters from the next token on."""
        chain = self._build(params)
        for token in self._recent:
            llama_cpp.llama_sampler_accept(chain, token)
        llama_cpp.llama_sampler_free(self._chain)
        self._chain = chain

    def close(self) -> None:
        """Free the chain. The sampler must not be used any more."""
        llama_cpp.llama_sampler_free(self._chain)

    def _build(self, params: SamplingParams) -> Any:
        chain = llama_cpp.llama_sampler_chain_init(llama_cpp.llama_sampler_chain_default_params())
        try:
            for sampler in self._samplers(params):
                # A sampler that could not be made is a null pointer, which the chain would run into.
                if not sampler:
                    raise UserError("llama.cpp refused the sampling parameters.", "Check the grammar.")
                llama_cpp.llama_sampler_chain_add(chain, sampler)
        except UserError:
            llama_cpp.llama_sampler_free(chain)
            raise
        self._takes_likeliest = params.temperature <= 0 and llama_cpp.llama_sampler_chain_n(chain) == 1
        self._first_top_k = 0
        if llama_cpp.llama_sampler_name(llama_cpp.llama_sampler_chain_get(chain, 0)) == b"top-k":
            count = params.top_k or MOST_CANDIDATES
            self._first_top_k = count if is_quick(count, self._loaded.n_vocab) else 0
        return chain

    def _samplers(self, params: SamplingParams) -> list[Any]:
        n_vocab = self._loaded.n_vocab
        found: list[Any] = []
        if params.logit_bias:
            found.append(self._logit_bias(params))
        if grammar := _grammar(params):
            found.append(llama_cpp.llama_sampler_init_grammar(self._loaded.vocab, grammar.encode(), b"root"))
        penalties = (params.repeat_penalty, params.frequency_penalty, params.presence_penalty)
        if penalties != (1.0, 0.0, 0.0) and params.repeat_last_n:
            found.append(llama_cpp.llama_sampler_init_penalties(n_vocab, params.repeat_last_n, *penalties))
        if params.dry_multiplier > 0:
            found.append(self._dry(params))
        if params.temperature <= 0:
            return [*found, llama_cpp.llama_sampler_init_greedy()]
        if params.mirostat:
            found.append(self._temperature(params))
            found.append(self._mirostat(params))
            return found
        if not params.top_k and any(self._is_on(name, params) for name in _SORTING):
            found.append(llama_cpp.llama_sampler_init_top_k(MOST_CANDIDATES))
        found += [self._truncation(name, params) for name in params.samplers if self._is_on(name, params)]
        if "temperature" not in params.samplers:
            found.append(self._temperature(params))
        return [*found, llama_cpp.llama_sampler_init_dist(self.seed)]

    @staticmethod
    def _is_on(name: str, params: SamplingParams) -> bool:
        match name:
            case "top_n_sigma":
                return params.top_n_sigma > 0
            case "top_k":
                return params.top_k > 0
            case "typical_p":
                return params.typical_p < 1
            case "top_p":
                return params.top_p < 1
            case "min_p":
                return params.min_p > 0
            case "xtc":
                return params.xtc_probability > 0
        return True

    def _truncation(self, name: str, params: SamplingParams) -> Any:
        match name:
            case "top_n_sigma":
                return llama_cpp.llama_sampler_init_top_n_sigma(params.top_n_sigma)
            case "top_k":
                return llama_cpp.llama_sampler_init_top_k(params.top_k)
            case "typical_p":
                return llama_cpp.llama_sampler_init_typical(params.typical_p, 1)
            case "top_p":
                return llama_cpp.llama_sampler_init_top_p(params.top_p, 1)
            case "min_p":
                return llama_cpp.llama_sampler_init_min_p(params.min_p, 1)
            case "xtc":
                return llama_cpp.llama_sampler_init_xtc(params.xtc_probability, params.xtc_threshold, 1, self.seed)
        return self._temperature(params)

    def _temperature(self, params: SamplingParams) -> Any:
        if params.dynatemp_range > 0:
            return llama_cpp.llama_sampler_init_temp_ext(
                params.temperature, params.dynatemp_range, params.dynatemp_exponent
            )
        return llama_cpp.llama_sampler_init_temp(params.temperature)

    def _mirostat(self, params: SamplingParams) -> Any:
        if params.mirostat == 1:
            return llama_cpp.llama_sampler_init_mirostat(
                self._loaded.n_vocab, self.seed, params.mirostat_tau, params.mirostat_eta, 100
            )
        return llama_cpp.llama_sampler_init_mirostat_v2(self.seed, params.mirostat_tau, params.mirostat_eta)

    def _dry(self, params: SamplingParams) -> Any:
        breakers = (ctypes.c_char_p * len(_DRY_BREAKERS))(*_DRY_BREAKERS)
        return llama_cpp.llama_sampler_init_dry(
            self._loaded.vocab,
            params.dry_multiplier,
            params.dry_base,
            params.dry_allowed_length,
            self._loaded.n_ctx,
            breakers,
            len(_DRY_BREAKERS),
        )

    def _logit_bias(self, params: SamplingParams) -> Any:
        n_vocab = self._loaded.n_vocab
        biases: Any = (llama_cpp.llama_logit_bias * len(params.logit_bias))()
        for place, (token, bias) in enumerate(params.logit_bias):
            if not 0 <= token < n_vocab:
                raise UserError(
                    Sentence("There is no token {token}.", token=str(token)),
                    Sentence("This model's tokens go from 0 to {last}.", last=str(n_vocab - 1)),
                )
            biases[place].token = token
            biases[place].bias = -math.inf if bias <= _BANNED else bias
        return llama_cpp.llama_sampler_init_logit_bias(n_vocab, len(biases), biases)


def _grammar(params: SamplingParams) -> str:
    """Return GBNF.

    Raises:
        UserError: The JSON schema is none.
    """
    if not params.json_schema:
        return params.grammar
    try:
        json.loads(params.json_schema)
        return str(llama_grammar.json_schema_to_gbnf(params.json_schema))
    except Exception as error:  # the converter raises whatever it stumbles over
        raise UserError("The JSON schema cannot be used.", "Check it for errors.", str(error)) from error
