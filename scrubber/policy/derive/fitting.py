"""Derivations fitted to a schema: the new columns of a table, and their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import pyarrow as pa

from scrubber.errors import printable
from scrubber.model.layouts import value_type
from scrubber.policy.derive.reading import BETWEEN, Derivation
from scrubber.policy.places import report_tables
from scrubber.policy.plan import Derived
from scrubber.policy.rows import value_type_of
from scrubber.policy.sql import Fault
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.transform.base import DATES, Kind, kind_of

_DATED = DATES | {Kind.TEXT}


def with_columns(schema: pa.Schema, derived: Iterable[Derived]) -> pa.Schema:
    """`schema` with the derived columns at its end."""
    for one in derived:
        schema = schema.append(pa.field(one.name, one.type_))
    return schema


class Fitting:
    """Fits the derivations of a rule file to schemas, and reports those that do not fit."""

    def __init__(self, report: Report, derivations: tuple[Derivation, ...]) -> None:
        self._report = report
        self._derivations = derivations
        self._met: set[str] = set()
        self._known: dict[tuple[bytes, frozenset[str]], tuple[Derived, ...]] = {}

    def derived(self, alias: str, schema: pa.Schema) -> tuple[Derived, ...]:
        """The new columns of the source `alias`, in the order of their computation."""
        here = [one for one in self._derivations if one.is_for(alias)]
        if not here:
            return ()
        known = schema.serialize().to_pybytes(), frozenset(one.ref.id for one in here)
        if known not in self._known:
            self._known[known] = self._fitted(here, schema)
        return self._known[known]

    def _fitted(self, here: list[Derivation], schema: pa.Schema) -> tuple[Derived, ...]:
        types = {column.name: column.type for column in schema}
        own, made = frozenset(types), list[Derived]()
        for one in here:
            if not one.columns <= types.keys():
                continue
            self._met.add(one.ref.id)
            if one.name in own:
                text = f"the table has a field {printable(one.name)} already"
                self._report.value((*one.path, "name"), "derived-twice", text, "another name")
                continue
            type_ = self._type(one, types)
            if type_ is not None:
                types[one.name] = type_
                made.append(
                    Derived(
                        one.name, one.kind, one.inputs, type_, one.ref, one.expression, one.format
                    )
                )
        return tuple(made)

    def _type(self, one: Derivation, types: Mapping[str, pa.DataType]) -> pa.DataType | None:
        if one.kind == "sql":
            read = {name: types[name] for name in one.columns}
            found = value_type_of(one.expression, pa.schema(list(read.items())))
            if isinstance(found, Fault):
                self._report.value(one.place, found.code, found.text, found.hint)
                return None
            return found
        accepts = _DATED if one.kind in BETWEEN else frozenset({Kind.TEXT})
        for name in sorted(one.columns):
            kind = kind_of(value_type(types[name]))
            if kind not in accepts:
                text = f"{one.kind} takes {', '.join(sorted(accepts))}; {printable(name)} is {kind}"
                hint = "sql: computes with other types"
                self._report.value(one.place, "wrong-kind", text, hint)
                return None
        return pa.int64() if one.kind in BETWEEN else pa.string()

    def report_unused(self, schemas: Mapping[str, pa.Schema]) -> None:
        """Report derivations whose table or inputs no source has."""
        names = {name for schema in schemas.values() for name in schema.names}
        names |= {one.name for one in self._derivations}
        for one in self._derivations:
            if one.ref.mark.file != self._report.tree.file:
                continue  # of an included file, whose rules may match nothing
            if report_tables(self._report, one.path, one.tables, schemas):
                continue
            if one.ref.id in self._met:
                continue
            missing = sorted(one.columns - names)
            lacking = ", ".join(map(printable, missing or sorted(one.columns)))
            text = f"no table has {'a field' if len(missing) == 1 else 'all of'} {lacking}"
            hint = did_you_mean(missing[0], names) if missing else "in: names its table"
            self._report.value(one.place, "unknown-field", text, hint)
