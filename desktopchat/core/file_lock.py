"""A lock of the system on an open file, which ends with the process that holds it."""

import os
import sys

_FAR = 1 << 62  # where Windows locks a byte, so that the file itself can be read

if sys.platform == "win32":
    import msvcrt

    def lock(file: int) -> None:
        """Take the lock, or fail at once.

        Raises:
            OSError: Somebody has it.
        """
        place = os.lseek(file, 0, os.SEEK_CUR)
        os.lseek(file, _FAR, os.SEEK_SET)
        try:
            msvcrt.locking(file, msvcrt.LK_NBLCK, 1)
        finally:
            os.lseek(file, place, os.SEEK_SET)
else:
    import fcntl

    def lock(file: int) -> None:
        """Take the lock, or fail at once.

        Raises:
            OSError: Somebody has it.
        """
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
