"""The sections of the report, one function each: from manifest data to markup."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from scrubber.errors import printable
from scrubber.manifest.assessment import left_in
from scrubber.manifest.view import (
    RECORDS,
    Count,
    aggregate_text,
    count_text,
    printable_text,
    told,
    told_of_plan,
    treatment,
)
from scrubber.review.html import Html, element, join
from scrubber.review.ordering import Change, Effect
from scrubber.review.tables import Column, bullets, chart, facts, folded, parameters, table, tags

Data = Mapping[str, Any]


def base_of(data: Data) -> int:
    """The base to which counts are rounded."""
    base: int = data["header"]["disclosure"]["base"]
    return base


def field_table(caption: str, fields: Sequence[Data], data: Data) -> Html:
    """Fields with their class, treatment and number of values, or what is expected of them."""
    counted = "records" in data
    columns = (
        Column("Field", "field"),
        Column("Treatment and rule"),
        *((Column("Values in", "number"), Column("Changes", "number")) if counted else ()),
    )
    rows: list[tuple[Html | str, ...]] = []
    for group in _alike(fields):
        if len(group) > _ALIKE:
            rows.append(_folded(group, counted=counted))
        else:
            rows += (_field_row(field, data, counted=counted) for field in group)
    return table(caption, columns, rows, "fields")


_ALIKE = 6  # more fields of one rule and treatment are folded into a row


def _alike(fields: Sequence[Data]) -> Iterator[list[Data]]:
    """The fields grouped by rule and treatment, in the order of their first ones."""
    grouped: dict[tuple[str, ...], list[Data]] = {}
    for field in fields:
        same = (field["rule"]["id"], field["action"], field["class"] or "", treatment(field))
        grouped.setdefault(same, []).append(field)
    yield from grouped.values()


def _folded(group: Sequence[Data], *, counted: bool) -> tuple[Html | str, ...]:
    """One row for fields of the same rule: the first and last name, the others in details."""
    first, last = (printable(field["name"]) for field in (group[0], group[-1]))
    names = (element("code", printable(field["name"])) for field in group)
    commas = [part for name in names for part in (", ", name)][1:]
    said = f"all {len(group):,} fields"
    name = join(
        element("code", first),
        " to ",
        element("code", last),
        folded(said, element("p", *commas)),
    )
    done = treatment(group[0])
    return name, join(f"{done[:1].upper()}{done[1:]}"), *(("", "") if counted else ())


def _field_row(field: Data, data: Data, *, counted: bool) -> tuple[Html | str, ...]:
    said = told(field, base_of(data)) if counted else told_of_plan(field)
    came, _, became = said.amount.partition(" in")
    became = became.removeprefix(", ")
    entities = [printable(c["entity"]) for c in field["categories"]]
    dpv = [f"DPV {printable(c['dpv'])}" for c in field["categories"] if c["dpv"]]
    types = [field["type_in"], field["type_out"] or "none"]
    about = [said.what, *entities, *dpv]
    if types[0] != types[1] and field["type_out"] is not None:
        about.append(f"{types[0]} to {types[1]}")
    if len(data["sources"]) > 1:
        about.append(f"in {_some(field['sources'])}")
    name = join(element("code", printable(field["name"])), _small(" · ".join(about)))
    marks = tags(
        "linkable" if field["linkable"] else "",
        "reversible with the key" if field["reversible"] else "",
        *(
            f"residual: {printable(one.entity)}"
            for one in (left_in(data["risk"]) if counted else ())
            if one.field == field["name"]
        ),
    )
    technique = field["technique"]
    details = [printable(field["rule"]["place"])]
    if field["parameters"]:
        details.append(printable_text(parameters(field["parameters"])))
    if technique:
        details.append(f"technique: {printable(technique)}")
    if field.get("key_id"):
        details.append(f"key {printable(field['key_id'])}")
    done = said.done[:1].upper() + said.done[1:]
    if field["action"] == "keep":
        kept, _, reason = done.partition(": ")
        shown = join(element("strong", kept) if field["unsafe"] else kept, f": {reason}")
        shown = shown if reason else element("strong", f"{kept}, no reason given")
    else:
        shown = join(done)
    cell = join(shown, " ", marks, _small(" · ".join(details)))
    return name, cell, *((came, became or "none") if counted else ())


def _small(said: str) -> Html:
    return element("span", said, class_="small")


def _some(names: Sequence[str], limit: int = 3) -> str:
    shown = ", ".join(printable(name) for name in names[:limit])
    return shown if len(names) <= limit else f"{shown} and {len(names) - limit:,} more files"


def finding_charts(data: Data) -> Iterator[Html]:
    """Findings by entity, then by field and entity."""
    base = base_of(data)
    entities: dict[str, list[Count]] = {}
    places: dict[tuple[str, str, str], list[Count]] = {}
    for row in data["findings"]:
        entities.setdefault(row["entity"], []).append(row["count"])
        key = (row["field"], row["entity"], row["action"])
        places.setdefault(key, []).append(row["count"])
    if not entities:
        yield element("p", "No text was searched, or nothing was found in it.")
        return
    yield chart(
        "Findings by entity",
        ("Entity", "Findings"),
        (((printable(entity),), counts) for entity, counts in by_size(entities)),
        base,
    )
    yield chart(
        "Findings by field and entity",
        ("Field", "Entity", "Treatment", "Findings"),
        (
            ((element("code", printable(field)), printable(entity), _became(action)), counts)
            for (field, entity, action), counts in by_size(places)
        ),
        base,
    )


def by_size(grouped: Mapping[Any, list[Count]]) -> list[tuple[Any, list[Count]]]:
    """Sort by published sum, largest first.

    Withheld sums follow by name, since their order by size would reveal information.
    """
    return sorted(grouped.items(), key=lambda item: (-sum(c.get("n", 0) for c in item[1]), item[0]))


def _became(action: str) -> Html:
    return element("strong", "kept in text") if action == "keep" else join(printable(action))


def record_chart(data: Data) -> Html:
    records = data["records"]
    reasons = {rule["id"]: rule["reason"] for rule in data["policy"]["rules"]}
    rows: list[tuple[str, Count]] = [("In", records["in"]), ("Out", records["out"])]
    for row in records["dropped"]:
        reason = reasons.get(row["rule"]) or row["rule"]
        rows.append((f"Dropped: {printable_text(reason)}", row["count"]))
    for row in records["quarantined"]:
        rows.append((f"Quarantined: {printable(row['reason'])}", row["count"]))
    for row in records["unmeasured"]:
        rows.append((f"Unmeasured language: {printable(row['language'])}", row["count"]))
    cells = (((label,), [count]) for label, count in rows)
    return chart("Records in and out", ("", "Records"), cells, base_of(data))


def condition_table(data: Data) -> Html:
    """The conditions of the rules as written, except for masked literals; nothing without any."""
    counted = data["records"]["dropped"] if "records" in data else ()
    dropped = {row["rule"]: row["count"] for row in counted}
    rows = []
    for rule in data["policy"]["rules"]:
        stated = {one["name"]: one["value"] for one in rule["parameters"]}
        words = stated.get("condition", stated.get(RECORDS))
        if words is not None:
            matched = dropped.get(rule["id"])
            rows.append(
                (
                    join(
                        element("code", printable_text(words), class_="wrap"),
                        _small(f"literals: {printable(stated.get('content', 'none'))}"),
                    ),
                    join(
                        f"{printable(rule['selector'])}: {_became_of(rule['action'])}",
                        _small(printable_text(rule["reason"] or "no reason given")),
                    ),
                    "" if matched is None else count_text(matched, base_of(data)),
                    printable(rule["place"]),
                )
            )
    if not rows:
        return join()
    return table(
        "Conditions of the rules: ? stands for a literal, known by its digest under the key",
        (Column("Condition"), Column("Effect"), Column("Records", "number"), Column("Rule")),
        rows,
    )


def _became_of(action: str) -> str:
    dropping = ("drop_row", "sample", "limit", "repeats")
    return "dropped" if action in dropping else printable(action)


def share_table(data: Data) -> Html:
    """The shares that a plan expects, except for all and none, which follow from the rules."""
    rows = [row for row in data["expected"] if 0 < row["milli"] < 1000]
    if not rows:
        return element("p", "No share is expected but all and none.")
    return table(
        "Expected shares of values and records",
        (Column("Field"), Column("Source"), Column("Event"), Column("About", "number")),
        (
            (
                "records" if row["field"] is None else element("code", printable(row["field"])),
                printable(row["source"]),
                row["event"],
                f"{row['milli'] // 10} %",
            )
            for row in rows
        ),
    )


def gate_parts(data: Data) -> Iterator[Html]:
    """The limits and privacy requirements of the rules."""
    asked = [rule for rule in data["policy"]["rules"] if rule["id"] in ("gates", "privacy")]
    if not asked:
        yield element("p", element("strong", "The rules set no limits and ask for no classes."))
    for rule in asked:
        stated = ((one["name"].replace("_", " "), one["value"]) for one in rule["parameters"])
        rows = [(printable(name), printable_text(value)) for name, value in stated]
        yield element("h3", f"{rule['id'].capitalize()} ({printable(rule['place'])})")
        yield facts(rows)


def planned_sources(data: Data) -> Html:
    return table(
        "Sources",
        (Column("Source"), Column("Media type")),
        (
            (element("code", printable(source["alias"])), source["media_type"])
            for source in data["sources"]
        ),
    )


def source_chart(data: Data) -> Html:
    return chart(
        "Sources",
        ("Source", "Media type", "Digest under the run's key", "Records"),
        (
            (
                (
                    element("code", printable(source["alias"])),
                    source["media_type"],
                    digest(source["keyed_digest"]),
                ),
                [source["records"]],
            )
            for source in data["sources"]
        ),
        base_of(data),
    )


def unread_table(data: Data) -> Iterator[Html]:
    """The unreadable sources that were omitted, if any."""
    unread = data["quarantined_sources"]
    if unread:
        rows = (
            (element("code", printable(one["alias"])), printable(one["reason"])) for one in unread
        )
        caption = "Omitted sources, which were unreadable; their number of records is unknown"
        yield table(caption, (Column("Source"), Column("Why")), rows)


def aggregate_table(data: Data) -> Html:
    """The tables of groups, with their figures and the groups that are withheld."""
    rows = (
        (
            element("code", printable(one["path"])),
            aggregate_text(one),
            printable_text("; ".join((*one["metrics"], *one["noise"]))),
            printable(str(one["max_rows"] or "no limit")),
        )
        for one in data["aggregates"]
    )
    columns = (Column("File"), Column("Groups"), Column("Figures"), Column("Records per subject"))
    return table("Tables of groups", columns, rows)


def digest(hexadecimal: str | None) -> Html:
    """A complete digest, which may break over lines."""
    return element("code", hexadecimal, class_="digest") if hexadecimal else join("none")


def commitment_table(data: Data) -> Html:
    rows = data["legal"]["commitments"]["value"] or ()
    if not rows:
        return element("p", "The rule file declares no commitments.")
    return table(
        "Commitments of the rule file (declared)",
        (Column("Commitment"), Column("Text")),
        ((printable(row["id"] or "?"), printable_text(row["text"] or "")) for row in rows),
    )


def check_table(data: Data) -> Html:
    return table(
        "Checks by the program (measured)",
        (Column("Check"), Column("Result"), Column("Expected"), Column("Actual")),
        (
            (
                printable(check["id"]),
                element(
                    "span",
                    "passed" if check["passed"] else f"FAILED ({check['severity']})",
                    class_="good" if check["passed"] else "bad",
                ),
                printable_text(check["expected"]),
                printable_text(check["actual"]),
            )
            for check in data["checks"]
        ),
    )


_FACTS = {
    "name": "Name",
    "description": "Description",
    "licence": "Licence",
    "sources": "Sources",
    "controller": "Controller",
    "basis": "Legal basis",
    "purposes": "Purposes",
    "consents": "Consents",
    "retention": "Retention",
    "prohibited_uses": "Prohibited uses",
}


def declared_facts(data: Data) -> Html:
    """The declarations of the rule file, and the undeclared facts."""
    rows: list[tuple[str, Html]] = []
    for section in ("dataset", "legal"):
        for name, label in _FACTS.items():
            if name in data[section]:
                rows.append((label, _fact(data[section][name])))
    rows += [(printable(one["name"]), _fact(one)) for one in data["dataset"]["other"]]
    return facts(rows)


def _fact(fact: Data) -> Html:
    if fact["status"] != "declared":
        return element("em", fact["status"].replace("_", " "), class_="missing")
    return join(_value(fact["value"]), _small(f"declared in {printable(fact['asserted_by'])}"))


def _value(value: Any) -> Html:
    if isinstance(value, str):
        return join(printable_text(value))
    if isinstance(value, Mapping):
        return join(_row(value))
    items = [_value(item) for item in value]
    return items[0] if len(items) == 1 else bullets(items)


def _row(row: Data) -> str:
    said = []
    for name, item in row.items():
        if item:
            words = item if isinstance(item, str) else ", ".join(item)
            said.append(f"{name.replace('_', ' ')}: {printable_text(words)}")
    return "; ".join(said)


def policy_facts(data: Data) -> Html:
    policy, engine = data["policy"], data["engine"]
    rows: list[tuple[str, str]] = [
        ("Digest of the rules", digest(policy["digest"])),
        ("Rule file in version control", printable(policy["reference"] or "unknown")),
        ("Fields without a rule", _UNLISTED.get(policy["on_unlisted"], policy["on_unlisted"])),
        ("Failed values", _ERRORS.get(policy["on_error"], policy["on_error"])),
        ("Program", f"scrubber {printable(engine['program_version'])}"),
        ("Digest of its packages", digest(engine["lock_digest"])),
    ]
    return facts(rows)


_UNLISTED = {"error": "stop the run", "drop": "are removed", "keep": "are kept"}
_ERRORS = {"fail": "stop the run", "null": "are set to null", "drop_row": "drop their record"}


def detector_table(data: Data) -> Html:
    """The detectors, one row for those of the same version, minimum score and languages."""
    rows: Iterable[Data] = data["engine"]["detectors"]
    if not rows:
        return element("p", "No text was searched.")
    grouped: dict[tuple[str, int | None, tuple[str, ...], str], list[str]] = {}
    for row in rows:
        model = row["model_digest"] or ""
        key = (row["version"], row["threshold"], tuple(row["languages"]), model)
        grouped.setdefault(key, []).append(printable(row["id"]))
    columns = (
        Column("Detectors"),
        Column("Version"),
        Column("Minimum score", "number"),
        Column("Languages"),
    )
    return table(
        "Detectors of personal data in text",
        columns,
        (
            (
                _detectors(names),
                join(
                    element("span", printable_text(version), class_="wrap"),
                    _small(f"model {printable(model)}") if model else "",
                ),
                "" if threshold is None else f"{threshold / 1000:.2f}",
                ", ".join(map(printable, languages)),
            )
            for (version, threshold, languages, model), names in grouped.items()
        ),
    )


def _detectors(names: Sequence[str]) -> Html:
    if len(names) <= _ALIKE:
        return join(", ".join(names))
    said = f"{len(names):,} detectors"
    return folded(said, element("p", ", ".join(names)))


def leak_table(data: Data) -> Html:
    """The leaks in labelled sets by language; nothing if they do not apply to the run."""
    leaks = data["engine"]["leaks"]
    if leaks is None:
        return join()
    model = "" if leaks["current"] else " on an earlier names model"
    used = {name for one in data["engine"]["detectors"] for name in one["languages"]}
    caption = f"Leaks in labelled sets, measured{model} on {printable(leaks['date'])}"
    groups: dict[bool, list[Data]] = {True: [], False: []}
    for one in leaks["languages"]:
        groups[one["language"] in used].append(one)
    shown = _leaks_of(f"{caption} (not on this data)", groups[True] or groups[False])
    if not all(groups.values()):
        return shown
    said = f"Leaks in {len(groups[False])} other languages"
    return join(shown, folded(said, _leaks_of(said, groups[False])))


def _leaks_of(caption: str, languages: Sequence[Data]) -> Html:
    return table(
        caption,
        (
            Column("Language and sets"),
            Column("Documents left (upper bound, 95 %)", "number"),
            Column("Direct identifiers left (upper bound, 95 %)", "number"),
            Column("Other letters removed", "number"),
        ),
        (
            (
                join(printable(one["language"]), _small(_sets(one))),
                _left(one, "documents"),
                _left(one, "mentions"),
                "" if one["letters_taken"] is None else f"{one['letters_taken'] / 1000:.1%}",
            )
            for one in languages
        ),
    )


def _sets(one: Data) -> str:
    learned = "; the names model was trained on them" if one["learned"] else ""
    return ", ".join(printable(name) for name in one["sets"]) + learned


def _left(one: Data, what: str) -> str:
    left, of, bound = (one[f"{what}{end}"] for end in ("_left", "", "_bound"))
    return f"{left:,} of {of:,} ({bound / 1000:.1%})"


def measured_table(data: Data) -> Html:
    """The accuracy of the detectors on labelled corpora; nothing if none was measured."""
    rows = [
        (detector["id"], one)
        for detector in data["engine"]["detectors"]
        for one in detector["measured"] or ()
    ]
    if not rows:
        return join()
    measured = table(
        "Accuracy on labelled corpora (measured when the model was made, not on this data)",
        (
            Column("Corpus"),
            Column("Detector"),
            Column("Entity"),
            Column("Recall", "number"),
            Column("Precision", "number"),
        ),
        (
            (
                printable(one["corpus"]),
                printable(detector),
                printable(one["entity"]),
                f"{one['recall'] / 1000:.1%}",
                f"{one['precision'] / 1000:.1%}",
            )
            for detector, one in rows
        ),
    )
    return folded(f"Accuracy on labelled corpora: {len(rows):,} figures", measured)


_SALTED = (
    "The content of a file below 1,000 records could be guessed from its SHA-256 or its length, so "
    "neither is shown. The digest covers 32 secret salt bytes and the SHA-256. The salts "
    "are with the data, in data/.salts.json; scrubber verify needs them."
)


def output_parts(data: Data) -> Iterator[Html]:
    files = data["outputs"]["files"]
    if not files:
        yield element("p", "The result was not written to files.")
        return
    base = base_of(data)
    yield table(
        "Output files and their digests",
        (
            Column("File"),
            Column("Records", "number"),
            Column("Bytes", "number"),
            Column("SHA-256"),
        ),
        (
            (
                element("code", printable(file["path"])),
                count_text(file["rows"], base),
                "not shown" if file["bytes"] is None else f"{file['bytes']:,}",
                digest(file["sha256"])
                if file["sha256"] is not None
                else join("salted: ", digest(file["salted_sha256"])),
            )
            for file in files
        ),
    )
    if any(file["sha256"] is None for file in files):
        yield element("p", _SALTED)
    yield element(
        "p",
        "All files together (Merkle root, RFC 9162): ",
        digest(data["outputs"]["merkle_root"]),
    )


def change_tables(changes: Sequence[Change]) -> Iterator[Html]:
    """One table per effect, weaker changes first."""
    columns = (Column("What"), Column("Aspect"), Column("Before"), Column("After"))
    for effect in (Effect.WEAKER, Effect.STRONGER, Effect.NEUTRAL):
        rows = [change for change in changes if change.effect is effect]
        if rows:
            yield table(
                f"{effect.capitalize()} ({len(rows):,})",
                columns,
                (
                    (
                        join(c.section, " ", element("code", c.subject) if c.subject else ""),
                        c.aspect,
                        c.before,
                        c.after,
                    )
                    for c in rows
                ),
                f"changes {effect}",
            )
