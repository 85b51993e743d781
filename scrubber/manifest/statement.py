"""The statements of a manifest, section by section.

These are frozen values without counts. Counts are in the :class:`~scrubber.manifest.ledger.Ledger`
and are added by ``seal``, which withholds small ones. Nothing here may hold a value of the data, an
absolute path, a host or user name, an unkeyed digest of values, or literals of a rule. Scores are
in milli-units (0..1000), since a manifest has no fractions.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Final, Literal

from scrubber.manifest.risk import RiskFacts
from scrubber.manifest.unicity import UnicityFacts

SCHEMA: Final = "scrubber/manifest/v1"
CLAIM: Final = "pseudonymised"

HIDDEN: Final = "not shown"
"""The suffix of a parameter whose value cannot be published without a key."""

JSON = Any


@dataclass(frozen=True, slots=True)
class RunFacts:
    """Facts that differ between runs of one plan on equal data; not covered by the id.

    `created` is UTC, ``YYYY-MM-DDTHH:MM:SSZ``; `duration_ms` counts milliseconds.
    """

    created: str
    id: str
    duration_ms: int
    workers: int


@dataclass(frozen=True, slots=True)
class DeclaredFacts:
    """The ``dataset:`` part of a rule file as canonical JSON text; `asserted_by` is the relative
    name of the rule file."""

    text: str = "{}"
    asserted_by: str = ""


@dataclass(frozen=True, slots=True)
class SourceFacts:
    """An input file: its `alias` (relative name), media type, and digest under the run's key. The
    digest is hex, or None without a key, since an unkeyed digest allows guessing."""

    alias: str
    media_type: str
    keyed_digest: str | None = None


@dataclass(frozen=True, slots=True)
class UnreadFacts:
    """An unreadable file, omitted as a whole: its `alias` and the error code. Its number of records
    is unknown."""

    alias: str
    reason: str


@dataclass(frozen=True)
class RuleFacts:
    """A rule: its stable `id` (``fields[3]``), `place` (``rules/crm.yaml:21``), selector, action,
    and public parameters (no word lists, no paths)."""

    id: str
    place: str
    selector: str
    action: str
    parameters: Mapping[str, JSON] = field(default_factory=lambda: MappingProxyType({}))
    reason: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyFacts:
    """The rule file: the digest of its canonical content without literals, the digest of all of it
    under the run's key, if any, and its version-control reference, if known."""

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
    """A detector: `threshold` in milli-units, `model_digest` (hex) for one with a model, and its
    accuracy, if `measured`."""

    id: str
    version: str
    threshold: int | None = None
    languages: tuple[str, ...] = ()
    model_digest: str | None = None
    measured: tuple[MeasuredFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class LanguageLeakFacts:
    """The leaks in labelled `sets` of one language: documents with a direct identifier, those with
    one left, and the upper bound of that share (95 %, in milli-units); the same of direct mentions;
    the share of other letters taken, in milli-units, None if unknown. `learned`: the names model
    was trained on these sets."""

    language: str
    sets: tuple[str, ...]
    learned: bool
    documents: int
    documents_left: int
    documents_bound: int
    mentions: int
    mentions_left: int
    mentions_bound: int
    letters_taken: int | None


@dataclass(frozen=True, slots=True)
class LeakFacts:
    """The leak measure, taken on `date` with default settings and the names model of digest
    `model_digest`; `current` if that is the model of this run."""

    date: str
    model_digest: str
    current: bool
    languages: tuple[LanguageLeakFacts, ...]


@dataclass(frozen=True, slots=True)
class EngineFacts:
    """The program: its version, the digest of its pinned dependencies, and its detectors."""

    program_version: str
    lock_digest: str | None = None
    detectors: tuple[DetectorFacts, ...] = ()
    leaks: LeakFacts | None = None


@dataclass(frozen=True)
class OperatorFacts:
    """The operator for an entity in a text (None for all other entities), with its public
    parameters."""

    entity: str | None
    action: str
    technique: str | None = None
    parameters: Mapping[str, JSON] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True)
class FieldFacts:
    """The treatment of a field in the `sources` that share it.

    `action` is ``keep``, ``drop``, ``text`` or the name of a transform; `technique` is the term of
    ISO/IEC 20889. `entity` is the kind of a whole value, if the rules state it. `per_row` is true
    for a field with at most one value per record (no list above it): then records without a value
    are a protected count too. `inside` is the path of the field's container ("" for a column):
    structs that lack the field are protected as well. `unsafe` marks fields kept by ``on_unlisted:
    keep``. `unbiased` is the estimation formula of a field with random noise.
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
    unbiased: str | None = None
    reason: str | None = None
    unsafe: bool = False
    per_row: bool = True
    inside: str = ""
    parameters: Mapping[str, JSON] = field(default_factory=lambda: MappingProxyType({}))
    operators: tuple[OperatorFacts, ...] = ()


@dataclass(frozen=True, slots=True)
class OutputFacts:
    """An output file: its `path` relative to the output folder (``data/...``, POSIX), SHA-256
    (hex), length in bytes, number of records, source, and shard number, which orders the leaves of
    the Merkle tree. A small file has a `salt` (32 bytes in hex); then neither its SHA-256 nor its
    length is published.
    """

    path: str
    sha256: str
    bytes: int
    rows: int
    source: str
    shard: int
    salt: str | None = None


@dataclass(frozen=True, slots=True)
class SubjectFacts:
    """A subject field, its treatment, and the key and domain of its pseudonyms, if equal values
    have equal ones."""

    field: str
    sources: tuple[str, ...]
    action: str
    key_id: str | None = None
    domain: str | None = None


@dataclass(frozen=True, slots=True)
class RescanFacts:
    """The rescan of the output: of `every` record or a sample, for `all_entities` or those of the
    rules. The ledger counts the residuals."""

    every: bool
    all_entities: bool


@dataclass(frozen=True, slots=True)
class PlantedFacts:
    """The share of `planted` synthetic values of an entity in a writing that was found in texts of
    the sources, with its 95 % interval; in milli-units."""

    entity: str
    writing: str
    planted: int
    recall: int
    low: int
    high: int


@dataclass(frozen=True, slots=True)
class CheckFacts:
    """The result of a check; `expected` and `actual` are public texts, never values or counts."""

    id: str
    passed: bool
    severity: Literal["info", "warning", "error"] = "error"
    expected: str = ""
    actual: str = ""


@dataclass(frozen=True, slots=True)
class AggregateFacts:
    """A published table of groups: its file (`path` relative to the output, SHA-256, bytes, rows),
    the fields `by`, and each metric in words. `withheld` groups have fewer than `min_group`
    subjects; `also_withheld` ones would give them away. Of a noisy table the `noise` of each query
    is stated instead, with `epsilon`, `delta` and the groups that a subject is in at most."""

    name: str
    rule: str
    place: str
    path: str
    sha256: str
    bytes: int
    by: tuple[str, ...]
    metrics: tuple[str, ...]
    subject: str | None
    max_rows: int | None
    min_group: int
    rows: int = 0
    withheld: int | None = None
    also_withheld: int | None = None
    epsilon: str | None = None
    delta: str | None = None
    max_groups: int | None = None
    noise: tuple[str, ...] = ()


@dataclass(frozen=True)
class Facts:
    """All statements of a run except for its ledger. `previous` is the id of the previous manifest,
    `risk` the result of ``privacy:``, `rescan` the rescan of the output, if any, `unicity` that of
    each table, `unread` the omitted sources, and `aggregates` the tables of groups.
    """

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
    unicity: tuple[UnicityFacts, ...] = ()
    unread: tuple[UnreadFacts, ...] = ()
    aggregates: tuple[AggregateFacts, ...] = ()
