"""Gives a file a name that nothing else has."""

import os
import sys
from pathlib import Path


def give_name(path: Path, target: Path) -> None:
    """Give a file a name that is free, even if something is called so only now.

    Raises:
        FileExistsError: It is not free.
    """
    if sys.platform != "win32":  # which refuses by itself
        try:
            os.link(path, target, follow_symlinks=False)
        except FileExistsError:
            raise
        except OSError:  # not every file system has links
            if os.path.lexists(target):
                raise FileExistsError(target) from None
        else:
            path.unlink()
            return
    path.rename(target)
