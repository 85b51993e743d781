"""Verbs that vouch for a run or a plan: keys, signatures, approvals, waivers, and the gate."""

from __future__ import annotations

import base64
import contextlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from scrubber.api.arguments import AnyPath, today
from scrubber.assess.leaks.prints import index_key
from scrubber.attest.approval import APPROVAL_TYPE, WAIVER_TYPE, Approval, Waiver
from scrubber.attest.gate import Verdict, intact
from scrubber.attest.gate import gate as verdict_on
from scrubber.attest.refusals import refuse_signature, refuse_statement
from scrubber.attest.signer import SigningKey
from scrubber.attest.trust import Trust, read_trust
from scrubber.errors import InputError, KeyFault
from scrubber.keystore import as_key, key_reference, new_key, resolve_signing_key, write_key
from scrubber.storage import locate
from scrubber.transform.keys import RootKey


@dataclass(frozen=True, slots=True)
class Generated:
    """A new key: the secret `text`; the `public` key of a signing key; the `id` of any other key,
    for the rule file (``key: {env: …, id: …}``)."""

    text: str = field(repr=False)
    public: str | None = None
    id: str | None = None


def keygen(
    *,
    signing: bool = False,
    probe_of: RootKey | bytes | str | None = None,
    out: AnyPath | None = None,
) -> Generated:
    """Make a key: 32 random bytes as base64 text, or with `signing` an Ed25519 key as PEM.

    With `probe_of`, the key of a run, it is the key of that run's leak index instead. Whoever has
    it can ask the index, and nothing else. With `out`, it is written to a new file of mode 0600.
    The `public` key of a signing key belongs in trust files.

    >>> import base64
    >>> len(base64.b64decode(keygen().text))
    32

    Raises: OutputError ``key-exists``, ``output-write``; KeyFault ``two-kinds``, and for a key of a
    run that cannot be resolved.
    """
    if signing and probe_of is not None:
        raise KeyFault("two-kinds", "a key signs or probes, not both")
    fresh = SigningKey.new() if signing else None
    text = fresh.to_pem() if fresh is not None else new_key()
    if probe_of is not None:
        text = base64.b64encode(index_key(as_key(probe_of)).reveal_to_worker()).decode()
    if out is not None:
        write_key(Path(out), text)
    if fresh is not None:
        return Generated(text.strip(), fresh.public.id)
    return Generated(text.strip(), id=as_key(text.strip()).id)


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature by the key `signer` over `subjects`, in the file `path`."""

    signer: str
    subjects: tuple[str, ...]
    path: str

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The signer and the signed files as plain values."""
        return {"signer": self.signer, "subjects": list(self.subjects)}


def sign(
    document: AnyPath,
    key: SigningKey | str,
    *,
    trust: AnyPath | None = None,
    on: date | None = None,
) -> Signed:
    """Sign a plan, or the manifest of an output folder with the hashes of its outputs.

    The document must verify first. The signature is written to a file beside it. `key` is a signing
    key or a reference to one: ``env:NAME``, ``file:PATH``, ``keyring:NAME`` or ``exec:COMMAND``.
    With `trust`, the key must be allowed to sign on the day `on` (default: today in UTC).

    Raises: KeyFault; InputError ``signer-unknown``, ``role-not-held``, ``no-plan``; TamperedError
    ``not-intact``; IncompleteError ``no-manifest``, ``salts-missing``; RuleError for an invalid
    trust file.
    """
    signing, day = _signing_key(key), on or today()
    if trust is not None:
        refuse_signature(read_trust(Path(trust)), signing.public, day)
    attested = intact(locate(document), day)
    envelope = attested.attest(attested.statement(), signing)
    subjects = tuple(subject.name for subject in attested.subjects)
    return Signed(envelope.signer.id, subjects, str(attested.attestations))


@dataclass(frozen=True, slots=True)
class Vouched:
    """An approval or waiver, signed by the key `signer`, in a file beside a document; `says` is its
    content."""

    signer: str
    says: Mapping[str, Any]

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The signer and the statement as plain values."""
        return {"signer": self.signer, "says": dict(self.says)}


def approve(
    document: AnyPath,
    *,
    role: str,
    criteria: Iterable[str],
    expires: date | str,
    key: SigningKey | str,
    trust: AnyPath,
    on: date | None = None,
) -> Vouched:
    """Add a signed approval beside a run or a plan, in a `role` of the trust file.

    `criteria` name the criteria of the review. `expires` is the last day of validity, a date or ISO
    text. `on` is the day of approval (default: today in UTC). The document and its signatures stay
    unchanged.

    Raises: InputError ``expires``, ``signer-unknown``, ``role-unknown``, ``role-not-held``,
    ``own-document``; the errors of :func:`sign`.
    """
    given = on or today()
    approval = Approval(role, tuple(criteria), given, _last_day(expires, given))
    return _attest(document, APPROVAL_TYPE, approval, key, trust)


def waive(
    document: AnyPath,
    *,
    check: str,
    reason: str,
    role: str,
    expires: date | str,
    key: SigningKey | str,
    trust: AnyPath,
    on: date | None = None,
) -> Vouched:
    """Add a signed waiver of the failed gate `check` beside a run or a plan.

    The gate reports the check as waived, not as passed. The arguments are those of :func:`approve`.

    Raises: InputError ``check-unknown``; the errors of :func:`approve`.
    """
    given = on or today()
    waiver = Waiver(check, reason, role, given, _last_day(expires, given))
    return _attest(document, WAIVER_TYPE, waiver, key, trust)


def gate(document: AnyPath, trust: AnyPath, *, on: date | None = None) -> Verdict:
    """Decide by a trust file if an output may be used or a plan may be run.

    The verdict is no, unless the document is signed and approved on the day `on` (default: today in
    UTC). A denial raises nothing: see ``.exit_code``.

    Raises: IncompleteError ``no-manifest``; InputError ``no-plan``; RuleError for an invalid trust
    file.
    """
    return verdict_on(locate(document), read_trust(Path(trust)), on or today())


def _attest(
    document: AnyPath,
    kind: str,
    statement: Approval | Waiver,
    key: SigningKey | str,
    trust: AnyPath,
) -> Vouched:
    trusted: Trust = read_trust(Path(trust))
    signing, day = _signing_key(key), statement.given
    attested = intact(locate(document), day)
    refuse_statement(attested, statement, trusted, signing.public, day)
    says = statement.to_predicate()
    envelope = attested.attest(attested.about(kind, says), signing)
    return Vouched(envelope.signer.id, says)


def _signing_key(key: SigningKey | str) -> SigningKey:
    return key if isinstance(key, SigningKey) else resolve_signing_key(key_reference(key))


def _last_day(expires: date | str, given: date) -> date:
    """The last day of validity, which must not precede the day `given`."""
    with contextlib.suppress(ValueError):
        day = date.fromisoformat(expires) if isinstance(expires, str) else expires
        if day >= given:
            return day
    raise InputError("expires", "the last day is today or later", hint="as in 2027-12-31")
