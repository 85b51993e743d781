"""The statements of a manifest, section by section.

Frozen values without counts: the counts are in the :class:`~scrubber.manifest.ledger.Ledger` and
join them in ``seal``, where small ones are withheld. Nothing here may hold a value of the data, an
absolute path, a host or user name, an unkeyed digest of values, or the literal words of a rule.
Scores are in milli-units (0..1000), since a manifest holds no fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

from scrubber.manifest.risk import RiskFacts

SCHEMA: Final = "scrubber/manifest/v1"
CLAIM: Final = "pseudonymised"

HIDDEN: Final = "not shown"
"""What a parameter ends with whose value cannot be told without a key."""

JSON = Any


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Facts that differ between runs of one plan on the same data; not covered by the id.

    `created` is UTC, ``YYYY-MM-DDTHH:MM:SSZ``; `duration_ms` counts milliseconds.
    """

    created: str
    id: str
    duration_ms: int
    workers: int


@dataclass(frozen=True, slots=True)
class DeclaredFacts:
    """The ``dataset:`` part of a rule file as canonical JSON text, and who says so.

    `asserted_by` is the rule file's relative name.
    """

    text: str = "{}"
    asserted_by: str = ""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """A file that was read: its `alias` (relative name), media type, and its digest under the run's
    key (hex; None where the run has no key, since an unkeyed digest could be guessed from)."""

    alias: str
    media_type: str
    keyed_digest: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadFacts:
    """A file that could not be read whole and was left out as a whole: its `alias`, and the code of
    the error. How many records it holds nobody knows."""

    alias: str
    reason: str


@dataclass(frozen=True)
class RuleFacts:
    """A rule: stable `id` (``fields[3]``), `place` (``rules/crm.yaml:21``), what it selects, what
    it does, and its public parameters (no word lists, no paths)."""

    id: str
    place: str
    selector: str
    action: str
    parameters: Mapping[str, JSON] = field(default_factory=lambda: MappingProxyType({}))
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """The rule file: digest of its canonical content without literals, that of all of it under the
    run's key if there is one, its version-control reference if known."""

    digest: str
    on_unlisted: str
    on_error: str
    rules: tuple[RuleFacts, ...]
    reference: str | None = None
    keyed_digest: str | None = None


@dataclass(frozen=True, slots=True)
class MeasuredFacts:
    """The accuracy of a detector for an entity in a labelled corpus, in milli-units."""

    corpus: str
    entity: str
    recall: int
    precision: int


@dataclass(frozen=True, slots=True)
class DetectorFacts:
    """A recognizer that looked: `threshold` in milli-units, `model_digest` (hex) where it has a
    model, and how well it does where that was `measured`."""

    id: str
    version: str
    threshold: int | None = None
    languages: tuple[str, ...] = ()
    model_digest: str | None = None
    measured: tuple[MeasuredFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """The program: its version, the digest of its pinned dependencies, and what looked."""

    program_version: str
    lock_digest: str | None = None
    detectors: tuple[DetectorFacts, ...] = ()


@dataclass(frozen=True)
class OperatorFacts:
    """The operator for one entity in a text, with its public parameters; `entity` None for every
    other one."""

    entity: str | None
    action: str
    technique: str | None = None
    parameters: Mapping[str, JSON] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class FieldFacts:
    """The treatment of one field in the `sources` that share it.

    `action` is ``keep``, ``drop``, ``text`` or the name of a transform; `technique` is the term of
    ISO/IEC 20889. `entity` is what a whole value is, where the rules say so. `per_row` is True for
    a field with at most one value per record (no list above it): then records without a value are
    a count, too, and are protected. `inside` is the path that the field lies in ("" for a column):
    the structs there that lack it are protected as well. `unsafe` marks what ``on_unlisted: keep``
    let through.
    """

    name: str
    sources: tuple[str, ...]
    type_in: str
    type_out: str | None
    field_class: str | None
    action: str
    rule: str
    place: str
    technique: str | None = None
    entity: str | None = None
    key_id: str | None = None
    domain: str | None = None
    reversible: bool = False
    linkable: bool = False
    reason: str | None = None
    unsafe: bool = False
    per_row: bool = True
    inside: str = ""
    parameters: Mapping[str, JSON] = field(default_factory=lambda: MappingProxyType({}))
    operators: tuple[OperatorFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """A file that was written: `path` relative to the output folder (``data/...``, POSIX), its
    SHA-256 (hex) and length in bytes, its records, the source that it comes from, and its shard
    number, by which the leaves of the Merkle tree are ordered. A file of few records has a `salt`
    (32 bytes in hex); then neither its SHA-256 nor its length is published."""

    path: str
    sha256: str
    bytes: int
    rows: int
    source: str
    shard: int
    salt: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """A field that says whose data a record is, what became of it, and the key and domain of its
    pseudonyms where equal values got equal ones."""

    field: str
    sources: tuple[str, ...]
    action: str
    key_id: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class RescanFacts:
    """That what came out was looked at again: `every` record or a sample, for `all_entities` or
    those that the rules name. What was left is counted in the ledger."""

    every: bool
    all_entities: bool


@dataclass(frozen=True, slots=True)
class PlantedFacts:
    """Of `planted` made up values of an entity, put into texts of the sources, the share that was
    caught, and its 95 % interval; in milli-units."""

    entity: str
    planted: int
    recall: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """The result of a gate: `expected` and `actual` are public texts, never values or counts."""

    id: str
    passed: bool
    severity: Literal["info", "warning", "error"] = "error"
    expected: str = ""
    actual: str = ""


@dataclass(frozen=True)
class Facts:
    """All that a run states beside its ledger. `previous` is the id of the manifest before, `risk`
    what ``privacy:`` asked, if it did, `rescan` how the result was looked at again, if it was, and
    `unread` what was left out on request."""

    run: RunFacts
    declared: DeclaredFacts
    sources: tuple[SourceFacts, ...]
    policy: PolicyFacts
    engine: EngineFacts
    fields: tuple[FieldFacts, ...]
    outputs: tuple[OutputFacts, ...] = ()
    checks: tuple[CheckFacts, ...] = ()
    limitations: tuple[str, ...] = ()
    subjects: tuple[SubjectFacts, ...] = ()
    previous: str | None = None
    risk: RiskFacts | None = None
    rescan: RescanFacts | None = None
    planted: tuple[PlantedFacts, ...] = ()
    unread: tuple[UnreadFacts, ...] = ()
