"""Which keys each command has now: those of a preset, and those that the person chose instead."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from desktopchat.commands.command import Command
from desktopchat.commands.keys import Refusal, normal_key, refusal
from desktopchat.commands.presets import DEFAULT, PRESETS
from desktopchat.commands.registry import COMMANDS, key_conflicts, shares_keys


@dataclass(frozen=True, slots=True)
class Refused:
    """A key that a command was to have and has not."""

    command: Command
    key: str
    why: Refusal


@dataclass(frozen=True, slots=True)
class Lost:
    """A key that a command has not, because another one was given it."""

    command: Command
    key: str
    to: Command


class Keymap:
    """The keys of all commands. It does not change: what changes keys returns another one.

    Args:
        preset: A name of `presets.PRESETS`.
        chosen: Keys by the id of a command, in place of those of the preset. Ids of no command are kept.
        mac: Whether this is macOS.

    Attributes:
        commands: All commands, with the keys that they have now.
        refused: Chosen keys that cannot be had.
        lost: Keys that went to another command, which the person chose them for.
    """

    def __init__(
        self,
        preset: str = DEFAULT,
        chosen: Mapping[str, Iterable[str]] | None = None,
        *,
        mac: bool = False,
        commands: Sequence[Command] = COMMANDS,
    ) -> None:
        self.preset = preset
        self.mac = mac
        self.chosen = {command_id: tuple(keys) for command_id, keys in (chosen or {}).items()}
        self._declared = tuple(commands)
        self._places = {command.id: place for place, command in enumerate(commands)}
        wished: list[Command] = []
        refused: list[Refused] = []
        for command in commands:
            keys = list(self.preset_keys(command.id))
            if command.id in self.chosen:
                keys = []
                for text in self.chosen[command.id]:
                    key = normal_key(text)
                    if why := refusal(key, command, mac=mac):
                        refused.append(Refused(command, text, why))
                    elif key not in keys:
                        keys.append(key)
            wished.append(replace(command, keys=tuple(keys)))
        self.refused = tuple(refused)
        self.commands, self.lost = self._settled(wished)

    def _settled(self, wished: list[Command]) -> tuple[tuple[Command, ...], tuple[Lost, ...]]:
        """Leave each key to one command: the one it was chosen for, else the first."""
        lost = []
        for key, first, second in key_conflicts(wished):
            keeps, loses = (second, first) if second in self.chosen and first not in self.chosen else (first, second)
            place = self._places[loses]
            keys = tuple(one for one in wished[place].keys if one.casefold() != key.casefold())
            wished[place] = replace(wished[place], keys=keys)
            lost.append(Lost(wished[place], key, wished[self._places[keeps]]))
        return tuple(wished), tuple(lost)

    def __getitem__(self, command_id: str) -> Command:
        return self.commands[self._places[command_id]]

    def preset_keys(self, command_id: str) -> tuple[str, ...]:
        """Return the keys that a command has in the preset."""
        command = self._declared[self._places[command_id]]
        preset = PRESETS[self.preset]
        swap = self.mac and preset.control
        own = command.mac_keys if self.mac and command.mac_keys is not None else command.keys
        keys = (*preset.instead.get(command_id, ()), *preset.added.get(command_id, ()))
        if swap:
            keys = tuple(key.replace("Ctrl+", "Meta+") for key in keys)
        return keys if command_id in preset.instead else tuple(dict.fromkeys((*own, *keys)))

    def others(self, key: str, command_id: str) -> tuple[Command, ...]:
        """Return the other commands that a key would reach too if a command had it."""
        scope = self[command_id].scope
        return tuple(
            other
            for other in self.commands
            if other.id != command_id
            and shares_keys(scope, other.scope)
            and key.casefold() in [own.casefold() for own in other.keys]
        )

    def with_key(self, command_id: str, key: str) -> "Keymap":
        """Return the keys with one more for a command; what had it loses it."""
        chosen = dict(self.chosen)
        for other in self.others(key, command_id):
            chosen[other.id] = tuple(own for own in other.keys if own.casefold() != key.casefold())
        chosen[command_id] = tuple(dict.fromkeys((*self[command_id].keys, key)))
        return self._changed(chosen)

    def without_keys(self, command_id: str) -> "Keymap":
        """Return the keys with none for a command."""
        return self._changed({**self.chosen, command_id: ()})

    def as_preset(self, command_id: str) -> "Keymap":
        """Return the keys with those of the preset for a command; what has one of them now loses it."""
        chosen = {other: keys for other, keys in self.chosen.items() if other != command_id}
        for key in self.preset_keys(command_id):
            for other in self.others(key, command_id):
                chosen[other.id] = tuple(own for own in other.keys if own.casefold() != key.casefold())
        return self._changed(chosen)

    def with_preset(self, preset: str) -> "Keymap":
        """Return the keys of another preset, with those that were chosen by hand."""
        return Keymap(preset, self.chosen, mac=self.mac, commands=self._declared)

    def _changed(self, chosen: Mapping[str, tuple[str, ...]]) -> "Keymap":
        # What is as in the preset is not written down: it follows the preset.
        kept = {
            command_id: keys
            for command_id, keys in chosen.items()
            if command_id not in self._places or keys != self.preset_keys(command_id)
        }
        return Keymap(self.preset, kept, mac=self.mac, commands=self._declared)
