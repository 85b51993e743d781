"""Commands that explore data: audit, init, risk and hierarchy."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrubber.cli.console import begin
from scrubber.cli.options import InputArgument, Json, Panel

app = typer.Typer()

Rows = Annotated[
    int, typer.Option("--rows", "-n", min=1, help="Number of records sampled from each table.")
]
Seed = Annotated[int, typer.Option("--seed", help="Seed of the sample.")]


@app.command(rich_help_panel=Panel.EXPLORE)
def audit(inputs: InputArgument, rows: Rows = 10_000, seed: Seed = 0, as_json: Json = False) -> int:
    """Classify every field of INPUT (identifier, quasi-identifier, text, ...) and give reasons.

    The command reads a seeded sample. It prints claims, masked shapes and rounded counts, never a
    value. It counts malformed records, gives the place of the first, and then exits with 1.

    Example: scrubber audit fixtures/support
    """
    begin("audit", as_json=as_json)
    from scrubber.cli.commands.audit import audit_command

    return audit_command(inputs, rows, seed)


@app.command(rich_help_panel=Panel.EXPLORE)
def init(
    inputs: InputArgument,
    out: Annotated[Path, typer.Option("--out", "-o", help="The rule file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    rows: Rows = 10_000,
    seed: Seed = 0,
    as_json: Json = False,
) -> int:
    """Draft a rule file for INPUT from an audit, with the evidence as comments.

    The draft runs as written and keeps little: fields in doubt are dropped, and a comment explains
    how to keep them. The command exits with 1 if it skipped malformed records.

    Example: scrubber init fixtures/support --out rules/mine.yaml
    """
    begin("init", as_json=as_json)
    from scrubber.cli.commands.audit import init_command

    return init_command(inputs, out, rows, seed, force)


@app.command(rich_help_panel=Panel.EXPLORE)
def risk(
    inputs: InputArgument,
    qi: Annotated[str, typer.Option("--qi", help="The quasi-identifiers, such as age,sex,zip.")],
    population: Annotated[
        list[str] | None,
        typer.Option(
            help="A file with the same fields for the whole population, for journalist risk."
        ),
    ] = None,
    population_size: Annotated[
        int | None, typer.Option(min=1, help="Size of the population, to estimate its uniques.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Measure the re-identification risk of INPUT from the sizes of its equivalence classes.

    A class is a set of records with equal quasi-identifiers. INPUT may be raw or scrubbed. The
    figures are exact, so keep them with the data.

    Example: scrubber risk fixtures/support/customers.csv --qi age,city,plan
    """
    begin("risk", as_json=as_json)
    from scrubber.cli.commands.risk import risk_command

    return risk_command(inputs, qi, population or [], population_size)


@app.command(rich_help_panel=Panel.EXPLORE)
def hierarchy(
    inputs: InputArgument,
    field: Annotated[str, typer.Option("--field", help="The field to build a hierarchy for.")],
    out: Annotated[Path, typer.Option("--out", "-o", help="The CSV file to write.")],
    force: Annotated[bool, typer.Option("--force", help="Replace an existing file.")] = False,
    as_json: Json = False,
) -> int:
    """Draft a generalization hierarchy of a field, for `privacy:` in a rule file.

    Numbers get ranges, dates get months and years, and codes of one length get prefixes. Group
    other values yourself. The file contains values of the data and has mode 0600.

    Example: scrubber hierarchy fixtures/support/customers.csv --field age --out age.csv
    """
    begin("hierarchy", as_json=as_json)
    from scrubber.cli.commands.risk import hierarchy_command

    return hierarchy_command(inputs, field, out, force)
