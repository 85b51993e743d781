"""Feasibility: requirements of ``privacy:`` that the data cannot meet, and suggested changes."""

from __future__ import annotations

from collections.abc import Sequence

from scrubber.errors import GateError, Place
from scrubber.model.counts import SMALLEST
from scrubber.policy.plan import PrivacyRules
from scrubber.privacy.lattice import Lattice
from scrubber.privacy.requirement import Requirement
from scrubber.privacy.shortfall import shortfall
from scrubber.privacy.uniques import Uniques, classes_of


def check_feasible(
    rules: PrivacyRules, requirement: Requirement, uniques: Uniques, sensitive: Sequence[str]
) -> None:
    """Refuse requirements that not even a single class of all records meets.

    Raises: GateError ``privacy-too-few`` for fewer persons than k, ``privacy-infeasible`` with the
    field that violates a model.
    """
    whole = classes_of([], [], len(uniques.records))
    if not len(uniques.records) or not requirement.broken(whole, uniques).any():
        return
    if requirement.small(whole, uniques).any():
        what = "persons" if uniques.subject is not None else "records"
        there = int(whole.persons(uniques)[0])
        smaller = f"k: {there} would do" if there >= SMALLEST else "a smaller k"
        raise GateError(
            "privacy-too-few",
            f"there are fewer than {rules.k} {what}: no class can have k of them",
            hint=f"{smaller}, or more data",
        )
    number, model = next(
        (number, model)
        for number, model in requirement.models
        if requirement.unmet(number, model, whole, uniques).any()
    )
    raise GateError(
        "privacy-infeasible",
        f"not even one class of all records is {model.asked}",
        place=Place(field=sensitive[number]),
        hint=model.remedy,
    )


def no_levels(
    rules: PrivacyRules, lattice: Lattice, allowed: int, *, out_of_time: bool
) -> GateError:
    """The error if no levels meet the requirements with at most `allowed` suppressed records.

    It names the costliest quasi-identifier and changes that would suffice. Shares of records are
    rounded up to a tenth of a percent, and given only if they cover enough records.
    """
    total, found = lattice.uniques.total, shortfall(lattice, allowed)

    def share(records: int) -> str:
        return f"{_milli(records, total) / 10:g} %" if records >= SMALLEST else "few"

    models = list(dict.fromkeys(model.key for _, model in rules.models))
    what = f"levels that fulfil {' and '.join(['k', *models])} within suppression_limit"
    text = f"no {what} were found in time" if out_of_time else f"there are no {what}"
    text += f": at the highest levels {share(found.suppressed)} of the records would have to go"
    field = None
    if found.costliest is not None:
        field = lattice.hierarchies[found.costliest].name
        left = found.without[found.costliest]
        text += f"; this field costs most, without it {share(left) if left else 'none'} would"
    would = [f"k: {found.k}"] if found.k is not None else []
    if SMALLEST <= found.suppressed < total:
        would.append(f"suppression_limit: {_milli(found.suppressed, total) / 1000:g}")
    hints = [f"{' or '.join(would)} would do"] if would else []
    hints += ["higher max_levels"] if rules.max_levels else []
    hints += [f"another {model}" for model in models]
    hints += ["a longer time_limit"] if out_of_time else []
    code = "privacy-time" if out_of_time else "privacy-infeasible"
    return GateError(code, text, place=Place(field=field), hint=", or ".join(hints))


def _milli(records: int, total: int) -> int:
    """The share of records in thousandths, rounded up."""
    return -(-1000 * records // total)
