"""The rules under ``rows:``, read from the models of the rule file and checked without data."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from scrubber.policy import schema
from scrubber.policy.plan import RowRule, RuleRef
from scrubber.policy.record_rules import (
    Expected,
    Follow,
    Limit,
    RecordRule,
    Repeats,
    Sample,
    Shuffle,
    Written,
)
from scrubber.policy.rows import columns_of
from scrubber.policy.sql import Fault
from scrubber.policy.syntax.report import Report
from scrubber.policy.syntax.settings import numbered
from scrubber.policy.syntax.source import Path_

KINDS: Final = ("drop", "sample", "limit", "repeats", "shuffle")
_OF_DROP: Final = ("follow", "missing", "public")


def row_rules(
    report: Report, written: Iterable[schema.RowRule | None], subject: str | None
) -> tuple[tuple[RowRule, ...], tuple[Written, ...]]:
    """The rules that drop records by a condition, and the other rules about records."""
    rows: list[RowRule] = []
    records: list[Written] = []
    for i, rule in numbered(written):
        path: Path_ = ("rows", i)
        if not _is_one_rule(report, path, rule):
            continue
        ref = RuleRef(f"rows[{i}]", report.tree.value_mark(path))
        expected = _expected(report, path, rule)
        if rule.drop is not None:
            row = _row_rule(report, path, rule, ref, expected, subject)
            if row is None:
                continue
            rows.append(row)
            if rule.follow == "subject":
                follow = Follow(ref, row.expression, rule.missing == "keep")
                records.append(Written(i, follow, row.tables))
        else:
            made = _record_rule(report, path, rule, ref, subject)
            if made is not None:
                records.append(Written(i, made, rule.tables, expected))
    return tuple(rows), tuple(records)


def _is_one_rule(report: Report, path: Path_, rule: schema.RowRule) -> bool:
    kinds = [kind for kind in KINDS if getattr(rule, kind) is not None]
    if not report.is_whole(path) and not kinds:
        return False
    if len(kinds) != 1:
        text = f"a rule of rows has one of {', '.join(KINDS)}"
        place = (*path, kinds[1]) if kinds else path
        report.value(path, "one-of", text) if not kinds else report.key(place, "one-of", text)
        return False
    right = True
    for key in _OF_DROP if kinds != ["drop"] else ():
        if key in rule.model_fields_set:
            report.key((*path, key), "unknown-key", f"{key} belongs to a rule with drop")
            right = False
    if rule.drop is not None and rule.reason is None and report.is_whole((*path, "reason")):
        text = "a rule that drops records needs a reason"
        report.value(path, "missing-key", text, 'reason: "why"')
        right = False
    if "missing" in rule.model_fields_set and rule.follow != "subject":
        text = "missing is about subjects without an answer, and this rule follows none"
        report.key((*path, "missing"), "missing-without-follow", text, "follow: subject")
        right = False
    return right


def _row_rule(
    report: Report,
    path: Path_,
    rule: schema.RowRule,
    ref: RuleRef,
    expected: Expected | None,
    subject: str | None,
) -> RowRule | None:
    assert rule.drop is not None
    read = columns_of(rule.drop)
    if isinstance(read, Fault):
        report.value((*path, "drop"), read.code, read.text, read.hint)
        return None
    if rule.follow == "subject" and subject is None:
        text = "this rule follows the subject, and the rules name none"
        report.key((*path, "follow"), "follow-without-subject", text, "subject: customer_id")
        return None
    return RowRule(
        rule.drop, rule.reason or "", ref, rule.public, rule.follow, rule.tables, expected
    )


def _record_rule(
    report: Report, path: Path_, rule: schema.RowRule, ref: RuleRef, subject: str | None
) -> RecordRule | None:
    reason = rule.reason
    if rule.sample is not None:
        by = _named(report, (*path, "sample", "by"), rule.sample.by, subject)
        return Sample(ref, rule.sample.share, by or subject, reason)
    if rule.limit is not None:
        per = _named(report, (*path, "limit", "per"), rule.limit.per, subject)
        return None if per is None else Limit(ref, per, rule.limit.n, reason)
    if rule.repeats is not None:
        return Repeats(ref, rule.repeats.of, rule.repeats.near, rule.repeats.keep, reason)
    return Shuffle(ref)


def _named(report: Report, path: Path_, name: str | None, subject: str | None) -> str | None:
    """The field that a rule names; the word ``subject`` is the field of ``subject:``."""
    if name == "subject":
        if subject is None:
            text = "this names the subject, and the rules name none"
            report.value(path, "follow-without-subject", text, "subject: customer_id")
        return subject
    return name


def _expected(report: Report, path: Path_, rule: schema.RowRule) -> Expected | None:
    return expected(report, (*path, "expect"), rule.expect)


def expected(report: Report, path: Path_, part: schema.Expect | None) -> Expected | None:
    """The share of records or values that a rule is expected to affect."""
    if part is None:
        return None
    if part.min_share is None and part.max_share is None and report.is_whole(path):
        report.value(path, "one-of", "expect has min_share, max_share or both")
        return None
    low, high = part.min_share or 0.0, 1.0 if part.max_share is None else part.max_share
    if low > high:
        report.value(path, "bad-value", "min_share is larger than max_share")
        return None
    return Expected(low, high)
