"""The differences between two manifests, each with its effect: weaker, neutral or stronger
protection.

Items of lists are matched by name, so their order does not matter. Rules are matched by their
decision, so a moved rule is unchanged. Swapping the manifests gives the same changes with opposite
effects.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import date
from typing import Any

from scrubber.errors import printable
from scrubber.manifest import Manifest, count_text
from scrubber.manifest.deletion import deletion_lines
from scrubber.manifest.view import printable_text
from scrubber.review.fieldchanges import field_changes
from scrubber.review.ordering import (
    NOTHING,
    Change,
    Effect,
    by_rank,
    differs,
    effect_of,
    named,
)
from scrubber.review.riskchanges import risk_changes
from scrubber.review.rulechanges import rule_changes

Data = Mapping[str, Any]

_SECTIONS = ("field", "records", "detector", "policy", "risk", "legal", "dataset", "check", "run")
_SHORT = 16  # hexadecimal digits of a digest


def compare(before: Manifest, after: Manifest) -> tuple[Change, ...]:
    """The changes from `before` to `after`, sorted by section and name.

    Counts of people appear as published in the manifests; their differences are never computed.
    """
    a, b = before.data, after.data
    found = {
        *field_changes(a["fields"], b["fields"]),
        *_records(a, b),
        *_together(_detectors(a["engine"]["detectors"], b["engine"]["detectors"])),
        *_leaks(a["engine"]["leaks"], b["engine"]["leaks"]),
        *rule_changes(a, b),
        *risk_changes(a["risk"], b["risk"]),
        *_legal(a["legal"], b["legal"]),
        *_deletion(a["deletion"], b["deletion"]),
        *_dataset(a["dataset"], b["dataset"]),
        *_checks(a["checks"], b["checks"]),
        *_aggregates(a["aggregates"], b["aggregates"]),
        *_run(a, b),
    }
    return tuple(sorted(found, key=_place))


def _place(change: Change) -> tuple[int, str, str, str, str]:
    section = _SECTIONS.index(change.section)
    pair = sorted((change.before, change.after))
    return section, change.subject, change.aspect, pair[0], pair[1]


def _records(a: Data, b: Data) -> Iterator[Change]:
    for side in ("in", "out"):
        said = [count_text(d["records"][side], d["header"]["disclosure"]["base"]) for d in (a, b)]
        yield from differs("records", side, said[0], said[1])
    yield from differs("records", "omitted sources", _unread(a), _unread(b))
    foreign = [
        {row["language"]: "in the output" for row in d["records"]["unmeasured"]} for d in (a, b)
    ]
    yield from named("records", "unmeasured language", foreign[0], foreign[1], Effect.WEAKER)
    aliases = [[source["alias"] for source in data["sources"]] for data in (a, b)]
    if set(aliases[0]) != set(aliases[1]):
        said = [_some(sorted(names)) for names in aliases]
        yield Change("records", "", "sources", said[0], said[1], Effect.NEUTRAL)


def _aggregates(a: Iterable[Data], b: Iterable[Data]) -> Iterator[Change]:
    """Any other table of groups tells more, unless only its smallest group is larger."""
    before, after = ({printable(row["name"]): row for row in rows} for rows in (a, b))
    said = [{name: _aggregate(row) for name, row in rows.items()} for rows in (before, after)]
    yield from named("records", "aggregate", said[0], said[1], Effect.WEAKER, Effect.WEAKER)
    for name in before.keys() & after.keys():
        least = before[name]["min_group"], after[name]["min_group"]
        if least[0] != least[1]:
            aspect, effect = "smallest group", by_rank(*least)
            yield Change("records", name, aspect, str(least[0]), str(least[1]), effect)
        for word in ("epsilon", "delta"):
            loss = [rows[name][word] or "no noise" for rows in (before, after)]
            ranks = [-float(rows[name][word] or "inf") for rows in (before, after)]
            if loss[0] != loss[1]:
                yield Change("records", name, word, loss[0], loss[1], by_rank(*ranks))


def _aggregate(row: Data) -> str:
    """The definition of a table of groups, but for its smallest group."""
    limit = f", at most {row['max_rows']} records of each" if row["max_rows"] else ""
    if row["max_groups"]:
        limit += f", in at most {row['max_groups']} groups"
    whose = f" of {row['subject']}{limit}" if row["subject"] else ""
    return printable_text(f"{'; '.join(row['metrics'])} by {', '.join(row['by'])}{whose}")


def _unread(data: Data) -> str:
    return _some([source["alias"] for source in data["quarantined_sources"]])


def _some(names: Sequence[str], limit: int = 3) -> str:
    shown = ", ".join(printable(name) for name in names[:limit]) or NOTHING
    return shown if len(names) <= limit else f"{shown} and more, {len(names):,} in all"


def _detectors(a: Iterable[Data], b: Iterable[Data]) -> Iterator[Change]:
    before, after = ({row["id"]: row for row in rows} for rows in (a, b))
    versions = [
        {printable(id_): printable_text(row["version"]) for id_, row in rows.items()}
        for rows in (before, after)
    ]
    yield from named(
        "detector", "version", versions[0], versions[1], Effect.STRONGER, Effect.WEAKER
    )
    for id_ in before.keys() & after.keys():
        name, old, new = printable(id_), before[id_], after[id_]
        scores = old["threshold"], new["threshold"]
        if scores[0] != scores[1]:
            said = [NOTHING if score is None else f"{score / 1000:g}" for score in scores]
            # No threshold is a threshold of zero: every finding counts.
            effect = by_rank(-(scores[0] or 0), -(scores[1] or 0))
            yield Change("detector", name, "threshold", said[0], said[1], effect)
        for language in set(old["languages"]) ^ set(new["languages"]):
            said = [language if language in row["languages"] else NOTHING for row in (old, new)]
            effect = by_rank(language in old["languages"], language in new["languages"])
            yield Change(
                "detector", name, "language", printable(said[0]), printable(said[1]), effect
            )
        yield from _recall(name, old["measured"] or (), new["measured"] or ())
        models = [row["model_digest"] or NOTHING for row in (old, new)]
        if models[0] != models[1]:
            yield Change("detector", name, "model", models[0], models[1], Effect.WEAKER)


def _leaks(a: Data | None, b: Data | None) -> Iterator[Change]:
    """Upper bounds of leaks by language; higher is weaker, and so is a measure that is gone."""
    before, after = (
        {} if one is None else {r["language"]: r for r in one["languages"]} for one in (a, b)
    )
    for language in before.keys() | after.keys():
        for what in ("documents", "mentions"):
            bounds = [
                rows[language][f"{what}_bound"] if language in rows else 1000
                for rows in (before, after)
            ]
            said = [
                f"at most {bound / 1000:.1%}" if language in rows else NOTHING
                for rows, bound in zip((before, after), bounds, strict=True)
            ]
            effect = by_rank(-bounds[0], -bounds[1])
            aspect = f"{what} left in {printable(language)}"
            yield from differs("detector", aspect, said[0], said[1], effect)


def _recall(name: str, a: Iterable[Data], b: Iterable[Data]) -> Iterator[Change]:
    """Recall in the corpora common to both manifests; lower is weaker."""
    before, after = ({(m["corpus"], m["entity"]): m["recall"] for m in rows} for rows in (a, b))
    for key in before.keys() & after.keys():
        old, new = before[key], after[key]
        if old != new:
            aspect = f"recall of {printable(key[1])} in {printable(key[0])}"
            shares = f"{old / 1000:.1%}", f"{new / 1000:.1%}"
            yield Change("detector", name, aspect, *shares, by_rank(old, new))


def _together(changes: Iterable[Change]) -> Iterator[Change]:
    """Merge changes that differ in their subject only."""
    subjects: dict[Change, list[str]] = {}
    for change in changes:
        subjects.setdefault(replace(change, subject=""), []).append(change.subject)
    for change, names in subjects.items():
        yield replace(change, subject=_some(sorted(names)))


def _legal(a: Data, b: Data) -> Iterator[Change]:
    sets = {"purposes": Effect.WEAKER, "prohibited_uses": Effect.STRONGER}
    for name in a.keys() | b.keys():
        old, new = a[name], b[name]
        if old["status"] != new["status"] and "unknown" in (old["status"], new["status"]):
            ranks = [fact["status"] != "unknown" for fact in (old, new)]
            yield from differs(
                "legal", name.replace("_", " "), _fact(old), _fact(new), by_rank(*ranks)
            )
        elif name in sets:
            rows = [{printable_text(one): "stated" for one in f["value"] or ()} for f in (old, new)]
            yield from named("legal", name.replace("_", " "), rows[0], rows[1], sets[name])
        elif name == "commitments":
            rows = [
                {printable(row["id"] or "?"): printable_text(row["text"] or "") or "?" for row in f}
                for f in (old["value"] or (), new["value"] or ())
            ]
            yield from named(
                "legal", "commitment", rows[0], rows[1], Effect.STRONGER, Effect.WEAKER
            )
        else:  # a person must judge another basis, consent or controller
            effect = _sooner(old, new) if name == "retention" else Effect.WEAKER
            yield from differs("legal", name.replace("_", " "), _fact(old), _fact(new), effect)


def _deletion(old: Data | None, new: Data | None) -> Iterator[Change]:
    """The ability to find a person's records, which deletion requires."""
    said, found = [], []
    for section in (old, new):
        subjects = section["subjects"] if section is not None else ()
        said.append("; ".join(deletion_lines(section)) if section is not None else "no subject")
        can = [one["key_id"] is not None or one["action"] == "keep" for one in subjects]
        found.append(any(can) + (any(can) and all(can)))
    yield from differs("legal", "deletion", said[0], said[1], by_rank(*found))


def _fact(fact: Data) -> str:
    if fact["status"] != "declared":
        return str(fact["status"]).replace("_", " ")
    value = fact["value"]
    if isinstance(value, str):
        return printable_text(value)
    rows = [value] if isinstance(value, Mapping) else value
    return "; ".join(sorted(_row(row) for row in rows))


def _row(row: Any) -> str:
    if isinstance(row, str):
        return printable_text(row)
    filled = {name: item for name, item in row.items() if item}
    said = {
        name.replace("_", " "): printable_text(item)
        if isinstance(item, str)
        else ", ".join(map(printable, item))
        for name, item in sorted(filled.items())
    }
    if len(said) == 1:
        return next(iter(said.values()))
    return ", ".join(f"{name} {text}" for name, text in said.items())


def _sooner(old: Data, new: Data) -> Effect:
    """Earlier deletion is stronger; days that are not ISO dates are weaker."""
    days: list[int | None] = []
    for fact in (old, new):
        try:
            days.append(-date.fromisoformat(fact["value"]["delete_by"]).toordinal())
        except (TypeError, ValueError):
            days.append(None)
    return effect_of(None) if None in days else by_rank(days[0], days[1])


def _dataset(a: Data, b: Data) -> Iterator[Change]:
    for name in (a.keys() | b.keys()) - {"other"}:
        yield from differs("dataset", name, _fact(a[name]), _fact(b[name]))
    rows = [{printable(one["name"]): _fact(one) for one in data["other"]} for data in (a, b)]
    yield from named("dataset", "declared", rows[0], rows[1], Effect.NEUTRAL)


def _checks(a: Iterable[Data], b: Iterable[Data]) -> Iterator[Change]:
    """Results of checks; a check that no longer runs counts as failed."""
    before, after = ({check["id"]: check["passed"] for check in checks} for checks in (a, b))
    words = {True: "passed", False: "FAILED", None: "not run"}
    for id_ in before.keys() | after.keys():
        old, new = before.get(id_), after.get(id_)
        if old is not new:
            effect = by_rank(bool(old), bool(new))
            yield Change("check", printable(id_), "result", words[old], words[new], effect)


def _run(a: Data, b: Data) -> Iterator[Change]:
    versions = [printable(data["engine"]["program_version"]) for data in (a, b)]
    yield from differs("run", "program", versions[0], versions[1])
    locks = [(data["engine"]["lock_digest"] or NOTHING)[:_SHORT] for data in (a, b)]
    yield from differs("run", "packages", locks[0], locks[1])
    roots = [data["outputs"]["merkle_root"][:_SHORT] for data in (a, b)]
    yield from differs("run", "outputs (Merkle root)", roots[0], roots[1])
