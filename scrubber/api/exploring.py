"""Verbs that need no rules yet: draft a rule file, measure risk, draft hierarchies."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from scrubber.anonymize.declared import declared_quasi, dropped_by
from scrubber.anonymize.measure import Measured, measure
from scrubber.anonymize.singling import single_out
from scrubber.api.arguments import AnyPath, PathsLike, RulesLike, as_paths, as_rules
from scrubber.model.fieldpath import FieldPath
from scrubber.profiling import draft as drafting
from scrubber.profiling.hierarchy import HierarchyDraft, draft_hierarchy, write_hierarchy
from scrubber.profiling.report import DETECT, ROWS, SEED


def draft(
    data: PathsLike,
    *,
    out: AnyPath | None = None,
    overwrite: bool = False,
    update: bool = False,
    rows: int = ROWS,
    seed: int = SEED,
    detect: Mapping[str, Any] = DETECT,
) -> drafting.Draft:
    """Draft a first rule file for the files of `data`; ``.text`` is its YAML.

    The draft runs as written and keeps little: fields in doubt are dropped. `rows` records of each
    table are sampled; `seed` makes the sample reproducible. `detect` is the ``detect:`` part of a
    rule file. With `out`, the file is written; `overwrite` allows replacing a rule file. `update`
    instead adds rules for the fields that the file does not name, and keeps all of its text; the
    result holds those rules alone.

    Raises: InputError for unreadable sources and ``no-paths``; OutputError ``rules-exist``,
    ``output-kept``, ``output-write``; RuleError for a faulty file to update, and
    ``update-shape``; ValueError for `rows` below 1.
    """
    drafted = drafting.draft(as_paths(data), rows=rows, seed=seed, detect=detect)
    if out is None:
        return drafted
    if update:
        return drafting.update(drafted, Path(out))
    drafting.write_draft(drafted, Path(out), overwrite=overwrite)
    return replace(drafted, out=str(out))


def risk(
    data: PathsLike,
    quasi: str | Sequence[str] | None = None,
    *,
    rules: RulesLike | None = None,
    population: PathsLike | None = None,
    population_size: int | None = None,
) -> Measured:
    """Measure who can be singled out in `data`, and its risk by the quasi-identifiers `quasi`.

    Unicity is measured for each table: the fewest fields that single out most persons. A class is a
    set of records with equal values of `quasi` (a string is one field); null is a value of its own.
    With `rules`, their quasi-identifiers are the default of `quasi`, their ``subject:`` tells
    persons apart in unicity, and fields that they drop are left out of it. `data` may be raw or
    scrubbed. Shares are in 0..1. `population` names files with the same fields for the whole
    population, for journalist risk. `population_size` counts persons, to estimate the share of
    population uniques. The figures are exact, so treat them like the data.

    Raises: InputError for unreadable sources, ``no-paths``, ``unknown-field``, ``quasi-missing``,
    ``population-small``; RuleError.
    """
    paths = as_paths(data)
    parsed = as_rules(rules) if rules is not None else None
    everybody = as_paths(population) if population is not None else ()
    fields = [quasi] if isinstance(quasi, str) else list(quasi) if quasi is not None else None
    elsewhere = fields is None and parsed is not None
    if fields is None and parsed is not None:
        fields = declared_quasi(paths, parsed) or None
    if fields is None and (everybody or population_size is not None):
        fields = []  # there is nothing to compare with the population: quasi-missing
    measured = Measured((), None)
    if fields is not None:
        measured = measure(
            paths,
            fields,
            population=everybody,
            population_size=population_size,
            elsewhere=elsewhere,
        )
    subject = parsed.subject if parsed is not None else None
    omit = dropped_by(parsed) if parsed is not None else _nothing
    return replace(measured, unicity=single_out(paths, subject, omit))


def _nothing(_: FieldPath) -> bool:
    return False


def hierarchy(
    data: PathsLike, field: str, *, out: AnyPath | None = None, overwrite: bool = False
) -> HierarchyDraft:
    """Draft a hierarchy for `field`: its distinct values, with levels suggested by their form.

    Numbers get ranges; dates get months, quarters and years; codes of one length get prefixes;
    other values get only the root. Null is not a leaf. With `out`, a CSV file of mode 0600 is
    written, since it holds values of the data.

    Raises: InputError for unreadable sources, ``no-paths``, ``unknown-field``, ``hierarchy-empty``,
    ``hierarchy-large``; OutputError ``hierarchy-exists``, ``output-kept``, ``output-write``.
    """
    drafted = draft_hierarchy(as_paths(data), field)
    if out is None:
        return drafted
    write_hierarchy(drafted, Path(out), overwrite=overwrite)
    return replace(drafted, out=str(out))
