"""The rule packs that ship with the program, named ``pack:hipaa-safe-harbor`` and the like."""

from __future__ import annotations

from pathlib import Path

from scrubber.errors import Mark, Problem
from scrubber.policy.syntax.report import did_you_mean

PREFIX = "pack:"
_FOLDER = Path(__file__).parents[1] / "packs"


def pack_names() -> tuple[str, ...]:
    """The names of all packs, with their prefix, in order."""
    return tuple(sorted(PREFIX + path.stem for path in _FOLDER.glob("*.yaml")))


def file_of(name: str, folder: Path) -> Path:
    """The file that `name` means: a pack's own, else the path, relative to `folder`. It may be
    missing."""
    if name.startswith(PREFIX):
        return _FOLDER / f"{name.removeprefix(PREFIX)}.yaml" if name in pack_names() else Path(name)
    return folder / name


def missing_pack(name: str, mark: Mark) -> Problem:
    """The problem for an unknown pack."""
    hint = did_you_mean(name, pack_names()) or f"there are {', '.join(pack_names())}"
    return Problem(mark, "include-missing", "there is no such rule pack", hint)
