"""scrubber schema"""

from __future__ import annotations

import json
from enum import StrEnum
from typing import Annotated

import typer

from scrubber.cli.console import begin


class Document(StrEnum):
    """Documents described by ``schema``."""

    MANIFEST = "manifest"
    PLAN = "plan"


def schema(
    document: Annotated[
        Document, typer.Argument(metavar="{manifest|plan}", help="The document: manifest or plan.")
    ] = Document.MANIFEST,
) -> int:
    """Print the JSON Schema (2020-12) of manifests or written plans.

    `scrubber rules schema` prints the schema of rule files.

    Example: scrubber schema manifest > manifest.schema.json
    """
    begin("schema")
    from scrubber.manifest import schema as manifest_schema
    from scrubber.manifest.planned import plan_schema

    known = manifest_schema() if document is Document.MANIFEST else plan_schema()
    typer.echo(json.dumps(known, indent=2, ensure_ascii=False))
    return 0
