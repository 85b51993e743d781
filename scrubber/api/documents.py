"""Documents: to show, verify, compare, report and export what a run or a plan wrote."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, dataclass, field
from datetime import date
from pathlib import Path
from typing import Any

from scrubber.api.arguments import AnyPath, ManifestLike, as_manifest, today
from scrubber.attest.attested import attested_plan, attested_run
from scrubber.attest.checking import NEEDS_REVIEW, check_plan, check_run, exit_code
from scrubber.attest.telling import said_about
from scrubber.attest.trust import read_trust
from scrubber.errors import InputError
from scrubber.exports import TARGETS as TARGETS
from scrubber.exports import export as exported
from scrubber.manifest import Check, Manifest, Screen, screen
from scrubber.manifest.document import read_bytes
from scrubber.manifest.kept import unless_kept
from scrubber.manifest.planned import PlanDocument, is_plan, read_plan
from scrubber.manifest.planview import plan_screen
from scrubber.review import Change, Effect, compare, report_page, write_report
from scrubber.storage import Location, locate, write_whole

_REPORT = "report.html"


@dataclass(frozen=True, slots=True)
class Shown:
    """A manifest or a plan, as it is stored at `path`."""

    content: Manifest | PlanDocument
    path: Location = field(repr=False)

    @property
    def screen(self) -> Screen:
        """Its facts for one screen, kept fields first."""
        if isinstance(self.content, PlanDocument):
            return plan_screen(self.content)
        return screen(self.content)

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def signed(self) -> tuple[str, ...]:
        """A line for every envelope that is now beside the document.

        Raises: TamperedError ``envelope-form``.
        """
        if isinstance(self.content, PlanDocument):
            return tuple(said_about(attested_plan(self.path)))
        return tuple(said_about(attested_run(self.path))) if self.path.is_dir() else ()

    def to_json(self) -> Any:
        """The document itself, as plain values."""
        if isinstance(self.content, PlanDocument):
            return self.content.data
        return self.content.to_json()


def show(document: AnyPath) -> Shown:
    """Read the manifest of an output folder, or a plan, to show it.

    Raises: IncompleteError ``no-manifest``; InputError ``manifest-version`` or for a file that is
    neither; TamperedError for one that is not as scrubber writes it.
    """
    path = locate(document)
    if is_plan(read_bytes(path)):
        return Shown(read_plan(path), path)
    return Shown(as_manifest(document), path)


@dataclass(frozen=True, slots=True)
class Verified:
    """The checks of a document; `trusted` says that signatures were checked by a trust file."""

    checks: tuple[Check, ...]
    trusted: bool

    @property
    def exit_code(self) -> int:
        """0 passed, 3 a signature or a named upstream is missing, 4 tampered with, 5 small files
        could not be checked."""
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
    """Verify an output folder (signatures, form, conservation of rows, hashes), or a plan.

    With `trust`, a trust file, somebody in it must have signed, on the day `on` (default: today in
    UTC). Each folder in `upstream` must verify too, and be named by the manifest. A failed check is
    no error: see ``.exit_code``.

    Raises: IncompleteError ``no-manifest``; InputError ``no-plan``, ``manifest-version``;
    RuleError for a trust file that is not valid.
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
    """The changes from the manifest with the id `before` to the one with the id `after`."""

    before: str
    after: str
    changes: tuple[Change, ...]

    def by_effect(self, effect: str) -> tuple[Change, ...]:
        """The changes that are ``weaker``, ``stronger`` or ``neutral`` for the people."""
        return tuple(change for change in self.changes if change.effect == effect)

    @property
    def exit_code(self) -> int:
        """3 if a change is weaker, else 0."""
        return NEEDS_REVIEW if self.by_effect(Effect.WEAKER) else 0

    def to_json(self) -> dict[str, Any]:
        """The ids and the changes as plain values."""
        changes = [asdict(change) for change in self.changes]
        return {"before": self.before, "after": self.after, "changes": changes}


def diff(before: ManifestLike, after: ManifestLike) -> Diff:
    """Compare two manifests: weaker, stronger or neutral for the people in the data.

    Each is a :class:`Manifest`, or the path of a manifest or an output folder. A change that nobody
    can order is weaker.

    >>> import scrubber
    >>> import pyarrow as pa
    >>> fields = [{"name": "age", "class": "quasi_identifier", "transform": {"bin": {"width": 10}}}]
    >>> table, rules = pa.table({"age": [34]}), {"version": 1, "fields": fields}
    >>> before = scrubber.scrub(table, rules).manifest
    >>> fields[0]["transform"]["bin"]["width"] = 5
    >>> after = scrubber.scrub(table, rules).manifest
    >>> diff(before, after).exit_code, diff(after, before).exit_code
    (3, 0)

    Raises: those of :func:`scrubber.read_manifest`.
    """
    old, new = as_manifest(before), as_manifest(after)
    return Diff(old.id, new.id, tuple(compare(old, new)))


@dataclass(frozen=True, slots=True)
class Reported:
    """The HTML report that was written to `path`, a file or a URL."""

    path: str

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The path as a plain value."""
        return {"report": self.path}


def report(
    output: AnyPath, *, out: AnyPath | None = None, against: ManifestLike | None = None
) -> Reported:
    """Write the manifest of `output` as one HTML page, to `out` (default: ``report.html`` in it).

    With `against`, an earlier manifest, the page also lists the changes since. An earlier report is
    replaced, no other file is.

    Raises: OutputError ``output-foreign``, ``output-write``; those of
    :func:`scrubber.read_manifest`.
    """
    folder = locate(output)
    earlier = as_manifest(against) if against is not None else None
    page = report_page(as_manifest(output), earlier)
    beside = folder if folder.is_dir() else folder.parent
    target = locate(out) if out is not None else beside / _REPORT
    write_report(page, target)
    return Reported(str(target))


@dataclass(frozen=True, slots=True)
class Exported:
    """A manifest in the format `target`; `out` is the file that it was written to."""

    target: str
    text: str = field(repr=False)
    out: str | None = None

    @property
    def exit_code(self) -> int:
        """Always 0."""
        return 0

    def to_json(self) -> dict[str, Any]:
        """The file where there is one, else the text."""
        written = {"text": self.text} if self.out is None else {"out": self.out}
        return {"target": self.target, **written}


def export(
    output: ManifestLike, to: str, *, out: AnyPath | None = None, overwrite: bool = False
) -> Exported:
    """Express a manifest in the format `to`: ``croissant``, ``openlineage``, ``sarif``, ``junit``,
    ``hf-card`` or ``dta``.

    The text holds no more than the manifest publishes. With `out`, it is written there; with
    `overwrite` over another file, but never over one that scrubber needs (a manifest, an output,
    signatures, a plan, rules, a key).

    Raises: InputError ``export-unknown``; OutputError ``file-exists``, ``output-kept``,
    ``output-write``; those of :func:`scrubber.read_manifest`.
    """
    if to not in TARGETS:
        text = "there is no such export"
        raise InputError("export-unknown", text, hint=", ".join(TARGETS))
    text = exported(as_manifest(output), to)
    if out is None:
        return Exported(to, text)
    write_whole(
        Path(out),
        text.encode(),
        hint="--overwrite replaces it",
        replace=unless_kept if overwrite else None,
    )
    return Exported(to, text, str(out))
