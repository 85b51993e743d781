"""scrubber rules schema"""

from __future__ import annotations

import json

import typer

from scrubber.cli.console import begin

app = typer.Typer(no_args_is_help=True)


@app.command()
def schema() -> int:
    """Print the JSON Schema of rule files, for editors.

    Example: scrubber rules schema > scrubber.schema.json
    """
    begin("rules schema")
    from scrubber.api import rules_schema

    typer.echo(json.dumps(rules_schema(), indent=2))
    return 0
