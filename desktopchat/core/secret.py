"""A key of somebody's account. Its letters appear in no log, no traceback and no command line."""

from dataclasses import dataclass

from desktopchat.core.errors import UserError

_MOST = 4096  # characters


@dataclass(frozen=True, slots=True, repr=False)
class Secret:
    """What a server knows a person by.

    Attributes:
        text: As it was given.
    """

    text: str

    @classmethod
    def typed(cls, text: str) -> "Secret":
        """Take what a person typed or pasted.

        Raises:
            UserError: It cannot be a key.
        """
        text = text.strip()
        if not text or len(text) > _MOST or not (text.isascii() and text.isprintable()) or " " in text:
            raise UserError("That is no key.", "Paste the key of your account, all of it and nothing else.")
        return cls(text)

    def __repr__(self) -> str:
        return "Secret(…)"
