"""Verbs for documents: show, verify, compare, report and export manifests and plans."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from os import PathLike
from pathlib import Path
from typing import Any

from scrubber.api.arguments import AnyPath, ManifestLike, as_manifest, today
from scrubber.attest.checking import NEEDS_REVIEW, check_plan, check_run, exit_code
from scrubber.attest.telling import standing as standing_of
from scrubber.attest.trust import read_trust
from scrubber.errors import InputError
from scrubber.exports import TARGETS as TARGETS
from scrubber.exports import export as exported
from scrubber.manifest import FILE_NAME, Check, Manifest, Screen, screen
from scrubber.manifest.document import read_bytes
from scrubber.manifest.kept import unless_kept
from scrubber.manifest.planned import PlanDocument, is_plan, read_plan
from scrubber.manifest.planview import plan_screen
from scrubber.manifest.standing import Standing
from scrubber.review import Change, Effect, compare, plan_page, report_page, write_report
from scrubber.storage import Location, locate, write_whole

_REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """The manifest or plan at `path`."""

    content: Manifest | PlanDocument
    path: Location = field(repr=False)

    @property
    def screen(self) -> Screen:
        """The facts for one screen, kept fields first."""
        if isinstance(self.content, PlanDocument):
            return plan_screen(self.content)
        return screen(self.content)

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def standing(self, trust: AnyPath | None = None, *, on: date | None = None) -> Standing | None:
        """The signatures beside the document, read now, and by a `trust` file the gate's verdict on
        the day `on` (default: today in UTC). None for a manifest away from its output.

        Raises: TamperedError ``envelope-form``, ``access-form``; RuleError for an invalid trust
        file.
        """
        return _standing(self.path, trust, on)

    def to_json(self) -> Any:
        """The document as plain values."""
        if isinstance(self.content, PlanDocument):
            return self.content.data
        return self.content.to_json()


def _standing(path: Location, trust: AnyPath | None, on: date | None) -> Standing | None:
    """The standing of a plan or of an output folder; of ``manifest.json``, that of its folder."""
    path = path.parent if path.name == FILE_NAME else path
    if not path.is_dir() and not is_plan(read_bytes(path)):
        return None
    trusted = read_trust(Path(trust)) if trust is not None else None
    return standing_of(path, trusted, on or today())


def show(document: AnyPath) -> Shown:
    """Read the manifest of an output folder, or a plan.

    Raises: IncompleteError ``no-manifest``; InputError ``manifest-version``, or for any other kind
    of file; TamperedError for a malformed document.
    """
    path = locate(document)
    if is_plan(read_bytes(path)):
        return Shown(read_plan(path), path)
    return Shown(as_manifest(document), path)


@dataclass(frozen=True, slots=True)
class Verified:
    """The checks of a document. `trusted` is true if a trust file was used to check the
    signatures."""

    checks: tuple[Check, ...]
    trusted: bool

    @property
    def exit_code(self) -> int:
        """0 if all checks passed, 3 for a missing signature or upstream, 4 after tampering, 5 for
        small files without salts."""
        return exit_code(self.checks)

    def to_json(self) -> list[dict[str, Any]]:
        """The checks as plain values."""
        return [asdict(check) for check in self.checks]


def verify(
    document: AnyPath,
    *,
    trust: AnyPath | None = None,
    upstream: Sequence[AnyPath] = (),
    on: date | None = None,
) -> Verified:
    """Verify an output folder or a plan: signatures, form, conservation of records, and hashes.

    `trust` is a trust file: at least one person listed there must have signed, with a key valid on
    the day `on` (default: today in UTC). Each folder in `upstream` must also verify, and the
    manifest must name it. A failed check raises nothing: see ``.exit_code``.

    Raises: IncompleteError ``no-manifest``; InputError ``no-plan``, ``manifest-version``; RuleError
    for an invalid trust file.
    """
    path = locate(document)
    day = on or today()
    trusted = read_trust(Path(trust)) if trust is not None else None
    if path.is_file():
        return Verified(check_plan(path, trusted, day), trusted is not None)
    checks = check_run(path, trusted, day, [locate(folder) for folder in upstream])
    return Verified(checks, trusted is not None)


@dataclass(frozen=True, slots=True)
class Diff:
    """The changes between two manifests with the ids `before` and `after`."""

    before: str
    after: str
    changes: tuple[Change, ...]

    def by_effect(self, effect: str) -> tuple[Change, ...]:
        """The changes with the given `effect` on protection: ``weaker``, ``stronger`` or
        ``neutral``."""
        return tuple(change for change in self.changes if change.effect == effect)

    @property
    def exit_code(self) -> int:
        """3 if any change is weaker, else 0."""
        return NEEDS_REVIEW if self.by_effect(Effect.WEAKER) else 0

    def to_json(self) -> dict[str, Any]:
        """The ids and the changes as plain values."""
        changes = [asdict(change) for change in self.changes]
        return {"before": self.before, "after": self.after, "changes": changes}


def diff(before: ManifestLike, after: ManifestLike) -> Diff:
    """Compare two manifests and rate each change as weaker, neutral or stronger protection.

    Each argument is a :class:`Manifest`, or the path of a manifest or output folder. A change
    without a known direction counts as weaker.

    >>> import scrubber
    >>> import pyarrow as pa
    >>> fields = [{"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}}]
    >>> table, rules = pa.table({"age": [34]}), {"version": 1, "fields": fields}
    >>> before = scrubber.scrub(table, rules).manifest
    >>> fields[0]["transform"]["bin"]["width"] = 5
    >>> after = scrubber.scrub(table, rules).manifest
    >>> diff(before, after).exit_code, diff(after, before).exit_code
    (3, 0)

    Raises: the errors of :func:`scrubber.read_manifest`.
    """
    old, new = as_manifest(before), as_manifest(after)
    return Diff(old.id, new.id, tuple(compare(old, new)))


@dataclass(frozen=True, slots=True)
class Reported:
    """The HTML report at `path`, a file or a URL."""

    path: str

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The path as a plain value."""
        return {"report": self.path}


def report(
    document: AnyPath,
    *,
    out: AnyPath | None = None,
    against: ManifestLike | None = None,
    trust: AnyPath | None = None,
    on: date | None = None,
) -> Reported:
    """Render a manifest or a plan as one HTML page at `out` (default: ``report.html`` in the
    output, or beside the plan).

    `against` is an earlier manifest: the page then lists the changes since. By a `trust` file, the
    page names the holders of keys and the gate's verdict on the day `on` (default: today in UTC).
    An earlier report is replaced; other files never are.

    Raises: OutputError ``output-foreign``, ``output-write``; InputError ``plan-against``;
    TamperedError ``envelope-form``, ``access-form``; RuleError for an invalid trust file; the
    errors of :func:`show`.
    """
    path = locate(document)
    shown = show(document)
    standing = _standing(path, trust, on)
    beside, name = (path if path.is_dir() else path.parent), _REPORT
    if isinstance(shown.content, PlanDocument):
        if against is not None:
            text = "a plan is compared by run --plan; --against compares manifests"
            raise InputError("plan-against", text)
        page, name = plan_page(shown.content, standing), f"{path.name}.html"
    else:
        earlier = as_manifest(against) if against is not None else None
        page = report_page(shown.content, earlier, standing)
    target = locate(out) if out is not None else beside / name
    write_report(page, target)
    return Reported(str(target))


@dataclass(frozen=True, slots=True)
class Exported:
    """A manifest in the format `target`; `out` is the written file, if any."""

    target: str
    text: str = field(repr=False)
    out: str | None = None

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The written file, or else the text."""
        written = {"text": self.text} if self.out is None else {"out": self.out}
        return {"target": self.target, **written}


def export(
    output: ManifestLike | Sequence[ManifestLike],
    to: str,
    *,
    profile: str | None = None,
    out: AnyPath | None = None,
    overwrite: bool = False,
) -> Exported:
    """Convert a manifest to the format `to`: ``croissant``, ``openlineage``, ``sarif``, ``junit``,
    ``hf-card``, ``dta``, ``spdx``, ``cyclonedx`` or ``slsa``; or several manifests to
    ``eu-training-summary``.

    `profile` names the demands of a venue, such as ``neurips`` of Croissant. The text contains
    nothing that the manifest withholds. With `out`, it is written to that file; `overwrite` allows
    replacing a file. Manifests, outputs, signatures, plans, rule files and keys are never replaced.

    Raises: InputError ``export-unknown``, ``export-several``, ``export-profile``,
    ``export-incomplete``; OutputError ``file-exists``, ``output-kept``, ``output-write``; the
    errors of :func:`scrubber.read_manifest`.
    """
    if to not in TARGETS:
        text = "there is no such export"
        raise InputError("export-unknown", text, hint=", ".join(TARGETS))
    outputs = [output] if isinstance(output, Manifest | str | PathLike) else output
    text = exported([as_manifest(one) for one in outputs], to, profile=profile)
    if out is None:
        return Exported(to, text)
    write_whole(
        Path(out),
        text.encode(),
        hint="--overwrite replaces it",
        replace=unless_kept if overwrite else None,
    )
    return Exported(to, text, str(out))
