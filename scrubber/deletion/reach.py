"""The pseudonyms of subjects in an output, made anew under the key."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Final, get_args, get_type_hints

import pyarrow as pa

from scrubber.anonymize.labels import subject_labels
from scrubber.deletion.subjects import Subject
from scrubber.errors import InputError, KeyFault, Place, printable
from scrubber.model.arrow_errors import ARROW_ERRORS
from scrubber.model.fieldpath import SCALARS, FieldPath, parsed
from scrubber.transform import TRANSFORMS
from scrubber.transform.base import Context, Transform, transformed
from scrubber.transform.keys import RootKey

_DICTIONARY: Final = re.compile(r"dictionary<values=([^,]+),")


@dataclass(frozen=True)
class Reach:
    """The subject field at `path` in the outputs of `sources`, and by canonical label the position
    of the subject with this value there."""

    path: FieldPath
    sources: frozenset[str]
    labels: Mapping[str, int] = field(repr=False)


def needs_key(manifest: Mapping[str, Any]) -> bool:
    """True if the pseudonyms of some subject field are made under a key."""
    section = manifest["deletion"]
    return section is not None and any(
        kind["key_id"] is not None
        for stated in _subject_fields(manifest)
        for kind in _kinds(manifest, stated)
    )


def reaches(
    manifest: Mapping[str, Any], subjects: Sequence[Subject], key: RootKey | None
) -> tuple[Reach, ...]:
    """Find out the pseudonyms of `subjects` in the output of `manifest`.

    Raises: InputError ``no-subject`` without a subject field, ``subject-unreachable`` if its values
    were dropped, or changed so that equal values differ or different ones are equal; KeyFault
    ``key-other``, ``key-missing``.
    """
    section = manifest["deletion"]
    if section is None:
        text = "the output has no subject field, so nobody's records can be found"
        hint = "name it in the rules (subject:), and scrub again without the person"
        raise InputError("no-subject", text, hint=hint)
    return tuple(_reach(manifest, stated, subjects, key) for stated in _subject_fields(manifest))


def _subject_fields(manifest: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The subject fields, also those of files that write the subject in other kinds than the one
    that the rules name (``id.{text}`` in one file, ``id`` in another)."""
    stated: list[Mapping[str, Any]] = list(manifest["deletion"]["subjects"])
    known = {alias for one in stated for alias in one["sources"]}
    for name in dict.fromkeys(str(_path(one["field"])) for one in stated):
        others = {
            alias
            for facts in manifest["fields"]
            if str(_path(facts["name"])) == name
            for alias in facts["sources"]
        }
        if others - known:
            stated.append({"field": name, "sources": sorted(others - known)})
            known |= others
    return stated


def _reach(
    manifest: Mapping[str, Any],
    stated: Mapping[str, Any],
    subjects: Sequence[Subject],
    key: RootKey | None,
) -> Reach:
    kinds = _kinds(manifest, stated)
    treatments = [(one["action"], one["parameters"], one["domain"]) for one in kinds]
    alike = all(one == treatments[0] for one in treatments)
    labels: dict[str, int] = {}
    for facts in kinds:
        if not alike and facts["action"] == "surrogate":
            # A surrogate of one kind may be the value of somebody else in another kind.
            raise _unreachable(facts["name"], "surrogate, and other kinds of values otherwise")
        labels |= _labels(facts, subjects, key)
    return Reach(_path(stated["field"]), frozenset(stated["sources"]), labels)


def _kinds(manifest: Mapping[str, Any], stated: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """The fields that hold the values of a subject field: itself or, if JSON writes it in several
    kinds (``id.{text}`` and ``id.{number}``), each kind.

    Raises: InputError ``subject-unreachable`` if lists or objects are among the values.
    """
    holder = _path(stated["field"])
    kinds = []
    for facts in manifest["fields"]:
        path = parsed(facts["name"])
        if not path.within(holder) or set(stated["sources"]).isdisjoint(facts["sources"]):
            continue
        if _path(facts["name"]) != holder:
            raise _unreachable(facts["name"], "lists or objects among the values")
        kinds.append(facts)
    return kinds


def _labels(
    facts: Mapping[str, Any], subjects: Sequence[Subject], key: RootKey | None
) -> dict[str, int]:
    """By canonical label of a value in the output, the position of its subject."""
    name, transform = facts["name"], None
    if facts["action"] != "keep":
        transform = _rebuilt(facts)
        keyed = facts["linkable"] and facts["key_id"] is not None
        if not keyed or transform is None or not _tells_apart(transform):
            raise _unreachable(name, facts["action"])
        if key is None:
            text = f"the pseudonyms of `{printable(name)}` are made under the key"
            raise KeyFault("key-missing", f"{text} {facts['key_id']}", hint="--key file:PATH")
        if key.id != facts["key_id"]:
            text = f"made under the key {facts['key_id']}, and this is {key.id}"
            raise KeyFault("key-other", text, place=Place(field=printable(name)))
    labels: dict[str, int] = {}
    for values, whose in _written(subjects, facts["type_in"]):
        if transform is not None:
            values = transformed(transform, values, Context(field=name, key=key)).array
        for label, subject in zip(subject_labels(values).to_pylist(), whose, strict=True):
            if label is not None:
                labels[label] = subject
    return labels


def _path(name: str) -> FieldPath:
    steps = parsed(name).steps
    return FieldPath(steps[:-1] if steps[-1] in SCALARS else steps)


def _unreachable(name: str, action: str) -> InputError:
    return InputError(
        "subject-unreachable",
        f"nobody's records can be found by this field ({printable(action)})",
        place=Place(field=printable(name)),
        hint="scrub again from the sources without the person: rows: [{drop: ..., reason: ...}]",
    )


def _tells_apart(transform: Transform) -> bool:
    """True if equal subjects have equal values and different ones do not."""
    traits = transform.traits
    return traits.linkable and traits.deterministic and (traits.unique or transform.name == "token")


def _rebuilt(facts: Mapping[str, Any]) -> Transform | None:
    """The transform of a field from its published parameters; None if they do not suffice."""
    kind = TRANSFORMS.get(facts["action"])
    if kind is None:
        return None
    hints = get_type_hints(kind)
    names = {one.name.removesuffix("_"): one.name for one in fields(kind)}  # type: ignore[arg-type]
    given: dict[str, Any] = {}
    for parameter in facts["parameters"]:
        name = names.get(parameter["name"])
        if name is None:
            return None
        given[name] = _value(hints[name], parameter["value"])
    if "domain" in names and facts["domain"] is not None:
        given["domain"] = facts["domain"]
    try:
        return kind(**given)
    except (TypeError, ValueError):
        return None


def _value(hint: Any, text: str) -> Any:
    """A parameter of the annotated type, from its published text."""
    accepted = {hint, *get_args(hint)}
    if bool in accepted and text in ("true", "false"):
        return text == "true"
    return int(text) if int in accepted and text.isdigit() else text


def _written(subjects: Sequence[Subject], type_in: str) -> list[tuple[pa.Array, Sequence[int]]]:
    """The ids as the sources may have written them: as text, in both Unicode spellings, and as
    values of the source's type. For each array, the positions of its subjects."""
    whose = range(len(subjects))
    texts = [subject.id for subject in subjects]
    spelled = {tuple(texts)}
    for form in ("NFC", "NFD"):
        spelled.add(tuple(unicodedata.normalize(form, text) for text in texts))
    found: list[tuple[pa.Array, Sequence[int]]] = [
        (pa.array(some, pa.large_string()), whose) for some in sorted(spelled)
    ]
    dictionary = _DICTIONARY.match(type_in)
    try:
        kind = pa.type_for_alias(dictionary[1] if dictionary else type_in)
    except ValueError:
        return found
    if pa.types.is_string(kind) or pa.types.is_large_string(kind):
        return found
    for subject, text in enumerate(texts):
        try:
            value = pa.array([text], pa.large_string()).cast(pa.string()).cast(kind)
        except ARROW_ERRORS:  # no value of this type
            continue
        found.append((value, [subject]))
    return found
