"""Arguments shared by several verbs, in each form that callers may pass."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from os import PathLike
from pathlib import Path
from typing import Any

from scrubber.errors import InputError
from scrubber.frames import paths_of
from scrubber.manifest import Manifest, read_manifest
from scrubber.policy import Rules, json_schema, load_rules, rules_from_mapping

RulesLike = Rules | str | PathLike[str] | Mapping[str, Any]
AnyPath = str | PathLike[str]
PathsLike = AnyPath | Sequence[AnyPath]
ManifestLike = Manifest | AnyPath


def as_rules(rules: RulesLike) -> Rules:
    """Rules from a path, a mapping, or rules themselves.

    Raises: RuleError, with all problems at once.
    """
    if isinstance(rules, Rules):
        return rules
    return rules_from_mapping(rules) if isinstance(rules, Mapping) else load_rules(Path(rules))


def rules_schema() -> dict[str, Any]:
    """The JSON Schema of rule files, for editors."""
    return json_schema()


def as_paths(data: PathsLike) -> list[str]:
    """The files, folders, globs or URLs that `data` names.

    Raises: InputError ``no-paths`` for a table, or for nothing.
    """
    paths = paths_of(data)
    if paths is None:
        raise InputError("no-paths", "this needs a path, or several")
    return paths


def as_manifest(document: ManifestLike) -> Manifest:
    """A manifest, or the manifest at a path or in an output folder.

    Raises: the errors of :func:`scrubber.read_manifest`.
    """
    return document if isinstance(document, Manifest) else read_manifest(document)


def today() -> date:
    """The current day in UTC, for signatures and expiry dates."""
    return datetime.now(UTC).date()
