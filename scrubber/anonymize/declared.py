"""The declarations of a rule file about fields of data that it need not fit, such as its output."""

from __future__ import annotations

from collections.abc import Callable, Sequence

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
    deciding = _deciding(rules)
    found: list[str] = []
    for schema in formats.schemas(formats.discover(list(inputs))).values():
        here = [name for name, path in flat_fields(schema).items() if _is_quasi(deciding(path))]
        found = max(found, here, key=len)
    return found


def _is_quasi(rule: FieldRule | None) -> bool:
    return (
        rule is not None
        and rule.field_class is FieldClass.QUASI_IDENTIFIER
        and not isinstance(rule.disposition, Drop)
    )


def dropped_by(rules: Rules) -> Callable[[FieldPath], bool]:
    """True for a field that `rules` drop."""
    deciding = _deciding(rules)

    def dropped(path: FieldPath) -> bool:
        rule = deciding(path)
        if rule is None:
            return rules.on_unlisted == "drop"
        return isinstance(rule.disposition, Drop)

    return dropped


def _deciding(rules: Rules) -> Callable[[FieldPath], FieldRule | None]:
    """The first rule that names a field, as in a run."""
    selectors = [
        (Selector(name, ignore_case=rule.ignore_case), rule)
        for rule in rules.fields
        for name in rule.names
    ]

    def deciding(path: FieldPath) -> FieldRule | None:
        return next((rule for selector, rule in selectors if selector.matches(path)), None)

    return deciding
