"""Parts of a rule file that a draft proposes and a person confirms: whose records these are,
consent, classes and limits.

They are comments in the draft: each says who decides what, which a sample cannot know.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence

import pyarrow as pa

from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import leaves
from scrubber.policy import WrittenRule
from scrubber.policy.syntax.writing import quoted
from scrubber.profiling.columns import words_of
from scrubber.profiling.columns.vocabulary import PERSONS
from scrubber.profiling.examine import Examined
from scrubber.transform.base import Kind, kind_of

Named = Mapping[str, Sequence[Examined]]

_CONSENT = frozenset({"consent", "consents", "consented", "optin", "einwilligung", "consentement"})
# Words that refuse. Only these may stand in a draft; other values of a column never do.
_REFUSALS = ("false", "no", "n", "0", "f", "denied", "refused", "withdrawn", "nein", "non")
_INTRODUCTION = "To confirm: remove the # where it is right, and read what it changes with plan."
_K = 5


def to_confirm(
    rules: Sequence[WrittenRule], named: Named, schemas: Mapping[str, pa.Schema]
) -> tuple[str, ...]:
    """The lines to confirm, without their ``#``; empty if nothing was seen that asks for them."""
    subject = subject_of(rules, named, schemas)
    lines = [f"subject: {_scalar(subject)}"] if subject is not None else []
    consent = list(_refusals(named))
    if consent:
        lines += ["rows:", *consent]
    quasi = _quasi(rules, named)
    names = ", ".join(_scalar(rule.name) for rule in quasi)
    gates = []
    if quasi and any("keep" in rule.decision for rule in quasi):
        gates.append(f"min_k: {_K}")  # privacy: would have to choose their levels
    elif quasi:
        lines.append(f"privacy: {{k: {_K}}}   # classes over {names}")
    if any("entities" in rule.decision for rule in rules):
        gates.append("max_residual_rate: 0.01")
    if gates:
        over = f"   # min_k: over {names}" if gates[0].startswith("min_k") else ""
        lines.append(f"gates: {{{', '.join(gates)}}}{over}")
    return (_INTRODUCTION, *lines) if lines else ()


def subject_of(
    rules: Iterable[WrittenRule], named: Named, schemas: Mapping[str, pa.Schema]
) -> str | None:
    """The key of a person that most tables have, if it names a kind of person; else None."""
    tokens = {rule.name for rule in rules if "token" in rule.decision.get("transform", ())}
    people = [
        name
        for name in tokens
        if any(one.verdict.concept.id == "key" for one in named[name])
        and not PERSONS.isdisjoint(words_of(name))
        and not named[name][0].path.nested
    ]
    tables = {
        name: sum(name in {str(path) for path, _ in leaves(schema)} for schema in schemas.values())
        for name in people
    }
    return max(sorted(people), key=lambda name: tables[name], default=None)


def _refusals(named: Named) -> Iterator[str]:
    """A row rule for each consent column whose refusal is a known word."""
    for name, fields in named.items():
        one = fields[0]
        if one.path.nested or _CONSENT.isdisjoint(words_of(name)):
            continue
        column = '"' + name.strip('"').replace('"', '""') + '"'
        kinds = {kind_of(each.type) for each in fields}
        seen = {v for each in fields for v in each.profile.counts}
        words = ", ".join(f"'{v}'" for v in sorted(seen) if v.strip().casefold() in _REFUSALS)
        if kinds == {Kind.BOOLEAN}:
            condition = f"{column} = false"
        elif kinds == {Kind.BOOLEAN, Kind.TEXT}:
            condition = f"CAST({column} AS VARCHAR) = 'false'"
        elif kinds == {Kind.TEXT} and words:
            condition = f"{column} IN ({words})"
        else:
            continue
        yield f"  - {{drop: {quoted(condition)}, reason: {quoted('no consent')}}}"


def _quasi(rules: Iterable[WrittenRule], named: Named) -> list[WrittenRule]:
    """The quasi-identifiers that classes can be made of."""
    return [
        rule
        for rule in rules
        if rule.field_class is FieldClass.QUASI_IDENTIFIER
        and rule.decision != {"transform": "drop"}
        and not named[rule.name][0].path.nested
    ]


def _scalar(name: str) -> str:
    return name if name.isascii() and name.isidentifier() else quoted(name)
