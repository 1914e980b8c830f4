"""The tokens of an answer with what could have come in their place, small enough to be kept with every answer.

Packed, a log is a byte of its format and a compressed row of columns, all little endian:

- steps, different tokens and width of an index (2 or 4): `<IIB`
- of each different token: number `<i`, length of its bytes with its kind in the two highest bits `<H`; then all their
  bytes
- of each step: index of the chosen token, its log-probability, number of alternatives `<B`
- of all alternatives in a row: index, log-probability

A log-probability is a `<H` of steps of 1/1024, rounded: 0.05 % of a probability, down to e^-64.
"""

import codecs
import struct
import sys
import zlib
from array import array
from collections.abc import Iterable, Sequence
from typing import overload

from desktopchat.core.token import Alternative, Kind, TokenLogprobs

_GIVEN = -1  # the number of text that the model was given
_FORMAT = b"\1"
_HEAD = struct.Struct("<IIB")
_STEP = 1 / 1024
_MOST_BYTES = 64 << 20  # unpacked
_KIND_BITS = 14
_MOST_PIECE = (1 << _KIND_BITS) - 1  # bytes
_KINDS: tuple[Kind, ...] = ("text", "sign", "end")
_LEVEL = 6

_Token = tuple[int, bytes, Kind]


class TokenLog(Sequence[TokenLogprobs]):
    """The steps of an answer. What is not looked at costs nothing but its columns: 4,000 steps open in a few ms.

    Text that the model was given, and did not choose, is a step without alternatives (`is_given`).
    """

    def __init__(self, steps: Iterable[TokenLogprobs] = ()) -> None:
        self._tokens: list[_Token] = []
        self._chosen, self._others = array("I"), array("I")  # places in `_tokens`
        self._chosen_at, self._others_at = array("H"), array("H")  # log-probabilities
        self._starts = array("I", (0,))  # where the alternatives of a step begin
        self._places: dict[_Token, int] = {}
        self.add(steps)

    def add(self, steps: Iterable[TokenLogprobs]) -> None:
        """Go on with these steps."""
        for step in steps:
            self._chosen.append(self._place(step.chosen))
            self._chosen_at.append(_quantised(step.chosen.logprob))
            for one in step.top:
                self._others.append(self._place(one))
                self._others_at.append(_quantised(one.logprob))
            self._starts.append(len(self._others))

    def give(self, text: bytes) -> None:
        """Go on with text that the model did not choose."""
        for start in range(0, len(text), _MOST_PIECE):
            self.add((TokenLogprobs(Alternative(_GIVEN, text[start : start + _MOST_PIECE], 0.0), ()),))

    def join(self, other: "TokenLog") -> None:
        """Go on with the steps of another log."""
        places = []
        for token in other._tokens:
            places.append(self._places.setdefault(token, len(self._tokens)))
            if places[-1] == len(self._tokens):
                self._tokens.append(token)
        start = len(self._others)
        self._chosen.extend(map(places.__getitem__, other._chosen))
        self._chosen_at.extend(other._chosen_at)
        self._others.extend(map(places.__getitem__, other._others))
        self._others_at.extend(other._others_at)
        self._starts.extend(start + one for one in other._starts[1:])

    def head(self, count: int) -> "TokenLog":
        """Return the first steps."""
        log = TokenLog()
        end = self._starts[count]
        log._tokens = list(self._tokens)
        log._places = {token: place for place, token in enumerate(log._tokens)}
        log._chosen, log._chosen_at = self._chosen[:count], self._chosen_at[:count]
        log._others, log._others_at = self._others[:end], self._others_at[:end]
        log._starts = self._starts[: count + 1]
        return log

    def begun(self, text: str) -> "TokenLog":
        """Return what is known of an answer that is gone on with; what else there is of it is given.

        The log may lack the end of the answer, as after a crash, or go on behind it with a stop string. Where both
        differ in the middle, it is known up to there.

        Args:
            text: What the answer says, or thinks while it says nothing.
        """
        letters = codecs.getincrementaldecoder("utf-8")("replace")
        written, ends = "", [0]  # letters up to each step; -1 where it ends inside of one
        for place in range(len(self)):
            written += letters.decode(self.text(place))
            ends.append(-1 if letters.getstate()[0] else len(written))
        written += letters.decode(b"", final=True)
        start = written.rfind(text)
        end = start + len(text)
        if start < 0:
            shared = min(len(text), len(written))
            end = next((at for at in range(shared) if text[at] != written[at]), shared)
        known = max(place for place, at in enumerate(ends) if 0 <= at <= end)
        if known and self.kind(known - 1) == "end":
            known -= 1
        log = self.head(known if end else 0)
        log.give(text[max(0, ends[len(log)] - max(0, start)) :].encode("utf-8", "replace"))
        return log

    def __len__(self) -> int:
        return len(self._chosen)

    @overload
    def __getitem__(self, place: int) -> TokenLogprobs: ...

    @overload
    def __getitem__(self, place: slice) -> tuple[TokenLogprobs, ...]: ...

    def __getitem__(self, place: int | slice) -> TokenLogprobs | tuple[TokenLogprobs, ...]:
        if isinstance(place, slice):
            return tuple(self[one] for one in range(*place.indices(len(self))))
        chosen = self._alternative(self._chosen[place], self._chosen_at[place])
        place %= len(self)
        others = range(self._starts[place], self._starts[place + 1])
        return TokenLogprobs(chosen, tuple(self._alternative(self._others[at], self._others_at[at]) for at in others))

    def is_given(self, place: int) -> bool:
        """Return whether a step is text that the model did not choose."""
        return self._tokens[self._chosen[place]][0] == _GIVEN and not self._starts[place] < self._starts[place + 1]

    def piece(self, place: int) -> bytes:
        """Return the bytes of the chosen token."""
        return self._tokens[self._chosen[place]][1]

    def kind(self, place: int) -> Kind:
        """Return what the chosen token is."""
        return self._tokens[self._chosen[place]][2]

    def text(self, place: int) -> bytes:
        """Return what the chosen token is of the text."""
        _, piece, kind = self._tokens[self._chosen[place]]
        return piece if kind == "text" else b""

    def logprob(self, place: int) -> float:
        """Return the natural logarithm of the probability of the chosen token."""
        return -self._chosen_at[place] * _STEP

    def candidates(self, place: int) -> tuple[list[float], int]:
        """Return the log-probabilities of all tokens that are known of a step, likeliest first, and which was chosen.

        One that was chosen although it is not among the alternatives comes last.
        """
        start, end = self._starts[place], self._starts[place + 1]
        found = [-value * _STEP for value in self._others_at[start:end]]
        try:
            return found, self._others.index(self._chosen[place], start, end) - start
        except ValueError:
            return [*found, self.logprob(place)], len(found)

    def texts(self, end: int | None = None) -> bytes:
        """Return the text of the steps up to one, or of all: marks of reasoning and stop strings are in it too."""
        tokens = map(self._tokens.__getitem__, self._chosen[:end])
        return b"".join(piece for _, piece, kind in tokens if kind == "text")

    def pack(self) -> bytes:
        """Return the log as bytes."""
        kind = "H" if len(self._tokens) <= 1 << 16 else "I"
        counts = bytes(end - start for start, end in zip(self._starts, self._starts[1:], strict=False))
        columns = [
            _HEAD.pack(len(self), len(self._tokens), array(kind).itemsize),
            _little(array("i", (number for number, _, _ in self._tokens))),
            _little(array("H", (len(piece) | _KINDS.index(kind) << _KIND_BITS for _, piece, kind in self._tokens))),
            b"".join(piece for _, piece, _ in self._tokens),
            _little(array(kind, self._chosen)),
            _little(self._chosen_at),
            counts,
            _little(array(kind, self._others)),
            _little(self._others_at),
        ]
        return _FORMAT + zlib.compress(b"".join(columns), _LEVEL)

    @classmethod
    def unpack(cls, data: bytes) -> "TokenLog":
        """Return the log that was packed.

        Raises:
            ValueError: It is damaged.
        """
        reader = _Columns(data)
        n_steps, n_tokens, width = reader.head()
        log = cls()
        numbers, lengths = reader.column("i", n_tokens), reader.column("H", n_tokens)
        log._tokens = [
            (number, reader.take(length & _MOST_PIECE), _KINDS[min(length >> _KIND_BITS, 2)])
            for number, length in zip(numbers, lengths, strict=True)
        ]
        log._places = {token: place for place, token in enumerate(log._tokens)}
        log._chosen = array("I", reader.column(width, n_steps))
        log._chosen_at = reader.column("H", n_steps)
        for count in reader.take(n_steps):
            log._starts.append(log._starts[-1] + count)
        log._others = array("I", reader.column(width, log._starts[-1]))
        log._others_at = reader.column("H", log._starts[-1])
        reader.end()
        if max(max(log._chosen, default=-1), max(log._others, default=-1)) >= n_tokens:
            raise ValueError("a token that is not there")
        return log

    def _place(self, one: Alternative) -> int:
        token = (one.token, one.piece[:_MOST_PIECE], one.kind)
        found = self._places.get(token)
        if found is None:
            found = self._places[token] = len(self._tokens)
            self._tokens.append(token)
        return found

    def _alternative(self, place: int, at: int) -> Alternative:
        number, piece, kind = self._tokens[place]
        return Alternative(number, piece, -at * _STEP, kind)


class _Columns:
    """Takes columns off packed bytes; whatever is wrong is a ValueError."""

    def __init__(self, data: bytes) -> None:
        if data[:1] != _FORMAT:
            raise ValueError("an unknown format")
        inflater = zlib.decompressobj()
        try:
            self._data = inflater.decompress(data[1:], _MOST_BYTES)
        except zlib.error as error:
            raise ValueError(str(error)) from error
        self._place = 0

    def head(self) -> tuple[int, int, str]:
        """Return steps, different tokens and the type of an index."""
        try:
            n_steps, n_tokens, width = _HEAD.unpack(self.take(_HEAD.size))
            return n_steps, n_tokens, {2: "H", 4: "I"}[width]
        except (struct.error, KeyError) as error:
            raise ValueError("a damaged head") from error

    def take(self, length: int) -> bytes:
        """Return the next bytes."""
        found = self._data[self._place : self._place + length]
        if len(found) < length:
            raise ValueError("a cut-off column")
        self._place += length
        return found

    def column(self, kind: str, length: int) -> "array[int]":
        """Return the next numbers."""
        numbers = array(kind)
        numbers.frombytes(self.take(length * numbers.itemsize))
        return _swapped(numbers)

    def end(self) -> None:
        """See to it that nothing is left."""
        if self._place != len(self._data):
            raise ValueError("more than was to be there")


def _quantised(logprob: float) -> int:
    return round(min(-logprob / _STEP, 0xFFFF)) if logprob < 0 else 0


def _little(numbers: "array[int]") -> bytes:
    return _swapped(array(numbers.typecode, numbers)).tobytes()


def _swapped(numbers: "array[int]") -> "array[int]":
    if sys.byteorder == "big":
        numbers.byteswap()
    return numbers
