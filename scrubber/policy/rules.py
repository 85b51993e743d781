"""Rules: a rule file, read, composed and checked as far as possible without data."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Iterable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

from scrubber.detect.spec import DetectSpec
from scrubber.errors import Mark, Problem, RuleError, printable
from scrubber.model.aggregates import Aggregate, Budget
from scrubber.model.fileform import FileForm
from scrubber.policy import schema
from scrubber.policy.aggregates import aggregates, budget
from scrubber.policy.decisions import FieldRule, field_rules
from scrubber.policy.derive.reading import Derivation, derivations, report_no_day
from scrubber.policy.detection import canonical_json, check_entities, detection, unmeasured
from scrubber.policy.examples import Example, examples
from scrubber.policy.linking import check_linked_as, linked_labels
from scrubber.policy.plan import (
    DisclosureRules,
    GateRules,
    KeyRef,
    KeySource,
    LeakIndexRules,
    OnError,
    PrivacyRules,
    RowRule,
    Unmeasured,
    transforms_of,
)
from scrubber.policy.privacy import privacy_rules
from scrubber.policy.publishing import has_literals, published_digest
from scrubber.policy.record_rules import Expected, Follow, Sample, Written
from scrubber.policy.records.fitting import place
from scrubber.policy.records.reading import row_rules
from scrubber.policy.schema import Gates, Key
from scrubber.policy.shape import RULE_KEYS, check_shape
from scrubber.policy.sql import uses_run_day
from scrubber.policy.syntax.compose import Composed, Override, compose, compose_tree
from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.source import Path_, Tree, plain_tree
from scrubber.storage import is_remote
from scrubber.transform.keys import KEY_BYTES

_VARIABLE = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_KEY_ID = re.compile(r"[0-9a-f]{16}")


@dataclass(frozen=True)
class Rules:
    """A valid rule file.

    `path` is the name given by the user. `digest` is the SHA-256 (hex) of the canonical JSON of the
    composed content and of the hierarchy files; it is not published, since it could confirm
    guesses. `published` is the digest without literals and hierarchies; `literals` is true if there
    are any. `declared` is the ``dataset:`` part. `overrides` lists the settings of included files
    that others override. `as_of` is an ISO 8601 date, or ``run``.
    """

    path: str
    digest: str
    published: str
    literals: bool
    key: KeyRef | None
    on_unlisted: str
    on_error: OnError
    read: tuple[FileForm, ...]
    subject: str | None
    detect: DetectSpec
    unmeasured: Unmeasured
    as_of: str | None
    derive: tuple[Derivation, ...]
    fields: tuple[FieldRule, ...]
    rows: tuple[RowRule, ...]
    records: tuple[Written, ...]
    tests: tuple[Example, ...]
    declared: dict[str, Any]
    privacy: PrivacyRules | None
    aggregates: tuple[Aggregate, ...]
    budget: Budget | None
    leak_index: LeakIndexRules | None
    gates: GateRules
    disclosure: DisclosureRules
    overrides: tuple[Override, ...]
    tree: Tree = field(repr=False)

    @property
    def needs_whole(self) -> bool:
        """True if rules about records look at more than one."""
        return any(not isinstance(one.rule, Sample) for one in self.records)

    @property
    def expected(self) -> Mapping[str, Expected]:
        """The share of all records that each rule about records is expected to drop, by its id."""
        rows = {rule.rule.id: rule.expected for rule in self.rows}
        others = {f"rows[{rule.index}]": rule.expected for rule in self.records}
        return {id_: share for id_, share in (rows | others).items() if share is not None}

    def selector_of(self, rule_id: str) -> str:
        """The selector of the rule `rule_id`: its names, or ``*`` for ``on_unlisted``."""
        for rule in self.fields:
            if rule.ref.id == rule_id:
                return rule.selector
            for moved in rule.moved:
                if moved.ref.id == rule_id:
                    return ", ".join(name for _, name in moved.names)
        return "rows" if rule_id.startswith("rows[") else "*"


def load_rules(path: str | Path) -> Rules:
    """Read a rule file or a pack (``pack:secrets``) with its includes.

    Raises: RuleError, with all problems that can be found without data, and their places.
    """
    composed = compose(str(path))
    return _rules(composed, needs_key_reference=True)


def rules_from_mapping(tree: Mapping[str, Any], name: str = "<rules>") -> Rules:
    """Rules from a mapping in the shape of a rule file; files are relative to the working folder.

    The checks are those of :func:`load_rules`, except that a key reference may be missing: a
    program may pass the key itself.

    Raises: RuleError.
    """
    copied, problems = plain_tree(tree, name)
    return _rules(compose_tree(copied, problems), needs_key_reference=False)


def varied(rules: Rules, path: Path_, value: Any) -> Rules:
    """The rules with another `value` at `path`, such as ``("privacy", "k")``. Of a list ``fields``,
    a step may be a field's name.

    Raises: RuleError, also ``unknown-path`` where no part of the rules has the path.
    """
    tree = replace(rules.tree, data=deepcopy(rules.tree.data))
    *above, last = _by_index(path, rules)
    node = tree.at(tuple(above))
    in_list = isinstance(node, list) and isinstance(last, int) and last < len(node)
    if not isinstance(node, dict) and not in_list:
        raise _no_path(rules, path)
    node[last] = value
    return _rules(Composed(tree, (), rules.overrides), needs_key_reference=False)


def _by_index(path: Path_, rules: Rules) -> Path_:
    """`path` with the number of the first rule that names its field."""
    if len(path) < 2 or path[0] != "fields" or isinstance(path[1], int):
        return path
    number = next((i for i, one in enumerate(rules.fields) if path[1] in one.names), None)
    if number is None:
        raise _no_path(rules, path)
    return (path[0], number, *path[2:])


def _no_path(rules: Rules, path: Path_) -> RuleError:
    name = ".".join(map(str, path))
    text = f"the rules have no {printable(name)}"
    return RuleError([Problem(Mark(rules.path), "unknown-path", text)])


def detect_spec(tree: Mapping[str, Any] | None) -> DetectSpec:
    """The ``detect:`` part of a rule file alone; the default is patterns and the built-in names
    model, in English.

    Raises: RuleError.
    """
    copied, problems = plain_tree({"version": 1, "detect": dict(tree or {})}, "<detect>")
    report = Report(copied, problems)
    part = check_shape(report).detect
    spec = detection(report, part, needed=True)
    report.raise_if_any()
    check_entities(report, part, spec, {}, frozenset())
    report.raise_if_any()
    return spec


def _rules(composed: Composed, *, needs_key_reference: bool) -> Rules:
    tree = composed.tree
    report = Report(tree, composed.problems)
    report.quote_nothing_of(_foreign(tree, composed.problems))
    if not tree.data:
        report.raise_if_any()
    listed = tree.data.get("fields")
    for part in (tree.data, *(listed if isinstance(listed, list) else ())):
        if isinstance(part, dict) and "on_error" in part and part["on_error"] is None:
            part["on_error"] = OnError.NULL.value  # the word, which YAML reads as nothing
    written = check_shape(report)
    report.quote_nothing_of(_foreign(tree, report.problems))
    key = _key(report, written.key)
    derive = derivations(report, written.derive, has_day=written.as_of is not None)
    fields, digests = field_rules(report, written)
    privacy, more_digests = privacy_rules(report, written.privacy)
    gates = _gates(report, written.gates, privacy)
    aggregated = aggregates(report, written)
    leak_index = _leak_index(report, written.leak_index)
    asked = {path: entity for rule in fields for path, entity in rule.entities}
    texts = any(rule.scrubs_text for rule in fields)
    spec = detection(report, written.detect, needed=texts)
    check_entities(report, written.detect, spec, asked, linked_labels(fields))
    check_linked_as(report, fields, spec)
    rows, records = row_rules(report, written.rows, written.subject)
    if written.as_of is None:
        _refuse_run_day(report, fields, rows)
    tests = examples(report, written.tests)
    if needs_key_reference and key is None:
        _require_key(report, fields)
        if written.leak_index is not None:
            text = "a leak index needs a key and the rules name none"
            report.key(("leak_index",), "key-missing-in-rules", text, "key: {env: SCRUBBER_KEY}")
        for one in records:
            if not isinstance(one.rule, Follow):
                text = "a keyed draw of records needs a key and the rules name none"
                hint = "key: {env: SCRUBBER_KEY}"
                report.value(place(one.rule.rule.id), "key-missing-in-rules", text, hint)
    report.raise_if_any()
    hierarchies = digests | more_digests
    content = canonical_json({"rules": tree.data, "hierarchies": hierarchies})
    return Rules(
        path=tree.file,
        digest=sha256(content.encode("utf-8", "surrogatepass")).hexdigest(),
        published=published_digest(tree.data),
        literals=bool(hierarchies) or has_literals(tree.data),
        key=key,
        on_unlisted=written.on_unlisted,
        on_error=OnError(written.on_error),
        read=_read(written.read),
        subject=written.subject,
        detect=spec,
        unmeasured=unmeasured(written.detect),
        as_of=written.as_of,
        derive=derive,
        fields=fields,
        rows=rows,
        records=records,
        tests=tests,
        declared=written.dataset.model_dump(exclude_unset=True) if written.dataset else {},
        privacy=privacy,
        aggregates=aggregated,
        budget=budget(report, written.budget),
        leak_index=leak_index,
        gates=gates,
        disclosure=DisclosureRules(**dict(written.disclosure)),
        overrides=(*composed.overrides, *_overridden(fields)),
        tree=tree,
    )


def _foreign(tree: Tree, problems: Iterable[Problem]) -> set[str]:
    """The files that must not be quoted: included files that are not rule files, and the rule file
    itself if it has no key of the language."""
    right = ("include-", "key-in")  # problems that valid rule files may have
    named = {p.mark.file for p in problems if not p.code.startswith(right)} - {tree.file}
    if tree.data and not any(key in tree.data for key in RULE_KEYS):
        named.add(tree.file)
    return named


def _key(report: Report, part: Key | None) -> KeyRef | None:
    """The reference of the key. Anything that looks like a key itself is refused without being
    quoted."""
    if part is None:
        return None
    given = part.model_dump(exclude_unset=True)
    id_ = given.pop("id", None)
    if id_ is not None and not _KEY_ID.fullmatch(id_):
        text = "the id of a key is 16 hex digits, as keygen prints it"
        report.value(("key", "id"), "bad-value", text)
        return None
    if len(given) != 1 or "include" in given:
        if report.is_whole(("key",)):
            text = "key takes one of env, file, keyring, exec and include"
            report.key(("key",), "one-of", text, "key: {env: SCRUBBER_KEY}")
        return None
    ((name, value),) = given.items()
    if _looks_like_key(value):
        text = "this looks like a key; a rule file says where the key is, never the key"
        report.value(("key", name), "key-in-rules", text, "make a new one: scrubber keygen")
        return None
    if name == "env" and not _VARIABLE.fullmatch(value):
        report.value(("key", name), "bad-value", "env takes the name of an environment variable")
        return None
    return KeyRef(KeySource(name), value, id_)


def _looks_like_key(value: str) -> bool:
    """True for 64 hex digits, or for base64 of 32 bytes with its padding."""
    if re.fullmatch(r"[0-9a-fA-F]{64}", value):
        return True
    if len(value) not in (43, 44):
        return False
    standard = value.rstrip("=").replace("-", "+").replace("_", "/") + "="
    try:
        return len(base64.b64decode(standard, validate=True)) == KEY_BYTES
    except (ValueError, binascii.Error):
        return False


def _read(written: Iterable[schema.Read | None]) -> tuple[FileForm, ...]:
    return tuple(
        FileForm(one.files, one.format, tuple(one.header or ()), one.delimiter or "", one.records)
        for one in written
        if one is not None
    )


def _refuse_run_day(report: Report, fields: Iterable[FieldRule], rows: Iterable[RowRule]) -> None:
    """Report conditions that read ``run_day``."""
    for rule in fields:
        if rule.when is not None and uses_run_day(rule.when):
            report_no_day(report, (*rule.path, "when"))
    for row in rows:
        if uses_run_day(row.expression):
            report_no_day(report, (*place(row.rule.id), "drop"))


def _gates(report: Report, part: Gates, privacy: PrivacyRules | None) -> GateRules:
    """The limits of the part, which the classes of `privacy` do not contradict."""
    least = part.min_k
    if least is not None and privacy is not None and least > privacy.k:
        text = f"min_k asks for classes of {least}, and privacy makes them of {privacy.k}"
        report.value(("gates", "min_k"), "k-below-gate", text, f"privacy: {{k: {least}}}")
    return GateRules(
        part.max_residual_rate,
        least,
        every=part.rescan == "all",
        languages=part.languages is not None,
        unicity=part.unicity,
    )


def _leak_index(report: Report, part: schema.LeakIndex | None) -> LeakIndexRules | None:
    """The leak index, with its file beside the rule file."""
    if part is None:
        return None
    if is_remote(part.file):
        text = "the leak index is a local file, which only its owner can read"
        report.value(("leak_index", "file"), "bad-value", text)
        return None
    file = report.tree.folder_of(("leak_index", "file")) / part.file
    return LeakIndexRules(str(file), date.fromisoformat(part.delete_by), part.verbatim)


def _require_key(report: Report, fields: tuple[FieldRule, ...]) -> None:
    for rule in fields:
        if rule.disposition is None:
            continue
        names = sorted({t.name for t in transforms_of(rule.disposition) if t.traits.needs_key})
        if names:
            report.value(
                rule.path,
                "key-missing-in-rules",
                f"{', '.join(names)} needs a key and the rules name none",
                "key: {env: SCRUBBER_KEY}",
            )


def _overridden(fields: tuple[FieldRule, ...]) -> list[Override]:
    """Fields for which a file with precedence overrides an included one."""
    first: dict[str, Mark] = {}
    found: list[Override] = []
    for rule in fields:
        for name in rule.names:
            winner = first.setdefault(name, rule.ref.mark)
            if winner.file != rule.ref.mark.file:
                found.append(Override(name, winner, rule.ref.mark))
    return found
