"""The commands that look at data, before and after there are rules for it."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from scrubber.cli.console import begin
from scrubber.cli.options import InputArgument, Json

app = typer.Typer()

Rows = Annotated[int, typer.Option("--rows", "-n", min=1, help="Records of each table to look at.")]
Seed = Annotated[int, typer.Option("--seed", help="Which records: the same seed, the same ones.")]


@app.command()
def audit(inputs: InputArgument, rows: Rows = 10_000, seed: Seed = 0, as_json: Json = False) -> int:
    """Say for every field of INPUT what it is (identifier, quasi-identifier, text, ...), and why.

    Looks at a seeded sample; shows claims, masked shapes and rounded counts, never a value. Records
    that a run would refuse are counted, with the place of the first; the exit code is then 1.

    Example: scrubber audit fixtures/support
    """
    begin("audit", as_json=as_json)
    from scrubber.cli.commands.audit import audit_command

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
    it. Exit code 1 if records had to be passed over that a run would refuse.

    Example: scrubber init fixtures/support --out rules/mine.yaml
    """
    begin("init", as_json=as_json)
    from scrubber.cli.commands.audit import init_command

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
    from scrubber.cli.commands.risk import risk_command

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
    from scrubber.cli.commands.risk import hierarchy_command

    return hierarchy_command(inputs, field, out, force)
