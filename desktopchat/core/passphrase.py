"""The passphrase of the store. Its letters appear in no log, no traceback and no command line."""

import unicodedata
from dataclasses import dataclass


@dataclass(frozen=True, slots=True, repr=False)
class Passphrase:
    """What opens an encrypted store. Letters with marks are the same however a keyboard composes them.

    Attributes:
        text: As it was typed.
    """

    text: str

    def __post_init__(self) -> None:
        object.__setattr__(self, "text", unicodedata.normalize("NFC", self.text))

    def __repr__(self) -> str:
        return "Passphrase(…)"

    def hex(self) -> str:
        """Return its UTF-8 as hexadecimal digits."""
        return self.text.encode("utf-8", "surrogatepass").hex()
