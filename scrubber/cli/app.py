"""The command line: commands that make an output. Further commands are added at the end."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scrubber._version import __version__
from scrubber.cli.console import begin
from scrubber.cli.exploring import app as exploring_app
from scrubber.cli.options import (
    InputArgument,
    Json,
    OptionalInput,
    Panel,
    Quiet,
    RulesArgument,
)
from scrubber.cli.results import app as results_app
from scrubber.cli.vouching import app as vouching_app
from scrubber.storage import Location, locate

app = typer.Typer(
    name="scrubber",
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    rich_markup_mode="rich",
    context_settings={"help_option_names": ["-h", "--help"]},
)
rules_app = typer.Typer(no_args_is_help=True)


class Format(StrEnum):
    """Target formats of ``run``."""

    SAME = "same"
    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"
    ARROW = "arrow"


class Executor(StrEnum):
    """Executors of ``run``."""

    LOCAL = "local"
    RAY = "ray"


def _version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"scrubber {__version__}")
        raise typer.Exit


@app.callback()
def common(
    version: Annotated[
        bool,
        typer.Option("--version", callback=_version, is_eager=True, help="Print the version."),
    ] = False,
) -> None:
    """Scrub personal data out of training data, and record what was done.

    Exit codes: 0 pass, 1 a gate or test failed, 2 usage, 3 needs review, 4 tampered, 5 incomplete.

    Example: scrubber run rules/support.yaml fixtures/support --out scrubbed
    """
    del version  # eager: its callback has run


@app.command(rich_help_panel=Panel.SCRUB)
def run(
    rules: RulesArgument,
    inputs: InputArgument,
    out: Annotated[
        Location,
        typer.Option(
            "--out",
            "-o",
            metavar="DIR",
            parser=locate,
            help="The output folder. It must not exist yet.",
        ),
    ],
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            "-w",
            min=1,
            show_default="1; on Ray its CPUs",
            help="Number of worker processes. The output does not depend on it.",
        ),
    ] = None,
    executor: Annotated[
        Executor,
        typer.Option("--executor", help="Scrub on this machine (local) or on a Ray cluster (ray)."),
    ] = Executor.LOCAL,
    address: Annotated[
        str | None,
        typer.Option(
            "--address",
            metavar="HOST:PORT",
            help="Address of the Ray cluster. Without it, a local one is started.",
        ),
    ] = None,
    target: Annotated[
        Format,
        typer.Option("--format", "-f", help="Output format: same, parquet, csv, jsonl or arrow."),
    ] = Format.SAME,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier output of scrubber.")
    ] = False,
    incremental: Annotated[
        Location | None,
        typer.Option(
            "--incremental",
            metavar="DIR",
            parser=locate,
            help="Scrub only sources that this earlier output lacks.",
        ),
    ] = None,
    pinned: Annotated[
        Path | None, typer.Option("--plan", help="An approved plan. Any drift from it is refused.")
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option(
            "--trust", metavar="FILE", help="Require the plan to pass the gate of this trust file."
        ),
    ] = None,
    quarantine_unreadable: Annotated[
        bool,
        typer.Option("--quarantine-unreadable", help="Omit unreadable files and exit with 1."),
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Scrub INPUT by RULES into DIR/data and DIR/manifest.json.

    INPUT and DIR are local paths or URLs (s3://, gs://, az://, hf://; see docs/storage.md).
    The output appears in one step once everything succeeded; a failed run publishes nothing.
    Repeat the command to resume an interrupted or failed run: it keeps finished sources.
    With --incremental, the manifest names the earlier one. Without new sources, the command
    writes nothing and exits with 0.
    On Ray, each node resolves the key and needs access to the inputs and the output.
    An unreadable file stops the run. With --quarantine-unreadable, such files are omitted and
    listed in the manifest; its check sources-read fails, and the exit code is 1.
    With --plan, the command exits with 1 if rules, fields, detectors or shares differ from it.

    Example: scrubber run rules/support.yaml fixtures/support --out scrubbed --workers 2
    """
    begin("run", as_json=as_json, quiet=quiet)
    from scrubber.cli.commands.run import run_command

    return run_command(
        rules,
        inputs,
        out,
        workers,
        executor.value,
        address,
        target.value,
        overwrite,
        incremental,
        pinned,
        trust,
        quarantine_unreadable,
    )


@app.command(rich_help_panel=Panel.SCRUB)
def check(rules: RulesArgument, inputs: OptionalInput = None, as_json: Json = False) -> int:
    """Report all problems of RULES at once, then run its tests.

    With INPUT, the rules are also checked against its schema. The command exits with 2 for
    problems and with 1 for a failed test.

    Example: scrubber check rules/support.yaml fixtures/support
    """
    begin("check", as_json=as_json)
    from scrubber.cli.commands.check import check_command

    return check_command(rules, inputs or [])


@app.command(rich_help_panel=Panel.SCRUB)
def plan(
    rules: RulesArgument,
    inputs: InputArgument,
    rows: Annotated[
        int,
        typer.Option(
            "--rows", "-n", min=0, max=100, help="Number of records to show before and after."
        ),
    ] = 3,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the plan to a file, for approve and run --plan."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace an existing plan and remove its signatures.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Show the treatment of each field without scrubbing.

    A sample before and after is shown on a terminal only. It never goes to a pipe or into JSON,
    so that no value ends up in a file. A written plan records the rules, fields, types,
    detectors and the shares of values expected from a sample.

    Example: scrubber plan rules/support.yaml fixtures/support --out plan.json
    """
    begin("plan", as_json=as_json)
    from scrubber.cli.commands.plan import plan_command

    return plan_command(rules, inputs, rows, out, force)


@rules_app.command()
def schema() -> int:
    """Print the JSON Schema of rule files, for editors.

    Example: scrubber rules schema > scrubber.schema.json
    """
    begin("rules schema")
    import json

    from scrubber.policy import json_schema

    typer.echo(json.dumps(json_schema(), indent=2))
    return 0


app.add_typer(exploring_app)
app.add_typer(results_app)
app.add_typer(vouching_app)
app.add_typer(
    rules_app, name="rules", help="Describe the rule language.", rich_help_panel=Panel.KEYS
)
