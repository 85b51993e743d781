"""A first rule file, drafted from an audit and checked before it is written."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from pathlib import Path
from typing import Any

import pyarrow as pa

from scrubber import formats
from scrubber.errors import RuleError
from scrubber.manifest.kept import RULES, unless_kept
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath, Inner, Selector, SelectorIndex, leaves, maps
from scrubber.policy import WrittenRule, compile_plan, load_rules, rule_text, rules_from_mapping
from scrubber.policy.syntax.writing import extended
from scrubber.profiling.columns import Profile, judge
from scrubber.profiling.confirm import to_confirm
from scrubber.profiling.examine import Examined, ExaminedTable, Looked
from scrubber.profiling.packs import pack_for
from scrubber.profiling.pointing import realigned_rules
from scrubber.profiling.relations import domains_of, linked_rules
from scrubber.profiling.report import DETECT, ROWS, SEED, examined_tables, passed_over_said
from scrubber.profiling.suggest import DROP, REDACT, Decision, decide, merged
from scrubber.storage import write_whole

_SCHEMA_LINE = "yaml-language-server: $schema=rules.schema.json"
"""For completion in editors: `scrubber rules schema > rules.schema.json`."""


@dataclass(frozen=True)
class Draft:
    """A drafted rule file: its `head` (everything except ``fields:``), its rules, and their
    comments.

    `confirm` has parts to be confirmed by a person, which follow as comments. `passed_over` has the
    number and reason of malformed records for each table. `out` is the written file, if any. `pack`
    is the rule pack for data of this shape, if there is one. `paths` are the fields of the data.
    """

    head: Mapping[str, Any]
    rules: tuple[WrittenRule, ...]
    comments: tuple[str, ...]
    passed_over: tuple[str, ...] = ()
    out: str | None = None
    pack: str | None = None
    confirm: tuple[str, ...] = ()
    paths: tuple[FieldPath, ...] = ()

    @property
    def exit_code(self) -> int:
        """1 if malformed records were skipped, else 0."""
        return 1 if self.passed_over else 0

    def to_json(self) -> dict[str, Any]:
        """The file, the number of rules by action, the tables with malformed records, and the pack
        for data of this shape."""
        counts, passed_over = self.counts(), list(self.passed_over)
        return {"out": self.out, "decisions": counts, "passed_over": passed_over, "pack": self.pack}

    @property
    def text(self) -> str:
        return rule_text(self.head, self.rules, (_SCHEMA_LINE, *self.comments), self.confirm)

    @property
    def needs_key(self) -> bool:
        return "key" in self.head

    def as_mapping(self) -> dict[str, Any]:
        return {**self.head, "fields": [rule.as_mapping() for rule in self.rules]}

    def counts(self) -> dict[str, int]:
        """The number of rules by action."""
        return dict(sorted(Counter(_action(rule.decision) for rule in self.rules).items()))

    def said(self) -> str:
        """The counts in words."""
        return ", ".join(f"{count} {action}" for action, count in self.counts().items())


def draft(
    inputs: Sequence[str],
    *,
    rows: int = ROWS,
    seed: int = SEED,
    detect: Mapping[str, Any] = DETECT,
) -> Draft:
    """Draft a rule file for `inputs` that compiles against their schemas; see
    :func:`scrubber.audit`.

    Raises: InputError.
    """
    tables = examined_tables(list(inputs), rows=rows, seed=seed, detect=detect)
    bad = [table.sample for table in tables if table.sample.passed_over]
    passed_over = tuple(passed_over_said(one.passed_over, one.refusal) for one in bad)
    schemas = formats.schemas(formats.discover(inputs), drop_bad_rows=bool(bad))
    named = _complete(tables, schemas)
    rules = _rules(named, schemas, finds_names=detect.get("ner") != "none")
    head = _head(rules, detect)
    pack = pack_for(schemas.values())
    sampled = sum(table.sample.table.num_rows for table in tables)
    comments = (
        f"A first draft by `scrubber init`, from {sampled:,} sampled records. It keeps little.",
        "Read every rule before you rely on it; above each stands what speaks for it.",
        *(
            [f"{pack} has rules for data of this shape: you may include it instead."]
            if pack
            else ()
        ),
        *passed_over,
    )
    made = _settled(Draft(head, rules, comments, passed_over, pack=pack), schemas)
    proposed = to_confirm(made.rules, named, schemas)
    made = replace(made, head=_head(made.rules, detect), confirm=proposed)
    made = replace(made, paths=tuple(_paths(schemas)))
    moved = realigned_rules(made.rules, [table.sample.table for table in tables])
    return _checked(replace(made, rules=linked_rules(moved, named, schemas)), made, schemas)


def write_draft(made: Draft, path: Path, *, overwrite: bool = False) -> None:
    """Write the rule file; `overwrite` allows replacing another one.

    Raises: OutputError ``rules-exist``, ``output-kept``, ``output-write``.
    """
    write_whole(
        path,
        made.text.encode(),
        exists="rules-exist",
        hint="--force replaces it",
        replace=partial(unless_kept, own=RULES) if overwrite else None,
        parents=True,
    )


def update(made: Draft, path: Path) -> Draft:
    """Add the rules of `made` for fields that the rule file at `path` does not name. All of its
    text stays, comments included.

    Raises: RuleError for a faulty rule file, or ``update-shape`` if its fields are not one rule per
    line; OutputError ``output-write``.
    """
    written = load_rules(path)
    names = [name for rule in written.fields for name in rule.names]
    moved = [name for rule in written.fields for one in rule.moved for _, name in one.names]
    index = SelectorIndex(map(Selector, (*names, *moved)))
    known = {
        str(path)
        for path in made.paths
        if any(index.matching(FieldPath(path.steps[: i + 1])) for i in range(len(path.steps)))
    }
    new = tuple(rule for rule in made.rules if rule.name not in known)
    if new:
        before = path.read_bytes()
        text = extended(before.decode(), written.tree, new)
        write_whole(path, text.encode(), replace=partial(unless_kept, own=RULES))
        try:
            load_rules(path)
        except RuleError:
            write_whole(path, before, replace=partial(unless_kept, own=RULES))
            raise
    return replace(made, rules=new, out=str(path))


def _complete(
    tables: Sequence[ExaminedTable], schemas: Mapping[str, pa.Schema]
) -> dict[str, list[Examined]]:
    """The examined fields by name, with their types in the whole data. Fields without a sampled
    value are included."""
    named: dict[str, list[Examined]] = {}
    for table in tables:
        seen = {one.path: one for one in table.fields}
        for path, kind in leaves(schemas[table.sample.name]):
            one = seen.get(path)
            if one is None:
                nothing = pa.array([], pa.null())
                profile = Profile.of(nothing)
                one = Examined(path, kind, judge(path, profile), Looked(), profile, nothing)
            named.setdefault(str(path), []).append(replace(one, type=kind))
    return named


def _rules(
    named: Mapping[str, Sequence[Examined]],
    schemas: Mapping[str, pa.Schema],
    *,
    finds_names: bool,
) -> tuple[WrittenRule, ...]:
    domains = domains_of(named)
    rules = []
    for name, fields in named.items():
        decisions = [
            (decide(one, finds_names=finds_names, domain=domains.get(name, "id")), one)
            for one in fields
        ]
        decision = merged(decisions)
        chosen = next((one for d, one in decisions if d.wanted == decision.wanted), fields[0])
        rules.append(_rule(name, chosen, decision))
    return tuple(_whole_maps(rules, named, schemas))


def _rule(name: str, one: Examined, decision: Decision) -> WrittenRule:
    verdict = one.verdict
    entity = f", {verdict.entity}" if verdict.entity else ""
    said = f"{verdict.concept.said}{entity} ({verdict.confidence:.0%} sure)"
    evidence = "; ".join(verdict.evidence)
    return WrittenRule(
        name,
        _class(verdict.field_class, decision.wanted),
        decision.wanted,
        (f"{said}: {evidence}", decision.why),
    )


def _class(field_class: FieldClass, setting: Mapping[str, Any]) -> FieldClass:
    """A class that the rule language permits with the setting."""
    if "entities" in setting:
        return FieldClass.TEXT
    if "keep" in setting and field_class in (FieldClass.TEXT, FieldClass.DIRECT_IDENTIFIER):
        return FieldClass.INSENSITIVE
    return field_class


def _whole_maps(
    rules: Sequence[WrittenRule],
    named: Mapping[str, Sequence[Examined]],
    schemas: Mapping[str, pa.Schema],
) -> Iterator[WrittenRule]:
    """The rules, dropping a whole map if one of them would drop a part of it."""
    holders = {path for schema in schemas.values() for path in maps(schema)}
    gone = [named[rule.name][0].path for rule in rules if rule.decision == DROP]
    torn = {holder for holder in holders if any(path.within(holder) for path in gone)}
    for rule in rules:
        path = named[rule.name][0].path
        part = any(path.within(holder) for holder in torn)
        yield replace(rule, decision=DROP) if part else rule


def _head(rules: Sequence[WrittenRule], detect: Mapping[str, Any]) -> dict[str, Any]:
    head: dict[str, Any] = {"version": 1}
    if any("token" in rule.decision.get("transform", ()) for rule in rules):
        head["key"] = {"env": "SCRUBBER_KEY"}
    head["on_error"] = "null"
    if any("entities" in rule.decision for rule in rules):
        head["detect"] = dict(detect)
    return head


def _settled(made: Draft, schemas: Mapping[str, pa.Schema]) -> Draft:
    """The draft adjusted so that each rule applies to its own field, and each table keeps a field.

    A name with ``*`` or ``?`` is a glob, and one name may be a column here and a parent of columns
    there. Rules that apply to each other's fields get the same treatment. Each round only drops or
    blanks more, so the process ends.
    """
    rules = sorted(made.rules, key=lambda rule: Selector(rule.name).is_glob)
    index = SelectorIndex(Selector(rule.name) for rule in rules)
    while True:
        rules = _something_left(rules, schemas, index)
        tangled = _tangled(rules, schemas, index)
        if not tangled:
            break
        for group in tangled:
            blank = any(rules[i].decision == REDACT for i in group)
            for i in group:
                rules[i] = replace(rules[i], decision=REDACT if blank else DROP)
    used = {_deciding(rules, index, path) for path in _paths(schemas)}
    return replace(made, rules=tuple(rule for i, rule in enumerate(rules) if i in used))


def _checked(linked: Draft, plain: Draft, schemas: Mapping[str, pa.Schema]) -> Draft:
    """The linked draft, or the plain one if hostile names prevent linking."""
    try:
        compile_plan(rules_from_mapping(linked.as_mapping()), schemas)
    except RuleError:
        compile_plan(rules_from_mapping(plain.as_mapping()), schemas)
        return plain
    return linked


def _paths(schemas: Mapping[str, pa.Schema]) -> list[FieldPath]:
    return list(dict.fromkeys(path for schema in schemas.values() for path, _ in leaves(schema)))


def _tangled(
    rules: Sequence[WrittenRule], schemas: Mapping[str, pa.Schema], index: SelectorIndex
) -> list[frozenset[int]]:
    """Groups of rules that need the same treatment."""
    places = {rule.name: i for i, rule in enumerate(rules)}
    groups: set[frozenset[int]] = set()
    for path in _paths(schemas):
        own, first = places[str(path)], _deciding(rules, index, path)
        if rules[first].decision != rules[own].decision:
            groups.add(frozenset({own, first}))
        for length in range(1, len(path.steps)):
            holder = FieldPath(path.steps[:length])
            if isinstance(path.steps[length], Inner) or str(holder) not in places:
                continue
            if rules[places[str(holder)]].decision != DROP:  # no transform accepts a container
                groups.add(frozenset({own, places[str(holder)]}))
    return sorted(groups, key=sorted)


def _deciding(rules: Sequence[WrittenRule], index: SelectorIndex, path: FieldPath) -> int:
    """The rule that applies to the field at `path`: the first match."""
    speaking = set(index.matching(path))
    for length in range(1, len(path.steps)):
        above = index.matching(FieldPath(path.steps[:length]))
        speaking.update(i for i in above if _takes_all_below(rules[i]))
    return min(speaking)


def _takes_all_below(rule: WrittenRule) -> bool:
    return "keep" in rule.decision or rule.decision == DROP


def _something_left(
    rules: Sequence[WrittenRule], schemas: Mapping[str, pa.Schema], index: SelectorIndex
) -> list[WrittenRule]:
    """The rules, with one field blanked instead of dropped if a table would lose all its fields."""
    changed = list(rules)
    for schema in schemas.values():
        deciding = [_deciding(changed, index, path) for path, _ in leaves(schema)]
        if all(changed[i].decision == DROP for i in deciding):
            why = "blanked, not dropped: nothing else would be left of its table"
            rule = changed[deciding[0]]
            changed[deciding[0]] = replace(rule, decision=REDACT, comments=(rule.comments[0], why))
    return changed


def _action(setting: Mapping[str, Any]) -> str:
    """The action of a setting, in a word or two."""
    if "keep" in setting:
        return "kept"
    if "entities" in setting:
        return "searched as text"
    if setting["transform"] == "drop":
        return "dropped"
    transform = setting["transform"]
    return "blanked" if isinstance(transform, str) else f"by {next(iter(transform))}"
