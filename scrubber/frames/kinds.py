"""Recognition of the caller's objects without importing their libraries."""

from __future__ import annotations

import sys


def is_a(data: object, module: str, name: str) -> bool:
    """isinstance without importing the module `module`."""
    loaded = sys.modules.get(module)
    kind = getattr(loaded, name, None)
    return kind is not None and isinstance(data, kind)
