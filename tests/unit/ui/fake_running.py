"""What the fakes of controllers share."""

from collections.abc import Callable
from pathlib import Path
from typing import Any

from desktopchat.controllers.keys import KeyController
from desktopchat.controllers.preferences import Preferences
from desktopchat.core.errors import UserError
from desktopchat.library.shelf import Library
from desktopchat.settings.file import Settings
from desktopchat.settings.key_file import KeyFile

NOWHERE = Path("nowhere")  # a folder that is not there: nothing was chosen


class InlineRunner:
    """Does at once what another thread would."""

    def run(
        self,
        work: Callable[[], Any],
        done: Callable[[Any], None] | None = None,
        failed: Callable[[UserError], None] | None = None,
    ) -> None:
        try:
            result = work()
        except UserError as error:
            if failed is None:
                raise
            failed(error)
        else:
            if done is not None:
                done(result)


def keys_in(folder: Path, *, mac: bool = False) -> KeyController:
    """Return the keys as the files of a folder say."""
    runner = InlineRunner()
    preferences = Preferences(Settings.load(folder / "settings.toml"), runner)
    return KeyController(preferences, KeyFile.load(folder / "keys.toml"), runner, mac=mac)


def library_in(folder: Path) -> Library:
    """Return the models below a folder; headers are kept there too."""
    return Library(folder / "models", folder / "library.json", folder / "headers.json", folder / "home")
