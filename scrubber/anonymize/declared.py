"""The declarations of a rule file about fields of data that it need not fit, such as its output."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pyarrow as pa

from scrubber import formats
from scrubber.anonymize.singling import flat_fields
from scrubber.model.fieldclass import FieldClass
from scrubber.model.fieldpath import FieldPath, Selector
from scrubber.policy import Rules
from scrubber.policy.decisions import FieldRule
from scrubber.policy.plan import Drop


def declared_quasi(inputs: Sequence[str], rules: Rules) -> list[str]:
    """The quasi-identifiers of `rules` in the table of `inputs` that has most of them, without
    those that the rules drop.

    Raises: InputError for sources that cannot be read.
    """
    schemas = formats.schemas(formats.discover(list(inputs))).values()
    return max((declared_in(schema, rules) for schema in schemas), key=len, default=[])


def declared_in(schema: pa.Schema, rules: Rules) -> list[str]:
    """The quasi-identifiers of `rules` in a table of this schema, without those that they drop."""
    deciding = _deciding(rules)
    flat = flat_fields(schema).items()
    return [name for name, path in flat if any(map(_is_quasi, deciding(path)))]


def _is_quasi(rule: FieldRule) -> bool:
    dropped = isinstance(rule.disposition, Drop)
    return rule.field_class is FieldClass.QUASI_IDENTIFIER and not dropped


def dropped_by(rules: Rules) -> Callable[[FieldPath], bool]:
    """True for a field that `rules` drop."""
    deciding = _deciding(rules)

    def dropped(path: FieldPath) -> bool:
        found = deciding(path)
        if not found or _is_restricted(found[-1]):
            return rules.on_unlisted == "drop" and all(map(_drops, found))
        return all(map(_drops, found))

    return dropped


def _drops(rule: FieldRule) -> bool:
    return isinstance(rule.disposition, Drop)


def _is_restricted(rule: FieldRule) -> bool:
    return bool(rule.tables or rule.kinds or rule.when)


def _deciding(rules: Rules) -> Callable[[FieldPath], list[FieldRule]]:
    """The rules that may decide a field: the first that names it for all tables and types, and
    those for some, or under a condition, that
    stand before it."""
    selectors = [
        (Selector(name, ignore_case=rule.ignore_case), rule)
        for rule in rules.fields
        for name in rule.names
    ]

    def deciding(path: FieldPath) -> list[FieldRule]:
        found: list[FieldRule] = []
        for selector, rule in selectors:
            if selector.matches(path):
                found.append(rule)
                if not _is_restricted(rule):
                    break
        return found

    return deciding
