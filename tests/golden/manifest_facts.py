"""Fixed facts and ledgers, from which the golden manifests are made."""

from __future__ import annotations

from dataclasses import replace

from scrubber.manifest.ledger import Fragment, Ledger
from scrubber.manifest.risk import ClassFacts, ModelFacts, QuasiFacts, RiskFacts
from scrubber.manifest.statement import (
    CheckFacts,
    DeclaredFacts,
    DetectorFacts,
    EngineFacts,
    Facts,
    FieldFacts,
    LanguageLeakFacts,
    LeakFacts,
    OperatorFacts,
    OutputFacts,
    PlantedFacts,
    PolicyFacts,
    RescanFacts,
    RuleFacts,
    RunFacts,
    SourceFacts,
)
from scrubber.model.batch import BatchRef
from scrubber.model.tally import Tally

RULES = "rules/crm.yaml"
RUN = RunFacts("2026-11-23T19:00:00Z", "run-1", 1234, 2)
DECLARED = DeclaredFacts(
    '{"commitments":[{"id":"C1","text":"No direct identifiers leave the EU"}],'
    '"consent":{"reference":"DPIA-17","status":"granted"},"legal_basis":"legitimate-interest",'
    '"name":"support_tickets","purpose":"train a ticket classifier",'
    '"retention":{"delete_by":"2027-06-30"},'
    '"sources":[{"geography":["EU"],"method":"exported","name":"crm-export"}]}',
    RULES,
)
FIELDS = (
    FieldFacts(
        "email",
        ("customers.csv",),
        "string",
        "string",
        "direct_identifier",
        "token",
        "fields[0]",
        f"{RULES}:21",
        technique="pseudonymization (AES-256-CMAC)",
        entity="EMAIL_ADDRESS",
        key_id="00112233aabbccdd",
        domain="crm",
        linkable=True,
        parameters={"bits": 128, "domain": "crm"},
    ),
    FieldFacts(
        "name",
        ("customers.csv",),
        "string",
        None,
        "direct_identifier",
        "drop",
        "fields[1]",
        f"{RULES}:22",
        technique="suppression",
        entity="PERSON",
    ),
    FieldFacts(
        "plan",
        ("customers.csv",),
        "string",
        "string",
        "insensitive",
        "keep",
        "fields[2]",
        f"{RULES}:23",
        reason="what the model learns",
    ),
    FieldFacts(
        "messages[].content",
        ("chats.jsonl",),
        "string",
        "string",
        "text",
        "text",
        "fields[3]",
        f"{RULES}:24",
        per_row=False,
        operators=(
            OperatorFacts("PERSON", "surrogate", "pseudonymization"),
            OperatorFacts(None, "redact", "suppression"),
        ),
    ),
)


def fragment(source: str, ordinal: int, rows: int, dropped: int, **found: int) -> Fragment:
    """A batch of `rows` records of which `dropped` went; every customer has every field."""
    out = rows - dropped
    if source == "customers.csv":
        fields = {
            ("email", "in"): out,
            ("email", "changed"): out,
            ("name", "in"): out,
            ("name", "removed"): out,
            ("plan", "in"): out,
        }
    else:
        fields = {
            ("messages[].content", "in"): 3 * out,
            ("messages[].content", "changed"): min(out, sum(found.values())),
        }
    findings = {
        ("messages[].content", entity, f"{entity.title()}Recognizer", "redact"): number
        for entity, number in found.items()
    }
    return Fragment(
        BatchRef(source, ordinal, 1 + ordinal * rows, rows),
        "",
        rows,
        out,
        Tally({"rows[0]": dropped}),
        Tally(),
        Tally(fields),
        Tally(findings),
    )


def output(path: str, digest: str, length: int, rows: int, shard: int) -> OutputFacts:
    """A file as a run states it: a small one has a salt."""
    source, salt = path.removeprefix("data/"), "78" * 32 if rows < 1000 else None
    return OutputFacts(path, digest, length, rows, source, shard, salt)


def facts(customers: int, chats: int) -> Facts:
    """Facts for `customers` and `chats` records that come out."""
    return Facts(
        run=RUN,
        declared=DECLARED,
        sources=(
            SourceFacts("customers.csv", "text/csv", "ab" * 32),
            SourceFacts("chats.jsonl", "application/x-ndjson", "cd" * 32),
        ),
        policy=PolicyFacts(
            "12" * 32,
            "error",
            "fail",
            (
                RuleFacts("fields[0]", f"{RULES}:21", "email", "token", {"domain": "crm"}),
                RuleFacts("fields[1]", f"{RULES}:22", "name", "drop"),
                RuleFacts("fields[2]", f"{RULES}:23", "plan", "keep", {}, "what the model learns"),
                RuleFacts("fields[3]", f"{RULES}:24", "messages[].content", "text"),
                RuleFacts(
                    "rows[0]", f"{RULES}:40", "consent = false", "drop_row", {}, "no consent"
                ),
            ),
        ),
        engine=EngineFacts(
            "0.1.0",
            None,
            (DetectorFacts("EmailRecognizer", "0.0.1", 400, ("en",)),),
        ),
        fields=FIELDS,
        outputs=(
            output("data/customers.csv", "34" * 32, customers * 40, customers, 0),
            output("data/chats.jsonl", "56" * 32, chats * 90, chats, 1),
        ),
        checks=(CheckFacts("rule-tests", True, "error", "3 tests pass", "3 tests pass"),),
    )


LARGE = (
    facts(1950, 900),
    Ledger(
        [
            fragment("customers.csv", 0, 1000, 20),
            fragment("customers.csv", 1, 1000, 30),
            fragment("chats.jsonl", 0, 500, 60, PERSON=400, PHONE_NUMBER=33),
            fragment("chats.jsonl", 1, 500, 40, PERSON=410, PHONE_NUMBER=30),
        ]
    ),
)
SMALL_CELLS = (
    facts(1995, 992),
    Ledger(
        [
            fragment("customers.csv", 0, 1000, 2),
            fragment("customers.csv", 1, 1000, 3),
            fragment("chats.jsonl", 0, 500, 4, PERSON=400, PHONE_NUMBER=3),
            fragment("chats.jsonl", 1, 500, 4, PERSON=410, PHONE_NUMBER=4),
        ]
    ),
)
TINY = (
    facts(3, 2),
    Ledger([fragment("customers.csv", 0, 3, 0), fragment("chats.jsonl", 0, 2, 0, PERSON=2)]),
)
CLASSES = (
    replace(
        facts(1950, 900),
        risk=RiskFacts(
            sources=("customers.csv",),
            quasi=(QuasiFacts("plan", 1, 3, "file", 0.874), QuasiFacts("age", 0, 1, "none", 0.126)),
            k=5,
            counted="records",
            suppression_limit=50,
            method="lattice",
            models=(
                ModelFacts("l", "diagnosis", "recursive", 2000, 1500),
                ModelFacts("t", None, "ordered", 300),
            ),
            before=ClassFacts(
                1, 812, ((1, 1, 612), (2, 2, 200), (3, 4, 0), (5, 9, 0), (10, None, 1188))
            ),
            after=ClassFacts(
                7, 131, ((1, 1, 0), (2, 2, 0), (3, 4, 0), (5, 9, 840), (10, None, 1110))
            ),
            suppressed=50,
            loss=0.2518,
            bound=0.2333,
            optimal=False,
        ),
    ),
    Ledger(
        [
            replace(fragment("customers.csv", 0, 2000, 50), dropped=Tally({"privacy": 50})),
            fragment("chats.jsonl", 0, 1000, 100, PERSON=810, PHONE_NUMBER=63),
        ]
    ),
)
LEAKS = LeakFacts(
    "2026-11-30",
    "ab" * 32,
    current=True,
    languages=(
        LanguageLeakFacts("en", ("tweets",), False, 200, 12, 102, 300, 14, 77, 21),
        LanguageLeakFacts("ru", ("news",), True, 100, 60, 691, 400, 90, 269, None),
    ),
)
ASSESSED = (
    replace(
        facts(1950, 900),
        engine=replace(facts(1950, 900).engine, leaks=LEAKS),
        rescan=RescanFacts(every=False, all_entities=True),
        planted=(
            PlantedFacts("PERSON", "plain", 60, 967, 886, 991),
            PlantedFacts("US_SSN", "bold", 60, 1000, 940, 1000),
        ),
    ),
    Ledger(
        [
            replace(
                fragment("customers.csv", 0, 2000, 50),
                rescanned=1000,
                residual=Tally({("plan", "EMAIL_ADDRESS", "EmailRecognizer"): 4}),
            ),
            replace(
                fragment("chats.jsonl", 0, 1000, 100, PERSON=810, PHONE_NUMBER=63),
                rescanned=900,
                residual=Tally(
                    {
                        ("messages[].content", "OWN_IDENTIFIER", "own-values"): 37,
                        ("messages[].content", "URL", "UrlRecognizer"): 12,
                    }
                ),
            ),
        ]
    ),
)

GOLDEN = {
    "large": LARGE,
    "small-cells": SMALL_CELLS,
    "tiny": TINY,
    "classes": CLASSES,
    "assessed": ASSESSED,
}
