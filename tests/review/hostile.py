"""Manifests to look at: many fields, hostile names."""

from __future__ import annotations

from dataclasses import replace

from scrubber.manifest import (
    DeclaredFacts,
    Facts,
    FieldFacts,
    Ledger,
    Manifest,
    RescanFacts,
    seal,
)
from scrubber.model.tally import Tally
from tests.golden.manifest_facts import LARGE

NAMES = (
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    '" onmouseover="alert(1)',
    "</code></td></table><h1>gone</h1>",
    "\x1b[31mred\x1b[0m\x07",
    "\u202egnp.exe\u2066",
    "a" * 10_000,
    "zero\u200bwidth\u00adhyphen",
    "&lt;b&gt;",
    "url(https://example.org/x.png)",
    "line\nbreak\u2028",
)


def hostile() -> Manifest:
    """A manifest whose every text from outside is hostile."""
    facts, ledger = LARGE
    bad = "".join(NAMES[:6])
    declared = DeclaredFacts(
        '{"name":"<script>alert(1)</script>","description":"</style><script>alert(2)</script>",'
        '"purpose":"javascript:alert(3)","commitments":[{"id":"<b>","text":"<i>\\u202e"}],'
        '"<s>":"<u>"}',
        "<a href=https://example.org>",
    )
    extra = tuple(_field(name, "keep", reason=bad) for name in NAMES)
    parts = [
        replace(
            one,
            fields=Tally(
                {**dict(one.fields.items()), **{(name, "in"): one.rows_out for name in NAMES}}
            ),
        )
        if one.ref.source == "customers.csv"
        else one
        for one in ledger
    ]
    at = next(i for i, one in enumerate(parts) if one.ref.source == "customers.csv")
    parts[at] = replace(
        parts[at],
        rescanned=parts[at].rows_out,
        residual=Tally({(name, bad, bad): 12 for name in NAMES}),
    )
    detector = replace(facts.engine.detectors[0], id=bad, version=bad)
    rule = replace(facts.policy.rules[4], reason=bad)
    return seal(
        replace(
            facts,
            declared=declared,
            fields=(*facts.fields, *extra),
            outputs=(replace(facts.outputs[0], path=f"data/{NAMES[1]}"), facts.outputs[1]),
            engine=replace(facts.engine, detectors=(detector,)),
            policy=replace(facts.policy, rules=(*facts.policy.rules[:4], rule)),
            limitations=(bad,),
            rescan=RescanFacts(every=True, all_entities=False),
        ),
        Ledger(parts),
    )


def wide(count: int = 300) -> Manifest:
    """A manifest of `count` further fields, a third of each kind."""
    facts, ledger = LARGE
    kinds = ("keep", "bin", "drop")
    names = {f"measurement_{i:03}.value": kinds[i % 3] for i in range(count)}
    extra = tuple(_field(name, action) for name, action in names.items())
    parts = [
        replace(
            one,
            fields=Tally(
                {**dict(one.fields.items()), **{(name, "in"): one.rows_out for name in names}}
            ),
        )
        if one.ref.source == "customers.csv"
        else one
        for one in ledger
    ]
    return seal(replace(facts, fields=(*facts.fields, *extra)), Ledger(parts))


def _field(name: str, action: str, reason: str | None = None) -> FieldFacts:
    return FieldFacts(
        name,
        ("customers.csv",),
        "string",
        "string",
        "insensitive",
        action,
        "fields[9]",
        "rules/crm.yaml:30",
        reason=reason,
    )


def made(name: str) -> tuple[Facts, Ledger]:
    from tests.golden.manifest_facts import GOLDEN

    found: tuple[Facts, Ledger] = GOLDEN[name]
    return found
