"""Rules x schemas -> Plan, or all problems at once."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from itertools import takewhile

import pyarrow as pa

from scrubber.detect import DetectSpec, pinned
from scrubber.errors import printable
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import (
    EACH,
    KEY,
    SCALARS,
    VALUE,
    FieldPath,
    Selector,
    SelectorIndex,
    leaves,
    maps,
    names_keys,
    parsed,
    spellings,
)
from scrubber.model.layouts import value_type
from scrubber.policy.aggregates import check_aggregates
from scrubber.policy.conditional import with_cases
from scrubber.policy.decisions import FieldRule, MovedRule
from scrubber.policy.derive.fitting import Fitting, with_columns
from scrubber.policy.derive.weakness import report_kept_inputs
from scrubber.policy.detection import canonical_json
from scrubber.policy.linking import Linking, entity_of
from scrubber.policy.places import name_place, report_tables, transform_places
from scrubber.policy.plan import (
    Apply,
    Declared,
    Derived,
    Disposition,
    Drop,
    FieldPlan,
    Format,
    Generalize,
    Keep,
    Plan,
    Realign,
    RuleRef,
    ScrubText,
    TablePlan,
    beside_fields,
    output_type,
    transforms_in,
    transforms_of,
)
from scrubber.policy.quasi import check_privacy, quasi_identifier
from scrubber.policy.realign import check_kept, class_of, is_of, resolved, with_moved
from scrubber.policy.records.fitting import RecordFitting
from scrubber.policy.rules import Rules
from scrubber.policy.schema import RUN
from scrubber.policy.syntax.report import Report, did_you_mean
from scrubber.policy.syntax.source import Path_
from scrubber.transform.base import Kind, PerSubject, kind_of

_KEYS_BY_NAME = "no rule names the keys {name}, which are data"
_HOW_TO_DECIDE = 'give it a transform, entities (for text), keep: "why", or set on_unlisted'
_BELOW = ".**"
_NO_VALUES = Keep("it holds no value: each is null, or an object without fields")


def compile_plan(
    rules: Rules,
    schemas: Mapping[str, pa.Schema],
    *,
    partial: bool = False,
    day: date | None = None,
) -> Plan:
    """Compile `rules` for sources with these schemas (by alias).

    With `partial`, rules for fields outside of all schemas are accepted, since a rule file's own
    tests hold only some fields. `day` is that of ``as_of: run`` (default: today, UTC).

    Raises: RuleError, with all problems at once.
    """
    compiler = _Compiler(rules, partial)
    tables = tuple((alias, compiler.table(alias, schema)) for alias, schema in schemas.items())
    compiler.check_whole(schemas, dict(tables))
    check_privacy(compiler.report, rules, [table for _, table in tables], partial=partial)
    if not partial:
        check_aggregates(compiler.report, rules.aggregates, tables)
    compiler.report.raise_if_any()
    scrubs = any(
        isinstance(one.disposition, ScrubText) for _, table in tables for one in table.fields
    )
    return Plan(
        tables=tables,
        detect=pinned(rules.detect) if scrubs else None,
        gates=rules.gates,
        disclosure=rules.disclosure,
        rescan=_rescan(rules, scrubs=scrubs),
        unmeasured=rules.unmeasured,
        key=rules.key,
        on_unlisted=rules.on_unlisted,
        on_error=rules.on_error,
        digest=rules.digest,
        declared=Declared(canonical_json(rules.declared)),
        privacy=rules.privacy,
        selection=compiler.records.selection,
        run_day=_run_day(rules, day),
        aggregates=rules.aggregates,
        budget=rules.budget,
        leak_index=rules.leak_index,
    )


def _run_day(rules: Rules, day: date | None) -> date | None:
    """The day of ``as_of``, or None without it."""
    if rules.as_of is None or rules.as_of != RUN:
        return None if rules.as_of is None else date.fromisoformat(rules.as_of)
    return day or datetime.now(UTC).date()


def _rescan(rules: Rules, *, scrubs: bool) -> DetectSpec | None:
    """The detectors of the rescan: for all entities if a gate requires it."""
    if rules.gates.max_residual_rate is not None:
        return replace(pinned(rules.detect), entities=None)
    return pinned(rules.detect) if scrubs else None


@dataclass(eq=False)
class _Candidate:
    """A rule with its selectors, and its matches in the schemas so far."""

    number: int
    rule: FieldRule
    selectors: tuple[Selector, ...]
    moved: MovedRule | None = None
    matched: set[str] = field(default_factory=set)
    decided: bool = False
    in_the_way: set[str] = field(default_factory=set)


class _Compiler:
    def __init__(self, rules: Rules, partial: bool) -> None:
        self.report = Report(rules.tree)
        self._rules = rules
        self._partial = partial
        self._candidates = [
            _Candidate(
                number,
                rule,
                tuple(Selector(name, ignore_case=rule.ignore_case) for name in rule.names),
                moved,
            )
            for number, (rule, moved) in enumerate(with_moved(rules.fields))
        ]
        selectors = [(one, selector) for one in self._candidates for selector in one.selectors]
        self._owners = [one for one, _ in selectors]
        self._texts = [selector.text for _, selector in selectors]
        self._index = SelectorIndex(selector for _, selector in selectors)
        self._unlisted: set[str] = set()
        self._linking = Linking(self.report)
        self.records = RecordFitting(self.report, rules.rows, rules.records)
        self._fitting = Fitting(self.report, rules.derive)
        self._tables: dict[
            tuple[bytes, frozenset[int], frozenset[str], tuple[Derived, ...]], TablePlan
        ] = {}
        self._for_others: frozenset[int] = frozenset()
        self._kinds: dict[FieldPath, Kind] = {}
        self._columns: dict[str, pa.DataType] = {}

    def table(self, alias: str, schema: pa.Schema) -> TablePlan:
        """The treatments for a source with this schema; shards with one schema share one plan."""
        derived = self._fitting.derived(alias, schema)
        schema = with_columns(schema, derived)
        self._enter(alias, schema)
        applying = self.records.applying(alias)
        known = schema.serialize().to_pybytes(), self._for_others, applying, derived
        if known not in self._tables:
            table = self._tables[known] = replace(self._table(schema, applying), derived=derived)
            places = {rule.ref.id: rule.path for rule in self._rules.fields}
            report_kept_inputs(self.report, derived, table.fields, places)
        return self._tables[known]

    def _enter(self, alias: str, schema: pa.Schema) -> None:
        """Decide for this source from now on, ignoring rules for other tables."""
        self._for_others = frozenset(
            one.number for one in self._candidates if not one.rule.is_for(alias)
        )
        if any(one.rule.kinds or one.moved or _is_of_texts(one.rule) for one in self._candidates):
            self._kinds = {path: kind_of(kind) for path, kind in leaves(schema)}

    def _table(self, schema: pa.Schema, applying: frozenset[str]) -> TablePlan:
        found = leaves(schema)
        self._columns = {column.name: column.type for column in schema}
        self._check_structs(found)
        subject = self._subject(found)
        decided = [self._field(path, kind, found, subject) for path, kind in found]
        fields = tuple(one for one in decided if one is not None)
        whole = len(fields) == len(decided)  # else some have a problem, and may stay
        if whole and fields and all(isinstance(one.disposition, Drop) for one in fields):
            text = "every field of a table is dropped: nothing would be left of it"
            self.report.key(("fields",), "nothing-left", text, "keep or transform a field of it")
        self._check_maps(schema, fields)
        self._check_scopes(fields)
        check_kept(self.report, fields, self._conditional)
        row_rules, records = self.records.fitted(applying, schema, subject)
        return TablePlan(fields, row_rules, subject, records=records)

    def _field(
        self,
        path: FieldPath,
        kind: pa.DataType,
        found: list[tuple[FieldPath, pa.DataType]],
        subject: FieldPath | None,
    ) -> FieldPlan | None:
        matching = self._matching(path)
        if not matching:
            return self._unlisted_field(path, kind)
        conditional = list(takewhile(lambda one: one.rule.when is not None, matching))
        if len(conditional) == len(matching):
            self._report_endless(path, matching[-1].rule)
            return None
        first = matching[len(conditional)]
        for one in (*conditional, first):
            one.decided = True
        for other in matching[len(conditional) + 1 :]:
            other.in_the_way.add(first.rule.ref.id)
        rule = first.rule
        disposition = rule.disposition
        assert disposition is not None, "rules without a treatment do not load"
        empty = pa.types.is_null(kind) or pa.types.is_struct(kind)  # an object without any field
        if empty and not isinstance(disposition, Drop | Keep):
            disposition = _NO_VALUES
        if first.moved is not None and isinstance(disposition, Realign):
            if conditional:
                text = f"{printable(str(path))} moves along with a text, under any condition"
                self.report.key((*conditional[0].rule.path, "when"), "realign-with-when", text)
                return None
            texts = self._texts_of(first.moved, found)
            moves = resolved(self.report, first.moved, path, found, texts)
            if moves is None:
                return None
            return replace(_planned(path, kind, rule, moves), field_class=class_of(moves, path))
        if not self._fits(rule, disposition, path, kind):
            return None
        if self._rules.privacy is not None and rule.field_class is FieldClass.QUASI_IDENTIFIER:
            disposition = quasi_identifier(self.report, self._rules, rule, disposition, path, kind)
            if disposition is None:
                return None
            if rule.on_error is not None and isinstance(disposition, Generalize):
                text = "privacy: chooses levels of whole records, so their fields share on_error"
                self.report.key((*rule.path, "on_error"), "on-error-with-privacy", text)
        if isinstance(disposition, Apply):
            for here, step in transform_places(self.report, rule, disposition.transform):
                if isinstance(step, PerSubject):
                    self._check_whose(here, step, found, subject)
        if isinstance(disposition, ScrubText) and rule.linked:
            linked = self._linking.resolve(rule, path, found, self._deciding)
            disposition = replace(disposition, linked=linked)
        made = _planned(path, kind, rule, disposition)
        self._check_beside(path, [one.rule for one in (*conditional, first)])
        if not conditional or pa.types.is_null(kind):
            return made
        return self._with_cases(made, [one.rule for one in conditional], kind, found, subject)

    def _texts_of(
        self, moved: MovedRule, found: Iterable[tuple[FieldPath, pa.DataType]]
    ) -> list[FieldPath]:
        """The text fields of the rule that `moved` stands in."""
        deciding = [(path, self._deciding(path)) for path, _ in found]
        return [path for path, rule in deciding if rule is not None and moved in rule.moved]

    def _conditional(self, path: FieldPath) -> FieldRule | None:
        """The first rule of a field, if it has a condition."""
        first = self._matching(path)[0].rule
        return first if first.when is not None else None

    def _with_cases(
        self,
        made: FieldPlan,
        rules: list[FieldRule],
        kind: pa.DataType,
        found: list[tuple[FieldPath, pa.DataType]],
        subject: FieldPath | None,
    ) -> FieldPlan | None:
        """The field with the earlier rules that have a condition."""
        if isinstance(made.disposition, ScrubText) and made.disposition.format is Format.TOKENS:
            text = "tokens are read as one text, under any condition"
            self.report.key((*rules[0].path, "when"), "format-with-when", text)
            return None
        if made.path == subject:
            text = "a condition would give one subject several pseudonyms"
            self.report.key((*rules[0].path, "when"), "when-subjects", text)
            return None
        for rule in rules:
            disposition = rule.disposition
            assert disposition is not None, "rules without a treatment do not load"
            if not self._fits(rule, disposition, made.path, kind):
                return None
            if isinstance(disposition, Apply):
                for here, step in transform_places(self.report, rule, disposition.transform):
                    if isinstance(step, PerSubject):
                        self._check_whose(here, step, found, subject)
        return with_cases(self.report, made, rules, kind, dict(found), self._columns)

    def _check_beside(self, path: FieldPath, rules: list[FieldRule]) -> None:
        """Check that the column beside which values are transformed exists, and is one."""
        named = beside_fields(rule.disposition for rule in rules if rule.disposition is not None)
        if len(named) > 1:
            text = f"the rules of {printable(str(path))} look at several columns beside it"
            self.report.value(rules[-1].path, "several-columns", text, "name one of them")
        for name in named:
            if name not in self._columns:
                text = f"this needs the column {printable(name)}, which the table does not have"
                self.report.value(
                    rules[-1].path, "unknown-field", text, did_you_mean(name, self._columns)
                )
            elif kind_of(self._columns[name]) not in (Kind.TEXT, Kind.DATE, Kind.TIMESTAMP):
                text = f"{printable(name)} holds neither texts nor dates"
                self.report.value(rules[-1].path, "wrong-kind", text)

    def _report_endless(self, path: FieldPath, rule: FieldRule) -> None:
        text = f"every rule of {printable(str(path))} has a condition"
        hint = "add a last rule without when, such as transform: drop"
        self.report.key((*rule.path, "when"), "when-without-last", text, hint)

    def _matching(self, leaf: FieldPath) -> list[_Candidate]:
        """The rules that match `leaf`, in order: by its path, for a list by the list's own path,
        and for keep and drop also by a path above. Keys that are data match by a rule that names
        them, or that drops them."""
        own = spellings(leaf)
        found: dict[int, _Candidate] = {}
        for form in _above(leaf):
            for number in self._index.matching(form):
                one = self._owners[number]
                dropping = isinstance(one.rule.disposition, Drop)
                if not dropping and not names_keys(self._texts[number], leaf):
                    continue
                if not self._is_here(one, leaf, self._texts[number]):
                    continue
                if form in own or isinstance(one.rule.disposition, Keep | Drop):
                    one.matched.add(self._texts[number])
                    found[number] = one
        return list(dict.fromkeys(found[number] for number in sorted(found)))

    def _is_here(self, candidate: _Candidate, leaf: FieldPath, name: str) -> bool:
        """True if the candidate's `name` applies to this table and to the type of `leaf`; entities
        below ``x.**`` apply to texts."""
        if candidate.number in self._for_others:
            return False
        if candidate.moved is not None:
            return is_of(candidate.moved, name, self._kinds.get(leaf))
        of_texts = _is_of_texts(candidate.rule) and name.endswith(_BELOW)
        if of_texts and self._kinds.get(leaf) not in (Kind.TEXT, Kind.OTHER):
            return False
        return not candidate.rule.kinds or self._kinds.get(leaf) in candidate.rule.kinds

    def _deciding(self, path: FieldPath) -> FieldRule | None:
        """The first rule without a condition."""
        return next((one.rule for one in self._matching(path) if one.rule.when is None), None)

    def _unlisted_field(self, path: FieldPath, kind: pa.DataType) -> FieldPlan | None:
        ref = RuleRef("on_unlisted", self.report.tree.key_mark(("on_unlisted",)))
        match self._rules.on_unlisted:
            case "drop":
                return FieldPlan(path, str(kind), None, None, Drop(), ref)
            case "keep":
                kept = Keep("on_unlisted: keep", unsafe=True)
                return FieldPlan(path, str(kind), str(kind), None, kept, ref)
        name = str(path)
        if name not in self._unlisted and path.steps[-1] is KEY:
            self._unlisted.add(name)
            text = _KEYS_BY_NAME.format(name=printable(name))
            named = printable(json.dumps(name, ensure_ascii=False))
            hint = f'add {{name: {named}, transform: token}}, or keep: "why" in place of transform'
            self.report.key(("fields",), "unlisted-field", text, hint)
        elif name not in self._unlisted:
            self._unlisted.add(name)
            near = did_you_mean(name, self._names())
            hint = f"{near} {_HOW_TO_DECIDE}" if near else _HOW_TO_DECIDE
            text = f"no rule matches the field {printable(name)}"
            self.report.key(("fields",), "unlisted-field", text, hint)
        return None

    def _names(self) -> set[str]:
        return {name for one in self._candidates for name in one.rule.names}

    def _fits(
        self, rule: FieldRule, disposition: Disposition, path: FieldPath, kind: pa.DataType
    ) -> bool:
        here, name = kind_of(kind), printable(str(path))
        if isinstance(disposition, ScrubText) and here is not Kind.TEXT:
            text = f"entities are looked for in text; {name} is {here}"
            hint = "give it a transform of its own"
            self.report.key((*rule.path, "entities"), "entities-not-text", text, hint)
            return False
        tokens = isinstance(disposition, ScrubText) and disposition.format is Format.TOKENS
        if tokens and path.steps[-1] is not EACH:
            text = f"tokens are the elements of a list; {name} is one text"
            self.report.value((*rule.path, "format"), "format-not-list", text)
            return False
        if isinstance(disposition, Apply):
            said, kind = name, value_type(kind)
            for place, step in transform_places(self.report, rule, disposition.transform):
                accepts, here = step.traits.accepts, kind_of(kind)
                if here not in accepts:
                    kinds = ", ".join(sorted(accepts))
                    text = f"{step.name} takes {kinds}; {said} is {here} ({kind})"
                    hint = "redact, empty and drop take every type"
                    self.report.value(place, "wrong-kind", text, hint)
                    return False
                said, kind = f"{name} after {step.name}", step.output_type(kind)
        return True

    def _check_structs(self, found: Iterable[tuple[FieldPath, pa.DataType]]) -> None:
        """Report transforms of containers, since transforms apply to leaves. A rule that may match
        nothing is accepted if other rules cover the leaves."""
        below: dict[FieldPath, list[FieldPath]] = {}
        found = tuple(found)
        own = {form for leaf, _ in found for form in spellings(leaf)}
        for leaf, _ in found:
            for above in _above(leaf):
                if above not in own:
                    below.setdefault(above, []).append(leaf)
        for candidate in self._candidates:
            if isinstance(candidate.rule.disposition, Keep | Drop):
                continue
            if candidate.number in self._for_others or candidate.rule.kinds:
                continue  # a parent has none of these types
            for selector in candidate.selectors:
                holders = [p for p in below if not selector.is_glob and selector.matches(p)]
                for holder in holders[:1]:
                    if candidate.rule.tolerant and all(map(self._deciding, below[holder])):
                        continue
                    candidate.matched.add(selector.text)
                    parts = ", ".join(printable(str(leaf)) for leaf in below[holder][:8])
                    text = f"{printable(str(holder))} holds several fields: {parts}"
                    path = name_place(self.report, candidate.rule, selector.text)
                    self.report.value(path, "not-a-field", text, "name those instead")

    def _subject(self, found: Iterable[tuple[FieldPath, pa.DataType]]) -> FieldPath | None:
        if self._rules.subject is None:
            return None
        selector = Selector(self._rules.subject)
        return next((p for p, _ in found if not p.repeated and selector.matches(p)), None)

    def _is_kind(self, name: str) -> bool:
        """True if `name` is the subject's, but for the kind of its values (``id.{text}``)."""
        steps = parsed(name).steps
        kind = steps[-1] in SCALARS
        return kind and str(FieldPath(steps[:-1])) == self._rules.subject

    def _check_whose(
        self,
        here: Path_,
        transform: PerSubject,
        found: Iterable[tuple[FieldPath, pa.DataType]],
        subject: FieldPath | None,
    ) -> None:
        named = transform.subject_field()
        if named is None:
            if subject is None:
                text = f"{transform.name} needs a subject, and this table has none"
                hint = "set subject:, or context in the transform"
                self.report.value(here, "shift-without-subject", text, hint)
            return
        columns = [path.column for path, _ in found if not path.nested]
        if named not in columns:
            name = printable(named)
            text = f"context names {name}, which is not a top-level field of this table"
            where = (*here, transform.name, "context")
            self.report.value(where, "unknown-field", text, did_you_mean(name, columns))

    def _check_maps(self, schema: pa.Schema, fields: Iterable[FieldPlan]) -> None:
        """A map needs both its keys and its values: if either is dropped, rules must drop all of
        it."""
        dropped = {one.path: isinstance(one.disposition, Drop) for one in fields}
        for path in maps(schema):
            halves = [
                {gone for leaf, gone in dropped.items() if leaf.within(path.child(half))}
                for half in (KEY, VALUE)
            ]
            if {True} in halves and any(False in half for half in halves):
                name = printable(str(path))
                text = f"the keys or the values of the map {name} are dropped, the others are not"
                self.report.key(("fields",), "half-a-map", text, f"drop {name} as a whole")

    def _check_scopes(self, fields: Iterable[FieldPlan]) -> None:
        """Check that sameness within a document has documents: records with a keyed operator in
        text."""
        fields = tuple(fields)
        documents = any(
            transform.traits.needs_key
            for one in fields
            if isinstance(one.disposition, ScrubText)
            for transform in transforms_of(one.disposition)
        )
        rules = {rule.ref.id: rule for rule in self._rules.fields}
        for one in fields:
            if documents or not isinstance(one.disposition, Apply):
                continue
            scopes = [step.traits.scope for step in transforms_in(one)]
            if "document" in scopes:
                path = (*rules[one.rule.id].path, "transform")
                text = "scope document needs a text field with a keyed operator beside the field"
                self.report.value(path, "scope-without-text", text, "scope: dataset")

    def check_whole(
        self, schemas: Mapping[str, pa.Schema], tables: Mapping[str, TablePlan]
    ) -> None:
        """Check the conditions that need every schema."""
        if self._partial:
            return
        self._fitting.report_unused(schemas)
        schemas = {
            alias: with_columns(schema, self._fitting.derived(alias, schema))
            for alias, schema in schemas.items()
        }
        found = {str(path) for schema in schemas.values() for path, _ in leaves(schema)}
        names = found | {name for schema in schemas.values() for name in schema.names}
        for candidate in self._candidates:
            named = () if candidate.rule.tolerant else candidate.rule.tables
            if not report_tables(self.report, candidate.rule.path, named, schemas):
                self._check_used(candidate, names)
        self._linking.check_used(self._rules.fields, names)
        self._check_subject(schemas, names)
        self.records.check(schemas, tables, names)

    def _check_used(self, candidate: _Candidate, names: set[str]) -> None:
        rule = candidate.rule
        if rule.tolerant:
            return
        for name in dict.fromkeys(rule.names):
            if name not in candidate.matched:
                text = f"no field is named {printable(name)}"
                hint = did_you_mean(name, names) or "optional: true if it may be absent"
                if rule.kinds or rule.tables:
                    text = f"this selects no field: {printable(rule.selector)}"
                if rule.kinds and set(self._kinds.values()) == {Kind.TEXT}:
                    hint = "all fields of a CSV file are text"
                path = name_place(self.report, rule, name)
                self.report.value(path, "unmatched-rule", text, hint)
        # A glob is a default for remaining fields, so matching none is not a mistake.
        specific = any(not selector.is_glob for selector in candidate.selectors)
        if specific and candidate.in_the_way and not candidate.decided:
            before = ", ".join(sorted(candidate.in_the_way))
            text = f"this rule has no effect: {before} matches all its fields first"
            self.report.value((*rule.path, "name"), "shadowed-rule", text, "move it up, or remove")

    def _check_subject(self, schemas: Mapping[str, pa.Schema], names: set[str]) -> None:
        if self._rules.subject is None:
            return
        subjects = {alias: self._subject(leaves(schema)) for alias, schema in schemas.items()}
        if not any(subjects.values()):
            name = printable(self._rules.subject)
            kinds = [one for one in sorted(names) if self._is_kind(one)]
            if kinds:
                text = f"{name} has values of several kinds: {', '.join(map(printable, kinds))}"
                hint = f"subject: {printable(kinds[0])} (forget searches every kind)"
            else:
                text = f"no table has the subject {name}"
                hint = did_you_mean(self._rules.subject, names)
            self.report.value(("subject",), "unknown-field", text, hint)
        told: set[str] = set()
        for alias, subject in subjects.items():
            if subject is None:
                continue
            self._enter(alias, schemas[alias])
            rule = self._deciding(subject)
            if rule is None or rule.ref.id in told:
                continue
            told.add(rule.ref.id)
            disposition = rule.disposition if rule is not None else None
            if rule is None or not isinstance(disposition, Apply):
                continue
            traits = [step.traits for step in transforms_of(disposition)]
            varying = [one for one in traits if one.scope != "dataset" or not one.deterministic]
            if any(one.needs_key and one.consumes for one in varying):
                text = "the subject's pseudonyms differ from record to record: nothing joins them"
                hint = "scope: dataset, or drop the field"
                self.report.value((*rule.path, "transform"), "subject-not-linkable", text, hint)


def _planned(
    path: FieldPath, kind: pa.DataType, rule: FieldRule, disposition: Disposition
) -> FieldPlan:
    after = output_type(disposition, kind)
    return FieldPlan(
        path=path,
        type_in=str(kind),
        type_out=None if after is None else str(after),
        field_class=rule.field_class,
        disposition=disposition,
        rule=rule.ref,
        on_error=rule.on_error,
        entity=entity_of(rule),
    )


def _above(leaf: FieldPath) -> tuple[FieldPath, ...]:
    """The leaf and all paths above it."""
    return tuple(FieldPath(leaf.steps[:length]) for length in range(len(leaf.steps), 0, -1))


def _is_of_texts(rule: FieldRule) -> bool:
    """True if a rule's entities apply to all texts below some path."""
    below = any(name.endswith(_BELOW) for name in rule.names)
    return below and isinstance(rule.disposition, ScrubText)
