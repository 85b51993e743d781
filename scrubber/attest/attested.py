"""Documents that can be signed and approved: the manifest of a run with its outputs, or a plan.

Attestations are kept beside the document in a separate file (``manifest.intoto.jsonl``). So an
approval changes neither the document nor an earlier signature.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any, Final, TypeVar

from scrubber.attest.envelope import Envelope, append_envelope, read_envelopes, sign
from scrubber.attest.intoto import Statement, Subject
from scrubber.attest.signer import SigningKey
from scrubber.errors import TamperedError
from scrubber.manifest import FILE_NAME, Manifest
from scrubber.manifest.document import read_bytes
from scrubber.manifest.planned import PlanDocument, read_plan_bytes
from scrubber.storage import Location

MANIFEST_TYPE: Final = "urn:scrubber:manifest:v1"
PLAN_TYPE: Final = "urn:scrubber:plan:v1"

Where = TypeVar("Where", bound=Location)


@dataclass(frozen=True)
class Attested:
    """A stored document: its file, its exact bytes, their content, and the files that a signature
    covers."""

    path: Location
    raw: bytes
    content: Mapping[str, Any]
    predicate_type: str
    subjects: tuple[Subject, ...]

    @property
    def attestations(self) -> Location:
        """The file of envelopes beside the document."""
        return attestations_of(self.path)

    @property
    def subject(self) -> Subject:
        """The document itself."""
        return self.subjects[0]

    def statement(self) -> Statement:
        """The statement that a signature makes about the document and its outputs."""
        return Statement(self.subjects, self.predicate_type, self.content)

    def about(self, predicate_type: str, predicate: Mapping[str, Any]) -> Statement:
        """A statement about the document only."""
        return Statement((self.subject,), predicate_type, predicate)

    def envelopes(self) -> tuple[Envelope, ...]:
        """The envelopes beside the document; empty without signatures."""
        return read_envelopes(self.attestations)

    def attest(self, statement: Statement, key: SigningKey) -> Envelope:
        """Sign `statement` and store it beside the document."""
        envelope = sign(statement.to_bytes(), key)
        append_envelope(self.attestations, envelope)
        return envelope


def attestations_of(document: Where) -> Where:
    """The path of a document's envelopes: ``manifest.json`` -> ``manifest.intoto.jsonl``."""
    return document.with_suffix(".intoto.jsonl")


def attested_run(directory: Location) -> Attested:
    """The manifest in the output folder `directory`.

    Raises: IncompleteError ``no-manifest``; TamperedError, as for ``read_manifest``.
    """
    raw = read_bytes(directory)
    content = Manifest.from_bytes(raw).to_json()
    files = content["outputs"]["files"]
    return Attested(
        path=directory / FILE_NAME,
        raw=raw,
        content=content,
        predicate_type=MANIFEST_TYPE,
        subjects=(
            Subject(FILE_NAME, sha256(raw).hexdigest()),
            # Small files have no plain digest; the manifest's digest covers their salted ones.
            *(Subject(f["path"], f["sha256"]) for f in files if f["sha256"] is not None),
        ),
    )


def attested_plan(path: Location) -> Attested:
    """The plan in the file `path`.

    Raises: the errors of ``read_plan``.
    """
    raw = read_plan_bytes(path)
    return Attested(
        path=path,
        raw=raw,
        content=PlanDocument.from_bytes(raw).data,
        predicate_type=PLAN_TYPE,
        subjects=(Subject(path.name, sha256(raw).hexdigest()),),
    )


def attested(path: Location) -> Attested:
    """The run in the output folder `path`, or the plan in the file `path`."""
    return attested_run(path) if path.is_dir() else attested_plan(path)


def fault_of(document: Attested, envelope: Envelope) -> str:
    """The fault of `envelope` as a signature of `document`, as a public text; empty without a
    fault.

    The signature over the exact bytes is verified before their content is read.
    """
    if not envelope.intact:
        return "the signature does not match these bytes"
    try:
        statement = Statement.from_bytes(envelope.payload)
    except TamperedError as fault:
        return fault.text
    if statement.subjects[0] != document.subject:
        return "it is about another document"
    if statement.predicate_type == document.predicate_type and statement != document.statement():
        return "it does not say what the document says"
    return ""
