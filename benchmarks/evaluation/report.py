"""The report: a table per set, the aims beside what was reached, what was left out. No values."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from benchmarks.evaluation.aims import AIMS
from benchmarks.evaluation.measure import Counts
from benchmarks.evaluation.score import Scored
from benchmarks.evaluation.systems import System

_NOTE = """\
P, R, F1, F2 by character; `whole`: share of labels wholly covered by findings of the entity, `any`:
by findings of any entity; `-`: nothing found, or (P and F) names in the texts are not all labelled.
A system that does not look for an entity has no line for it. Edges are not forgiven: where a set
labels "Mr Gray" and "Gray" is found, "Mr " lowers R and the label is not whole; where it labels
"Gray" and "Mr Gray" is found, "Mr " lowers P. Of the sets known here tab_*, echr_es_* and litbank_*
label titles with the name, most others do not."""

_IGNORED_SHOWN = 8


def as_text(
    scored: Sequence[Scored],
    systems: Sequence[System],
    missing: Mapping[str, str],
    unlabelled: Sequence[str],
) -> str:
    """The report as Markdown."""
    parts = ["# Evaluation", "", *_systems(systems, missing), "", _NOTE, ""]
    for one in scored:
        parts += _set(one, systems)
    parts += _aims(scored, systems)
    if unlabelled:
        parts += ["", f"Not labelled, left out: {', '.join(unlabelled)}"]
    return "\n".join(parts)


def as_json(
    scored: Sequence[Scored],
    systems: Sequence[System],
    missing: Mapping[str, str],
    unlabelled: Sequence[str],
) -> dict[str, Any]:
    """The report for programs: counts and measures by set, system and entity."""
    return {
        "systems": {system.name: system.about for system in systems},
        "missing": dict(missing),
        "unlabelled": list(unlabelled),
        "sets": [
            {
                "name": one.name,
                "documents": one.documents,
                "bytes": one.size,
                "partly_labelled": one.partly,
                "ignored_labels": dict(one.ignored),
                "seconds": {name: round(took, 3) for name, took in one.seconds.items()},
                "results": {
                    name: {entity: _measures(c, one.partly) for entity, c in by_entity.items()}
                    for name, by_entity in one.counts.items()
                },
            }
            for one in scored
        ],
        "aims": [dict(zip(_AIM_KEYS, row, strict=True)) for row in _aim_rows(scored, systems)],
    }


def _measures(counts: Counts, partly: bool) -> dict[str, float | int | None]:
    return {
        "precision": None if partly else counts.precision,
        "recall": counts.recall,
        "f1": None if partly else counts.f(1),
        "f2": None if partly else counts.f(2),
        "whole": counts.share_covered,
        "whole_by_any": counts.share_covered_by_any,
        "labels": counts.labels,
        "characters_labelled": counts.labelled,
        "characters_found": counts.found,
        "characters_both": counts.both,
    }


def _systems(systems: Sequence[System], missing: Mapping[str, str]) -> list[str]:
    lines = [f"- {system.name}: {system.about}" for system in systems]
    return lines + [f"- {name}: not measured: {why}" for name, why in missing.items()]


def _set(one: Scored, systems: Sequence[System]) -> list[str]:
    head = f"## {one.name} ({one.documents} documents, {one.size / 1e6:.2f} MB"
    lines = [head + (", only partly labelled)" if one.partly else ")"), ""]
    rows = []
    for entity in one.entities:
        for system in systems:
            c = one.counts[system.name].get(entity, Counts())
            if not c.found and not system.looks_for(entity):
                continue
            m = _measures(c, one.partly)
            shares = [m[k] for k in ("precision", "recall", "f1", "f2", "whole", "whole_by_any")]
            rows.append([entity, system.name, *map(_share, shares), str(c.labels)])
    if rows:
        lines += _table(["entity", "system", "P", "R", "F1", "F2", "whole", "any", "labels"], rows)
    rates = [
        f"{system.name} {one.size / 1e6 / took:.3f}"
        for system in systems
        if (took := one.seconds[system.name]) > 0
    ]
    lines += ["", f"MB/s of processor time: {', '.join(rates)}"]
    if one.ignored:
        most = sorted(one.ignored.items(), key=lambda item: (-item[1], item[0]))
        ignored = ", ".join(f"{label} {number}" for label, number in most[:_IGNORED_SHOWN])
        rest = len(most) - _IGNORED_SHOWN
        lines.append(f"Labels ignored: {ignored}" + (f" and {rest} more" if rest > 0 else ""))
    return [*lines, ""]


_AIM_KEYS = (
    "kind",
    "set",
    "entity",
    "system",
    "whole",
    "aim",
    "en_core_web_sm_2_2_5",
    "precision",
    "precision_aim",
    "reached",
)


def _aim_rows(scored: Sequence[Scored], systems: Sequence[System]) -> list[tuple[Any, ...]]:
    rows: list[tuple[Any, ...]] = []
    for aim in AIMS:
        for one in (s for s in scored if aim.meant_for(s.stem) and aim.entity in s.entities):
            for system in systems:
                c = one.counts[system.name][aim.entity]
                if not c.found and not system.looks_for(aim.entity):
                    continue
                whole, precision = c.share_covered or 0.0, c.precision
                precise = aim.precision is None or (precision or 0.0) >= aim.precision
                reached = whole >= aim.covered and precise
                rows.append(
                    (
                        aim.kind,
                        one.name,
                        aim.entity,
                        system.name,
                        whole,
                        aim.covered,
                        aim.small,
                        precision,
                        aim.precision,
                        reached,
                    )
                )
    return rows


def _aims(scored: Sequence[Scored], systems: Sequence[System]) -> list[str]:
    rows = [
        [
            kind,
            name,
            entity,
            system,
            _share(whole),
            _share(aim),
            _share(small),
            _share(precision),
            _share(least),
            "yes" if reached else "no",
        ]
        for kind, name, entity, system, whole, aim, small, precision, least, reached in _aim_rows(
            scored, systems
        )
    ]
    if not rows:
        return []
    head = ["kind", "set", "entity", "system", "whole", "aim", "sm 2.2.5", "P", "P aim", "reached"]
    return ["## Aims", "", *_table(head, rows)]


def _share(value: float | None) -> str:
    return "-" if value is None else f"{value:.3f}"


def _table(head: Sequence[str], rows: Sequence[Sequence[str]]) -> list[str]:
    widths = [max(len(row[i]) for row in (head, *rows)) for i in range(len(head))]
    lines = []
    for row in (head, ["-" * width for width in widths], *rows):
        cells = (
            cell.ljust(width) if _holds_words(i, head) else cell.rjust(width)
            for i, (cell, width) in enumerate(zip(row, widths, strict=True))
        )
        lines.append(f"| {' | '.join(cells)} |")
    return lines


def _holds_words(index: int, head: Sequence[str]) -> bool:
    """Whether the column holds words, to the left, rather than numbers."""
    return head[index] in ("kind", "set", "entity", "system")
