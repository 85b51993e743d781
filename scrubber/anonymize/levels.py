"""Choosing: from the census to levels, a recoding, and what the manifest says about both."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
import pyarrow as pa

from scrubber.anonymize.census import Census, hierarchy_of
from scrubber.anonymize.feasibility import check_feasible, no_levels
from scrubber.anonymize.recoding import Recoding
from scrubber.model.fieldpath import FieldPath, leaves
from scrubber.policy.plan import (
    LOCAL,
    FieldPlan,
    Generalize,
    Plan,
    PrivacyRules,
    TablePlan,
    output_type,
)
from scrubber.privacy.hierarchy import Codes, GeneralizationHierarchy, Label, in_order
from scrubber.privacy.lattice import Lattice
from scrubber.privacy.mondrian import partition
from scrubber.privacy.requirement import Requirement
from scrubber.privacy.risk import Risk, risk_of
from scrubber.privacy.search import Choice, search
from scrubber.privacy.uniques import UNKNOWN, Classes, Counts, Mask, Uniques, classes_of

Output = tuple[tuple[Label, ...], Codes]


@dataclass(frozen=True)
class Chosen:
    """The levels that were chosen and what they cost.

    `plan` is the plan with its levels. `loss` and `bound` go from 0 to 1, `parts` says how much of
    the loss is due to each quasi-identifier (together 1, or 0 without loss); all are None where the
    levels are local (Mondrian). `suppressed` counts records. `reference` has, per sensitive field,
    the number of records of each label: what closeness is measured against.
    """

    plan: Plan
    recoding: Recoding = field(repr=False)
    suppressed: int
    loss: float | None
    bound: float | None
    optimal: bool | None
    parts: dict[str, float] | None
    before: Risk
    after: Risk
    reference: dict[str, dict[Label, int]] = field(repr=False)


def choose(plan: Plan, schemas: Mapping[str, pa.Schema], census: Census) -> Chosen:
    """The generalization that loses least, or the partition, as ``privacy:`` asks.

    Raises: GateError ``privacy-too-few`` where there are fewer persons than k,
    ``privacy-infeasible`` where no levels do (not even one single class is diverse, or
    ``max_levels`` are too low), ``privacy-time`` where none were found in time. Errors of
    hierarchies as :func:`~scrubber.anonymize.census.hierarchy_of`.
    """
    rules = plan.privacy
    assert rules is not None
    fields = _fields(plan)
    by_subject = any(table.subject is not None for _, table in plan.tables if table.quasi)
    coded = _Coded.of(census, fields, by_subject=by_subject)
    requirement = _requirement(rules, census, coded)
    check_feasible(rules, requirement, coded.uniques, census.sensitive)
    before = _risk(coded.leaves(), coded.uniques, None)
    if rules.method == "mondrian":
        classes = partition(coded.uniques, requirement)
        outputs = coded.local_outputs(classes)
        gone = np.zeros(len(coded.uniques.records), dtype=np.bool_)
        levels = dict.fromkeys(census.quasi, LOCAL)
        choice = None
    else:
        choice = _search(rules, census, coded, requirement)
        levels = dict(zip(census.quasi, choice.levels, strict=True))
        outputs = coded.outputs_at(choice.levels)
        gone = choice.look.broken
        classes = coded.classes_at(choice.levels)
    heights = coded.heights
    return Chosen(
        plan=_settled(plan, schemas, levels, heights),
        recoding=Recoding.of(
            census.quasi,
            [tuple(row[0] for row in h.labels) for h in coded.hierarchies],
            coded.uniques.quasi,
            outputs,
            gone,
        ),
        suppressed=int(coded.uniques.records[gone].sum()),
        loss=choice.loss if choice else None,
        bound=choice.bound if choice else None,
        optimal=choice.optimal if choice else None,
        parts=dict(zip(census.quasi, choice.parts, strict=True)) if choice else None,
        before=before,
        after=_risk(classes, coded.uniques, gone),
        reference={
            name: dict(zip(labels, counts.tolist(), strict=True))
            for name, labels, counts in zip(
                census.sensitive, coded.values, coded.reference, strict=True
            )
        },
    )


def _fields(plan: Plan) -> dict[str, FieldPlan]:
    """The quasi-identifiers by name; tables that share them share their hierarchies."""
    return {str(f.path): f for _, table in plan.tables for f in table.quasi}


@dataclass(frozen=True)
class _Coded:
    """The census in codes, and the hierarchies that they are codes of."""

    hierarchies: tuple[GeneralizationHierarchy, ...]  # up to their max_levels
    heights: dict[str, int]  # of the whole hierarchies
    uniques: Uniques
    values: tuple[list[Label], ...]  # the labels of each sensitive field

    @classmethod
    def of(cls, census: Census, fields: Mapping[str, FieldPlan], *, by_subject: bool) -> _Coded:
        counts = census.counts
        labels, codes = list(counts.labels), list(counts.codes)
        hierarchies = [
            hierarchy_of(fields[name], labels[i], census.ladders[name])
            for i, name in enumerate(census.quasi)
        ]
        known = [in_order([text for text in one if text is not None]) for one in labels]
        values = known[len(hierarchies) : -1]
        orders = [
            *(one.codes_of for one in hierarchies),
            *(_numbered(one) for one in known[len(hierarchies) :]),
        ]
        coded = [
            np.array([order[label] for label in seen], dtype=np.int32)[code]
            for seen, code, order in zip(labels, codes, orders, strict=True)
        ]
        # The order of arrival depends on the batches; what is chosen must not.
        order = np.lexsort(coded[::-1])
        *columns, persons = (code[order] for code in coded)
        uniques = Uniques(
            quasi=tuple(columns[: len(hierarchies)]),
            records=counts.records[order],
            sensitive=tuple(columns[len(hierarchies) :]),
            subject=persons if by_subject else None,
        )
        limited = (_limited(one, fields[one.name]) for one in hierarchies)
        heights = {one.name: one.height for one in hierarchies}
        return cls(tuple(limited), heights, uniques, tuple(values))

    def leaves(self) -> Classes:
        return self.classes_at((0,) * len(self.hierarchies))

    def classes_at(self, levels: Sequence[int]) -> Classes:
        groups = [h.groups[level] for h, level in zip(self.hierarchies, levels, strict=True)]
        columns = [g[codes] for g, codes in zip(groups, self.uniques.quasi, strict=True)]
        sizes = [int(group.max()) + 1 for group in groups]
        return classes_of(columns, sizes, len(self.uniques.records))

    def outputs_at(self, levels: Sequence[int]) -> list[Output]:
        """Per field: what each entry's value becomes at these levels."""
        return [
            (tuple(row[level] for row in hierarchy.labels), codes)
            for hierarchy, level, codes in zip(
                self.hierarchies, levels, self.uniques.quasi, strict=True
            )
        ]

    def local_outputs(self, classes: Classes) -> list[Output]:
        """Per field: the lowest ancestor that all values of an entry's class have in common."""
        if not len(classes.ids):
            return self.outputs_at((0,) * len(self.hierarchies))
        order = np.argsort(classes.ids, kind="stable")
        starts = np.searchsorted(classes.ids[order], np.arange(classes.bound))
        outputs = []
        for hierarchy, codes in zip(self.hierarchies, self.uniques.quasi, strict=True):
            level = np.full(classes.bound, hierarchy.height - 1)
            for number in reversed(range(hierarchy.height)):
                groups = hierarchy.groups[number][codes[order]]
                same = np.minimum.reduceat(groups, starts) == np.maximum.reduceat(groups, starts)
                level[same] = number
            labels = tuple(label for row in hierarchy.labels for label in row)
            becomes = codes * hierarchy.height + level[classes.ids]
            outputs.append((labels, becomes.astype(np.int32)))
        return outputs

    @cached_property
    def reference(self) -> tuple[Counts, ...]:
        """Per sensitive field: the records of each of its known values in the whole table."""
        return tuple(
            _tallied(codes, self.uniques.records, len(labels))
            for codes, labels in zip(self.uniques.sensitive, self.values, strict=True)
        )


def _limited(hierarchy: GeneralizationHierarchy, one: FieldPlan) -> GeneralizationHierarchy:
    assert isinstance(one.disposition, Generalize)
    highest = one.disposition.highest
    return hierarchy if highest is None else hierarchy.limited(highest)


def _numbered(labels: Sequence[Label]) -> dict[Label, int]:
    return {None: UNKNOWN} | {text: number for number, text in enumerate(labels)}


def _tallied(codes: Codes, records: Counts, count: int) -> Counts:
    known = codes != UNKNOWN
    return np.bincount(codes[known], weights=records[known], minlength=count).astype(np.int64)


def _requirement(rules: PrivacyRules, census: Census, coded: _Coded) -> Requirement:
    def named(name: str | None) -> list[int]:
        return [i for i, known in enumerate(census.sensitive) if name in (None, known)]

    return Requirement(
        k=rules.k,
        models=tuple((i, model) for name, model in rules.models for i in named(name)),
        reference=coded.reference,
    )


def _search(rules: PrivacyRules, census: Census, coded: _Coded, requirement: Requirement) -> Choice:
    weights = dict(rules.weights)
    lattice = Lattice(
        coded.hierarchies,
        coded.uniques,
        requirement,
        tuple(weights.get(name, 1.0) for name in census.quasi),
    )
    allowed = int(rules.suppression_limit * coded.uniques.total + 1e-9)
    try:
        choice = search(lattice, allowed, rules.time_limit)
    except TimeoutError:
        raise no_levels(rules, lattice, allowed, out_of_time=True) from None
    if choice is None:
        raise no_levels(rules, lattice, allowed, out_of_time=False)
    return choice


def _settled(
    plan: Plan,
    schemas: Mapping[str, pa.Schema],
    levels: dict[str, int],
    heights: dict[str, int],
) -> Plan:
    """The plan with the levels that were chosen, and the types that follow from them."""

    def settled(one: FieldPlan, kinds: Mapping[FieldPath, pa.DataType]) -> FieldPlan:
        if not isinstance(one.disposition, Generalize):
            return one
        name = str(one.path)
        disposition = replace(one.disposition, level=levels[name], height=heights[name])
        type_out = output_type(disposition, kinds[one.path])
        return replace(one, disposition=disposition, type_out=str(type_out))

    decided: dict[str, TablePlan] = {}
    for table, sources in plan.kinds.items():  # decided alike, so of the same types
        kinds = dict(leaves(schemas[sources[0]]))
        new = replace(table, fields=tuple(settled(one, kinds) for one in table.fields))
        decided.update(dict.fromkeys(sources, new))
    return replace(plan, tables=tuple((alias, decided[alias]) for alias, _ in plan.tables))


def _risk(classes: Classes, uniques: Uniques, gone: Mask | None) -> Risk:
    if gone is not None:
        left = ~gone
        uniques = Uniques(
            tuple(codes[left] for codes in uniques.quasi),
            uniques.records[left],
            (),
            uniques.subject[left] if uniques.subject is not None else None,
        )
        classes = Classes(classes.ids[left], classes.bound)
    return risk_of(classes.persons(uniques))


__all__ = ["Chosen", "choose"]
