"""The view of a manifest: plain strings for ``scrubber show`` and the final screen of a run.

These are pure functions; the CLI lays out the result. Names of fields and files and reasons have
their control and bidi characters escaped.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import count, takewhile
from typing import Any, Final

from scrubber.errors import printable
from scrubber.manifest.assessment import at_least, left_in, looked_line, planted_lines, worst
from scrubber.manifest.deletion import deletion_lines, measured_before
from scrubber.manifest.document import Manifest
from scrubber.manifest.leak_index import index_lines
from scrubber.manifest.reversal import reversal_lines
from scrubber.manifest.risk import risk_lines
from scrubber.manifest.unicity import unicity_lines
from scrubber.transform import TRANSFORMS
from scrubber.transform.steps import THEN, numbered

Count = Mapping[str, Any]
CASE: Final = "case "
"""Before the number of a field's case in the name of its parameter."""
DERIVED: Final = "derived"
"""The parameter of a new field that says how it is computed."""
RECORDS: Final = "records"
"""The parameter of a rule about records that says in words which records stay."""
WHERE: Final = " where "
"""Between the action and the condition of a case."""
_PART: Final = re.compile(r"\[([^\[\]]*)\]")
_NAME: Final = re.compile(r"\{(\w+)\}")
_PARAMETER: Final = re.compile(r" (\w+)=")


@dataclass(frozen=True, slots=True)
class Row:
    """A label and a count, both as text."""

    label: str
    count: str


@dataclass(frozen=True, slots=True)
class FieldLine:
    """The sentence about a field, with its `name` in front."""

    name: str
    sentence: str

    def __str__(self) -> str:
        return f"`{self.name}`: {self.sentence}"


@dataclass(frozen=True, slots=True)
class OutputLine:
    path: str
    rows: str
    bytes: int | None


@dataclass(frozen=True, slots=True)
class Screen:
    """One screen: the verdict, kept fields (the risk), transformed and removed fields, then unknown
    facts."""

    title: str
    id: str
    verdict: str
    kept: tuple[FieldLine, ...]
    transformed: tuple[FieldLine, ...]
    removed: tuple[FieldLine, ...]
    reversal: tuple[str, ...]
    unknown: tuple[str, ...]
    commitments: tuple[str, ...]
    rows: tuple[Row, ...]
    findings: tuple[Row, ...]
    risk: tuple[str, ...]
    second_look: tuple[str, ...]
    outputs: tuple[OutputLine, ...]
    checks: tuple[str, ...]
    deletion: tuple[str, ...]
    limitations: tuple[str, ...]


def screen(manifest: Manifest) -> Screen:
    """The presentation of `manifest`."""
    data = manifest.data
    base = data["header"]["disclosure"]["base"]
    groups: dict[str, list[FieldLine]] = {"keep": [], "drop": [], "": []}
    times = Counter(field["name"] for field in data["fields"])
    left: dict[str, str] = {}
    for one in left_in(data["risk"]):
        said = f"RESIDUAL {printable(one.entity)} ({sum_text(one.counts, base)})"
        left[one.field] = f"{left.get(one.field, '')}; {said}"
    for field in data["fields"]:
        name = printable(field["name"])
        if times[field["name"]] > 1:  # the same name with another treatment or type elsewhere
            name += f" ({', '.join(map(printable, field['sources']))})"
        line = FieldLine(name, sentence(field, base) + left.get(field["name"], ""))
        groups[group_of(field)].append(line)
    title = data["dataset"]["name"]["value"]
    return Screen(
        title=printable(title) if title else "unnamed dataset",
        id=manifest.id,
        verdict=_verdict(data, {kind: len(lines) for kind, lines in groups.items()}),
        kept=tuple(groups["keep"]),
        transformed=tuple(groups[""]),
        removed=tuple(groups["drop"]),
        reversal=tuple(reversal_lines(data["fields"])),
        unknown=tuple(unknown_facts(data)),
        commitments=tuple(commitments(data)),
        rows=tuple(_rows(data, base)),
        findings=tuple(_findings(data, base)),
        risk=(
            *(risk_lines(data["risk"]["privacy"]) if "privacy" in data["risk"] else ()),
            *unicity_lines(data["risk"]["unicity"], measured_before(data)),
        ),
        second_look=tuple(second_look(data)),
        outputs=tuple(
            OutputLine(printable(f["path"]), count_text(f["rows"], base), f["bytes"])
            for f in data["outputs"]["files"]
        ),
        checks=tuple(_checks(data)),
        deletion=tuple(deletion_lines(data["deletion"])) if data["deletion"] is not None else (),
        limitations=tuple(printable_text(row["text"]) for row in data["risk"]["limitations"]),
    )


def printable_text(text: str) -> str:
    """`text` of any length with its control and bidi characters escaped."""
    return "".join(printable(text[i : i + 100]) for i in range(0, len(text), 100))


def count_text(count: Count, base: int = 1) -> str:
    """A published count in words.

    >>> count_text({"n": 1200}), count_text({"lt": 11}), count_text({"suppressed": True})
    ('1,200', 'fewer than 11', 'not shown')
    """
    match count:
        case {"n": int(n)}:
            return f"about {n:,}" if base > 1 and n else f"{n:,}"
        case {"lt": int(limit)}:
            return f"fewer than {limit}"
        case _:
            return "not shown"


def size_text(length: int | None) -> str:
    """A published length in words.

    >>> size_text(40960), size_text(None)
    ('40,960 bytes', 'size not shown')
    """
    return "size not shown" if length is None else f"{length:,} bytes"


def sum_text(counts: Sequence[Count], base: int = 1) -> str:
    """The sum of published counts in words: exact, a bound, or not shown.

    >>> sum_text([{"n": 20}, {"n": 5}]), sum_text([{"n": 20}, {"lt": 11}])
    ('25', 'at least 21')
    """
    if len(counts) == 1:
        return count_text(counts[0], base)
    shown = sum(count.get("n", 0) for count in counts)
    withheld = sum("n" not in count for count in counts)
    if withheld == 0:
        return count_text({"n": shown}, base)
    return f"at least {shown + withheld:,}" if shown else "not shown"


def sentence(field: Mapping[str, Any], base: int = 1) -> str:
    """The treatment of a field, as one sentence without its name."""
    return f"{treatment(field)}; {_amount(field['counts'], base)}"


def treatment(field: Mapping[str, Any]) -> str:
    """The sentence of a field without its counts."""
    parts = [f"{_what(field)} -> {_done(field)}"]
    if field["linkable"]:
        parts.append("linkable (equal values stay equal)")
    if field["reversible"]:
        parts.append("reversible by the key holder")
    parts.append(printable(field["rule"]["place"]))
    return ", ".join(parts)


def _what(field: Mapping[str, Any]) -> str:
    name = (field["class"] or "unclassified").replace("quasi_", "quasi-").replace("_", " ")
    letters = sorted({c["hipaa"] for c in field["categories"] if c["hipaa"]})
    said = f"{name} (HIPAA {', '.join(letters)})" if letters else name
    made = next((row["value"] for row in field["parameters"] if row["name"] == DERIVED), None)
    return said if made is None else f"{said}, derived by {printable_text(made)}"


def group_of(field: Mapping[str, Any]) -> str:
    """The group of a field in a list: ``keep`` where some values stay as they are, ``drop`` where
    none are left, else an empty text."""
    actions = [action for action, _ in _cases(field)]
    if "keep" in (field["action"], *actions) or _left_as_it_was(field):
        return "keep"
    return "drop" if field["action"] == "drop" else ""


def _left_as_it_was(field: Mapping[str, Any]) -> bool:
    """True if ``privacy:`` chose level 0, the value itself, and no transform came before."""
    stated = _stated(field) if field["action"] == "generalize" else {}
    return stated.get("level") == "0" and "after" not in stated


def _cases(field: Mapping[str, Any]) -> list[tuple[str, str]]:
    """The action and the condition of each case of a field."""
    rows = _stated(field)
    names = (f"{CASE}{number}" for number in count(1))
    stated = [rows[name].partition(WHERE) for name in takewhile(rows.__contains__, names)]
    return [(action, condition) for action, _, condition in stated]


def _done(field: Mapping[str, Any]) -> str:
    stated = _stated(field)
    cases = []
    for number, (action, condition) in enumerate(_cases(field), start=1):
        before = f"{CASE}{number} "
        own = {
            name.removeprefix(before): value
            for name, value in stated.items()
            if name.startswith(before)
        }
        done = "kept" if action == "keep" else _sentence(action, "", own)
        cases.append(f"{done} where {printable_text(condition)}")
    return ", ".join([*cases, f"else {_otherwise(field)}"]) if cases else _otherwise(field)


def _stated(field: Mapping[str, Any]) -> dict[str, str]:
    return {row["name"]: row["value"] for row in field["parameters"]}


def _sentence(action: str, domain: str, stated: Mapping[str, str]) -> str:
    """The sentences of an action's steps, with those of its parameters that are `stated`."""
    steps = action.split(THEN)
    if not all(step in TRANSFORMS for step in steps):
        return printable(action)
    said = []
    for number, step in enumerate(steps, start=1):
        end = numbered("", number) if len(steps) > 1 else ""
        own = {
            name.removesuffix(end): printable_text(value)
            for name, value in stated.items()
            if name.endswith(end)
        }
        said.append(filled(TRANSFORMS[step].sentence, {**own, "domain": domain}))
    return ", then ".join(said)


def filled(sentence: str, stated: Mapping[str, str]) -> str:
    """The `sentence` of a transform with its parameters; parts in brackets whose parameters are not
    `stated` are left out.

    >>> filled("cut to a prefix[ of {keep} characters]", {"keep": "3"})
    'cut to a prefix of 3 characters'
    >>> filled("cut to a prefix[ of {keep} characters]", {})
    'cut to a prefix'
    """
    said = []
    for number, part in enumerate(_PART.split(sentence)):
        optional = number % 2 == 1
        if not optional or all(name in stated for name in _NAME.findall(part)):
            said.append(part.format_map(stated))
    return "".join(said)


def _otherwise(field: Mapping[str, Any]) -> str:
    action = field["action"]
    if action == "keep":
        kept = "kept UNSAFELY without a rule" if field["unsafe"] else "kept"
        return f"{kept}: {printable_text(field['reason'])}" if field["reason"] else kept
    if action == "text":
        said = [
            f"{printable(o['entity'] or 'other entities')}: {printable(o['action'])}"
            for o in field["operators"]
        ]
        form = _stated(field).get("format")
        read = f", read as {printable_text(form)}" if form else ""
        return f"findings in text{read} ({'; '.join(said)})" if said else f"findings in text{read}"
    if action == "realign":
        stated = _stated(field)
        part, text = (printable_text(stated.get(name) or "?") for name in ("part", "text"))
        return f"moved along with {text}, as its {part}"
    if action == "generalize":
        return _generalized(_stated(field))
    if action == "drop":
        return "removed"
    domain = f", domain {printable(field['domain'])}" if field["domain"] else ""
    return _sentence(action, domain, _stated(field))


def _generalized(chosen: Mapping[str, str]) -> str:
    """The level that ``privacy:`` chose, in words: the transform of that level."""
    if chosen["level"] == "local":
        return "generalized class by class"
    if not chosen["level"].isdecimal():
        return "generalized, to a level that privacy chooses"
    level, top = int(chosen["level"]), int(chosen["levels"]) - 1
    if level == 0:
        first = chosen.get("after")
        done = "kept as it is" if first is None else _written(first)
    elif level == top:
        done = "replaced by *"
    else:
        steps = chosen.get("hierarchy", "").split("; ")
        by_steps = len(steps) == top - 1 and steps[0].partition(" ")[0] in TRANSFORMS
        done = _written(steps[level - 1]) if by_steps else "generalized by a hierarchy"
    return f"{done} (level {level} of {top}, chosen by privacy)"


def _written(transform: str) -> str:
    """The sentence of a transform that is written as its name and parameters.

    >>> _written("truncate_date to=month")
    'date truncated to the month'
    """
    action, *rows = _PARAMETER.split(transform)
    return _sentence(action, "", dict(zip(rows[::2], rows[1::2], strict=True)))


def _amount(counts: Mapping[str, Count], base: int) -> str:
    came = counts["in"]
    said = [f"{count_text(came, base)} in"]
    for event in ("changed", "removed", "nulled"):
        count = counts[event]
        if count.get("n") == 0:
            continue
        whole = "n" in came and count == came
        said.append(f"all {event}" if whole else f"{count_text(count, base)} {event}")
    return ", ".join(said if len(said) > 1 or came.get("n") == 0 else [*said, "none changed"])


@dataclass(frozen=True, slots=True)
class Told:
    """A field as three parts of a sentence: class, treatment, and number of values."""

    what: str
    done: str
    amount: str


def told(field: Mapping[str, Any], base: int = 1) -> Told:
    """The parts of `sentence`, for a layout in columns."""
    return Told(_what(field), _done(field), _amount(field["counts"], base))


def told_of_plan(field: Mapping[str, Any]) -> Told:
    """The parts of a sentence about a field of a plan, which has no number of values."""
    return Told(_what(field), _done(field), "")


def _verdict(data: Mapping[str, Any], number: Mapping[str, int]) -> str:
    failed = sum(not c["passed"] and c["severity"] == "error" for c in data["checks"])
    unsafe = sum(field["unsafe"] for field in data["fields"])
    claim = data["risk"]["claim"].capitalize()
    said = f"{claim}, not anonymous: {number['keep']} of {len(data['fields'])} fields kept"
    if unsafe:
        said += f" ({unsafe} unsafely)"
    said += f", {number['']} transformed, {number['drop']} removed; "
    left = len({one.field for one in left_in(data["risk"])})
    if left:
        said = said.removesuffix("; ")
        said += f", RESIDUALS in {left} {'field' if left == 1 else 'fields'}; "
    if patterns_only(data):
        base, foreign = data["header"]["disclosure"]["base"], data["records"]["unmeasured"]
        kept = sum_text([row["count"] for row in foreign], base)
        text = f"NAMES KEPT in {kept} records of unmeasured languages"
        said = f"{said.removesuffix('; ')}, {text}; "
    lowest = worst(data["risk"]["planted"])
    if lowest is not None:
        said = f"{said.removesuffix('; ')}, planted values found: {at_least(lowest)}; "
    checks = len(data["checks"])
    noun = "check" if checks == 1 else "checks"
    return said + (f"{failed} of {checks} {noun} FAILED" if failed else f"{checks} {noun} passed")


def patterns_only(data: Mapping[str, Any]) -> bool:
    """True if texts in unmeasured languages were searched by patterns alone."""
    return any(
        one["name"] == "unmeasured" and one["value"] == "patterns_only"
        for rule in data["policy"]["rules"]
        if rule["id"] == "detect"
        for one in rule["parameters"]
    )


def unknown_facts(data: Mapping[str, Any]) -> Iterator[str]:
    """The undeclared facts about the dataset."""
    for section in ("dataset", "legal"):
        for name, fact in data[section].items():
            if isinstance(fact, Mapping) and fact.get("status") == "unknown":
                yield f"{section}: {name.replace('_', ' ')}"


def commitments(data: Mapping[str, Any]) -> Iterator[str]:
    """The author's commitments, one line each."""
    for row in data["legal"]["commitments"]["value"] or ():
        yield f"{printable(row['id'] or '?')}: {printable_text(row['text'] or '')}"


def _rows(data: Mapping[str, Any], base: int) -> Iterator[Row]:
    records = data["records"]
    yield Row("in", count_text(records["in"], base))
    yield Row("out", count_text(records["out"], base))
    reasons = {rule["id"]: rule["reason"] for rule in data["policy"]["rules"]}
    for row in records["dropped"]:
        reason = reasons.get(row["rule"]) or row["rule"]
        yield Row(f"dropped: {printable_text(reason)}", count_text(row["count"], base))
    for row in records["quarantined"]:
        yield Row(f"quarantined: {printable(row['reason'])}", count_text(row["count"], base))
    for row in records["unmeasured"]:
        label = f"unmeasured language: {printable(row['language'])}"
        yield Row(label, count_text(row["count"], base))
    for table in data["aggregates"]:
        yield Row(f"aggregate: {printable(table['name'])}", aggregate_text(table))
    for line in index_lines(data):
        yield Row("leak index", line)
    for source in data["quarantined_sources"]:
        label = f"omitted source: {printable(source['alias'])}"
        yield Row(label, f"unknown ({printable(source['reason'])})")


def aggregate_text(table: Mapping[str, Any]) -> str:
    """A table of groups in one line."""
    by = ", ".join(map(printable, table["by"]))
    said = f"{table['rows']:,} groups by {by}, of at least {table['min_group']} "
    said += f"{printable(table['subject'])}" if table["subject"] else "records"
    if table["epsilon"] is not None:
        return f"{said}; noise, epsilon {table['epsilon']}, delta {table['delta']}"
    withheld = table["withheld"] + table["also_withheld"]
    return f"{said}; {withheld:,} groups withheld"


def _findings(data: Mapping[str, Any], base: int) -> Iterator[Row]:
    """Findings by entity, over all fields and recognizers; kept findings are marked."""
    grouped: dict[tuple[str, bool], list[Count]] = {}
    for row in data["findings"]:
        grouped.setdefault((row["entity"], row["action"] == "keep"), []).append(row["count"])
    for (entity, left), counts in sorted(grouped.items()):
        label = printable(entity) + (" (kept in text)" if left else "")
        yield Row(label, sum_text(counts, base))


def second_look(data: Mapping[str, Any]) -> Iterator[str]:
    """The residuals of the rescan and planted recall; empty without a rescan."""
    risk, base = data["risk"], data["header"]["disclosure"]["base"]
    if risk["rescan"] is not None:
        yield looked_line(risk["rescan"], count_text(risk["rescan"]["looked_at"], base))
        left = left_in(risk)
        yield from (f"residual: {one}: {sum_text(one.counts, base)}" for one in left)
        if not left:
            yield "no residuals"
    yield from planted_lines(risk)


def _checks(data: Mapping[str, Any]) -> Iterator[str]:
    for check in data["checks"]:
        result = "passed" if check["passed"] else f"FAILED ({check['severity']})"
        yield f"{printable(check['id'])}: {result}"


def lines(view: Screen) -> Iterable[str]:
    """The screen as plain lines, for a pipe, most relevant first."""
    yield f"{view.title}  {view.id[:16]}"
    yield view.verdict
    groups = (("kept", view.kept), ("transformed", view.transformed), ("removed", view.removed))
    for title, fields in groups:
        if fields:
            yield f"{title}:"
            yield from (f"  {line}" for line in fields)
    texts = (
        ("who can reverse it", view.reversal),
        ("unknown", view.unknown),
        ("commitments", view.commitments),
    )
    for title, said in texts:
        if said:
            yield f"{title}:"
            yield from (f"  {text}" for text in said)
    for title, rows in (("records", view.rows), ("findings", view.findings)):
        if rows:
            yield f"{title}:"
            yield from (f"  {row.label}: {row.count}" for row in rows)
    if view.risk:
        yield "risk:"
        yield from (f"  {text}" for text in view.risk)
    if view.second_look:
        yield "rescan and planted recall:"
        yield from (f"  {text}" for text in view.second_look)
    if view.outputs:
        yield "outputs:"
        yield from (f"  {o.path}: {o.rows} records, {size_text(o.bytes)}" for o in view.outputs)
    last = (("checks", view.checks), ("deletion", view.deletion), ("limitations", view.limitations))
    for title, said in last:
        if said:
            yield f"{title}:"
            yield from (f"  {text}" for text in said)
