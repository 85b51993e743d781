"""The JSON Schema (2020-12) of a manifest, from ``schema.json``, and its validation."""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Any

from scrubber.errors import printable

if TYPE_CHECKING:
    from jsonschema import Draft202012Validator

_LIMIT = 20


def schema() -> dict[str, Any]:
    """A new copy of the schema."""
    text = resources.files("scrubber.manifest").joinpath("schema.json").read_text("utf-8")
    loaded: dict[str, Any] = json.loads(text)
    return loaded


@cache
def _validator() -> Draft202012Validator:
    from jsonschema import Draft202012Validator

    return Draft202012Validator(schema())


def validate(manifest: Mapping[str, Any]) -> list[str]:
    """The violations of the schema by `manifest`, such as ``/fields/0/counts:
    additionalProperties``: the place and the keyword, never a value. Empty for a valid manifest; at
    most 20.
    """
    problems = {
        f"/{'/'.join(printable(str(step)) for step in error.absolute_path)}: {error.validator}"
        for error in _validator().iter_errors(manifest)
    }
    return sorted(problems)[:_LIMIT]
