"""Means to find the records of a person in an output, and deletions so far.

A deletion makes a child manifest: it names the manifest before, repeats its counts, and has new
digests for rewritten files only. Parent and child differ by few people, so nothing is counted anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from typing import Any, Final

from scrubber.errors import printable
from scrubber.manifest.canonical import manifest_id
from scrubber.manifest.document import Manifest
from scrubber.manifest.merkle import outputs_root
from scrubber.manifest.salts import salted_digest
from scrubber.manifest.statement import OutputFacts, RunFacts, SubjectFacts
from scrubber.model.counts import rounded

BEFORE_DELETION: Final = "before-deletion"
_LIMITATION: Final = "Counts and measurements describe the output before records were deleted."


@dataclass(frozen=True, slots=True)
class DeletionFacts:
    """A deletion of `subjects` with their `records`, in a `month` (``YYYY-MM``, UTC). `reference`
    names the request, and nobody. `suppressed`: records of others went too, since their classes
    became too small."""

    month: str
    reference: str | None
    subjects: int
    records: int
    suppressed: bool = False


def deletion_section(subjects: Sequence[SubjectFacts]) -> dict[str, Any]:
    """The ``deletion`` section of a new output, without deletions."""
    return {"subjects": [asdict(subject) for subject in subjects], "events": []}


def deletion_lines(section: Mapping[str, Any]) -> Iterator[str]:
    """One sentence per subject field."""
    for subject in section["subjects"]:
        name = printable(subject["field"])
        if subject["key_id"] is not None:
            domain = f", domain {printable(subject['domain'])}" if subject["domain"] else ""
            key = f"key {subject['key_id']}{domain}"
            yield f"to find a person's records, compute the pseudonym for `{name}`: {key}"
        elif subject["action"] == "keep":
            yield f"to find a person's records, search `{name}` for the value in the source"
        else:
            yield f"a person's records cannot be found: the values of `{name}` were changed"
    for event in section["events"]:
        reference = f", {printable(event['reference'])}" if event["reference"] else ""
        number = event["subjects"].get("n")
        subjects = f"{number:,} subjects" if number is not None else "some subjects"
        also = ", and of small classes" if event["suppressed"] else ""
        files = len(event["files"])
        yield (
            f"deleted in {event['month']}{reference}: the records of {subjects}{also}, "
            f"in {files:,} {'file' if files == 1 else 'files'}; counts are those before"
        )


def after_deletion(
    before: Manifest, facts: DeletionFacts, rewritten: Iterable[OutputFacts], run: RunFacts
) -> Manifest:
    """The manifest of the output `before`, after records were deleted from the files `rewritten`.

    Each rewritten file has a salt: its plain digest would let a holder of the earlier file test
    whose records are gone. The numbers of subjects and records are published from ``min_cell``
    subjects on.
    """
    data = before.to_json()
    disclosure = data["header"]["disclosure"]
    by_path = {output.path: output for output in rewritten}
    for file in data["outputs"]["files"]:
        output = by_path.get(file["path"])
        if output is not None:
            assert output.salt is not None, "a rewritten file is salted"
            salted = salted_digest(output.sha256, output.salt)
            file.update(sha256=None, salted_sha256=salted, bytes=None)
    event = {
        "month": facts.month,
        "reference": facts.reference,
        "previous": before.id,
        "files": sorted(by_path),
        **_counts(facts, disclosure["min_cell"], disclosure["base"]),
        "suppressed": facts.suppressed,
    }
    data["header"]["previous"] = before.id
    data["run"] = asdict(run)
    data["deletion"]["events"].append(event)
    data["outputs"]["merkle_root"] = outputs_root(data["outputs"]["files"])
    limitations = data["risk"]["limitations"]
    if not measured_before(data):
        limitations.insert(1, {"id": BEFORE_DELETION, "text": _LIMITATION})
    data["header"]["id"] = manifest_id(data)
    return Manifest(data)


def measured_before(data: Mapping[str, Any]) -> bool:
    """True if the counts and measurements of the manifest `data` are those before a deletion."""
    return any(one["id"] == BEFORE_DELETION for one in data["risk"]["limitations"])


def deleted_last(data: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """The deletion that made the manifest `data` out of its previous one; None for a run."""
    events = data["deletion"]["events"] if data["deletion"] is not None else ()
    last = events[-1] if events else None
    return last if last is not None and last["previous"] == data["header"]["previous"] else None


def undeclared_change(before: Mapping[str, Any], after: Mapping[str, Any]) -> str | None:
    """The first difference, in words, that the last deletion of `after` does not account for; None
    if there is none."""
    event = deleted_last(after)
    assert event is not None
    kept = {key for key in before if key not in ("header", "run", "deletion", "outputs", "risk")}
    if any(before[key] != after[key] for key in kept) or before.keys() != after.keys():
        return "more than outputs was changed"
    if before["deletion"]["subjects"] != after["deletion"]["subjects"] or (
        tuple(before["deletion"]["events"]) != tuple(after["deletion"]["events"][:-1])
    ):
        return "earlier deletions were changed"
    for key in before["risk"].keys() | after["risk"].keys():
        said = [_unmarked(data["risk"].get(key)) for data in (before, after)]
        if said[0] != said[1]:
            return "the risk was changed"
    files = [data["outputs"]["files"] for data in (before, after)]
    if len(files[0]) != len(files[1]):
        return "there are more files, or fewer"
    for old, new in zip(*files, strict=True):
        named = new["path"] in event["files"]
        if (old["path"], old["rows"]) != (new["path"], new["rows"]) or (old == new) is named:
            return "other files were changed than it names"
    return None


def _unmarked(section: Any) -> Any:
    """A list of limitations without the one about deletion; any other section as it is."""
    if not isinstance(section, list | tuple):
        return section
    marked = {"id": BEFORE_DELETION, "text": _LIMITATION}
    return [one for one in section if one != marked]


def _counts(facts: DeletionFacts, min_cell: int, base: int) -> dict[str, Any]:
    if facts.subjects < min_cell:
        return {"subjects": {"lt": min_cell}, "records": {"suppressed": True}}
    return {
        "subjects": {"n": rounded(facts.subjects, min_cell, base)},
        "records": {"n": rounded(facts.records, min_cell, base)},
    }
