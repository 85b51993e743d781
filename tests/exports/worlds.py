"""Manifests to export: the golden ones, and one whose every name is hostile."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from scrubber.manifest import CheckFacts, DeclaredFacts, Manifest, SourceFacts, seal
from scrubber.manifest.ledger import Ledger
from scrubber.model.batch import BatchRef
from scrubber.model.tally import Tally
from tests.golden.manifest_facts import FIELDS, GOLDEN, LARGE

EVIL = 'a"b|c`<script>\x1b[31m\u202e]]>&\n- # x \ufffe'


def golden(name: str) -> Manifest:
    facts, ledger = GOLDEN[name]
    return seal(facts, ledger)


def hostile() -> Manifest:
    """Every name and text that comes from outside means something somewhere."""
    facts, ledger = LARGE
    quoted = '"' + EVIL.replace("\\", "\\\\").replace('"', '\\"') + '"'
    alias = f"{EVIL}.csv"
    fragments = [
        replace(
            fragment,
            ref=BatchRef(alias, *ref_rest(fragment)),
            fields=Tally({(quoted, "in"): fragment.rows_out, ("gone", "in"): fragment.rows_out}),
        )
        for fragment in ledger
        if fragment.ref.source == "customers.csv"
    ]
    field = replace(FIELDS[2], name=quoted, sources=(alias,), reason=EVIL, field_class="sensitive")
    return seal(
        replace(
            facts,
            declared=DeclaredFacts(f'{{"name":{_json(EVIL)},"purpose":{_json(EVIL)}}}', EVIL),
            sources=(SourceFacts(alias, "text/csv", None),),
            fields=(
                replace(field, action="keep", unsafe=True),
                replace(field, action="drop", type_out=None, reason=None, name="gone"),
            ),
            outputs=(replace(facts.outputs[0], path=f"data/{alias}", source=alias),),
            checks=(CheckFacts(EVIL, False, "error", EVIL, EVIL),),
        ),
        Ledger(fragments),
    )


def ref_rest(fragment: Any) -> tuple[int, int, int]:
    return fragment.ref.ordinal, fragment.ref.first_row, fragment.ref.rows


def _json(text: str) -> str:
    import json

    return json.dumps(text)


MANIFESTS = {**{name: golden(name) for name in GOLDEN}, "hostile": hostile()}
