"""Executors of the work on sources: in this process, in worker processes, on Ray."""

from __future__ import annotations

from scrubber.errors import NotAvailable
from scrubber.executors.base import Executor, InProcess, Processes

__all__ = ["Executor", "InProcess", "Processes", "executor_for"]


def executor_for(name: str, workers: int | None, address: str | None) -> Executor:
    """The executor ``local`` or ``ray``. The default number of `workers` is one, or all CPUs on
    Ray.

    Raises: NotAvailable ``extra-missing`` for Ray without its extra, ``executor-unknown`` for
    another name, or for an `address` without Ray.
    """
    if name == "ray":
        from scrubber.executors.ray import Ray

        return Ray(workers, address)
    if name != "local" or address is not None:
        text = "an executor is local or ray, and only ray has an address"
        raise NotAvailable("executor-unknown", text)
    return Processes(workers) if workers is not None and workers > 1 else InProcess()
