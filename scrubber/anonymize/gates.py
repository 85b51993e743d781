"""The gates of a rule file: limits that a result must meet before it is published."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pyarrow as pa

from scrubber.anonymize.frame_counts import FrameSum, N, counted
from scrubber.anonymize.labels import text_labels
from scrubber.anonymize.unicity import Columns
from scrubber.detect.language import SCRAP, SCRIPT
from scrubber.errors import GateError, Place, printable
from scrubber.manifest import CheckFacts, Ledger, RuleFacts, count_text
from scrubber.model.counts import SMALLEST, rounded
from scrubber.model.fieldclass import FieldClass
from scrubber.model.opened import Opened
from scrubber.policy.plan import DisclosureRules, Drop, GateRules, Plan, TablePlan, Unmeasured
from scrubber.policy.record_rules import Expected
from scrubber.privacy.unicity import unicity

if TYPE_CHECKING:
    import polars as pl

GATES = "gates"
_SHOWN = 5
_MISTAKEN = 1_000
"""Of so many records, one may be taken for an unmeasured language by mistake."""
_SCRAPS = 20
"""Of so many records, one may hold a few letters of another script."""


def gate_rule(gates: GateRules, place: str) -> RuleFacts | None:
    """The gates as a rule of the manifest, or None."""
    asked = {"max_residual_rate": gates.max_residual_rate, "min_k": gates.min_k}
    asked["unicity"] = gates.unicity
    given: dict[str, object] = {name: value for name, value in asked.items() if value is not None}
    if gates.every:
        given["rescan"] = "all"
    if gates.languages:
        given["languages"] = "measured"
    if not given:
        return None
    return RuleFacts(GATES, place, "the result", "gate", given, "what the result must reach")


def refuse_residual(plan: Plan, ledger: Ledger) -> tuple[CheckFacts, ...]:
    """The check of ``max_residual_rate``, if set.

    Raises: GateError ``residual-rate`` for more residuals per rescanned record, with the fields and
    entities. Also if there are output records but none was rescanned.
    """
    most = plan.gates.max_residual_rate
    if most is None:
        return ()
    left = ledger.residual
    if ledger.rows_out and not ledger.rescanned:
        raise GateError("residual-rate", "no output record was scanned again")
    if left.total > most * ledger.rescanned:
        by_place: Counter[tuple[str, str]] = Counter()
        for (field, entity, _), number in left.items():
            by_place[field, entity] += number
        worst = sorted(by_place.items(), key=lambda item: (-item[1], item[0]))[:_SHOWN]
        said = ", ".join(
            f"{printable(entity)} in {printable(field)}: {_about(number, plan.disclosure)}"
            for (field, entity), number in worst
        )
        more = f" and {len(by_place) - _SHOWN} more" if len(by_place) > _SHOWN else ""
        raise GateError(
            "residual-rate",
            f"more findings are left than max_residual_rate allows ({said}{more})",
            hint='give the field a transform, or keep what may stay: entities: {X: {keep: "why"}}',
        )
    whole = plan.gates.every or ledger.rescanned == ledger.rows_out
    looked = "every record" if whole else "a sample of the records"
    text = f"at most {most:g} findings are left per record"
    return (CheckFacts("residual-rate", True, "error", text, f"holds for {looked}"),)


def refuse_expected(
    expected: Mapping[str, Expected], ledger: Ledger, asked: DisclosureRules
) -> tuple[CheckFacts, ...]:
    """The checks of ``expect``: the share of all records that each rule dropped.

    Raises: GateError ``row-share`` for a share outside of its bounds.
    """
    checks = []
    for id_, share in expected.items():
        gone = sum(n for name, n in ledger.dropped.items() if name.partition(" ")[0] == id_)
        text = f"{id_} drops {share.min_share:g} to {share.max_share:g} of the records"
        low, high = share.min_share * ledger.rows_in, share.max_share * ledger.rows_in
        if not low <= gone <= high:
            said = f"{text}, and dropped {_about(gone, asked)}"
            hint = "look at its condition, or change expect"
            raise GateError("row-share", said, hint=hint)
        checks.append(CheckFacts(f"expect-{id_}", True, "error", text, "holds"))
    return tuple(checks)


def refuse_languages(plan: Plan, ledger: Ledger) -> tuple[CheckFacts, ...]:
    """The check of ``languages: measured``, if set.

    Raises: GateError ``language-unmeasured`` for output records in an unmeasured language or
    script, unless the rules decide about them. Without the gate, one record in a thousand may be
    taken for another language by mistake; a script is never mistaken. A few letters of another
    script stop a run only in 11 records or more, and in more than one record of twenty.
    """
    found, strict = ledger.languages, plan.gates.languages
    scripts = any(name.endswith(SCRIPT) for name in found)
    scraps = sum(number for name, number in found.items() if name.endswith(SCRAP))
    many = (
        scripts
        or (scraps >= SMALLEST and scraps * _SCRAPS > ledger.rows_out)
        or (found.total - scraps) * _MISTAKEN > ledger.rows_out
    )
    if found and (strict or (plan.unmeasured is Unmeasured.STOP and many)):
        ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
        said = ", ".join(
            f"{printable(name)}: {_about(number, plan.disclosure)}"
            for name, number in ordered[:_SHOWN]
        )
        more = f" and {len(ordered) - _SHOWN} more" if len(ordered) > _SHOWN else ""
        raise GateError(
            "language-unmeasured",
            f"records are in languages or scripts that scrubber was not measured on ({said}{more})",
            hint="detect: {languages: {unmeasured: drop}}, or quarantine, or patterns_only, which "
            "leaves the names in them",
        )
    if not strict:
        return ()
    text = "every output record is in a measured language and script"
    return (CheckFacts("languages", True, "error", text, "holds for every record"),)


def _about(number: int, asked: DisclosureRules) -> str:
    """A count of residuals, as a manifest would publish it."""
    least, base = asked.min_cell, asked.base
    shown = {"n": rounded(number, least, base)} if number >= least else {"lt": least}
    return count_text(shown, base)


Alike = dict[tuple[str, ...], "pl.DataFrame"]
"""Numbers of records by their output quasi-identifiers, by the names of these fields."""


def count_alike(plan: Plan, alias: str, tables: Iterable[pa.Table]) -> Alike:
    """Count equal records of `tables`, written for the source `alias`.

    Raises: GateError ``min-k``, as :func:`refuse_classes`.
    """
    names = _quasi_identifiers(plan.table(alias))
    if not names:
        return {}
    whole = FrameSum([f"q:{name}" for name in names])
    for table in tables:
        whole.add(_counted(table, plan.table(alias), names))
    return {names: whole.total()}


def refuse_classes(plan: Plan, alike: Alike) -> tuple[CheckFacts, ...]:
    """The check of ``min_k``, if set, from the counts of :func:`count_alike` over the whole output.

    Records are alike if all their output quasi-identifiers are equal. Tables with the same
    quasi-identifiers are counted together.

    Raises: GateError ``min-k`` for a class that is too small, for a quasi-identifier in a list or
    struct (which forms no classes), and for rules without any quasi-identifier.
    """
    least = plan.gates.min_k
    if least is None:
        return ()
    fields = (field for table in plan.kinds for field in table.fields)
    if not any(field.field_class is FieldClass.QUASI_IDENTIFIER for field in fields):
        raise GateError(
            "min-k",
            "no field is a quasi-identifier, so there is nothing to count",
            hint="set class: quasi_identifier on fields that others may know",
        )
    asked = tuple(map(_quasi_identifiers, plan.kinds))
    for frame in alike.values():
        smallest = frame[N].min()
        if isinstance(smallest, int) and smallest < least:
            raise GateError(
                "min-k",
                f"fewer than {least} records are alike in their quasi-identifiers",
                hint=f"privacy: {{k: {least}}} generalizes them until they are",
            )
    actual = "holds in the written output"
    if not any(asked):
        actual = "every quasi-identifier is dropped"
    text = f"at least {least} records are alike in the quasi-identifiers"
    return (CheckFacts("min-k", True, "error", text, actual),)


def refuse_unicity(plan: Plan, columns: Columns, alias: str) -> tuple[CheckFacts, ...]:
    """The check of ``unicity``, if set, for a table that begins with the source `alias`.

    Raises: GateError ``unicity`` if up to four fields single out a larger share of the persons.
    """
    most = plan.gates.unicity
    if most is None:
        return ()
    subjects = columns.subjects
    if subjects is not None:
        subjects = np.unique(subjects, return_inverse=True)[1].astype(np.int64)
    found = unicity(columns.hashes, subjects)
    worst = max((*found.by_itself, *found.best), key=lambda one: one.alone, default=None)
    if worst is not None and found.share(worst.alone) > most:
        names = ", ".join(map(printable, worst.fields))
        raise GateError(
            "unicity",
            f"a combination of fields singles out more persons than {most:g} of them: {names}",
            place=Place(file=alias),
            hint="drop or generalize one of the fields, or set privacy: {k: …}",
        )
    text = f"no fields single out more than {most:g} of the persons"
    place = f"holds for up to four fields of {printable(alias)}"
    return (CheckFacts("unicity", True, "error", text, place),)


def _quasi_identifiers(table: TablePlan) -> tuple[str, ...]:
    fields = [
        field
        for field in table.fields
        if field.field_class is FieldClass.QUASI_IDENTIFIER
        and not isinstance(field.disposition, Drop)
    ]
    for field in fields:
        if field.path.nested:
            text = "a quasi-identifier in a list or struct makes no classes that min_k could count"
            raise GateError("min-k", text, place=Place(field=str(field.path)), hint="drop it")
    return tuple(sorted(str(field.path) for field in fields))


def _counted(table: pa.Table, plan: TablePlan, names: tuple[str, ...]) -> pl.DataFrame:
    """The records of `table` by their values of `names`."""
    import polars as pl

    paths = {str(one.path): one.path for one in plan.fields}
    opened = Opened(table)
    columns = {
        f"q:{name}": pl.Series(
            pl.from_arrow(text_labels(opened.leaf(paths[name]).plain)),
            dtype=pl.String,
        )
        for name in names
    }
    return counted(pl.DataFrame(columns))
