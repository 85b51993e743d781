"""The ledger of a privacy budget: what noisy releases have spent, and the releases themselves."""

from __future__ import annotations

import fcntl
import json
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

from scrubber.errors import GateError, InputError, Place
from scrubber.model.aggregates import Budget
from scrubber.storage.atomic import PRIVATE, write_whole

_FORM = "scrubber/budget/v1"


@dataclass(frozen=True)
class Spent:
    """A release as the ledger keeps it: what it spent, and its content."""

    content: dict[str, Any]
    repeated: bool


def spend(
    budget: Budget,
    identity: str,
    name: str,
    cost: tuple[float, float],
    release: Callable[[], dict[str, Any]],
) -> Spent:
    """The release called `identity`: the stored one, or else a new one, which spends `cost`.

    The ledger is locked meanwhile. Epsilon and delta add up over all its releases (basic
    composition: Dwork and Roth 2014, theorem 3.16). A new release is stored before it is returned,
    so a run that fails afterwards finds it again and spends nothing more.

    Raises: GateError ``budget-spent`` where the release would exceed the budget; InputError
    ``bad-budget`` for a ledger that is none, or that was there once and is gone; OutputError where
    it cannot be written.
    """
    path = Path(budget.file)
    with _locked(path) as lock:
        ledger = _read(path, used=os.fstat(lock).st_size > 0)
        for entry in ledger["releases"]:
            if entry["id"] == identity:
                return Spent(entry["content"], repeated=True)
        _refuse_overspent(budget, ledger, name, cost)
        content = release()
        entry = {"id": identity, "name": name, "epsilon": cost[0], "delta": cost[1]}
        ledger["releases"].append({**entry, "content": content})
        text = json.dumps(ledger, ensure_ascii=False, indent=1)
        write_whole(path, text.encode(), replace=lambda _: None, mode=PRIVATE, parents=True)
        os.pwrite(lock, b"used\n", 0)
    return Spent(content, repeated=False)


def _refuse_overspent(
    budget: Budget, ledger: dict[str, Any], name: str, cost: tuple[float, float]
) -> None:
    for word, most, more in zip(
        ("epsilon", "delta"), (budget.epsilon, budget.delta), cost, strict=True
    ):
        spent = sum((_exact(entry[word]) for entry in ledger["releases"]), Fraction())
        if spent + _exact(more) > _exact(most):
            raise GateError(
                "budget-spent",
                f"{name} needs {word} {more:g}, and {float(spent):g} of {most:g} is spent",
                place=Place(file=budget.file),
                hint="use the releases that there are, or ask for less",
            )


def _exact(number: float) -> Fraction:
    return Fraction(repr(number))


def _read(path: Path, *, used: bool) -> dict[str, Any]:
    if not path.exists() and used:
        text = "the ledger of the budget is gone, and with it what was spent"
        hint = f"restore it, or remove {_lock_of(path).name} beside it to begin a new budget"
        raise InputError("bad-budget", text, place=Place(file=str(path)), hint=hint)
    if not path.exists():
        return {"form": _FORM, "releases": []}
    try:
        ledger = json.loads(path.read_bytes())
        right = ledger["form"] == _FORM and all(
            isinstance(entry["id"], str)
            and isinstance(entry["content"], dict)
            and all(isinstance(entry[word], int | float) for word in ("epsilon", "delta"))
            and entry["epsilon"] > 0 <= entry["delta"]
            for entry in ledger["releases"]
        )
    except (OSError, ValueError, KeyError, TypeError):
        right = False
    if not right:
        text = "this is no ledger of a privacy budget"
        raise InputError("bad-budget", text, place=Place(file=str(path)))
    return ledger  # type: ignore[no-any-return]


def _lock_of(path: Path) -> Path:
    return path.with_name(f".{path.name}.lock")


@contextmanager
def _locked(path: Path) -> Iterator[int]:
    """Hold the lock of the ledger, a file beside it that says whether the ledger was ever written;
    its descriptor."""
    lock = _lock_of(path)
    try:
        lock.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)
    except OSError:
        text = "the ledger of the budget cannot be locked"
        raise InputError("bad-budget", text, place=Place(file=str(path))) from None
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield handle
    finally:
        os.close(handle)
