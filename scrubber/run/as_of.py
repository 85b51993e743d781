"""The day of a run, for rules that ask for it."""

from __future__ import annotations

from datetime import UTC, date, datetime
from hashlib import sha256

from scrubber.outputs.base import Stage
from scrubber.policy import Rules
from scrubber.policy.schema import RUN


def begun_on(stage: Stage, rules: Rules) -> date | None:
    """The day (UTC) of ``as_of: run``: that of the stopped run with the same rules whose parts are
    on the `stage`, or else today. None for rules without it.

    Raises: the errors of :meth:`~scrubber.outputs.base.Stage.enter`.
    """
    if rules.as_of != RUN:
        return None
    name = sha256(f"as_of {rules.digest}".encode()).hexdigest()
    known = _day(stage.record(name))
    if known is not None:
        return known
    today = datetime.now(UTC).date()
    stage.enter(name, today.isoformat().encode())
    return today


def _day(record: bytes | None) -> date | None:
    """The day in a record; None for a record that a power cut tore."""
    try:
        return None if record is None else date.fromisoformat(record.decode("ascii"))
    except ValueError:
        return None
