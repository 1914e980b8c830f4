"""Titles of conversations: the question to the model, and whether its answer is one."""

import re

from desktopchat.core.chat import ChatMessage, Role

MAX_LENGTH = 60  # characters
_MAX_WORDS = 9
_EXCERPT = 600  # characters of each message that the model is shown
_LABEL = re.compile(
    r"^\s*(?:(?:title|topic|titel|titre|título|标题|題目|タイトル)\s*[:：]"
    r"|(?:the|this) (?:conversation|topic|title) is(?: about)?\b)\s*",
    re.IGNORECASE,
)


def question(asked: str, answered: str) -> tuple[ChatMessage, ...]:
    """Return the turns that ask for a title of a conversation that began so."""
    text = (
        "Name the topic of this conversation in two to six words, in its own language."
        " Write the words alone, without quotes or a full stop.\n\n"
        f"User: {asked.strip()[:_EXCERPT]}\n\nAssistant: {answered.strip()[:_EXCERPT]}"
    )
    return (ChatMessage(Role.USER, text),)


def title_in(answer: str, asked: str, answered: str) -> str:
    """Return the title in the answer to `question`; empty when it is none that one would want to read.

    Small models often greet, explain or go on with the conversation instead. So a title is short, one line, and has
    a word, or a part of a word, in common with what it names.
    """
    line = next((line for line in answer.splitlines() if line.strip()), "")
    title = _LABEL.sub("", line).strip().strip("\"'“”„«»‘’*#`").strip().rstrip(".。:：").strip()
    title = title[:1].upper() + title[1:]
    words = title.split()
    if not 2 <= len(title) <= MAX_LENGTH or len(words) > _MAX_WORDS or title.endswith(("?", "？", "!", "！")):
        return ""
    text = f"{asked} {answered}".casefold()
    stems = [stem for word in words for stem in _stems(word.casefold())]
    return title if any(stem in text for stem in stems) else ""


def _stems(word: str) -> list[str]:
    """Return what of a word must be found for it to count: its first four letters, or any two Chinese characters."""
    letters = "".join(letter for letter in word if letter.isalnum())
    if any("\u2e80" <= letter <= "\u9fff" or "\u3040" <= letter <= "\u30ff" for letter in letters):
        return [letters[place : place + 2] for place in range(len(letters) - 1)]
    return [letters[:4]] if len(letters) > 3 else []
