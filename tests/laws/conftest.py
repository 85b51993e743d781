"""newcomers.py adds members to the registries: it runs in a process of its own."""

from __future__ import annotations

collect_ignore = ["newcomers.py"]
