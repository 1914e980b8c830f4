"""A database with as many made-up messages as one likes: the ground on which the store is measured."""

import itertools
import random
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from desktopchat.storage.connection import open_connection
from desktopchat.storage.database import Database

LONG = 10_000  # messages of the one long conversation, where there are enough
_TURNS = 10  # questions of the other conversations
_FORKED = 50  # one conversation out of so many has a second answer to its first question
_CHINESE = 10  # and one out of so many is Chinese
_SECONDS = 90.0  # between two messages: a million of them take three years
_BEGIN = 1_650_000_000.0  # when the first one was written
_BATCH = 500  # conversations in one transaction

_COMMON = """
    the of and to a in is it you that he was for on are with as I his they be at one have this from or had by but
    what some we can out other were all there when up use your how said an each she which do their time if will way
    about many then them would write like so these her long make thing see him two has look more day could go come
    did number sound no most people my over know water than call first who may down side been now find any new work
    part take get place made live where after back little only round man year came show every good me give our under
"""
_HAN = (
    "的一是不了在人有我他这个们中来上大为和国地到以说时要就出会可也你对生能而子那得于着下自之年过发后作里用道行所然家种事成方多经么去"
    "法学如都同现当没动面起看定天分还进好小部其些主样理心她本前开但因只从想实日军者意无力它与长把机十民第公此已工使情明性知全三又关点"
    "正业外将两高间由问很最重并物手应战向头文体政美相见被利什二等产或新己制身果加西斯月话合回特代内信表化老给世位次度门任常先海通教"
    "儿原东声提立及比员解水名真论处走义各入几口认条平系气题活尔更别打女变四神总何电数安少报才结反受目太量再感建务做接必场件计管期市"
)


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What was built.

    Attributes:
        long_id: The conversation with LONG messages; None when there are too few.
        rare_word: A word that occurs a few times.
    """

    messages: int
    conversations: int
    long_id: int | None
    rare_word: str


class Texts:
    """Made-up sentences. Words and characters are as unevenly frequent as in real texts (Zipf's law)."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed)
        self.vocabulary = [*_COMMON.split(), *self._made_words(40_000)]
        self._weights = list(itertools.accumulate(1 / (rank + 2.7) for rank in range(len(self.vocabulary))))
        tail = [chr(code) for code in range(0x4E00, 0x4E00 + 4000) if chr(code) not in _HAN]
        self._characters = [*dict.fromkeys(_HAN), *tail]
        self._character_weights = list(itertools.accumulate(1 / (rank + 20) for rank in range(len(self._characters))))

    @property
    def rare_word(self) -> str:
        """A word that a text in two thousand has."""
        return self.vocabulary[20_000]

    def english(self, least: int, most: int) -> str:
        """Return so many words."""
        count = self._random.randint(least, most)
        chosen = self._random.choices(self.vocabulary, cum_weights=self._weights, k=count)
        return f"{' '.join(chosen[: count // 2])}, {' '.join(chosen[count // 2 :])}."

    def chinese(self, least: int, most: int) -> str:
        """Return so many characters."""
        count = self._random.randint(least, most)
        chosen = self._random.choices(self._characters, cum_weights=self._character_weights, k=count)
        return f"{''.join(chosen[: count // 2])}，{''.join(chosen[count // 2 :])}。"

    def _made_words(self, count: int) -> list[str]:
        beginnings = [*"bcdfghlmnprstvw", "tr", "st", "pl", "ch", "sh"]
        vowels, ends = [*"aeiou", "ea", "ou"], ["", *"nrslt"]
        syllables = ["".join(parts) for parts in itertools.product(beginnings, vowels, ends)]
        made: dict[str, None] = {}
        while len(made) < count:
            made["".join(self._random.choices(syllables, k=self._random.choice((1, 2, 2, 3, 3))))] = None
        return list(made)


def build(path: Path, messages: int, seed: int = 0) -> StoreFacts:
    """Fill a new database through its own triggers.

    Args:
        path: The file; it must not exist.
        messages: How many at least; the last conversation is made whole.
    """
    Database(path).close()
    texts = Texts(seed)
    connection = open_connection(path)
    connection.execute("PRAGMA synchronous = OFF")
    connection.execute("INSERT INTO model (id, name) VALUES (1, 'tiny-1b'), (2, 'large-70b')")
    rows = _conversations(texts, messages)
    while batch := list(itertools.islice(rows, _BATCH)):
        with connection:
            connection.executemany(
                "INSERT INTO conversation (id, title, created_at, updated_at, tip_id) VALUES (?, ?, ?, ?, ?)",
                (conversation for conversation, _turns in batch),
            )
            connection.executemany(
                "INSERT INTO message (id, conversation_id, parent_id, role, content, state, created_at, model_id)"
                " VALUES (?, ?, ?, ?, ?, 'complete', ?, ?)",
                (message for _conversation, turns in batch for message in turns),
            )
    [(count, conversations)] = connection.execute(
        "SELECT (SELECT count(*) FROM message WHERE role <> 'root'), (SELECT count(*) FROM conversation)"
    )
    connection.close()
    return StoreFacts(count, conversations, 1 if messages >= 2 * LONG else None, texts.rare_word)


_Row = tuple[object, ...]


def _conversations(texts: Texts, messages: int) -> Iterator[tuple[_Row, list[_Row]]]:
    """Return rows of conversations, each with the rows of its messages."""
    message_id = 0
    for conversation_id in itertools.count(1):
        if message_id >= messages:
            return
        turns = LONG // 2 if conversation_id == 1 and messages >= 2 * LONG else _TURNS
        chinese = conversation_id % _CHINESE == 0
        begun = _BEGIN + message_id * _SECONDS
        title = texts.chinese(4, 14) if chinese else texts.english(2, 8)
        parent_id, rows = -conversation_id, []
        for turn in range(turns):
            answers = 2 if turn == 0 and conversation_id % _FORKED == 0 else 1
            question = texts.chinese(4, 20) if chinese else texts.english(4, 14)
            question_id = message_id = message_id + 1
            rows.append(
                (question_id, conversation_id, parent_id, "user", question, _BEGIN + message_id * _SECONDS, None)
            )
            for _ in range(answers):
                answer = texts.chinese(10, 80) if chinese else texts.english(10, 40)
                message_id += 1
                model_id = 2 if conversation_id % 100 == 0 else 1
                at = _BEGIN + message_id * _SECONDS
                rows.append((message_id, conversation_id, question_id, "assistant", answer, at, model_id))
            parent_id = message_id
        yield (conversation_id, title, begun, _BEGIN + message_id * _SECONDS, message_id), rows
