"""A question for a worker process: what it lets others see of it."""

from __future__ import annotations

import ctypes
import os
import resource
from dataclasses import dataclass
from typing import Any

GET_DUMPABLE = 3


@dataclass(frozen=True)
class Settings:
    """As a look, which workers answer."""

    size: int = 0

    def by(self, bench: Any) -> dict[str, Any]:
        del bench
        return settings()


def settings() -> dict[str, Any]:
    return {
        "core": resource.getrlimit(resource.RLIMIT_CORE)[0],
        "dumpable": ctypes.CDLL(None).prctl(GET_DUMPABLE, 0, 0, 0, 0),
        "environment": sorted(os.environ),
        "values": list(os.environ.values()),
    }
