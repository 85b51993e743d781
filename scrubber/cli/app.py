"""The command line: making an output; what looks at data, results and signatures is added below."""

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
app.add_typer(rules_app, name="rules", help="About the rule language itself.")


class Format(StrEnum):
    """Target formats of ``run``."""

    SAME = "same"
    PARQUET = "parquet"
    CSV = "csv"
    JSONL = "jsonl"
    ARROW = "arrow"


class Executor(StrEnum):
    """Where ``run`` scrubs."""

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
    """Scrub personal data out of training data, and write down what was done.

    Exit codes: 0 pass, 1 a gate or test failed, 2 usage, 3 needs review, 4 tampered, 5 incomplete.

    Example: scrubber run rules/support.yaml fixtures/support --out scrubbed
    """
    del version  # eager: it has been answered before


@app.command()
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
            help="The output folder; it must not exist yet.",
        ),
    ],
    workers: Annotated[
        int | None,
        typer.Option(
            "--workers",
            "-w",
            min=1,
            show_default="1; on Ray its CPUs",
            help="Worker processes; the same bytes.",
        ),
    ] = None,
    executor: Annotated[
        Executor, typer.Option("--executor", help="Where to scrub: local or ray; the same bytes.")
    ] = Executor.LOCAL,
    address: Annotated[
        str | None,
        typer.Option(
            "--address", metavar="HOST:PORT", help="Of the Ray cluster; else one is started."
        ),
    ] = None,
    target: Annotated[
        Format,
        typer.Option("--format", "-f", help="Of the outputs: same, parquet, csv, jsonl or arrow."),
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
            help="Only sources that this earlier output lacks.",
        ),
    ] = None,
    pinned: Annotated[
        Path | None, typer.Option("--plan", help="A written plan to hold to; drift is refused.")
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option("--trust", metavar="FILE", help="Run only if the plan passes its gate."),
    ] = None,
    quarantine_unreadable: Annotated[
        bool,
        typer.Option(
            "--quarantine-unreadable", help="Leave out files that cannot be read; exit code 1."
        ),
    ] = False,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Scrub INPUT by RULES into DIR/data and DIR/manifest.json.

    INPUT and DIR are local or in a store (s3://, gs://, az://, hf://; see docs/storage.md).
    The output appears in one step when everything succeeded; a run that fails publishes nothing.
    A run that was stopped or failed is taken up by the same command: what is finished stays so.
    With --incremental only what is new is scrubbed, and the manifest names the earlier one; where
    nothing is new, nothing is written, and the exit code is 0.
    On Ray the key is resolved on every node, and inputs and output lie where all nodes have them.
    A file that cannot be read stops the run. With --quarantine-unreadable such files are left out
    as a whole and named in the manifest, whose check sources-read fails; the exit code is 1.
    With --plan, exit code 1 where rules, fields, detectors or shares are not what was planned.

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


@app.command()
def check(rules: RulesArgument, inputs: OptionalInput = None, as_json: Json = False) -> int:
    """Report every problem of RULES at once and run its own tests; with INPUT, against its schema.

    Exit code 2 for problems, 1 for a failed test.

    Example: scrubber check rules/support.yaml fixtures/support
    """
    begin("check", as_json=as_json)
    from scrubber.cli.commands.check import check_command

    return check_command(rules, inputs or [])


@app.command()
def plan(
    rules: RulesArgument,
    inputs: InputArgument,
    rows: Annotated[
        int, typer.Option("--rows", "-n", min=0, max=100, help="Records to show before and after.")
    ] = 3,
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write the plan down, for approve and run --plan."),
    ] = None,
    force: Annotated[
        bool, typer.Option("--force", help="Replace a plan, and remove what was signed.")
    ] = False,
    as_json: Json = False,
) -> int:
    """Show field by field what will happen; nothing is scrubbed.

    The sample before and after is shown on a terminal only, never in a pipe or as JSON, so that
    no value ends up in a file. A plan that is written down holds fast the rules, fields, types,
    detectors and the shares of values that a sample lets expect.

    Example: scrubber plan rules/support.yaml fixtures/support --out plan.json
    """
    begin("plan", as_json=as_json)
    from scrubber.cli.commands.plan import plan_command

    return plan_command(rules, inputs, rows, out, force)


@app.command()
def keygen(
    out: Annotated[
        Path | None,
        typer.Option("--out", "-o", help="Write it to a new file that only you can read."),
    ] = None,
    signing: Annotated[
        bool, typer.Option("--signing", help="A signing key (Ed25519, PEM) instead.")
    ] = False,
) -> int:
    """Make a key: 32 random bytes as base64, on stdout or in a file with mode 0600.

    Of a signing key in a file, the public half is printed: it goes into the trust file.

    Example: export SCRUBBER_KEY="$(scrubber keygen)"
    """
    begin("keygen")
    from scrubber.cli.commands.sign import keygen_command

    return keygen_command(out, signing)


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
