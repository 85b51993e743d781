"""The report: one self-contained HTML page, verdict first.

The page has no script and no external resource, and a content security policy forbids both.
"""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from hashlib import sha256
from importlib import resources
from typing import Final

from scrubber.errors import printable
from scrubber.manifest import Manifest, count_text, screen
from scrubber.manifest.assessment import left_in
from scrubber.manifest.declared import retention_ended
from scrubber.manifest.deletion import deletion_lines, measured_before
from scrubber.manifest.leak_index import index_lines
from scrubber.manifest.planned import PlanDocument
from scrubber.manifest.planview import plan_screen
from scrubber.manifest.reversal import reversal_lines
from scrubber.manifest.standing import Standing
from scrubber.manifest.view import group_of, printable_text
from scrubber.review.assessed import risk_parts, second_look_parts, unicity_parts
from scrubber.review.changes import compare
from scrubber.review.html import Html, element, join
from scrubber.review.sections import (
    Data,
    aggregate_table,
    base_of,
    change_tables,
    check_table,
    commitment_table,
    condition_table,
    declared_facts,
    detector_table,
    digest,
    field_table,
    finding_charts,
    gate_parts,
    leak_table,
    measured_table,
    output_parts,
    planned_sources,
    policy_facts,
    record_chart,
    share_table,
    source_chart,
    unread_table,
)
from scrubber.review.standing import signature_parts
from scrubber.review.tables import bullets, facts

FIRST_LINES: Final = "<!doctype html>\n<!-- scrubber report -->\n"
_PERSONAL = {
    "direct_identifier": "a direct identifier",
    "quasi_identifier": "a quasi-identifier",
    "sensitive": "sensitive",
    "text": "free text",
}


@dataclass(frozen=True, slots=True)
class _Section:
    """A section of the page: anchor, title, introduction and content."""

    anchor: str
    title: str
    lead: str
    parts: tuple[Html, ...]


def report_page(
    manifest: Manifest, against: Manifest | None = None, standing: Standing | None = None
) -> str:
    """Render `manifest` as an HTML page, with the changes since the manifest `against`, if given.

    `standing` holds the signatures; without it, the page says that nobody looked for them. Equal
    arguments give equal bytes.
    """
    data = manifest.data
    changes = [_changes(against, manifest)] if against is not None else []
    sections = [*changes, *_sections(data, standing)]
    return _page(data, "Provenance report", _verdict(manifest, standing), sections)


def plan_page(plan: PlanDocument, standing: Standing | None = None) -> str:
    """Render `plan` as an HTML page for its approval; arguments as of :func:`report_page`."""
    data = plan.data
    sections = list(_plan_sections(plan, standing))
    return _page(data, "Plan for approval", _plan_verdict(plan, standing), sections)


def _page(data: Data, over: str, verdict: Html, sections: list[_Section]) -> str:
    name = printable(data["dataset"]["name"]["value"] or "unnamed dataset")
    content = join(
        element("a", "Skip to the verdict", href="#verdict", class_="skip"),
        _header(name, over, data),
        _contents(sections),
        element("main", verdict, *(_section(one) for one in sections)),
        _footer(data),
    )
    return document(f"{name}: {over.lower()}", content)


def document(title: str, content: Html) -> str:
    """A whole page with the style of reports."""
    head = join(
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_policy()),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("meta", name="referrer", content="no-referrer"),
        element("title", title),
        element("style", Html(_style())),
    )
    page = element("html", element("head", head), element("body", content), lang="en", dir="ltr")
    return f"{FIRST_LINES}{page}\n"


@cache
def _style() -> str:
    return resources.files("scrubber.review").joinpath("style.css").read_text("utf-8")


def _policy() -> str:
    """A content security policy that forbids loading and scripts, and allows one style by its
    hash."""
    hashed = b64encode(sha256(_style().encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{hashed}'; base-uri 'none'; form-action 'none'"


def _header(name: str, over: str, data: Data) -> Html:
    description = data["dataset"]["description"]["value"]
    return element(
        "header",
        element("p", over, class_="over"),
        element("h1", name),
        element("p", printable_text(description), class_="lead") if description else "",
    )


def _contents(sections: list[_Section]) -> Html:
    links = (element("a", one.title, href=f"#{one.anchor}") for one in sections)
    return element("nav", bullets(links), aria_label="Sections")


def _section(one: _Section) -> Html:
    title = f"{one.anchor}-title"
    return element(
        "section",
        element("h2", one.title, id=title),
        element("p", one.lead, class_="lead") if one.lead else "",
        *one.parts,
        id=one.anchor,
        aria_labelledby=title,
    )


def _changes(before: Manifest, after: Manifest) -> _Section:
    found = compare(before, after)
    lead = f"Changes since the manifest {before.id[:16]}. Weaker changes protect people less."
    if not found:
        return _Section("changes", "Changes", lead, (element("p", "No relevant change."),))
    return _Section("changes", "Changes", lead, tuple(change_tables(found)))


def _verdict(manifest: Manifest, standing: Standing | None) -> Html:
    data, view = manifest.data, screen(manifest)
    base = base_of(data)
    failed = [c for c in data["checks"] if not c["passed"] and c["severity"] == "error"]
    said, _, checks = view.verdict.partition("; ")
    numbers = (
        ("Fields kept", f"{len(view.kept):,}"),
        ("transformed", f"{len(view.transformed):,}"),
        ("removed", f"{len(view.removed):,}"),
        ("Records in", count_text(data["records"]["in"], base)),
        ("out", count_text(data["records"]["out"], base)),
    )
    marks = (_mark(checks, good=not failed), standing_mark(standing))
    return _top(marks, said, numbers, list(_concerns(data, standing)), view.limitations)


def _plan_verdict(plan: PlanDocument, standing: Standing | None) -> Html:
    view = plan_screen(plan)
    numbers = (
        ("Fields to keep", f"{len(view.kept):,}"),
        ("to transform", f"{len(view.transformed):,}"),
        ("to remove", f"{len(view.removed):,}"),
        ("Sources", f"{len(plan.data['sources']):,}"),
    )
    concerns = list(_concerns(plan.data, standing))
    return _top((standing_mark(standing),), view.verdict, numbers, concerns, view.limitations)


def _top(
    marks: Iterable[Html],
    said: str,
    numbers: Iterable[tuple[str, Html | str]],
    concerns: list[Html],
    limitations: Iterable[str],
) -> Html:
    return element(
        "section",
        element("h2", "Verdict", id="verdict-title"),
        element("p", *marks, f" {said}.", class_="verdict"),
        facts(numbers, "numbers"),
        element("h3", "Review before approval"),
        bullets(concerns) if concerns else element("p", "Nothing stands out."),
        element("h3", "Limitations"),
        bullets(limitations),
        id="verdict",
        aria_labelledby="verdict-title",
    )


def _mark(said: str, *, good: bool) -> Html:
    return element("span", said, class_="mark good" if good else "mark bad")


def standing_mark(standing: Standing | None) -> Html:
    """Signatures and the gate's verdict in a few words."""
    if standing is None:
        return _mark("signatures not looked for", good=False)
    return _mark(standing.verdict, good=standing.holds)


def _concerns(data: Data, standing: Standing | None) -> Iterator[Html]:
    """Points for the reviewer to decide, the most serious first; a plan has those of its rules."""
    for check in data.get("checks", ()):
        if not check["passed"]:
            yield join(element("strong", "Failed check: "), printable(check["id"]))
    unsafe = [field for field in data["fields"] if field["unsafe"]]
    if unsafe:
        yield join(element("strong", "Kept without a rule: "), _names(unsafe))
    for kind, words in _PERSONAL.items():
        kept = [f for f in data["fields"] if group_of(f) == "keep" and f["class"] == kind]
        if kept:
            yield join(element("strong", f"Kept unchanged, {words}: "), _names(kept))
    if "records" in data:
        yield from _concerns_of_run(data)
    ended = retention_ended(data, standing.on) if standing is not None else None
    if ended is not None:
        yield join(element("strong", "Retention has ended: "), f"delete by {ended}.")
    reversible = [field for field in data["fields"] if field["reversible"]]
    if reversible:
        yield join(element("strong", "Reversible by the key holder: "), _names(reversible))
    missing = [
        name.replace("_", " ")
        for section in ("dataset", "legal")
        for name, fact in data[section].items()
        if name != "other" and fact["status"] == "unknown"
    ]
    if missing:
        yield join(element("strong", "Not declared: "), ", ".join(missing) + ".")


def _concerns_of_run(data: Data) -> Iterator[Html]:
    if any(row["action"] == "keep" for row in data["findings"]):
        yield join(element("strong", "Findings kept in text: "), "see findings.")
    left = [str(one) for one in left_in(data["risk"])]
    if left:
        yield join(element("strong", "Residuals in the output: "), _few(left))
    foreign = [printable(row["language"]) for row in data["records"]["unmeasured"]]
    if foreign:
        yield join(element("strong", "Records in unmeasured languages: "), _few(foreign))


def _few(texts: list[str], limit: int = 12) -> str:
    rest = f" and {len(texts) - limit:,} more" if len(texts) > limit else ""
    return f"{', '.join(texts[:limit])}{rest}."


def _names(fields: list[Data], limit: int = 12) -> Html:
    shown = [element("code", printable(field["name"])) for field in fields[:limit]]
    rest = f" and {len(fields) - limit:,} more" if len(fields) > limit else ""
    commas = [part for name in shown for part in (", ", name)][1:]
    return join(*commas, rest, ".")


def _field_sections(data: Data) -> Iterator[_Section]:
    groups: dict[str, list[Data]] = {"keep": [], "": [], "drop": []}
    for field in data["fields"]:
        groups[group_of(field)].append(field)
    for action, anchor, title, lead in _FIELDS:
        fields = groups[action]
        shown = field_table(f"{title} ({len(fields):,})", fields, data) if fields else None
        parts = (shown or element("p", "There are none."),)
        yield _Section(anchor, title, lead, parts)
    yield _Section(
        "reversal",
        "Who can reverse it",
        "Fields whose values can be restored, or guessed and tested, and by whom.",
        (bullets(_capital(line) for line in reversal_lines(data["fields"])),),
    )


def _capital(line: str) -> str:
    return f"{line[:1].upper()}{line[1:]}."


def _plan_sections(plan: PlanDocument, standing: Standing | None) -> Iterator[_Section]:
    data = plan.data
    yield from _field_sections(data)
    yield _Section(
        "expected",
        "Expected shares",
        "Estimates from a sample; the run is refused if its result differs.",
        (share_table(data), condition_table(data)),
    )
    yield _Section(
        "gates",
        "What the run must hold",
        "Limits of the rules. A run beyond a limit publishes nothing.",
        tuple(gate_parts(data)),
    )
    yield signature_section(standing)
    yield _declared(data)
    yield from _leak_index(data)
    yield _Section("sources", "Sources", "", (planned_sources(data),))
    yield _engine(data)


def signature_section(standing: Standing | None) -> _Section:
    lead = "Statements by the holders of keys, beside the document and not part of it."
    return _Section(
        "signatures", "Signatures and approvals", lead, tuple(signature_parts(standing))
    )


def _leak_index(data: Data) -> Iterator[_Section]:
    index = list(index_lines(data))
    if index:
        yield _Section(
            "leak-index",
            "Leak index",
            "Whoever has the file and its key can ask who was in the data.",
            (bullets(index),),
        )


def _declared(data: Data) -> _Section:
    return _Section(
        "declared",
        "Legal and dataset facts",
        "Declared by the author of the rules, not measured.",
        (declared_facts(data), commitment_table(data)),
    )


def _engine(data: Data) -> _Section:
    parts = (policy_facts(data), detector_table(data), leak_table(data), measured_table(data))
    return _Section("engine", "Rules and detectors", "", parts)


def _sections(data: Data, standing: Standing | None) -> Iterator[_Section]:
    yield from _field_sections(data)
    yield _Section(
        "records",
        "Records in and out",
        "Each input record was written, dropped or quarantined.",
        (record_chart(data), condition_table(data)),
    )
    yield _Section(
        "findings",
        "Findings in text",
        "Findings of the detectors in text, and their treatment.",
        tuple(finding_charts(data)),
    )
    yield _Section(
        "risk",
        "Risk of being singled out",
        "A record that is alone with some of its values can be found by whoever knows them.",
        (
            *unicity_parts(data["risk"]["unicity"], measured_before(data)),
            *(
                risk_parts(data["risk"]["privacy"], base_of(data))
                if "privacy" in data["risk"]
                else ()
            ),
        ),
    )
    yield _Section(
        "rescan",
        "Rescan and planted recall",
        "The output was scanned again for residuals. Synthetic values were planted in texts, and "
        "the found ones counted.",
        tuple(second_look_parts(data)),
    )
    yield _Section(
        "commitments",
        "Checks",
        "Measured by the run. No single check proves a commitment of the author.",
        (check_table(data),),
    )
    yield signature_section(standing)
    yield _declared(data)
    if data["deletion"] is not None:
        yield _Section(
            "deletion",
            "Deletion",
            "How to find the records of a person in the output.",
            (bullets(deletion_lines(data["deletion"])),),
        )
    yield from _leak_index(data)
    yield _Section("sources", "Sources", "", (source_chart(data), *unread_table(data)))
    yield _Section("outputs", "Outputs", "", tuple(output_parts(data)))
    if data["aggregates"]:
        yield _Section(
            "aggregates",
            "Aggregates",
            "Groups with too few subjects are withheld, and others that would give them away.",
            (aggregate_table(data),),
        )
    yield _engine(data)


_FIELDS = (
    ("keep", "kept", "Kept fields", "Their values are unchanged, so they carry the risk."),
    ("", "transformed", "Transformed fields", "Their values were replaced."),
    ("drop", "removed", "Removed fields", "They are absent from the output."),
)


def _footer(data: Data) -> Html:
    header = data["header"]
    rounded = f", rounded to {base_of(data):,}" if base_of(data) > 1 else ""
    rows: list[tuple[str, str]] = [(header["kind"].capitalize(), digest(header["id"]))]
    if "run" in data:
        run = data["run"]
        rows = [
            ("Manifest", digest(header["id"])),
            ("Run", f"{printable(run['id'])}, {printable(run['created'])}"),
        ]
    rows += [
        ("Schema", printable(header["schema"])),
        (
            "Counts",
            f"counts from 1 to {header['disclosure']['min_cell'] - 1} are withheld, and others "
            f"that would reveal them{rounded}",
        ),
    ]
    if header.get("previous"):
        rows.append(("Previous manifest", digest(header["previous"])))
    return element("footer", facts(rows))
