"""The commands and their options; each body loads what it needs when it runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scrubber._version import __version__
from scrubber.cli.console import begin
from scrubber.cli.options import (
    DocumentArgument,
    InputArgument,
    Json,
    OptionalInput,
    OutputArgument,
    Quiet,
    RulesArgument,
    Trusted,
)
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
    from scrubber.cli.running import run_command

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
    from scrubber.cli.checking import check_command

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
    from scrubber.cli.planning import plan_command

    return plan_command(rules, inputs, rows, out, force)


Rows = Annotated[int, typer.Option("--rows", "-n", min=1, help="Records of each table to look at.")]
Seed = Annotated[int, typer.Option("--seed", help="Which records: the same seed, the same ones.")]


@app.command()
def audit(inputs: InputArgument, rows: Rows = 10_000, seed: Seed = 0, as_json: Json = False) -> int:
    """Say for every field of INPUT what it is (identifier, quasi-identifier, text, ...), and why.

    Looks at a seeded sample; shows claims, masked shapes and rounded counts, never a value.

    Example: scrubber audit fixtures/support
    """
    begin("audit", as_json=as_json)
    from scrubber.cli.auditing import audit_command

    return audit_command(inputs, rows, seed)


@app.command()
def init(
    inputs: InputArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="The rule file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    rows: Rows = 10_000,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Write a first rule file for INPUT from what an audit sees, with the evidence as comments.

    It runs as it is and keeps little: what is in doubt is dropped, and a comment says how to keep
    it.

    Example: scrubber init fixtures/support --out rules/mine.yaml
    """
    begin("init", as_json=as_json)
    from scrubber.cli.auditing import init_command

    return init_command(inputs, out, rows, seed, force)


@app.command()
def risk(
    inputs: InputArgument,
    qi: Annotated[str, typer.Option("--qi", help="The quasi-identifiers: age,sex,zip.")],
    population: Annotated[
        list[str] | None,
        typer.Option(help="A file with the same fields of everybody, for journalist risk."),
    ] = None,
    population_size: Annotated[
        int | None, typer.Option(min=1, help="Persons in the population, to estimate its uniques.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Measure how well the records of INPUT hide among those that agree in some fields.

    Counts the classes of equal quasi-identifiers, before or after scrubbing. The figures are
    exact: they are for who holds the data.

    Example: scrubber risk fixtures/support/customers.csv --qi age,city,plan
    """
    begin("risk", as_json=as_json)
    from scrubber.cli.measuring import risk_command

    return risk_command(inputs, qi, population or [], population_size)


@app.command()
def hierarchy(
    inputs: InputArgument,
    field: Annotated[str, typer.Option("--field", help="The field.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The CSV file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    as_json: Json = False,
) -> int:
    """Write a draft of a hierarchy file for a field, for `privacy:` to choose a level of.

    Numbers get ranges, dates get months and years, codes of one length get prefixes; groups of
    other values are for you to name. The file holds values of the data: mode 0600.

    Example: scrubber hierarchy fixtures/support/customers.csv --field age --out age.csv
    """
    begin("hierarchy", as_json=as_json)
    from scrubber.cli.measuring import hierarchy_command

    return hierarchy_command(inputs, field, out, force)


@app.command()
def show(document: DocumentArgument, as_json: Json = False) -> int:
    """Tell a manifest or a plan on one screen, kept fields first, and what was signed about it.

    Example: scrubber show scrubbed
    """
    begin("show", as_json=as_json)
    from scrubber.cli.reviewing import show_command

    return show_command(document)


@app.command()
def report(
    output: OutputArgument,
    out: Annotated[
        Location | None,
        typer.Option(
            "--out",
            "-o",
            metavar="FILE",
            parser=locate,
            help="The file to write, instead of DIR/report.html.",
        ),
    ] = None,
    against: Annotated[
        Location | None,
        typer.Option(
            "--against",
            metavar="DIR",
            parser=locate,
            help="Say also what changed since this manifest or folder.",
        ),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Tell the manifest of DIR as one HTML page that needs nothing else, to read, print and send.

    An earlier report is replaced, another file is not.

    Example: scrubber report scrubbed
    """
    begin("report", as_json=as_json, quiet=quiet)
    from scrubber.cli.reporting import report_command

    return report_command(output, out, against)


ManifestArgument = Annotated[
    Location,
    typer.Argument(
        metavar="DIR", parser=locate, help="An output folder or manifest.", show_default=False
    ),
]


@app.command()
def diff(before: ManifestArgument, after: ManifestArgument, as_json: Json = False) -> int:
    """Say what changed from one manifest to another: weaker, stronger or neutral for the people.

    Exit code 3 if anything is weaker: a field comes out that did not, less is taken away, a
    threshold is higher, a purpose is added, data is kept longer.

    Example: scrubber diff scrubbed scrubbed
    """
    begin("diff", as_json=as_json)
    from scrubber.cli.comparing import diff_command

    return diff_command(before, after)


@app.command()
def verify(
    document: DocumentArgument,
    trust: Trusted = None,
    upstream: Annotated[
        list[Location] | None,
        typer.Option(
            "--upstream",
            metavar="DIR",
            parser=locate,
            help="An output folder that this one was made from.",
        ),
    ] = None,
    as_json: Json = False,
) -> int:
    """Check the signatures, the manifest's form, the conservation of records, the outputs' hashes.

    Of a plan, its signatures and form. Exit code 4 if anything is not as it says, 5 if there is
    no manifest.

    Example: scrubber verify scrubbed
    """
    begin("verify", as_json=as_json)
    from scrubber.cli.signing import verify_command

    return verify_command(document, trust, upstream or [])


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
    from scrubber.cli.signing import keygen_command

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


app.add_typer(vouching_app)
