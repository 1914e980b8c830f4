#!/usr/bin/env python3
"""Set desktopchat up in .venv, then start it or test it. Needs Python 3.11 or later and nothing else.

python3 packaging/dev.py run     start the app
python3 packaging/dev.py test    run every check and test
python3 packaging/dev.py package make what people install; with --test try it too
python3 packaging/dev.py lock    choose the versions of all dependencies anew
"""

import sys


def main() -> int:
    # This file alone must be readable by every Python 3, so that an old one gets a sentence and no traceback.
    if sys.version_info < (3, 11):  # noqa: UP036
        sys.exit("desktopchat needs Python 3.11 or later; this is {}.{}.".format(*sys.version_info))
    from devtools.cli import run

    return run(sys.argv[1:])


if __name__ == "__main__":
    sys.exit(main())
