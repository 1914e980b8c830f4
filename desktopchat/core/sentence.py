"""What is said of errors outside of the window: in English for terminals, logs and programs, translated in the window.

A literal that is given to a `UserError` or a `Notice` is such a sentence by itself. One with values in it, or one that
stands elsewhere, is a `Sentence`, whose first argument is a literal, for `packaging/translations.py` collects it.
What only a terminal shows (the modules of the commands) and details for technicians stay English strings.
"""

import errno
import re
from collections.abc import Callable
from typing import Any

_NAME = re.compile(r"\{(\w+)\}")
_MOST_NESTED = 8
# In the words of Linux, so that one and the same failure is told alike everywhere.
_REASONS = {
    errno.EPERM: "Operation not permitted",
    errno.ENOENT: "No such file or directory",
    errno.EIO: "Input/output error",
    errno.ENOMEM: "Cannot allocate memory",
    errno.EACCES: "Permission denied",
    errno.EBUSY: "Device or resource busy",
    errno.EEXIST: "File exists",
    errno.ENOTDIR: "Not a directory",
    errno.EISDIR: "Is a directory",
    errno.EMFILE: "Too many open files",
    errno.EFBIG: "File too large",
    errno.ENOSPC: "No space left on device",
    errno.EROFS: "Read-only file system",
    errno.ENAMETOOLONG: "File name too long",
    errno.EAGAIN: "Resource temporarily unavailable",
}
REASONS = tuple(_REASONS.values())


class Sentence(str):
    """English text that can be said in another language, because it knows what it was made of.

    Args:
        template: A sentence, or a part of one, with names in braces, each of them once.
        values: What stands in the place of the names. A whole number gets separators; a Sentence is translated too.
    """

    __slots__ = ("template", "values")
    template: str
    values: dict[str, str]

    def __new__(cls, template: str, /, **values: object) -> "Sentence":
        """Fill in the template."""
        texts = {name: _text(value) for name, value in values.items()}
        self = super().__new__(cls, _filled(template, texts))
        self.template = template
        self.values = texts
        return self

    @classmethod
    def of(cls, text: str) -> "Sentence":
        """Return a text without values as a sentence, and a sentence as it is."""
        return text if isinstance(text, Sentence) else cls(text)

    def about(self, **values: object) -> "Sentence":
        """Return the sentence with these values."""
        return Sentence(self.template, **values)

    def said(self, translate: Callable[[str], str]) -> str:
        """Return it in another language.

        Args:
            translate: Returns a template in that language, or as it is.
        """
        values = {
            name: value.said(translate) if isinstance(value, Sentence) else value for name, value in self.values.items()
        }
        return _filled(translate(self.template), values)

    def packed(self) -> list[Any]:
        """Return it as what a pipe can carry."""
        values = {name: value.packed() if isinstance(value, Sentence) else value for name, value in self.values.items()}
        return [self.template, values]

    @classmethod
    def unpacked(cls, packed: Any, depth: int = 0) -> "Sentence":
        """Return what was packed, or plain text, as a sentence.

        Raises:
            ValueError: It is something else.
        """
        match packed:
            case str(text):
                return cls(text)
            case [str(template), dict(values)] if depth < _MOST_NESTED:
                kept = {
                    str(name): value if isinstance(value, str) else cls.unpacked(value, depth + 1)
                    for name, value in values.items()
                }
                return cls(template, **kept)
        raise ValueError("no sentence")


def pack(value: object) -> Any:
    """Return a sentence for the encoder of a pipe, which knows no such type."""
    if isinstance(value, Sentence):
        return value.packed()
    raise NotImplementedError(type(value))


def unpack(_kind: type, value: Any) -> Sentence:
    """Return the sentence for its decoder.

    Raises:
        ValueError: It is none.
    """
    return Sentence.unpacked(value)


def joined(first: str, second: str) -> Sentence:
    """Return two sentences, one after the other; either may be empty."""
    if not (first and second):
        return Sentence.of(first or second)
    return Sentence("{first} {second}", first=Sentence.of(first), second=Sentence.of(second))


def counted(count: int, one: Sentence, more: Sentence, **values: object) -> Sentence:
    """Return what is said of one thing, or of another number of them, which is {count} in it."""
    return (one if count == 1 else more).about(count=count, **values)


def reason_of(error: OSError) -> Sentence:
    """Return why the system refused, as the end of a sentence without a full stop."""
    return Sentence(_REASONS.get(error.errno or 0) or error.strerror or str(error))


def _text(value: object) -> str:
    if isinstance(value, int):
        return f"{value:,}"
    return value if isinstance(value, str) else str(value)


def _filled(template: str, values: dict[str, str]) -> str:
    """Put values in, each once: no text that comes over a pipe can grow, and no value is taken for a template."""
    left = dict(values)
    return _NAME.sub(lambda match: left.pop(match[1], match[0]), template)
