"""The provenance manifest: a ledger of exact counts, the seal, verification and views."""

from __future__ import annotations

from scrubber.manifest.chain import PREVIOUS, read_chain
from scrubber.manifest.document import DATA, FILE_NAME, Manifest, read_manifest
from scrubber.manifest.ledger import Fragment, Ledger
from scrubber.manifest.risk import ClassFacts, ModelFacts, QuasiFacts, RiskFacts
from scrubber.manifest.schema import schema, validate
from scrubber.manifest.seal import engine_section, seal, work_id
from scrubber.manifest.statement import (
    HIDDEN,
    AggregateFacts,
    CheckFacts,
    DeclaredFacts,
    DetectorFacts,
    EngineFacts,
    Facts,
    FieldFacts,
    LanguageLeakFacts,
    LeakFacts,
    MeasuredFacts,
    OperatorFacts,
    OutputFacts,
    PlantedFacts,
    PolicyFacts,
    RescanFacts,
    RuleFacts,
    RunFacts,
    SourceFacts,
    SubjectFacts,
    UnreadFacts,
)
from scrubber.manifest.unicity import UnicityFacts
from scrubber.manifest.verify import Check, verify
from scrubber.manifest.view import Screen, count_text, screen

__all__ = [
    "DATA",
    "FILE_NAME",
    "HIDDEN",
    "PREVIOUS",
    "AggregateFacts",
    "Check",
    "CheckFacts",
    "ClassFacts",
    "DeclaredFacts",
    "DetectorFacts",
    "EngineFacts",
    "Facts",
    "FieldFacts",
    "Fragment",
    "LanguageLeakFacts",
    "LeakFacts",
    "Ledger",
    "Manifest",
    "MeasuredFacts",
    "ModelFacts",
    "OperatorFacts",
    "OutputFacts",
    "PlantedFacts",
    "PolicyFacts",
    "QuasiFacts",
    "RescanFacts",
    "RiskFacts",
    "RuleFacts",
    "RunFacts",
    "Screen",
    "SourceFacts",
    "SubjectFacts",
    "UnicityFacts",
    "UnreadFacts",
    "count_text",
    "engine_section",
    "read_chain",
    "read_manifest",
    "schema",
    "screen",
    "seal",
    "validate",
    "verify",
    "work_id",
]
