import sys
from pathlib import Path

# packaging/dev.py finds its modules the same way. The folder itself is no package: it would hide the real `packaging`.
sys.path.insert(0, str(Path(__file__).resolve().parents[3] / "packaging"))
