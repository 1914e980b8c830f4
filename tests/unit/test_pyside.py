"""PySide6 must keep the reference counts of None, True and False.

6.12.0 on Python 3.11 loses one with every call; after some thousand calls the interpreter ends itself.
"""

import subprocess
import sys

import pytest

# In a process of its own, because a broken build takes its process along. The spare references keep that
# one alive until it has said what it saw.
_PROBE = """
import os, sys
from PySide6.QtCore import QCoreApplication, QObject, QTimer, Signal

class Sender(QObject):
    sent = Signal(int)

app, sender, timer = QCoreApplication([]), Sender(), QTimer()
sender.sent.connect(lambda number: None)
calls = [lambda: timer.setInterval(5), timer.isActive, timer.stop, lambda: sender.sent.emit(1), app.processEvents]
constants = (None, True, False)
spare = [[constant] * 10_000 for constant in constants]
before = [sys.getrefcount(constant) for constant in constants]
for call in calls:
    for _ in range(200):
        call()
print(*(sys.getrefcount(constant) - count for constant, count in zip(constants, before)), flush=True)
os._exit(0)
"""


@pytest.mark.skipif(sys.version_info >= (3, 12), reason="None, True and False are immortal from Python 3.12 on")
def test_reference_counts_of_constants_stay() -> None:
    result = subprocess.run([sys.executable, "-c", _PROBE], capture_output=True, text=True, timeout=60, check=True)
    drifts = [int(drift) for drift in result.stdout.split()]
    assert len(drifts) == 3
    # 200 calls that lose a reference each would show as -200; caches that fill take or give a few.
    assert all(abs(drift) < 100 for drift in drifts), f"None, True and False drifted by {drifts} in 1,000 calls"
