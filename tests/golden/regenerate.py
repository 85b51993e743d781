"""Write the golden manifests anew: ``python tests/golden/regenerate.py``, then read the diff."""

from __future__ import annotations

import sys
from pathlib import Path

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE), str(HERE.parents[1])]

if __name__ == "__main__":
    from manifest_facts import GOLDEN

    from scrubber.manifest import seal

    for name, (facts, ledger) in GOLDEN.items():
        (HERE / f"manifest-{name}.json").write_bytes(seal(facts, ledger).to_bytes())
