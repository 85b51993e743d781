"""The verb `scrub_text`: remove personal data from texts at hand, without files or a manifest."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any, Final, overload

import pyarrow as pa

from scrubber.anonymize.gates import refuse_languages, refuse_residual
from scrubber.api.arguments import RulesLike, as_rules
from scrubber.errors import NotAvailable, printable
from scrubber.keystore import as_key
from scrubber.manifest import Ledger
from scrubber.model.batch import Batch, BatchRef
from scrubber.model.fieldpath import FieldPath, Selector
from scrubber.pipeline.batch import Tools, scrub_batch, tools_for
from scrubber.policy import Rules, compile_plan, rules_from_mapping
from scrubber.policy.decisions import FieldRule
from scrubber.policy.plan import Plan
from scrubber.run.request import key_for
from scrubber.transform.keys import RootKey

_TEXT: Final = "text"
_DEFAULT: Final[dict[str, Any]] = {
    "version": 1,
    "fields": [{"name": _TEXT, "class": "text", "entities": {"default": "redact"}}],
}


@overload
def scrub_text(  # type: ignore[overload-overlap]  # a string is an iterable of strings
    texts: str,
    rules: RulesLike | None = None,
    *,
    field: str | None = None,
    key: RootKey | bytes | str | None = None,
) -> str | None: ...


@overload
def scrub_text(
    texts: Iterable[str | None],
    rules: RulesLike | None = None,
    *,
    field: str | None = None,
    key: RootKey | bytes | str | None = None,
) -> list[str | None]: ...


def scrub_text(
    texts: str | Iterable[str | None],
    rules: RulesLike | None = None,
    *,
    field: str | None = None,
    key: RootKey | bytes | str | None = None,
) -> str | list[str | None] | None:
    """Scrub a text, or several, as the rules scrub a text field.

    Without `rules`, each finding of any entity becomes a label such as ``{PERSON}``, and no key is
    needed. Of `rules`, one text rule applies: that for the field named `field`. The default is a
    field called ``text``, or else the only text rule. `key` is as for :func:`scrubber.scrub`.

    The result is a string for a string, and a list for several texts. Each text is a document of
    its own. Null stays null; a text that the rules drop is null too. Nothing is recorded: use
    :func:`scrubber.scrub` for data that needs a manifest.

    >>> scrub_text("Write to ann@example.com")
    'Write to {EMAIL_ADDRESS}'

    Raises: NotAvailable ``text-field`` if `rules` have no text rule for the field, or several,
    ``whole-table`` for rules with ``privacy:`` or ``gates: {min_k: …}``; GateError
    ``language-unmeasured``, ``residual-rate``; RuleError; KeyFault; DetectionError for a text that
    could not be scanned; TypeError for anything but text. No message contains a text.
    """
    if isinstance(texts, str):
        return scrub_text([texts], rules, field=field, key=key)[0]
    given = list(texts)
    if not all(text is None or isinstance(text, str) for text in given):
        raise TypeError("scrub_text takes a text or several texts")
    parsed = as_rules(rules) if rules is not None else _default()
    name = _field(parsed, field)
    plan = compile_plan(parsed, {_TEXT: pa.schema([(name, pa.string())])}, partial=True)
    secret = key_for(plan, as_key(key) if key is not None else None)
    tools = tools_for(plan, secret)
    found = _scrubbed(plan, tools, name, given)
    if len(found) == len(given):
        return found
    alone = (_scrubbed(plan, tools, name, [text]) for text in given)  # which ones are dropped
    return [one[0] if one else None for one in alone]


@cache
def _default() -> Rules:
    return rules_from_mapping(_DEFAULT)


def _field(rules: Rules, field: str | None) -> str:
    """The name of the field whose rule applies.

    Raises: NotAvailable.
    """
    if rules.privacy is not None or rules.gates.min_k is not None:
        text = "classes of records need a whole table, not a text"
        raise NotAvailable("whole-table", text, hint="scrubber run")
    name = field if field is not None else _TEXT
    first = next((rule for rule in rules.fields if _matches(rule, name)), None)
    if first is not None and first.scrubs_text:
        return name
    if field is not None:
        text = f"the rules do not treat {printable(field)} as text"
        raise NotAvailable("text-field", text, hint="entities: {default: redact}")
    of_text = [rule for rule in rules.fields if rule.scrubs_text]
    plain = [own for rule in of_text for own in rule.names if not Selector(own).is_glob]
    if len(of_text) != 1 or not plain:
        known = f"name one of {', '.join(map(printable, plain[:5]))}" if plain else "name one"
        text = "the rules have several text rules" if of_text else "the rules have no text rule"
        raise NotAvailable("text-field", text, hint=f"{known}: --field, or field=")
    return plain[0]


def _matches(rule: FieldRule, name: str) -> bool:
    path = FieldPath((name,))
    selectors = (Selector(one, ignore_case=rule.ignore_case) for one in rule.names)
    return any(selector.matches(path) for selector in selectors)


def _scrubbed(plan: Plan, tools: Tools, name: str, texts: list[str | None]) -> list[str | None]:
    """The texts that the rules do not drop.

    Raises: those of :func:`scrub_text`.
    """
    table = pa.table({name: pa.array(texts, pa.string())})
    result = scrub_batch(plan, Batch(BatchRef(_TEXT, 0, 1, len(texts)), table), tools)
    ledger = Ledger.of([result.fragment])
    refuse_languages(plan, ledger)
    refuse_residual(plan, ledger)
    values: list[str | None] = result.table[name].to_pylist()
    return values


__all__ = ["scrub_text"]
