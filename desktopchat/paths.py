"""Where desktopchat keeps its files. The only module that imports platformdirs."""

import os
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from desktopchat.core.errors import DataFolderError

DATA_DIR_VARIABLE = "DESKTOPCHAT_DATA_DIR"
_PORTABLE = "data"  # a folder of this name beside an installed program keeps everything


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one profile, all absolute.

    Attributes:
        data: The database and what belongs to it.
        config: The settings file.
        logs: Log files.
        models: Where models are looked for and downloaded to.
        own: They are the platform's folders for this program, which nobody else has a use for.
        portable: They lie beside the program, and nothing is to be written elsewhere.
    """

    data: Path
    config: Path
    logs: Path
    models: Path
    own: bool = False
    portable: bool = False

    @classmethod
    def resolve(cls, data_dir: Path | None = None) -> "Paths":
        """Choose them: `data_dir`, else DESKTOPCHAT_DATA_DIR, else that beside the program, else the platform's."""
        if data_dir is None and (given := os.environ.get(DATA_DIR_VARIABLE)):
            data_dir = Path(given)
        if data_dir is not None:
            root = Path(os.path.abspath(data_dir.expanduser()))  # noqa: PTH100, resolve() would follow links
            return cls(root, root, root / "logs", root / "models")
        if (beside := _folder_beside()) is not None:
            return cls(beside, beside, beside / "logs", beside / "models", portable=True)
        # Imported here because a start with --data-dir or --version needs none of it.
        from platformdirs import PlatformDirs

        dirs = PlatformDirs("desktopchat", appauthor=False)
        return cls(dirs.user_data_path, dirs.user_config_path, dirs.user_log_path, dirs.user_data_path / "models", True)

    @property
    def database(self) -> Path:
        """The file that holds every conversation."""
        return self.data / "desktopchat.db"

    @property
    def states(self) -> Path:
        """Where the engine keeps what it has read of conversations."""
        return self.data / "states"

    @property
    def prompts(self) -> Path:
        """Where prompts are kept, one a file."""
        return self.data / "prompts"

    @property
    def personas(self) -> Path:
        """Where personas are kept, one a file."""
        return self.data / "personas"

    @property
    def backends(self) -> Path:
        """Where the person's own backends lie, and what came of trying all of them."""
        return self.data / "backends"

    @property
    def settings_file(self) -> Path:
        """The TOML file that the person may edit."""
        return self.config / "settings.toml"

    @property
    def keys_file(self) -> Path:
        """The TOML file with the keys that the person chose."""
        return self.config / "keys.toml"

    @property
    def connections_file(self) -> Path:
        """Where every connection is written down before it is made."""
        return self.logs / "connections.jsonl"

    @property
    def downloads_file(self) -> Path:
        """Where the downloads of the window are kept."""
        return self.data / "downloads.json"

    @property
    def library_file(self) -> Path:
        """Where it is kept which models are shown besides our own, and how they are called."""
        return self.data / "library.json"

    @property
    def headers_file(self) -> Path:
        """Where the headers of models that were read are kept."""
        return self.data / "headers.json"

    def create(self) -> None:
        """Make the folders, readable by their owner alone, and try that the data folder can be written.

        Raises:
            DataFolderError: A folder cannot be made, or the data folder not be written.
        """
        folder = self.data
        try:
            for folder in (self.data, self.config, self.logs, self.models):
                folder.mkdir(mode=0o700, parents=True, exist_ok=True)
                # A folder of somebody's choice that is there already keeps its mode: it may be shared on purpose.
                if self.own:
                    folder.chmod(0o700)
            folder = self.data
            with tempfile.TemporaryFile(dir=folder) as probe:
                probe.write(b"x")
                probe.flush()
        except OSError as error:
            raise DataFolderError(
                f"The folder {folder} cannot be used: {error.strerror or error}.",
                "Make it writable, or choose another folder with --data-dir.",
                str(error),
            ) from error


def _folder_beside() -> Path | None:
    """Return the folder beside an installed program that is to keep everything; None where there is none."""
    if not getattr(sys, "frozen", False):
        return None
    folder = Path(sys.executable).parent / _PORTABLE
    return folder if folder.is_dir() else None


def private_umask() -> None:
    """Keep every file that this process makes from now on to its owner, whatever the umask was."""
    os.umask(0o077)
