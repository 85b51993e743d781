"""Choosing levels: from the census to levels and a recoding, with their facts for the manifest."""

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
from scrubber.policy.derive.fitting import with_columns
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
    """The chosen levels and their cost.

    `plan` is the plan with its levels. `loss` and `bound` range from 0 to 1. `parts` is the part of
    each quasi-identifier in the loss (summing to 1, or 0 without loss). All three are None for
    local levels (Mondrian). `suppressed` counts records. `reference` has the number of records of
    each label, by sensitive field, as the reference of closeness.
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
    """Choose the generalization with the lowest loss, or the partition, as required by
    ``privacy:``.

    Raises: GateError ``privacy-too-few`` for fewer persons than k, ``privacy-infeasible`` if no
    levels suffice (a single class is not diverse, or ``max_levels`` are too low), ``privacy-time``
    if none were found in time; the errors of :func:`~scrubber.anonymize.census.hierarchy_of`.
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
    """The quasi-identifiers by name. Tables with the same ones share their hierarchies."""
    return {str(f.path): f for _, table in plan.tables for f in table.quasi}


@dataclass(frozen=True)
class _Coded:
    """The census in codes, and the hierarchies of these codes."""

    hierarchies: tuple[GeneralizationHierarchy, ...]  # up to max_levels
    heights: dict[str, int]  # of the complete hierarchies
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
        # The order of arrival depends on the batches; the choice must not.
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
        """By field: the result for each entry's value at these levels."""
        return [
            (tuple(row[level] for row in hierarchy.labels), codes)
            for hierarchy, level, codes in zip(
                self.hierarchies, levels, self.uniques.quasi, strict=True
            )
        ]

    def local_outputs(self, classes: Classes) -> list[Output]:
        """By field: the lowest common ancestor of all values in an entry's class."""
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
        """By sensitive field: the number of records of each known value in the whole table."""
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
    """The plan with the chosen levels and the resulting types."""

    def settled(one: FieldPlan, kinds: Mapping[FieldPath, pa.DataType]) -> FieldPlan:
        if not isinstance(one.disposition, Generalize):
            return one
        name = str(one.path)
        disposition = replace(one.disposition, level=levels[name], height=heights[name])
        type_out = output_type(disposition, kinds[one.path])
        return replace(one, disposition=disposition, type_out=str(type_out))

    decided: dict[str, TablePlan] = {}
    for table, sources in plan.kinds.items():  # treated alike, so of equal types
        kinds = dict(leaves(with_columns(schemas[sources[0]], table.derived)))
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
