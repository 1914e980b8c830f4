"""What counts as a word and which words are alike: one answer for the index, for queries and for highlighting."""

import re
import unicodedata
from collections.abc import Sequence

# A longer one counts as several, so that data in a text does not fill the index with words that nobody types.
LONGEST = 64

# What people leave away when they type: accents of Latin, Greek and Cyrillic, vowel points of Hebrew and Arabic,
# variation selectors, invisible joiners and soft hyphens. Marks that make another letter stay (が is not か).
_ACCENTS = re.compile(
    "["
    "\u0300-\u036f\u0483-\u0489\u0591-\u05bd\u05bf\u05c1\u05c2\u05c4\u05c5\u05c7\u0610-\u061a\u064b-\u065f\u0670"
    "\u06d6-\u06dc\u06df-\u06e4\u06e7\u06e8\u06ea-\u06ed\u1ab0-\u1aff\u1dc0-\u1dff\u20d0-\u20ff\ufe00-\ufe0f"
    "\ufe20-\ufe2f\U000e0100-\U000e01ef\u00ad\u200b-\u200d\u2060\ufeff"
    "]+"
)
# Letters with a stroke or a tie, which Unicode does not take apart.
_LETTERS = str.maketrans({"ı": "i", "ł": "l", "ø": "o", "đ": "d", "ħ": "h", "ŧ": "t", "æ": "ae", "œ": "oe"})
_HAS_LETTERS = re.compile("[ıłøđħŧæœ]")

# Scripts that put no spaces between words, glue endings on, or write vowels as marks: each character is a word,
# so that a part of what is written finds it. Devanagari to Myanmar, Khmer; Hangul, kana and Han.
_SINGLE = (
    "\u0900-\u0963\u0966-\u109f\u1780-\u17d3\u1100-\u11ff\u2e80-\u2fdf\u3005-\u3007\u3031-\u3035\u303b\u3041-\u3096"
    "\u3099\u309a\u309d-\u309f\u30a1-\u30fa\u30fc-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7ff\uf900-\ufaff"
    "\U00020000-\U0003ffff"
)
_EMOJI = "\u2300-\u23ff\u2600-\u27bf\u2b00-\u2bff\U0001f000-\U0001faff"
_WORD = re.compile(
    rf"[{_SINGLE}{_EMOJI}]"
    rf"|[^\W_{_SINGLE}]{{1,{LONGEST}}}"
    r"|(?<=[a-z])[+#]{1,3}(?![^\W_])"  # C++, C#
)
_IS_SINGLE = re.compile(f"[{_SINGLE}{_EMOJI}]")


def fold(text: str) -> str:
    """Return text without case, accents and differences of width, so that what is alike is equal."""
    if text.isascii():
        return text.lower()
    plain = _ACCENTS.sub("", unicodedata.normalize("NFKD", text).casefold())
    if _HAS_LETTERS.search(plain):
        plain = plain.translate(_LETTERS)
    return unicodedata.normalize("NFC", plain)


def words(text: str) -> list[str]:
    """Return the words of a text, folded, in order.

    A change here needs a migration that builds the search index anew.
    """
    return _WORD.findall(fold(text))


def is_single(word: str) -> bool:
    """Return whether this is one character that counts as a word."""
    return _IS_SINGLE.fullmatch(word) is not None


def pattern(phrase: Sequence[str], *, prefix: bool = False) -> re.Pattern[str]:
    """Return an expression that finds words which follow each other in folded text.

    Args:
        phrase: Folded words.
        prefix: The last one may go on.
    """
    parts = [re.escape(word) for word in phrase]
    first = phrase[0]
    if first[0].isalnum() and not is_single(first):
        # Behind the word: expressions that begin with a plain word are looked for several times faster.
        parts[0] += f"(?<![^\\W_{_SINGLE}]{parts[0]})"
    last = phrase[-1]
    ends = "" if prefix or is_single(last) else f"(?![^\\W_{_SINGLE}])"
    return re.compile(r"[\W_]*".join(parts) + ends)
