"""The commands and their options; each body loads what it needs when it runs."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from scrubber._version import __version__
from scrubber.cli.console import begin

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


RulesArgument = Annotated[
    Path, typer.Argument(metavar="RULES", help="The rule file (YAML).", show_default=False)
]
InputArgument = Annotated[
    list[str],
    typer.Argument(metavar="INPUT", help="Files, folders or globs.", show_default=False),
]
OptionalInput = Annotated[
    list[str] | None,
    typer.Argument(metavar="INPUT", help="Files, folders or globs.", show_default=False),
]
OutputArgument = Annotated[
    Path, typer.Argument(metavar="DIR", help="The output folder of a run.", show_default=False)
]
DocumentArgument = Annotated[
    Path,
    typer.Argument(
        metavar="DOCUMENT", help="The output folder of a run, or a plan.", show_default=False
    ),
]
Json = Annotated[bool, typer.Option("--json", help="Print one JSON envelope on stdout.")]
Quiet = Annotated[bool, typer.Option("--quiet", "-q", help="No progress and no summary.")]


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
        Path, typer.Option("--out", "-o", help="The output folder; it must not exist yet.")
    ],
    workers: Annotated[
        int, typer.Option("--workers", "-w", min=1, help="Worker processes; the same bytes.")
    ] = 1,
    target: Annotated[
        Format,
        typer.Option("--format", "-f", help="Of the outputs: same, parquet, csv, jsonl or arrow."),
    ] = Format.SAME,
    overwrite: Annotated[
        bool, typer.Option("--overwrite", help="Replace an earlier output of scrubber.")
    ] = False,
    pinned: Annotated[
        Path | None, typer.Option("--plan", help="A written plan to hold to; drift is refused.")
    ] = None,
    trust: Annotated[
        Path | None,
        typer.Option("--trust", metavar="FILE", help="Run only if the plan passes its gate."),
    ] = None,
    as_json: Json = False,
    quiet: Quiet = False,
) -> int:
    """Scrub INPUT by RULES into DIR/data and DIR/manifest.json.

    The output appears in one step when everything succeeded; a run that fails leaves nothing.
    With --plan, exit code 1 where rules, fields, detectors or shares are not what was planned.

    Example: scrubber run rules/support.yaml fixtures/support --out scrubbed --workers 2
    """
    begin("run", as_json=as_json, quiet=quiet)
    from scrubber.cli.running import run_command

    return run_command(rules, inputs, out, workers, target.value, overwrite, pinned, trust)


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
def show(document: DocumentArgument, as_json: Json = False) -> int:
    """Tell a manifest or a plan on one screen, kept fields first, and what was signed about it.

    Example: scrubber show scrubbed
    """
    begin("show", as_json=as_json)
    from scrubber.cli.reviewing import show_command

    return show_command(document)


Trusted = Annotated[
    Path | None,
    typer.Option("--trust", metavar="FILE", help="The trust file: whose signatures count."),
]
SigningKeyOption = Annotated[
    str,
    typer.Option("--key", help="Where the signing key is: env:NAME, file:PATH, keyring: or exec:."),
]


@app.command()
def verify(
    output: OutputArgument,
    trust: Trusted = None,
    upstream: Annotated[
        list[Path] | None,
        typer.Option("--upstream", help="An output folder that this one was made from."),
    ] = None,
    as_json: Json = False,
) -> int:
    """Check the signatures, the manifest's form, the conservation of records, the outputs' hashes.

    Exit code 4 if anything is not as the manifest says, 5 if there is no manifest.

    Example: scrubber verify scrubbed
    """
    begin("verify", as_json=as_json)
    from scrubber.cli.signing import verify_command

    return verify_command(output, trust, upstream or [])


RoleOption = Annotated[str, typer.Option("--role", help="The role, as the trust file calls it.")]
ExpiresOption = Annotated[str, typer.Option("--expires", help="The last day that it counts.")]
_KEY = "env:SCRUBBER_SIGNING_KEY"


@app.command()
def sign(document: DocumentArgument, key: SigningKeyOption = _KEY, as_json: Json = False) -> int:
    """Sign a manifest with the hashes of its outputs, or a plan, in a file beside it.

    An in-toto Statement v1 in a DSSE envelope, Ed25519, in manifest.intoto.jsonl. Only what
    verifies is signed. The key is never taken from the command line.

    Example: scrubber sign scrubbed --key file:signing.pem
    """
    begin("sign", as_json=as_json)
    from scrubber.cli.signing import sign_command

    return sign_command(document, key)


@app.command()
def approve(
    document: DocumentArgument,
    role: RoleOption,
    criteria: Annotated[
        list[str], typer.Option("--criteria", help="What was looked at; as often as needed.")
    ],
    expires: ExpiresOption,
    key: SigningKeyOption = _KEY,
    as_json: Json = False,
) -> int:
    """Put a signed approval beside a plan or a run; it changes neither.

    Example: scrubber approve plan.json --role dpo --criteria DPIA-17 --expires 2099-12-31
    """
    begin("approve", as_json=as_json)
    from scrubber.cli.approving import approve_command

    return approve_command(document, role, criteria, expires, key)


@app.command()
def waive(
    document: DocumentArgument,
    check: Annotated[str, typer.Option("--check", help="The gate check that fails.")],
    reason: Annotated[str, typer.Option("--reason", help="Why that is all right for now.")],
    role: RoleOption,
    expires: ExpiresOption,
    key: SigningKeyOption = _KEY,
    as_json: Json = False,
) -> int:
    """Own a gate check that fails, with a reason and for a time, beside a plan or a run.

    Example: scrubber waive out --check unsafe-keep --reason pilot --role dpo --expires 2099-12-31
    """
    begin("waive", as_json=as_json)
    from scrubber.cli.approving import waive_command

    return waive_command(document, check, reason, role, expires, key)


@app.command()
def gate(
    document: DocumentArgument,
    trust: Annotated[
        Path, typer.Option("--trust", metavar="FILE", help="The trust file: who must approve.")
    ],
    as_json: Json = False,
) -> int:
    """Say whether a run's output may be used, or a plan be run: denied unless approved.

    Exit code 1 if a gate check fails, 3 if a signature or approval is missing, 4 if tampered.

    Example: scrubber gate scrubbed --trust trust.yaml
    """
    begin("gate", as_json=as_json)
    from scrubber.cli.approving import gate_command

    return gate_command(document, trust)


class Standard(StrEnum):
    """Formats of ``export``."""

    CROISSANT = "croissant"
    OPENLINEAGE = "openlineage"
    SARIF = "sarif"
    JUNIT = "junit"
    HF_CARD = "hf-card"
    DTA = "dta"


@app.command()
def export(
    output: OutputArgument,
    to: Annotated[
        Standard,
        typer.Option("--to", "-t", help="croissant, openlineage, sarif, junit, hf-card or dta."),
    ],
    out: Annotated[
        Path | None, typer.Option("--out", "-o", help="The file to write; else stdout.")
    ] = None,
    as_json: Json = False,
) -> int:
    """Tell the manifest of DIR in the words of other tools; nothing but what it publishes.

    Example: scrubber export scrubbed --to croissant --out scrubbed/croissant.json
    """
    begin("export", as_json=as_json)
    from scrubber.cli.exporting import export_command

    return export_command(output, to.value, out)


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
