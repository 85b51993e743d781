"""The reference of the default entities: ``docs/entities.md``."""

from __future__ import annotations

from collections import defaultdict

from scrubber.detect import DetectSpec, known_entities
from scrubber.detect.house.judge import RULES
from scrubber.detect.recognizers import RECOGNIZERS

_HEAD = """\
# Entities

<!-- Written by `make docs`; a test checks that this page is current. -->

scrubber detects these entities in text by default. `detect: {entities: [...]}` selects some of
them; `recognizers`, `deny_list` and a larger model (`ner: spacy:...`) add others
([rules.md](rules.md)). The first column is the name in `entities:` of a field and in the manifest.
Dots in an example stand for more of the same. Values of the record's own columns (`linked`) are
detected in any form.
"""

# What the names model and Presidio's own recognizers find: (what, example).
_NAMES = {
    "PERSON": ("People, by the built-in model, in any case and in single cells", "Ann Poe"),
    "LOCATION": ("Places and street addresses, by the built-in model", "Springfield"),
    "ORGANIZATION": ("Companies, offices and other bodies, by the built-in model", "Acme Inc."),
}
_PRESIDIO = {
    "CREDIT_CARD": ("Payment card numbers with a valid check digit", "4111 1111 1111 1111"),
    "CRYPTO": ("Bitcoin addresses with a valid checksum", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"),
    "DATE_TIME": ("Dates and times in figures", "03/04/2022"),
    "EMAIL_ADDRESS": ("E-mail addresses with a real top-level domain", "ann@example.org"),
    "IBAN_CODE": ("International bank account numbers", "DE89 3704 0044 0532 0130 00"),
    "IP_ADDRESS": ("Internet addresses of both versions", "198.51.100.7"),
    "MAC_ADDRESS": ("Hardware addresses of network devices", "00:1A:2B:3C:4D:5E"),
    "MEDICAL_LICENSE": ("Certificates of the US Drug Enforcement Administration", "BB1388568"),
    "PHONE_NUMBER": ("Valid telephone numbers of several countries", "212-555-0152"),
    "UK_NHS": ("British health service numbers with a valid check digit", "401-023-2137"),
    "URL": ("Web addresses and host names", "https://example.org/a"),
    "US_BANK_NUMBER": ("US bank account numbers, with a context word", "account 945456787654"),
    "US_DRIVER_LICENSE": ("US driver's licenses, with a context word", "license H12234567"),
    "US_ITIN": ("US taxpayer numbers", "911-70-1234"),
    "US_PASSPORT": ("US passport numbers, with a context word", "passport 912803456"),
    "US_SSN": ("US social security numbers", "078-05-1121"),
    "UUID": ("Universally unique identifiers", "6d92078a-8246-4ba4-ae5b-76104861e7dc"),
}

_LEFT_ALONE = """
## Left alone

These rules drop findings that only look personal. They never drop a finding with both a check digit
and a word for it, nor one of the rule file's own recognizers and deny lists. Of several numbers in
the same place, the one with the most evidence stays. Each rule that a run used is on record in its
manifest; `detect: {house: false}` switches the rules off, and scrubber's own recognizers too.

| rule | entities | reason |
|---|---|---|
"""


def entities_reference() -> str:
    """The page as Markdown: all entities of :func:`known_entities`, by origin, and all rules that
    discard findings."""
    house: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for recognizer in RECOGNIZERS:
        examples = ", ".join(f"`{example}`" for example in recognizer.examples)
        examples = examples.replace("|", r"\|")
        house[recognizer.entity].append((recognizer.what, examples))
    given = {**_NAMES, **_PRESIDIO}
    known = known_entities(DetectSpec(ner="builtin"))
    if known != given.keys() | house.keys():
        raise LookupError("the tables of this module are not those of the detectors")
    lines = [_HEAD]
    for title, table in (("Names", _NAMES), ("Presidio's own", _PRESIDIO)):
        rows = [f"| `{name}` | {what} | `{shape}` |" for name, (what, shape) in table.items()]
        lines += [f"## {title}", "", "| entity | meaning | example |", "|---|---|---|", *rows, ""]
    lines += ["## scrubber's own", "", "| entity | meaning | example |", "|---|---|---|"]
    lines += [
        f"| `{name}` | {what} | {examples} |"
        for name, rows in house.items()
        for what, examples in rows
    ]
    rules = [
        f"| {rule.name} | {', '.join(map('`{}`'.format, sorted(rule.labels)))} | {rule.reason} |"
        for rule in RULES
    ]
    return "\n".join(lines) + "\n" + _LEFT_ALONE + "\n".join(rules) + "\n"
