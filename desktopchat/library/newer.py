"""Newer versions of files that are here: the hub has another content under the same name by now."""

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Thread

from desktopchat.core.errors import GatedError, HubError, HubTokenError
from desktopchat.core.hub import HubRepo
from desktopchat.core.hub_file import HubFile
from desktopchat.core.local_model import LocalModel, Origin
from desktopchat.library.download import FileDownload
from desktopchat.library.part import Record
from desktopchat.library.shelf import Library
from desktopchat.library.space import require_room
from desktopchat.library.speed_limit import SpeedLimit
from desktopchat.library.trash import exchange
from desktopchat.network.fetching import Fetcher

_STEP = 0.1  # seconds between two reports
_BESIDE = ".newer.gguf"


@dataclass(frozen=True, slots=True)
class Newer:
    """A model of which the hub has a newer version.

    Attributes:
        files: Those that are other ones by now: where each lies, and what the hub has.
    """

    model: LocalModel
    files: tuple[tuple[Path, HubFile], ...]

    @property
    def size(self) -> int:
        """Bytes that are to be fetched."""
        return sum(file.size for _path, file in self.files)


def newer(
    models: Iterable[LocalModel],
    ask: Callable[[str], HubRepo],
    heard: Callable[[str, float], None] = lambda _repo, _share: None,
) -> list[Newer]:
    """Ask the hub about the models that came from it.

    Args:
        ask: Returns what is in a repository now.
        heard: Called with each repository, and how many have been asked for, from 0 to 1.

    Raises:
        NetworkError: The hub cannot be asked. A repository that is no longer there has nothing newer.
    """
    kept = [(model, _records(model)) for model in models if model.origin is Origin.OWN]
    repos = sorted({file.repo for _model, records in kept for _path, file in records})
    known: dict[tuple[str, str], HubFile] = {}
    for number, name in enumerate(repos):
        heard(name, number / len(repos))
        try:
            repo = ask(name)
        except (GatedError, HubTokenError):
            raise
        except HubError:
            continue
        files = (*(file for variant in repo.variants for file in variant.files), *repo.projectors, *repo.others)
        known |= {(name, file.path): file for file in files}
    found = []
    for model, records in kept:
        changed = tuple(
            (path, now)
            for path, file in records
            if (now := known.get((file.repo, file.path))) and now.sha256 and now.sha256 != file.sha256
        )
        if changed:
            found.append(Newer(model, changed))
    return found


def renew(
    library: Library,
    one: Newer,
    make_fetcher: Callable[[], Fetcher],
    limit: SpeedLimit,
    heard: Callable[[float], None] = lambda _share: None,
) -> None:
    """Fetch newer files beside those that are here; when all are right they take their places.

    Args:
        heard: Called now and then with how much is done, from 0 to 1; what it raises ends this, and what came is kept.

    Raises:
        UserError: They cannot be had; what is here stays.
    """
    require_room(library.folder, one.size)
    done, arrived = 0, []
    for path, file in one.files:
        beside = path.with_name(f"{path.name.removesuffix('.gguf')}{_BESIDE}")
        download = FileDownload(file, beside, make_fetcher(), limit)
        for here in _run(download):
            heard((done + here) / one.size)
        done += file.size
        arrived.append((path, beside))
    exchange(library, one.model.called, arrived)


def _records(model: LocalModel) -> list[tuple[Path, HubFile]]:
    """Return the files of a model that came from a hub with a hash."""
    found = ((Path(path), Record.of(Path(path))) for path in model.files)
    return [(path, record.file) for path, record in found if record is not None and record.file.sha256]


def _run(download: FileDownload) -> Iterator[int]:
    """Fetch a file, and yield now and then how many bytes are here; who listens no longer ends it."""
    failed: list[BaseException] = []

    def work() -> None:
        try:
            download.run()
        except BaseException as error:
            failed.append(error)

    thread = Thread(target=work, name="newer")
    thread.start()
    try:
        while thread.is_alive():
            thread.join(_STEP)
            yield download.done
    finally:
        download.stop()
        thread.join()
    if failed:
        raise failed[0]
