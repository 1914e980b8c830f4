"""What the palette finds, as an item model: names at once, messages when the search has them."""

import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from heapq import nlargest
from itertools import chain
from typing import Any

from PySide6.QtCore import QAbstractListModel, QElapsedTimer, QModelIndex, QPersistentModelIndex, Qt, QTimer, Signal

from desktopchat.controllers.chat import ChatController
from desktopchat.controllers.palette_entries import (
    Entry,
    EntryKind,
    conversation_entry,
    model_entry,
    parameter_entries,
    prompt_entry,
    server_entries,
    setting_entries,
    values_typed,
)
from desktopchat.controllers.preferences import Preferences
from desktopchat.controllers.prompts import PromptLibrary
from desktopchat.controllers.search import ENTRY_ROLE as HIT_ROLE
from desktopchat.controllers.search import SearchModel
from desktopchat.controllers.tasks import TaskRunner
from desktopchat.core.errors import UserError
from desktopchat.core.fuzzy import Match, Names, Use, marks, score
from desktopchat.core.hit import Hit
from desktopchat.core.prompt_text import Prompt
from desktopchat.core.words import fold
from desktopchat.library.shelf import Library
from desktopchat.storage.conversations import ConversationStore
from desktopchat.storage.search import Search
from desktopchat.storage.state import PALETTE_USES

ENTRY_ROLE = Qt.ItemDataRole.UserRole + 1

_SHOWN = 30  # names
_MESSAGES = 10
_MOST_USES = 300  # that are remembered
_OFTEN, _LATEST = 6, 8  # rows of an empty palette
_SHORTEST_SEARCH = 2  # characters that are looked for in messages
_SLICE_MS = 2  # that are looked for names before the window gets its turn
_EXTRA = 25.0  # score of what is found by its help
_FIRST = {
    EntryKind.COMMAND: 6.0,
    EntryKind.PARAMETER: 4.0,
    EntryKind.SETTING: 2.0,
    EntryKind.MODEL: 2.0,
    EntryKind.PROMPT: 2.0,
}


@dataclass(frozen=True, slots=True)
class _Titles:
    """All conversations, the one last written in first."""

    names: Names
    rows: Sequence[tuple[int, str]]
    places: dict[int, int]

    @classmethod
    def of(cls, rows: Sequence[tuple[int, str]]) -> "_Titles":
        return cls(Names(title for _, title in rows), rows, {row[0]: place for place, row in enumerate(rows)})


class PaletteModel(QAbstractListModel):
    """The rows of the palette for what stands in its field.

    Args:
        titles: Reads the titles, on the thread of the searches.
        messages: Finds messages; nobody else uses it.
        library: Knows the models.
        clock: Seconds since the epoch.

    Attributes:
        searched: All names have been looked at; messages may still come.
    """

    searched = Signal()

    def __init__(
        self,
        chat: ChatController,
        preferences: Preferences,
        storage: TaskRunner,
        store: ConversationStore,
        searching: TaskRunner,
        titles: Search,
        messages: SearchModel,
        prompts: PromptLibrary,
        io: TaskRunner,
        library: Library,
        clock: Callable[[], float] = time.time,
    ) -> None:
        super().__init__(chat)
        self._chat = chat
        self._preferences = preferences
        self._storage = storage
        self._store = store
        self._searching = searching
        self._search = titles
        self._messages = messages
        self._library = prompts
        self._io = io
        self._shelf = library
        self._clock = clock
        self._text = ""
        self._commands: list[Entry] = []
        self._values: list[Entry] = []
        self._models: list[Entry] = []
        self._prompts: list[Entry] = []
        self._titles = _Titles.of(())
        self._stale = True  # the titles are no longer what they were
        self._reading = False
        self._uses: dict[str, Use] | None = None
        self._steps: Iterator[list[Match]] = iter(())
        self._found: list[Match] = []
        self._listed_found: list[tuple[float, Entry]] = []  # what is not a conversation, with its score
        self._names: list[Entry] = []  # the rows that are not messages
        self._rows: list[Entry] = []
        self._timer = QTimer(self)
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._on_timer_timeout)
        chat.conversations_changed.connect(self._on_chat_conversations_changed)
        messages.searched.connect(self._on_messages_searched)

    @property
    def searching(self) -> bool:
        """Whether more names are still looked at."""
        return self._timer.isActive()

    def open(self, commands: Sequence[Entry]) -> None:
        """Begin with an empty field.

        Args:
            commands: As they are now; those that cannot be used say why.
        """
        self._commands = list(commands)
        self._values = [*setting_entries(self._preferences), *parameter_entries(self._chat.sampling)]
        self.set_text("")
        if self._uses is None:
            self._storage.run(lambda: self._store.get_state(PALETTE_USES, {}), self._on_uses_read, _ignore)
        self._io.run(
            lambda: [model_entry(model) for model in self._shelf.models() if model.answers or model.facts.trouble],
            self._on_models_read,
            _ignore,
        )
        self._library.list(self._on_prompts_read)
        self._read_titles()

    def close(self) -> None:
        """End what is looked for."""
        self._timer.stop()
        self._messages.set_text("")

    def set_text(self, text: str) -> None:
        """Look for something else."""
        self._text = text
        self._messages.set_text(text if len(text.strip()) >= _SHORTEST_SEARCH else "")
        self._look_again()

    def finish(self) -> None:
        """Look at all names now: somebody who types fast has pressed Enter already."""
        while self.searching:
            self._on_timer_timeout()

    def use(self, entry: Entry) -> None:
        """Count that an entry was chosen, so that it comes earlier the next time."""
        if not entry.id or self._uses is None:
            return  # before the uses are known, writing them would lose the others
        uses, now = self._uses, self._clock()
        uses[entry.id] = uses.get(entry.id, Use(0.0, now)).again(now)
        kept = nlargest(_MOST_USES, uses.items(), key=lambda pair: pair[1].weight_at(now))
        self._uses = dict(kept)
        state = {name: (use.weight, use.at) for name, use in kept}
        self._chat.saving.keep(("palette",), lambda: self._store.set_state(PALETTE_USES, state))

    def apply(self, entry: Entry) -> None:
        """Give a setting or a parameter the value of its entry."""
        assert isinstance(entry.target, tuple)
        name, value = entry.target
        if entry.kind is EntryKind.SETTING:
            self._preferences.set(name, value)
        else:
            self._chat.set_sampling(self._chat.sampling.changed(**{name: value}))

    def rowCount(self, parent: QModelIndex | QPersistentModelIndex = QModelIndex()) -> int:  # noqa: B008
        """Return the number of rows."""
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: QModelIndex | QPersistentModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        """Return the name, what a screen reader says, or the Entry itself."""
        entry = self._rows[index.row()]
        if role == Qt.ItemDataRole.DisplayRole:
            return entry.name
        if role == Qt.ItemDataRole.AccessibleTextRole:
            return ", ".join(part for part in (entry.name, entry.key, entry.refused or entry.about) if part)
        return entry if role == ENTRY_ROLE else None

    # --- reading --------------------------------------------------------------------------------------------

    def _read_titles(self) -> None:
        if not self._stale or self._reading:
            return
        self._stale, self._reading = False, True
        self._searching.run(lambda: _Titles.of(self._search.titles()), self._on_titles_read, self._on_titles_failed)

    def _on_titles_read(self, titles: _Titles) -> None:
        self._reading = False
        self._titles = titles
        self._look_again()

    def _on_titles_failed(self, _error: UserError) -> None:
        self._reading, self._stale = False, True  # what the store cannot do is told where text is at stake

    def _on_models_read(self, models: list[Entry]) -> None:
        models = [*models, *server_entries(self._preferences)]
        if models != self._models:
            self._models = models
            self._look_again()

    def _on_prompts_read(self, prompts: list[Prompt]) -> None:
        entries = [prompt_entry(prompt) for prompt in prompts]
        if entries != self._prompts:
            self._prompts = entries
            self._look_again()

    def _on_uses_read(self, state: dict[str, tuple[float, float]]) -> None:
        self._uses = {name: Use(*values) for name, values in state.items()}
        self._look_again()

    def _on_chat_conversations_changed(self) -> None:
        self._stale = True

    def _look_again(self) -> None:
        self._listed_found = self._look_through_listed() if self._text.strip() else []
        self._found = []
        self._steps = self._titles.names.search(self._text, self._bonuses())
        self._timer.start()  # what this slice leaves is looked at when the window has nothing to do
        self._look_on()
        self._show()

    # --- finding --------------------------------------------------------------------------------------------

    def _look_on(self) -> None:
        """Look at more names, for a slice of time."""
        spent = QElapsedTimer()
        spent.start()
        for found in self._steps:
            self._found = found
            if spent.elapsed() >= _SLICE_MS:
                return
        self._timer.stop()

    def _on_timer_timeout(self) -> None:
        before = len(self._found)
        self._look_on()
        # Painting takes longer than looking on: what was found first is shown, and then what was found at all.
        if not (self.searching and before):
            self._show()
        if not self.searching:
            self.searched.emit()

    def _on_messages_searched(self) -> None:
        self._show_rows(self._names + self._in_messages())

    def _show(self) -> None:
        self._names = self._named() if self._text.strip() else self._first()
        self._show_rows(self._names + self._in_messages())

    def _show_rows(self, rows: list[Entry]) -> None:
        if rows != self._rows:
            self.beginResetModel()
            self._rows = rows
            self.endResetModel()

    def _bonuses(self) -> dict[int, float]:
        """Return what being used adds to conversations, by their places among the titles."""
        now, places = self._clock(), self._titles.places
        found = {}
        for name, use in (self._uses or {}).items():
            kind, _, number = name.partition(":")
            if kind == EntryKind.CONVERSATION and (place := places.get(int(number))) is not None:
                found[place] = use.bonus(now)
        return found

    def _named(self) -> list[Entry]:
        """Return what the typed words name, the best first."""
        rows = self._titles.rows
        found: list[tuple[float, Entry | int]] = [*self._listed_found]
        found += ((match.score, match.place) for match in self._found)
        best = (one for _, one in nlargest(_SHOWN, found, key=lambda pair: pair[0]))
        entries = (one if isinstance(one, Entry) else conversation_entry(*rows[one]) for one in best)
        marked = (replace(entry, marks=marks(entry.name, self._text)) for entry in entries)
        return [*values_typed(self._text), *marked]

    def _look_through_listed(self) -> list[tuple[float, Entry]]:
        words = fold(self._text).split()
        now, uses = self._clock(), self._uses or {}
        found: list[tuple[float, Entry]] = []
        for entry in self._listed():
            value = score(entry.plain, words)
            if not value and entry.extra and all(word in entry.extra for word in words):
                value = _EXTRA
            if value:
                use = uses.get(entry.id)
                found.append((value + _FIRST.get(entry.kind, 0.0) + (use.bonus(now) if use else 0.0), entry))
        return nlargest(_SHOWN, found, key=lambda pair: pair[0])

    def _listed(self) -> Iterator[Entry]:
        """Return all that is not a conversation."""
        return chain(self._commands, self._values, self._models, self._prompts)

    def _first(self) -> list[Entry]:
        """Return what is used most, then the conversations last written in, then the commands."""
        now, uses = self._clock(), self._uses or {}
        known = {entry.id: entry for entry in self._listed() if not entry.refused}
        for place in self._bonuses():
            entry = conversation_entry(*self._titles.rows[place])
            known[entry.id] = entry
        used = sorted((name for name in uses if name in known), key=lambda name: -uses[name].weight_at(now))
        often = [known[name] for name in used[:_OFTEN]]
        latest = [conversation_entry(*row) for row in self._titles.rows[:_LATEST]]
        rest = (entry for entry in (*latest, *self._commands) if not entry.refused and entry not in often)
        return [*often, *rest]

    def _in_messages(self) -> list[Entry]:
        if len(self._text.strip()) < _SHORTEST_SEARCH:
            return []
        model = self._messages
        hits = (model.index(row).data(HIT_ROLE) for row in range(model.rowCount()))
        found = [hit for hit in hits if isinstance(hit, Hit) and hit.message_id is not None][:_MESSAGES]
        return [
            Entry(
                EntryKind.MESSAGE,
                hit.text.text,
                hit.title.text,
                hit,
                marks=tuple(place for start, end in hit.text.marks for place in range(start, end)),
            )
            for hit in found
        ]


def _ignore(_error: UserError) -> None:
    """What is remembered of uses, and a folder that cannot be read, are a comfort; the rest is found all the same."""
